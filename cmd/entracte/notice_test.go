package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"entracte/assets"
	"entracte/cmd/entracte/config"
)

// noticeShops are configs with the sensors and settings that change the notice.
var noticeShops = map[string]string{
	"martin": `
[venue]
name = "Bijouterie <Martin> & fils"
activity = "jeweller"
commune = "Lyon 2e"
postcode = "69002"
clientele = ["couples", "gifts"]
offers = ["engraving", "repairs"]
[[sensor]]
name = "radar"
role = "presence"
kind = "ld2410"
near_cm = 40
far_cm = 250
[[sensor]]
name = "comptoir"
role = "service"
kind = "gpio"
mode = "toggle"
pin = "GPIO27"
active = "low"
[[sensor]]
name = "pause"
role = "pause"
kind = "gpio"
pin = "GPIO23"
active = "low"
`,
	"bare": `
[venue]
name = "Martin"
activity = "bakery"
language = "en"
targeting = false
visible_from_street = true
`,
}

func noticeOf(t *testing.T, text, lang, level string) string {
	t.Helper()
	c, err := config.Parse("shop.toml", []byte(text), assets.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "notice.html")
	if err := writeNotice(out, newNoticePage(c, lang, level)); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The notices as they were when somebody last read them, looked at them printed,
// and was content.
func TestGoldenNotices(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"martin fr short", "martin fr full", "martin en full", "bare en short", "bare fr full"} {
		w := strings.Fields(name)
		got := noticeOf(t, noticeShops[w[0]], w[1], w[2])
		golden := filepath.Join("testdata", "golden", "notice-"+strings.Join(w, "-")+".html")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("the notice of %s is not %s\nhint: read it and look at it printed; if it is right, run go test ./cmd/entracte -run Golden -update", name, golden)
		}
	}
}

// Whatever the shop, the page loads nothing from elsewhere, and says who is
// responsible, that there is no camera, and what stands on a paid ad.
func TestNoticeIsSelfContained(t *testing.T) {
	t.Parallel()
	elsewhere := regexp.MustCompile(`(?i)(src|href)\s*=|url\(|@import|<script|https?://`)
	for name, text := range noticeShops {
		for _, lang := range []string{"fr", "en"} {
			for _, level := range []string{levelShort, levelFull} {
				page := noticeOf(t, text, lang, level)
				if found := elsewhere.FindString(page); found != "" {
					t.Errorf("%s %s %s has %q", name, lang, level, found)
				}
				must := map[string][]string{"fr": {`lang="fr"`, "ni caméra, ni micro", "Responsable", "annonce payée porte"}, "en": {`lang="en"`, "no camera, no microphone", "Responsible", "Every paid ad carries"}}
				for _, m := range must[lang] {
					if !strings.Contains(page, m) {
						t.Errorf("%s %s %s does not say %q", name, lang, level, m)
					}
				}
				if strings.Contains(page, "<Martin>") {
					t.Errorf("%s %s %s: the name is not escaped", name, lang, level)
				}
			}
		}
	}
}

// What a notice promises follows from the sensors.
func TestNoticeFollowsTheConfig(t *testing.T) {
	t.Parallel()
	const shop = "[venue]\nname = \"Martin\"\nactivity = \"jeweller\"\nlanguage = \"en\"\n"
	const mat = "[[sensor]]\nname = \"mat\"\nrole = \"presence\"\nkind = \"mqtt\"\ntopic = \"mat\"\n"
	const till = "[[sensor]]\nname = \"till\"\nrole = \"service\"\nkind = \"signal\"\n"
	const broker = "[mqtt]\nbroker = \"mqtt://example.org\"\n"
	const key = "[[sensor]]\nname = \"w\"\nrole = \"presence\"\nkind = \"key\"\n"
	const feeds = "[content]\nfeeds = [\"acme/shop\"]\ntrust = [\"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\"]\n"
	const slow = "[[sensor]]\nname = \"hush\"\nrole = \"pause\"\nkind = \"signal\"\nlasts = \"90s\"\n"
	for name, tt := range map[string]struct {
		config    string
		says, not string
	}{
		"both":            {broker + mat + till, "This screen speaks only while somebody waits", "cannot go quiet by itself"},
		"presence only":   {broker + mat, "This screen speaks when somebody waits|cannot go quiet by itself during service", "only while"},
		"service only":    {till, "This screen is quiet during service|takes opening hours for a wait|No waits are counted here", "cannot go quiet"},
		"neither":         {"", "This screen shows ads in opening hours", "What it gets"},
		"a network":       {broker + mat, "gets only a yes or a no|What that device is, the shop knows|MQTT announcement", "a radar that"},
		"not announced":   {broker + "discovery = false\n" + mat, "gets only a yes or a no", "MQTT announcement"},
		"no broker":       {till, "a signal from the till", "MQTT announcement"},
		"a key":           {key, "a key of the keyboard", "What that device is"},
		"a pause":         {slow, "It silences the screen for 90 seconds|silence the screen for 90 seconds with a signal from a program", "10 minutes"},
		"a short pause":   {strings.Replace(slow, "90s", "1m", 1), "silence the screen for 1 minute with ", "minutes"},
		"no feeds":        {"", "The shop may add its own pictures: they take one turn in 4", "They come from|A signed receipt on|Requests for files|only if"},
		"feeds":           {feeds, "They come from acme/shop, signed, on a stick.|A signed receipt on each operator’s stick", "Requests for files|only if"},
		"an origin":       {feeds + "origin = \"https://packs.example.org/x\"\n", "on a stick or over the network (packs.example.org).|Requests for files to the operator’s server (packs.example.org): which packs", "only if"},
		"a broker":        {broker + mat, "An MQTT announcement to the broker example.org: the shop", "only if"},
		"no own share":    {"[content]\nown_share = \"0\"\n", "they fill the gaps that nothing else does", "one turn in"},
		"no targeting":    {"targeting = false\n", "No targeting: ads play as they are booked|By how many plays advertisers have booked, and nothing else", "By what the owner declared"},
		"targeting":       {"", "By what the owner declared of the shop (Jeweller|targeting = false", "targeting is off"},
		"counts":          {broker + mat, "what the screen has counted", "No waits are counted here"},
		"kept for 7 days": {"", "7 days, then counted by the hour", "device.key"},
	} {
		page := noticeOf(t, shop+tt.config, "en", levelFull)
		for _, s := range strings.Split(tt.says, "|") {
			if !strings.Contains(page, s) {
				t.Errorf("%s: it does not say %q", name, s)
			}
		}
		for _, s := range strings.Split(tt.not, "|") {
			if strings.Contains(page, s) {
				t.Errorf("%s: it says %q", name, s)
			}
		}
	}
}

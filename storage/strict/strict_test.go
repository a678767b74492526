package strict_test

import (
	"flag"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/strict"
	"entracte/storage/strict/stricttest"
)

var update = flag.Bool("update", false, "write the .want files from what the code says")

// shop is a small file with every kind of field Decode knows.
type shop struct {
	Venue struct {
		Name      string     `toml:"name" long:"20"`
		Postcode  string     `toml:"postcode"`
		Note      string     `toml:"note" lines:"yes"`
		Latitude  float64    `toml:"latitude" range:"-90 90"`
		Targeting bool       `toml:"targeting"`
		Closed    plan.Date  `toml:"closed"`
		Clientele []string   `toml:"clientele" most:"3" oneof:"couples gifts tourists"`
		Place     *shopPlace `toml:"place"`
		Hours     struct {
			Mon []string `toml:"mon"`
		} `toml:"hours"`
	} `toml:"venue"`
	Screen struct {
		Rotation int           `toml:"rotation" oneof:"0 90 180 270"`
		Volume   int           `toml:"volume" range:"0 100"`
		Off      time.Duration `toml:"off" range:"10s 7d"`
		Ids      []any         `toml:"ids"`
	} `toml:"screen"`
	Sensor []struct {
		Name string `toml:"name"`
		Pin  string `toml:"pin"`
		Caps []struct {
			Plays int `toml:"plays"`
		} `toml:"caps"`
	} `toml:"sensor"`
}

type shopPlace struct {
	KM float64 `toml:"km"`
}

func defaults() *shop {
	s := new(shop)
	s.Venue.Targeting = true
	s.Screen.Volume = 30
	return s
}

func decode(text string) (*shop, *strict.Doc) {
	s, d := defaults(), strict.Parse("shop.toml", []byte(text))
	d.Decode(s)
	return s, d
}

const good = `# a shop
[venue]
name = "Bijouterie"   # café
note = """
two
lines"""
latitude = 45
targeting = false
closed = "2026-12-25"
clientele = [
  "couples",
  "gifts", # and a comment
]
place.km = 2.5
[venue.hours]
mon = []
[screen]
rotation = 90
off = "1d12h"
ids = [1021, "x-move"]
[[sensor]]
name = "bench"
caps = [{ plays = 4 }, { plays = 30 }]
[[sensor]]
pin = 'GPIO17'
`

func TestDecode(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"as it is": good, "from Windows": "\xEF\xBB\xBF" + strings.ReplaceAll(good, "\n", "\r\n"),
	} {
		s, d := decode(text)
		if err := d.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v := s.Venue
		if v.Name != "Bijouterie" || strings.TrimSpace(strings.ReplaceAll(v.Note, "\r", "")) != "two\nlines" || v.Latitude != 45 || v.Targeting ||
			v.Closed.String() != "2026-12-25" || fmt.Sprint(v.Clientele) != "[couples gifts]" || v.Place == nil || v.Place.KM != 2.5 {
			t.Errorf("%s: venue is %+v", name, v)
		}
		if v.Hours.Mon == nil || len(v.Hours.Mon) != 0 {
			t.Errorf("%s: an empty list became %#v, want empty and not nil", name, v.Hours.Mon)
		}
		if s.Screen.Rotation != 90 || s.Screen.Volume != 30 || s.Screen.Off != 36*time.Hour || !reflect.DeepEqual(s.Screen.Ids, []any{1021, "x-move"}) {
			t.Errorf("%s: screen is %+v", name, s.Screen)
		}
		if len(s.Sensor) != 2 || s.Sensor[1].Pin != "GPIO17" || s.Sensor[0].Caps[1].Plays != 30 {
			t.Errorf("%s: sensors are %+v", name, s.Sensor)
		}
		for path, want := range map[string]int{"venue.name": 3, "venue.clientele[1]": 12, "sensor[1].pin": 25, "sensor[1].name": 24, "sensor[0].caps[1].plays": 23, "nothing.there": 1} {
			if got := d.Line(path); got != want {
				t.Errorf("%s: %s is on line %d, want %d", name, path, got, want)
			}
		}
		if !d.Has("sensor[0].name") || d.Has("sensor[1].name") || d.Has("venue.postcode") || d.Has("sensor[2]") {
			t.Errorf("%s: Has does not tell what the file gives", name)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	stricttest.Refused(t, "testdata/*.toml", *update, func(name string, text []byte) error {
		d := strict.Parse(name, text)
		d.Decode(defaults())
		return d.Err()
	})
}

func TestCallersFaults(t *testing.T) {
	t.Parallel()
	_, d := decode("[venue]\nname = 3\n[[sensor]]\nname = \"bench\"\npin = \"GPIO17\"\n[[sensor]]\n")
	d.Fault("sensor[0].pin", "pin is taken", "choose another")
	d.Fault("venue.name", "must not show: it could not be decoded", "")
	d.Missing("venue.name", "must not show: the file has it", "")
	d.Missing("sensor[1].name", "has no name", `add name = "…"`)
	want := `shop.toml:2: venue.name is the number 3, not a text
hint: put it in quotes: name = "3"

shop.toml:5: sensor "bench": pin is taken
hint: choose another

shop.toml:6: sensor 2: has no name
hint: add name = "…"`
	if err := d.Err(); err == nil || err.Error() != want || !strict.IsFaults(fmt.Errorf("wrapped: %w", err)) {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// A line that cannot be read may be the one that is missed.
func TestMissingIsSilentAfterUnreadableLines(t *testing.T) {
	t.Parallel()
	_, d := decode("[venue]\nname = Bijouterie\n")
	d.Missing("venue.name", "venue.name is missing", "add it")
	if err := d.Err(); len(err.(strict.Faults)) != 1 {
		t.Errorf("got %v, want the unreadable line alone", err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"size":           {strings.Repeat("#", strict.MaxSize+1), "more than 1048576"},
		"brackets":       {"a = " + strings.Repeat("[", 500_000), "brackets nest too deep"},
		"some brackets":  {"a = " + strings.Repeat("[", 40) + strings.Repeat("]", 40), "nests too deep"},
		"braces":         {"a = " + strings.Repeat("{b=", 300_000), "brackets nest too deep"},
		"dots":           {strings.Repeat("a.", 100_000) + "a = 1", "nests too deep"},
		"header":         {"[" + strings.Repeat("a.", 100) + "a]", "nests too deep"},
		"UTF-16":         {"\xFF\xFE[\x00", "UTF-16"},
		"Latin-1":        {"[venue]\nname = \"Caf\xE9\"\n", "shop.toml:2: a letter on this line is not UTF-8"},
		"control letter": {"[venue]\nname = \"a\\u0007b\"\n", "U+0007"},
		"bidi letter":    {"[venue]\nname = \"a\\u202Eb\"\n", "U+202E"},
		"list":           {"[venue]\nclientele = [\"gifts\",\"gifts\",\"gifts\",\"gifts\"]", "4 entries, more than 3"},
		"many faults":    {strings.Repeat("x = 1\n", 500), "and 400 more"},
	} {
		_, d := decode(c.text)
		if err := d.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %.300v, want %q in it", name, err, c.want)
		}
	}
	if _, d := decode("# " + strings.Repeat("[", 5000) + "\n[venue]\nname = \"[[[\"\nnote = \"\"\"" + strings.Repeat("[", 200) + "\"\"\"\npostcode = '" + strings.Repeat("{", 200) + "'\n"); d.Err() != nil {
		t.Errorf("brackets in texts and comments count: %v", d.Err())
	}
}

// TestTables holds the rules on who may add to a table (TOML 1.0, Table) against
// texts that tell them apart.
func TestTables(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"[a.b]\nx=1\n[a]\ny=1":        true,
		"[a]\nb.x=1\nb.y=2":           true,
		"[a]\nb.x=1\n[a.b.c]":         true,
		"[[a]]\n[a.b]\n[[a]]\n[a.b]":  true,
		"a=[{b=1},{b=2}]":             true,
		"[a]\n[a]":                    false,
		"[a]\nb.x=1\n[a.b]":           false,
		"[a.b]\nx=1\n[a]\nb.y=1":      false,
		"a={b=1}\n[a.c]":              false,
		"a={b=1}\na.c=1":              false,
		"a={b.c=1,b.d=2,b.c=3}":       false,
		"a=[{b=1}]\n[[a]]":            false,
		"a=[]\n[a.b]":                 false,
		"[[a.b]]\n[a]\nb.c=1":         false,
		"[a.b]\n[[a]]":                false,
		"a=1\n\"a\"=2":                false,
		"a=0x_1":                      false,
		"a=2026-02-30":                false,
		"a=1e":                        false,
		"a={b=1,\nc=2}":               false,
		"a=1 b=2":                     false,
		"a=[1,,2]":                    false,
		"\xEF\xBB\xBF\xEF\xBB\xBFa=1": false,
	} {
		if err := strict.Parse("f", []byte(text)).Err(); (err == nil) != fine {
			t.Errorf("%q gives %v, want fine = %v", text, err, fine)
		}
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	words := []string{"volume", "rotation", "pin", "max_age", "jeweller"}
	for word, want := range map[string]string{
		"volum": "volume", "Rotation": "rotation", "max-age": "max_age", "jeweler": "jeweller", "jewleler": "jeweller",
		"pni": "pin", "px": "", "zebra": "", "": "", strings.Repeat("a", 1000): "",
	} {
		if got := strict.Suggest(word, words); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]time.Duration{
		"0": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "7d": 7 * 24 * time.Hour, "1d12h": 36 * time.Hour, "0.5s": 500 * time.Millisecond,
	} {
		if got, err := strict.ParseDuration(s); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "d", "7", "-5m", "-7d", "1d-1h", "7d7d", "1.5d", "99999999d", "65535d2000000h", "5 m", "+5m", "1d+1h"} {
		if got, err := strict.ParseDuration(s); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", s, got)
		}
	}
}

package config_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/presence"
	"entracte/scheduler/plan"
	"entracte/storage/strict"
	"entracte/storage/strict/stricttest"
)

var update = flag.Bool("update", false, "write the .want files from what the code says")

var words config.Words = assets.Vocabulary()

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("entracte.toml", []byte(text), words)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const least = "[venue]\nname = \"Bijouterie Martin\"\nactivity = \"jeweller\"\n"

// TestContract reads the block that is documented to users, word for word.
func TestContract(t *testing.T) {
	t.Parallel()
	c, err := config.Load(filepath.Join("testdata", "contract.toml"), words)
	if err != nil {
		t.Fatal(err)
	}
	v := c.Venue()
	if v.Name != "Bijouterie Martin" || v.Activity != "jeweller" || v.NAF != (plan.NAF{Scheme: "naf-r2", Code: "47.77Z"}) ||
		v.Commune != "Lyon 2e" || v.Postcode != "69002" || v.Latitude != 45.757 || !v.Located || !v.Targeting || v.VisibleFromStreet ||
		fmt.Sprint(v.Clientele, v.Offers, v.ClosedOn, v.Tags) != "[couples gifts] [engraving repairs] [2026-12-25] [window]" || v.Timezone.String() != "Europe/Paris" {
		t.Errorf("venue is %+v", v)
	}
	if h := v.Hours; h[time.Monday] == nil || len(h[time.Monday]) != 0 || fmt.Sprint(h[time.Tuesday]) != "[09:30-12:30 14:00-19:00]" || h[time.Sunday] != nil {
		t.Errorf("hours are %v", h)
	}
	if c.Screen != (config.Screen{Fit: "cover", Transition: "fade", Serving: "black", Idle: "card", Logo: "logo.png"}) {
		t.Errorf("screen is %+v", c.Screen)
	}
	if len(c.Sensors) != 5 || !c.MQTT.Discovery || c.Content.OwnShare != 4 || !c.Content.StickFolder {
		t.Fatalf("config is %+v", c)
	}
	if s := c.Sensors[1]; s.Pin != "GPIO27" || s.Mode != config.ModeToggle || s.Active != config.ActiveLow || s.Pull != config.PullUp || s.OnFault != config.Quiet {
		t.Errorf("button is %+v", s)
	}
	if s := c.Sensors[2]; s.Port != "/dev/ttyAMA2" || s.NearCM != 40 || s.FarCM != 250 || s.Hold != 3*time.Second {
		t.Errorf("radar is %+v", s)
	}
	if s := c.Sensors[3]; s.Topic != "zigbee2mqtt/door" || s.JSONPath != "occupancy" || s.MaxAge != 2*time.Hour || s.Input().MaxAge != 2*time.Hour {
		t.Errorf("door is %+v", s)
	}
	if len(c.Content.Trust) != 0 || fmt.Sprint(c.Content.Feeds) != "[acme/shop-17]" {
		t.Errorf("content is %+v: a placeholder key must trust nobody", c.Content)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := parse(t, least)
	v := c.Venue()
	if v.Language != "fr" || v.Timezone.String() != "Europe/Paris" || !v.Targeting || v.Located || v.AcceptRegulated != nil || v.ID != "" {
		t.Errorf("venue is %+v", v)
	}
	for day, windows := range v.Hours {
		if windows != nil {
			t.Errorf("%s is %v, want open all day", time.Weekday(day), windows)
		}
	}
	if c.Presence != (config.Presence{OffAfter: 5 * time.Minute, ServingMax: 90 * time.Minute, OnSensorLoss: config.Show}) {
		t.Errorf("presence is %+v", c.Presence)
	}
	if len(c.Sensors) != 0 || len(c.Machine().Inputs) != 0 {
		t.Errorf("sensors are %+v", c.Sensors)
	}
}

// The sensor defaults are the presence machine's, key by key.
func TestSensorDefaults(t *testing.T) {
	t.Parallel()
	c := parse(t, least+`
[[sensor]]
name = "bench"
role = "presence"
kind = "gpio"
pin = "GPIO17"
warm_up = "0s"
[[sensor]]
name = "button"
role = "service"
kind = "gpio"
pin = "GPIO4"
active = "low"
mode = "pulse"
[[sensor]]
name = "radar"
role = "presence"
kind = "ld2410"
[[sensor]]
name = "hush"
role = "pause"
kind = "signal"
lasts = "5m"
`)
	bench := presence.Defaults("gpio", presence.RolePresence)
	bench.Name, bench.WarmUp = "bench", 0
	button := presence.Defaults("gpio", presence.RoleService)
	button.Name, button.Mode, button.OnFault = "button", presence.ModePulse, presence.Quiet
	radar := presence.Defaults("ld2410", presence.RolePresence)
	radar.Name = "radar"
	hush := presence.Defaults("signal", presence.RolePause)
	hush.Name, hush.Lasts = "hush", 5*time.Minute
	want := presence.Config{
		Inputs: []presence.Input{bench, button, radar, hush}, OffAfter: 5 * time.Minute, ServingMax: 90 * time.Minute, OnSensorLoss: presence.Show,
	}
	if got := c.Machine(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if s := c.Sensors[0]; s.Active != config.ActiveHigh || s.Pull != config.PullDown {
		t.Errorf("bench is %+v", s)
	}
	if s := c.Sensors[1]; s.Pull != config.PullUp {
		t.Errorf("an active-low button is pulled %s", s.Pull)
	}
	if s := c.Sensors[2]; s.Port != config.DefaultPort || s.Baud != config.DefaultBaud || s.NearCM != 0 || s.FarCM != 600 || s.SensitivityMoving != nil || s.SensitivityStill != nil {
		t.Errorf("radar is %+v", s)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	key := "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
	c := parse(t, least+`
language = "en"
timezone = "Indian/Reunion"
hours.fri = ["18:00-24:00", "08:00-12:00"]
hours.sat = ["22:00-00:00"]
hours.sun = ["00:00-24:00"]
refuse = { categories = [1361], advertisers = ["Bijoux Rival"] }
accept.regulated = ["alcohol", 1361]
[content]
own_share = "0"
origin = "https://ads.example.org/packs/"
feeds = ["acme/shop-17", "zoe/shop-17"]
trust = ["acme `+key+`", "zoe `+key+`"]
[presence]
off_after = "7d"
[mqtt]
broker = "mqtts://host:8883"
user = "me"
password_file = "pw"
ca_file = "ca.pem"
[device]
id = "shop-17"
`)
	v := c.Venue()
	if fmt.Sprint(v.AcceptRegulated, v.RefuseCategories, v.RefuseAdvertisers) != "[1002 1361] [1361] [Bijoux Rival]" || v.ID != "shop-17" || v.Timezone.String() != "Indian/Reunion" {
		t.Errorf("venue is %+v", v)
	}
	if got := fmt.Sprint(v.Hours[time.Friday]); got != "[08:00-12:00 18:00-24:00]" {
		t.Errorf("friday is %s, want in order", got)
	}
	if c.Content.OwnShare != 0 || c.Content.Origin != "https://ads.example.org/packs" || fmt.Sprint(c.Content.Trust) != "[acme "+key+" zoe "+key+"]" || c.Presence.OffAfter != 7*24*time.Hour {
		t.Errorf("config is %+v", c)
	}
}

func TestSensorsOverMQTT(t *testing.T) {
	t.Parallel()
	c := parse(t, least+`
[[sensor]]
name = "door"
role = "presence"
kind = "mqtt"
topic = "esp/door"
availability_topic = "esp/up"
true_values = ["open"]
false_values = ["closed"]
[[sensor]]
name = "bell"
role = "service"
kind = "mqtt"
mode = "toggle"
topic = "bell"
true_values = ["ring"]
[[sensor]]
name = "hush"
role = "pause"
kind = "mqtt"
topic = "hush"
`)
	door, bell, hush := c.Sensors[0], c.Sensors[1], c.Sensors[2]
	if door.AvailabilityTopic != "esp/up" || fmt.Sprint(door.TrueValues, door.FalseValues) != "[open] [closed]" || door.Pressed() {
		t.Errorf("door is %+v", door)
	}
	if fmt.Sprint(bell.TrueValues, bell.FalseValues) != "[ring] []" || !bell.Pressed() || !hush.Pressed() {
		t.Errorf("bell is %+v, hush is %+v", bell, hush)
	}
}

// TestExample reads the file that is handed out, as it is and with every
// example line made real.
func TestExample(t *testing.T) {
	t.Parallel()
	asIs := parse(t, config.Example)
	plain := parse(t, least)
	if asIs.Screen != plain.Screen || asIs.Presence != plain.Presence || asIs.MQTT != plain.MQTT || asIs.Content.OwnShare != plain.Content.OwnShare || len(asIs.Sensors) != 0 {
		t.Error("the example does not show the defaults")
	}
	all := regexp.MustCompile(`(?m)^#([a-z\[])`).ReplaceAllString(config.Example, "$1")
	if c := parse(t, all); len(c.Sensors) != 5 || !c.Venue().Located {
		t.Errorf("with its examples it gives %+v", c)
	}
	contract, err := os.ReadFile(filepath.Join("testdata", "contract.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^([a-z_]+) = `).FindAllStringSubmatch(string(contract), -1) {
		if !regexp.MustCompile(`(?m)^#?` + m[1] + ` = `).MatchString(config.Example) {
			t.Errorf("the example does not mention %s", m[1])
		}
	}
}

// No fault repeats a secret.
func TestFaults(t *testing.T) {
	t.Parallel()
	stricttest.Refused(t, "testdata/bad/*.toml", *update, func(_ string, text []byte) error {
		c, err := config.Parse("entracte.toml", text, words)
		if c != nil || err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "RWRTY0Iy")) {
			t.Errorf("got %v, %v", c, err)
		}
		return err
	})
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := config.Load(filepath.Join(dir, "entracte.toml"), words); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("a missing file gives %v", err)
	}
	if _, err := config.Load(dir, words); err == nil || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("a folder gives %v", err)
	}
	path := filepath.Join(dir, "entracte.toml")
	if err := os.WriteFile(path, []byte("\xEF\xBB\xBF"+strings.ReplaceAll(config.Example, "\n", "\r\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(path, words); err != nil {
		t.Errorf("saved by Notepad: %v", err)
	}
	if err := os.WriteFile(path, []byte("[venue]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(path, words); err == nil || !strings.HasPrefix(err.Error(), path+":1: the shop has no name\nhint: ") {
		t.Errorf("got %v", err)
	}
	if err := os.Truncate(path, strict.MaxSize+10); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(path, words); !strict.IsFaults(err) {
		t.Errorf("a huge file gives %v", err)
	}
}

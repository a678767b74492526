package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/sensor"
	"entracte/storage/adsfile"
)

// What the README shows is what the program takes.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	configs, ads, pins := readmeFragments(t, string(text))
	if len(ads) != 1 || len(configs) < 6 {
		t.Errorf("%d plans and %d configs, want the plan, the shop and the wiring pages", len(ads), len(configs))
	}
	for _, ad := range ads {
		if _, err := adsfile.Parse("README", []byte(ad), assets.Vocabulary()); err != nil {
			t.Errorf("%s\n%v", ad, err)
		}
	}
	sensors := 0
	for _, c := range configs {
		parsed, err := config.Parse("README", []byte(c), assets.Vocabulary())
		if err != nil {
			t.Errorf("%s\n%v", c, err)
			continue
		}
		sensors += len(parsed.Sensors)
	}
	if n := strings.Count(string(text), "[[sensor]]\n"); n != sensors {
		t.Errorf("%d sensors are described, %d are parsed", n, sensors)
	}
	for _, place := range pins {
		if at := sensor.HeaderPin(place[2]); strconv.Itoa(at) != place[1] {
			t.Errorf("the README has %s on pin %s; it is on %d", place[2], place[1], at)
		}
	}
	for _, c := range newRoot().Commands() {
		if c.Name() != "help" && !c.Hidden && !strings.Contains(string(text), "| `entracte "+c.Name()) {
			t.Errorf("the README does not list `entracte %s`", c.Name())
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(string(text), -1) {
		if _, err := os.Stat("../../" + link[1]); err != nil {
			t.Errorf("the README points at %s: %v", link[1], err)
		}
	}
}

// readmeFragments returns what the README shows of configs and of plans, and where
// it says that pins are. A fragment without a venue is part of a config: it gets
// the two keys that have no default.
func readmeFragments(t *testing.T, text string) (configs, ads []string, pins [][]string) {
	t.Helper()
	for _, block := range regexp.MustCompile("(?ms)^(```|~~~)toml\n(.*?)^(```|~~~)$").FindAllStringSubmatch(text, -1) {
		switch toml := block[2]; {
		case block[1] != block[3]:
			t.Errorf("a fragment ends otherwise than it begins:\n%s", toml)
		case strings.Contains(toml, "[[campaign]]"):
			ads = append(ads, toml)
		case strings.Contains(toml, "[venue]"):
			configs = append(configs, toml)
		default:
			configs = append(configs, "[venue]\nname = \"Martin\"\nactivity = \"jeweller\"\n"+toml)
		}
	}
	pins = regexp.MustCompile(`\bpin (\d+)(?: \(|, )(GPIO\d+)\b`).FindAllStringSubmatch(text, -1)
	if len(pins) < 10 {
		t.Errorf("only %d pins are named with their places", len(pins))
	}
	return configs, ads, pins
}

// Every demo shop parses, plays nothing of a rival's, and leaves nothing out.
func TestDemoShops(t *testing.T) {
	for _, shop := range assets.DemoShops() {
		for _, language := range assets.DemoLanguages() {
			if _, err := config.Parse(shop, assets.DemoConfig(shop, language), assets.Vocabulary()); err != nil {
				t.Errorf("%s %s: %v", shop, language, err)
			}
			a, err := demoAds(shop, language, false)
			if err != nil {
				t.Errorf("%s %s: %v", shop, language, err)
				continue
			}
			if len(a.skipped) > 0 || len(a.feed.Campaigns) < 5 {
				t.Errorf("%s %s: %d campaigns, skipped %v", shop, language, len(a.feed.Campaigns), a.skipped)
			}
		}
	}
}

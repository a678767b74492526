package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/storage/adsfile"
)

// What the README shows is what the program takes.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d toml blocks, want the ads and the config", len(blocks))
	}
	if _, err := adsfile.Parse("README", []byte(blocks[0][1]), assets.Vocabulary()); err != nil {
		t.Error(err)
	}
	if _, err := config.Parse("README", []byte(blocks[1][1]), assets.Vocabulary()); err != nil {
		t.Error(err)
	}
	for _, c := range newRoot().Commands() {
		if c.Name() != "help" && !strings.Contains(string(text), "| `entracte "+c.Name()) {
			t.Errorf("the README does not list `entracte %s`", c.Name())
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(string(text), -1) {
		if _, err := os.Stat("../../" + link[1]); err != nil {
			t.Errorf("the README points at %s: %v", link[1], err)
		}
	}
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

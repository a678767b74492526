package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// yearAds is how many campaigns the shop of the year has.
const yearAds = 40

// year plays twelve months of a shop in virtual time.
func (b *bench) year() ([]row, error) {
	dir, err := yearShop()
	if err != nil {
		return nil, err
	}
	var took []time.Duration
	plays := 0
	for range b.rounds(5, 3) {
		begun := time.Now()
		if plays, err = simulate(dir); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
	}
	return []row{{
		what:     fmt.Sprintf("12 months of a shop: %d ads, 365 days of opening hours, every play written as a record", yearAds),
		measured: fmt.Sprintf("%s\n%d plays, %.0f a second", spread(took), plays, float64(plays)/median(took).Seconds()),
		verdict:  open,
	}}, nil
}

// simulate runs the year and counts its records.
func simulate(dir string) (plays int, err error) {
	cmd := exec.Command(player, "simulate", "--config", filepath.Join(dir, "entracte.toml"), "--ads", filepath.Join(dir, "ads"),
		"--from", "2026-01-01T00:00:00+01:00", "--for", "365d", "--json")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		plays++
	}
	return plays, cmd.Wait()
}

// yearShop writes a shop with two windows of opening hours a day, and ads with
// caps, flights, dayparts, places and rivals as an operator would book them.
func yearShop() (dir string, err error) {
	dir = filepath.Join(work, "year")
	if err := os.MkdirAll(filepath.Join(dir, "ads"), 0o755); err != nil {
		return "", err
	}
	var config, ads strings.Builder
	config.WriteString("[venue]\nname = \"Bench\"\nactivity = \"jeweller\"\nlanguage = \"en\"\ntimezone = \"Europe/Paris\"\nlatitude = 45.757\nlongitude = 4.832\n[venue.hours]\nsun = []\n")
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat"} {
		fmt.Fprintf(&config, "%s = [\"09:30-12:30\", \"14:00-19:00\"]\n", day)
	}
	for i := range yearAds {
		fmt.Fprintf(&ads, "[[campaign]]\nid = \"c%02d\"\nadvertiser = \"Advertiser %d\"\ncategory = %d\nweight = %d\n", i, i, categories[i%len(categories)], 1+i%10)
		if i%3 == 0 {
			ads.WriteString("caps = [{ plays = 4, per = \"hour\" }, { plays = 30, per = \"day\" }]\n")
		}
		if i%4 == 0 {
			fmt.Fprintf(&ads, "flight = { from = \"2026-%02d-01\", to = \"2026-%02d-01\" }\n", 1+i/4, 3+i/4)
		}
		if i%5 == 0 {
			ads.WriteString("dayparts = [{ from = \"10:00\", to = \"18:00\" }]\n")
		}
		if i%7 == 0 {
			ads.WriteString("rivals = \"group\"\n")
		}
		fmt.Fprintf(&ads, "[[campaign.creative]]\nid = \"a%02d\"\nseconds = %d\ncard = { title = \"A\" }\n", i, 8+i%12)
	}
	if err := os.WriteFile(filepath.Join(dir, "entracte.toml"), []byte(config.String()), 0o644); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "ads", "ads.toml"), []byte(ads.String()), 0o644)
}

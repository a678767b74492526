package main

import (
	"bytes"
	"encoding/json"
	"html"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"entracte/player"
	"entracte/player/control"
	"entracte/storage/disk"
	"entracte/storage/report"
)

// The key that signs receipts is there before the first one, and status shows it to
// whoever is to enrol it.
func TestStatusShowsTheKey(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("red.png", red)
	v.ads(1, "red.png")
	v.play("--ads", v.path("ads"))
	v.until("it plays", func(s player.Status) bool { return s.Campaigns > 0 })
	key, err := report.PublicKey(disk.OS, v.path("data"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("entracte", "status", "--data", v.path("data")).Output()
	if err != nil || !regexp.MustCompile(`(?m)^key +`+regexp.QuoteMeta(key)+` signs its receipts$`).Match(out) {
		t.Errorf("%v: %s does not name %s", err, out, key)
	}
	out, err = exec.Command("entracte", "status", "--json", "--data", v.path("data")).Output()
	var s struct {
		player.Status
		Key string `json:"device_key"`
	}
	if err == nil {
		err = json.Unmarshal(out, &s)
	}
	if err != nil || s.Key != key || s.Campaigns == 0 {
		t.Errorf("%v: %s", err, out)
	}
	v.signal("till", control.Off)
	v.signal("mat", control.On)
	v.until("an ad has played", func(s player.Status) bool { return s.Plays > 0 })
	// The player that holds the cache does not stand in the way of a page.
	page := v.path("page.html")
	var said bytes.Buffer
	cmd := exec.Command("entracte", "plays", "report", "--data", v.path("data"), "--config", v.path("shop.toml"), "--out", page)
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil || said.Len() > 0 {
		t.Errorf("%v: %s", err, &said)
	}
	b, err := disk.ReadFile(disk.OS, page, 1<<20)
	if err != nil || !strings.Contains(html.UnescapeString(string(b)), "<code>"+key+"</code>") || !bytes.Contains(b, []byte("local/")) {
		t.Errorf("the page lacks the key or the ad: %v\n%s", err, b)
	}
	v.stop()
	out, err = exec.Command("entracte", "plays", "verify", v.path("data")).CombinedOutput()
	if err != nil || !regexp.MustCompile(`(?m)^log +whole: [1-9]\d* showings in `).Match(out) {
		t.Errorf("%v: %s", err, out)
	}
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/scheduler"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
)

// operated makes a stick with a pack of two campaigns, and the config that takes it.
func operated(t *testing.T, o pack.Order) (stick, configPath string) {
	t.Helper()
	key, err := pack.NewKey(bytes.NewReader(bytes.Repeat([]byte("operator"), 16)))
	if err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 16, 9))); err != nil {
		t.Fatal(err)
	}
	stick = t.TempDir()
	o.Name, o.Key, o.IssuedAt = pack.Name{Org: "acme", Feed: "shop-17"}, key, time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	o.Files = fstest.MapFS{"good.png": {Data: picture.Bytes()}, "bad.png": {Data: []byte("\x89PNG\r\n\x1a\nis all there is")}}
	o.Probe = func(context.Context, string) (pack.Facts, error) {
		return pack.Facts{Media: "image/png", Width: 16, Height: 9}, nil
	}
	for _, name := range []string{"good", "bad"} {
		o.Campaigns = append(o.Campaigns, plan.Campaign{
			ID: name, Advertiser: "A", Category: 1021, Weight: 1, Creatives: []plan.Creative{{ID: name, File: name + ".png", Length: 5 * time.Second}},
		})
	}
	if _, err := pack.Build(t.Context(), disk.OS, stick, &o); err != nil {
		t.Fatal(err)
	}
	configPath = filepath.Join(t.TempDir(), "shop.toml")
	text := fmt.Sprintf("[venue]\nname = \"S\"\nactivity = \"jeweller\"\n[content]\nfeeds = [\"acme/shop-17\"]\ntrust = [%q]\n", key.Public())
	if err := os.WriteFile(configPath, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return stick, configPath
}

// entracte runs a command line in this process.
func entracte(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

func TestInstallBesideAPlayer(t *testing.T) {
	t.Parallel()
	stick, cfg := operated(t, pack.Order{})
	data := t.TempDir()
	c, err := storage.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	code, _, said := entracte(t, "install", stick, "--config", cfg, "--data", data)
	if code != exitRunning || !strings.Contains(said, "\nhint: put the stick into its machine") {
		t.Errorf("%d: %s", code, said)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	code, said, _ = entracte(t, "install", stick, "--config", cfg, "--data", data)
	if code != 0 || !strings.Contains(said, "campaigns: 1; 2 files") || !strings.Contains(said, "  left out: bad.png: ") {
		t.Errorf("%d: %s", code, said)
	}
}

// What of the installed packs is played, and what is said of it.
func TestPacksInForce(t *testing.T) {
	t.Parallel()
	stick, cfg := operated(t, pack.Order{NotAfter: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)})
	data := t.TempDir()
	if code, _, said := entracte(t, "install", stick, "--config", cfg, "--data", data); code != 0 {
		t.Fatal(said)
	}
	cache, err := storage.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	var signed time.Time
	c := &content{
		cache: cache, feeds: []string{"acme/shop-17", "acme/other"}, shop: scheduler.Options{Venue: plan.Venue{Timezone: paris}},
		signed: func(at time.Time, _ string) { signed = at }, left: map[string]absence{},
	}
	p, err := c.inForce()
	if err != nil || len(p.Feeds) != 1 || len(p.Feeds[0].Campaigns) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	// 00:00 UTC is 01:00 in Paris: the day in which it ends is the last.
	if to := p.Feeds[0].Campaigns[0].Flight.To; to != (plan.Date{Year: 2027, Month: 2, Day: 2}) {
		t.Errorf("it plays until %v", to)
	}
	if signed.Year() != 2026 {
		t.Errorf("signed at %v", signed)
	}
	said := details(c.all().notices)
	if len(said) != 3 || !strings.HasPrefix(said[0], "acme/shop-17: bad.png: ") || !strings.HasPrefix(said[2], "no pack of the feed acme/other is installed\nhint: ") {
		t.Errorf("%q", said)
	}
	c.feeds = nil
	if p, err := c.inForce(); err != nil || len(p.Feeds) != 0 || len(c.all().notices) != 0 || c.all().refusals[0].Code != codeUnasked {
		t.Errorf("a feed that nobody asked for: %+v, %v", p, err)
	}
}

func TestEndBy(t *testing.T) {
	t.Parallel()
	day := func(d int) plan.Date { return plan.Date{Year: 2027, Month: 2, Day: d} }
	for _, k := range []struct {
		end      time.Time
		to, want plan.Date
	}{
		{time.Date(2027, 2, 5, 0, 0, 0, 0, time.UTC), plan.Date{}, day(5)},
		{time.Date(2027, 2, 5, 0, 0, 1, 0, time.UTC), plan.Date{}, day(6)},
		{time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC), day(7), day(6)},
		{time.Date(2027, 2, 5, 12, 0, 0, 0, time.UTC), day(3), day(3)},
	} {
		f := plan.Feed{Campaigns: []plan.Campaign{{Flight: plan.Flight{To: k.to}}}}
		if endBy(&f, lastDay(k.end).AddDays(1)); f.Campaigns[0].Flight.To != k.want {
			t.Errorf("%v and %v: %v, want %v", k.end, k.to, f.Campaigns[0].Flight.To, k.want)
		}
	}
}

func TestCheckCacheAsksAnotherProcess(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c, err := storage.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkCache(t.Context(), data); err != nil {
		t.Errorf("while it is open: %v", err)
	}
	c.Close()
	if err := checkCache(t.Context(), data); err != nil {
		t.Error(err)
	}
	if err := os.Truncate(filepath.Join(data, "cache.db"), 5000); err != nil {
		t.Fatal(err)
	}
	if err := checkCache(t.Context(), data); err == nil || err.Error() != "it is too short" && !strings.HasPrefix(err.Error(), "it is cut off") {
		t.Errorf("cut off: %v", err)
	}
	if code, _, _ := entracte(t, checkVerb, data); code != exitDamaged {
		t.Errorf("exit code %d", code)
	}
}

func TestDecodes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.png"), filepath.Join(dir, "bad.png")
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 160, 90))); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	for path, content := range map[string][]byte{good: whole, bad: slices.Concat(whole[:len(whole)/2], make([]byte, len(whole)/2))} {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := decodes(t.Context(), good); err != nil {
		t.Error(err)
	}
	if err := decodes(t.Context(), bad); err == nil || !strings.Contains(err.Error(), "bad.png") || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := decodes(ctx, good); !reflect.DeepEqual(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// After an unclean stop the file is read in another process first: whichever page is
// lost, the pack is in force again.
func TestDamagedPages(t *testing.T) {
	t.Parallel()
	stick, configPath := operated(t, pack.Order{})
	data := t.TempDir()
	if code, _, said := entracte(t, "install", stick, "--config", configPath, "--data", data); code != 0 {
		t.Fatal(said)
	}
	cfg, err := config.Load(configPath, assets.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(data, "cache.db")
	db, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	aside := 0
	for page := range len(db) / 4096 {
		b := bytes.Clone(db)
		clear(b[page*4096 : (page+1)*4096])
		for name, content := range map[string][]byte{path: b, path + ".open": nil} {
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cache, found, err := openCache(t.Context(), cfg, data)
		if err != nil {
			t.Fatalf("page %d: %v", page, err)
		}
		if found.Aside != "" {
			aside++
		}
		if f, ok, err := cache.Feed("acme/shop-17"); !ok || err != nil || len(f.Campaigns) == 0 {
			t.Errorf("page %d: in force: %+v, %v", page, f, err)
		}
		if err := cache.Close(); err != nil {
			t.Error(err)
		}
	}
	if aside == 0 {
		t.Error("no lost page was found")
	}
}

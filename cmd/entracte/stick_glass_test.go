package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

// A stick, seen from the shop: what it brings plays, and the glass says so, but nothing
// of it during service.
func TestStickOnGlass(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	key, err := pack.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(v.path("shop.toml"))
	if err != nil {
		t.Fatal(err)
	}
	v.write("shop.toml", string(config)+fmt.Sprintf("\n[content]\nfeeds = [\"acme/shop-17\"]\ntrust = [%q]\n", key.Public()))
	secret, err := key.SecretFile("")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(v.path("op.key"), secret, 0o600); err != nil {
		t.Fatal(err)
	}
	v.picture("red.png", red)
	v.ads(1, "red.png")
	stick := v.path("stick")
	build := func() {
		t.Helper()
		if out, err := v.run("pack", "build", "--ads", v.path("ads"), "--key", v.path("op.key"), "--org", "acme", "--feed", "shop-17", "--out", stick); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	for _, dir := range []string{v.path("machine"), filepath.Join(stick, "ENTRACTE-OWN")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	build()
	v.write("machine/mountinfo", "")
	v.env = append(v.env, "ENTRACTE_TEST_MACHINE="+v.path("machine"))
	v.play("--frames-to", v.path("frames"))
	v.until("nothing is installed", func(s player.Status) bool {
		return s.OnGlass == "idle" && strings.Contains(strings.Join(s.Faults, " "), "no pack of the feed acme/shop-17")
	})

	plugIn(t, v.path("machine"), stick)
	v.until("the stick is read", func(s player.Status) bool { return s.OnGlass == "message" && s.Campaigns == 1 })
	v.signal("till", control.On)
	v.until("nothing is said during service", func(s player.Status) bool { return s.OnGlass == "neutral" })
	v.signal("till", control.Off)
	v.until("and is said after it", func(s player.Status) bool { return s.OnGlass == "message" })
	pullOut(t, v.path("machine"))
	v.until("the message is gone", func(s player.Status) bool { return s.OnGlass == "idle" })
	v.signal("mat", control.On)
	v.until("its ad plays", func(s player.Status) bool {
		return s.OnGlass == "acme/shop-17/red/red-1" && s.Plays > 0 && !strings.Contains(strings.Join(s.Faults, " "), "no pack")
	})
	v.signal("mat", control.Off)
	v.until("idle", func(s player.Status) bool { return s.OnGlass == "idle" })

	// A newer pack takes the place of the first.
	v.picture("blue.png", blue)
	v.ads(1, "blue.png")
	build()
	plugIn(t, v.path("machine"), stick)
	v.until("the newer pack is read", func(s player.Status) bool { return s.OnGlass == "message" })
	v.signal("mat", control.On)
	pullOut(t, v.path("machine"))
	v.until("its ad plays", func(s player.Status) bool { return s.OnGlass == "acme/shop-17/blue/blue-1" && s.Campaigns == 1 })
	v.stop()
	for _, path := range v.frames() {
		if strings.HasSuffix(path, "-message.png") {
			return
		}
	}
	t.Error("no frame shows the message")
}

// Two operators' sticks in one shop: each takes away the proof of its own plays, and the
// owner's own stick takes none.
func TestOperatorsSticks(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("red.png", red)
	v.ads(1, "red.png")
	mine, err := os.ReadFile(v.path("ads/red.png"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{v.path("machine"), v.path("owner/ENTRACTE-OWN"), v.path("owner/ENTRACTE/feeds/shop-17")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// The owner's stick has a folder of that feed too, and nothing signed.
	v.write("owner/ENTRACTE-OWN/mine.png", string(mine))
	v.write("owner/ENTRACTE-OWN/venue.txt", venueCode("counter"))
	config, err := os.ReadFile(v.path("shop.toml"))
	if err != nil {
		t.Fatal(err)
	}
	v.write("shop.toml", string(config)+fmt.Sprintf("\n[device]\nid = \"counter\"\n[content]\nfeeds = [\"acme/shop-17\", \"rival/shop-17\"]\ntrust = [%q, %q]\n",
		"acme "+v.operator("acme"), "rival "+v.operator("rival")))
	v.hasPlayed("acme/shop-17", "rival/shop-17", "own", "rival/shop-17", "rival/shop-17")
	v.write("machine/mountinfo", "")
	v.env = append(v.env, "ENTRACTE_TEST_MACHINE="+v.path("machine"))
	v.play()
	v.until("it runs", func(s player.Status) bool { return s.OnGlass == "idle" })
	plug := func(stick, last string) {
		t.Helper()
		plugIn(t, v.path("machine"), v.path(stick))
		v.until("there is "+last, func(player.Status) bool {
			found, _ := filepath.Glob(v.path(last))
			return len(found) == 1
		})
		pullOut(t, v.path("machine"))
	}
	plug("owner", "data/own/mine.png")
	plug("acme", "acme/ENTRACTE/reports/counter/*.jsonl.minisig")
	plug("rival", "rival/ENTRACTE/reports/counter/*.jsonl.minisig")
	v.stop()
	if left, err := os.ReadDir(v.path("owner/ENTRACTE")); err != nil || len(left) != 1 {
		t.Errorf("on the owner's stick are %v, %v", left, err)
	}
	for _, c := range []struct{ org, plays, others string }{{"acme", "1", "rival"}, {"rival", "3", "acme"}} {
		files, err := filepath.Glob(v.path(c.org + "/ENTRACTE/reports/counter/*"))
		if err != nil || len(files) != 4 {
			t.Fatalf("on the stick of %s are %q, %v", c.org, files, err)
		}
		out, err := v.run("plays", "verify", "--device-key", v.path("data/device.pub"), files[0])
		if err != nil || !strings.Contains(out, "operator    "+c.org+":") || !strings.Contains(out, "records     1 to "+c.plays+" of its own, of which 0 are missing") {
			t.Errorf("%v: %s", err, out)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if text := filepath.Base(file) + string(b); err != nil || strings.Contains(text, c.others) || strings.Contains(text, ",own,") || strings.Contains(text, `"own"`) {
				t.Errorf("%v: of others tells %s", err, text)
			}
		}
	}
}

// operator makes a key and a stick of an organisation, with the ads as its feed
// shop-17, and returns the public key.
func (v *venue) operator(org string) string {
	v.t.Helper()
	key, err := pack.NewKey(rand.Reader)
	if err != nil {
		v.t.Fatal(err)
	}
	secret, err := key.SecretFile("")
	if err != nil {
		v.t.Fatal(err)
	}
	if err := os.WriteFile(v.path(org+".key"), secret, 0o600); err != nil {
		v.t.Fatal(err)
	}
	if err := os.Mkdir(v.path(org), 0o755); err != nil {
		v.t.Fatal(err)
	}
	if out, err := v.run("pack", "build", "--ads", v.path("ads"), "--key", v.path(org+".key"), "--org", org, "--feed", "shop-17", "--out", v.path(org)); err != nil {
		v.t.Fatalf("%v\n%s", err, out)
	}
	return key.Public()
}

// hasPlayed puts one play of each feed into the log, three hours ago.
func (v *venue) hasPlayed(feeds ...string) {
	v.t.Helper()
	if err := os.Mkdir(v.path("data"), 0o755); err != nil {
		v.t.Fatal(err)
	}
	plays, err := playlog.Open(disk.OS, v.path("data"), report.Roll(disk.OS, v.path("data")))
	if err != nil {
		v.t.Fatal(err)
	}
	at := time.Now().Add(-3 * time.Hour).Truncate(time.Hour)
	for i, f := range feeds {
		if _, err := plays.Append(plan.Play{
			Boot: "earlier", Venue: "Bijouterie Martin", Screen: "counter", Feed: f, Campaign: "c", Creative: "c-1", Advertiser: "The " + f,
			StartedAt: at.Add(time.Duration(i) * time.Minute), PlannedMS: 1000, ShownMS: 1000, Outcome: plan.Completed, Counted: true, Clock: plan.ClockTrusted,
		}); err != nil {
			v.t.Fatal(err)
		}
	}
	if err := plays.Close(); err != nil {
		v.t.Fatal(err)
	}
}

// run runs a verb beside the player.
func (v *venue) run(args ...string) (string, error) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "entracte", args...)
	cmd.Env = v.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

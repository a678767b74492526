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

	"entracte/player"
	"entracte/player/control"
	"entracte/storage/pack"
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

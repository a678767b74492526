package main

import (
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entracte/assets"
	"entracte/player"
	"entracte/player/control"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// The demo's jeweller through the real renderer: the idle look, a card with its
// mark and its code, and the neutral frame, as they were when somebody last looked
// at them and was content.
func TestGoldenPictures(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	ads, err := assets.Demo("jeweller", "fr")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(v.path("shop"), ads); err != nil {
		t.Fatal(err)
	}
	shop := string(assets.DemoConfig("jeweller", "fr"))
	v.write("shop.toml", strings.ReplaceAll(shop, `kind = "key"`, `kind = "signal"`))
	v.start("--windowed", "640x360", "--ads", v.path("shop"), "--frames-to", v.path("frames"))
	printed := func(name string) func(player.Status) bool {
		return func(player.Status) bool {
			// Written when it has settled, not in the middle of its fade.
			shots, _ := filepath.Glob(v.path("frames/*-" + name + ".png"))
			return len(shots) > 0
		}
	}
	v.until("idle", printed("idle"))
	v.signal("W", control.On)
	v.until("the first ad", printed("local-lens-couple"))
	v.signal("S", control.On)
	v.until("neutral", func(s player.Status) bool { return s.OnGlass == "neutral" })
	v.stop()
	for _, name := range []string{"idle", "local-lens-couple", "neutral"} {
		shots, _ := filepath.Glob(v.path("frames/*-" + name + ".png"))
		if len(shots) == 0 {
			t.Errorf("no %s among %v", name, v.frames())
			continue
		}
		compare(t, shots[len(shots)-1], filepath.Join("testdata", "golden", name+".png"))
	}
}

// compare allows for what another build of the software renderer rounds
// otherwise: on average one step of 255.
func compare(t *testing.T, shot, golden string) {
	t.Helper()
	if *update {
		b, err := os.ReadFile(shot)
		if err == nil {
			err = os.WriteFile(golden, b, 0o644)
		}
		if err != nil {
			t.Error(err)
		}
		return
	}
	got, want := readPNG(t, shot), readPNG(t, golden)
	if got.Bounds() != want.Bounds() {
		t.Errorf("%s is %v, want %v", shot, got.Bounds(), want.Bounds())
		return
	}
	sum, b := 0, got.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, g, bl, _ := got.At(x, y).RGBA()
			r2, g2, bl2, _ := want.At(x, y).RGBA()
			for _, d := range []int{int(r>>8) - int(r2>>8), int(g>>8) - int(g2>>8), int(bl>>8) - int(bl2>>8)} {
				sum += max(d, -d)
			}
		}
	}
	if mean := float64(sum) / float64(3*b.Dx()*b.Dy()); mean > 1 {
		t.Errorf("%s: mean difference %.2f of 255 from %s\nhint: look at both; if the new one is right, run go test ./cmd/entracte -run Golden -update", shot, mean, golden)
	}
}

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return img
}

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"entracte/player"
	"entracte/storage/disk/disktest"
)

// card mounts a small file system where the data folder is.
func (v *venue) card() {
	v.t.Helper()
	if err := os.Mkdir(v.path("data"), 0o755); err != nil {
		v.t.Fatal(err)
	}
	disktest.Mount(v.t, v.path("data"), 4<<20)
}

// ask runs a verb that asks only, and wants it to work.
func (v *venue) ask(args ...string) string {
	v.t.Helper()
	out, err := exec.Command("entracte", append(args, "--data", v.path("data"))...).CombinedOutput()
	if err != nil {
		v.t.Errorf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// unchanged wants the folder to hold the same files as before.
func (v *venue) unchanged(before []string) {
	v.t.Helper()
	if now := v.names(); strings.Join(now, " ") != strings.Join(before, " ") {
		v.t.Errorf("there was %v, and is %v", before, now)
	}
}

func (v *venue) names() (all []string) {
	filepath.WalkDir(v.path("data"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			all = append(all, path)
		}
		return nil
	})
	return all
}

// A card that is full, or can only be read, at the very first start shows the ads of
// their folder; half a file is left nowhere.
func TestShowOnUselessCard(t *testing.T) {
	t.Parallel()
	for name, why := range map[string]string{"full": "the disk is full", "read-only": "can only be read"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := adsVenue(t)
			v.card()
			if name == "full" {
				disktest.Fill(v.t, v.path("data"))
			} else {
				disktest.Remount(v.t, v.path("data"), true)
			}
			before := v.names()
			s := v.adsPlay()
			for _, what := range []string{"plays are not recorded: ", "nothing can be stored in ", why} {
				if !needs(s, what) {
					t.Errorf("it does not say %q: %q", what, s.Faults)
				}
			}
			if text := v.ask("status"); !strings.Contains(text, why) {
				t.Error(text)
			}
			v.stop()
			v.unchanged(before)
			v.ask("clock", "--config", v.path("shop.toml"))
		})
	}
}

// realCard mounts a file with an ext4 file system where the data folder is.
func (v *venue) realCard() (mount func(options string), unmount func()) {
	v.t.Helper()
	image, data := v.path("card.img"), v.path("data")
	run := func(args ...string) error {
		out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%v: %w: %s", args, err, out)
		}
		return nil
	}
	f, err := os.Create(image)
	if err == nil {
		err = errors.Join(f.Truncate(16<<20), f.Close(), os.Mkdir(data, 0o755), run("mkfs.ext4", "-q", image))
	}
	if err == nil {
		err = run("mount", "-o", "loop", image, data)
	}
	if err != nil {
		v.t.Skip("no card can be made of a file here: " + err.Error())
	}
	mount = func(options string) {
		v.t.Helper()
		if err := run("mount", "-o", options, image, data); err != nil {
			v.t.Fatal(err)
		}
	}
	unmount = func() { syscall.Unmount(data, syscall.MNT_DETACH) }
	v.t.Cleanup(unmount)
	return mount, unmount
}

// A real card that is full, or can only be read, at a later start, or locks itself
// during the show after an error, costs nothing of what is in force. What was recorded
// can be read all the while, and recording goes on where the card takes it.
func TestShowOnAilingCard(t *testing.T) {
	t.Parallel()
	v := adsVenue(t)
	mount, unmount := v.realCard()
	v.adsPlay()
	v.stop()
	asks := func() {
		t.Helper()
		v.ask("status")
		if out := v.ask("plays", "export", "--format", "csv"); strings.Count(out, "\n") < 2 {
			t.Errorf("exported: %s", out)
		}
	}

	disktest.Fill(v.t, v.path("data"))
	known := len(v.recorded())
	s := v.adsPlay()
	if needs(s, "recorded:") || needs(s, "stored") || !needs(s, "0 MB are free") {
		t.Errorf("on a full card: %q", s.Faults)
	}
	asks()
	v.stop()
	if n := len(v.recorded()); n < known+2 {
		t.Errorf("%d plays in a log that had %d", n, known)
	}
	if err := os.Remove(v.path("data/fill")); err != nil {
		t.Fatal(err)
	}

	mount("remount,ro")
	before := v.names()
	if s = v.adsPlay(); !needs(s, "plays are not recorded: ") || !needs(s, "can only be read") || needs(s, "where they lie") {
		t.Errorf("on a card that can only be read: %q", s.Faults)
	}
	asks()
	v.stop()
	v.unchanged(before)
	mount("remount,rw")

	v.adsPlay()
	mount("remount,abort") // as the kernel does after an error
	s = v.until("it says so", func(s player.Status) bool { return needs(s, "plays are not recorded: ") })
	v.until("ads play on", func(now player.Status) bool { return now.Plays > s.Plays+1 })
	asks()
	v.stop()
	unmount()
	known = len(v.recorded())
	mount("loop")
	v.adsPlay()
	v.stop()
	if n := len(v.recorded()); n <= known {
		t.Errorf("%d plays after it was put right", n)
	}
}

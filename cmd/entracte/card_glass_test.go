package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/playlog"
)

// needs reports whether a status says something to somebody.
func needs(s player.Status, what string) bool {
	return slices.ContainsFunc(s.Faults, func(f string) bool { return strings.Contains(f, what) })
}

// adsPlay starts the player and wants ads on the glass.
func (v *venue) adsPlay() player.Status {
	v.t.Helper()
	v.play("--ads", v.path("ads"))
	v.signal("mat", control.On)
	return v.until("ads play", func(s player.Status) bool { return showing(s) && s.Campaigns == 2 && s.Plays > 1 })
}

// adsVenue has two ads.
func adsVenue(t *testing.T) *venue {
	v := newVenue(t)
	v.picture("red.png", red)
	v.picture("blue.png", blue)
	v.ads(1, "red.png", "blue.png")
	return v
}

// Where the data folder cannot even be made, ads play from their own folder, the status
// says what is not kept and what to do, and the folder is used as soon as it can be.
func TestShowWithoutDataFolder(t *testing.T) {
	t.Parallel()
	v := adsVenue(t)
	v.write("data", "a file where the folder should be")
	s := v.adsPlay()
	for _, what := range []string{"plays are not recorded: cannot make the data folder", "nothing can be stored in " + v.path("data"), "then restart the player", "the files of local play from where they lie"} {
		if !needs(s, what) {
			t.Errorf("it does not say %q: %q", what, s.Faults)
		}
	}
	out, err := exec.Command("entracte", "play", "--config", v.path("shop.toml"), "--data", v.path("data"), "--windowed", "320x180").CombinedOutput()
	if ended := (*exec.ExitError)(nil); !errors.As(err, &ended) || ended.ExitCode() != exitRunning {
		t.Errorf("a second player: %v\n%s", err, out)
	}
	if b, err := os.ReadFile(v.path("data")); err != nil || string(b) != "a file where the folder should be" {
		t.Errorf("the file is %q, %v", b, err)
	}
	if err := os.Remove(v.path("data")); err != nil {
		t.Fatal(err)
	}
	v.until("it is recorded again", func(s player.Status) bool {
		return !needs(s, "plays are not recorded") && needs(s, "then restart the player") && len(v.recorded()) > 0
	})
	v.stop()
	s = v.adsPlay()
	if needs(s, "stored") || needs(s, "recorded") || needs(s, "where they lie") {
		t.Errorf("after a restart: %q", s.Faults)
	}
	v.stop()
}

// recorded are the plays in the log, if there is one.
func (v *venue) recorded() (all []plan.Play) {
	for p, err := range playlog.Read(disk.OS, v.path("data")) {
		if err == nil {
			all = append(all, p)
		}
	}
	return all
}

// A recording is begun as soon as the log can be opened, and meanwhile says why not,
// but to a stick that wants what is in the log.
func TestRecording(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		opens, why := 0, error(&disk.Fault{Fact: "the card is full"})
		r := &recording{data: data, slog: slog.New(slog.DiscardHandler), open: func() (*playlog.Log, error) {
			if opens++; why != nil {
				return nil, why
			}
			return playlog.Open(disk.OS, data, nil)
		}}
		to := recorder{r}
		play := plan.Play{Boot: "b", Feed: "local", Campaign: "lens", Creative: "lens-1", Outcome: plan.Completed, Counted: true}
		for range 3 {
			if p, err := to.Append(play); p.Seq != 0 || !errors.Is(err, why) || !errors.Is(to.Sync(), why) || !errors.Is(r.Checkpoint("clock", nil), why) {
				t.Fatal(p, err)
			}
		}
		if opens != 1 || r.Sync() != nil || r.Kept("clock") != nil {
			t.Errorf("opened %d times; %v, %q", opens, r.Sync(), r.Kept("clock"))
		}
		why = nil
		time.Sleep(openAgain)
		if err := to.Sync(); err != nil || opens != 2 {
			t.Errorf("with the card put right: %v, opened %d times", err, opens)
		}
		if p, err := to.Append(play); p.Seq != 1 || err != nil {
			t.Error(p, err)
		}
		if _, err := to.Append(plan.Play{Outcome: 200}); err == nil || to.Sync() == nil || r.Sync() != nil {
			t.Error("a play that is lost is not told", err)
		}
		if p, err := to.Append(play); p.Seq != 2 || err != nil || to.Sync() != nil {
			t.Error(p, err)
		}
		if err := errors.Join(r.Close(), r.Close()); err != nil {
			t.Error(err)
		}
		if _, err := to.Append(play); !errors.Is(err, playlog.ErrClosed) {
			t.Error(err)
		}
	})
}

// A socket is where the data folder is, or else where only a player with that folder
// looks; one that died there is nobody.
func TestSocketPath(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	data := t.TempDir()
	if got := socketPath(data); got != filepath.Join(data, "control.sock") {
		t.Error(got)
	}
	srv, err := control.Listen(spareSocket(data), control.API{})
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EAFNOSUPPORT) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := socketPath(data); got != spareSocket(data) {
		t.Error(got)
	}
	srv.Close()
	if got := socketPath(data); got != filepath.Join(data, "control.sock") {
		t.Error(got)
	}
}

package main

import (
	"bytes"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler/plan"
)

var (
	red  = color.RGBA{220, 30, 30, 255}
	blue = color.RGBA{30, 60, 220, 255}
)

// The visit, on the real glass: what each change left there is in the PNGs.
func TestVisitOnGlass(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("red.png", red)
	v.picture("blue.png", blue)
	v.ads(30, "red.png", "blue.png")
	v.play("--ads", v.path("ads"), "--frames-to", v.path("frames"))
	v.until("nobody waits", func(s player.Status) bool { return s.State == "empty" && s.OnGlass == "idle" })
	v.signal("mat", control.On)
	s := v.until("an ad plays", showing)
	if s.Why == "" {
		t.Error("the play has no reason")
	}
	v.signal("till", control.On)
	v.until("neutral", func(s player.Status) bool { return s.State == "serving" && s.OnGlass == "neutral" })
	v.signal("till", control.Off)
	v.until("an ad plays again", showing)
	v.signal("mat", control.Off)
	v.until("idle", func(s player.Status) bool { return s.OnGlass == "idle" })
	v.stop()

	var names []string
	for _, path := range v.frames() {
		name := strings.TrimSuffix(filepath.Base(path)[5:], ".png")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
		c := middle(t, path)
		switch {
		case name == "local-red-red-1" && near(c, red), name == "local-blue-blue-1" && near(c, blue):
		case name == "neutral" && near(c, color.RGBA{0, 0, 0, 255}):
		case name == "idle" && !near(c, red) && !near(c, blue):
		default:
			t.Errorf("%s has %v in the middle", path, c)
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "local-") })
	if got := strings.Join(names, " "); got != "idle neutral idle" && got != "neutral idle neutral idle" {
		t.Errorf("besides ads the glass showed %q", got)
	}
	plays := v.plays()
	for _, p := range plays {
		if p.Outcome != plan.Interrupted || p.Counted {
			t.Errorf("%+v: both showings were interrupted", p)
		}
	}
	if len(plays) != 2 {
		t.Errorf("%d records, want 2", len(plays))
	}
}

func (v *venue) frames() []string {
	v.t.Helper()
	list, err := filepath.Glob(v.path("frames/*.png"))
	if err != nil || len(list) == 0 {
		v.t.Fatalf("no frames were written: %v", err)
	}
	return list
}

func middle(t *testing.T, path string) color.RGBA {
	t.Helper()
	img := readPNG(t, path)
	// Not the very middle: the idle look has its words there.
	b := img.Bounds()
	r, g, bl, a := img.At(b.Dx()/8, b.Dy()/2).RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(bl >> 8), uint8(a >> 8)}
}

func near(a, b color.RGBA) bool {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return d(a.R, b.R) < 4 && d(a.G, b.G) < 4 && d(a.B, b.B) < 4
}

// The ads folder goes away while its ad plays, and is still gone after a
// restart: the screen plays on from its cache.
func TestAdsFolderGone(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("red.png", red)
	v.picture("blue.png", blue)
	v.ads(1, "red.png", "blue.png")
	v.play("--ads", v.path("ads"))
	v.signal("mat", control.On)
	v.until("a play is counted", func(s player.Status) bool { return s.Plays > 0 })
	if err := os.RemoveAll(v.path("ads")); err != nil {
		t.Fatal(err)
	}
	n := v.until("it plays on", showing).Plays
	v.until("and on", func(s player.Status) bool { return s.Plays > n+2 })
	v.stop()
	v.play("--ads", v.path("ads"))
	v.signal("mat", control.On)
	v.until("it plays from the cache", func(s player.Status) bool { return s.Plays > 1 })
	v.stop()
	if !strings.Contains(v.news.String(), "the ads folder is gone") {
		t.Errorf("nobody was told:\n%s", &v.news)
	}
	plays := v.plays()
	for i, p := range plays {
		if p.Seq != uint64(i+1) {
			t.Fatalf("record %d has seq %d", i, p.Seq)
		}
	}
}

// Broken files are named, with the reason, and skipped; the rest plays.
func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("red.png", red)
	v.write("ads/text.jpg", "this is no picture")
	v.write("ads/nothing.png", "")
	whole, _ := os.ReadFile(v.path("ads/red.png"))
	v.write("ads/half.png", string(whole[:len(whole)/2]))
	v.write("ads/noise.mp4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x00")
	v.ads(1, "red.png", "text.jpg", "nothing.png", "half.png", "noise.mp4", "missing.png")
	v.play("--ads", v.path("ads"))
	v.signal("mat", control.On)
	s := v.until("the good one plays", func(s player.Status) bool { return s.Plays > 1 })
	v.stop()
	news := v.news.String()
	for _, name := range []string{"text.jpg", "nothing.png", "half.png", "noise.mp4", "missing.png"} {
		if !strings.Contains(news, name+": ") {
			t.Errorf("%s is not named:\n%s", name, news)
		}
	}
	if len(s.Faults) == 0 {
		t.Error("status does not say that files were skipped")
	}
}

// A second player on the same data ends with 13 and a sentence; the first plays
// on.
func TestTwice(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.play()
	second := exec.Command("entracte", "play", "--config", v.path("shop.toml"), "--data", v.path("data"), "--windowed", "320x180")
	out, err := second.CombinedOutput()
	if code := second.ProcessState.ExitCode(); code != exitRunning {
		t.Errorf("exit code %d (%v), want %d", code, err, exitRunning)
	}
	if !strings.Contains(string(out), "hint: ") {
		t.Errorf("it says %q", out)
	}
	v.until("the first is well", func(player.Status) bool { return true })
	v.stop()
}

// A cache that cannot be read is set aside, and the ads come back from their
// folder.
func TestDamagedCache(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("red.png", red)
	v.ads(1, "red.png")
	if err := os.Mkdir(v.path("data"), 0o755); err != nil {
		t.Fatal(err)
	}
	v.write("data/cache.db", strings.Repeat("this was a database ", 4000))
	v.play("--ads", v.path("ads"))
	v.signal("mat", control.On)
	s := v.until("the ads are back", func(s player.Status) bool { return s.Plays > 0 })
	v.stop()
	if aside, _ := filepath.Glob(v.path("data/cache.db.bad-*")); len(aside) != 1 || len(s.Faults) != 1 {
		t.Errorf("set aside %v, faults %q", aside, s.Faults)
	}
}

// The decoder dies while its film is on the glass: the film is recorded as
// failed, and the show goes on.
func TestDecoderKilled(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.film("film.mp4", 30)
	v.picture("red.png", red)
	v.ads(0, "film.mp4", "red.png")
	v.play("--ads", v.path("ads"))
	v.signal("mat", control.On)
	v.until("the film plays", func(s player.Status) bool { return s.OnGlass == "local/film/film-1" })
	killed := 0
	for _, pid := range children(t, v.cmd.Process.Pid) {
		if syscall.Kill(pid, syscall.SIGKILL) == nil {
			killed++
		}
	}
	if killed == 0 {
		t.Fatal("there is no decoder to kill")
	}
	v.until("another creative plays", func(s player.Status) bool { return s.OnGlass == "local/red/red-1" })
	v.stop()
	if !slices.ContainsFunc(v.plays(), func(p plan.Play) bool { return p.Campaign == "film" && p.Outcome == plan.Failed }) {
		t.Errorf("the film is not recorded as failed: %+v", v.plays())
	}
}

// children lists the processes whose parent is pid.
func children(t *testing.T, pid int) []int {
	t.Helper()
	var all []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, s := range stats {
		b, err := os.ReadFile(s)
		if err != nil {
			continue
		}
		// The name, in parentheses, may hold anything: proc(5).
		rest := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if len(rest) > 1 && rest[1] == strconv.Itoa(pid) {
			n, err := strconv.Atoi(filepath.Base(filepath.Dir(s)))
			if err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}

// Without ffmpeg films are named and skipped, and pictures play.
func TestWithoutFFmpeg(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.film("film.mp4", 1)
	v.picture("red.png", red)
	v.ads(1, "film.mp4", "red.png")
	v.env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "PATH=") }), "PATH="+v.path("nowhere"))
	v.play("--ads", v.path("ads"))
	v.signal("mat", control.On)
	v.until("pictures play", func(s player.Status) bool { return s.Plays > 1 })
	v.stop()
	if news := v.news.String(); !strings.Contains(news, "film.mp4: ") || !strings.Contains(news, "apt") {
		t.Errorf("nobody says what to install:\n%s", news)
	}
}

// The owner drops a picture into the folder, and it plays; removes it, and it is
// gone.
func TestOwnFolder(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("mine.png", red)
	v.play()
	v.signal("mat", control.On)
	v.until("idle", func(s player.Status) bool { return s.OnGlass == "idle" })
	if err := os.Rename(v.path("ads/mine.png"), v.path("data/own/mine.png")); err != nil {
		t.Fatal(err)
	}
	v.until("the owner's picture plays", func(s player.Status) bool { return strings.HasPrefix(s.OnGlass, "own/own/") })
	if err := os.Remove(v.path("data/own/mine.png")); err != nil {
		t.Fatal(err)
	}
	v.until("it is gone", func(s player.Status) bool { return s.Campaigns == 0 })
	v.stop()
}

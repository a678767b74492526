package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/playlog"
)

// patience is how long a test waits for the real player, on a machine that may
// be busy with other things.
const patience = 60 * time.Second

// A venue is a real player on the test's display, with its folders.
type venue struct {
	t    *testing.T
	dir  string
	cmd  *exec.Cmd
	news bytes.Buffer
	done chan error
	env  []string
}

// newVenue skips the test where there is no display.
func newVenue(t *testing.T) *venue {
	t.Helper()
	if os.Getenv("DISPLAY") == "" {
		t.Skip("no display: run it under Xvfb, as scripts/test does")
	}
	v := &venue{t: t, dir: t.TempDir(), env: os.Environ()}
	v.write("shop.toml", `
[venue]
name = "Bijouterie Martin"
activity = "jeweller"
[screen]
transition = "cut"
[[sensor]]
name = "till"
role = "service"
kind = "signal"
[[sensor]]
name = "mat"
role = "presence"
kind = "signal"
`)
	if err := os.Mkdir(v.path("ads"), 0o755); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *venue) path(name string) string { return filepath.Join(v.dir, name) }

func (v *venue) write(name, text string) {
	v.t.Helper()
	if err := os.WriteFile(v.path(name), []byte(text), 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// picture is a solid creative that no shop would mistake for black.
func (v *venue) picture(name string, c color.RGBA) {
	v.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 360))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []byte{c.R, c.G, c.B, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		v.t.Fatal(err)
	}
	v.write("ads/"+name, b.String())
}

// film makes a film of that many seconds; it skips the test without ffmpeg.
func (v *venue) film(name string, seconds int) {
	v.t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		v.t.Skip("ffmpeg is not installed")
	}
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration="+strconv.Itoa(seconds),
		"-c:v", "libx264", "-pix_fmt", "yuv420p", v.path("ads/"+name)).CombinedOutput()
	if err != nil {
		v.t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
}

// ads writes an ads.toml with one campaign a file.
func (v *venue) ads(seconds float64, files ...string) {
	var b strings.Builder
	for i, f := range files {
		id, _, _ := strings.Cut(f, ".")
		fmt.Fprintf(&b, "[[campaign]]\nid = %q\nadvertiser = \"Studio %s\"\ncategory = %d\n[[campaign.creative]]\nid = \"%s-1\"\nfile = %q\n", id, id, []int{1021, 1066, 1372, 1357}[i%4], id, f)
		if seconds > 0 {
			fmt.Fprintf(&b, "seconds = %g\n", seconds)
		}
	}
	v.write("ads/ads.toml", b.String())
}

// play starts the player and waits until it answers.
func (v *venue) play(flags ...string) {
	v.t.Helper()
	v.start(append([]string{"--windowed", "320x180"}, flags...)...)
	v.until("the player answers", func(player.Status) bool { return true })
}

func (v *venue) start(flags ...string) {
	v.t.Helper()
	args := append([]string{"play", "--config", v.path("shop.toml"), "--data", v.path("data")}, flags...)
	v.cmd = exec.Command("entracte", args...)
	v.news.Reset()
	v.cmd.Stderr = &v.news
	v.cmd.Env = v.env
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	cmd, done := v.cmd, make(chan error, 1)
	v.done = done
	go func() { done <- cmd.Wait() }()
	v.t.Cleanup(func() { cmd.Process.Kill() })
}

func (v *venue) client() *control.Client { return control.Dial(v.path("data/control.sock")) }

// until asks for the status until it is as wanted.
func (v *venue) until(what string, ok func(player.Status) bool) player.Status {
	v.t.Helper()
	deadline := time.Now().Add(patience)
	var last player.Status
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(v.t.Context(), 5*time.Second)
		s, err := v.client().Status(ctx)
		cancel()
		if err == nil {
			if last = s; ok(s) {
				return s
			}
		}
		select {
		case err := <-v.done:
			v.t.Fatalf("waiting until %s: the player ended: %v\n%s", what, err, &v.news)
		case <-time.After(10 * time.Millisecond):
		}
	}
	v.t.Fatalf("never: %s\nlast status %+v\n%s", what, last, &v.news)
	return last
}

func (v *venue) signal(input string, a control.Act) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), patience)
	defer cancel()
	if err := v.client().Signal(ctx, input, a); err != nil {
		v.t.Fatal(err)
	}
}

// stop ends the player as systemd would, and wants a clean end.
func (v *venue) stop() {
	v.t.Helper()
	v.cmd.Process.Signal(syscall.SIGTERM)
	v.ends(0)
}

func (v *venue) ends(code int) {
	v.t.Helper()
	select {
	case <-v.done:
	case <-time.After(patience):
		v.cmd.Process.Signal(syscall.SIGQUIT)
		<-v.done
		v.t.Fatalf("the player does not end\n%s", &v.news)
	}
	if got := v.cmd.ProcessState.ExitCode(); got != code {
		v.t.Fatalf("exit code %d, want %d\n%s", got, code, &v.news)
	}
}

func (v *venue) plays() []plan.Play {
	v.t.Helper()
	var all []plan.Play
	for p, err := range playlog.Read(disk.OS, v.path("data")) {
		if err != nil {
			v.t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func showing(s player.Status) bool { return strings.HasPrefix(s.OnGlass, "local/") }

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

// kill -9 at any moment: it starts again, the plan is whole, and no record is
// lost or torn.
func TestKilled(t *testing.T) {
	t.Parallel()
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv("ENTRACTE_KILLS"), "20"))
	if err != nil {
		t.Fatalf("ENTRACTE_KILLS: %v", err)
	}
	v := newVenue(t)
	v.picture("red.png", red)
	v.picture("blue.png", blue)
	v.ads(1, "red.png", "blue.png")
	acknowledged := 0
	for i := range rounds {
		v.start("--windowed", "320x180", "--ads", v.path("ads"))
		if i%2 == 0 {
			// In the middle of the show …
			v.until("it answers", func(player.Status) bool { return true })
			v.signal("mat", control.On)
			v.until("a play is counted", func(s player.Status) bool { return s.Plays > 0 })
		} else {
			// … or of the start.
			time.Sleep(time.Duration(i*i%29) * 10 * time.Millisecond)
		}
		v.cmd.Process.Kill()
		<-v.done
		if _, err := os.Stat(v.path("data/plays")); err == nil {
			plays := v.plays()
			if len(plays) < acknowledged {
				t.Fatalf("round %d: %d records, %d were there before", i, len(plays), acknowledged)
			}
			for j, p := range plays {
				if p.Seq != uint64(j+1) {
					t.Fatalf("round %d: record %d has seq %d", i, j, p.Seq)
				}
			}
			acknowledged = len(plays)
			chain, err := playlog.Verify(disk.OS, v.path("data"))
			if len(plays) > 0 && (err != nil || chain.Plays+chain.Unsealed != len(plays)) {
				t.Fatalf("round %d: of %d records the chain has %+v, %v", i, len(plays), chain, err)
			}
		}
		if strings.Contains(v.news.String(), "play log: ") {
			t.Fatalf("round %d: a killed process left half a record:\n%s", i, &v.news)
		}
	}
	v.play("--ads", v.path("ads"))
	if s := v.until("the plan is whole", func(s player.Status) bool { return s.Campaigns == 2 }); s.Campaigns != 2 {
		t.Errorf("%d campaigns", s.Campaigns)
	}
	v.stop()
	err = filepath.WalkDir(v.path("data"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.Contains(d.Name(), ".new") {
			t.Errorf("%s was left behind", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

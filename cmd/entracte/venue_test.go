package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
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

func (v *venue) client() *control.Client { return control.Dial(socketPath(v.path("data"))) }

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

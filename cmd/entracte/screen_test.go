package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"entracte/player"
	"entracte/player/control"
)

// ownScreen starts an X server for this test alone and returns its DISPLAY.
func ownScreen(t *testing.T, size image.Point) string {
	t.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("Xvfb is not installed")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", size.X, size.Y), "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	r.SetReadDeadline(time.Now().Add(patience))
	b := make([]byte, 16)
	n, err := r.Read(b)
	if err != nil {
		t.Fatalf("Xvfb does not start: %v", err)
	}
	return ":" + strings.TrimSpace(string(b[:n]))
}

// grab reads what is really on the screen, as another program sees it.
func grab(t *testing.T, display string, size image.Point) *image.RGBA {
	t.Helper()
	var out, complaints bytes.Buffer
	cmd := exec.Command("ffmpeg", "-v", "error", "-f", "x11grab", "-video_size", fmt.Sprintf("%dx%d", size.X, size.Y), "-i", display,
		"-frames:v", "1", "-pix_fmt", "rgba", "-f", "rawvideo", "-")
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("x11grab: %v\n%s", err, &complaints)
	}
	img := image.NewRGBA(image.Rectangle{Max: size})
	if copy(img.Pix, out.Bytes()) != len(img.Pix) {
		t.Fatalf("x11grab wrote %d bytes", out.Len())
	}
	return img
}

// The screen as another program sees it: upright, full, in the right colours,
// and black during service.
func TestRealScreen(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	size := image.Pt(640, 360)
	display := ownScreen(t, size)
	t.Setenv("DISPLAY", display)
	v := newVenue(t)
	v.env = append(v.env, "DISPLAY="+display)
	picture := image.NewRGBA(image.Rectangle{Max: size})
	corners := []color.RGBA{red, {20, 160, 60, 255}, blue, {230, 200, 30, 255}}
	for y := range size.Y {
		for x := range size.X {
			picture.SetRGBA(x, y, corners[x*2/size.X+2*(y*2/size.Y)])
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	v.write("ads/quarters.png", b.String())
	v.ads(600, "quarters.png")
	v.start("--ads", v.path("ads"))
	v.until("nobody waits", func(s player.Status) bool { return s.State == "empty" })
	v.signal("mat", control.On)
	v.until("the ad is on", func(s player.Status) bool { return s.OnGlass == "local/quarters/quarters-1" })

	img := grab(t, display, size)
	for i, p := range []image.Point{{20, 20}, {300, 20}, {20, 340}, {620, 340}} {
		want := corners[[]int{0, 0, 2, 3}[i]]
		if got := img.RGBAAt(p.X, p.Y); !near(got, want) {
			t.Errorf("the screen at %v is %v, want %v", p, got, want)
		}
	}
	v.signal("till", control.On)
	v.until("neutral", func(s player.Status) bool { return s.OnGlass == "neutral" })
	img = grab(t, display, size)
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i]|img.Pix[i+1]|img.Pix[i+2] != 0 {
			t.Fatalf("pixel %d is lit during service", i/4)
		}
	}
	v.stop()
}

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPiRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pi, codec string
		film      film
		says      string
	}{
		{"3", "H.264", film{1920, 1080, "yuv420p", "30000/1001"}, ""},
		{"3", "H.264", film{1080, 1920, "yuvj420p", "30/1"}, ""},
		{"3", "H.264", film{1920, 1080, "yuv420p", "0/0"}, ""},
		{"3", "H.264", film{1920, 1080, "yuv420p", "60/1"}, "60 frames a second"},
		{"3", "H.264", film{1920, 1200, "yuv420p", "25/1"}, "1920 × 1200 pixels"},
		{"3", "H.264", film{1280, 720, "yuv420p10le", "25/1"}, `coded as "yuv420p10le"`},
		{"3", "HEVC", film{1280, 720, "yuv420p", "25/1"}, "HEVC"},
		{"4", "HEVC", film{1920, 1080, "yuv420p", "60/1"}, ""},
		{"4", "AV1", film{3840, 2160, "yuv444p", "120/1"}, `AV1, 3840 × 2160 pixels, 120 frames a second, coded as "yuv444p"`},
		{"5", "AV1", film{1920, 1080, "yuv420p", "60/1"}, ""},
		{"zero2", "H.264", film{1920, 1080, "yuv420p", "30/1"}, "1920 × 1080 pixels"},
	} {
		p, err := piNamed(c.pi)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(p.refuses(c.film, c.codec), ", "); got != c.says {
			t.Errorf("a Pi %s and %s %+v: %q, want %q", c.pi, c.codec, c.film, got, c.says)
		}
	}
}

// Who types the line of the hint has a film that is taken.
func TestPiHintMendsTheFilm(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"ffmpeg", "ffprobe", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed: apt-get install ffmpeg")
		}
	}
	p, err := piNamed(defaultPi)
	if err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string]string{
		"it's large.mp4": "-f lavfi -i testsrc2=s=2050x1154:r=60:d=0.2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
		"-upright.webm":  "-f lavfi -i testsrc2=s=240x320:r=25:d=0.2 -c:v libvpx -deadline realtime -pix_fmt yuv420p",
		"deep.mp4":       "-f lavfi -i testsrc2=s=322x180:r=50:d=0.2 -c:v libx264 -preset ultrafast -pix_fmt yuv444p",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			dir := t.TempDir()
			made := exec.CommandContext(ctx, "ffmpeg", append(append([]string{"-v", "error"}, strings.Fields(args)...), "./"+name)...)
			made.Dir = dir
			if out, err := made.CombinedOutput(); err != nil {
				t.Skipf("this ffmpeg cannot make the film: %v %s", err, out)
			}
			_, err := p.examine(ctx, filepath.Join(dir, name))
			if err == nil {
				t.Fatal("it is taken as it is")
			}
			fact, hint, _ := strings.Cut(err.Error(), "\nhint: ")
			if !strings.HasPrefix(fact, name+" is ") || !strings.Contains(fact, "a Pi 3 plays H.264 up to 1920 × 1080") {
				t.Errorf("it says %q", fact)
			}
			mend := exec.CommandContext(ctx, "sh", "-c", hint)
			mend.Dir = dir
			if out, err := mend.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", hint, err, out)
			}
			mended, err := filepath.Glob(filepath.Join(dir, "*-pi3.mp4"))
			if err != nil || len(mended) != 1 {
				t.Fatalf("%v, %v", mended, err)
			}
			if facts, err := p.examine(ctx, mended[0]); err != nil || facts.Media != "video/mp4" || facts.Length <= 0 {
				t.Errorf("%+v, %v", facts, err)
			}
		})
	}
}

// A shop's films go through as they are, and every format has a name in a pack.
func TestPiTakesRealMedia(t *testing.T) {
	t.Parallel()
	p, err := piNamed(defaultPi)
	if err != nil {
		t.Fatal(err)
	}
	dir := mediaAbove(t)
	for name, want := range map[string]string{"photo/elva.jpg": "image/jpeg", "webp/test.webp": "image/webp", "gif/large-codes.gif": "image/gif"} {
		if facts, err := p.examine(t.Context(), filepath.Join(dir, name)); err != nil || facts.Media != want {
			t.Errorf("%s: %+v, %v", name, facts, err)
		}
	}
}

// mediaAbove is the folder of media that lies beside this tree on some machines.
func mediaAbove(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		at := filepath.Join(dir, "shared", "media")
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			return at
		}
		if filepath.Dir(dir) == dir {
			t.Skip("there is no shared/media above this folder, so nothing to look at")
		}
		dir = filepath.Dir(dir)
	}
}

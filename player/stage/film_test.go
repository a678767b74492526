package stage

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"entracte/player/media"
)

// A film's colours are those of ffmpeg's own conversion of the same frame, for
// both matrices and both ranges, drawn as it is and drawn larger.
func TestFilmColours(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed")
	}
	for _, tt := range []struct{ matrix, rng string }{
		{"bt709", "tv"}, {"bt709", "pc"}, {"smpte170m", "tv"}, {"smpte170m", "pc"},
	} {
		t.Run(tt.matrix+"-"+tt.rng, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "film.mp4")
			scale := "scale=out_color_matrix=" + tt.matrix + ":out_range=" + tt.rng
			command(t, ffmpeg, "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=1", "-vf", "gblur=1,"+scale+",format=yuv420p",
				"-c:v", "libx264", "-qp", "8", "-colorspace", tt.matrix, "-color_range", tt.rng, file)
			for _, glass := range []image.Point{{640, 360}, {960, 540}} {
				if d := filmDifference(t, ffmpeg, file, glass); d > 2 {
					t.Errorf("on %v: mean difference %.2f of 255, want at most 2", glass, d)
				}
			}
		})
	}
}

// The same for real films, where they are at hand.
func TestRealFilms(t *testing.T) {
	films, _ := filepath.Glob("../../../shared/media/video/*")
	if len(films) == 0 {
		t.Skip("../shared/media is not here")
	}
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed")
	}
	for _, file := range films {
		t.Run(filepath.Base(file), func(t *testing.T) {
			size := displaySize(t, file)
			if d := filmDifference(t, ffmpeg, file, size); d > 2 {
				t.Errorf("on %v: mean difference %.2f of 255, want at most 2", size, d)
			}
		})
	}
}

func command(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var out, complaints bytes.Buffer
	cmd := exec.Command(name, append([]string{"-v", "error"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, &complaints)
	}
	return out.Bytes()
}

func displaySize(t *testing.T, file string) image.Point {
	t.Helper()
	facts, err := media.Probe(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	return image.Pt(facts.Width, facts.Height)
}

// filmDifference draws the first frame on a glass and compares it with what
// ffmpeg makes of it at the same size.
func filmDifference(t *testing.T, ffmpeg, file string, glass image.Point) float64 {
	t.Helper()
	// accurate_rnd and full_chroma_int: swscale's shortcuts are coarser than 8 bit.
	want := command(t, ffmpeg, "-i", file, "-frames:v", "1", "-vf",
		fmt.Sprintf("scale=%d:%d:flags=bilinear+accurate_rnd+full_chroma_int+full_chroma_inp", glass.X, glass.Y), "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	content, err := media.Open(ctx, file, media.Options{Glass: glass})
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	var got *image.RGBA
	onGPU(t, func() {
		sh, _ := newShaders()
		sc := scene{screen: glass, fit: Cover, shaders: sh}
		var tex textures
		l := showOf(content, &tex, Options{}, glass)
		got = drawn(sc, nil, l, passage{}, 1)
		tex.release(l)
	})
	if len(want) != glass.X*glass.Y*3 {
		t.Fatalf("ffmpeg wrote %d bytes", len(want))
	}
	sum := 0
	for i := range glass.X * glass.Y {
		for c := range 3 {
			d := int(got.Pix[4*i+c]) - int(want[3*i+c])
			sum += max(d, -d)
		}
	}
	return float64(sum) / float64(len(want))
}

// A film that turns: rotation in the file, and the screen's.
func TestFilmPlays(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	file := filepath.Join(t.TempDir(), "film.mp4")
	command(t, "ffmpeg", "-f", "lavfi", "-i", "color=red:size=320x180:rate=25:duration=0.2", "-pix_fmt", "yuv420p", "-c:v", "libx264", file)
	content, err := media.Open(t.Context(), file, media.Options{Glass: image.Pt(320, 180)})
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	onGPU(t, func() {
		var tex textures
		l := showOf(content, &tex, Options{}, image.Pt(320, 180))
		defer tex.release(l)
		for i := 0; !l.ended; i++ {
			if i > 1000 {
				t.Error("the film never ends")
				return
			}
			// Time as the glass sees it; the decoder needs real time to follow.
			l.advance(l.start.Add(time.Duration(i) * 10 * time.Millisecond))
			if l.err != nil {
				t.Error(l.err)
				return
			}
			time.Sleep(time.Millisecond)
		}
		if d := l.untilMove(time.Now()); d < time.Minute {
			t.Errorf("after its end the film asks to be drawn in %v", d)
		}
	})
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

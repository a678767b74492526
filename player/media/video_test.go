package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"os/exec"
	"testing"
	"time"
)

var bars = []string{"-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=1"}

func TestEveryCodecPlays(t *testing.T) {
	tl := ffmpegTools(t)
	for _, c := range []struct {
		name, format, codec string
		args                []string
	}{
		{"a.mp4", "MP4", "H.264", []string{"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"}},
		{"b.mp4", "MP4", "HEVC", []string{"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10"}},
		{"c.webm", "WebM", "VP8", []string{"-c:v", "libvpx", "-deadline", "realtime", "-pix_fmt", "yuv420p"}},
		{"d.webm", "WebM", "VP9", []string{"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv444p"}},
		{"e.mkv", "Matroska", "AV1", []string{"-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-pix_fmt", "yuv420p"}},
		{"f.mov", "QuickTime", "H.264", []string{"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p"}},
	} {
		t.Run(c.codec+" "+c.format, func(t *testing.T) {
			t.Parallel()
			path := film(t, c.name, append(bars, c.args...)...)
			facts, err := Probe(context.Background(), path)
			want := Facts{Kind: Clip, Format: c.format, Codec: c.codec, Width: 64, Height: 48, Length: time.Second}
			if err != nil || facts != want {
				t.Fatalf("%+v, %v", facts, err)
			}
			v := mustOpen[*Video](t, tl, path, glass64)
			if n := play(t, v, nil); n != 10 || v.Err() != nil || v.Frames() != 10 || v.Dropped() != 0 {
				t.Errorf("%d frames, %d shown, %d dropped, %v", n, v.Frames(), v.Dropped(), v.Err())
			}
		})
	}
}

// Frames come whole, in order, and are those ffmpeg decodes.
func TestFramesAreTheFilmsOwn(t *testing.T) {
	t.Parallel()
	tl := ffmpegTools(t)
	path := film(t, "a.mp4", append(bars, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")...)
	want, err := exec.Command(tl.ffmpeg, "-nostdin", "-v", "error", "-i", path, "-pix_fmt", "nv12", "-f", "rawvideo", "pipe:1").Output()
	if err != nil {
		t.Fatal(err)
	}
	v := mustOpen[*Video](t, tl, path, glass64)
	play(t, v, func(i int64, f *Planes) {
		if !bytes.Equal(f.Pix, want[i*fakeFrame:(i+1)*fakeFrame]) {
			t.Errorf("frame %d is another", i)
		}
	})
}

func TestVideoSizes(t *testing.T) {
	tl := ffmpegTools(t)
	path := film(t, "a.mp4", "-f", "lavfi", "-i", "testsrc=s=128x72:r=10:d=0.3", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
	wide := film(t, "w.mp4", "-f", "lavfi", "-i", "testsrc=s=64x72:r=10:d=0.3", "-vf", "setsar=2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
	odd := film(t, "o.mkv", "-f", "lavfi", "-i", "testsrc=s=75x51:r=10:d=0.3", "-c:v", "libvpx", "-deadline", "realtime", "-pix_fmt", "yuv420p")
	for _, c := range []struct {
		path                    string
		fit                     Fit
		glass                   image.Point
		coded, visible, display image.Point
	}{
		{path, Cover, image.Pt(1280, 720), image.Pt(128, 72), image.Pt(128, 72), image.Pt(128, 72)},
		{path, Contain, image.Pt(60, 60), image.Pt(64, 36), image.Pt(60, 34), image.Pt(60, 34)},
		{path, Blur, image.Pt(60, 60), image.Pt(64, 36), image.Pt(60, 34), image.Pt(60, 34)},
		{path, Cover, image.Pt(60, 60), image.Pt(64, 60), image.Pt(60, 60), image.Pt(60, 60)},
		{path, Cover, image.Pt(90, 160), image.Pt(40, 72), image.Pt(40, 72), image.Pt(41, 72)},
		{wide, Contain, image.Pt(1280, 720), image.Pt(64, 72), image.Pt(64, 72), image.Pt(128, 72)},
		{wide, Contain, image.Pt(32, 32), image.Pt(32, 20), image.Pt(32, 18), image.Pt(32, 18)},
		{wide, Cover, image.Pt(72, 72), image.Pt(40, 72), image.Pt(36, 72), image.Pt(72, 72)},
		{odd, Contain, image.Pt(1280, 720), image.Pt(80, 52), image.Pt(74, 50), image.Pt(75, 51)},
	} {
		t.Run(fmt.Sprint(c.visible, c.fit, c.glass), func(t *testing.T) {
			t.Parallel()
			v := mustOpen[*Video](t, tl, c.path, Options{Glass: c.glass, Fit: c.fit})
			if v.Coded != c.coded || v.Visible != c.visible || v.Display != c.display {
				t.Errorf("coded %v visible %v display %v, want %v %v %v", v.Coded, v.Visible, v.Display, c.coded, c.visible, c.display)
			}
			if (v.Backdrop != nil) != (c.fit == Blur) {
				t.Errorf("backdrop: %v", v.Backdrop != nil)
			}
			f, _ := v.Frame(0)
			if len(f.Pix) != v.Coded.X/4*v.Coded.Y*3/2*4 {
				t.Errorf("%d bytes are no texture", len(f.Pix))
			}
			// What is padded repeats the edge, so that filtering does not show it.
			for y := range v.Visible.Y {
				row := f.Pix[y*v.Coded.X : (y+1)*v.Coded.X]
				for _, p := range row[v.Visible.X:] {
					if p != row[v.Visible.X-1] {
						t.Fatalf("row %d ends in %v", y, row[v.Visible.X-1:])
					}
				}
			}
			if n := play(t, v, nil); n != 3 || v.Err() != nil {
				t.Errorf("%d frames, %v", n, v.Err())
			}
		})
	}
}

// The four quarters of a film are red, green, blue and white; a phone held another
// way says so in the track header.
func TestRotatedFilms(t *testing.T) {
	tl := ffmpegTools(t)
	quarter := func(c string) []string { return []string{"-f", "lavfi", "-i", "color=" + c + ":s=64x32:r=5:d=0.4"} }
	var args []string
	for _, c := range []string{"red", "lime", "blue", "white"} {
		args = append(args, quarter(c)...)
	}
	path := film(t, "a.mp4", append(args, "-filter_complex", "[0][1]hstack[a];[2][3]hstack[b];[a][b]vstack,format=yuv420p",
		"-c:v", "libx264", "-preset", "ultrafast")...)
	b := read(t, path)
	at := bytes.Index(b, []byte("tkhd"))
	if at < 0 || b[at+4] != 0 {
		t.Fatal("ffmpeg wrote another track header than this test knows")
	}
	for _, c := range []struct {
		name   string
		matrix [4]int32 // a, b, c, d (ISO/IEC 14496-12, 6.2.2)
		size   image.Point
		first  color.RGBA // the upper left quarter
	}{
		{"0", [4]int32{1, 0, 0, 1}, image.Pt(128, 64), color.RGBA{255, 0, 0, 255}},
		{"90", [4]int32{0, 1, -1, 0}, image.Pt(64, 128), color.RGBA{0, 0, 255, 255}},
		{"180", [4]int32{-1, 0, 0, -1}, image.Pt(128, 64), color.RGBA{255, 255, 255, 255}},
		{"270", [4]int32{0, -1, 1, 0}, image.Pt(64, 128), color.RGBA{0, 255, 0, 255}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			turned := bytes.Clone(b)
			for i, n := range c.matrix {
				binary.BigEndian.PutUint32(turned[at+44+[]int{0, 4, 12, 16}[i]:], uint32(n<<16))
			}
			turnedPath := write(t, "t.mp4", turned)
			facts, err := Probe(context.Background(), turnedPath)
			if err != nil || facts.Width != c.size.X || facts.Height != c.size.Y {
				t.Fatalf("%+v, %v", facts, err)
			}
			v := mustOpen[*Video](t, tl, turnedPath, Options{Glass: image.Pt(200, 200), Fit: Contain})
			f, _ := v.Frame(0)
			img := f.rgba(v.Coded, v.Visible, v.Matrix, v.FullRange)
			if img.Rect.Size() != c.size {
				t.Fatalf("size %v", img.Rect)
			}
			want := image.NewRGBA(image.Rect(0, 0, 1, 1))
			want.SetRGBA(0, 0, c.first)
			got := image.NewRGBA(want.Rect)
			got.SetRGBA(0, 0, img.RGBAAt(16, 16))
			if d := difference(t, got, want); d > 6 {
				t.Errorf("the upper left is %v, want %v", img.RGBAAt(16, 16), c.first)
			}
		})
	}
}

// A film whose frames come at uneven times is shown at a constant rate, to its end.
func TestVariableRate(t *testing.T) {
	t.Parallel()
	tl := ffmpegTools(t)
	path := film(t, "v.mkv", "-f", "lavfi", "-i", "testsrc=s=64x48:r=20:d=2", "-vf", "select='not(eq(mod(n,5),2))*not(between(n,10,19))'",
		"-vsync", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
	v := mustOpen[*Video](t, tl, path, glass64)
	n := play(t, v, nil)
	if shown := v.rate.at(n); shown < 1800*time.Millisecond || shown > 2200*time.Millisecond {
		t.Errorf("%d frames at %.3f a second make %v, want 2 s", n, v.Rate, shown)
	}
}

func TestFastFilmIsShownAt60(t *testing.T) {
	t.Parallel()
	tl := ffmpegTools(t)
	path := film(t, "f.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:r=120:d=0.5", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
	v := mustOpen[*Video](t, tl, path, glass64)
	if n := play(t, v, nil); v.Rate != 60 || n < 29 || n > 31 {
		t.Errorf("%d frames at %g", n, v.Rate)
	}
}

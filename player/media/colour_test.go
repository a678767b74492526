package media

import (
	"image"
	"math"
	"os/exec"
	"testing"
)

// rgb24 has ffmpeg itself convert the first frame of a film.
func rgb24(t *testing.T, tl tools, path, matrix, span string, size image.Point) *image.RGBA {
	t.Helper()
	out, err := exec.Command(tl.ffmpeg, "-nostdin", "-v", "error", "-i", path, "-frames:v", "1",
		"-vf", "scale=in_color_matrix="+matrix+":in_range="+span+":flags=neighbor+full_chroma_int+accurate_rnd",
		"-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1").Output()
	if err != nil || len(out) != size.X*size.Y*3 {
		t.Fatalf("ffmpeg's own conversion: %v, %d bytes", err, len(out))
	}
	img := image.NewRGBA(image.Rectangle{Max: size})
	for i := range size.X * size.Y {
		copy(img.Pix[4*i:], out[3*i:3*i+3])
		img.Pix[4*i+3] = 255
	}
	return img
}

// The documented formula and ffmpeg agree on every matrix and range, and would
// not if either were mistaken for another.
func TestColoursAgreeWithFFmpeg(t *testing.T) {
	tl := ffmpegTools(t)
	size := image.Pt(160, 120)
	for _, c := range []struct {
		name, matrix, tag, span string
		want                    Matrix
		full                    bool
	}{
		{"601 limited", "bt601", "smpte170m", "tv", BT601, false},
		{"601 full", "bt601", "smpte170m", "pc", BT601, true},
		{"709 limited", "bt709", "bt709", "tv", BT709, false},
		{"709 full", "bt709", "bt709", "pc", BT709, true},
		{"2020 limited", "bt2020", "bt2020nc", "tv", BT2020, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := film(t, "c.mp4", "-f", "lavfi", "-i", "testsrc=s=160x120:r=5:d=0.4",
				// Middling tones, which clamping cannot hide.
				"-vf", "format=rgb24,lutrgb=r=val*0.6+50:g=val*0.6+50:b=val*0.6+50,scale=out_color_matrix="+c.matrix+":out_range="+c.span+",format=yuv420p",
				"-colorspace", c.tag, "-color_range", c.span, "-c:v", "libx264", "-qp", "0", "-preset", "ultrafast")
			v := mustOpen[*Video](t, tl, path, Options{Glass: size})
			if v.Matrix != c.want || v.FullRange != c.full {
				t.Fatalf("read as %v, full %v", v.Matrix, v.FullRange)
			}
			f, _ := v.Frame(0)
			want := rgb24(t, tl, path, c.matrix, c.span, size)
			if d := difference(t, f.rgba(v.Coded, v.Visible, v.Matrix, v.FullRange), want); d > 2 {
				t.Errorf("off by %.2f", d)
			}
			wrong := (c.want + 1) % 3
			if d := difference(t, f.rgba(v.Coded, v.Visible, wrong, v.FullRange), want); d <= 2 {
				t.Errorf("%v passes too: the test proves nothing", wrong)
			}
			if d := difference(t, f.rgba(v.Coded, v.Visible, v.Matrix, !v.FullRange), want); d <= 2 {
				t.Error("the other range passes too: the test proves nothing")
			}
		})
	}
}

// The ends of the scale, by the recommendations' own numbers.
func TestCoefficientsOfKnownSamples(t *testing.T) {
	for _, c := range []struct {
		matrix  Matrix
		full    bool
		y, u, v float64
		want    [3]float64
	}{
		{BT709, false, 16, 128, 128, [3]float64{0, 0, 0}},
		{BT709, false, 235, 128, 128, [3]float64{1, 1, 1}},
		{BT601, true, 0, 128, 128, [3]float64{0, 0, 0}},
		{BT601, true, 255, 128, 128, [3]float64{1, 1, 1}},
		// Pure red: Y = Kr, Cr = 1/2, Cb = −Kr / (2·(1 − Kb)).
		{BT601, false, 16 + 219*0.299, 128 - 224*0.299/1.772, 240, [3]float64{1, 0, 0}},
		{BT709, false, 16 + 219*0.2126, 128 - 224*0.2126/1.8556, 240, [3]float64{1, 0, 0}},
		{BT2020, false, 16 + 219*0.0593, 240, 128 - 224*0.0593/1.4746, [3]float64{0, 0, 1}},
	} {
		offset, m := Coefficients(c.matrix, c.full)
		in := [3]float64{c.y/255 - float64(offset[0]), c.u/255 - float64(offset[1]), c.v/255 - float64(offset[2])}
		for i, want := range c.want {
			got := in[0]*float64(m[3*i]) + in[1]*float64(m[3*i+1]) + in[2]*float64(m[3*i+2])
			if math.Abs(got-want) > 1e-5 {
				t.Errorf("%v full %v (%g %g %g): colour %d is %g, want %g", c.matrix, c.full, c.y, c.u, c.v, i, got, want)
			}
		}
	}
}

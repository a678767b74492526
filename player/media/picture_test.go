package media

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func solid(w, h int, c color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	return img
}

func TestPictureSizes(t *testing.T) {
	for _, c := range []struct {
		size, glass image.Point
		fit         Fit
		want        image.Point
		backdrop    bool
	}{
		{image.Pt(60, 40), image.Pt(600, 400), Cover, image.Pt(60, 40), false},
		{image.Pt(60, 40), image.Pt(600, 400), Blur, image.Pt(60, 40), false},
		{image.Pt(60, 40), image.Pt(40, 60), Contain, image.Pt(40, 27), false},
		{image.Pt(60, 40), image.Pt(40, 60), Blur, image.Pt(40, 27), true},
		{image.Pt(60, 40), image.Pt(40, 60), Cover, image.Pt(27, 40), false},
		{image.Pt(60, 40), image.Pt(30, 30), Cover, image.Pt(30, 30), false},
		{image.Pt(300, 1), image.Pt(30, 30), Contain, image.Pt(30, 1), false},
		{image.Pt(300, 1), image.Pt(30, 30), Cover, image.Pt(1, 1), false},
		{image.Pt(1, 300), image.Pt(30, 30), Blur, image.Pt(1, 30), true},
	} {
		t.Run(fmt.Sprint(c.size, c.glass, c.fit), func(t *testing.T) {
			grey := color.RGBA{90, 120, 150, 255}
			p := mustOpen[*Picture](t, tools{}, write(t, "a.png", pngOf(t, solid(c.size.X, c.size.Y, grey))), Options{Glass: c.glass, Fit: c.fit})
			if p.Image.Rect.Size() != c.want || (p.Backdrop != nil) != c.backdrop {
				t.Errorf("%v, backdrop %v", p.Image.Rect, p.Backdrop != nil)
			}
			for _, img := range []*image.RGBA{p.Image, p.Backdrop} {
				if img == nil {
					continue
				}
				if img.Rect.Min != (image.Point{}) || img.Stride != 4*img.Rect.Dx() {
					t.Errorf("bounds %v, stride %d", img.Rect, img.Stride)
				}
				for i := 0; i < len(img.Pix); i += 4 {
					if got := (color.RGBA{img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3]}); got != grey {
						t.Fatalf("one colour became %v", got)
					}
				}
			}
		})
	}
}

// Whatever the sizes: the part lies in the picture, what is delivered is neither
// larger than the part nor than the glass, and enough to fill it.
func TestWindow(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		side := rapid.IntRange(1, 9000)
		size := image.Pt(side.Draw(r, "w"), side.Draw(r, "h"))
		glass := image.Pt(side.Draw(r, "gw"), side.Draw(r, "gh"))
		fit := Fit(rapid.IntRange(0, 2).Draw(r, "fit"))
		part, enough := fit.window(size, glass)
		if part.Empty() || !part.In(image.Rectangle{Max: size}) {
			r.Fatalf("part %v of %v", part, size)
		}
		if enough.X < 1 || enough.Y < 1 || enough.X > min(part.Dx(), glass.X) || enough.Y > min(part.Dy(), glass.Y) {
			r.Fatalf("%v of %v for %v", enough, part, glass)
		}
		if fit != Cover && part.Size() != size {
			r.Fatalf("%v of %v: something is cut off", part, size)
		}
		if size.X >= glass.X && size.Y >= glass.Y {
			full := enough == glass
			if fit != Cover {
				full = enough.X == glass.X || enough.Y == glass.Y
			}
			if !full {
				r.Fatalf("%v of %v is not enough for %v", enough, size, glass)
			}
		}
	})
}

// Scaling keeps the mean, stays within the values it began with but for the
// filter's overshoot, and agrees with itself however the picture is stored.
func TestShrinkKeepsTheMean(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w, h := rapid.IntRange(1, 70).Draw(r, "w"), rapid.IntRange(1, 70).Draw(r, "h")
		size := image.Pt(rapid.IntRange(1, w).Draw(r, "to w"), rapid.IntRange(1, h).Draw(r, "to h"))
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		sum := 0.0
		for y := range h {
			for x := range w {
				// A slope: what the eye would notice if it moved.
				v := uint8(255 * (x + y) / max(1, w+h-2))
				img.SetRGBA(x, y, color.RGBA{v, v, v, 255})
				sum += float64(v)
			}
		}
		got := shrink(img, img.Rect, size)
		mean := 0.0
		for i := 0; i < len(got.Pix); i += 4 {
			mean += float64(got.Pix[i])
		}
		mean /= float64(len(got.Pix) / 4)
		if want := sum / float64(w*h); mean < want-6 || mean > want+6 {
			r.Fatalf("%d × %d to %v: mean %.1f became %.1f", w, h, size, want, mean)
		}
	})
}

// A pattern too fine for the size becomes grey, not another pattern.
func TestShrinkDoesNotAlias(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 240, 240))
	for y := range 240 {
		for x := range 240 {
			v := uint8(255 * ((x/4 + y/4) % 2))
			img.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	got := shrink(img, img.Rect, image.Pt(20, 19))
	for y := 1; y < 18; y++ {
		for x := 1; x < 19; x++ {
			if v := got.RGBAAt(x, y).R; v < 115 || v > 140 {
				t.Fatalf("at %d, %d: %d", x, y, v)
			}
		}
	}
}

// Half transparent white on black is grey, and opaque.
func TestAlphaIsFlattened(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []byte{255, 255, 255, 128})
	}
	for _, glass := range []image.Point{{8, 8}, {3, 3}} {
		p := mustOpen[*Picture](t, tools{}, write(t, "a.png", pngOf(t, img)), Options{Glass: glass})
		if c := p.Image.RGBAAt(1, 1); c.R < 127 || c.R > 129 || c.A != 255 {
			t.Errorf("at %v: %v", glass, c)
		}
	}
}

// Kinds of JPEG the standard library cannot write, from its own tests. The CMYK one
// was made with a colour profile, which is ignored here; inverted it would be off
// by more than a hundred.
func TestRarerStills(t *testing.T) {
	root, _ := exec.Command("go", "env", "GOROOT").Output()
	dir := filepath.Join(strings.TrimSpace(string(root)), "src", "image", "testdata")
	plain := filepath.Join(dir, "video-001.jpeg")
	if _, err := os.Stat(plain); err != nil {
		t.Skip("this Go has no test pictures beside its source, so there are no rare JPEGs to open")
	}
	o := Options{Glass: image.Pt(75, 52), Fit: Contain}
	want := mustOpen[*Picture](t, tools{}, plain, o)
	for name, off := range map[string]float64{
		"video-001.progressive.jpeg": 1, "video-001.q50.420.progressive.jpeg": 6, "video-001.rgb.jpeg": 6,
		"video-001.cmyk.jpeg": 40, "video-001.q50.444.jpeg": 6, "video-001.restart2.jpeg": 6,
		"video-001.png": 6, "video-001.5bpp.gif": 20,
	} {
		p := mustOpen[*Picture](t, tools{}, filepath.Join(dir, name), o)
		if d := difference(t, p.Image, want.Image); d > off {
			t.Errorf("%s: off by %.1f", name, d)
		}
	}
	grey := mustOpen[*Picture](t, tools{}, filepath.Join(dir, "video-005.gray.jpeg"), o)
	if c := grey.Image.RGBAAt(10, 10); c.R != c.G || c.G != c.B {
		t.Errorf("grey is %v", c)
	}
}

package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"testing"
)

func pngOf(t testing.TB, img image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, img) })
}

func jpegOf(t testing.TB, img image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, img, &jpeg.Options{Quality: 95}) })
}

// storedAs is the standard's own wording (CIPA DC-008, tag 274), "the 0th row is
// the visual …, the 0th column is the visual …", as the place in an upright
// picture of w × h that stored column x and row y show.
var storedAs = map[orientation]func(x, y, w, h int) (int, int){
	1: func(x, y, w, h int) (int, int) { return x, y },                 // top, left
	2: func(x, y, w, h int) (int, int) { return w - 1 - x, y },         // top, right
	3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y }, // bottom, right
	4: func(x, y, w, h int) (int, int) { return x, h - 1 - y },         // bottom, left
	5: func(x, y, w, h int) (int, int) { return y, x },                 // left, top
	6: func(x, y, w, h int) (int, int) { return w - 1 - y, x },         // right, top
	7: func(x, y, w, h int) (int, int) { return w - 1 - y, h - 1 - x }, // right, bottom
	8: func(x, y, w, h int) (int, int) { return y, h - 1 - x },         // left, bottom
}

func stored(up *image.RGBA, o orientation) *image.RGBA {
	size := up.Rect.Size()
	out := image.NewRGBA(image.Rectangle{Max: o.size(size)})
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			ux, uy := storedAs[o](x, y, size.X, size.Y)
			out.SetRGBA(x, y, up.RGBAAt(ux, uy))
		}
	}
	return out
}

func TestEightOrientations(t *testing.T) {
	up := scene()
	for o := range storedAs {
		file := withChunk(pngOf(t, stored(up, o)), "eXIf", exifBlock(binary.LittleEndian, uint16(o)))
		for _, c := range []struct {
			name  string
			glass image.Point
			fit   Fit
			same  float64
		}{
			{"as it is", image.Pt(100, 100), Contain, 0},
			{"smaller", image.Pt(20, 20), Contain, 0.5},
			{"cut across", image.Pt(48, 10), Cover, 0},
			{"cut upright, odd", image.Pt(11, 32), Cover, 0},
		} {
			got := mustOpen[*Picture](t, tools{}, write(t, "a.png", file), Options{Glass: c.glass, Fit: c.fit})
			want := mustOpen[*Picture](t, tools{}, write(t, "b.png", pngOf(t, up)), Options{Glass: c.glass, Fit: c.fit})
			if d := difference(t, got.Image, want.Image); d > c.same {
				t.Errorf("orientation %d, %s: off by %.2f", o, c.name, d)
			}
		}
		jpg := withExif(jpegOf(t, stored(up, o)), exifBlock(binary.BigEndian, uint16(o)))
		got := mustOpen[*Picture](t, tools{}, write(t, "a.jpg", jpg), Options{Glass: image.Pt(48, 32)})
		if d := difference(t, got.Image, up); d > 3 {
			t.Errorf("JPEG of orientation %d: off by %.2f", o, d)
		}
	}
}

// The shared pictures show one scene in each of two formats; two of each, since
// the race detector makes decoding slow.
func TestRealOrientations(t *testing.T) {
	t.Parallel()
	for _, set := range [][]string{
		{"landscape_1", "landscape_6"},
		{"portrait_2", "portrait_7"},
	} {
		var first *image.RGBA
		for _, name := range set {
			p := mustOpen[*Picture](t, tools{}, shared(t, "exif/"+name+".jpg"), Options{Glass: image.Pt(90, 90), Fit: Contain})
			if first == nil {
				first = p.Image
			}
			if d := difference(t, p.Image, first); d > 8 {
				t.Errorf("%s: off by %.1f from %s", name, d, set[0])
			}
		}
	}
}

func TestBrokenExifMeansUpright(t *testing.T) {
	good := exifBlock(binary.BigEndian, 6)
	if exifOrientation(good) != 6 {
		t.Fatal("a good block is not read")
	}
	for name, b := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-8], "no order": append([]byte("XX"), good[2:]...),
		"orientation 0": exifBlock(binary.BigEndian, 0), "orientation 9": exifBlock(binary.LittleEndian, 9),
		"directory beyond the end": []byte("II*\x00\xff\xff\xff\xff"), "directory at the end": []byte("II*\x00\x08\x00\x00\x00"),
		"a long, not a short": bytes.Replace(good, []byte{1, 0x12, 0, 3}, []byte{1, 0x12, 0, 4}, 1),
	} {
		if o := exifOrientation(b); o != 1 {
			t.Errorf("%s: %d", name, o)
		}
	}
}

func FuzzExif(f *testing.F) {
	for o := range uint16(10) {
		f.Add(exifBlock(binary.LittleEndian, o))
		f.Add(exifBlock(binary.BigEndian, o))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if o := exifOrientation(b); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}

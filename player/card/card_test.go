package card

import (
	"bytes"
	"image"
	"image/color"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

var glasses = []image.Point{{1920, 1080}, {1080, 1920}, {1280, 720}, {640, 360}, {360, 640}, {720, 720}, {1024, 768}, {1920, 360}, {320, 1400}}

var phrases = rapid.SampledFrom([]string{
	"", "Vos photos de mariage", "É", "Œuvres & « bijoux » : 20 % ?", "Donaudampfschifffahrtsgesellschaftskapitän",
	"WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", "日本語 😀 العربية", "a\nb\n\n\nc", "Ǻ̈́ Ấ ﬁ", "x y z à la de un",
	strings.Repeat("Un texte qui ne finit jamais. ", 40), strings.Repeat("m", 500), "\u202e\u0000\ufeff\u00ad\u00ad", "- – — / ...", "10 000 000 €",
})

func anyCard(t *rapid.T) Card {
	c := Card{Title: phrases.Draw(t, "title"), Text: phrases.Draw(t, "text")}
	if rapid.Bool().Draw(t, "odd") {
		c.Text = rapid.String().Draw(t, "any")
	}
	if rapid.Bool().Draw(t, "picture") {
		c.Picture = flat(color.NRGBA{rapid.Uint8().Draw(t, "r"), rapid.Uint8().Draw(t, "g"), rapid.Uint8().Draw(t, "b"), 255})
	}
	c.QR = rapid.SampledFrom([]string{"", "https://example.org", "https://example.org/" + strings.Repeat("long/", 30)}).Draw(t, "qr")
	return c
}

// What is read is inside the margin, off the code, off the mark, and apart.
func TestLayout(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		checkLayout(t, anyCard(t), rapid.SampledFrom(glasses).Draw(t, "glass"))
	})
}

// The same for the fullest cards, on every glass.
func TestFullestLayouts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Un texte qui ne finit jamais. ", 40)
	for _, size := range glasses {
		for _, picture := range []image.Image{nil, flat(color.White)} {
			for _, title := range []string{"", long} {
				checkLayout(t, Card{Title: title, Text: long, Picture: picture, QR: "https://example.org"}, size)
				checkLayout(t, Card{Title: long, Picture: picture}, size)
			}
		}
	}
}

func checkLayout(t rapid.TB, c Card, size image.Point) {
	t.Helper()
	p := pens.Get().(*pen)
	defer pens.Put(p)
	s, err := p.compose(c, size)
	if err != nil {
		t.Fatal(err)
	}
	safe := image.Rectangle{Max: size}.Inset(MarkMargin(size))
	boxes := map[string]image.Rectangle{"title": s.title.box(), "text": s.text.box(), "rule": s.rule}
	if s.code != nil {
		boxes["code"] = s.code.box()
	}
	mark := MarkPlace(size, image.Pt(size.X/2, markHeight(size)))
	if c.Picture == nil {
		mark.Min.X = 0 // the whole strip is free
	}
	for name, box := range boxes {
		if !box.Empty() && !box.In(safe) {
			t.Errorf("the %s %v is not in the safe area %v of %v", name, box, safe, size)
		}
		if box.Overlaps(mark) {
			t.Errorf("the %s %v is under the mark %v of %v", name, box, mark, size)
		}
		if name != "code" && box.Overlaps(s.window) {
			t.Errorf("the %s %v lies on the picture %v", name, box, s.window)
		}
		for other, b := range boxes {
			if name < other && box.Overlaps(b) {
				t.Errorf("the %s %v overlaps the %s %v on %v", name, box, other, b, size)
			}
		}
	}
}

// Glyphs themselves, not only their boxes, stay in the margin.
func TestInkStaysInTheMargin(t *testing.T) {
	t.Parallel()
	for _, size := range glasses[3:] {
		c := Card{Title: "ÅÉ Ấgjpq" + strings.Repeat(" Wolfgang", 4), Text: strings.Repeat("Êtes-vous prêts ? ", 30), QR: "https://example.org"}
		p := pens.Get().(*pen)
		s, err := p.compose(c, size)
		if err != nil {
			t.Fatal(err)
		}
		ink := image.NewRGBA(image.Rectangle{Max: size})
		s.paintInk(p, ink)
		pens.Put(p)
		safe := ink.Rect.Inset(MarkMargin(size))
		for y := range size.Y {
			for x := range size.X {
				if ink.Pix[ink.PixOffset(x, y)+3] != 0 && !image.Pt(x, y).In(safe) {
					t.Fatalf("ink at %d,%d on %v, outside %v", x, y, size, safe)
				}
			}
		}
	}
}

func TestContrastWhateverThePicture(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Card{Title: phrases.Draw(t, "title")}
		if rapid.Bool().Draw(t, "picture") {
			c.Picture = flat(color.NRGBA{rapid.Uint8().Draw(t, "r"), rapid.Uint8().Draw(t, "g"), rapid.Uint8().Draw(t, "b"), 255})
		}
		if rapid.Bool().Draw(t, "accent") {
			c.Accent = color.NRGBA{rapid.Uint8().Draw(t, "ar"), rapid.Uint8().Draw(t, "ag"), rapid.Uint8().Draw(t, "ab"), 255}
		}
		p := paletteOf(c)
		lit := p.ground
		if c.Picture == nil {
			o := toOklch(p.ground)
			o.l += 0.11
			lit = o.rgba()
		}
		for name, ink := range map[string]color.RGBA{"title": p.title, "text": p.text} {
			if r := contrast(ink, lit); r < 4.5 {
				t.Errorf("the %s %v on %v has contrast %.1f", name, ink, lit, r)
			}
		}
		if r := contrast(p.accent, lit); r < 3 {
			t.Errorf("the accent %v on %v has contrast %.1f", p.accent, lit, r)
		}
	})
}

func TestMarkIsLegibleOnEverything(t *testing.T) {
	t.Parallel()
	const alpha = 158.0 / 255
	under := uint8(255 * (1 - alpha)) // white through the label
	if r := contrast(color.RGBA{245, 245, 245, 255}, color.RGBA{under, under, under, 255}); r < 4.5 {
		t.Errorf("over white the mark has contrast %.1f", r)
	}
	for _, glass := range glasses {
		m := Mark("Publicité · "+strings.Repeat("Studio Lens ", 20), glass)
		if m == nil || !MarkPlace(glass, m.Rect.Size()).In(image.Rectangle{Max: glass}.Inset(MarkMargin(glass))) {
			t.Errorf("the mark does not fit %v", glass)
			continue
		}
		for i := 0; i < len(m.Pix); i += 4 {
			if a := m.Pix[i+3]; m.Pix[i] > a || m.Pix[i+1] > a || m.Pix[i+2] > a {
				t.Fatalf("pixel %d of the mark is not premultiplied", i/4)
			}
		}
	}
	if Mark(" \n", image.Pt(1920, 1080)) != nil {
		t.Error("an empty mark is drawn")
	}
}

func TestModulesAreLargeEnough(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"https://example.org", "https://example.org/lens/offre?boutique=lyon-2"} {
		for _, picture := range []image.Image{nil, flat(color.Black)} {
			for _, size := range []image.Point{{640, 360}, {360, 640}, {1280, 720}, {1920, 1080}} {
				p := pens.Get().(*pen)
				s, err := p.compose(Card{Title: "Venez", Picture: picture, QR: text}, size)
				pens.Put(p)
				if err != nil || s.code == nil || s.code.px < 3 {
					t.Errorf("%q on %v: %+v, %v", text, size, s.code, err)
				}
			}
		}
	}
}

func TestTooLongForACode(t *testing.T) {
	t.Parallel()
	_, err := Draw(Card{QR: strings.Repeat("é", 4000)}, image.Pt(640, 360))
	if err == nil || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("a code of 8000 bytes: %v", err)
	}
}

func TestTinyAndOddGlasses(t *testing.T) {
	t.Parallel()
	c := Card{Title: "Vos photos", Text: "Offert", QR: "https://example.org", Picture: scene(40, 30, false)}
	for _, w := range []int{1, 2, 3, 7, 16, 33, 100, 401} {
		for _, h := range []int{1, 2, 5, 17, 64, 333} {
			size := image.Pt(w, h)
			if m := must(t, c, w, h); m.Rect.Size() != size {
				t.Errorf("a card for %v is %v", size, m.Rect)
			}
			for _, m := range []*image.RGBA{Idle{"A", "b", "14:05", []string{"c"}}.Draw(size), Idle{Clock: "14:05"}.DrawClock(size), Neutral("A", "b", size), Logo(c.Picture, size), Notice{"A", []string{"b"}, -1}.Draw(size), Notice{"A", nil, 2}.Draw(size)} {
				if m.Rect.Size() != size {
					t.Errorf("a look for %v is %v", size, m.Rect)
				}
			}
			Mark("Publicité", size)
		}
	}
	for _, size := range []image.Point{{0, 10}, {10, 0}, {-1, -1}, {MaxSide + 1, 10}} {
		if _, err := Draw(c, size); err == nil {
			t.Errorf("a card of %v is drawn", size)
		}
	}
}

func TestDrawingIsTheSameFromEveryGoroutine(t *testing.T) {
	t.Parallel()
	c := Card{Title: "Vos photos de mariage", Text: "Ελληνικά, Кириллица ?", QR: "https://example.org", Picture: scene(320, 180, true)}
	want := must(t, c, 320, 180)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := Draw(c, image.Pt(320, 180))
			if err != nil || !bytes.Equal(got.Pix, want.Pix) {
				t.Errorf("another picture, or %v", err)
			}
		})
	}
	wg.Wait()
}

func FuzzDraw(f *testing.F) {
	f.Add("Vos photos de mariage", "Premier rendez-vous : offert !", "https://example.org", uint16(640), uint16(360), true)
	f.Add("Donaudampfschifffahrtsgesellschaft", "\u202e\u200d👩‍👩‍👧", "", uint16(3), uint16(900), false)
	f.Add("\xff\xfe", "e\u0301\u0301\u0301", "\x00", uint16(1), uint16(1), true)
	picture := scene(16, 9, false)
	f.Fuzz(func(t *testing.T, title, text, code string, w, h uint16, pictured bool) {
		c := Card{Title: title, Text: text, QR: code}
		if pictured {
			c.Picture = picture
		}
		size := image.Pt(int(w%700)+1, int(h%700)+1)
		if _, err := Draw(c, size); err != nil && len(code) < 1000 {
			t.Errorf("%q on %v: %v", code, size, err)
		}
		Idle{title, text, code, []string{text, title}}.Draw(size)
		Notice{title, []string{text, code}, float64(len(text)%5) / 4}.Draw(size)
		Mark(text, size)
	})
}

func BenchmarkCard(b *testing.B) {
	c := Card{Title: "Vos photos de mariage", Text: "Premier rendez-vous offert", QR: "https://example.org"}
	for name, picture := range map[string]image.Image{"words": nil, "1080p": scene(1920, 1080, false), "12MP": image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)} {
		c.Picture = picture
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Draw(c, image.Pt(1920, 1080)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

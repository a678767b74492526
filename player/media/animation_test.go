package media

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A frameOf is a rectangle of one colour, for a GIF of 9 × 9.
type frameOf struct {
	rect     image.Rectangle
	colour   uint8
	disposal byte
	delay    int
}

// Colour 0 is transparent.
var palette = color.Palette{color.RGBA{}, color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}, color.RGBA{0, 0, 255, 255}}

func animated(t testing.TB, frames []frameOf, loops int) []byte {
	g := gif.GIF{LoopCount: loops, Config: image.Config{ColorModel: palette, Width: 9, Height: 9}}
	for _, f := range frames {
		img := image.NewPaletted(f.rect, palette)
		for i := range img.Pix {
			img.Pix[i] = f.colour
		}
		g.Image = append(g.Image, img)
		g.Delay = append(g.Delay, f.delay)
		g.Disposal = append(g.Disposal, f.disposal)
	}
	return encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, &g) })
}

var all = image.Rect(0, 0, 9, 9)

func openGIF(t testing.TB, loops int, frames ...frameOf) *Animation {
	return mustOpen[*Animation](t, tools{}, write(t, "a.gif", animated(t, frames, loops)), Options{Glass: image.Pt(100, 100), Fit: Contain})
}

// at names the colour of a pixel.
func at(img *image.RGBA, x, y int) string {
	switch img.RGBAAt(x, y) {
	case color.RGBA{0, 0, 0, 255}:
		return "black"
	case color.RGBA{255, 0, 0, 255}:
		return "red"
	case color.RGBA{0, 255, 0, 255}:
		return "green"
	case color.RGBA{0, 0, 255, 255}:
		return "blue"
	}
	return "another"
}

func TestDisposal(t *testing.T) {
	inner := image.Rect(3, 3, 6, 6)
	a := openGIF(t, 0,
		frameOf{all, 1, gif.DisposalNone, 10},
		frameOf{inner, 2, gif.DisposalPrevious, 10},
		frameOf{image.Rect(0, 0, 1, 1), 3, gif.DisposalNone, 10},
		frameOf{inner, 3, gif.DisposalBackground, 10},
		frameOf{image.Rect(8, 8, 9, 9), 0, gif.DisposalNone, 10},
	)
	want := []struct{ corner, middle, last string }{
		{"red", "red", "red"},
		{"red", "green", "red"},
		{"blue", "red", "red"},
		{"blue", "blue", "red"},
		{"blue", "black", "red"},
	}
	// Twice round, then backwards: order must not matter.
	for _, i := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3, 2, 1, 0, 4, 2} {
		index, img := a.FrameAt(time.Duration(i) * 100 * time.Millisecond)
		w := want[i%5]
		if index != i%5 || at(img, 0, 0) != w.corner || at(img, 4, 4) != w.middle || at(img, 8, 8) != w.last {
			t.Errorf("frame %d: index %d, %s %s %s, want %v", i, index, at(img, 0, 0), at(img, 4, 4), at(img, 8, 8), w)
		}
	}
}

func TestDelaysAndLoops(t *testing.T) {
	ms := time.Millisecond
	frames := []frameOf{{all, 1, 0, 0}, {all, 2, 0, 1}, {all, 3, 0, 2}, {all, 1, 0, 30}}
	for _, c := range []struct {
		name    string
		loops   int // as image/gif counts: -1 once, 0 for ever, n is n+1 times
		elapsed time.Duration
		index   int
		next    time.Duration
	}{
		{"0 is shown as 100 ms", 0, 0, 0, 100 * ms},
		{"1 too", 0, 100 * ms, 1, 100 * ms},
		{"2 is 20 ms", 0, 205 * ms, 2, 15 * ms},
		{"last", 0, 220 * ms, 3, 300 * ms},
		{"round again", 0, 520 * ms, 0, 100 * ms},
		{"much later", 0, 520*1000*ms + 219*ms, 2, 1 * ms},
		{"before the start", 0, -ms, 0, 100 * ms},
		{"once: in the last frame", -1, 230 * ms, 3, Forever},
		{"once: over", -1, 530 * ms, 3, Forever},
		{"twice: second round", 1, 530 * ms, 0, 90 * ms},
		{"twice: last frame of the first", 1, 230 * ms, 3, 290 * ms},
		{"twice: over", 1, time.Hour, 3, Forever},
	} {
		a := openGIF(t, c.loops, frames...)
		if a.loop() != 520*ms || a.Length() != 0 {
			t.Fatalf("a loop of %v, length %v", a.loop(), a.Length())
		}
		if i, _ := a.FrameAt(c.elapsed); i != c.index || a.NextChange(c.elapsed) != c.next {
			t.Errorf("%s: frame %d, next %v; want %d, %v", c.name, i, a.NextChange(c.elapsed), c.index, c.next)
		}
	}
}

// NextChange is exactly when FrameAt says something else.
func TestNextChangeIsTheNextChange(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var frames []frameOf
		for range rapid.IntRange(2, 6).Draw(r, "frames") {
			frames = append(frames, frameOf{all, 1, 0, rapid.IntRange(0, 9).Draw(r, "delay")})
		}
		a := openGIF(t, rapid.IntRange(-1, 2).Draw(r, "loops"), frames...)
		elapsed := time.Duration(rapid.Int64Range(0, int64(3*a.loop())).Draw(r, "elapsed"))
		i, _ := a.FrameAt(elapsed)
		next := a.NextChange(elapsed)
		if next == Forever {
			if j, _ := a.FrameAt(elapsed + time.Hour); j != i {
				r.Fatalf("frame %d stays for ever and is %d", i, j)
			}
			return
		}
		before, _ := a.FrameAt(elapsed + next - 1)
		if after, _ := a.FrameAt(elapsed + next); before != i || after == i {
			r.Fatalf("at %v frame %d for %v: then %d, %d", elapsed, i, next, before, after)
		}
	})
}

func TestAnimationIsScaledAndFlat(t *testing.T) {
	b := animated(t, []frameOf{{image.Rect(0, 0, 4, 9), 1, 0, 10}, {all, 0, 0, 10}}, 0)
	a := mustOpen[*Animation](t, tools{}, write(t, "a.gif", b), Options{Glass: image.Pt(6, 3), Fit: Blur})
	_, img := a.FrameAt(0)
	if img.Rect != image.Rect(0, 0, 3, 3) || img.Stride != 12 || !img.Opaque() {
		t.Errorf("%v, stride %d, opaque %v", img.Rect, img.Stride, img.Opaque())
	}
	if a.Backdrop == nil || !a.Backdrop.Opaque() {
		t.Error("no backdrop")
	}
	if f, err := Probe(t.Context(), write(t, "b.gif", b)); err != nil || (f != Facts{Kind: Animated, Format: "GIF", Width: 9, Height: 9, Length: 200 * time.Millisecond}) {
		t.Errorf("%+v, %v", f, err)
	}
}

// A GIF of one frame that covers a part of its canvas is a still of the canvas.
func TestStillGIF(t *testing.T) {
	b := animated(t, []frameOf{{image.Rect(0, 0, 4, 9), 1, 0, 0}}, 0)
	p := mustOpen[*Picture](t, tools{}, write(t, "a.gif", b), Options{Glass: image.Pt(9, 9)})
	if p.Image.Rect != all || at(p.Image, 0, 0) != "red" || at(p.Image, 8, 8) != "black" {
		t.Errorf("%v: %s, %s", p.Image.Rect, at(p.Image, 0, 0), at(p.Image, 8, 8))
	}
}

// A large animation that is behind its time is brought up step by step, so that
// whoever draws is free in between.
func TestLargeAnimationCatchesUpInSteps(t *testing.T) {
	g := &gif.GIF{Config: image.Config{Width: 1920, Height: 1080}}
	for i := range 4 {
		img := image.NewPaletted(image.Rect(0, 0, 1920, 1080), color.Palette{color.Black, color.White})
		img.Pix[i] = 1
		g.Image, g.Delay, g.Disposal = append(g.Image, img), append(g.Delay, 2), append(g.Disposal, 0)
	}
	a := &Animation{frames: newComposer(g), index: -1, shown: nil}
	for i := range g.Delay {
		a.ends = append(a.ends, time.Duration(i+1)*20*time.Millisecond)
	}
	const late = 70 * time.Millisecond
	for want := range 4 {
		if i, _ := a.FrameAt(late); i != want {
			t.Fatalf("frame %d, want %d", i, want)
		}
		if left := a.NextChange(late); (left == 0) != (want < 3) {
			t.Errorf("at frame %d the next is in %v", want, left)
		}
	}
}

package stage

import (
	"image"
	"image/color"
	"testing"
	"time"

	"entracte/player"
	"entracte/player/media"
)

var (
	red    = color.RGBA{255, 0, 0, 255}
	green  = color.RGBA{0, 255, 0, 255}
	blue   = color.RGBA{0, 0, 255, 255}
	yellow = color.RGBA{255, 255, 0, 255}
	black  = color.RGBA{0, 0, 0, 255}
)

// quarters is a picture whose corners are red, green, blue and yellow, in
// reading order.
func quarters(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, []color.RGBA{red, green, blue, yellow}[x*2/w+2*(y*2/h)])
		}
	}
	return img
}

func plain(w, h int, c color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []byte{c.R, c.G, c.B, c.A})
	}
	return img
}

// drawn renders layers of a scene and reads the screen back.
func drawn(sc scene, old, cur *layer, p passage, progress float32) *image.RGBA {
	to := texture(sc.screen.X, sc.screen.Y)
	defer to.Deallocate()
	to.Fill(color.RGBA{255, 0, 255, 255}) // what is not drawn over shows
	sc.draw(to, old, cur, p, progress)
	img := image.NewRGBA(to.Bounds())
	to.ReadPixels(img.Pix)
	return img
}

func showOf(c player.Content, t *textures, o Options, glass image.Point) *layer {
	l := newLayer(player.Frame{Look: player.LookShow, Showing: 1, Content: c}, t, o, glass)
	l.start = time.Now()
	l.advance(l.start)
	return l
}

func at(img *image.RGBA, fx, fy float64) color.RGBA {
	b := img.Bounds()
	return img.RGBAAt(int(fx*float64(b.Dx())), int(fy*float64(b.Dy())))
}

func close2(a, b color.RGBA, d int) bool {
	for _, x := range [][2]uint8{{a.R, b.R}, {a.G, b.G}, {a.B, b.B}, {a.A, b.A}} {
		if e := int(x[0]) - int(x[1]); e > d || e < -d {
			return false
		}
	}
	return true
}

// Where the corners of a picture come out, for every way to hang a screen.
func TestRotation(t *testing.T) {
	onGPU(t, func() {
		sh, err := newShaders()
		if err != nil {
			t.Error(err)
			return
		}
		for _, tt := range []struct {
			rotation Rotation
			// The corners of the unturned screen in reading order.
			want [4]color.RGBA
		}{
			{0, [4]color.RGBA{red, green, blue, yellow}},
			{90, [4]color.RGBA{blue, red, yellow, green}},
			{180, [4]color.RGBA{yellow, blue, green, red}},
			{270, [4]color.RGBA{green, yellow, red, blue}},
		} {
			sc := scene{screen: image.Pt(64, 36), rotation: tt.rotation, fit: Cover, shaders: sh}
			var tex textures
			g := sc.glass()
			l := showOf(&media.Picture{Image: quarters(g.X, g.Y)}, &tex, Options{}, g)
			img := drawn(sc, nil, l, passage{}, 1)
			for i, p := range [][2]float64{{.1, .1}, {.9, .1}, {.1, .9}, {.9, .9}} {
				if got := at(img, p[0], p[1]); got != tt.want[i] {
					t.Errorf("rotation %d, corner %d is %v, want %v", tt.rotation, i, got, tt.want[i])
				}
			}
			tex.release(l)
		}
	})
}

// A picture of another shape: what of it shows, and what is around it.
func TestFit(t *testing.T) {
	onGPU(t, func() {
		sh, _ := newShaders()
		blurred := plain(8, 8, color.RGBA{100, 100, 100, 255})
		for _, tt := range []struct {
			fit         Fit
			w, h        int
			left, above color.RGBA // in the middle of the left edge, of the upper edge
		}{
			{Cover, 100, 100, red, red}, // the middle line: red above, blue below
			{Contain, 100, 100, black, red},
			{Blur, 100, 100, blurred.RGBAAt(0, 0), red},
			{Contain, 400, 100, red, black},
			{Cover, 400, 100, red, red},
			{Contain, 160, 90, red, red},
			{Contain, 161, 90, red, red}, // a rounded picture has no hairline
		} {
			sc := scene{screen: image.Pt(160, 90), fit: tt.fit, shaders: sh}
			var tex textures
			l := showOf(&media.Picture{Image: plain(tt.w, tt.h, red), Backdrop: blurred}, &tex, Options{}, sc.screen)
			img := drawn(sc, nil, l, passage{}, 1)
			if got := img.RGBAAt(1, 45); !close2(got, tt.left, 2) {
				t.Errorf("%s of %dx%d: left edge %v, want %v", tt.fit, tt.w, tt.h, got, tt.left)
			}
			if got := img.RGBAAt(80, 1); !close2(got, tt.above, 2) {
				t.Errorf("%s of %dx%d: upper edge %v, want %v", tt.fit, tt.w, tt.h, got, tt.above)
			}
			tex.release(l)
		}
	})
}

// Cover crops both sides evenly.
func TestCoverCropsEvenly(t *testing.T) {
	onGPU(t, func() {
		sh, _ := newShaders()
		sc := scene{screen: image.Pt(160, 90), fit: Cover, shaders: sh}
		var tex textures
		l := showOf(&media.Picture{Image: quarters(200, 200)}, &tex, Options{}, sc.screen)
		img := drawn(sc, nil, l, passage{}, 1)
		for i, p := range [][2]float64{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}} {
			if got, want := at(img, p[0], p[1]), []color.RGBA{red, green, blue, yellow}[i]; got != want {
				t.Errorf("quarter %d is %v, want %v", i, got, want)
			}
		}
		tex.release(l)
	})
}

// Half-way through each transition.
func TestTransitions(t *testing.T) {
	onGPU(t, func() {
		sh, _ := newShaders()
		const w, h = 160, 90
		for _, rotation := range []Rotation{0, 180} {
			for _, tt := range []struct {
				kind player.Transition
				old  *media.Picture // the new one is blue and fills the glass
				// left, middle and right of the upright glass
				want [3]color.RGBA
			}{
				{player.Fade, &media.Picture{Image: plain(w, h, red)}, [3]color.RGBA{{128, 0, 128, 255}, {128, 0, 128, 255}, {128, 0, 128, 255}}},
				// Another size takes the general way: the sides of it are black.
				{player.Fade, &media.Picture{Image: plain(h, h, red)}, [3]color.RGBA{{0, 0, 128, 255}, {128, 0, 128, 255}, {0, 0, 128, 255}}},
				{player.Slide, &media.Picture{Image: plain(w, h, red)}, [3]color.RGBA{red, blue, blue}},
				{player.Wipe, &media.Picture{Image: plain(w, h, red)}, [3]color.RGBA{blue, {128, 0, 128, 255}, red}},
				{player.Wipe, &media.Picture{Image: plain(h, h, red)}, [3]color.RGBA{blue, red, black}},
			} {
				sc := scene{screen: image.Pt(w, h), rotation: rotation, fit: Contain, shaders: sh}
				var tex textures
				old := showOf(tt.old, &tex, Options{}, sc.screen)
				cur := showOf(&media.Picture{Image: plain(w, h, blue)}, &tex, Options{}, sc.screen)
				img := drawn(sc, old, cur, passage{kind: tt.kind}, 0.5)
				for i, x := range []int{2, 80, 157} {
					y := 45
					if rotation == 180 {
						x, y = w-1-x, h-1-y
					}
					if got := img.RGBAAt(x, y); !close2(got, tt.want[i], 14) {
						t.Errorf("transition %d from %v, turned %d: x %d is %v, want %v", tt.kind, tt.old.Image.Rect.Max, rotation, x, got, tt.want[i])
					}
				}
				tex.release(old)
				tex.release(cur)
			}
		}
	})
}

// A look without content is black over all, not what was there before.
func TestNeutralIsBlack(t *testing.T) {
	onGPU(t, func() {
		sh, _ := newShaders()
		sc := scene{screen: image.Pt(160, 90), fit: Cover, shaders: sh}
		var tex textures
		l := newLayer(player.Frame{Look: player.LookNeutral}, &tex, Options{}, sc.screen)
		img := drawn(sc, nil, l, passage{}, 1)
		for i := 0; i < len(img.Pix); i += 4 {
			if img.Pix[i] != 0 || img.Pix[i+1] != 0 || img.Pix[i+2] != 0 {
				t.Errorf("pixel %d is not black", i/4)
				return
			}
		}
	})
}

// The mark is where it was asked to be, turned with the screen.
func TestMark(t *testing.T) {
	onGPU(t, func() {
		sh, _ := newShaders()
		o := Options{Mark: func(string, image.Point) (*image.RGBA, image.Point) {
			return plain(20, 10, green), image.Pt(5, 7)
		}}
		for _, tt := range []struct {
			rotation Rotation
			x, y     int
		}{{0, 6, 8}, {180, 160 - 7, 90 - 9}, {90, 160 - 9, 6}} {
			sc := scene{screen: image.Pt(160, 90), rotation: tt.rotation, fit: Cover, shaders: sh}
			var tex textures
			f := player.Frame{Look: player.LookShow, Showing: 1, Mark: "Ad", Content: &media.Picture{Image: plain(160, 90, red)}}
			l := newLayer(f, &tex, o, sc.glass())
			img := drawn(sc, nil, l, passage{}, 1)
			if got := img.RGBAAt(tt.x, tt.y); got != green {
				t.Errorf("turned %d: %v at %d,%d, want the mark", tt.rotation, got, tt.x, tt.y)
			}
			tex.release(l)
		}
	})
}

// A still is uploaded once, gives its pixels up, and is freed when it is closed and
// off the glass.
func TestTexturesAreFreed(t *testing.T) {
	onGPU(t, func() {
		var tex textures
		glass := image.Pt(8, 8)
		look, ad := &media.Picture{Image: plain(8, 8, red)}, &media.Picture{Image: plain(8, 8, blue)}
		first := showOf(look, &tex, Options{}, glass)
		if look.Image != nil {
			t.Error("the pixels stay in memory twice")
		}
		tex.still(ad)
		second := showOf(ad, &tex, Options{}, glass)
		tex.release(first)
		again := showOf(look, &tex, Options{}, glass)
		if again.pic == nil || again.pic != first.pic || len(tex.held) != 2 {
			t.Errorf("a look that comes back is not what it was; %d held", len(tex.held))
		}
		ad.Close()
		if tex.sweep(); len(tex.held) != 2 {
			t.Error("a closed picture was freed while it is on the glass")
		}
		tex.release(second)
		tex.release(second) // twice is once
		if len(tex.held) != 1 {
			t.Errorf("%d held, want the look alone", len(tex.held))
		}
		if late := showOf(ad, &tex, Options{}, glass); late.pic != nil {
			t.Error("a closed picture came back")
		}
		tex.release(again)
	})
}

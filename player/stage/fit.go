package stage

import "image"

// Fit is how content of another shape fills the glass.
type Fit string

// Cover fills the glass and crops, Contain shows all and leaves black, Blur
// shows all over a blurred copy of itself.
const (
	Cover   Fit = "cover"
	Contain Fit = "contain"
	Blur    Fit = "blur"
)

// Rotation is how the glass hangs, in degrees clockwise: 0, 90, 180 or 270. At
// 90 the top of the content is at the right edge of the unturned screen.
type Rotation int

// Upright returns the size a viewer sees of a screen of the given size.
func (r Rotation) Upright(screen image.Point) image.Point {
	if r == 90 || r == 270 {
		return image.Pt(screen.Y, screen.X)
	}
	return screen
}

// box is a rectangle in floating-point pixels.
type box struct{ x0, y0, x1, y1 float32 }

func (b box) dx() float32 { return b.x1 - b.x0 }
func (b box) dy() float32 { return b.y1 - b.y0 }

// inset keeps a filter from reaching past the edge of a picture, where it finds
// nothing and would fade into it.
func (b box) inset(d float32) box {
	dx, dy := min(d, b.dx()/2), min(d, b.dy()/2)
	return box{b.x0 + dx, b.y0 + dy, b.x1 - dx, b.y1 - dy}
}

func boxOf(size image.Point) box { return box{0, 0, float32(size.X), float32(size.Y)} }

// place returns which part of a source of size w × h is drawn (in source
// pixels) and where on an upright glass. Cover crops evenly on both sides.
func place(w, h float32, glass image.Point, fit Fit) (src, dst box) {
	gw, gh := float32(glass.X), float32(glass.Y)
	if w <= 0 || h <= 0 {
		return box{}, box{}
	}
	wide := w*gh > h*gw
	// Half a percent off is a rounded picture, not another shape: a hairline of
	// black would be worse than the stretch nobody can see.
	if r := (w * gh) / (h * gw); r > 0.995 && r < 1.005 {
		return box{0, 0, w, h}, box{0, 0, gw, gh}
	}
	if fit == Cover {
		if wide {
			cut := (w - gw*h/gh) / 2
			return box{cut, 0, w - cut, h}, box{0, 0, gw, gh}
		}
		cut := (h - gh*w/gw) / 2
		return box{0, cut, w, h - cut}, box{0, 0, gw, gh}
	}
	if wide {
		dh := gw * h / w
		top := round((gh - dh) / 2)
		return box{0, 0, w, h}, box{0, top, gw, gh - top}
	}
	dw := gh * w / h
	left := round((gw - dw) / 2)
	return box{0, 0, w, h}, box{left, 0, gw - left, gh}
}

func round(f float32) float32 { return float32(int(f + 0.5)) }

// turn maps a point of the upright glass to the screen as it is mounted.
func (r Rotation) turn(x, y float32, screen image.Point) (float32, float32) {
	w, h := float32(screen.X), float32(screen.Y)
	switch r {
	case 90:
		return w - y, x
	case 180:
		return w - x, h - y
	case 270:
		return y, h - x
	}
	return x, y
}

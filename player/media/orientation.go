package media

import "image"

// An orientation is the EXIF Orientation tag: how a stored picture is turned to
// be upright (CIPA DC-008-2019, 4.6.4, tag 0x0112). Values outside 1 to 8 mean 1.
type orientation uint8

// swaps reports whether width and height change places.
func (o orientation) swaps() bool { return o >= 5 && o <= 8 }

// The stored column or row runs against the upright one.
func (o orientation) flipsX() bool { return o == 2 || o == 3 || o == 7 || o == 8 }
func (o orientation) flipsY() bool { return o == 3 || o == 4 || o == 6 || o == 7 }

// size turns a size; turning it twice gives it back.
func (o orientation) size(p image.Point) image.Point {
	if o.swaps() {
		return image.Pt(p.Y, p.X)
	}
	return p
}

// storedRect returns where in a stored picture of the given size the upright
// rectangle r lies.
func (o orientation) storedRect(r image.Rectangle, stored image.Point) image.Rectangle {
	if o.swaps() {
		r = image.Rect(r.Min.Y, r.Min.X, r.Max.Y, r.Max.X)
	}
	if o.flipsX() {
		r.Min.X, r.Max.X = stored.X-r.Max.X, stored.X-r.Min.X
	}
	if o.flipsY() {
		r.Min.Y, r.Max.Y = stored.Y-r.Max.Y, stored.Y-r.Min.Y
	}
	return r
}

// upright returns the picture turned upright; the picture itself when it is.
// The picture's bounds begin at the origin.
func (o orientation) upright(stored *image.RGBA) *image.RGBA {
	if o < 2 || o > 8 {
		return stored
	}
	s := stored.Rect.Size()
	d := o.size(s)
	out := image.NewRGBA(image.Rectangle{Max: d})
	for y := range d.Y {
		to := out.Pix[y*out.Stride:]
		for x := range d.X {
			sx, sy := x, y
			if o.swaps() {
				sx, sy = y, x
			}
			if o.flipsX() {
				sx = s.X - 1 - sx
			}
			if o.flipsY() {
				sy = s.Y - 1 - sy
			}
			from := sy*stored.Stride + sx*4
			copy(to[x*4:x*4+4], stored.Pix[from:from+4])
		}
	}
	return out
}

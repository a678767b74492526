package card

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// cover draws the picture over the whole of r, cut evenly at the sides and a
// little more at the bottom than at the top, where faces are.
func cover(dst *image.RGBA, r image.Rectangle, picture image.Image) {
	src := picture.Bounds()
	if src.Empty() || r.Empty() {
		return
	}
	cut := src
	if w := src.Dy() * r.Dx() / r.Dy(); w < src.Dx() {
		cut.Min.X += (src.Dx() - w) / 2
		cut.Max.X = cut.Min.X + max(w, 1)
	} else if h := src.Dx() * r.Dy() / r.Dx(); h < src.Dy() {
		cut.Min.Y += (src.Dy() - h) * 2 / 5
		cut.Max.Y = cut.Min.Y + max(h, 1)
	}
	scaleInto(dst, r, picture, cut)
}

// contain draws the whole picture centred in r, never enlarged more than
// threefold.
func contain(dst *image.RGBA, r image.Rectangle, picture image.Image) {
	src := picture.Bounds()
	if src.Empty() || r.Empty() {
		return
	}
	w, h := r.Dx(), src.Dy()*r.Dx()/src.Dx()
	if h > r.Dy() {
		w, h = src.Dx()*r.Dy()/src.Dy(), r.Dy()
	}
	if w > 3*src.Dx() {
		w, h = 3*src.Dx(), 3*src.Dy()
	}
	w, h = max(w, 1), max(h, 1)
	at := r.Min.Add(image.Pt((r.Dx()-w)/2, (r.Dy()-h)/2))
	scaleInto(dst, image.Rectangle{at, at.Add(image.Pt(w, h))}, picture, src)
}

// scaleInto scales the cut of the picture into r. Sources more than twice as
// large are halved first: sampling every second pixel between pixels is the
// average of four, many times cheaper than a wide kernel.
func scaleInto(dst *image.RGBA, r image.Rectangle, picture image.Image, cut image.Rectangle) {
	for cut.Dx() >= 2*r.Dx() && cut.Dy() >= 2*r.Dy() {
		half := image.NewRGBA(image.Rect(0, 0, cut.Dx()/2, cut.Dy()/2))
		even := image.Rect(cut.Min.X, cut.Min.Y, cut.Min.X+2*half.Rect.Dx(), cut.Min.Y+2*half.Rect.Dy())
		draw.ApproxBiLinear.Scale(half, half.Rect, picture, even, draw.Src, nil)
		picture, cut = half, half.Rect
	}
	if cut.Size() == r.Size() {
		draw.Draw(dst, r, picture, cut.Min, draw.Over)
		return
	}
	draw.BiLinear.Scale(dst, r, picture, cut, draw.Over, nil)
}

// An edge is the side from which a veil fades out.
type edge int

const (
	fromLeft edge = iota
	fromBottom
)

// veil lays colour c over r, opaque at one side and gone at the other, along a
// curve without visible ends.
func veil(dst *image.RGBA, r image.Rectangle, c color.RGBA, side edge) {
	length := r.Dx()
	if side == fromBottom {
		length = r.Dy()
	}
	keep := make([]uint32, length) // how much of the picture stays, of 256
	for i := range keep {
		x := (float64(i) + 0.5) / float64(length)
		if side == fromBottom {
			x = 1 - x
		}
		keep[i] = uint32(256*x*x*(3-2*x) + 0.5)
	}
	clip := r.Intersect(dst.Rect)
	for y := clip.Min.Y; y < clip.Max.Y; y++ {
		row := dst.Pix[dst.PixOffset(clip.Min.X, y):]
		for x := range clip.Dx() {
			i := y - r.Min.Y
			if side == fromLeft {
				i = x + clip.Min.X - r.Min.X
			}
			k := keep[i]
			p := row[4*x : 4*x+4 : 4*x+4]
			p[0] = uint8((uint32(p[0])*k + uint32(c.R)*(256-k) + 128) >> 8)
			p[1] = uint8((uint32(p[1])*k + uint32(c.G)*(256-k) + 128) >> 8)
			p[2] = uint8((uint32(p[2])*k + uint32(c.B)*(256-k) + 128) >> 8)
		}
	}
}

// bayer is the 4×4 ordered dither of Bayer (1973), in sixteenths: without it the
// dark gradients of an idle screen show bands.
var bayer = [4][4]int32{{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}}

// glow fills dst with ground, lit by lamp from a point given in parts of the
// size, fading out over reach parts of the longer side.
func glow(dst *image.RGBA, ground, lamp color.RGBA, at [2]float64, reach float64) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	r := reach * float64(max(w, h))
	cx, cy := at[0]*float64(w), at[1]*float64(h)
	var from, by [3]int32 // colours in 1/4096
	for i, c := range [3][2]uint8{{ground.R, lamp.R}, {ground.G, lamp.G}, {ground.B, lamp.B}} {
		from[i], by[i] = int32(c[0])<<12, int32(c[1])-int32(c[0])
	}
	across := make([]float64, w)
	for x := range across {
		d := (float64(x) - cx) / r
		across[x] = d * d
	}
	for y := range h {
		d := (float64(y) - cy) / r
		row := dst.Pix[y*dst.Stride : y*dst.Stride+4*w]
		for x := range w {
			light := max(0, 1-across[x]-d*d)
			k := int32(light * light * 4096)
			noise := bayer[y&3][x&3] << 8
			p := row[4*x : 4*x+4 : 4*x+4]
			p[0] = uint8((from[0] + by[0]*k + noise) >> 12)
			p[1] = uint8((from[1] + by[1]*k + noise) >> 12)
			p[2] = uint8((from[2] + by[2]*k + noise) >> 12)
			p[3] = 255
		}
	}
}

func fill(dst *image.RGBA, r image.Rectangle, c color.RGBA) {
	draw.Draw(dst, r, image.NewUniform(c), image.Point{}, draw.Src)
}

package card

import (
	"image"
	"image/color"
	"math"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"
)

// A quill fills glyph outlines with one ink, anti-aliased, at fractions of a
// pixel. It serves one goroutine.
type quill struct {
	dst    *image.RGBA
	clip   image.Rectangle
	ink    *image.Uniform
	raster *vector.Rasterizer
	pen    *pen
}

func (p *pen) quill(dst *image.RGBA, clip image.Rectangle, ink color.RGBA) *quill {
	return &quill{
		pen: p,
		dst: dst, clip: clip.Intersect(dst.Rect), ink: image.NewUniform(ink),
		raster: vector.NewRasterizer(0, 0),
	}
}

// line draws one line of t with its baseline at y.
func (q *quill) line(t *text, l line, x, y, size float32) {
	k := size / em
	for _, g := range t.glyphs[l.from:l.to] {
		q.glyph(g, x+g.dx*k, y-g.dy*k, size)
		x += g.advance * k
	}
	if l.tail != nil {
		q.glyph(*l.tail, x, y, size)
	}
}

// outline returns the shape of g and the pixels a font unit takes.
func (q *quill) outline(g glyph, size float32) ([]font.Segment, float32) {
	face := q.pen.faces[g.face]
	o, ok := face.GlyphDataOutline(g.id)
	if !ok {
		return nil, 0
	}
	return o.Segments, size / float32(face.Upem())
}

// bearing is the empty space at the left of g, in pixels: taking it off aligns
// what the eye sees instead of what the metrics say.
func (q *quill) bearing(g glyph, size float32) float32 {
	segments, k := q.outline(g, size)
	lo := float32(math.Inf(1))
	for i := range segments {
		for _, p := range segments[i].ArgsSlice() {
			lo = min(lo, p.X)
		}
	}
	if lo < 0 || lo > 0.3*size/max(k, 1e-9) {
		return 0
	}
	return lo * k
}

func (q *quill) glyph(g glyph, x, y, size float32) {
	segments, k := q.outline(g, size)
	area := bounds(segments, x, y, k).Intersect(q.clip)
	if area.Empty() {
		return
	}
	q.raster.Reset(area.Dx(), area.Dy())
	dx, dy := x-float32(area.Min.X), y-float32(area.Min.Y)
	at := func(p ot.SegmentPoint) (float32, float32) { return dx + p.X*k, dy - p.Y*k }
	for i := range segments {
		s := &segments[i]
		ax, ay := at(s.Args[0])
		switch s.Op {
		case ot.SegmentOpMoveTo:
			q.raster.ClosePath()
			q.raster.MoveTo(ax, ay)
		case ot.SegmentOpLineTo:
			q.raster.LineTo(ax, ay)
		case ot.SegmentOpQuadTo:
			bx, by := at(s.Args[1])
			q.raster.QuadTo(ax, ay, bx, by)
		case ot.SegmentOpCubeTo:
			bx, by := at(s.Args[1])
			cx, cy := at(s.Args[2])
			q.raster.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	q.raster.ClosePath()
	q.raster.Draw(q.dst, area, q.ink, image.Point{})
}

// bounds are the pixels an outline may touch.
func bounds(segments []font.Segment, x, y, k float32) image.Rectangle {
	x0, y0 := float32(math.Inf(1)), float32(math.Inf(1))
	x1, y1 := float32(math.Inf(-1)), float32(math.Inf(-1))
	for i := range segments {
		for _, p := range segments[i].ArgsSlice() {
			x0, x1 = min(x0, x+p.X*k), max(x1, x+p.X*k)
			y0, y1 = min(y0, y-p.Y*k), max(y1, y-p.Y*k)
		}
	}
	if x0 > x1 {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(float64(x0))), int(math.Floor(float64(y0))),
		int(math.Ceil(float64(x1))), int(math.Ceil(float64(y1))))
}

// pill fills a rectangle with rounded corners.
func (q *quill) pill(r image.Rectangle, radius float32) {
	if r = r.Intersect(q.clip); r.Empty() {
		return
	}
	w, h := float32(r.Dx()), float32(r.Dy())
	radius = min(radius, w/2, h/2)
	c := radius * 0.4477 // 1 - 0.5523, the circle's Bézier handle
	z := q.raster
	z.Reset(r.Dx(), r.Dy())
	z.MoveTo(radius, 0)
	z.LineTo(w-radius, 0)
	z.CubeTo(w-c, 0, w, c, w, radius)
	z.LineTo(w, h-radius)
	z.CubeTo(w, h-c, w-c, h, w-radius, h)
	z.LineTo(radius, h)
	z.CubeTo(c, h, 0, h-c, 0, h-radius)
	z.LineTo(0, radius)
	z.CubeTo(0, c, c, 0, radius, 0)
	z.ClosePath()
	z.Draw(q.dst, r, q.ink, image.Point{})
}

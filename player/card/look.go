package card

import (
	"image"
	"image/color"
	"strings"
)

// A look is a frame of the venue's own being drawn.
type look struct {
	*pen
	dst  *image.RGBA
	safe image.Rectangle
	unit float32
}

func newLook(size image.Point) *look {
	size = sane(size)
	m := MarkMargin(size)
	return &look{
		pen: pens.Get().(*pen), unit: base(size),
		dst:  image.NewRGBA(image.Rectangle{Max: size}),
		safe: image.Rect(m, m, size.X-m, size.Y-m),
	}
}

func (l *look) done() { pens.Put(l.pen) }

func (l *look) paint(b *block) { b.paint(l.pen, l.dst, l.safe) }

// light fills the glass with the night ground, faintly lit from above.
func (l *look) light() {
	lit := toOklch(night.ground)
	lit.l, lit.c = lit.l+0.075, lit.c+0.012
	glow(l.dst, night.ground, lit.rgba(), [2]float64{0.5, 0.30}, 0.75)
}

// An item is a text of a stack with its scale and ink.
type item struct {
	text  *text
	scale scale
	ink   color.RGBA
}

func (l *look) item(t *text, s scale, ink color.RGBA) item { return item{t, s, ink} }

// stack sets two items centred, one above the other with the accent's rule
// between them, in the safe area above bottom.
func (l *look) stack(bottom int, above, below item) {
	area := l.safe
	area.Max.Y = bottom
	width := area.Dx() * 84 / 100
	between := int(0.08 * l.unit)
	upper := fit(above.text, width, area.Dy()*6/10, above.scale)
	room := area.Dy() - upper.height() - between
	lower := fit(below.text, width, room, below.scale)
	if upper.height() == 0 || lower.height() == 0 {
		between = 0
	}
	total := upper.height() + between + lower.height()
	y := (l.dst.Rect.Dy()-total)*48/100 - max(0, l.safe.Max.Y-bottom)/4
	y = max(min(y, area.Max.Y-total), area.Min.Y)
	x := l.dst.Rect.Dx()/2 - width/2
	for _, b := range []*block{upper, lower} {
		b.centre, b.at = true, image.Pt(x, y)
		y += b.height() + between
	}
	upper.ink, lower.ink = above.ink, below.ink
	l.paint(upper)
	l.paint(lower)
	if between > 0 {
		thick := max(int(0.003*l.unit+0.5), 1)
		half := int(0.03 * l.unit)
		top := upper.box().Max.Y + between*45/100
		c := l.dst.Rect.Dx() / 2
		rule := accentOver(above.ink)
		fill(l.dst, image.Rect(c-half, top, c+half, top+thick).Intersect(area), rule)
	}
}

// accentOver is the accent at the lightness of the ink it stands beside, so that
// the rule of a dim frame is dim.
func accentOver(ink color.RGBA) color.RGBA {
	a := toOklch(night.accent)
	a.l = min(a.l, toOklch(ink).l*0.85)
	return a.rgba()
}

// notices sets the sentences at the bottom left, the first on top, and returns
// where the space above them ends.
func (l *look) notices(sentences []string) int {
	s := max(0.024*l.unit, 8)
	one := scale{max: s, min: s * 0.9, leading: 1.35, lines: 2}
	dot, m, gap := int(0.010*l.unit+0.5), metrics[sans], int(0.012*l.unit)
	left, top := l.safe.Min.X+3*dot, l.safe.Max.Y-l.safe.Dy()/3
	var blocks []*block
	total := -gap
	for _, sentence := range sentences {
		b := fit(l.set(sans, sentence), l.safe.Max.X-left, l.safe.Dy()/4, one)
		if b.height() > 0 && l.safe.Max.Y-total-gap-b.height() >= top {
			blocks, total = append(blocks, b), total+gap+b.height()
		}
	}
	if len(blocks) == 0 {
		return l.safe.Max.Y
	}
	y := l.safe.Max.Y - total
	for _, b := range blocks {
		b.ink, b.at = night.text, image.Pt(left, y)
		l.paint(b)
		at := image.Pt(l.safe.Min.X, y+int((m.ascent-m.capital/2)*b.size)-dot/2)
		l.quill(l.dst, l.safe, night.accent).pill(image.Rectangle{at, at.Add(image.Pt(dot, dot))}, float32(dot))
		y += b.height() + gap
	}
	return l.safe.Max.Y - total - int(0.03*l.unit)
}

// joinLines makes one text of sentences, each on a line of its own.
func joinLines(lines []string) string {
	kept := make([]string, 0, len(lines))
	for _, s := range lines {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "\n")
}

package card

import (
	"image"
	"image/color"
)

// metrics of the faces, in type sizes: from the baseline up to the tallest
// accented capital, up to a plain capital, and down to the lowest tail.
var metrics = [voices]struct{ ascent, capital, descent float32 }{
	serif:   {0.93, 0.66, 0.26},
	sans:    {0.98, 0.73, 0.25},
	figures: {0.80, 0.73, 0.10},
}

// A scale says how a text may be set: its type sizes in pixels, the distance of
// baselines in type sizes, and the most lines it may take (0: as many as fit).
type scale struct {
	max, min float32
	leading  float32
	lines    int
}

// A block is text set in lines, ready to be drawn. Its box starts at the top
// of the first line's accents and ends at the last line's tails.
type block struct {
	text   *text
	lines  []line
	size   float32
	lead   float32
	at     image.Point // top left
	limit  float32     // width the lines are aligned in, pixels
	centre bool
	ink    color.RGBA
}

// step is the ratio of two type sizes tried one after the other.
const step = 0.95

// fit sets t in a column of the given width and height: the largest size of
// the scale that holds it, words kept whole; a word too long for that is
// hyphenated as soon as shrinking would cost a third of the size; what does not
// fit at the smallest size ends in "…".
func fit(t *text, width, height int, s scale) *block {
	b := &block{text: t, limit: float32(width)}
	if t.empty() || width < 1 || height < 1 {
		return b
	}
	for size := s.max; size >= s.min; size *= step {
		b.size, b.lead = size, size*s.leading
		lines, ok := t.wrap(b.units(), false)
		if !ok && size < s.max*0.66 {
			lines, ok = t.wrap(b.units(), true)
		}
		if ok && len(lines) <= b.room(height, s.lines) {
			b.lines = lines
			return b
		}
	}
	b.size, b.lead = s.min, s.min*s.leading
	room := b.room(height, s.lines)
	lines, ok := t.wrap(b.units(), false)
	if !ok {
		lines, ok = t.wrap(b.units(), true)
	}
	if !ok {
		lines = t.chop(b.units(), room)
	}
	b.lines = t.cut(lines, room, b.units())
	return b
}

// units is the width of the column in thousandths of the type size.
func (b *block) units() float32 { return b.limit * em / b.size }

// room is how many lines fit in height pixels, at most most if that is not 0.
func (b *block) room(height, most int) int {
	m := metrics[b.text.voice]
	n := int((float32(height)-(m.ascent+m.descent)*b.size)/b.lead + 1.0001)
	if float32(height) < (m.ascent+m.descent)*b.size {
		n = 0
	}
	if most > 0 {
		n = min(n, most)
	}
	return n
}

// height of the block in pixels, 0 without lines.
func (b *block) height() int {
	if b == nil || len(b.lines) == 0 {
		return 0
	}
	m := metrics[b.text.voice]
	return int((m.ascent+m.descent)*b.size + float32(len(b.lines)-1)*b.lead + 0.5)
}

// width of the widest line in pixels, rounded up.
func (b *block) width() int {
	var w float32
	for _, l := range b.lines {
		w = max(w, l.width)
	}
	return int(w*b.size/em + 0.999)
}

// box is what the block covers, accents and tails included.
func (b *block) box() image.Rectangle {
	if b.height() == 0 {
		return image.Rectangle{}
	}
	at := b.at
	if b.centre {
		at.X += (int(b.limit) - b.width()) / 2
	}
	return image.Rectangle{at, at.Add(image.Pt(b.width(), b.height()))}
}

// paint draws the block onto dst, clipped to clip.
func (b *block) paint(p *pen, dst *image.RGBA, clip image.Rectangle) {
	if b.height() == 0 {
		return
	}
	q := p.quill(dst, clip, b.ink)
	base := float32(b.at.Y) + metrics[b.text.voice].ascent*b.size
	for i, l := range b.lines {
		x := float32(b.at.X)
		if b.centre {
			x += (b.limit - l.width*b.size/em) / 2
		} else if l.to > l.from {
			x -= q.bearing(b.text.glyphs[l.from], b.size)
		}
		q.line(b.text, l, x, base+float32(i)*b.lead, b.size)
	}
}

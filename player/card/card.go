package card

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// A Card is a creative made of words, a picture and a QR code. Every field may
// be empty.
type Card struct {
	// Title is set large. Line feeds are kept.
	Title string
	// Text is set smaller, under the title.
	Text string
	// Picture fills the side of the glass the words leave; all of it without words.
	Picture image.Image
	// QR is the text of the code, a URL as a rule.
	QR string
	// Accent replaces the accent colour taken from the picture. Only its hue and
	// strength count; its lightness is ours, for contrast.
	Accent color.Color
}

// MaxSide is the longest side of a glass, in pixels, that is drawn.
const MaxSide = 8192

// Draw draws the card for a glass of the given size in pixels. It fails when the
// size is not between 1 and [MaxSide], and when the QR text is longer than any
// code holds; never because of words. On glasses too small for readable modules
// the code is left out. It may be called from any number of goroutines as long
// as nobody writes to the picture.
func Draw(c Card, size image.Point) (*image.RGBA, error) {
	if size.X < 1 || size.Y < 1 || size.X > MaxSide || size.Y > MaxSide {
		return nil, fmt.Errorf("a card of %d×%d pixels cannot be drawn\nhint: each side is 1 to %d", size.X, size.Y, MaxSide)
	}
	p := pens.Get().(*pen)
	defer pens.Put(p)
	s, err := p.compose(c, size)
	if err != nil {
		return nil, err
	}
	dst := image.NewRGBA(image.Rectangle{Max: size})
	s.paintGround(dst)
	s.paintInk(p, dst)
	return dst, nil
}

// A sheet is a composed card: where everything goes, before a pixel is drawn.
type sheet struct {
	safe    image.Rectangle
	colours palette
	picture image.Image
	window  image.Rectangle // where the picture shows
	veil    image.Rectangle // the part of it that fades into the panel
	side    edge
	title   *block
	text    *block
	rule    image.Rectangle
	code    *code
}

// compose lays the card out: words left and picture right on a lying glass,
// picture above words on a standing one.
func (p *pen) compose(c Card, size image.Point) (*sheet, error) {
	if c.Picture != nil && c.Picture.Bounds().Empty() {
		c.Picture = nil
	}
	unit, m := base(size), MarkMargin(size)
	s := &sheet{
		safe:    image.Rect(m, m, size.X-m, size.Y-m),
		colours: paletteOf(c),
		picture: c.Picture,
	}
	title, text := p.set(serif, c.Title), p.set(sans, c.Text)
	words := !title.empty() || !text.empty()
	share := float32(0.30)
	if c.Picture == nil {
		share = 0.40
	}
	free := min(s.safe.Dx(), s.safe.Dy()-markHeight(size)-m/2)
	var err error
	if s.code, err = encode(c.QR, int(share*unit), min(free, int(0.62*unit))); err != nil {
		return nil, err
	}
	column := s.place(size, words)
	s.setWords(title, text, column, unit)
	return s, nil
}

// place decides where the picture and the code go, and returns the column left
// for words.
func (s *sheet) place(size image.Point, words bool) image.Rectangle {
	full := image.Rectangle{Max: size}
	lying := size.X*5 >= size.Y*6
	gap := s.safe.Min.X
	side := s.code.side()
	corner := func(r image.Rectangle) image.Point { // bottom right of r
		return image.Pt(r.Max.X-side, r.Max.Y-side)
	}
	column := s.safe
	switch {
	case s.picture != nil && !words:
		s.window = full
		s.setCode(corner(s.safe))
	case s.picture != nil && lying:
		split := size.X * 42 / 100
		s.window = image.Rect(split, 0, size.X, size.Y)
		s.veil = image.Rect(split, 0, split+size.X*13/100, size.Y)
		s.side = fromLeft
		column.Max.X = split
		s.setCode(corner(s.safe))
	case s.picture != nil:
		split := size.Y * 58 / 100
		s.window = image.Rect(0, 0, size.X, split)
		s.veil = image.Rect(0, split-size.Y*10/100, size.X, split)
		s.side = fromBottom
		column.Min.Y = split
		s.setCode(corner(image.Rect(s.safe.Min.X, s.safe.Min.Y, s.safe.Max.X, split-gap/2)))
	case lying && words:
		column.Min.Y += markHeight(size) + gap/4
		column.Max.X -= side
		if s.code != nil {
			column.Max.X -= gap
			s.setCode(image.Pt(s.safe.Max.X-side, (column.Min.Y+column.Max.Y-side)/2))
		} else {
			column.Max.X -= column.Dx() / 8
		}
	case words:
		column.Min.Y += markHeight(size) + gap/2
		if s.code != nil {
			column.Max.Y -= side + gap
			s.setCode(image.Pt(s.safe.Min.X, s.safe.Max.Y-side))
		}
	default:
		s.setCode(image.Pt((size.X-side)/2, (size.Y-side)/2))
	}
	return column
}

func (s *sheet) setCode(at image.Point) {
	if s.code != nil {
		s.code.at = at
		if !s.code.box().In(s.safe) {
			s.code = nil
		}
	}
}

// setWords sets title and text in the column, one above the other, around its
// middle: a little above it, where the eye puts the middle.
func (s *sheet) setWords(title, text *text, column image.Rectangle, unit float32) {
	large := scale{max: 0.118 * unit, min: 0.048 * unit, leading: 1.1, lines: 4}
	small := scale{max: 0.048 * unit, min: 0.031 * unit, leading: 1.36, lines: 9}
	if s.picture == nil {
		large.max, small.max = 0.16*unit, 0.054*unit
	}
	if title.empty() {
		small.max, small.leading = 0.5*large.max, 1.28
	}
	height := column.Dy()
	between := int(0.075 * unit)
	if text.empty() || title.empty() {
		between = 0
	}
	share := height - between
	if !text.empty() {
		share = share * 6 / 10
	}
	s.title = fit(title, column.Dx(), share, large)
	small.max = max(min(small.max, s.title.size*0.5), small.min)
	if title.empty() {
		small.max = 0.5 * large.max
	}
	s.text = fit(text, column.Dx(), height-between-s.title.height(), small)
	s.title.ink, s.text.ink = s.colours.title, s.colours.text
	total := s.title.height() + between + s.text.height()
	y := column.Min.Y + (height-total)*46/100
	s.title.at = image.Pt(column.Min.X, y)
	y += s.title.height()
	if between > 0 && s.text.height() > 0 && s.title.height() > 0 {
		thick := max(int(0.0055*unit+0.5), 1)
		top := y + between*46/100 - thick
		s.rule = image.Rect(column.Min.X, top, column.Min.X+min(int(0.085*unit), column.Dx()), top+thick)
	}
	s.text.at = image.Pt(column.Min.X, y+between)
}

func (s *sheet) paintGround(dst *image.RGBA) {
	g := s.colours.ground
	if s.picture == nil {
		lit := toOklch(g)
		lit.l, lit.c = lit.l+0.11, lit.c+0.02
		glow(dst, g, lit.rgba(), [2]float64{0.86, 0.08}, 0.95)
		return
	}
	fill(dst, dst.Rect, g)
	cover(dst, s.window, s.picture)
	if !s.veil.Empty() {
		veil(dst, s.veil, g, s.side)
	}
}

func (s *sheet) paintInk(p *pen, dst *image.RGBA) {
	s.title.paint(p, dst, s.safe)
	s.text.paint(p, dst, s.safe)
	fill(dst, s.rule.Intersect(s.safe), s.colours.accent)
	s.code.paint(p, dst)
}

// sane brings a size into what can be drawn.
func sane(size image.Point) image.Point {
	return image.Pt(min(max(size.X, 1), MaxSide), min(max(size.Y, 1), MaxSide))
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

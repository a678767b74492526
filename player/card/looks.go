package card

import (
	"image"
	"image/color"
)

// Idle is the venue's own frame while nobody waits.
type Idle struct {
	// Name is the venue's.
	Name string
	// Line is one sentence under it, or "".
	Line string
	// Clock is the local time as it is to be read ("14:05"), or "".
	Clock string
	// Notices are sentences for whoever looks after the screen: set-up, faults.
	// They are small, at the bottom; those that do not fit are left out.
	Notices []string
}

// night is the palette of our own frames.
var night = palette{
	ground: oklch{0.165, 0.018, rad(300)}.rgba(),
	title:  oklch{0.94, 0.015, rad(82)}.rgba(),
	text:   oklch{0.74, 0.018, rad(82)}.rgba(),
	accent: darkPalette(inks[0][0], inks[0][1]).accent,
}

// Draw draws the idle frame: the name in the middle of a dark, faintly lit
// ground, the clock small in a corner. A size outside 1 to [MaxSide] is brought
// inside, here and in every look.
func (i Idle) Draw(size image.Point) *image.RGBA {
	l := newLook(size)
	defer l.done()
	l.light()
	bottom := l.notices(i.Notices)
	name, line := l.set(serif, i.Name), l.set(sans, i.Line)
	l.stack(bottom,
		l.item(name, scale{max: 0.135 * l.unit, min: 0.045 * l.unit, leading: 1.12, lines: 3}, night.title),
		l.item(line, scale{max: 0.036 * l.unit, min: 0.024 * l.unit, leading: 1.4, lines: 3}, night.text))
	if i.Clock != "" {
		s := 0.062 * l.unit
		b := fit(l.set(figures, i.Clock), l.safe.Dx()/3, int(2*s), scale{max: s, min: s, leading: 1, lines: 1})
		b.ink, b.at = night.text, image.Pt(l.safe.Max.X-b.width(), l.safe.Min.Y)
		l.paint(b)
	}
	return l.dst
}

// DrawClock draws the idle frame of a venue that asked for the clock: the time
// large, the name small under it.
func (i Idle) DrawClock(size image.Point) *image.RGBA {
	l := newLook(size)
	defer l.done()
	l.light()
	bottom := l.notices(i.Notices)
	l.stack(bottom,
		l.item(l.set(figures, i.Clock), scale{max: 0.36 * l.unit, min: 0.08 * l.unit, leading: 1, lines: 1}, night.title),
		l.item(l.set(serif, i.Name), scale{max: 0.055 * l.unit, min: 0.03 * l.unit, leading: 1.2, lines: 2}, night.text))
	return l.dst
}

// Neutral draws the still frame shown during service: nearly black, the venue's
// name small and dim. Nothing in it asks to be looked at.
func Neutral(name, line string, size image.Point) *image.RGBA {
	l := newLook(size)
	defer l.done()
	fill(l.dst, l.dst.Rect, oklch{0.115, 0.010, rad(300)}.rgba())
	l.stack(l.safe.Max.Y,
		l.item(l.set(serif, name), scale{max: 0.06 * l.unit, min: 0.034 * l.unit, leading: 1.2, lines: 2}, oklch{0.58, 0.02, rad(82)}.rgba()),
		l.item(l.set(sans, line), scale{max: 0.026 * l.unit, min: 0.022 * l.unit, leading: 1.4, lines: 2}, oklch{0.50, 0.015, rad(82)}.rgba()))
	return l.dst
}

// Logo draws the venue's logo in the middle: on a dark ground, or on paper when
// the logo itself is dark; an opaque logo on the colour of its own corner. A nil
// or empty picture gives the ground alone.
func Logo(logo image.Image, size image.Point) *image.RGBA {
	size = sane(size)
	dst := image.NewRGBA(image.Rectangle{Max: size})
	if logo == nil || logo.Bounds().Empty() {
		fill(dst, dst.Rect, night.ground)
		return dst
	}
	fill(dst, dst.Rect, logoGround(logo))
	w, h := size.X*46/100, size.Y*46/100
	at := image.Pt((size.X-w)/2, (size.Y-h)/2)
	contain(dst, image.Rectangle{at, at.Add(image.Pt(max(w, 1), max(h, 1)))}, logo)
	return dst
}

func logoGround(logo image.Image) color.RGBA {
	r := logo.Bounds()
	if c := logo.At(r.Min.X, r.Min.Y); opaque(c) && opaque(logo.At(r.Max.X-1, r.Max.Y-1)) {
		return color.RGBAModel.Convert(c).(color.RGBA)
	}
	const grid = 48
	var light, weight float64
	for y := range grid {
		for x := range grid {
			c := logo.At(r.Min.X+(2*x+1)*r.Dx()/(2*grid), r.Min.Y+(2*y+1)*r.Dy()/(2*grid))
			if _, _, _, a := c.RGBA(); a > 0 {
				light += luminance(c) // premultiplied: already weighted by alpha
				weight += float64(a) / 0xffff
			}
		}
	}
	if weight > 0 && light/weight < 0.18 {
		return oklch{0.955, 0.012, rad(82)}.rgba()
	}
	return night.ground
}

func opaque(c color.Color) bool {
	_, _, _, a := c.RGBA()
	return a == 0xffff
}

// Notice is a plain frame of a few sentences, such as a fault in the config with
// its line, or how far a stick is read; readable at 3 m.
type Notice struct {
	Title string
	// Lines that do not fit shrink, then end in "…".
	Lines []string
	// Progress draws a bar filled so far, 0 to 1; negative draws none.
	Progress float64
}

// Draw draws the notice.
func (n Notice) Draw(size image.Point) *image.RGBA {
	l := newLook(size)
	defer l.done()
	fill(l.dst, l.dst.Rect, night.ground)
	amber := oklch{0.79, 0.14, rad(75)}.rgba()
	bar := max(int(0.009*l.unit), 1)
	column := l.safe
	column.Min.X += 4 * bar
	between, thick := int(0.045*l.unit), 0
	if n.Progress >= 0 {
		thick = 3 * bar
		column.Max.Y -= between + thick
	}
	head := fit(l.set(serif, n.Title), column.Dx(), column.Dy()/3, scale{max: 0.075 * l.unit, min: 0.045 * l.unit, leading: 1.15, lines: 3})
	body := fit(l.set(sans, joinLines(n.Lines)), column.Dx(), column.Dy()-head.height()-between,
		scale{max: 0.042 * l.unit, min: 0.030 * l.unit, leading: 1.45})
	total := head.height() + between + body.height()
	y := column.Min.Y + (column.Dy()-total)*46/100
	head.ink, head.at = night.title, image.Pt(column.Min.X, y)
	body.ink, body.at = oklch{0.86, 0.015, rad(82)}.rgba(), image.Pt(column.Min.X, y+head.height()+between)
	if n.Progress >= 0 {
		track := image.Rect(column.Min.X, y+total+between, column.Max.X, y+total+between+thick)
		fill(l.dst, track, oklch{0.30, 0.02, rad(300)}.rgba())
		track.Max.X = track.Min.X + int(min(n.Progress, 1)*float64(track.Dx()))
		fill(l.dst, track, amber)
		total += between + thick
	}
	fill(l.dst, image.Rect(l.safe.Min.X, y, l.safe.Min.X+bar, y+total).Intersect(l.safe), amber)
	l.paint(head)
	l.paint(body)
	return l.dst
}

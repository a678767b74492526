package card

import (
	"image"
	"image/color"
)

// base is the measure everything is in proportion to, in pixels: 1080 on a
// 1080p glass lying or standing, less on glasses that are smaller or far from
// 16:9.
func base(glass image.Point) float32 {
	short := float32(min(glass.X, glass.Y))
	return min(0.75*sqrt(float32(glass.X)*float32(glass.Y)), 1.25*short)
}

// MarkMargin is the safe margin of a glass in pixels: nothing that is read is
// closer to an edge, and the renderer keeps the mark this far from its corner.
func MarkMargin(glass image.Point) int { return int(0.06 * base(glass)) }

// MarkPlace is where a mark of the given size goes on the glass: the top right
// corner, inside the margin. Cards keep that corner free.
func MarkPlace(glass, mark image.Point) image.Rectangle {
	m := MarkMargin(glass)
	at := image.Pt(glass.X-m-mark.X, m)
	return image.Rectangle{at, at.Add(mark)}
}

// markType is the type size of marks, and markHeight the height of their label.
func markType(glass image.Point) float32 { return max(0.0225*base(glass), 9) }
func markHeight(glass image.Point) int   { return int(2*markType(glass) + 0.5) }

// Mark draws the notice a paid creative carries ("Publicité · Studio Lens") as a
// small label with its own translucent ground, legible over white and over
// black. The pixels are premultiplied. Text longer than half the glass ends in
// "…". It is nil when there is nothing to draw.
func Mark(text string, glass image.Point) *image.RGBA {
	p := pens.Get().(*pen)
	defer pens.Put(p)
	glass = sane(glass)
	size, h := markType(glass), markHeight(glass)
	pad := int(0.85 * size)
	b := fit(p.set(sans, text), glass.X/2-2*pad, h, scale{max: size, min: size, leading: 1.2, lines: 1})
	if b.height() == 0 {
		return nil
	}
	b.ink = color.RGBA{245, 245, 245, 245}
	label := image.NewRGBA(image.Rect(0, 0, b.width()+2*pad, h))
	p.quill(label, label.Rect, color.RGBA{0, 0, 0, 158}).pill(label.Rect, float32(h)/2)
	m := metrics[sans]
	b.at = image.Pt(pad, int(float32(h)/2-(m.ascent-m.capital/2)*size+0.5))
	b.paint(p, label, label.Rect)
	return label
}

package card

import (
	"fmt"
	"image"
	"image/color"

	"rsc.io/qr"
)

// quiet is the width of the empty border a QR reader needs, in modules
// (ISO/IEC 18004).
const quiet = 4

// A code is a QR code in whole pixels a module, quiet zone included.
type code struct {
	modules *qr.Code
	px      int // pixels a module
	at      image.Point
}

// leastModule is the fewest pixels a module is worth drawing with.
const leastModule = 2

// encode finds the code for text in a square of about side pixels, at most most:
// error correction M, or L where that gives larger modules than the least that
// reads well. It returns nil without error when the glass is too small.
func encode(text string, side, most int) (*code, error) {
	if text == "" {
		return nil, nil
	}
	var best *code
	for _, level := range []qr.Level{qr.M, qr.L} {
		modules, err := qr.Encode(text, level)
		if err != nil {
			continue
		}
		c := &code{modules: modules}
		n := modules.Size + 2*quiet
		c.px = max(side/n, min(3, most/n))
		if best == nil || best.px < 4 && c.px > best.px {
			best = c
		}
	}
	if best == nil {
		return nil, fmt.Errorf("the QR text is %d bytes long, more than a code holds\nhint: use a short address, 60 characters or fewer", len(text))
	}
	if best.px < leastModule {
		return nil, nil
	}
	return best, nil
}

func (c *code) side() int {
	if c == nil {
		return 0
	}
	return c.px * (c.modules.Size + 2*quiet)
}

func (c *code) box() image.Rectangle {
	return image.Rectangle{c.at, c.at.Add(image.Pt(c.side(), c.side()))}
}

// paint draws the code on its white card. The corners are rounded within the
// quiet zone, where no module is.
func (c *code) paint(p *pen, dst *image.RGBA) {
	if c == nil {
		return
	}
	p.quill(dst, dst.Rect, color.RGBA{255, 255, 255, 255}).pill(c.box(), float32(2*c.px))
	dark := color.RGBA{0x14, 0x12, 0x18, 255}
	origin := c.at.Add(image.Pt(quiet*c.px, quiet*c.px))
	for y := range c.modules.Size {
		for x := range c.modules.Size {
			if c.modules.Black(x, y) {
				at := origin.Add(image.Pt(x*c.px, y*c.px))
				fill(dst, image.Rectangle{at, at.Add(image.Pt(c.px, c.px))}, dark)
			}
		}
	}
}

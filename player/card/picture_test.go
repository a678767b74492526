package card

import (
	"image"
	"image/color"
	"math"
)

// scene is a picture made of arithmetic, so that goldens need no media: a sun
// over hills, dark or bright.
func scene(w, h int, bright bool) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	sky, hill := color.NRGBA{40, 50, 110, 255}, color.NRGBA{200, 80, 90, 255}
	if bright {
		sky, hill = color.NRGBA{200, 235, 250, 255}, color.NRGBA{130, 190, 110, 255}
	}
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			c := sky
			if math.Hypot(u-0.5, (v-0.4)*float64(h)/float64(w)) < 0.12 {
				c = color.NRGBA{255, 220, 140, 255}
			}
			if v > 0.7+0.1*math.Sin(u*9) {
				c = hill
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func flat(c color.Color) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 32, 18))
	for i := range 32 * 18 {
		m.Set(i%32, i/32, c)
	}
	return m
}

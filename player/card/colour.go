package card

import (
	"hash/fnv"
	"image"
	"image/color"
	"math"
)

// An oklch is a colour by lightness (0 to 1), chroma (0 is grey, 0.3 is as vivid
// as screens get) and hue in radians: the polar form of Björn Ottosson's Oklab
// (bottosson.github.io/posts/oklab), where equal numbers look equally strong.
type oklch struct{ l, c, h float64 }

func toOklch(c color.Color) oklch {
	r16, g16, b16, _ := c.RGBA()
	r, g, b := linear(float64(r16)/0xffff), linear(float64(g16)/0xffff), linear(float64(b16)/0xffff)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	aa := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	bb := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return oklch{0.2104542553*l + 0.7936177850*m - 0.0040720468*s, math.Hypot(aa, bb), math.Atan2(bb, aa)}
}

// rgba returns the nearest colour a screen can show, giving up chroma first.
func (o oklch) rgba() color.RGBA {
	for c := o.c; ; c -= 0.005 {
		r, g, b := oklch{o.l, max(c, 0), o.h}.linearRGB()
		if c <= 0 || inGamut(r) && inGamut(g) && inGamut(b) {
			return color.RGBA{encoded(r), encoded(g), encoded(b), 255}
		}
	}
}

func (o oklch) linearRGB() (r, g, b float64) {
	sin, cos := math.Sincos(o.h)
	aa, bb := o.c*cos, o.c*sin
	l := o.l + 0.3963377774*aa + 0.2158037573*bb
	m := o.l - 0.1055613458*aa - 0.0638541728*bb
	s := o.l - 0.0894841775*aa - 1.2914855480*bb
	l, m, s = l*l*l, m*m*m, s*s*s
	return 4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s
}

func inGamut(x float64) bool { return x >= -0.0005 && x <= 1.0005 }

// linear and encoded are the sRGB transfer curve, IEC 61966-2-1.
func linear(x float64) float64 {
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func encoded(x float64) uint8 {
	x = min(max(x, 0), 1)
	if x <= 0.0031308 {
		x *= 12.92
	} else {
		x = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return uint8(x*255 + 0.5)
}

// contrast is the WCAG 2 contrast ratio, 1 to 21.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a)+0.05, luminance(b)+0.05
	return max(la, lb) / min(la, lb)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(float64(r)/0xffff) + 0.7152*linear(float64(g)/0xffff) + 0.0722*linear(float64(b)/0xffff)
}

// A palette is the colours of one frame: what lies under the text, the title,
// the text, and the one colour that speaks up.
type palette struct{ ground, title, text, accent color.RGBA }

// inks are the grounds and accents of cards without a picture; the first is also
// our own frames': night violet and brass.
var inks = [...][2]oklch{
	{{c: 0.036, h: rad(300)}, {c: 0.105, h: rad(82)}},
	{{c: 0.036, h: rad(195)}, {c: 0.110, h: rad(60)}},
	{{c: 0.036, h: rad(15)}, {c: 0.080, h: rad(50)}},
	{{c: 0.036, h: rad(262)}, {c: 0.090, h: rad(200)}},
	{{c: 0.034, h: rad(150)}, {c: 0.110, h: rad(100)}},
}

// inkFor picks the colours of a card without a picture by its words, so that a
// run of such cards is not all of one colour and each keeps its own.
func inkFor(words string) (ground, accent oklch) {
	h := fnv.New32a()
	h.Write([]byte(words))
	i := inks[h.Sum32()%uint32(len(inks))]
	return i[0], i[1]
}

func darkPalette(ground, accent oklch) palette {
	return palette{
		ground: oklch{0.225, min(ground.c, 0.036), ground.h}.rgba(),
		title:  oklch{0.97, 0.012, accent.h}.rgba(),
		text:   oklch{0.87, 0.018, accent.h}.rgba(),
		accent: oklch{0.80, min(max(accent.c, 0.06), 0.15), accent.h}.rgba(),
	}
}

func lightPalette(ground, accent oklch) palette {
	return palette{
		ground: oklch{0.958, min(ground.c, 0.022), ground.h}.rgba(),
		title:  oklch{0.25, min(accent.c, 0.05), accent.h}.rgba(),
		text:   oklch{0.38, min(accent.c, 0.04), accent.h}.rgba(),
		accent: oklch{0.56, min(max(accent.c, 0.08), 0.17), accent.h}.rgba(),
	}
}

func rad(degrees float64) float64 { return degrees * math.Pi / 180 }

// paletteOf takes the hues of the picture: the ground from what there is most
// of, the accent from what is most vivid and set apart from it. A bright
// picture gets a light ground, so that the panel and the picture are one piece.
// The card's accent replaces the accent's hue.
func paletteOf(c Card) palette {
	ground, vivid := inkFor(c.Title + c.Text)
	bright := false
	if c.Picture != nil {
		ground, vivid, bright = hues(c.Picture)
	}
	if c.Accent != nil {
		vivid = toOklch(c.Accent)
	}
	if bright {
		return lightPalette(ground, vivid)
	}
	return darkPalette(ground, vivid)
}

const hueBins = 18

// hues samples the picture on a coarse grid.
func hues(picture image.Image) (ground, vivid oklch, bright bool) {
	type bin struct{ n, chroma, sin, cos, light float64 }
	var bins [hueBins]bin
	var light, n float64
	r := picture.Bounds()
	const grid = 40
	for y := range grid {
		for x := range grid {
			c := picture.At(r.Min.X+(2*x+1)*r.Dx()/(2*grid), r.Min.Y+(2*y+1)*r.Dy()/(2*grid))
			o := toOklch(c)
			light, n = light+o.l, n+1
			b := &bins[int((o.h/(2*math.Pi)+1)*hueBins)%hueBins]
			sin, cos := math.Sincos(o.h)
			b.n, b.chroma, b.light = b.n+1, b.chroma+o.c, b.light+o.l
			b.sin, b.cos = b.sin+sin*o.c, b.cos+cos*o.c
		}
	}
	most, best := -1.0, -1.0
	for i := range bins {
		b := &bins[i]
		if b.n == 0 {
			continue
		}
		o := oklch{b.light / b.n, b.chroma / b.n, math.Atan2(b.sin, b.cos)}
		if b.chroma > most {
			most, ground = b.chroma, o
		}
		if s := o.c * o.c * math.Sqrt(b.n); s > best {
			best, vivid = s, o
		}
	}
	return ground, vivid, light/n > 0.68
}

package media

import "image"

// A Matrix is how a clip's luma and chroma were made of red, green and blue.
type Matrix uint8

// The matrices. The zero value is that of high definition.
const (
	// BT709 is high definition (ITU-R BT.709-6, 3.2).
	BT709 Matrix = iota
	// BT601 is standard definition (ITU-R BT.601-7, 2.5.1).
	BT601
	// BT2020 is ultra high definition, non-constant luminance (ITU-R BT.2020-2, table 4).
	BT2020
)

// String returns "BT.709", "BT.601" or "BT.2020".
func (m Matrix) String() string {
	switch m {
	case BT601:
		return "BT.601"
	case BT2020:
		return "BT.2020"
	}
	return "BT.709"
}

// weights are the shares of red and blue in luma.
func (m Matrix) weights() (red, blue float64) {
	switch m {
	case BT601:
		return 0.299, 0.114
	case BT2020:
		return 0.2627, 0.0593
	}
	return 0.2126, 0.0722
}

// Coefficients returns what turns a sample into RGB, all values from 0 to 1 (a
// byte over 255):
//
//	rgb = m × ((y, u, v) − offset), clamped to 0 … 1
//
// m is in row order: m[0:3] makes red, m[3:6] green, m[6:9] blue, each of luma,
// Cb and Cr in this order. The package comment derives them.
func Coefficients(matrix Matrix, fullRange bool) (offset [3]float32, m [9]float32) {
	luma, chroma := 255.0/219, 255.0/224
	offset = [3]float32{16.0 / 255, 128.0 / 255, 128.0 / 255}
	if fullRange {
		luma, chroma, offset[0] = 1, 1, 0
	}
	kr, kb := matrix.weights()
	kg := 1 - kr - kb
	y := float32(luma)
	m = [9]float32{
		y, 0, float32(2 * (1 - kr) * chroma),
		y, float32(-2 * kb * (1 - kb) / kg * chroma), float32(-2 * kr * (1 - kr) / kg * chroma),
		y, float32(2 * (1 - kb) * chroma), 0,
	}
	return offset, m
}

// rgba converts the visible part of a frame, for the backdrop and for tests. Each
// chroma sample serves four pixels.
func (p *Planes) rgba(coded, visible image.Point, matrix Matrix, fullRange bool) *image.RGBA {
	offset, m := Coefficients(matrix, fullRange)
	out := image.NewRGBA(image.Rectangle{Max: visible})
	uvs := p.Pix[coded.X*coded.Y:]
	for y := range visible.Y {
		to := out.Pix[y*out.Stride:]
		luma, chroma := p.Pix[y*coded.X:], uvs[y/2*coded.X:]
		for x := range visible.X {
			l := float32(luma[x])/255 - offset[0]
			u := float32(chroma[x&^1])/255 - offset[1]
			v := float32(chroma[x|1])/255 - offset[2]
			to[4*x] = clamped(255 * (m[0]*l + m[1]*u + m[2]*v))
			to[4*x+1] = clamped(255 * (m[3]*l + m[4]*u + m[5]*v))
			to[4*x+2] = clamped(255 * (m[6]*l + m[7]*u + m[8]*v))
			to[4*x+3] = 0xff
		}
	}
	return out
}

package media

import (
	"image"
	"io"

	"golang.org/x/image/webp"
)

// webpStill decodes a WebP. Lossy ones are VP8 frames, whose luma runs from 16 to
// 235 and chroma from 16 to 240 (RFC 6386, 9.2); Go's YCbCr is JFIF's full range,
// so the samples are stretched to that.
func webpStill(r io.Reader) (image.Image, error) {
	img, err := webp.Decode(r)
	if err != nil {
		return nil, err
	}
	switch p := img.(type) {
	case *image.YCbCr:
		stretch(p)
	case *image.NYCbCrA:
		stretch(&p.YCbCr)
	}
	return img, nil
}

var fullLuma, fullChroma = func() (luma, chroma [256]byte) {
	for i := range 256 {
		luma[i] = clamped((float32(i) - 16) * 255 / 219)
		chroma[i] = clamped((float32(i)-128)*255/224 + 128)
	}
	return luma, chroma
}()

func stretch(p *image.YCbCr) {
	for i, y := range p.Y {
		p.Y[i] = fullLuma[y]
	}
	for _, plane := range [][]byte{p.Cb, p.Cr} {
		for i, c := range plane {
			plane[i] = fullChroma[c]
		}
	}
}

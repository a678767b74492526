package media

import "image"

// backdropSide is the longer side of a backdrop, in pixels: it is stretched over
// the whole glass, so it needs no more.
const backdropSide = 48

// backdrop returns a small blurred copy of the picture with the proportions of
// the glass, or nil when the picture leaves no bar.
func backdrop(img *image.RGBA, proportions, glass image.Point) *image.RGBA {
	if !barred(proportions, glass) {
		return nil
	}
	small := image.Pt(backdropSide, max(1, backdropSide*glass.Y/glass.X))
	if glass.Y > glass.X {
		small = image.Pt(max(1, backdropSide*glass.X/glass.Y), backdropSide)
	}
	part, _ := Cover.window(img.Rect.Size(), glass)
	b := shrink(img, part, image.Pt(min(small.X, part.Dx()), min(small.Y, part.Dy())))
	// Three box blurs come close to a Gaussian.
	for range 3 {
		blurLines(b.Pix, b.Rect.Dy(), b.Stride, b.Rect.Dx(), 4)
		blurLines(b.Pix, b.Rect.Dx(), 4, b.Rect.Dy(), b.Stride)
	}
	return b
}

// blurLines averages each sample with its two neighbours on either side; step
// leads from sample to sample of a line, and gap from line to line.
func blurLines(pix []byte, lines, gap, length, step int) {
	const reach = 2
	line := make([]int, length)
	for l := range lines {
		for channel := range 3 {
			at := l*gap + channel
			for i := range line {
				line[i] = int(pix[at+i*step])
			}
			for i := range line {
				sum := 0
				for j := i - reach; j <= i+reach; j++ {
					sum += line[max(0, min(length-1, j))]
				}
				pix[at+i*step] = byte((sum + reach) / (2*reach + 1))
			}
		}
	}
}

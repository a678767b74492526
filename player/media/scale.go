package media

import (
	"image"
	"image/draw"
	"math"
)

// shrink returns the part of src at the given size, which must not be larger
// than the part, flattened on black.
func shrink(src image.Image, part image.Rectangle, size image.Point) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: size})
	newScaler(part.Intersect(src.Bounds()), size).draw(out, src)
	return out
}

// A scaler brings a part of pictures to a smaller size. The filter is
// Catmull-Rom, widened by the ratio (Keys, "Cubic convolution interpolation",
// 1981, a = -1/2), on gamma encoded values. It holds a few rows at a time: the
// scaler of x/image/draw would hold 32 bytes for every source row and destination
// column, 300 MB for a large photograph.
type scaler struct {
	part         image.Rectangle
	across, down taps
	// rows are the source rows in reach, already scaled across, by number.
	rows [][]float32
	// strip is one source row as it is, sum one destination row.
	strip *image.RGBA
	sum   []float32
}

func newScaler(part image.Rectangle, size image.Point) *scaler {
	s := &scaler{part: part}
	if part.Size() == size {
		return s
	}
	s.across, s.down = newTaps(part.Dx(), size.X), newTaps(part.Dy(), size.Y)
	s.rows = make([][]float32, s.down.most)
	for i := range s.rows {
		s.rows[i] = make([]float32, 3*size.X)
	}
	s.strip, s.sum = image.NewRGBA(image.Rect(0, 0, part.Dx(), 1)), make([]float32, 3*size.X)
	return s
}

// draw fills out, which has the scaler's size.
func (s *scaler) draw(out *image.RGBA, src image.Image) {
	if s.rows == nil {
		flatten(out, src, s.part.Min)
		return
	}
	next := 0
	for y := range out.Rect.Dy() {
		first, weights := s.down.at(y)
		for ; next < first+len(weights); next++ {
			flatten(s.strip, src, s.part.Min.Add(image.Pt(0, next)))
			s.across.row(s.rows[next%len(s.rows)], s.strip.Pix)
		}
		clear(s.sum)
		for i, weight := range weights {
			for x, v := range s.rows[(first+i)%len(s.rows)] {
				s.sum[x] += weight * v
			}
		}
		store(out.Pix[y*out.Stride:], s.sum)
	}
}

// flatten draws what begins at a point of src on black.
func flatten(out *image.RGBA, src image.Image, at image.Point) {
	draw.Draw(out, out.Rect, image.Black, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, src, at, draw.Over)
}

// row scales a row of RGBA pixels into RGB values.
func (t *taps) row(to []float32, pix []byte) {
	for x := range len(to) / 3 {
		first, weights := t.at(x)
		var r, g, b float32
		p := pix[4*first:]
		for _, weight := range weights {
			r += weight * float32(p[0])
			g += weight * float32(p[1])
			b += weight * float32(p[2])
			p = p[4:]
		}
		to[3*x], to[3*x+1], to[3*x+2] = r, g, b
	}
}

func store(to []byte, rgb []float32) {
	for i, j := 0, 0; i < len(rgb); i, j = i+3, j+4 {
		to[j], to[j+1], to[j+2], to[j+3] = clamped(rgb[i]), clamped(rgb[i+1]), clamped(rgb[i+2]), 0xff
	}
}

func clamped(v float32) byte { return byte(max(0, min(255, v+0.5))) }

// taps are the weights of one direction of a scaling.
type taps struct {
	first   []int
	weights []float32
	begin   []int
	// most is the longest run of weights.
	most int
}

// at returns the first source sample of a destination sample, and its weights.
func (t *taps) at(i int) (int, []float32) {
	return t.first[i], t.weights[t.begin[i]:t.begin[i+1]]
}

func newTaps(from, to int) taps {
	scale := float64(from) / float64(to)
	reach := 2 * scale
	t := taps{first: make([]int, to), begin: make([]int, to+1)}
	for i := range to {
		centre := (float64(i)+0.5)*scale - 0.5
		lo := max(0, int(math.Ceil(centre-reach)))
		hi := min(from-1, int(math.Floor(centre+reach)))
		var sum float32
		for j := lo; j <= hi; j++ {
			w := float32(cubic((float64(j) - centre) / scale))
			t.weights = append(t.weights, w)
			sum += w
		}
		for j := t.begin[i]; j < len(t.weights); j++ {
			t.weights[j] /= sum
		}
		t.first[i], t.begin[i+1] = lo, len(t.weights)
		t.most = max(t.most, hi-lo+1)
	}
	return t
}

func cubic(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1:
		return (1.5*x-2.5)*x*x + 1
	case x < 2:
		return ((-0.5*x+2.5)*x-4)*x + 2
	}
	return 0
}

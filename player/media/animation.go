package media

import (
	"context"
	"image"
	"image/draw"
	"image/gif"
	"math"
	"sort"
	"time"
)

// Forever is what NextChange and NextDue return when nothing changes any more.
const Forever time.Duration = math.MaxInt64

// An Animation is a GIF. Its frames are kept as the file has them, one byte a
// pixel, and put together when they are due: a quarter of the memory finished
// frames would take. Its methods are for one goroutine, Close for any.
type Animation struct {
	// Backdrop is as for a [Picture], of the first frame.
	Backdrop *image.RGBA

	frames *composer
	// ends has, for each frame, when it ends within a loop.
	ends []time.Duration
	// loops is how often it runs; 0 is for ever.
	loops int
	// scale brings the canvas to shown; nil when the canvas itself is shown.
	scale *scaler
	shown *image.RGBA
	index int
}

func openAnimation(ctx context.Context, s *source, o Options) (Content, error) {
	g, err := decoded(ctx, s.path, gif.DecodeAll)
	if err != nil {
		return nil, err
	}
	a := &Animation{frames: newComposer(g), index: -1}
	for _, d := range g.Delay {
		a.ends = append(a.ends, a.loop()+gifDelay(d))
	}
	// The file counts repetitions; -1 is none, 0 is without end (image/gif).
	switch {
	case g.LoopCount > 0:
		a.loops = g.LoopCount + 1
	case g.LoopCount < 0:
		a.loops = 1
	}
	a.shown = a.frames.canvas
	if part, enough := o.Fit.window(s.upright(), o.Glass); part.Size() != s.stored || enough != s.stored {
		a.scale, a.shown = newScaler(part, enough), image.NewRGBA(image.Rectangle{Max: enough})
	}
	_, first := a.FrameAt(0)
	if o.Fit == Blur {
		a.Backdrop = backdrop(first, s.upright(), o.Glass)
	}
	return a, nil
}

// Length is 0: an animation runs for as long as it is shown.
func (a *Animation) Length() time.Duration { return 0 }

// loop is how long one loop takes.
func (a *Animation) loop() time.Duration {
	if len(a.ends) == 0 {
		return 0
	}
	return a.ends[len(a.ends)-1]
}

// Close does nothing and returns nil: the animation is freed with its last use.
func (a *Animation) Close() error { return nil }

// Frames returns how many frames a loop has.
func (a *Animation) Frames() int { return len(a.ends) }

// composeAtOnce bounds the work of one FrameAt, in pixels of canvas: one frame of
// 1080p. Whoever draws must not be kept from something more urgent.
const composeAtOnce = 1920 * 1080

// FrameAt returns the frame due at elapsed since the first one was shown, and its
// index within the loop. Of a large animation that is behind its time it returns
// an earlier frame, and NextChange then returns 0. After the last loop of a GIF that counts them, the last
// frame stays. The picture is opaque, begins at the origin, has no gap between its
// rows, and is valid until the next call.
func (a *Animation) FrameAt(elapsed time.Duration) (index int, img *image.RGBA) {
	index, _ = a.due(elapsed)
	if index == a.index {
		return index, a.shown
	}
	if index < a.index {
		a.frames.rewind()
	}
	size := a.frames.canvas.Rect.Size()
	for left := max(1, composeAtOnce/(size.X*size.Y)); left > 0 && a.frames.next <= index; left-- {
		a.frames.advance()
	}
	index = a.frames.next - 1
	a.index = index
	if a.scale != nil {
		a.scale.draw(a.shown, a.frames.canvas)
	}
	return index, a.shown
}

// NextChange returns how long after elapsed the frame changes, [Forever] when it
// does not.
func (a *Animation) NextChange(elapsed time.Duration) time.Duration {
	index, left := a.due(elapsed)
	if index != a.index {
		return 0
	}
	return left
}

// due returns the frame due at elapsed and how long it stays.
func (a *Animation) due(elapsed time.Duration) (int, time.Duration) {
	elapsed = max(0, elapsed)
	loop, last := int64(elapsed/a.loop()), len(a.ends)-1
	if a.loops > 0 && loop >= int64(a.loops) {
		return last, Forever
	}
	at := elapsed % a.loop()
	i := sort.Search(last, func(i int) bool { return a.ends[i] > at })
	if i == last && a.loops > 0 && loop == int64(a.loops)-1 {
		return i, Forever
	}
	return i, a.ends[i] - at
}

// A composer puts the frames of a GIF on one canvas, one after the other.
type composer struct {
	gif    *gif.GIF
	canvas *image.RGBA
	// next is the frame that advance draws.
	next int
	// covered is what the frame before next hid, when it asks for it back.
	covered *image.RGBA
}

func newComposer(g *gif.GIF) *composer {
	c := &composer{gif: g, canvas: image.NewRGBA(image.Rect(0, 0, g.Config.Width, g.Config.Height))}
	c.rewind()
	return c
}

// rewind makes the canvas black, which is what transparency comes to here.
func (c *composer) rewind() {
	c.next, c.covered = 0, nil
	draw.Draw(c.canvas, c.canvas.Rect, image.Black, image.Point{}, draw.Src)
}

// advance disposes of the frame on the canvas as it asks to be (GIF89a, 23), and
// draws the next one.
func (c *composer) advance() {
	if c.next > 0 {
		old := c.gif.Image[c.next-1]
		switch c.gif.Disposal[c.next-1] {
		case gif.DisposalBackground:
			// Every browser clears to transparent, whatever the file's background is.
			draw.Draw(c.canvas, old.Rect, image.Black, image.Point{}, draw.Src)
		case gif.DisposalPrevious:
			if c.covered != nil {
				draw.Draw(c.canvas, old.Rect, c.covered, old.Rect.Min, draw.Src)
			}
		}
	}
	frame := c.gif.Image[c.next]
	c.covered = nil
	if c.gif.Disposal[c.next] == gif.DisposalPrevious {
		c.covered = image.NewRGBA(frame.Rect)
		draw.Draw(c.covered, frame.Rect, c.canvas, frame.Rect.Min, draw.Src)
	}
	draw.Draw(c.canvas, frame.Rect, frame, frame.Rect.Min, draw.Over)
	c.next++
}

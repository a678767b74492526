package media

import (
	"context"
	"errors"
	"image"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Planes is one decoded frame in NV12: the luma plane, Coded.Y rows of Coded.X
// bytes, then Coded.Y/2 rows of as many bytes in which U and V take turns, each
// pair for two pixels by two. The same bytes are an RGBA texture of Coded.X/4 ×
// 3·Coded.Y/2 texels, in which the four luma samples of a texel find their two
// pairs of chroma in one texel of the same column.
type Planes struct {
	// Pix is not written to until the next call of Frame.
	Pix []byte
	// Seq counts the frames of the clip from 1, dropped ones included.
	Seq int64
}

// A Video is a clip being decoded by ffmpeg in a process of its own. Frame and
// NextDue are for one goroutine; everything else for any.
type Video struct {
	// Coded is the size of a frame as delivered, a multiple of 8 × 4. Beyond
	// Visible, its last column and row repeat.
	Coded image.Point
	// Visible is the part of a frame that shows, from the top left corner.
	Visible image.Point
	// Display is the proportions of the visible part on the glass, in square
	// pixels. It differs from Visible where samples are not square.
	Display   image.Point
	Matrix    Matrix
	FullRange bool
	// Rate is frames per second, 1 to 60.
	Rate float64
	// Backdrop is as for a [Picture], of the first frame.
	Backdrop *image.RGBA

	rate   rate
	length time.Duration
	sound  *track
	cancel context.CancelCauseFunc
	closed atomic.Bool

	// free holds empty buffers and ready decoded ones; ready is closed after the
	// last. next was taken from ready and is not due yet.
	free, ready   chan *Planes
	next, current *Planes
	over, handed  bool

	mu  sync.Mutex
	err error

	shown, dropped atomic.Int64
}

var errClosed = errors.New("closed")

// openVideo starts the decoder and waits for the first frame.
func openVideo(ctx context.Context, t tools, s *source, o Options) (Content, error) {
	v := newVideo(s, o)
	ctx, v.cancel = context.WithCancelCause(ctx)
	if err := v.start(ctx, t, s.path, v.args(s, o), o.Sound && soundPipes && s.clip.sound >= 0); err != nil {
		v.cancel(err)
		return nil, err
	}
	// The decoder's own watchdog bounds this.
	first, ok := <-v.ready
	if !ok {
		err := v.Err()
		v.cancel(errClosed)
		if err == nil {
			err = refuse(clipHint(baseName(s.path)), "holds no frame that can be decoded")
		}
		return nil, err
	}
	v.next = first
	if o.Fit == Blur && barred(v.Display, o.Glass) {
		img := first.rgba(v.Coded, v.Visible, v.Matrix, v.FullRange)
		v.Backdrop = backdrop(v.squared(img), v.Display, o.Glass)
	}
	return v, nil
}

// squared brings a picture of samples that are not square to few that are.
func (v *Video) squared(img *image.RGBA) *image.RGBA {
	if v.Visible == v.Display {
		return img
	}
	size := image.Pt(min(v.Visible.X, v.Display.X), min(v.Visible.Y, v.Display.Y))
	size = image.Pt(min(size.X, max(1, size.Y*v.Display.X/v.Display.Y)), min(size.Y, max(1, size.X*v.Display.Y/v.Display.X)))
	return shrink(img, img.Rect, size)
}

// newVideo works out the sizes and makes the ring of buffers: as many as an
// eighth of a second needs, at least three and at most 32 MB, and the one on show.
func newVideo(s *source, o Options) *Video {
	v := &Video{Matrix: s.clip.matrix, FullRange: s.clip.full, rate: s.clip.rate, length: s.Length}
	v.Rate = v.rate.float()
	v.Visible, v.Display = s.clip.sizes(o.Fit, o.Glass)
	v.Coded = image.Pt((v.Visible.X+7)&^7, (v.Visible.Y+3)&^3)
	frame := v.Coded.X * v.Coded.Y * 3 / 2
	ahead := max(3, min(int(v.Rate/8+0.5), 32<<20/frame))
	v.free, v.ready = make(chan *Planes, ahead+1), make(chan *Planes, ahead+1)
	for range ahead + 1 {
		v.free <- &Planes{Pix: make([]byte, frame)}
	}
	return v
}

// start runs the decoder and the goroutines that take what it gives. They end
// with the program, and the program with ctx.
func (v *Video) start(ctx context.Context, t tools, path string, args []string, sound bool) error {
	cmd, words := command(ctx, t.ffmpeg, args)
	frames, framesIn, err := os.Pipe()
	if err != nil {
		return err
	}
	defer framesIn.Close()
	widen(frames)
	cmd.Stdout = framesIn
	var samples, samplesIn *os.File
	if sound {
		if samples, samplesIn, err = os.Pipe(); err != nil {
			frames.Close()
			return err
		}
		defer samplesIn.Close()
		cmd.ExtraFiles = []*os.File{samplesIn}
	}
	if err := cmd.Start(); err != nil {
		frames.Close()
		if sound {
			samples.Close()
		}
		return err
	}
	if sound {
		v.sound = &track{}
		go v.sound.pump(samples)
	}
	d := &decoder{video: v, path: path, ctx: ctx, frames: frames, cmd: cmd, words: words, patience: t.patience}
	go d.run()
	return nil
}

// Length is what the file says; the frames decide when it has ended.
func (v *Video) Length() time.Duration { return v.length }

// Close ends the decoder. The frame in hand stays valid.
func (v *Video) Close() error {
	v.closed.Store(true)
	v.cancel(errClosed)
	if v.sound != nil {
		v.sound.end(true)
	}
	return nil
}

// Err tells why the clip broke off: the decoder died, stalled, spoke nonsense or
// its context ended. It is nil while all is well, after a regular end and after Close.
func (v *Video) Err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.err
}

func (v *Video) fail(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.err = err
}

// Sound is signed 16 bit little endian stereo at 48 kHz, or nil when the file has
// none or none was asked for. Its first sample belongs to the first frame. Read
// never waits: when the decoder is late it gives silence, and skips as much of
// the sound later, so that it stays with the picture of a reader that reads in
// real time. Sound that nobody reads is forgotten beyond the last ten seconds.
func (v *Video) Sound() io.Reader {
	if v.sound == nil {
		return nil
	}
	return v.sound
}

// Frames returns how many frames were shown, Dropped how many came too late and
// were passed over.
func (v *Video) Frames() int64 { return v.shown.Load() }

// Dropped returns how many frames came too late and were never shown.
func (v *Video) Dropped() int64 { return v.dropped.Load() }

// Frame returns the newest decoded frame that is due at elapsed since the first
// one was shown: the same pointer as before while nothing changed, never nil
// before Close. It is valid until the next call. ended is true when the last frame there is was
// shown for its time, the last before a break (see Err) included, and after
// Close. Frame never waits.
func (v *Video) Frame(elapsed time.Duration) (f *Planes, ended bool) {
	due := v.rate.index(elapsed)
	for v.peek() != nil && v.next.Seq-1 <= due {
		if v.current != nil {
			if !v.handed {
				v.dropped.Add(1)
			}
			v.free <- v.current
		}
		v.current, v.next, v.handed = v.next, nil, false
	}
	if v.current != nil && !v.handed {
		v.handed = true
		v.shown.Add(1)
	}
	if v.closed.Load() {
		return v.current, true
	}
	return v.current, v.over && v.next == nil && (v.current == nil || due >= v.current.Seq)
}

// peek returns the next decoded frame, due or not, and nil if there is none yet.
func (v *Video) peek() *Planes {
	if v.next != nil || v.over {
		return v.next
	}
	select {
	case p, ok := <-v.ready:
		v.next, v.over = p, !ok
	default:
	}
	return v.next
}

// NextDue returns how long after elapsed Frame should be called again: when the
// next frame is due, or a quarter of a frame from now when that is past because
// the decoder is late. It is [Forever] when the clip has ended.
func (v *Video) NextDue(elapsed time.Duration) time.Duration {
	if v.closed.Load() {
		return Forever
	}
	var after int64
	if v.current != nil {
		after = v.current.Seq
	}
	left := v.rate.at(after) - elapsed
	if left > 0 {
		return left
	}
	if v.over && v.next == nil {
		return Forever
	}
	return v.rate.at(1) / 4
}

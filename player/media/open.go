package media

import (
	"context"
	"fmt"
	"image"
	"io"
	"time"
)

// Content is an opened file, ready to be drawn: a [*Picture], an [*Animation] or
// a [*Video]. It has the methods that the player asks of content.
type Content interface {
	// Length is the time once through, 0 for a still.
	Length() time.Duration
	// Close frees what the content holds. It does not wait, may be called more
	// than once and from any goroutine, and returns nil.
	Close() error
}

// A Fit is how a picture meets a glass of other proportions.
type Fit uint8

// The fits. Nothing is ever enlarged here; the one who draws stretches.
const (
	// Cover fills the glass; what hangs over is cut off, the middle stays.
	Cover Fit = iota
	// Contain shows everything, with bars.
	Contain
	// Blur is Contain with a blurred copy of the picture in place of bars.
	Blur
)

// Options say what a file is opened for.
type Options struct {
	// Glass is the screen in pixels, as seen upright. Both sides must be positive.
	Glass image.Point
	// Fit is Cover unless said otherwise.
	Fit Fit
	// Sound asks for a clip's sound; without it none is decoded.
	Sound bool
}

// Open makes a file ready to draw: a picture is decoded, turned and scaled, an
// animation decoded, a clip's first frame decoded. The errors are those of
// [Probe], and what only decoding brings to light.
//
// The context is the content's life, as with exec.CommandContext: when it ends
// while Open works, Open returns early, and when it ends later a clip's decoder
// is killed, so do not cancel it when Open has returned. Pictures and animations
// do not mind.
func Open(ctx context.Context, path string, o Options) (Content, error) {
	return open(ctx, installed(), path, o)
}

func open(ctx context.Context, t tools, path string, o Options) (Content, error) {
	if o.Glass.X <= 0 || o.Glass.Y <= 0 {
		return nil, fmt.Errorf("%s cannot be fitted to a glass of %d × %d pixels\nhint: wait for the screen to say its size", printable(path), o.Glass.X, o.Glass.Y)
	}
	s, err := examine(ctx, t, path)
	if err != nil {
		return nil, err
	}
	var c Content
	switch s.Kind {
	case Clip:
		c, err = openVideo(ctx, t, s, o)
	case Animated:
		c, err = openAnimation(ctx, s, o)
	default:
		c, err = openPicture(ctx, s, o)
	}
	if err == nil {
		return c, nil
	}
	if cause := ctx.Err(); cause != nil {
		return nil, fmt.Errorf("%s was not opened: %w", printable(path), cause)
	}
	return nil, named(path, s.Format, err)
}

// decoded reads the file with one of the image decoders. They are others' code
// and the file is anyone's: a panic costs this file, not the player.
func decoded[T any](ctx context.Context, path string, decode func(io.Reader) (T, error)) (out T, err error) {
	f, size, err := openRegular(path)
	if err != nil {
		return out, err
	}
	defer f.Close()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the decoder gave up on it: %v", p)
		}
	}()
	return decode(io.NewSectionReader(interrupted{ctx, f}, 0, min(size, maxFile)))
}

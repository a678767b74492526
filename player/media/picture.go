package media

import (
	"context"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"sync/atomic"
	"time"
)

// A Picture is a still, upright and no larger than its glass needs. Whoever draws
// it may take the pixels away when they are where they are drawn from, so only one
// goroutine at a time may read them.
type Picture struct {
	// Image is opaque, begins at the origin and has no gap between its rows; nil
	// once it was taken.
	Image *image.RGBA
	// Backdrop is a few dozen pixels of blur with the proportions of the glass, to
	// be stretched over it behind the picture. It is nil unless the fit is Blur
	// and the picture leaves bars.
	Backdrop *image.RGBA

	closed atomic.Bool
}

// Length is 0: a still has none of its own.
func (p *Picture) Length() time.Duration { return 0 }

// Close says that the picture is not needed any more. It returns nil.
func (p *Picture) Close() error {
	p.closed.Store(true)
	return nil
}

// Closed reports whether Close was called, so that whoever holds something made
// of the picture can let it go.
func (p *Picture) Closed() bool { return p.closed.Load() }

func openPicture(ctx context.Context, s *source, o Options) (Content, error) {
	img, err := decoded(ctx, s.path, stillDecoder(s.Format))
	if err != nil {
		return nil, err
	}
	if img.Bounds().Size() != s.stored {
		return nil, errors.New("its picture has not the size its header says")
	}
	part, enough := o.Fit.window(s.upright(), o.Glass)
	stored := s.turn.storedRect(part, s.stored).Add(img.Bounds().Min)
	p := &Picture{Image: s.turn.upright(shrink(img, stored, s.turn.size(enough)))}
	if o.Fit == Blur {
		p.Backdrop = backdrop(p.Image, s.upright(), o.Glass)
	}
	return p, nil
}

func stillDecoder(format string) func(io.Reader) (image.Image, error) {
	switch format {
	case "PNG":
		return png.Decode
	case "WebP":
		return webpStill
	case "GIF":
		return gifStill
	}
	return jpeg.Decode
}

// gifStill puts the only frame of a GIF on its canvas, which may be larger.
func gifStill(r io.Reader) (image.Image, error) {
	g, err := gif.DecodeAll(r)
	if err != nil {
		return nil, err
	}
	c := newComposer(g)
	c.advance()
	return c.canvas, nil
}

package stage

import (
	"image"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"entracte/player"
	"entracte/player/media"
)

// A layer is one frame on the glass with its textures.
type layer struct {
	frame player.Frame
	start time.Time

	// Stills share textures; acquired says that this layer counts as a user.
	pic, backdrop *ebiten.Image
	acquired      bool
	// moving is the texture of an animation or a film, rewritten as it plays.
	moving *ebiten.Image
	index  int
	seq    int64

	mark   *ebiten.Image
	markAt image.Point

	// frozen: it is leaving, and keeps its last picture.
	frozen                    bool
	presented, printed, ended bool
	told, sounding            bool
	err                       error
}

func newLayer(f player.Frame, t *textures, o Options, glass image.Point) *layer {
	l := &layer{frame: f, index: -1}
	if h := t.acquire(f.Content); h != nil {
		l.pic, l.backdrop, l.acquired = h.pic, h.backdrop, true
	}
	switch c := f.Content.(type) {
	case *media.Video:
		l.backdrop = upload(c.Backdrop)
	case *media.Animation:
		l.backdrop = upload(c.Backdrop)
	}
	if f.Mark != "" && o.Mark != nil {
		img, at := o.Mark(f.Mark, glass)
		l.mark, l.markAt = upload(img), at
	}
	return l
}

// advance brings moving content to its picture of now, and reports whether that
// changed what is to be drawn. It never waits.
func (l *layer) advance(now time.Time) (changed bool) {
	if l.frozen || l.ended || l.err != nil {
		return false
	}
	elapsed := now.Sub(l.start)
	switch c := l.frame.Content.(type) {
	case *media.Animation:
		i, img := c.FrameAt(elapsed)
		if i == l.index || img == nil {
			return false
		}
		if l.moving == nil {
			l.moving = texture(img.Rect.Dx(), img.Rect.Dy())
		}
		l.moving.WritePixels(packed(img))
		l.index = i
		return true
	case *media.Video:
		f, ended := c.Frame(elapsed)
		l.ended, l.err = ended, c.Err()
		changed = ended || l.err != nil
		if f != nil && (l.moving == nil || f.Seq != l.seq) {
			if l.moving == nil {
				l.moving = texture(c.Coded.X/4, c.Coded.Y*3/2)
			}
			l.moving.WritePixels(f.Pix)
			l.seq = f.Seq
			changed = true
		}
	}
	return changed
}

// untilMove is how long the layer stays as it is; at least a moment, so that a
// decoder that is late is asked again without spinning.
func (l *layer) untilMove(now time.Time) time.Duration {
	const moment = time.Millisecond
	if l.frozen || l.ended || l.err != nil {
		return time.Hour
	}
	elapsed := now.Sub(l.start)
	switch c := l.frame.Content.(type) {
	case *media.Animation:
		return max(c.NextChange(elapsed), moment)
	case *media.Video:
		return max(c.NextDue(elapsed), moment)
	}
	return time.Hour
}

package stage

import (
	"image"
	"image/draw"
	"slices"

	"github.com/hajimehoshi/ebiten/v2"

	"entracte/player"
	"entracte/player/media"
)

// spare is how many still pictures stay uploaded while not on the glass: the
// neutral frame, the idle look and the next creative. At 1080p each is 8 MB.
const spare = 3

// textures holds the uploaded stills. Moving content owns its texture alone.
type textures struct {
	held map[player.Content]*held
	// unused are the contents of held that no layer uses, oldest first.
	unused []player.Content
}

type held struct {
	pic, backdrop *ebiten.Image
	layers        int
}

// still uploads a still picture if it is not yet, and returns it; nil if the
// content is not a still.
func (t *textures) still(c player.Content) *held {
	p, ok := c.(*media.Picture)
	if !ok || p == nil || p.Image == nil {
		return nil
	}
	if h := t.held[c]; h != nil {
		return h
	}
	if t.held == nil {
		t.held = map[player.Content]*held{}
	}
	h := &held{pic: upload(p.Image), backdrop: upload(p.Backdrop)}
	t.held[c] = h
	t.rest(c)
	return h
}

// acquire is still for a layer, which gives it back with release.
func (t *textures) acquire(c player.Content) *held {
	h := t.still(c)
	if h == nil {
		return nil
	}
	h.layers++
	t.unused = slices.DeleteFunc(t.unused, func(u player.Content) bool { return u == c })
	return h
}

// release frees what a layer alone used.
func (t *textures) release(l *layer) {
	drop(&l.moving)
	drop(&l.mark)
	h := t.held[l.frame.Content]
	if h == nil || !l.acquired {
		return
	}
	l.acquired = false
	if h.layers--; h.layers == 0 {
		t.rest(l.frame.Content)
	}
}

// rest notes that no layer uses the content, and forgets the longest unused.
func (t *textures) rest(c player.Content) {
	t.unused = append(t.unused, c)
	if len(t.unused) <= spare {
		return
	}
	old := t.unused[0]
	t.unused = t.unused[1:]
	drop(&t.held[old].pic)
	drop(&t.held[old].backdrop)
	delete(t.held, old)
}

func drop(img **ebiten.Image) {
	if *img != nil {
		(*img).Deallocate()
		*img = nil
	}
}

// upload returns a texture of its own for img; nil for nil.
func upload(img *image.RGBA) *ebiten.Image {
	if img == nil || img.Rect.Empty() {
		return nil
	}
	t := texture(img.Rect.Dx(), img.Rect.Dy())
	t.WritePixels(packed(img))
	return t
}

// texture returns an image outside the engine's atlas: it is large, and shaders
// address it by pixel.
func texture(w, h int) *ebiten.Image {
	return ebiten.NewImageWithOptions(image.Rect(0, 0, w, h), &ebiten.NewImageOptions{Unmanaged: true})
}

// packed returns the picture's pixels without gaps between the rows.
func packed(img *image.RGBA) []byte {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if img.Stride == 4*w {
		return img.Pix[:4*w*h]
	}
	tight := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(tight, tight.Rect, img, img.Rect.Min, draw.Src)
	return tight.Pix
}

package stage

import (
	"image"
	"image/draw"

	"github.com/hajimehoshi/ebiten/v2"

	"entracte/player"
	"entracte/player/media"
)

// textures holds the uploaded stills: the venue's own looks, the creative on the
// glass, the next one. Each lives until its content is closed and no layer draws
// it. At 1080p one is 8 MB, so the pixels it was made from are given up.
type textures struct {
	held map[*media.Picture]*held
}

type held struct {
	pic, backdrop *ebiten.Image
	layers        int
}

// still uploads a still picture if it is not yet, and returns it; nil if the
// content is not a still, or gone.
func (t *textures) still(c player.Content) *held {
	p, ok := c.(*media.Picture)
	if !ok || p == nil {
		return nil
	}
	if h := t.held[p]; h != nil {
		return h
	}
	if p.Image == nil || p.Closed() {
		return nil
	}
	if t.held == nil {
		t.held = map[*media.Picture]*held{}
	}
	h := &held{pic: upload(p.Image), backdrop: upload(p.Backdrop)}
	p.Image, p.Backdrop = nil, nil
	t.held[p] = h
	return h
}

// acquire is still for a layer, which gives it back with release.
func (t *textures) acquire(c player.Content) *held {
	h := t.still(c)
	if h != nil {
		h.layers++
	}
	return h
}

// release frees what a layer alone used, and what nobody needs any more.
func (t *textures) release(l *layer) {
	drop(&l.moving)
	drop(&l.mark)
	if p, ok := l.frame.Content.(*media.Picture); ok && l.acquired {
		l.acquired, l.backdrop = false, nil
		t.held[p].layers--
	} else {
		drop(&l.backdrop)
	}
	t.sweep()
}

// sweep lets go of the closed pictures that no layer draws.
func (t *textures) sweep() {
	for p, h := range t.held {
		if h.layers == 0 && p.Closed() {
			drop(&h.pic)
			drop(&h.backdrop)
			delete(t.held, p)
		}
	}
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

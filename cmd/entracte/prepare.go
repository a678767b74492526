package main

import (
	"context"
	"fmt"
	"image"
	"time"

	"entracte/player"
	"entracte/player/card"
	"entracte/player/media"
	"entracte/scheduler/plan"
	"entracte/storage"
)

// preparer makes content of creatives: media from the store, cards drawn here.
type preparer struct {
	cache *storage.Cache
	fit   media.Fit
	sound bool
}

func (p preparer) Prepare(ctx context.Context, c plan.Creative, glass image.Point) (player.Content, error) {
	if c.Card != nil {
		return p.card(ctx, c.Card, glass)
	}
	path, err := p.cache.MediaPath(c.SHA256)
	if err != nil {
		return nil, err
	}
	content, err := media.Open(ctx, path, media.Options{Glass: glass, Fit: p.fit, Sound: p.sound})
	if err != nil {
		return nil, named(c.File, err)
	}
	return content, nil
}

// named says which file an error is about in its maker's words, instead of the
// store's.
func named(file string, err error) error {
	return fmt.Errorf("%s: %s", file, digests.ReplaceAllString(err.Error(), "it"))
}

func (p preparer) card(ctx context.Context, c *plan.Card, glass image.Point) (player.Content, error) {
	out := card.Card{Title: c.Title, Text: c.Text, QR: c.QR}
	if c.PictureSHA256 != "" {
		path, err := p.cache.MediaPath(c.PictureSHA256)
		if err != nil {
			return nil, err
		}
		pic, err := still(ctx, path, glass)
		if err != nil {
			return nil, named(c.Picture, err)
		}
		out.Picture = pic
	}
	img, err := card.Draw(out, glass)
	if err != nil {
		return nil, err
	}
	return &media.Picture{Image: img}, nil
}

// still opens a file that must be a picture, large enough to fill the glass.
func still(ctx context.Context, path string, glass image.Point) (image.Image, error) {
	content, err := media.Open(ctx, path, media.Options{Glass: glass, Fit: media.Cover})
	if err != nil {
		return nil, err
	}
	defer content.Close()
	switch c := content.(type) {
	case *media.Picture:
		return c.Image, nil
	case *media.Animation:
		_, img := c.FrameAt(0)
		return img, nil
	}
	return nil, fmt.Errorf("a card takes a picture, not a film\nhint: give the film a creative of its own")
}

// probe asks whether a stored file can be shown here at all, and how long a film
// runs. Pictures are decoded once, where that can harm nobody.
func probe(ctx context.Context, path string) (time.Duration, error) {
	facts, err := media.Probe(ctx, path)
	if err != nil {
		return 0, err
	}
	if facts.Kind == media.Clip {
		return facts.Length, nil
	}
	return 0, decodes(ctx, path)
}

package main

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"os"

	"entracte/cmd/entracte/config"
	"entracte/player"
	"entracte/player/card"
	"entracte/player/media"
	"entracte/scheduler/plan"
)

// looks draws the venue's own frames as the config wants them.
type looks struct {
	venue   plan.Venue
	serving config.Look
	idle    config.Look
	// logo is the path of the logo, "" for none.
	logo string
	// pausable: there is a pause input, so that the paused frame can be wanted.
	pausable bool
}

// pausedWord is what the neutral frame says while the owner's pause lasts.
var pausedWord = map[string]string{"fr": "En pause", "en": "Paused"}

func (l looks) Draw(ctx context.Context, v player.View) (player.Content, error) {
	img, err := l.draw(ctx, v)
	if img == nil {
		return nil, err
	}
	return &media.Picture{Image: img}, err
}

func (l looks) draw(ctx context.Context, v player.View) (*image.RGBA, error) {
	if v.Look == player.LookMessage {
		return card.Notice(v.Message).Draw(v.Glass), nil
	}
	if v.Look == player.LookNeutral {
		if v.Paused {
			if !l.pausable {
				return nil, nil
			}
			return card.Neutral(l.venue.Name, pausedWord[l.venue.Language], v.Glass), nil
		}
		switch l.serving {
		case config.LookLogo:
			return l.drawLogo(ctx, v.Glass)
		case config.LookCard:
			return card.Neutral(l.venue.Name, "", v.Glass), nil
		}
		return nil, nil
	}
	idle := card.Idle{Name: l.venue.Name, Line: l.venue.Commune, Clock: v.Now.Format("15:04"), Notices: idleSentences(v.Notices, l.venue.Language)}
	switch l.idle {
	case config.LookBlack:
		return nil, nil
	case config.LookLogo:
		return l.drawLogo(ctx, v.Glass)
	case config.LookClock:
		if !v.Now.IsZero() {
			return idle.DrawClock(v.Glass), nil
		}
	}
	idle.Clock = ""
	return idle.Draw(v.Glass), nil
}

// drawLogo falls back to the plain card when the logo cannot be read, and says
// why.
func (l looks) drawLogo(ctx context.Context, glass image.Point) (*image.RGBA, error) {
	img, err := readLogo(ctx, l.logo, glass)
	if err != nil {
		return card.Neutral(l.venue.Name, "", glass), err
	}
	return card.Logo(img, glass), nil
}

// readLogo keeps what is transparent in a PNG so: its ground is chosen to suit.
func readLogo(ctx context.Context, path string, glass image.Point) (image.Image, error) {
	facts, err := media.Probe(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("the logo: %w", err)
	}
	if facts.Format != "PNG" {
		return still(ctx, path, glass)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the logo: %w", err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("the logo: %w", err)
	}
	return img, nil
}

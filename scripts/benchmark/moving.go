package main

import (
	"fmt"
	"image/color"
	"slices"
	"time"
)

// A screening is one clip played once from beginning to end.
type screening struct {
	frame  time.Duration // CPU a frame that was seen
	missed int
}

// film compares the player with mpv over the same clip, whose frames carry their
// numbers, so that it can be seen on the glass which of them were shown.
func (b *bench) film() ([]row, error) {
	clip, err := film("numbered.mp4", hd, true)
	if err != nil {
		return nil, err
	}
	shop, err := newShop("film", "cut", ad{clip, 0})
	if err != nil {
		return nil, err
	}
	ours, theirs := &contender{name: "the player"}, &contender{name: "mpv", words: mpv(clip)}
	var missed, missedBy []float64
	err = onScreen(hd, func(s *screen) error {
		for range b.rounds(5, 1) {
			for _, c := range []*contender{ours, theirs} {
				seen, err := c.screen(s, shop)
				if err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
				c.took = append(c.took, seen.frame)
				if c == ours {
					missed = append(missed, float64(seen.missed))
				} else {
					missedBy = append(missedBy, float64(seen.missed))
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	r := ratio(ours.took, theirs.took)
	const what = "1080p30 H.264, "
	return []row{{
		what: what + "CPU a shown frame, decoder included", budget: "≤ mpv --vo=gpu on the same software GL",
		measured: fmt.Sprintf("%.2f×: %s; load %s", r, spread(ours.took), load()), beside: "mpv " + spread(theirs.took),
		verdict: within(r <= 1),
	}, {
		what: fmt.Sprintf("%sframes never seen on the glass, of %d", what, filmFrames), budget: "≤ mpv's",
		measured: tally(missed), beside: "mpv " + tally(missedBy), verdict: within(median(missed) <= median(missedBy)),
	}, {
		what: what + "sound within 40 ms", budget: "40 ms", measured: "no sound card", verdict: absent,
	}}, nil
}

func tally(all []float64) string {
	return fmt.Sprintf("%.0f (%.0f to %.0f, %d runs)", median(all), slices.Min(all), slices.Max(all), len(all))
}

// screen plays the clip once and counts the frames that are seen.
func (c *contender) screen(s *screen, of *shop) (screening, error) {
	p, err := c.launch(s, of)
	if err != nil {
		return screening{}, err
	}
	defer p.stop()
	var before, after time.Duration
	var lost time.Time // since when no number is to be read
	seen := map[int]bool{}
	last := 0
	for begun := time.Now(); time.Since(begun) < 2*filmSeconds*time.Second; time.Sleep(2 * time.Millisecond) {
		n, ok := s.number()
		switch {
		case !ok && len(seen) == 0:
			continue
		case !ok && lost.IsZero():
			lost, after = time.Now(), p.cpu()+s.cpu()
			continue
		case !ok && time.Since(lost) < time.Second:
			continue // half-written squares, or the end
		case len(seen) == 0:
			before = p.cpu() + s.cpu()
		case ok && (n < last || n == filmFrames-1):
			after = p.cpu() + s.cpu()
			fallthrough
		case !ok:
			return screening{(after - before) / time.Duration(len(seen)), filmFrames - 1 - len(seen)}, nil
		}
		lost = time.Time{}
		seen[n], last = true, n
	}
	return screening{}, fmt.Errorf("the film does not end: %d frames seen", len(seen))
}

// gap looks for anything but the two ads while one follows the other.
func (b *bench) gap() ([]row, error) {
	pictures, err := stills(hd)
	if err != nil {
		return nil, err
	}
	clip, err := film("small.mp4", smallGlass, false)
	if err != nil {
		return nil, err
	}
	a, c := near(orange), near(cyan)
	changes := b.rounds(20, 6)
	still, err := between(changes, 1.2, func(x color.RGBA) bool { return a(x) || c(x) }, brief(pictures, 1))
	if err != nil {
		return nil, err
	}
	moving, err := between(b.rounds(3, 1), filmSeconds+1, lit, []ad{{clip, 0}, {pictures[0], 1}})
	if err != nil {
		return []row{still}, err
	}
	still.what = fmt.Sprintf("gap between two creatives: %d cuts from still to still", changes)
	moving.what = "gap between two creatives: from film to still and back"
	return []row{still, moving}, nil
}

// between watches the ads for so many changes and counts what is no content.
func between(changes int, each float64, content func(color.RGBA) bool, ads []ad) (row, error) {
	shop, err := newShop("gap", "cut", ads...)
	if err != nil {
		return row{}, err
	}
	glances, strange := 0, 0
	var worst, since time.Duration
	all := every(content)
	err = onScreen(hd, func(s *screen) error {
		p, err := shop.open(s)
		if err != nil {
			return err
		}
		defer p.stop()
		if _, err := s.wait(p, all, coarse, 30*time.Second); err != nil {
			return err
		}
		for begun := time.Now(); time.Since(begun).Seconds() < float64(changes)*each; time.Sleep(fine) {
			seen := s.glance()
			glances++
			if all(seen) {
				since = 0
			} else {
				strange++
				if since == 0 {
					since = time.Since(begun)
				}
				worst = max(worst, time.Since(begun)-since)
			}
		}
		return nil
	})
	measured := fmt.Sprintf("%d of %d glances saw anything else; load %s", strange, glances, load())
	if strange > 0 {
		measured += fmt.Sprintf(", for up to %s", ms(worst))
	}
	return row{budget: "0 frames of anything else", measured: measured, verdict: within(strange == 0)}, err
}

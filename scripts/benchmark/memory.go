package main

import (
	"fmt"
	"strings"
	"time"
)

// memory compares what the player holds with the smallest ebiten program.
func (b *bench) memory() ([]row, error) {
	pictures, err := stills(hd)
	if err != nil {
		return nil, err
	}
	clip, err := film("numbered.mp4", hd, true)
	if err != nil {
		return nil, err
	}
	still, err := newShop("pictures", "fade", brief(pictures, 2)...)
	if err != nil {
		return nil, err
	}
	moving, err := newShop("film", "fade", ad{clip, 0})
	if err != nil {
		return nil, err
	}
	var base, shown, played, decoder []float64
	err = onScreen(hd, func(s *screen) error {
		peer := b.shows(pictures[0])[0]
		us := &contender{}
		for range b.rounds(3, 1) {
			m, err := peer.holds(s, nil, 3*time.Second)
			if err != nil {
				return err
			}
			base = append(base, m.own)
			if m, err = us.holds(s, still, 12*time.Second); err != nil {
				return err
			}
			shown = append(shown, m.own)
			if m, err = us.holds(s, moving, 8*time.Second); err != nil {
				return err
			}
			played, decoder = append(played, m.own), append(decoder, m.child)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	beside := fmt.Sprintf("smallest ebiten program %.0f MB", median(base))
	line := func(what string, got []float64, most float64, budget string) row {
		return row{
			what: "memory (PSS) of " + what, budget: budget, beside: beside,
			measured: fmt.Sprintf("%.0f MB (most of %d runs %.0f MB)", median(got), len(got), quantile(got, 1)),
			verdict:  within(median(got) <= most),
		}
	}
	third := line("one decoder process", decoder, 120, "≤ 120 MB")
	third.beside = ""
	return []row{
		line("the player, 1080p pictures", shown, median(base)+60, "the smallest ebiten program + 60 MB"),
		line("the player, 1080p film", played, median(base)+80, "the smallest ebiten program + 80 MB"),
		third,
		{what: "memory over a soak", budget: "≤ 2 % growth", measured: "takes hours: scripts/soak, not built yet", verdict: absent},
	}, nil
}

// held is the most that was seen in a while: the program's own, and its largest
// child's.
type held struct{ own, child float64 }

func (c *contender) holds(s *screen, of *shop, watched time.Duration) (held, error) {
	p, err := c.launch(s, of)
	if err != nil {
		return held{}, err
	}
	defer p.stop()
	if _, err := s.wait(p, some(lit), coarse, 30*time.Second); err != nil {
		return held{}, err
	}
	var m held
	for begun := time.Now(); time.Since(begun) < watched; time.Sleep(250 * time.Millisecond) {
		for _, t := range p.family() {
			switch size := pss(t.pid); {
			case t.pid == p.cmd.Process.Pid:
				m.own = max(m.own, size)
			case strings.HasPrefix(t.name, "ffmpeg"):
				m.child = max(m.child, size)
			}
		}
	}
	return m, nil
}

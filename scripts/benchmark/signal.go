package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"entracte/player/control"
)

// How a press is watched: finely while content may still leave, coarsely after.
// The machine keeps serving for 3 s, so nothing may be lit until then.
const (
	fine      = 300 * time.Microsecond
	fineFor   = 300 * time.Millisecond
	coarse    = 2 * time.Millisecond
	letGo     = 500 * time.Millisecond
	servedFor = 2900 * time.Millisecond
)

// presses are the results of many presses in one situation.
type presses struct {
	// last is how long after the signal the last content pixel was seen.
	last []time.Duration
	// neutral is how long after the signal nothing but neutral was seen first.
	neutral []time.Duration
	// relapses are glances that saw content again before service ended.
	relapses int
}

// A situation is what is on the glass when the till signals.
type situation struct {
	what       string
	size       image.Point
	transition string
	ads        []ad
	presses    int
	// fresh starts the player anew for each press.
	fresh bool
	// moment waits for the moment to press.
	moment func(*screen) error
}

func (b *bench) signal() ([]row, error) {
	small := smallGlass
	pictures, err := stills(small)
	if err != nil {
		return nil, err
	}
	large, err := stills(hd)
	if err != nil {
		return nil, err
	}
	clip, err := film("small.mp4", small, false)
	if err != nil {
		return nil, err
	}
	atRandom := func(*screen) error { time.Sleep(time.Duration(100+rand.IntN(800)) * time.Millisecond); return nil }
	situations := []situation{
		{"a still", small, "cut", brief(pictures, 30), b.rounds(100, 10), false, atRandom},
		{"a film", small, "cut", []ad{{clip, 0}, {pictures[0], 1}}, b.rounds(60, 6), false, atRandom},
		{"a cross-fade", small, "fade", brief(pictures, 1), b.rounds(60, 6), false, inFade},
		{"the player's first second", small, "fade", brief(pictures, 30), b.rounds(20, 4), true, atRandom},
		{"a still", hd, "cut", brief(large, 30), b.rounds(20, 4), false, atRandom},
		{"the player's first second", hd, "fade", brief(large, 30), b.rounds(20, 4), true, atRandom},
	}
	var rows []row
	for _, s := range situations {
		p, err := s.run()
		if err != nil {
			return rows, fmt.Errorf("during %s: %w", s.what, err)
		}
		r := row{
			what:   fmt.Sprintf("service signal → last content frame, during %s, %d×%d", s.what, s.size.X, s.size.Y),
			budget: "p99 ≤ 50 ms, no content after the first neutral pixel",
			measured: fmt.Sprintf("p50 %s, p99 %s, worst %s (all neutral: p50 %s, p99 %s); %d presses, content seen again %d times; load %s",
				ms(median(p.last)), ms(quantile(p.last, 0.99)), ms(quantile(p.last, 1)), ms(median(p.neutral)), ms(quantile(p.neutral, 0.99)), len(p.last), p.relapses, load()),
			verdict: within(quantile(p.last, 0.99) <= 50*time.Millisecond && p.relapses == 0),
		}
		if s.size == hd {
			r.budget, r.verdict = "none at 1080p, where one software frame alone takes 60 ms; no content after the first neutral pixel", open
			if p.relapses > 0 {
				r.verdict = over
			}
		}
		rows = append(rows, r)
		if err := p.save(s); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// save keeps the single presses, for whoever wants to see more than a quantile.
func (p *presses) save(s situation) error {
	var b strings.Builder
	for i, d := range p.last {
		fmt.Fprintf(&b, "%.2f\t%.2f\n", float64(d)/1e6, float64(p.neutral[i])/1e6)
	}
	name := fmt.Sprintf("presses, %s, %d.txt", s.what, s.size.X)
	return os.WriteFile(filepath.Join(work, name), []byte("last content ms\tall neutral ms\n"+b.String()), 0o644)
}

// stills are two pictures of a size, one of each colour.
func stills(size image.Point) ([]string, error) {
	a, err := picture(fmt.Sprintf("orange-%d.jpg", size.X), size, orange)
	if err != nil {
		return nil, err
	}
	c, err := picture(fmt.Sprintf("cyan-%d.jpg", size.X), size, cyan)
	return []string{a, c}, err
}

// brief makes ads of pictures that show so many seconds each.
func brief(pictures []string, seconds float64) []ad {
	var all []ad
	for _, p := range pictures {
		all = append(all, ad{p, seconds})
	}
	return all
}

// inFade waits until the glass has a colour that is neither of the two ads', then
// for a moment within the fade.
func inFade(s *screen) error {
	pureOrange, pureCyan := near(orange), near(cyan)
	mixed := every(func(c color.RGBA) bool { return lit(c) && !pureOrange(c) && !pureCyan(c) })
	_, err := s.wait(nil, mixed, coarse, 20*time.Second)
	time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
	return err
}

func (s situation) run() (*presses, error) {
	shop, err := newShop("signal", s.transition, s.ads...)
	if err != nil {
		return nil, err
	}
	p := &presses{}
	return p, onScreen(s.size, func(on *screen) error {
		for left := 2 * s.presses; len(p.last) < s.presses; {
			if left <= 0 {
				return fmt.Errorf("only %d of %d presses met content", len(p.last), 2*s.presses)
			}
			n := s.presses - len(p.last)
			if s.fresh {
				n = 1
			}
			left -= n
			if err := p.session(on, shop, n, s.moment); err != nil {
				return err
			}
		}
		return nil
	})
}

// session presses n times in one run of the player.
func (p *presses) session(on *screen, in *shop, n int, moment func(*screen) error) error {
	player, err := in.open(on)
	if err != nil {
		return err
	}
	defer player.stop()
	if _, err := on.wait(player, every(lit), fine, 20*time.Second); err != nil {
		return fmt.Errorf("no ad: %w (see %s)", err, player.log)
	}
	till := control.Dial(filepath.Join(in.data(), "control.sock"))
	for range n {
		if err := p.press(on, till, moment); err != nil {
			return err
		}
	}
	return nil
}

// press waits for content and its moment, signals, and watches until service is
// nearly over. A press that met no content is not counted.
func (p *presses) press(on *screen, till *control.Client, moment func(*screen) error) error {
	if _, err := on.wait(nil, every(lit), coarse, 20*time.Second); err != nil {
		return err
	}
	if err := moment(on); err != nil {
		return err
	}
	content := some(lit)
	met := content(on.glance())
	errs := make(chan error, 2)
	signal := func(a control.Act) { errs <- till.Signal(context.Background(), "till", a) }
	begun := time.Now()
	go signal(control.On)
	var last, neutral time.Duration
	relapses, released := 0, false
	for now := time.Duration(0); now < servedFor; now = time.Since(begun) {
		seen := content(on.glance())
		after := time.Since(begun)
		switch {
		case seen:
			last = after
			if neutral > 0 {
				relapses++
			}
		case neutral == 0:
			neutral = after
		}
		if !released && after > letGo {
			released = true
			go signal(control.Off)
		}
		if after < fineFor {
			time.Sleep(fine)
		} else {
			time.Sleep(coarse)
		}
	}
	for range 2 {
		if err := <-errs; err != nil {
			return err
		}
	}
	if met {
		p.last, p.neutral, p.relapses = append(p.last, last), append(p.neutral, neutral), p.relapses+relapses
	}
	return nil
}

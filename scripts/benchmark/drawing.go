package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// still measures what a picture that does not move costs.
func (b *bench) still() ([]row, error) {
	jpeg, err := picture("start.jpg", hd, orange)
	if err != nil {
		return nil, err
	}
	shop, err := newShop("still", "fade", ad{jpeg, 3600})
	if err != nil {
		return nil, err
	}
	watched := time.Duration(b.rounds(30, 10)) * time.Second
	share := map[string]float64{}
	all := append([]*contender{{name: "the player"}}, b.shows(jpeg)...)
	err = onScreen(hd, func(s *screen) error {
		for _, c := range all {
			spent, err := c.rest(s, shop, watched)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			share[c.name] = 100 * float64(spent) / float64(watched)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	beside := ""
	for i, c := range all[1:] {
		if i > 0 {
			beside += ", "
		}
		beside += fmt.Sprintf("%s %.2f %%", c.name, share[c.name])
	}
	return []row{{
		what: "a still ad on the glass, CPU", budget: "≤ 1 % of a core", beside: beside,
		measured: fmt.Sprintf("%.2f %% over %v; load %s", share["the player"], watched, load()),
		verdict:  within(share["the player"] <= 1),
	}}, nil
}

// rest is what the contender spends while its picture stays, once it has settled.
func (c *contender) rest(s *screen, of *shop, watched time.Duration) (time.Duration, error) {
	p, err := c.launch(s, of)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	if _, err := s.wait(p, every(near(orange)), 20*time.Millisecond, 60*time.Second); err != nil {
		return 0, err
	}
	time.Sleep(3 * time.Second)
	spent := p.cpu() + s.cpu()
	time.Sleep(watched)
	return p.cpu() + s.cpu() - spent, nil
}

// fade compares what a frame of a cross-fade costs with one picture drawn again
// and again.
func (b *bench) fade() ([]row, error) {
	pictures, err := stills(hd)
	if err != nil {
		return nil, err
	}
	var ours, theirs []time.Duration
	err = onScreen(hd, func(s *screen) error {
		for range b.rounds(5, 2) {
			f, err := s.perFrame("fade", pictures...)
			if err != nil {
				return err
			}
			one, err := s.perFrame("smallest", pictures[0])
			if err != nil {
				return err
			}
			ours, theirs = append(ours, f), append(theirs, one)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	r := ratio(ours, theirs)
	return []row{{
		what: "cross-fade of two 1080p pictures, CPU a frame", budget: "≤ 1.15× of one picture drawn full screen by the smallest ebiten program",
		measured: fmt.Sprintf("%.2f×: %s; load %s", r, spread(ours), load()), beside: "smallest ebiten program " + spread(theirs),
		verdict: within(r <= 1.15),
	}}, nil
}

// perFrame runs a program that tells its frames, and returns the CPU time of one.
func (s *screen) perFrame(name string, args ...string) (time.Duration, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	p, err := s.run(w, filepath.Join(work, name), args...)
	w.Close()
	if err != nil {
		return 0, err
	}
	defer p.stop()
	const settle, count = 4, 16 // lines, of half a second each
	lines := bufio.NewReader(r)
	var first, frames int
	var spent time.Duration
	for i := range settle + count + 1 {
		if _, err := fmt.Fscanf(lines, "frames %d\n", &frames); err != nil {
			if err == io.EOF {
				err = fmt.Errorf("%s ended: see %s", name, p.log)
			}
			return 0, err
		}
		if i == settle {
			first, spent = frames, p.cpu()+s.cpu()
		}
	}
	if frames == first {
		return 0, fmt.Errorf("%s drew nothing", name)
	}
	return (p.cpu() + s.cpu() - spent) / time.Duration(frames-first), nil
}

package main

import (
	"context"
	"fmt"
	"image/color"
	"os/exec"
	"path/filepath"
	"time"

	"entracte/player/control"
)

// cached is how many ads the cache holds when the player starts.
const cached = 1000

// A contender shows one picture full screen.
type contender struct {
	name string
	// words is its command line.
	words []string
	took  []time.Duration
	// begun is when the first of the picture was seen; took is until all of it.
	begun []time.Duration
}

// shows are the command lines of the peers that show one picture.
func (b *bench) shows(jpeg string) []*contender {
	all := []*contender{
		{name: "smallest ebiten program", words: []string{filepath.Join(work, "smallest"), jpeg}},
		{name: "mpv", words: mpv(jpeg, "--image-display-duration=inf")},
		{name: "feh", words: []string{"feh", "--fullscreen", "--hide-pointer", jpeg}},
	}
	if b.peers {
		path, _ := filepath.Abs(jpeg)
		profile, _ := filepath.Abs(filepath.Join(work, "chromium"))
		all = append(all, &contender{name: "Chromium kiosk", words: []string{"chromium", "--kiosk", "--no-sandbox", "--no-first-run",
			"--user-data-dir=" + profile, "--window-position=0,0", fmt.Sprintf("--window-size=%d,%d", hd.X, hd.Y), "file://" + path}})
	}
	return all
}

// mpv is a command line for the software GL that the player draws with too.
func mpv(file string, more ...string) []string {
	return append([]string{"mpv", "--no-config", "--vo=gpu", "--gpu-context=x11egl", "--gpu-sw", "--fs", "--no-audio", "--hwdec=no", "--really-quiet", "--no-osc", file}, more...)
}

func (b *bench) start() ([]row, error) {
	jpeg, err := picture("start.jpg", hd, orange)
	if err != nil {
		return nil, err
	}
	shop, err := fullShop(jpeg)
	if err != nil {
		return nil, err
	}
	ours := &contender{name: "the player"}
	all := append([]*contender{ours}, b.shows(jpeg)...)
	err = onScreen(hd, func(s *screen) error {
		if err := fillCache(shop, s); err != nil {
			return err
		}
		// The first round only fills the caches of the machine.
		for i := range b.rounds(7, 3) + 1 {
			for _, c := range all {
				if err := c.first(s, shop); err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
				if i == 0 {
					c.begun, c.took = nil, nil
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	r := ratio(ours.took, all[1].took)
	out := row{
		what:   "process start → first real ad on the glass, 1,000-ad cache, no presence sensor",
		budget: "≤ 2× of the smallest possible ebiten program",
		measured: fmt.Sprintf("%.2f×: %s; its first sign, before the fade: %.2f×, %s; load %s", r, spread(ours.took),
			ratio(ours.begun, all[1].begun), ms(median(ours.begun)), load()),
		verdict: within(r <= 2),
	}
	for _, c := range all[1:] {
		out.beside += fmt.Sprintf("%s %s\n", c.name, spread(c.took))
	}
	out.beside = out.beside[:len(out.beside)-1]
	return []row{out}, nil
}

// fullShop has a thousand ads, each a file of its own.
func fullShop(jpeg string) (*shop, error) {
	files, err := copies(jpeg, cached)
	if err != nil {
		return nil, err
	}
	return newShop("start", "fade", brief(files, 10)...)
}

// fillCache lets the player install its ads once.
func fillCache(of *shop, s *screen) error {
	p, err := of.open(s)
	if err != nil {
		return err
	}
	defer p.stop()
	socket := control.Dial(filepath.Join(of.data(), "control.sock"))
	for begun := time.Now(); time.Since(begun) < 5*time.Minute; time.Sleep(time.Second) {
		if st, err := socket.Status(context.Background()); err == nil && st.Campaigns == cached {
			return nil
		}
	}
	return fmt.Errorf("the %d ads are not in force after 5 minutes: see %s", cached, p.log)
}

// first starts the contender on an empty glass and notes when its picture is seen.
func (c *contender) first(s *screen, of *shop) error {
	if _, err := s.wait(nil, every(func(c color.RGBA) bool { return !lit(c) }), time.Millisecond, 10*time.Second); err != nil {
		return err
	}
	start := time.Now()
	p, err := c.launch(s, of)
	if err != nil {
		return err
	}
	defer p.stop()
	begun, err := s.wait(p, every(lit), time.Millisecond, 60*time.Second)
	if err != nil {
		return err
	}
	whole, err := s.wait(p, every(near(orange)), time.Millisecond, 60*time.Second)
	c.begun, c.took = append(c.begun, begun.Sub(start)), append(c.took, whole.Sub(start))
	return err
}

func (c *contender) launch(s *screen, of *shop) (*program, error) {
	if c.words == nil {
		return of.open(s)
	}
	if _, err := exec.LookPath(c.words[0]); err != nil {
		return nil, err
	}
	return s.run(nil, c.words[0], c.words[1:]...)
}

package stage

import (
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"
)

// prints writes the glass to PNG files, for tests and for the demo without a
// display. The pixels are read at once; the files are written by one goroutine.
type prints struct {
	dir  string
	n    int
	work chan print
	done chan struct{}
}

type print struct {
	file string
	img  *image.RGBA
}

func newPrints(dir string) (*prints, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("the frames cannot be written: %w", err)
	}
	p := &prints{dir: dir, work: make(chan print, 8), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for w := range p.work {
			if err := write(w); err != nil {
				slog.Error("frame not written", "file", w.file, "err", err)
			}
		}
	}()
	return p, nil
}

// take draws the settled glass once more, aside, and queues it as a file named
// by its number and what is on it.
func (p *prints) take(s *scene, l *layer) {
	aside := ebiten.NewImageWithOptions(image.Rect(0, 0, s.screen.X, s.screen.Y), &ebiten.NewImageOptions{Unmanaged: true})
	defer aside.Deallocate()
	s.draw(aside, nil, l, passage{}, 1)
	img := image.NewRGBA(aside.Bounds())
	aside.ReadPixels(img.Pix)
	p.n++
	p.work <- print{filepath.Join(p.dir, fmt.Sprintf("%04d-%s.png", p.n, fileName(l.frame.Label))), img}
}

func (p *prints) close() {
	close(p.work)
	<-p.done
}

func fileName(label string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		}
		return '-'
	}, label)
}

func write(w print) error {
	f, err := os.Create(w.file)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(f, w.img); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A screen is an X server without a display whose framebuffer is a file
// (Xvfb -fbdir), so that what is on the glass is seen without asking anybody who
// draws.
type screen struct {
	*program
	display string
	size    image.Point
	fb      *os.File
	// pixels is where they begin in the file, stride the bytes of a row.
	pixels, stride int64
}

func newScreen(dir string, size image.Point) (*screen, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-fbdir", dir, "-nolisten", "tcp",
		"-screen", "0", fmt.Sprintf("%dx%dx24", size.X, size.Y))
	cmd.ExtraFiles = []*os.File{w}
	p, err := launch(cmd, "Xvfb")
	w.Close()
	if err != nil {
		return nil, err
	}
	s := &screen{program: p, size: size}
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		s.close()
		return nil, fmt.Errorf("no X server: Xvfb ended, see %s", p.log)
	}
	s.display = ":" + strings.TrimSpace(line)
	if s.fb, err = os.Open(filepath.Join(dir, "Xvfb_screen0")); err == nil {
		err = s.readHeader()
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *screen) close() {
	s.stop()
	if s.fb != nil {
		s.fb.Close()
	}
}

// readHeader reads the XWD header: 25 words of 32 bits, big end first, then the
// window's name, then the colour map (X11/XWDFile.h).
func (s *screen) readHeader() error {
	var h [25]uint32
	if err := binary.Read(io.NewSectionReader(s.fb, 0, 100), binary.BigEndian, &h); err != nil {
		return err
	}
	const (
		size, version, width, height, order, depth, stride, colours = 0, 1, 4, 5, 7, 11, 12, 19
		colourBytes                                                 = 12
	)
	if h[version] != 7 || h[depth] != 32 || h[order] != 0 || int(h[width]) != s.size.X || int(h[height]) != s.size.Y {
		return fmt.Errorf("the framebuffer is none of 32 bits a pixel, little end first: %v", h)
	}
	s.pixels, s.stride = int64(h[size])+colourBytes*int64(h[colours]), int64(h[stride])
	return nil
}

// at is the pixel at a point. The file is the server's own memory: reading it
// does not disturb the server.
func (s *screen) at(p image.Point) color.RGBA {
	var b [4]byte
	if _, err := s.fb.ReadAt(b[:], s.pixels+int64(p.Y)*s.stride+4*int64(p.X)); err != nil {
		return color.RGBA{}
	}
	return color.RGBA{b[2], b[1], b[0], 255}
}

// glance looks at twenty points spread over the glass, but for its lowest
// quarter, where the notice of a paid creative hangs.
func (s *screen) glance() (seen [20]color.RGBA) {
	for i := range seen {
		seen[i] = s.at(image.Pt(s.size.X*(2*(i%5)+1)/10, s.size.Y*(3*(i/5)+2)/16))
	}
	return seen
}

// A sight says whether what one glance saw is what is looked for.
type sight func(seen [20]color.RGBA) bool

// every is a sight whose points all are like this, and some one with any.
func every(like func(color.RGBA) bool) sight {
	return func(seen [20]color.RGBA) bool {
		for _, c := range seen {
			if !like(c) {
				return false
			}
		}
		return true
	}
}

func some(like func(color.RGBA) bool) sight {
	none := every(func(c color.RGBA) bool { return !like(c) })
	return func(seen [20]color.RGBA) bool { return !none(seen) }
}

// near makes the test for a colour, as far off as JPEG and noise may bring it.
func near(want color.RGBA) func(color.RGBA) bool {
	off := func(a, b uint8) bool { return max(a, b)-min(a, b) > 28 }
	return func(c color.RGBA) bool {
		return !off(c.R, want.R) && !off(c.G, want.G) && !off(c.B, want.B)
	}
}

// lit is a pixel that is not black: neutral is exactly black here.
func lit(c color.RGBA) bool { return max(c.R, c.G, c.B) > 8 }

// wait glances until it sees what it looks for, and returns when that was. It
// gives up when p ends, unless p is nil.
func (s *screen) wait(p *program, what sight, pause, most time.Duration) (time.Time, error) {
	for begun := time.Now(); ; time.Sleep(pause) {
		if what(s.glance()) {
			return time.Now(), nil
		}
		if p != nil && p.ended() {
			return time.Time{}, fmt.Errorf("it ended: see %s", p.log)
		}
		if time.Since(begun) > most {
			return time.Time{}, fmt.Errorf("not seen on the glass within %v", most)
		}
	}
}

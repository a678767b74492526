package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"time"
)

// A reel is what a GIF's blocks say before any frame is decoded.
type reel struct {
	canvas image.Point
	// delays has one entry a frame.
	delays []time.Duration
	// pixels is the sum of the frames' areas.
	pixels int64
}

// paletteBytes is what image/gif allocates for a frame besides its pixels when
// the frame has a palette or a transparent colour of its own.
const paletteBytes = 16 << 10

// held is what the decoded frames take in memory, in bytes.
func (r *reel) held() int64 { return r.pixels + int64(len(r.delays))*paletteBytes }

// length is one loop.
func (r *reel) length() time.Duration {
	var sum time.Duration
	for _, d := range r.delays {
		sum += d
	}
	return sum
}

// gifDelay turns a delay of a file into the one that is shown: like every
// browser, 0 and 1 hundredths of a second mean 100 ms.
func gifDelay(hundredths int) time.Duration {
	if hundredths <= 1 {
		return 100 * time.Millisecond
	}
	return time.Duration(hundredths) * 10 * time.Millisecond
}

// gifReel walks the blocks of a GIF to its trailer (GIF89a specification, W3C).
func gifReel(file io.Reader) (reel, error) {
	w := gifWalk{r: bufio.NewReaderSize(file, 64<<10)}
	screen, err := w.take(13)
	if err != nil {
		return reel{}, err
	}
	w.canvas = image.Pt(int(binary.LittleEndian.Uint16(screen[6:])), int(binary.LittleEndian.Uint16(screen[8:])))
	if w.canvas.X == 0 || w.canvas.Y == 0 {
		return reel{}, errors.New("it says it has no pixels")
	}
	if err := w.palette(screen[10]); err != nil {
		return reel{}, err
	}
	for {
		b, err := w.r.ReadByte()
		if err != nil {
			return reel{}, err
		}
		switch b {
		case 0x21:
			err = w.extension()
		case 0x2c:
			err = w.frame()
		case 0x3b:
			if len(w.delays) == 0 {
				return reel{}, errors.New("no picture in it")
			}
			return w.reel, nil
		default:
			err = errors.New("a block of no known kind")
		}
		if err != nil {
			return reel{}, err
		}
		if w.held() > maxHeld && len(w.delays) > 1 {
			// The verdict will not change; a hostile file may be long.
			return w.reel, nil
		}
	}
}

type gifWalk struct {
	reel
	r     *bufio.Reader
	delay int
}

// take returns the next n bytes, valid until the next call.
func (w *gifWalk) take(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(w.r, b)
	return b, err
}

func (w *gifWalk) palette(flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	_, err := w.r.Discard(3 << (1 + flags&7))
	return err
}

func (w *gifWalk) extension() error {
	label, err := w.r.ReadByte()
	if err != nil {
		return err
	}
	if label == 0xf9 {
		control, err := w.take(5)
		if err != nil {
			return err
		}
		if control[0] != 4 {
			return errors.New("a frame's control block has the wrong size")
		}
		w.delay = int(binary.LittleEndian.Uint16(control[2:]))
	}
	return w.blocks()
}

func (w *gifWalk) frame() error {
	b, err := w.take(9)
	if err != nil {
		return err
	}
	width, height := int64(binary.LittleEndian.Uint16(b[4:])), int64(binary.LittleEndian.Uint16(b[6:]))
	if err := w.palette(b[8]); err != nil {
		return err
	}
	if _, err := w.r.ReadByte(); err != nil {
		return err
	}
	w.delays = append(w.delays, gifDelay(w.delay))
	w.pixels += width * height
	w.delay = 0
	return w.blocks()
}

// blocks skips sub-blocks up to the empty one.
func (w *gifWalk) blocks() error {
	for {
		n, err := w.r.ReadByte()
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if _, err := w.r.Discard(int(n)); err != nil {
			return err
		}
	}
}

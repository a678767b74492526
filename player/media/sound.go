package media

import (
	"bytes"
	"io"
	"sync"
)

// Sound is signed 16 bit little endian, two channels, 48,000 samples a second.
const (
	soundRate  = 48000
	soundFrame = 4
	// soundKept bounds what is held for a reader that is late or absent: ten
	// seconds.
	soundKept = 10 * soundRate * soundFrame
	// soundGap is how much silence is given at once when the decoder is late.
	soundGap = soundRate / 100 * soundFrame
)

// A track hands a clip's sound from the decoder's pipe to the loudspeaker. Neither
// side waits for the other: the pump always takes what the decoder gives, so
// that sound nobody listens to cannot hold up the picture, and Read answers at
// once, since it runs where every sound of the player is mixed.
type track struct {
	mu   sync.Mutex
	held bytes.Buffer
	// owed is how much silence was given in place of sound that was late; so much
	// is skipped when it comes, to stay with the picture.
	owed      int
	over, cut bool
}

// pump reads the pipe to its end. It is the only writer.
func (t *track) pump(pipe io.ReadCloser) {
	defer pipe.Close()
	b := make([]byte, 16<<10)
	for {
		n, err := io.ReadAtLeast(pipe, b, soundFrame)
		// What is short of a sample frame cannot be played.
		whole := n - n%soundFrame
		t.give(b[:whole])
		if err != nil {
			break
		}
		if whole != n {
			if _, err := io.ReadFull(pipe, b[n:whole+soundFrame]); err != nil {
				break
			}
			t.give(b[whole : whole+soundFrame])
		}
	}
	t.end(false)
}

// end says that no more will come, and forgets what is left when it is cut off.
func (t *track) end(cut bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	if cut {
		t.cut = true
		t.held.Reset()
	}
}

func (t *track) give(b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cut {
		return
	}
	late := min(t.owed, len(b))
	t.owed -= late
	b = b[late:]
	if over := t.held.Len() + len(b) - soundKept; over > 0 {
		t.held.Next(over)
	}
	t.held.Write(b)
}

// Read gives what there is, silence while the decoder is late, and io.EOF after
// the end. It never waits.
func (t *track) Read(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b = b[:len(b)-len(b)%soundFrame]
	if len(b) == 0 {
		return 0, nil
	}
	if t.held.Len() > 0 {
		return t.held.Read(b)
	}
	if t.over {
		return 0, io.EOF
	}
	b = b[:min(len(b), soundGap)]
	clear(b)
	t.owed += len(b)
	return len(b), nil
}

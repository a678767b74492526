package mqtt

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// mostBytes is the longest packet that is read: state messages have some
// hundred bytes. The client would make room for up to 256 MB before it reads.
const mostBytes = 64 << 10

// A wire is a connection that notes the broker's signs of life and refuses
// packets that no honest broker sends us, before the client makes room for them.
type wire struct {
	net.Conn
	// topics is how many the one SUBSCRIBE of this connection asks for: the client
	// panics on a SUBACK that answers more.
	topics int
	made   time.Time
	last   atomic.Int64 // since made, of the last byte

	// Where in a packet the next byte is: MQTT 3.1.1, 2.2.
	in     framePart
	kind   byte
	length int
	digits int
}

type framePart uint8

const (
	header framePart = iota
	lengthDigit
	body
)

const suback = 9

func newWire(c net.Conn, topics int) *wire {
	return &wire{Conn: c, topics: topics, made: time.Now()}
}

// heard is when the broker last said something.
func (w *wire) heard() time.Time { return w.made.Add(time.Duration(w.last.Load())) }

// Read implements net.Conn. A connection that was closed on this side reads as
// ended, because the client keeps waiting after net.ErrClosed: it takes the
// closing for its own doing.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.last.Store(int64(time.Since(w.made)))
		if bad := w.scan(p[:n]); bad != nil {
			return 0, bad
		}
	}
	if errors.Is(err, net.ErrClosed) {
		err = io.EOF
	}
	return n, err
}

// scan follows the packets through the bytes as they come, and stops at one that
// is not to be read.
func (w *wire) scan(p []byte) error {
	for len(p) > 0 {
		switch w.in {
		case header:
			w.kind, w.length, w.digits, w.in = p[0]>>4, 0, 0, lengthDigit
			p = p[1:]
		case lengthDigit:
			w.length |= int(p[0]&0x7F) << (7 * w.digits)
			more := p[0]&0x80 != 0
			if w.digits++; more && w.digits == 4 {
				return fmt.Errorf("the broker sent what is not MQTT\nhint: check the port in broker")
			}
			p = p[1:]
			if more {
				continue
			}
			if err := w.admit(); err != nil {
				return err
			}
			w.in = body
			if w.length == 0 {
				w.in = header
			}
		case body:
			n := min(w.length, len(p))
			p, w.length = p[n:], w.length-n
			if w.length == 0 {
				w.in = header
			}
		}
	}
	return nil
}

// admit judges a packet by its header.
func (w *wire) admit() error {
	switch {
	case w.length > mostBytes:
		return fmt.Errorf("the broker sent a message of %d bytes; %d is the most that is read\nhint: one of the topics is not a sensor's", w.length, mostBytes)
	case w.kind == suback && w.length > 2+w.topics:
		return fmt.Errorf("the broker answered for topics that nobody asked for\nhint: it is broken, or not a broker")
	}
	return nil
}

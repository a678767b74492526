package radar

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

const (
	// patience is how long an answer may take; modules answer within a few ms.
	patience = 500 * time.Millisecond
	// asks is how often a command is sent that stays unanswered.
	asks = 2
)

// A Port is a serial port. Reads and writes past the deadline return an error
// that wraps [os.ErrDeadlineExceeded]; a read from a port that is gone returns
// any other error.
type Port interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

var (
	errNoAnswer = errors.New("the module does not answer commands\nhint: check the wire from the port's TX to the module's RX")
	errRefused  = errors.New("the module refuses a command")
	errStrange  = errors.New("the module answers with settings that no LD2410 has")
)

// A link is a conversation with a module.
type link struct {
	ctx  context.Context // ends every wait
	port Port
	// heard is called with every report, also with those that come between a
	// command and its answer.
	heard func(Echo)

	decoder decoder
	room    [512]byte
	rest    []byte // read and not decoded yet
	noise   int    // bytes read since the last report
	broken  error  // why nothing more can be read or written
}

// pump reads until the answer to word has come, the deadline is over or the
// context ends; word 0 has no answer. The value is valid until the next call.
func (l *link) pump(deadline time.Time, word uint16) (status uint16, value []byte, err error) {
	for {
		for len(l.rest) > 0 {
			head, body := l.decoder.take(l.rest[0])
			l.rest = l.rest[1:]
			switch head {
			case reportHead:
				if e, ok := parseReport(body); ok {
					l.noise = 0
					l.heard(e)
				}
			case answerHead:
				if to, status, value, ok := parseAnswer(body); ok && to == word && word != 0 {
					return status, value, nil
				}
			}
		}
		now := time.Now()
		switch {
		case l.broken != nil:
			return 0, nil, l.broken
		case l.ctx.Err() != nil:
			return 0, nil, l.ctx.Err()
		case !now.Before(deadline):
			return 0, nil, errNoAnswer
		}
		wait := min(deadline.Sub(now), look)
		l.broken = l.read(now.Add(wait))
	}
}

// read reads what there is, or waits for it until the deadline.
func (l *link) read(deadline time.Time) error {
	if err := l.port.SetReadDeadline(deadline); err != nil {
		return err
	}
	n, err := l.port.Read(l.room[:])
	l.rest = l.room[:n]
	l.noise += n
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case err == nil && n == 0:
		return io.EOF
	}
	return err
}

// send writes a command.
func (l *link) send(frame []byte) error {
	if l.broken == nil {
		l.broken = l.port.SetWriteDeadline(time.Now().Add(patience))
	}
	if l.broken != nil {
		return l.broken
	}
	_, err := l.port.Write(frame)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errNoAnswer // it may still be able to tell us something
	}
	l.broken = err
	return err
}

// ask sends a command and returns the value of its answer.
func (l *link) ask(frame []byte) (value []byte, err error) {
	word := binary.LittleEndian.Uint16(frame[6:])
	for range asks {
		if err = l.send(frame); err != nil {
			continue
		}
		var status uint16
		status, value, err = l.pump(time.Now().Add(patience), word)
		if err == nil && status != 0 {
			return nil, fmt.Errorf("%w: %04x, status %d", errRefused, word, status)
		}
		if err == nil {
			return value, nil
		}
	}
	return nil, err
}

// tuning reads what the module keeps. It must have been entered.
func (l *link) tuning() (tuning, error) {
	v, err := l.ask(command(wordSettings))
	if err != nil {
		return tuning{}, err
	}
	t, ok := parseTuning(v)
	if !ok {
		return tuning{}, errStrange
	}
	return t, nil
}

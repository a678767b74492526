package sensor

import (
	"errors"
	"os"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// A lineSet is what of gpioioctl.LineSet a single input line needs. LineSet is
// used rather than GPIOLine because its Read returns errors where GPIOLine's
// answers Low, and because GPIOLine keeps a configuration behind our back.
type lineSet interface {
	Read(mask gpio.GPIOValue) (gpio.GPIOValue, error)
	WaitForEdge(timeout time.Duration) (number int, edge gpio.Edge, err error)
	Close() error
}

// A linePin is a [gpio.PinIn] on a line set of one line. The line is taken with
// In and given back with Close. It is not safe for concurrent use.
type linePin struct {
	name   string
	number int
	// request takes the line from the kernel.
	request func(gpio.Pull, gpio.Edge) (lineSet, error)
	set     lineSet
	pull    gpio.Pull
}

var errNotTaken = errors.New("the line was not requested")

func (p *linePin) String() string         { return p.name }
func (p *linePin) Name() string           { return p.name }
func (p *linePin) Number() int            { return p.number }
func (p *linePin) Function() string       { return "In" }
func (p *linePin) Pull() gpio.Pull        { return p.pull }
func (p *linePin) DefaultPull() gpio.Pull { return gpio.PullNoChange }

// Halt implements conn.Resource; see Close.
func (p *linePin) Halt() error { return p.Close() }

// In takes the line; one that is held already is given back first.
func (p *linePin) In(pull gpio.Pull, edge gpio.Edge) error {
	if err := p.Close(); err != nil {
		return err
	}
	set, err := p.request(pull, edge)
	if err != nil {
		return err
	}
	p.set, p.pull = set, pull
	return nil
}

// ReadLevel returns the level, or why it cannot be told.
func (p *linePin) ReadLevel() (gpio.Level, error) {
	if p.set == nil {
		return gpio.Low, errNotTaken
	}
	bits, err := p.set.Read(1)
	return bits&1 != 0, err
}

// Read implements gpio.PinIn. Low may mean that the line cannot be read: use
// ReadLevel.
func (p *linePin) Read() gpio.Level {
	l, _ := p.ReadLevel()
	return l
}

// WaitForEdge implements gpio.PinIn, negative and zero timeouts included, which
// line sets take for something else.
func (p *linePin) WaitForEdge(timeout time.Duration) bool {
	switch {
	case p.set == nil:
		return false
	case timeout < 0:
		timeout = 0
	case timeout == 0:
		timeout = 1
	}
	_, _, err := p.set.WaitForEdge(timeout)
	return err == nil
}

// Close gives the line back to the kernel.
func (p *linePin) Close() error {
	if p.set == nil {
		return nil
	}
	err := p.set.Close()
	p.set = nil
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

var _ gpio.PinIn = (*linePin)(nil)

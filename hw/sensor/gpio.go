package sensor

import (
	"context"
	"fmt"
	"io"
	"time"

	"periph.io/x/conn/v3/gpio"

	"entracte/hw/presence"
)

const (
	// lookEvery bounds a wait for an edge. It must be positive: gpioioctl
	// returns at once from an endless one (periph.io/x/host issue 78).
	lookEvery = 250 * time.Millisecond
	// calmDown follows every edge, so that a pin that picks up noise costs a
	// thousand looks a second and no more.
	calmDown = time.Millisecond
	// tryAgain is the pause before a pin that failed is opened again.
	tryAgain = 5 * time.Second
)

// A GPIO is a sensor on one pin.
type GPIO struct {
	// Input is the name its readings carry.
	Input string
	// Pin is the name of the line, such as "GPIO17".
	Pin string
	// ActiveLow says that a low voltage means high: a contact to ground.
	ActiveLow bool
	// Pull is the pin's own resistor. The zero value, [gpio.PullNoChange], leaves
	// it as it is, and so does [gpio.Float]: the kernel driver cannot switch it off.
	Pull gpio.Pull
	// Open finds the pin by its name; nil is [OpenPin]. If what it returns is
	// an [io.Closer], it is closed after use. If it has a method
	// ReadLevel() (gpio.Level, error), that is used instead of Read, which
	// cannot report an error.
	Open func(name string) (gpio.PinIn, error)
}

// A levelReader is a pin that can tell a low level from a failed read.
type levelReader interface {
	ReadLevel() (gpio.Level, error)
}

// Watch reports the level at once, and then every change, until ctx ends; it
// returns within 250 ms of that. A pin that cannot be opened or read is
// reported as unknown, and tried again every 5 s.
func (g *GPIO) Watch(ctx context.Context, out chan<- presence.Reading) {
	r := &reporter{out: out}
	for ctx.Err() == nil {
		if err := g.look(ctx, r); err != nil {
			r.report(ctx, presence.Reading{Input: g.Input, Fault: err.Error()})
			sleep(ctx, tryAgain)
		}
	}
}

// look opens the pin and reports its level until it fails or ctx ends.
func (g *GPIO) look(ctx context.Context, r *reporter) error {
	open := g.Open
	if open == nil {
		open = OpenPin
	}
	pin, err := open(g.Pin)
	if err != nil {
		return err
	}
	if c, ok := pin.(io.Closer); ok {
		defer c.Close() // nothing is written to it
	}
	if err := pin.In(g.Pull, gpio.BothEdges); err != nil {
		return fmt.Errorf("%s cannot be an input: %w", g.Pin, err)
	}
	rest, backoff := time.Duration(0), calmDown
	for ctx.Err() == nil {
		level, err := readLevel(pin)
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", g.Pin, err)
		}
		r.report(ctx, presence.Reading{Input: g.Input, Level: g.meaning(level)})
		sleep(ctx, rest)
		began := time.Now()
		switch edge := pin.WaitForEdge(lookEvery); {
		case edge:
			rest, backoff = calmDown, calmDown
		case time.Since(began) < lookEvery/2:
			// The pin does not wait: its chip may be gone. Look less and less
			// often instead of spinning.
			backoff = min(2*backoff, lookEvery)
			rest = backoff
		default:
			rest, backoff = 0, calmDown
		}
	}
	return nil
}

func readLevel(pin gpio.PinIn) (gpio.Level, error) {
	if p, ok := pin.(levelReader); ok {
		return p.ReadLevel()
	}
	return pin.Read(), nil
}

func (g *GPIO) meaning(l gpio.Level) presence.Level {
	if bool(l) != g.ActiveLow {
		return presence.High
	}
	return presence.Low
}

// A reporter sends readings that say something new.
type reporter struct {
	out  chan<- presence.Reading
	last presence.Reading
	any  bool
}

func (r *reporter) report(ctx context.Context, is presence.Reading) {
	if r.any && is == r.last {
		return
	}
	select {
	case r.out <- is:
		r.last, r.any = is, true
	case <-ctx.Done():
	}
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

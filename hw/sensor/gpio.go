package sensor

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"entracte/hw/presence"
)

const (
	// lookEvery bounds a wait for an edge. It must be positive: gpioioctl
	// returns at once from an endless one (periph.io/x/host issue 78).
	lookEvery = 250 * time.Millisecond
	// calmDown follows every edge, so that a pin that picks up noise costs a
	// thousand looks a second and no more; nor is it looked at more often after it.
	calmDown = time.Millisecond
	// oftener: a level that stood for so long is looked at again after a tenth of
	// that, for somebody waits to believe it and may not guess.
	oftener = 10
	// tryFirst is the pause before a pin that failed is opened again. It doubles
	// with each failure up to tryAgain.
	tryFirst = time.Second
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

// Watch reports the level at once, and then whatever every look finds, until ctx
// ends; it returns within 250 ms of that. It looks at each edge, often after it,
// and in the end every 250 ms. A pin that cannot be opened or read is reported as
// unknown, once, and tried again after 1 s, and in the end every 5 s. Every such
// fault ends in a hint.
func (g *GPIO) Watch(ctx context.Context, out chan<- presence.Reading) {
	said, pause := "", tryFirst
	for ctx.Err() == nil {
		looked, err := g.look(ctx, out)
		if err == nil {
			return
		}
		if looked {
			said, pause = "", tryFirst
		}
		if fault := g.fault(err); fault != said {
			report(ctx, out, presence.Reading{Input: g.Input, Fault: fault})
			said = fault
		}
		sleep(ctx, pause)
		pause = min(2*pause, tryAgain)
	}
}

// look opens the pin and reports its level until it fails or ctx ends, and
// whether it could report any.
func (g *GPIO) look(ctx context.Context, out chan<- presence.Reading) (looked bool, err error) {
	open := g.Open
	if open == nil {
		open = OpenPin
	}
	pin, err := open(g.Pin)
	if err != nil {
		return false, err
	}
	if c, ok := pin.(io.Closer); ok {
		defer c.Close() // nothing is written to it
	}
	if err := pin.In(g.Pull, gpio.BothEdges); err != nil {
		return false, fmt.Errorf("%s cannot be an input: %w", g.Pin, err)
	}
	var last gpio.Level
	var changed time.Time
	edge, rest, backoff := false, time.Duration(0), calmDown
	for ctx.Err() == nil {
		// Before the level is read: should we sleep here, it is older than it is.
		began := time.Now()
		level, err := readLevel(pin)
		if err != nil {
			return looked, fmt.Errorf("%s cannot be read: %w", g.Pin, err)
		}
		report(ctx, out, presence.Reading{Input: g.Input, Level: g.meaning(level), Taken: began, Edges: edge})
		if edge || level != last || !looked {
			changed = began
		}
		last, looked = level, true
		sleep(ctx, rest)
		pause := min(max(calmDown, time.Since(changed)/oftener), lookEvery)
		began = time.Now()
		switch edge = pin.WaitForEdge(pause); {
		case edge:
			rest, backoff = calmDown, calmDown
		case time.Since(began) < pause/2:
			// The pin does not wait: its chip may be gone. Look less and less
			// often instead of spinning.
			backoff = min(2*backoff, lookEvery)
			rest = backoff
		default:
			rest, backoff = 0, calmDown
		}
	}
	return looked, nil
}

// fault is an error with a hint: its own, or what to do about a pin that stopped
// to work for no reason that we know.
func (g *GPIO) fault(err error) string {
	if strings.Contains(err.Error(), "\nhint: ") {
		return err.Error()
	}
	return fmt.Sprintf("%v\nhint: see %s in `gpioinfo` and the kernel's messages (dmesg); it is tried again, no restart is needed", err, where(g.Pin))
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

func report(ctx context.Context, out chan<- presence.Reading, r presence.Reading) {
	select {
	case out <- r:
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

package screen

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Power is what a screen says of itself.
type Power uint8

// The powers. A screen on its way takes seconds.
const (
	Unknown Power = iota
	Off
	TurningOff
	TurningOn
	On
)

// String names the power: "unknown", "off", "turning off", "turning on" or "on".
func (p Power) String() string {
	if int(p) >= len(powers) {
		return powers[Unknown]
	}
	return powers[p]
}

var powers = [...]string{"unknown", "off", "turning off", "turning on", "on"}

// MarshalText writes what String says.
func (p Power) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// A Layer is one way to switch the screen. Its methods are called by one
// goroutine at a time, may take seconds, and end soon after their context does.
type Layer interface {
	// Name is short and lower case: "cec", "dpms".
	Name() string
	// Switch asks the screen once to be on or off. It returns when the request
	// was delivered, which does not say that it is obeyed. The error is
	// [ErrAbsent] when this way does not exist here.
	Switch(ctx context.Context, on bool) error
	// Power asks the screen what it is.
	Power(ctx context.Context) (Power, error)
}

// ErrAbsent says that there is no such way to switch the screen on this machine,
// or that this user may not take it. A hint says what to do about it.
var ErrAbsent = errors.New("not here")

// Layers are those of this machine, the best one first.
func Layers() []Layer { return []Layer{&CEC{}, &DPMS{}} }

// errHangs is what a layer is left with that does not return.
var errHangs = errors.New("it hangs: a request has not come back")

// tries are when a layer is asked again, from the first time; lastAnswer is when
// it is given up, hangs when even a request under way is. pollEvery is how often
// the screen is asked meanwhile.
var tries = [...]time.Duration{0, 2 * time.Second, 8 * time.Second}

const (
	lastAnswer = 16 * time.Second
	hangs      = 20 * time.Second
	pollEvery  = time.Second
)

// Try switches the screen by one layer and waits for its answer; an error says
// what the answer was instead. It takes up to 20 s, none if the layer is absent.
func Try(ctx context.Context, l Layer, on bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, hangs, errHangs)
	defer cancel()
	want, toward := Off, TurningOff
	if on {
		want, toward = On, TurningOn
	}
	begun := time.Now()
	asked := 0
	var says Power
	var refusal, silence error
	for {
		since := time.Since(begun)
		if asked < len(tries) && since >= tries[asked] {
			asked++
			if says != toward { // a screen on its way is left alone
				refusal = l.Switch(ctx, on)
			}
			if errors.Is(refusal, ErrAbsent) {
				return refusal
			}
		}
		says, silence = l.Power(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case silence == nil && says == want:
			return nil
		case since >= lastAnswer:
			return answer(want, says, refusal, silence)
		}
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// A Contradiction is a screen that says it is something else than it was asked
// to be.
type Contradiction struct{ Want, Says Power }

func (c Contradiction) Error() string {
	return fmt.Sprintf("asked three times to be %s, it says it is %s", c.Want, c.Says)
}

func answer(want, says Power, refusal, silence error) error {
	switch {
	case refusal != nil:
		return refusal
	case silence != nil:
		return fmt.Errorf("asked to be %s, it does not say what it is: %w", want, silence)
	}
	return Contradiction{want, says}
}

package sensor

import (
	"errors"
	"os"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// A fakeSet is a line set of one line.
type fakeSet struct {
	bits    gpio.GPIOValue
	err     error
	timeout time.Duration
	closed  int
}

func (s *fakeSet) Read(mask gpio.GPIOValue) (gpio.GPIOValue, error) { return s.bits & mask, s.err }

func (s *fakeSet) WaitForEdge(d time.Duration) (int, gpio.Edge, error) {
	s.timeout = d
	return 17, gpio.NoEdge, s.err
}

func (s *fakeSet) Close() error {
	s.closed++
	return s.err
}

func TestLinePin(t *testing.T) {
	t.Parallel()
	set := &fakeSet{}
	var pull gpio.Pull
	var edge gpio.Edge
	p := &linePin{name: "GPIO17", number: 17, request: func(pl gpio.Pull, e gpio.Edge) (lineSet, error) {
		pull, edge = pl, e
		return set, nil
	}}
	if _, err := p.ReadLevel(); err == nil {
		t.Error("a line that was not requested has a level")
	}
	if p.WaitForEdge(-1) || p.Close() != nil {
		t.Error("a line that was not requested waits or fails to close")
	}
	if err := p.In(gpio.PullUp, gpio.BothEdges); err != nil || pull != gpio.PullUp || edge != gpio.BothEdges || p.Pull() != gpio.PullUp {
		t.Errorf("In requested %v, %v: %v", pull, edge, err)
	}
	for _, want := range []gpio.Level{gpio.High, gpio.Low} {
		set.bits = 2 // a neighbour
		if want {
			set.bits |= 1
		}
		if l, err := p.ReadLevel(); l != want || err != nil || p.Read() != want {
			t.Errorf("level %v, %v; want %v", l, err, want)
		}
	}
	// A line set waits forever for 0 and not at all for -1; a pin the other way.
	for in, want := range map[time.Duration]time.Duration{-1: 0, 0: 1, lookEvery: lookEvery} {
		if !p.WaitForEdge(in) || set.timeout != want {
			t.Errorf("a wait of %v asks the set for %v, want %v", in, set.timeout, want)
		}
	}
	if err := p.In(gpio.Float, gpio.BothEdges); err != nil || set.closed != 1 {
		t.Errorf("a second In closed the line %d times, %v; want once", set.closed, err)
	}
	set.err = os.ErrDeadlineExceeded
	if p.WaitForEdge(lookEvery) {
		t.Error("a timeout counts as an edge")
	}
	set.err = errors.New("no such device")
	if _, err := p.ReadLevel(); err == nil {
		t.Error("a read error is lost")
	}
	set.err = os.ErrClosed
	if err := p.Halt(); err != nil || set.closed != 2 || p.Close() != nil || set.closed != 2 {
		t.Errorf("Halt: %v, closed %d times in all; want 2", err, set.closed)
	}
}

func TestHeaderPin(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{
		"GPIO2": 3, "GPIO3": 5, "GPIO4": 7, "GPIO17": 11, "GPIO18": 12, "GPIO27": 13, "GPIO22": 15,
		"GPIO14": 8, "GPIO15": 10, "GPIO0": 27, "GPIO1": 28, "GPIO26": 37, "GPIO16": 36, "GPIO20": 38, "GPIO21": 40,
		"GPIO28": 0, "GPIO-1": 0, "GPIO017": 0, "GPIO+7": 0, "17": 0, "gpio17": 0, "": 0, "GPIO": 0,
	} {
		if got := HeaderPin(name); got != want {
			t.Errorf("%q is at %d, want %d", name, got, want)
		}
	}
	seen := map[int]bool{}
	for _, n := range header {
		if n >= 0 && (n > 27 || seen[n]) {
			t.Errorf("line %d does not belong on the header, or twice", n)
		}
		seen[n] = true
	}
	if len(seen) != 28+1 {
		t.Errorf("%d lines on the header, want 28", len(seen)-1)
	}
}

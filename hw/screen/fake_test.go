package screen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A set is a make-believe screen with a will of its own. What it is asked and
// when is kept, as times since the test began.
type set struct {
	mu    sync.Mutex
	begun time.Time
	power Power
	// takes is how long it needs for a change; ends is when that is over.
	takes time.Duration
	ends  time.Time

	deaf    bool  // takes every request and follows none
	silent  error // instead of an answer about its power
	refuses error // instead of taking a request
	asked   []asked
}

type asked struct {
	at time.Duration
	on bool
}

func newSet(p Power) *set { return &set{begun: time.Now(), power: p} }

// is settles what has changed meanwhile.
func (s *set) is() Power {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settled()
}

func (s *set) settled() Power {
	if !time.Now().Before(s.ends) {
		switch s.power {
		case TurningOn:
			s.power = On
		case TurningOff:
			s.power = Off
		}
	}
	return s.power
}

// change changes the set's character while it is in use.
func (s *set) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *set) requests() []asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func (s *set) take(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, asked{time.Since(s.begun), on})
	if s.refuses != nil || s.deaf {
		return s.refuses
	}
	to, toward := Off, TurningOff
	if on {
		to, toward = On, TurningOn
	}
	if p := s.settled(); p != to && p != toward {
		s.power, s.ends = toward, time.Now().Add(s.takes)
	}
	s.settled()
	return nil
}

func (s *set) tell() (Power, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent != nil {
		return Unknown, s.silent
	}
	return s.settled(), nil
}

// fake is a layer right to the set.
type fake struct{ *set }

func (fake) Name() string                              { return "fake" }
func (f fake) Switch(_ context.Context, on bool) error { return f.take(on) }
func (f fake) Power(context.Context) (Power, error)    { return f.tell() }

// cable is a set with a CEC adapter in front of it.
type cable struct {
	*set
	physical uint16
	sent     []string
	closed   int
}

func (c *cable) layer() *CEC {
	return &CEC{open: func(string) ([]adapter, error) { return []adapter{c}, nil }}
}

func (c *cable) addresses() (uint16, byte, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.physical, 4, c.physical != noPhysical, nil
}

func (c *cable) Close() error { c.closed++; return nil }

func (c *cable) transmit(m []byte, answer byte) ([]byte, error) {
	c.sent = append(c.sent, fmt.Sprintf("% x", m))
	if m[0]>>4 == unregistered && answer != 0 {
		return nil, errors.New("the kernel takes no such message")
	}
	switch m[1] {
	case opImageViewOn:
		return nil, c.take(true)
	case opStandby:
		return nil, c.take(false)
	case opGivePower:
		p, err := c.tell()
		return []byte{0x04, opReportPower, byte(slices.Index(reported[:], p))}, err
	}
	return nil, nil
}

// server is a set with an X server and xset in front of it.
type server struct {
	*set
	disabled bool // DPMS is
	ran      []string
}

func (x *server) layer() *DPMS { return &DPMS{xset: x.xset} }

func (x *server) xset(_ context.Context, args ...string) (string, error) {
	line := strings.Join(args, " ")
	x.ran = append(x.ran, line)
	switch line {
	case "dpms force off", "dpms force on":
		x.disabled = false
		return "", x.take(line == "dpms force on")
	case "s off -dpms":
		x.disabled = true
		return "", x.take(true)
	}
	p, err := x.tell()
	switch {
	case err != nil:
		return "", err
	case x.disabled:
		return "DPMS (Energy Star):\n  Standby: 600    Suspend: 600    Off: 600\n  DPMS is Disabled\n", nil
	case p == On:
		return "DPMS (Energy Star):\n  Standby: 600    Suspend: 600    Off: 600\n  DPMS is Enabled\n  Monitor is On\n", nil
	}
	return "DPMS (Energy Star):\n  Standby: 600    Suspend: 600    Off: 600\n  DPMS is Enabled\n  Monitor is Off\n", nil
}

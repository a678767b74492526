package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/cobra"

	"entracte/hw/presence"
	"entracte/hw/screen"
)

// bulb is a layer: a screen that does what it is told, unless it is broken.
type bulb struct {
	name   string
	broken error

	mu   sync.Mutex
	says screen.Power
	told []string
}

func (b *bulb) Name() string { return b.name }

func (b *bulb) Switch(_ context.Context, on bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = append(b.told, map[bool]string{true: "on", false: "off"}[on])
	if b.broken == nil {
		b.says = map[bool]screen.Power{true: screen.On, false: screen.Off}[on]
	}
	return b.broken
}

func (b *bulb) Power(context.Context) (screen.Power, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.says, nil
}

func (b *bulb) heard() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.told, " ")
}

// What the player is told is what the machine believes, at once; the screen follows
// it later.
func TestPowerFollowsBelief(t *testing.T) {
	for _, c := range []struct {
		states []presence.State
		told   string
	}{
		{[]presence.State{presence.Waiting}, "on"},
		{[]presence.State{presence.Empty}, "on"},
		{[]presence.State{presence.Closed}, "off"},
		{[]presence.State{presence.Waiting, presence.Empty, presence.Asleep}, "on off"},
		{[]presence.State{presence.Empty, presence.Asleep, presence.Serving}, "on off on"},
		{[]presence.State{presence.Closed, presence.Empty, presence.Waiting}, "off on"},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &bulb{says: screen.On}
			var got []presence.State
			p := followPower([]screen.Layer{l}, func(b presence.Belief) { got = append(got, b.State) }, slog.New(slog.DiscardHandler))
			ctx, cancel := context.WithCancel(t.Context())
			var running sync.WaitGroup
			running.Go(func() { p.screen.Run(ctx) })
			for i, s := range c.states {
				p.believe(presence.Belief{State: s})
				if !slices.Equal(got, c.states[:i+1]) {
					t.Errorf("the player was told %v after %v", got, c.states[:i+1])
				}
				time.Sleep(time.Hour)
			}
			if l.heard() != c.told {
				t.Errorf("%v: the screen was told %q, want %q", c.states, l.heard(), c.told)
			}
			cancel()
			running.Wait()
		})
	}
}

// A message lights the screen of whatever state, as long as it stands.
func TestPowerForAMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &bulb{says: screen.On}
		p := followPower([]screen.Layer{l}, func(presence.Belief) {}, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { p.screen.Run(ctx) })
		p.light(false) // before anything is known
		for _, step := range []func(){
			func() { p.believe(presence.Belief{State: presence.Closed}) },
			func() { p.light(true) },
			func() { p.believe(presence.Belief{State: presence.Asleep}) },
			func() { p.light(false) },
		} {
			step()
			time.Sleep(time.Hour)
		}
		if l.heard() != "off on off" {
			t.Errorf("the screen was told %q", l.heard())
		}
		cancel()
		running.Wait()
	})
}

// A stick that is in when the machine starts lights the screen of a closed shop too.
func TestPowerForAnEarlyMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &inputs{}
		in.light(true)
		l := &bulb{says: screen.On}
		p := followPower([]screen.Layer{l}, func(presence.Belief) {}, slog.New(slog.DiscardHandler))
		in.lights(p)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { p.screen.Run(ctx) })
		p.believe(presence.Belief{State: presence.Closed})
		time.Sleep(time.Hour)
		if strings.Contains(l.heard(), "off") {
			t.Errorf("under the message the screen was told %q", l.heard())
		}
		in.light(false)
		time.Sleep(time.Hour)
		if !strings.HasSuffix(l.heard(), "off") {
			t.Errorf("after it the screen was told %q", l.heard())
		}
		cancel()
		running.Wait()
	})
}

// A closed shop's screen is off, whatever its service inputs say: it does not come
// on for a button that is pressed at night, and not again for one that was left
// on. A customer who is served at closing time is served to the end.
func TestPowerInAClosedShop(t *testing.T) {
	toggle := presence.Input{Name: "button", Role: presence.RoleService, Mode: presence.ModeToggle}
	const close = time.Hour
	for _, c := range []struct {
		name    string
		presses []time.Duration
		off     time.Duration // when it went off last, give or take a minute
	}{
		{"nobody presses", nil, close},
		{"served, and over in time", []time.Duration{20 * time.Minute, 30 * time.Minute}, close},
		{"served at closing time", []time.Duration{close - 10*time.Minute, close + 10*time.Minute}, close + 10*time.Minute},
		{"left on shortly before", []time.Duration{close - 10*time.Minute}, close + 80*time.Minute},
		{"pressed at night", []time.Duration{close + 3*time.Hour, close + 4*time.Hour}, close},
		{"left on at night", []time.Duration{close + 3*time.Hour}, close},
	} {
		synctest.Test(t, func(t *testing.T) {
			l, begun := &bulb{says: screen.On}, time.Now()
			off := time.Duration(0)
			p := followPower([]screen.Layer{l}, func(presence.Belief) {}, slog.New(slog.DiscardHandler))
			ctx, cancel := context.WithCancel(t.Context())
			readings := make(chan presence.Reading)
			var running sync.WaitGroup
			running.Go(func() { p.screen.Run(ctx) })
			running.Go(func() {
				presence.Watch(ctx, presence.New(presence.Config{Inputs: []presence.Input{toggle}}), begun, readings,
					func() (bool, bool) { return time.Since(begun) < close, true }, p.believe)
			})
			readings <- presence.Reading{Input: "button", Level: presence.Low}
			for now := time.Duration(0); now < 12*time.Hour; now += time.Minute {
				if slices.Contains(c.presses, now) {
					readings <- presence.Reading{Input: "button", Pulse: true}
				}
				before := l.heard()
				time.Sleep(time.Minute)
				if l.heard() != before {
					off = now
				}
			}
			if l.heard() != "on off" || off < c.off-time.Minute || off > c.off+2*time.Minute {
				t.Errorf("%s: told %q, the last time %v after the start, want \"on off\" and %v", c.name, l.heard(), off, c.off)
			}
			cancel()
			running.Wait()
		})
	}
}

// Every state of the machine but the first has a wish.
func TestPowerKnowsEveryState(t *testing.T) {
	n := 0
	for s := presence.Starting + 1; !strings.HasPrefix(s.String(), "unknown"); s++ {
		if n++; wishes[s] == 0 {
			t.Errorf("nothing is wished in the state %s", s)
		}
	}
	if n != len(wishes) {
		t.Errorf("%d states have a name, and %d have a wish", n, len(wishes))
	}
}

// A fault of the screen is one of the belief, beside those of the sensors, until it
// is over; it changes nothing else.
func TestPowerFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &bulb{name: "cec", says: screen.On, broken: errors.New("no television")}
		var mu sync.Mutex
		var last presence.Belief
		p := followPower([]screen.Layer{l}, func(b presence.Belief) { mu.Lock(); last = b; mu.Unlock() }, slog.New(slog.DiscardHandler))
		want := func(state presence.State, faults ...string) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			var inputs []string
			for _, f := range last.Faults {
				inputs = append(inputs, f.Input)
			}
			if last.State != state || !slices.Equal(inputs, faults) {
				t.Errorf("told %v with faults of %v, want %v with %v", last.State, inputs, state, faults)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { p.screen.Run(ctx) })
		radar := make([]presence.Fault, 1, 8) // room that must not be written into
		radar[0] = presence.Fault{Input: "radar", Sentence: "silent"}
		p.believe(presence.Belief{State: presence.Closed, Faults: radar})
		want(presence.Closed, "radar")
		time.Sleep(time.Hour) // nothing else changes, and it is told all the same
		want(presence.Closed, "radar", "screen")
		if radar[:2][1].Input != "" {
			t.Error("the machine's own faults were changed")
		}
		p.believe(presence.Belief{State: presence.Empty, Faults: radar})
		want(presence.Empty, "radar") // it is lit, and says so: all is as it should be
		cancel()
		running.Wait()
	})
}

func TestScreenVerb(t *testing.T) {
	absent := fmt.Errorf("%w: there is no /dev/cec*\nhint: look", screen.ErrAbsent)
	broken := errors.New("no television")
	for _, c := range []struct {
		verb          string
		first, second error
		worked        bool
		told1, told2  string
		lines         []string
	}{
		{"off", nil, nil, true, "off", "", []string{"cec    off  it says it is off"}},
		{"off", absent, nil, true, "off", "off", []string{"cec    off  not here: there is no /dev/cec*", "            hint: look", "dpms   off  it says it is off"}},
		{"off", broken, absent, false, "off off off", "off", []string{"cec    off  no television", "dpms   off  not here"}},
		{"on", nil, nil, true, "on", "on", []string{"cec    on   it says it is on", "dpms   on   it says it is on"}},
		{"on", absent, absent, false, "on", "on", []string{"cec    on   not here", "dpms   on   not here"}},
		{"test", nil, absent, true, "off on", "off", []string{"cec    off  it says", "cec    on   it says", "dpms   off  not here"}},
		{"test", absent, absent, false, "off", "off", nil},
		{"test", nil, nil, true, "off on", "off on", []string{"dpms   on   it says it is on"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			cec, dpms := &bulb{name: "cec", broken: c.first}, &bulb{name: "dpms", broken: c.second}
			list, worked := screenVerbs[c.verb](t.Context(), []screen.Layer{cec, dpms})
			if worked != c.worked || cec.heard() != c.told1 || dpms.heard() != c.told2 {
				t.Errorf("%s: worked %v, told %q and %q; want %v, %q, %q", c.verb, worked, cec.heard(), dpms.heard(), c.worked, c.told1, c.told2)
			}
			var out bytes.Buffer
			cmd := new(cobra.Command)
			cmd.SetOut(&out)
			printAttempts(cmd, list)
			for _, line := range c.lines {
				if !strings.Contains(out.String(), line) {
					t.Errorf("%s prints\n%swithout %q", c.verb, &out, line)
				}
			}
		})
	}
}

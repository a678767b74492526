//go:build linux

package sensor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"entracte/hw/presence"
	"entracte/scripts/rig/guest"
)

// A change is one of the conditioned input.
type change struct {
	at    time.Time
	level presence.Level
	state presence.State
}

func (c change) String() string {
	return fmt.Sprintf("%v (%v) at %s", c.level, c.state, c.at.Format("05.000"))
}

// A button is a push button to ground on a line of a real chip, with a sensor
// and a machine of its own behind it.
type button struct {
	line int
	mode presence.Mode
	chip *guest.Pins
	rand *rand.Rand

	mu      sync.Mutex
	last    presence.Level
	changes []change // since they were taken last

	missed, false int
	spoilt        int             // presses that the machine slept through
	delays        []time.Duration // from the contact's last bounce to quiet
}

// serve runs the sensor and the machine until ctx ends.
func (b *button) serve(ctx context.Context) {
	name := "GPIO" + strconv.Itoa(b.line)
	in := presence.Defaults("gpio", presence.RoleService)
	in.Name, in.Mode = name, b.mode
	readings := make(chan presence.Reading)
	go (&GPIO{Input: name, Pin: name, Pull: gpio.PullUp, ActiveLow: true}).Watch(ctx, readings)
	m := presence.New(presence.Config{Inputs: []presence.Input{in}})
	open := func() (bool, bool) { return true, true }
	presence.Watch(ctx, m, time.Now(), readings, open, func(is presence.Belief) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if level := is.Inputs[0].Level; level != b.last {
			b.last = level
			b.changes = append(b.changes, change{time.Now(), level, is.State})
		}
	})
}

func (b *button) level() presence.Level {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last
}

// taken takes the changes since it was called last.
func (b *button) taken() []change {
	b.mu.Lock()
	defer b.mu.Unlock()
	got := b.changes
	b.changes = nil
	return got
}

// count compares the changes with those that a press should lead to.
func (b *button) count(t *testing.T, got []change, want ...presence.Level) {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			b.missed++
		case i >= len(want) || got[i].level != want[i] || got[i].level == presence.High && got[i].state != presence.Serving:
			b.false++
		default:
			continue
		}
		t.Logf("GPIO%d, %v button: %v, want %v", b.line, b.mode, got, want)
	}
}

// move closes or opens the contact, which bounces for some milliseconds, and
// returns when it last did.
func (b *button) move(t *testing.T, closed bool) time.Time {
	for range b.rand.IntN(6) {
		for _, c := range []bool{closed, !closed} {
			b.chip.Set(t, b.line, !c)
			time.Sleep(time.Duration(b.rand.IntN(1000)) * time.Microsecond)
		}
	}
	last := time.Now()
	b.chip.Set(t, b.line, !closed)
	return last
}

// A metronome notices when the machine did not run: the host has other things to
// do. A contact that rests in the middle of its bounce for as long as a press
// takes is no bounce, and a sensor that slept cannot know better.
type metronome struct {
	mu    sync.Mutex
	stall time.Time // when the last one ended
}

const (
	beat       = 5 * time.Millisecond
	stallLeast = 20 * time.Millisecond
)

func (m *metronome) run(ctx context.Context) {
	for ctx.Err() == nil {
		began := time.Now()
		time.Sleep(beat)
		if time.Since(began) > beat+stallLeast {
			m.mu.Lock()
			m.stall = time.Now()
			m.mu.Unlock()
		}
	}
}

func (m *metronome) stalledSince(t time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stall.After(t)
}

// press presses the button for 100 to 200 ms, and then not for as long. was is
// the level before, and what it returns is the level after.
func (b *button) press(t *testing.T, m *metronome, was presence.Level) presence.Level {
	began := time.Now()
	wait := func() { time.Sleep(time.Duration(100+b.rand.IntN(100)) * time.Millisecond) }
	settled := b.move(t, true)
	wait()
	pressed := b.taken()
	b.move(t, false)
	wait()
	released := b.taken()
	time.Sleep(2 * beat) // the metronome may be about to notice
	switch {
	case m.stalledSince(began):
		b.spoilt++
		wait() // for what is still to come
		b.taken()
		return b.level()
	case b.mode == presence.ModeLevel:
		b.count(t, pressed, presence.High)
		b.count(t, released, presence.Low)
	default:
		b.count(t, pressed, level(was == presence.Low))
		b.count(t, released)
	}
	if len(pressed) == 1 && pressed[0].level == presence.High {
		b.delays = append(b.delays, pressed[0].at.Sub(settled))
	}
	return b.level()
}

// Every press must count once, at the input as the machine sees it, and lead to
// quiet at once: 100 presses of each kind of button, or ENTRACTE_PRESSES, on ten
// lines each at a time. A press that the machine slept through is made again.
func TestRigPresses(t *testing.T) {
	guest.Need(t)
	if !guest.Alone(t, 0) {
		return
	}
	presses := 100
	if s := os.Getenv("ENTRACTE_PRESSES"); s != "" {
		var err error
		if presses, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	const lines = 10
	chip := headerChip(t, "pinctrl-bcm2711", 58)
	ctx, cancel := context.WithCancel(t.Context())
	var running, pressing sync.WaitGroup
	defer running.Wait()
	defer cancel()
	m := &metronome{}
	running.Go(func() { m.run(ctx) })
	var buttons []*button
	for i := range 2 * lines {
		b := &button{line: 4 + i, mode: presence.ModeLevel, chip: chip, rand: rand.New(rand.NewPCG(1, uint64(i)))}
		if i >= lines {
			b.mode = presence.ModeToggle
		}
		buttons = append(buttons, b)
		running.Go(func() { b.serve(ctx) })
	}
	for _, b := range buttons {
		guest.Eventually(t, 5*time.Second, "the button is not pressed", func() bool { return b.level() == presence.Low })
		b.taken()
	}
	for _, b := range buttons {
		pressing.Go(func() {
			is := presence.Low
			for n := 0; n < presses/lines+b.spoilt && b.spoilt <= 2*presses/lines; n++ {
				is = b.press(t, m, is)
			}
		})
	}
	pressing.Wait()
	for i, kind := range []string{"level", "toggle"} {
		tally(t, kind, presses, buttons[i*lines:(i+1)*lines])
	}
}

// tally reports on the buttons of a kind, and what the budget says.
func tally(t *testing.T, kind string, presses int, buttons []*button) {
	t.Helper()
	var missed, false, spoilt int
	var delays []time.Duration
	for _, b := range buttons {
		missed, false, spoilt = missed+b.missed, false+b.false, spoilt+b.spoilt
		delays = append(delays, b.delays...)
	}
	if spoilt > 2*presses || len(delays) == 0 {
		t.Fatalf("%s button: the host is too busy, %d presses were slept through", kind, spoilt)
	}
	slices.Sort(delays)
	at := func(percent int) time.Duration {
		return delays[(len(delays)-1)*percent/100].Round(10 * time.Microsecond)
	}
	t.Logf("%d presses of a %s button: %d missed, %d false; last bounce to quiet: p50 %v, p99 %v, most %v; %d more were slept through",
		presses, kind, missed, false, at(50), at(99), at(100), spoilt)
	if missed != 0 || false != 0 {
		t.Errorf("%s button: %d missed, %d false", kind, missed, false)
	}
	// The debounce of 5 ms is in it.
	if at(99) > 25*time.Millisecond {
		t.Errorf("%s button: p99 %v, the budget is 25 ms", kind, at(99))
	}
}

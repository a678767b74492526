//go:build linux

package sensor

import (
	"context"
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

// A button is a push button to ground on a line of a real chip, with a sensor
// and a machine of its own behind it.
type button struct {
	line int
	mode presence.Mode
	chip *guest.Pins
	rand *rand.Rand

	mu      sync.Mutex
	changes []change // since they were taken last

	missed, false int
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
	last := presence.Unknown
	open := func() (bool, bool) { return true, true }
	presence.Watch(ctx, m, time.Now(), readings, open, func(is presence.Belief) {
		if level := is.Inputs[0].Level; level != last {
			last = level
			b.mu.Lock()
			defer b.mu.Unlock()
			b.changes = append(b.changes, change{time.Now(), level, is.State})
		}
	})
}

// took takes the changes, counts those that are not wanted, and those that are
// and did not come.
func (b *button) took(want ...presence.Level) []change {
	b.mu.Lock()
	defer b.mu.Unlock()
	got := b.changes
	b.changes = nil
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			b.missed++
		case i >= len(want) || got[i].level != want[i] || got[i].level == presence.High && got[i].state != presence.Serving:
			b.false++
		}
	}
	return got
}

// move closes or opens the contact, which bounces for a few milliseconds, and
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

// press presses the button for the nth time: for 100 to 200 ms, and then not
// for as long.
func (b *button) press(t *testing.T, n int) {
	wait := func() { time.Sleep(time.Duration(100+b.rand.IntN(100)) * time.Millisecond) }
	down, up := presence.High, []presence.Level{presence.Low}
	if b.mode == presence.ModeToggle {
		if up = nil; n%2 == 1 {
			down = presence.Low
		}
	}
	settled := b.move(t, true)
	wait()
	if got := b.took(down); down == presence.High && len(got) == 1 {
		b.delays = append(b.delays, got[0].at.Sub(settled))
	}
	b.move(t, false)
	wait()
	b.took(up...)
}

// Every press must count once, at the input as the machine sees it, and lead to
// quiet at once: so often for each kind of button, on ten lines each at a time.
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
		guest.Eventually(t, 5*time.Second, "the button is not pressed", func() bool {
			got := b.took()
			return len(got) > 0 && got[len(got)-1].level == presence.Low
		})
		b.false = 0
	}
	for _, b := range buttons {
		pressing.Go(func() {
			for n := range presses / lines {
				b.press(t, n)
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
	missed, false, delays := 0, 0, []time.Duration(nil)
	for _, b := range buttons {
		missed, false, delays = missed+b.missed, false+b.false, append(delays, b.delays...)
	}
	if missed != 0 || false != 0 {
		t.Errorf("%d presses of a %s button: %d changes missed, %d false", presses, kind, missed, false)
	}
	if len(delays) == 0 {
		t.Fatalf("no %s button led to quiet", kind)
	}
	slices.Sort(delays)
	at := func(percent int) time.Duration {
		return delays[(len(delays)-1)*percent/100].Round(10 * time.Microsecond)
	}
	t.Logf("%d presses of a %s button: %d missed, %d false; last bounce to quiet: p50 %v, p99 %v, most %v",
		presses, kind, missed, false, at(50), at(99), at(100))
	// The debounce of 5 ms is in it.
	if at(99) > 25*time.Millisecond {
		t.Errorf("p99 %v, the budget is 25 ms", at(99))
	}
}

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
	unlike        int             // presses that were none
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

// has reports how many changes there are to be taken.
func (b *button) has() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.changes)
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

// restsMost is how long a contact may rest in the middle of a bounce. One that is
// open for 50 ms is let go, and what follows is another press.
const restsMost = 40 * time.Millisecond

// move closes or opens the contact, which bounces for some milliseconds, and
// returns when it last did, and whether it bounced at all: the host may have had
// other things to do in the middle of it.
func (b *button) move(t *testing.T, closed bool) (last time.Time, bounced bool) {
	bounced = true
	set := func(closed bool) {
		was := last
		last = time.Now()
		b.chip.Set(t, b.line, !closed)
		bounced = bounced && (was.IsZero() || time.Since(was) <= restsMost)
	}
	for range b.rand.IntN(6) {
		for _, c := range []bool{closed, !closed} {
			set(c)
			time.Sleep(time.Duration(b.rand.IntN(1000)) * time.Microsecond)
		}
	}
	set(closed)
	return last, bounced
}

// hold waits for 100 to 200 ms in which the machine runs: a host that lets it
// stand still for as long takes one step from it.
func (b *button) hold() {
	for range 10 + b.rand.IntN(11) {
		time.Sleep(10 * time.Millisecond)
	}
}

// press presses the button and lets it go. was is the level before, and what it
// returns is the level after.
func (b *button) press(t *testing.T, was presence.Level) presence.Level {
	settled, closed := b.move(t, true)
	if closed {
		b.hold()
	}
	_, opened := b.move(t, false)
	b.hold()
	if !closed || !opened {
		b.unlike++
		b.hold() // for what is still to come
		b.taken()
		return b.level()
	}
	want := []presence.Level{level(was == presence.Low)}
	if b.mode == presence.ModeLevel {
		want = []presence.Level{presence.High, presence.Low}
	}
	// Late is not missed: the figures tell how late.
	for end := time.Now().Add(patience); b.has() < len(want) && time.Now().Before(end); {
		b.hold()
	}
	got := b.taken()
	b.count(t, got, want...)
	if len(got) > 0 && got[0].level == presence.High {
		// One that rested may be believed before it bounced last.
		b.delays = append(b.delays, max(0, got[0].at.Sub(settled)))
	}
	return b.level()
}

// Every press must count once, at the input as the machine sees it, and lead to
// quiet at once: 100 presses of each kind of button, or ENTRACTE_PRESSES, on ten
// lines each at a time. A press whose contact did not move as one does is made
// again. How long it takes is told, and not judged: beside other work it says
// nothing about the player.
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
	chip := guest.Header(t, "pinctrl-bcm2711", 58)
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
		guest.Eventually(t, patience, "the button is not pressed", func() bool { return b.level() == presence.Low })
		b.taken()
	}
	for _, b := range buttons {
		pressing.Go(func() {
			is := presence.Low
			for n := 0; n < presses/lines+b.unlike; n++ {
				is = b.press(t, is)
			}
		})
	}
	pressing.Wait()
	for i, kind := range []string{"level", "toggle"} {
		tally(t, kind, presses, buttons[i*lines:(i+1)*lines])
	}
}

// tally reports on the buttons of a kind.
func tally(t *testing.T, kind string, presses int, buttons []*button) {
	t.Helper()
	var missed, false, unlike int
	var delays []time.Duration
	for _, b := range buttons {
		missed, false, unlike = missed+b.missed, false+b.false, unlike+b.unlike
		delays = append(delays, b.delays...)
	}
	if len(delays) == 0 {
		t.Fatalf("%s button: nothing was pressed", kind)
	}
	slices.Sort(delays)
	at := func(percent int) time.Duration {
		return delays[(len(delays)-1)*percent/100].Round(10 * time.Microsecond)
	}
	t.Logf("%d presses of a %s button: %d missed, %d false; last bounce to quiet, with a debounce of 5 ms: p50 %v, p99 %v, most %v; %d more were like no button's",
		presses, kind, missed, false, at(50), at(99), at(100), unlike)
	if missed != 0 || false != 0 {
		t.Errorf("%s button: %d missed, %d false", kind, missed, false)
	}
}

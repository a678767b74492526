package board

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const rest = 8 * time.Second

// twoLoops are a glass and sensors that come round when their test says so.
func twoLoops() (glass, sensors *uint64, loops []Loop) {
	glass, sensors = new(uint64), new(uint64)
	return glass, sensors, []Loop{
		{Name: "the glass", Rounds: func() uint64 { return *glass }, Rest: rest},
		{Name: "the sensors", Rounds: func() uint64 { return *sensors }, Rest: rest},
	}
}

func TestPulseReadyOnceAllCameRound(t *testing.T) {
	t.Parallel()
	glass, sensors, loops := twoLoops()
	now := time.Unix(0, 0)
	p := NewPulse(5*time.Second, loops, now)
	if b := p.Look(now.Add(time.Second)); b != (Beat{}) {
		t.Errorf("before anything: %+v", b)
	}
	*glass = 1
	if b := p.Look(now.Add(2 * time.Second)); b != (Beat{}) {
		t.Errorf("with a frame but no sensors: %+v", b)
	}
	*sensors = 1
	if b := p.Look(now.Add(3 * time.Second)); b != (Beat{Ready: true, Feed: true}) {
		t.Errorf("with both: %+v", b)
	}
	*glass, *sensors = 2, 2
	if b := p.Look(now.Add(4 * time.Second)); b != (Beat{}) {
		t.Errorf("a second later: %+v", b)
	}
}

// run lets the loops come round each second until one stops, for a minute of
// looks, and returns when the watchdog was fed last and what stood still.
func run(half time.Duration, glassUntil, sensorsUntil time.Duration) (last time.Duration, stalled string) {
	glass, sensors, loops := twoLoops()
	begin := time.Unix(0, 0)
	p := NewPulse(half, loops, begin)
	for at := time.Duration(0); at <= time.Minute; at += p.Every() {
		if at <= glassUntil {
			*glass = 1 + uint64(at/time.Second)
		}
		if at <= sensorsUntil {
			*sensors = 1 + uint64(at/time.Second)
		}
		b := p.Look(begin.Add(at))
		if b.Feed {
			last = at
		}
		stalled = b.Stalled
	}
	return last, stalled
}

func TestPulseStallsStarve(t *testing.T) {
	t.Parallel()
	const half, forever, stop = 5 * time.Second, time.Hour, 20 * time.Second
	if last, stalled := run(half, forever, forever); last < time.Minute-half || stalled != "" {
		t.Errorf("a player that is well was fed last at %v, stalled %q", last, stalled)
	}
	if last, stalled := run(half, stop, forever); last > stop+rest || stalled != "the glass" {
		t.Errorf("a glass that stops at %v: fed last at %v, stalled %q", stop, last, stalled)
	}
	if last, stalled := run(half, forever, stop); last > stop+rest || stalled != "the sensors" {
		t.Errorf("sensors that stop at %v: fed last at %v, stalled %q", stop, last, stalled)
	}
	if last, stalled := run(0, forever, stop); last != 0 || stalled != "the sensors" {
		t.Errorf("without a watchdog: fed at %v, stalled %q", last, stalled)
	}
}

// A loop that comes back is fed for at once: half of the watchdog may be over.
func TestPulseComesBack(t *testing.T) {
	t.Parallel()
	glass, sensors, loops := twoLoops()
	*glass, *sensors = 1, 1
	now := time.Unix(0, 0)
	p := NewPulse(5*time.Second, loops, now)
	p.Look(now)
	*sensors = 2
	if b := p.Look(now.Add(9 * time.Second)); b.Feed || b.Stalled != "the glass" {
		t.Errorf("9 s without the glass: %+v", b)
	}
	*glass = 2
	if b := p.Look(now.Add(10 * time.Second)); !b.Feed || b.Stalled != "" {
		t.Errorf("the glass is back: %+v", b)
	}
}

// Whatever the watchdog from ShortestWatchdog on, and however the loops keep
// within an idle glass's 5 s, the manager never waits in vain.
func TestPulseNeverStarvesTheWell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		watchdog := time.Duration(rapid.Int64Range(int64(ShortestWatchdog), int64(2*time.Minute)).Draw(t, "watchdog"))
		glass, sensors, loops := twoLoops()
		begin := time.Unix(0, 0)
		p := NewPulse(watchdog/2, loops, begin)
		var nextGlass, nextSensors, fed time.Duration
		for at := time.Duration(0); at < 5*watchdog; at += p.Every() {
			for ; nextGlass <= at; nextGlass += time.Duration(rapid.Int64Range(int64(time.Millisecond)*100, int64(5*time.Second)).Draw(t, "glass")) {
				*glass++
			}
			for ; nextSensors <= at; nextSensors += 5 * time.Second {
				*sensors++
			}
			if p.Look(begin.Add(at)).Feed {
				fed = at
			}
			if at-fed >= watchdog*3/4 {
				t.Fatalf("at %v it was fed %v ago; the watchdog waits %v", at, at-fed, watchdog)
			}
		}
	})
}

// A venue without sensors has fewer loops, and is fed like any other.
func TestPulseWithoutSensors(t *testing.T) {
	t.Parallel()
	n := uint64(1)
	now := time.Unix(0, 0)
	p := NewPulse(5*time.Second, []Loop{{Name: "the glass", Rounds: func() uint64 { return n }, Rest: rest}}, now)
	if b := p.Look(now); !b.Ready || !b.Feed {
		t.Errorf("at once: %+v", b)
	}
	n++
	if b := p.Look(now.Add(5 * time.Second)); !b.Feed {
		t.Errorf("later: %+v", b)
	}
}

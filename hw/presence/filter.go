package presence

import (
	"math"
	"time"
)

// never is later than any time.
const never = time.Duration(math.MaxInt64)

// after adds without overflow; d is not negative.
func after(t, d time.Duration) time.Duration {
	if s := t + d; s >= t {
		return s
	}
	return never
}

// An agenda finds the earliest time after now.
type agenda struct{ now, first time.Duration }

func (a *agenda) add(t time.Duration) {
	if t > a.now && t < a.first {
		a.first = t
	}
}

// A filter removes bounce from a level and holds on to "high" for a while.
type filter struct {
	assert, release, hold time.Duration

	raw    Level
	since  time.Duration // when raw became what it is
	looked time.Duration // the last look that found raw; never if it needs none
	sure   bool          // high was stable long enough, and low was not since
	until  time.Duration // the end of the hold
}

// step takes the level at t, which a look at looked found, and reports whether
// "high" has just become sure.
func (f *filter) step(t time.Duration, raw Level, looked time.Duration) (rose bool) {
	f.looked = looked
	if raw != f.raw {
		f.raw, f.since = raw, t
	}
	switch {
	case raw == High && !f.sure && f.stood(t, f.assert):
		f.sure = true
		return true
	case raw == Low && f.sure && f.stood(t, f.release),
		raw == Unknown && f.sure:
		f.sure, f.until = false, after(t, f.hold)
	}
	return false
}

// stood reports whether at t the level is known to have stood for d. A level of
// a sensor that looks again and again is known to stand only until the last look.
func (f *filter) stood(t, d time.Duration) bool {
	return d == 0 || min(t, f.looked) >= after(f.since, d)
}

// disturb notes that the level was another one for a moment. It puts off the end
// of "high", not its beginning: a contact that chatters is closed.
func (f *filter) disturb(t time.Duration) {
	if f.raw == Low {
		f.since = t
	}
}

// pulse holds as if high had just ended.
func (f *filter) pulse(t time.Duration) { f.until = max(f.until, after(t, f.hold)) }

// on reports whether "high" is believed at t.
func (f *filter) on(t time.Duration) bool { return f.sure || t < f.until }

// pending reports whether a high level waits to be believed.
func (f *filter) pending() bool { return f.raw == High && !f.sure }

func (f *filter) plan(a *agenda) {
	switch {
	case f.looked != never: // it takes another look
	case f.pending():
		a.add(after(f.since, f.assert))
	case f.raw == Low && f.sure:
		a.add(after(f.since, f.release))
	}
	if !f.sure {
		a.add(f.until)
	}
}

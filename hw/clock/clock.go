package clock

import (
	"fmt"
	"time"

	"entracte/scheduler/plan"
)

const (
	// Slack is how far before the floor a time may be and still be believed: the
	// clock of who signed may be wrong by a time zone.
	Slack = 24 * time.Hour
	// Reach is how far after the floor a time is believed without a second source.
	Reach = 400 * 24 * time.Hour
	// Farthest is how far after the floor a person is believed: beyond, the year
	// was mistyped.
	Farthest = 10 * 365 * 24 * time.Hour
	// ranOn is how much longer than the machine was powered a battery clock must
	// have run to prove that it runs without power: more than the powered time that
	// a power cut can leave uncounted.
	ranOn = 2 * time.Hour
)

// A Source is who says what time it is.
type Source string

// The sources. Nobody is the zero value.
const (
	Nobody   Source = ""
	Network  Source = "network"
	Hardware Source = "hardware"
	Person   Source = "person"
)

// A Doubt is why a clock is not trusted.
type Doubt string

// The doubts.
const (
	NoDoubt Doubt = ""
	// NoSource: nobody vouches for the machine's clock.
	NoSource Doubt = "no source"
	// TooEarly: it is before the floor.
	TooEarly Doubt = "before the floor"
	// TooLate: it is more than [Reach] after the floor.
	TooLate Doubt = "too far ahead"
	// Unproven: it was set from a battery clock that was not found running without
	// power.
	Unproven Doubt = "unproven hardware clock"
)

// A Reading is what the machine says at one moment.
type Reading struct {
	// Mono is the time since this start of the machine.
	Mono time.Duration
	// System is what its clock says, and By who it was set by: Network or Hardware;
	// Nobody if nobody vouches for it.
	System time.Time
	By     Source
	// Hardware is what its battery clock reads; zero without one.
	Hardware time.Time
}

// A Clock is one machine's. It is not for several goroutines at once. All times it
// returns are in UTC.
type Clock struct {
	boot string
	mono time.Duration // what the marks are carried on to
	kept Kept
	last Reading
	// doubt is why the last reading was not believed.
	doubt Doubt
}

// New goes on from what was kept ([Kept]'s zero value for nothing). built is when
// the program was built, zero if nobody knows; boot names this start of the machine.
func New(built time.Time, boot string, kept Kept, r Reading) *Clock {
	c := &Clock{boot: boot, mono: r.Mono, kept: kept.utc()}
	k := &c.kept
	passed := r.Mono // of this start, all of it was powered
	if kept.Boot == boot && kept.Mono <= r.Mono {
		passed = r.Mono - kept.Mono
	} else {
		k.Now, k.By = time.Time{}, Nobody
		c.prove(r)
	}
	k.Boot = boot
	c.advance(max(passed, 0))
	if built.After(k.Floor) {
		k.Floor, k.FloorFrom = built.UTC(), "build"
	}
	c.Read(r)
	return c
}

// prove compares a battery clock with what it read before the power went.
func (c *Clock) prove(r Reading) {
	k := &c.kept
	switch {
	case r.Hardware.IsZero() || k.HardwareAt.IsZero():
	case r.Hardware.Before(k.HardwareAt):
		k.HardwareRan = false
	case r.Hardware.Add(-r.Mono).After(k.HardwareAt.Add(ranOn)):
		k.HardwareRan = true
	}
}

// advance carries the marks on by powered time.
func (c *Clock) advance(d time.Duration) {
	k := &c.kept
	for _, mark := range []*time.Time{&k.Floor, &k.Seen, &k.Vouched, &k.Now} {
		if !mark.IsZero() {
			*mark = mark.Add(d)
		}
	}
	k.Powered += d
}

func (c *Clock) to(mono time.Duration) {
	if d := mono - c.mono; d > 0 {
		c.advance(d)
		c.mono = mono
	}
}

// Read takes a reading, no earlier than the last.
func (c *Clock) Read(r Reading) {
	c.to(r.Mono)
	k := &c.kept
	r.System = r.System.UTC()
	c.last, c.doubt = r, c.doubts(r)
	if !r.Hardware.IsZero() {
		k.HardwareAt = r.Hardware.UTC()
	}
	switch {
	case k.By == Person:
		return
	case c.doubt != NoDoubt || r.By == Hardware && k.By != Nobody:
		return // what is known goes on
	}
	k.Now, k.By = r.System, r.By
	c.see()
}

// doubts says why a reading cannot be trusted.
func (c *Clock) doubts(r Reading) Doubt {
	k := &c.kept
	switch {
	case k.early(r.System):
		return TooEarly
	case r.By == Nobody:
		return NoSource
	case r.By == Hardware && !k.HardwareRan:
		return Unproven
	case k.late(r.System):
		return TooLate
	}
	return NoDoubt
}

// see raises the mark of what was seen. What only a person said, and nothing else
// makes plausible, does not: it may be a mistyped year.
func (c *Clock) see() {
	k := &c.kept
	if k.By == Person && !k.Floor.IsZero() && k.Now.After(k.Floor.Add(Reach)) {
		return
	}
	if k.Now.After(k.Seen) {
		k.Seen = k.Now
	}
}

// Signed takes a time at which something was signed that has been accepted: it has
// passed. from says what it was, as "acme/shop-17 0001-00000042".
func (c *Clock) Signed(mono time.Duration, issued time.Time, from string) {
	c.to(mono)
	if issued.After(c.kept.Floor) {
		c.kept.Floor, c.kept.FloorFrom = issued.UTC(), from
	}
}

// Vouch takes a person's word for the time, until the power goes. forget says that
// a later time that was seen was wrong: flights that were over by then play again.
func (c *Clock) Vouch(mono time.Duration, t time.Time, forget bool) error {
	c.to(mono)
	k, t := &c.kept, t.UTC()
	switch {
	case k.early(t):
		return fmt.Errorf("%s cannot be: %s has surely passed (%s)\nhint: check the year and the day",
			t.Format(time.RFC3339), k.Floor.Format(time.RFC3339), k.floorSource())
	case !k.Floor.IsZero() && t.After(k.Floor.Add(Farthest)):
		return fmt.Errorf("%s is more than ten years after %s, which has surely passed\nhint: check the year",
			t.Format(time.RFC3339), k.Floor.Format(time.RFC3339))
	}
	k.Now, k.By, k.Vouched = t, Person, t
	if forget && k.Seen.After(t) {
		k.Seen = t
	}
	c.see()
	return nil
}

// At is the time at a moment and how far it can be trusted: under plan.ClockFloor
// it is the floor, and so it is under plan.ClockUnknown, for what it is worth.
func (c *Clock) At(mono time.Duration) (time.Time, plan.Clock) {
	since := max(mono-c.mono, 0)
	k := &c.kept
	switch {
	case k.By != Nobody:
		return k.Now.Add(since), plan.ClockTrusted
	case k.Floor.IsZero():
		return c.last.System.Add(mono - c.last.Mono), plan.ClockUnknown
	case c.doubt == TooEarly:
		return k.Floor.Add(since), plan.ClockUnknown
	}
	return k.Floor.Add(since), plan.ClockFloor
}

// Seen is the latest time that was ever trusted, carried on to a moment; zero if
// none was. It is for one use: a flight that was over by then is over.
func (c *Clock) Seen(mono time.Duration) time.Time {
	if c.kept.Seen.IsZero() {
		return time.Time{}
	}
	return c.kept.Seen.Add(max(mono-c.mono, 0))
}

// Stale reports whether content has been in force for too long without a newer
// serial, which a machine without a clock can only tell by the time it was powered:
// now is [State.Powered], accepted what it was when the newest serial was accepted,
// and after the pack's stale_after_powered_h; 0 or less is never.
func Stale(now, accepted, after time.Duration) bool {
	return after > 0 && now-accepted >= after
}

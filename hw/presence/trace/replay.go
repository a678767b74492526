package trace

import (
	"errors"
	"fmt"
	"time"

	"entracte/hw/presence"
)

// How long what is expected may take to come true.
const (
	servesWithin  = 100 * time.Millisecond
	changesWithin = time.Second
)

// Replay lives the day through a machine of its own and returns every difference
// between what it believed and what was expected, joined, or nil. A day has no
// differences beyond the twentieth.
func (d *Day) Replay() error {
	r := &replay{day: d, m: presence.New(d.Config), trusted: true}
	r.was = r.outlook()
	for i, e := range d.events {
		if i == 0 {
			r.tellHours(e.at)
		}
		r.until(e.at)
		r.expected(i)
		r.happens(e)
		// What happens at one time is one happening.
		if i+1 == len(d.events) || d.events[i+1].at > e.at {
			r.look(e.at)
		}
	}
	r.overdue(latest + changesWithin)
	return errors.Join(r.differences...)
}

type replay struct {
	day     *Day
	m       *presence.Machine
	trusted bool
	hours   time.Duration // when the hours were told last

	was     outlook
	wanted  *event
	met     bool
	checked int // events whose expectation was looked at

	differences []error
}

const maxDifferences = 20

func (r *replay) differ(line int, format string, args ...any) {
	if len(r.differences) < maxDifferences {
		r.differences = append(r.differences, fmt.Errorf("%s:%d: %s", r.day.Name, line, fmt.Sprintf(format, args...)))
	}
}

// until lives through all that comes due by itself before t.
func (r *replay) until(t time.Duration) {
	for {
		next, ok := r.day.changeOfHours(r.hours)
		tell := ok && next < t
		if d, due := r.m.Deadline(); due && d < t && (!tell || d < next) {
			r.m.Advance(d)
			r.look(d)
			if again, ok := r.m.Deadline(); ok && again <= d {
				r.differ(0, "at %s the machine's next deadline is not ahead of it", clock(d))
				return
			}
			continue
		}
		if !tell {
			return
		}
		r.tellHours(next)
		r.look(next)
	}
}

func (r *replay) tellHours(t time.Duration) {
	r.hours = t
	r.m.SetHours(t, r.day.open(t), r.trusted)
}

func (r *replay) happens(e event) {
	switch {
	case e.reading != nil:
		r.m.Observe(e.at, *e.reading)
	case e.trusted != nil:
		r.trusted = *e.trusted
		r.tellHours(e.at)
	case e.expect == nil:
		r.m.Advance(e.at)
	}
}

// expected takes up what is expected at the time of the i-th event, before
// anything happens at that time.
func (r *replay) expected(i int) {
	for ; r.checked < len(r.day.events) && r.day.events[r.checked].at == r.day.events[i].at; r.checked++ {
		if e := &r.day.events[r.checked]; e.expect != nil {
			if r.wanted != nil && r.wanted.at < e.at {
				r.overdue(latest + changesWithin)
			}
			r.wanted, r.met = e, *e.expect == r.was
		}
	}
}

// overdue notes that what is expected did not come in time, by t.
func (r *replay) overdue(t time.Duration) {
	if r.wanted == nil || r.met {
		return
	}
	within := changesWithin
	if r.wanted.expect.state == presence.Serving {
		within = servesWithin
	}
	if t > r.wanted.at+within {
		r.differ(r.wanted.line, "expected %v, it is %v: %s", r.wanted.expect, r.was, r.m.Belief().Cause)
		r.met = true // said once
	}
}

// look compares what the machine believes at t.
func (r *replay) look(t time.Duration) {
	is := r.outlook()
	if is == r.was {
		return
	}
	r.overdue(t)
	r.was = is
	switch {
	case r.wanted == nil:
	case is == *r.wanted.expect:
		r.met = true
	default:
		r.met = true // said once
		r.differ(r.wanted.line, "expected %v from here on, but at %s it is %v: %s", r.wanted.expect, clock(t), is, r.m.Belief().Cause)
	}
}

func (r *replay) outlook() outlook {
	b := r.m.Belief()
	var names []string
	for _, f := range b.Faults {
		names = append(names, f.Input)
	}
	return outlook{b.State, b.Paused, inQuotes(names)}
}

// open says whether the shop is open at t, by its hours.
func (d *Day) open(t time.Duration) bool {
	if d.hours == nil {
		return true
	}
	t %= 24 * time.Hour
	for _, w := range d.hours {
		if w.from <= t && t < w.till || t+24*time.Hour < w.till {
			return true
		}
	}
	return false
}

// changeOfHours is the next time after t at which the hours may say otherwise.
func (d *Day) changeOfHours(t time.Duration) (time.Duration, bool) {
	first, found := latest, false
	for _, w := range d.hours {
		for _, edge := range []time.Duration{w.from, w.till} {
			edge %= 24 * time.Hour
			for ; edge <= t; edge += 24 * time.Hour {
			}
			if edge < first {
				first, found = edge, true
			}
		}
	}
	return first, found
}

func clock(t time.Duration) string {
	ms := t.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}

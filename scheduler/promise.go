package scheduler

import (
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// promisedOf: guaranteed campaigns together take one of so many picks at most.
const promisedOf = 3

// A curve says how the chances to show something are spread over the week, in
// parts of a million.
type curve struct {
	rate  [7 * 24]int64
	until [7*24 + 1]int64 // the sum of the rates before
}

const weekParts = 1_000_000

// newCurve is the curve of the counted waits, leaning on the opening hours as if
// one wait had been counted in every open hour: a new venue starts from there, and
// what it learns soon weighs more.
func newCurve(w *plan.Waits, v *plan.Venue) curve {
	var c curve
	var total int64
	monday := plan.Date{Year: 2001, Month: time.January, Day: 7} // a Sunday: hours go from there
	for h := range c.rate {
		open := int64(0)
		for m := range 60 {
			day := monday.AddDays(h / 24)
			if v.Hours.Open(time.Date(day.Year, day.Month, day.Day, h%24, m, 0, 0, time.UTC), nil) {
				open++
			}
		}
		c.rate[h] = open
		if w != nil {
			c.rate[h] += 60 * int64(w.Hours[h])
		}
		total += c.rate[h]
	}
	for h := range c.rate {
		if total == 0 {
			c.rate[h], total = 1, 0 // never open and nothing counted: all hours alike
		}
	}
	if total == 0 {
		total = int64(len(c.rate))
	}
	for h := range c.rate {
		c.rate[h] = c.rate[h] * weekParts / total
		c.until[h+1] = c.until[h] + c.rate[h]
	}
	return c
}

// at is how many chances have gone by until a minute of a day, from an arbitrary
// beginning, in sixtieths of a part.
func (c *curve) at(day, minute int) int64 {
	const sunday = 3 // the day number of 1970-01-04
	week, of := floorDiv(day-sunday, 7)
	h := of*24 + minute/60
	if h >= len(c.rate) {
		return (int64(week) + 1) * 60 * c.until[len(c.rate)]
	}
	return 60*(int64(week)*c.until[len(c.rate)]+c.until[h]) + int64(minute%60)*c.rate[h]
}

func floorDiv(a, b int) (q, r int) {
	q, r = a/b, a%b
	if r < 0 {
		q, r = q-1, r+b
	}
	return q, r
}

// A promise is a guaranteed campaign's flight on the curve.
type promise struct {
	from, chances int64
	goal          int64
}

func (s *Scheduler) promiseOf(c *plan.Campaign) promise {
	if c.Goal <= 0 || c.Flight.From.IsZero() || c.Flight.To.IsZero() {
		return promise{}
	}
	from := s.curve.at(dayNumber(c.Flight.From), 0)
	return promise{from, s.curve.at(dayNumber(c.Flight.To), 0) - from, int64(c.Goal)}
}

// window is between which chances the next play is due after so many are done:
// due(t) is the goal times the part of the flight's chances gone by, and a play
// is asked for while done is below it. It is false when the goal is reached.
func (p *promise) window(done int64) (release, deadline int64, ok bool) {
	if p.goal == 0 {
		return 0, done, true // nothing to pace by: whenever it may
	}
	if done >= p.goal || p.chances <= 0 {
		return 0, 0, false
	}
	part := func(n int64) int64 { return p.from + int64(scale(uint64(p.chances), uint64(n), uint64(p.goal))) }
	return part(done), part(done + 1), true
}

// promised finds the guaranteed campaign whose next play is due first.
func (s *Scheduler) promised(st *state, q *asking) (bid, bool) {
	ln := &st.lanes[guaranteed]
	if len(ln.pools) == 0 {
		return bid{}, false
	}
	w := &st.lanes[weighted]
	s.renew(w)
	p, now := ln.pools[0], s.curve.at(q.at.day(), q.at.minute())
	best, first := int32(-1), int64(0)
	for _, queue := range []queue{due, early} {
		for _, slot := range p.queues[queue] {
			i := p.members[slot]
			release, deadline, ok := s.promises[slot].window(st.done[slot])
			if !ok || release > now || best >= 0 && (deadline > first || deadline == first && slot > best) {
				continue
			}
			if s.blocked(st, ln, p, slot, q) > repeated {
				continue
			}
			// It comes back within the repeat distance only when it is late.
			if last := p.entries[slot].last; last > 0 && st.paid+1-last <= w.repeat && deadline > now {
				continue
			}
			if seat := w.seatOf(s.ads[i].campaign.Category); seat >= 0 && w.full(seat) {
				continue
			}
			best, first = slot, deadline
		}
	}
	return bid{slot: best}, best >= 0
}

// seatOf returns the seat of a category, or -1.
func (ln *lane) seatOf(category int) int {
	return slices.IndexFunc(ln.seats, func(s seat) bool { return s.category == category })
}

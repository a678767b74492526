package scheduler

import (
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// promisedOf: guaranteed campaigns together take one of so many picks at most.
const promisedOf = 3

// A curve says how the chances to show something are spread over the week: until
// holds, for each minute from Sunday on, those that have gone by, in parts of
// weekParts.
type curve struct{ until [weekMinutes + 1]int64 }

const weekParts = 1 << 40

// newCurve is the curve of the counted waits, leaning on the opening hours as if
// one wait had been counted in every open hour: a new venue starts from there, and
// what it learns soon weighs more. The waits of an hour are spread over the minutes
// the venue is open in it.
func newCurve(w *plan.Waits, v *plan.Venue) curve {
	var open [weekMinutes]bool
	var weight [weekMinutes / 60]int64
	var minutes [weekMinutes / 60]int64
	var total int64
	sunday := time.Date(2001, 1, 7, 0, 0, 0, 0, time.UTC)
	for m := range open {
		if open[m] = v.Hours.Open(sunday.Add(time.Duration(m)*time.Minute), nil); open[m] {
			minutes[m/60]++
		}
	}
	for h := range weight {
		weight[h] = minutes[h]
		if w != nil {
			weight[h] += 60 * int64(w.Hours[h])
		}
		if minutes[h] == 0 {
			minutes[h] = 60 // counted while closed: hours were changed since
		}
		total += weight[h]
	}
	var c curve
	for m := range open {
		h := m / 60
		part := uint64(0)
		switch {
		case total == 0: // never open and nothing counted: all minutes alike
			part = weekParts / weekMinutes
		case open[m] || minutes[h] == 60:
			part = scale(weekParts, uint64(weight[h]), uint64(total*minutes[h]))
		}
		c.until[m+1] = c.until[m] + int64(part)
	}
	return c
}

// week is all chances of a week.
func (c *curve) week() int64 { return c.until[weekMinutes] }

// at is how many chances have gone by until a minute of a day, from an arbitrary
// beginning.
func (c *curve) at(day, minute int) int64 {
	const sunday = 3 // the day number of 1970-01-04
	week, of := floorDiv(day-sunday, 7)
	return int64(week)*c.week() + c.until[min(of*minutesOfDay+minute, weekMinutes)]
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
	for slot := range p.active {
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
	return bid{slot: best}, best >= 0
}

// seatOf returns the seat of a category, or -1.
func (ln *lane) seatOf(category int) int {
	return slices.IndexFunc(ln.seats, func(s seat) bool { return s.category == category })
}

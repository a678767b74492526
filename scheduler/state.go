package scheduler

import (
	"slices"

	"entracte/scheduler/plan"
)

// state is everything that changes from play to play, and who may play at an
// instant. A copy shares its pools until one of them is written.
type state struct {
	copy  uint32
	lanes [lanes]lane
	// at is the instant the verdicts are true for.
	at    instant
	known bool
	// completed and those broken off since are what the next showing is beside.
	completed showing
	brokenOff []showing
	// ownCredit is what house content is owed while it takes turns with the others.
	ownCredit int64
	// paid counts the weighted and guaranteed plays, promisedPaid and promisedAny
	// the paid and all plays since the last guaranteed one, and mix has a bit for
	// each of the last 64 paid plays: 1 is guaranteed.
	paid, promisedPaid, promisedAny uint64
	mix                             uint64
	// otherwise has a bit for each of the last plays of the past, 1 where this plan
	// would have decided otherwise.
	otherwise uint32
	// done counts the plays of each guaranteed campaign, by slot.
	done []int64
}

func (st *state) clone() state {
	c := *st
	c.copy++
	for l := range c.lanes {
		c.lanes[l] = st.lanes[l].clone()
	}
	c.done = slices.Clone(st.done)
	return c
}

// advance brings the verdicts to a later instant. Only ads whose verdict may have
// changed are looked at; after a jump of the clock, all of them.
func (s *Scheduler) advance(st *state, at instant) {
	was := st.at
	st.at = at
	switch {
	case !st.known || was.clock != at.clock:
		st.known = true
		s.judgeAll(st)
	case at.clock != plan.ClockUnknown && at.civil != was.civil:
		s.turnCalendar(st, was, at)
	}
	for l := range st.lanes {
		if ln := &st.lanes[l]; ln.wake > 0 && ln.wake <= at.mono {
			s.ringAll(st, laneID(l))
		}
	}
}

// ringAll looks at the ads of a lane whose time has come.
func (s *Scheduler) ringAll(st *state, l laneID) {
	ln := &st.lanes[l]
	for i := range ln.pools {
		if t := ln.pools[i].timers; len(t) > 0 && t[0].at <= st.at.mono {
			s.ring(st, l, i)
		}
	}
	ln.wake = 0
	for _, p := range ln.pools {
		if len(p.timers) > 0 && (ln.wake == 0 || p.timers[0].at < ln.wake) {
			ln.wake = p.timers[0].at
		}
	}
}

// turnCalendar looks at the ads whose daypart or flight may begin or end between
// two readings of the venue's clock, and at those whose day was full.
func (s *Scheduler) turnCalendar(st *state, was, at instant) {
	days := at.day() - was.day()
	if days < 0 || days > 6 || days == 0 && at.minute() < was.minute() {
		s.judgeAll(st) // a jump, or the hour that comes twice
		return
	}
	if days == 0 && at.minute() == was.minute() {
		return
	}
	from := was.weekMinute() + 1
	to := from + days*minutesOfDay + at.minute() - was.minute() - 1
	for _, part := range [][2]int{{from, min(to, weekMinutes-1)}, {0, to - weekMinutes}} {
		for _, i := range s.minutes.between(part[0], part[1]) {
			s.judge(st, i)
		}
	}
	if days == 0 {
		return
	}
	for _, i := range s.dates.between(was.day()+1, at.day()) {
		s.judge(st, i)
	}
	for l := range st.lanes {
		for i := range st.lanes[l].pools {
			if len(st.lanes[l].pools[i].dayFull) > 0 {
				s.newDay(st, laneID(l), i)
			}
		}
	}
	if was.month() != at.month() {
		s.weigh(st)
	}
	if st == &s.state {
		s.promise() // what was learned of the waits since
	}
}

// ring looks at the ads of a pool whose time has come.
func (s *Scheduler) ring(st *state, l laneID, i int) {
	p := st.own(l, i)
	for len(p.timers) > 0 && p.timers[0].at <= st.at.mono {
		t := popTimer(&p.timers)
		if e := &p.entries[t.slot]; e.wakes == t.at { // else an earlier one has rung
			e.wakes = 0
			s.judge(st, p.members[t.slot])
		}
	}
}

func (s *Scheduler) newDay(st *state, l laneID, i int) {
	p := st.own(l, i)
	full := p.dayFull
	p.dayFull = nil
	for _, slot := range full {
		p.entries[slot].listed = false
		s.judge(st, p.members[slot])
	}
}

func (s *Scheduler) judgeAll(st *state) {
	for i := range s.ads {
		s.judge(st, int32(i))
	}
	s.weigh(st)
}

// judge works out the verdict on an ad and lets it join or leave the turns. Where
// a sole booking may be concerned, all of its group is judged.
func (s *Scheduler) judge(st *state, i int32) {
	if group := s.sole[s.ads[i].group]; len(group) > 0 && !s.ads[i].venue {
		s.judgeGroup(st, group)
		return
	}
	s.settle(st, i, s.early(&s.ads[i], st.at))
}

// settle goes on from the early verdict to the last one that is kept.
func (s *Scheduler) settle(st *state, i int32, v Filter) {
	a := &s.ads[i]
	if v == passed {
		if c, full := st.full(a); full {
			v = Capped
			s.wakeCapped(st, a, c)
		} else if clockTooPoor(a.campaign, st.at) {
			v = ClockUntrusted
		}
	}
	ln := &st.lanes[a.lane]
	was := &ln.pools[a.seat].entries[a.slot]
	if was.verdict == v && (v != passed || was.queue != out) {
		return
	}
	p := st.own(a.lane, int(a.seat))
	e := &p.entries[a.slot]
	e.verdict = v
	switch {
	case v == passed && e.queue == out:
		e.weight = a.weightAt(s.options.Venue.Targeting, st.at)
		p.join(a.slot)
		s.touch(st, a)
	case v != passed && e.queue != out:
		p.leave(a.slot)
		s.touch(st, a)
	}
}

// touch says that the weight of the ad's category has changed.
func (s *Scheduler) touch(st *state, a *ad) {
	ln := &st.lanes[a.lane]
	ln.stale, ln.seats[a.seat].stale = true, true
}

// weigh gives every weighted ad the weight of the month.
func (s *Scheduler) weigh(st *state) {
	if !s.options.Venue.Targeting {
		return
	}
	for i := range s.ads {
		a := &s.ads[i]
		if a.lane != weighted || a.season == 0 {
			continue
		}
		e := &st.lanes[weighted].pools[a.seat].entries[a.slot]
		if w := a.weightAt(true, st.at); e.queue != out && w != e.weight {
			p := st.own(weighted, int(a.seat))
			p.leave(a.slot)
			p.entries[a.slot].weight = w
			p.join(a.slot)
			s.touch(st, a)
		}
	}
}

func pushTimer(h *[]timer, t timer) {
	*h = append(*h, t)
	a := *h
	for i := len(a) - 1; i > 0 && a[i].at < a[(i-1)/2].at; i = (i - 1) / 2 {
		a[i], a[(i-1)/2] = a[(i-1)/2], a[i]
	}
}

func popTimer(h *[]timer) timer {
	a := *h
	top, last := a[0], len(a)-1
	a[0] = a[last]
	*h = a[:last]
	a = a[:last]
	for i := 0; ; {
		c := 2*i + 1
		if c >= len(a) {
			return top
		}
		if c+1 < len(a) && a[c+1].at < a[c].at {
			c++
		}
		if a[i].at <= a[c].at {
			return top
		}
		a[i], a[c] = a[c], a[i]
		i = c
	}
}

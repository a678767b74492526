package scheduler

import (
	"time"

	"entracte/scheduler/plan"
)

// A played is a completed play, kept as long as a cap may count it.
type played struct {
	// end is when it completed. A cap lets the next one start only a full hour
	// after, so that it holds however a reader of the plays measures the hour.
	end time.Duration
	// day is the venue day it began on, if the clock was trusted then.
	day   int32
	dated bool
}

// The longest civil day has 25 hours; an hour more is kept than needed.
const (
	capMemory   = 26 * time.Hour
	poweredDay  = 24 * time.Hour
	slidingHour = time.Hour
)

// entry is what changes for an ad.
func (st *state) entry(a *ad) *entry { return &st.lanes[a.lane].pools[a.seat].entries[a.slot] }

// full returns the first cap of the ad that is used up.
func (st *state) full(a *ad) (plan.Cap, bool) {
	if a.venue {
		return plan.Cap{}, false
	}
	for _, c := range a.campaign.Caps {
		n := 0
		for _, p := range st.entry(a).plays {
			if p.counts(c.Per, st.at) {
				n++
			}
		}
		if n >= c.Plays {
			return c, true
		}
	}
	return plan.Cap{}, false
}

// counts reports whether a play that starts now would fall into the same period.
func (p played) counts(per plan.CapPeriod, at instant) bool {
	age := at.mono - p.end
	if per == plan.PerHour {
		return age < slidingHour
	}
	if p.dated && at.trusted() {
		// A later day means that the clock was set back: it was the same day.
		return int(p.day) >= at.day()
	}
	return age < poweredDay
}

// count notes a completed play of the ad.
func (st *state) count(a *ad, start instant, end time.Duration) {
	if a.venue || len(a.campaign.Caps) == 0 {
		return
	}
	e := &st.own(a.lane, int(a.seat)).entries[a.slot]
	if len(e.plays) == cap(e.plays) {
		// Copies of the state share what is before len, so that is never moved.
		live := 0
		for _, p := range e.plays {
			if end-p.end < capMemory {
				live++
			}
		}
		e.plays = append(make([]played, 0, 2*live+4), e.plays[len(e.plays)-live:]...)
	}
	e.plays = append(e.plays, played{end, int32(start.day()), start.trusted()})
}

// wakeCapped has the ad looked at when its used-up cap may have room: exactly for
// an hour, and for a day when the date changes or after a day of powered time.
func (s *Scheduler) wakeCapped(st *state, a *ad, c plan.Cap) {
	if c.Plays <= 0 {
		return
	}
	p := st.own(a.lane, int(a.seat))
	e := &p.entries[a.slot]
	if at := st.release(a, c); e.wakes == 0 || at < e.wakes {
		e.wakes = at
		pushTimer(&p.timers, timer{at, a.slot})
		if ln := &st.lanes[a.lane]; ln.wake == 0 || at < ln.wake {
			ln.wake = at
		}
	}
	if c.Per == plan.PerDay && !e.listed {
		e.listed = true
		p.dayFull = append(p.dayFull, a.slot)
	}
}

// release is when the oldest play that fills the cap no longer counts, by the
// machine's own clock.
func (st *state) release(a *ad, c plan.Cap) time.Duration {
	plays := st.entry(a).plays // in order of time: the last c.Plays fill the period
	end := plays[len(plays)-c.Plays].end
	if c.Per == plan.PerDay {
		return max(end+poweredDay, st.at.mono+1) // a trusted date may go on longer
	}
	return end + slidingHour
}

// capWake returns when a used-up cap may have room.
func (s *Scheduler) capWake(a *ad) (time.Duration, bool) {
	c, full := s.state.full(a)
	if !full || c.Plays <= 0 {
		return 0, false
	}
	if c.Per == plan.PerDay {
		return s.state.at.nextMinute(), true
	}
	return s.state.release(a, c), true
}

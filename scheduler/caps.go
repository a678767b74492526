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
	// date is the venue day it began on, if the clock was trusted then.
	date  plan.Date
	dated bool
}

// The longest civil day has 25 hours; an hour more is kept than needed.
const (
	capMemory   = 26 * time.Hour
	poweredDay  = 24 * time.Hour
	slidingHour = time.Hour
)

// full returns the first cap of the ad that is used up.
func (st *state) full(i int, a *ad, at instant) (plan.Cap, bool) {
	for _, c := range a.campaign.Caps {
		n := 0
		for _, p := range st.plays[i] {
			if p.counts(c.Per, at) {
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
		// A later date means that the clock was set back: it was the same day.
		return !p.date.Before(at.date)
	}
	return age < poweredDay
}

// count notes a completed play of the ad.
func (st *state) count(i int, a *ad, start instant, end time.Duration) {
	if a.venue || len(a.campaign.Caps) == 0 {
		return
	}
	kept := make([]played, 0, len(st.plays[i])+1) // never shared with a clone
	for _, p := range st.plays[i] {
		if end-p.end < capMemory {
			kept = append(kept, p)
		}
	}
	st.plays[i] = append(kept, played{end, start.date, start.trusted()})
}

// capWake returns when a used-up cap may have room: exactly for an hour, with
// the civil minute for a day.
func (s *Scheduler) capWake(i int, at instant) (time.Duration, bool) {
	c, full := s.state.full(i, &s.ads[i], at)
	if !full || c.Plays <= 0 {
		return 0, false
	}
	if c.Per == plan.PerDay {
		return at.nextMinute(), true
	}
	plays := s.state.plays[i] // in order of time: the last c.Plays fill the hour
	return plays[len(plays)-c.Plays].end + slidingHour, true
}

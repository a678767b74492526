package scheduler

import (
	"time"

	"entracte/scheduler/plan"
)

// An instant is a moment with its civil time read at the venue.
type instant struct {
	mono  time.Duration
	civil time.Time
	clock plan.Clock
	date  plan.Date
}

func (s *Scheduler) at(m Moment) instant {
	civil := m.Civil.In(s.zone)
	return instant{m.Mono, civil, m.Clock, plan.DateOf(civil)}
}

// later returns the instant d after i.
func (i instant) later(d time.Duration) instant {
	civil := i.civil.Add(d)
	return instant{i.mono + d, civil, i.clock, plan.DateOf(civil)}
}

// nextMinute is when the civil minute changes, the only time a daypart or a day
// can begin or end.
func (i instant) nextMinute() time.Duration {
	past := time.Duration(i.civil.Second())*time.Second + time.Duration(i.civil.Nanosecond())
	return i.mono + time.Minute - past
}

func (i instant) trusted() bool { return i.clock == plan.ClockTrusted }

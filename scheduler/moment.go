package scheduler

import (
	"time"

	"entracte/scheduler/plan"
)

const (
	minutesOfDay = 24 * 60
	weekMinutes  = 7 * minutesOfDay
)

// era is added to the time of the machine inside the scheduler, so that plays of
// earlier starts, which came before its zero, have times above it: zero says that
// there is none.
const era = 100 * 365 * 24 * time.Hour

// An instant is a moment with its civil time read at the venue.
type instant struct {
	mono  time.Duration
	civil time.Time
	clock plan.Clock
	date  plan.Date
	wait  time.Duration // when the wait began
}

func (s *Scheduler) at(m Moment) instant {
	civil := m.Civil.In(s.zone)
	wait := m.WaitBegan
	if wait != 0 {
		wait += era
	}
	return instant{m.Mono + era, civil, m.Clock, plan.DateOf(civil), wait}
}

// later returns the instant d after i.
func (i instant) later(d time.Duration) instant {
	civil := i.civil.Add(d)
	return instant{i.mono + d, civil, i.clock, plan.DateOf(civil), i.wait}
}

// nextMinute is when the civil minute changes, the only time a daypart or a day
// can begin or end.
func (i instant) nextMinute() time.Duration {
	past := time.Duration(i.civil.Second())*time.Second + time.Duration(i.civil.Nanosecond())
	return i.mono + time.Minute - past
}

func (i instant) trusted() bool { return i.clock == plan.ClockTrusted }

// month is the venue's month, or 0 when the clock is not to be believed.
func (i instant) month() time.Month {
	if !i.trusted() {
		return 0
	}
	return i.date.Month
}

func (i instant) minute() int { return int(plan.MinuteOf(i.civil)) }

func (i instant) weekMinute() int { return int(i.civil.Weekday())*minutesOfDay + i.minute() }

func (i instant) day() int { return dayNumber(i.date) }

// dayNumber counts days, so that the difference of two dates is their distance.
func dayNumber(d plan.Date) int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

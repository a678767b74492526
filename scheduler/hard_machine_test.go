package scheduler_test

import (
	"fmt"
	"slices"
	"time"

	"entracte/scheduler"
	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

// A machine is a screen with a plug, a clock that may be wrong, and a card with
// the play log: what a simulation has not.
type machine struct {
	shown
	plan    plan.Plan
	options scheduler.Options
	sched   *scheduler.Scheduler
	// real is the time it really is, and clock what the machine thinks of its own,
	// which is wrong by so much.
	real  time.Time
	wrong time.Duration
	clock plan.Clock
	mono  time.Duration
	began time.Duration // of the present wait
	boots int
	// reals is when each play of the log really began.
	reals []time.Time
}

// plugged is a machine switched on with an empty log.
func plugged(p plan.Plan, o scheduler.Options, real time.Time, wrong time.Duration, clock plan.Clock) *machine {
	m := &machine{plan: p, options: o, real: real, wrong: wrong, clock: clock, boots: 1}
	m.shop = shopOf(p, o)
	m.restart()
	return m
}

// restart begins anew from the log, as the player does at its start and when the
// plan or the profile changes.
func (m *machine) restart() { m.sched = scheduler.New(m.plan, m.options, m.plays, m.moment()) }

// cut is a power cut of a length; start is how long the machine takes to come up.
func (m *machine) cut(off, start time.Duration) {
	m.real, m.mono, m.began = m.real.Add(off+start), start, 0
	m.boots++
}

func (m *machine) pass(d time.Duration) { m.real, m.mono = m.real.Add(d), m.mono+d }

// until lets time pass until it really is so late.
func (m *machine) until(real time.Time) { m.pass(max(0, real.Sub(m.real))) }

func (m *machine) civil() time.Time { return m.real.Add(m.wrong).In(paris) }
func (m *machine) boot() string     { return fmt.Sprintf("boot-%d", m.boots) }

func (m *machine) moment() scheduler.Moment {
	return scheduler.Moment{Mono: m.mono, Civil: m.civil(), Clock: m.clock, WaitBegan: m.began}
}

// wait is somebody who waits so long.
func (m *machine) wait(length time.Duration) {
	m.began = max(m.mono, 1)
	m.shop.Waits = append(m.shop.Waits, audit.Wait{Boot: m.boot(), BeganMS: m.mono.Milliseconds()})
	for end := m.mono + length; m.mono < end; {
		if _, ok := m.show(end - m.mono); ok {
			continue
		}
		m.idles = append(m.idles, audit.Idle{After: len(m.plays), Boot: m.boot(), MonoMS: m.mono.Milliseconds(), At: m.civil(), Clock: m.clock})
		next := end
		if at, ok := m.sched.NextChange(m.moment()); ok {
			next = min(end, max(at, m.mono+time.Second))
		}
		m.events = append(m.events, idleFor(m.civil(), next-m.mono))
		m.pass(next - m.mono)
	}
}

// show plays the next choice to its end, or breaks it off after most.
func (m *machine) show(most time.Duration) (scheduler.Lease, bool) {
	l, ok := m.sched.Pick(m.moment())
	if ok {
		m.finish(l, most)
	}
	return l, ok
}

// finish shows what was leased, to its end or for most.
func (m *machine) finish(l scheduler.Lease, most time.Duration) {
	p, real := m.record(l), m.real
	if length := l.Length(); length <= most {
		m.pass(length)
		m.sched.Complete(l, m.moment())
		p.Outcome, p.Counted, p.ShownMS = plan.Completed, true, length.Milliseconds()
	} else {
		m.pass(most)
		m.sched.Abort(l, m.moment())
		p.Outcome, p.ShownMS = plan.Interrupted, most.Milliseconds()
	}
	m.plays, m.reals = append(m.plays, p), append(m.reals, real)
	m.events = append(m.events, eventOf(p.StartedAt.In(paris), &p))
}

// record begins the record of a lease.
func (m *machine) record(l scheduler.Lease) plan.Play {
	p := plan.Play{Seq: uint64(len(m.plays) + 1), Boot: m.boot(), Venue: m.options.Venue.Name, Screen: m.options.Venue.ID,
		Feed: l.Ref.Feed, Campaign: l.Ref.Campaign, Creative: l.Ref.Creative, Advertiser: l.Campaign.Advertiser,
		Category: l.Campaign.Category, StartedAt: m.civil().UTC(), MonoMS: m.mono.Milliseconds(),
		PlannedMS: l.Length().Milliseconds(), Clock: m.clock}
	for _, r := range l.Reasons {
		p.Reasons = append(p.Reasons, r.Code())
	}
	return p
}

// waits are so many waits of a length, one each period.
func (m *machine) waits(n int, period, length time.Duration) {
	for range n {
		m.wait(length)
		m.pass(period - length)
	}
}

// really is the largest number of completed plays of a campaign in any real hour,
// and on any real day.
func (m *machine) really(campaign string) (hour, day int) {
	var at []time.Time
	days := make(map[plan.Date]int)
	for k, p := range m.plays {
		if p.Campaign != campaign || !p.Counted {
			continue
		}
		at = append(at, m.reals[k])
		in := slices.IndexFunc(at, func(t time.Time) bool { return m.reals[k].Sub(t) < time.Hour })
		hour = max(hour, len(at)-in)
		date := plan.DateOf(m.reals[k].In(paris))
		days[date]++
		day = max(day, days[date])
	}
	return hour, day
}

// next are the campaigns of the next n choices, if all complete.
func next(s *scheduler.Scheduler, at scheduler.Moment, n int) []plan.Ref {
	var refs []plan.Ref
	for _, c := range s.Peek(at, n) {
		refs = append(refs, c.Ref)
	}
	return refs
}

// since is the number of completed plays of a campaign since a play of the log.
func (m *machine) since(play int, campaign string) int {
	n := 0
	for _, p := range m.plays[play:] {
		if p.Campaign == campaign && p.Counted {
			n++
		}
	}
	return n
}

package scheduler

import (
	"time"

	"entracte/scheduler/plan"
)

// An ad that rarely fits the waits still has one in tryOf of its turns.
const tryOf = 10

// enoughWaits is how many waits must have lasted as long as this one before they
// tell what may be left of it.
const enoughWaits = 20

// likely is how long the present wait goes on with at least even odds, by what
// the venue has learned: of the waits that lasted as long as this one, at least
// half lasted that much longer. It is false where nobody can tell.
func likely(w *plan.Waits, at instant) (time.Duration, bool) {
	if w == nil || at.wait <= 0 || at.wait > at.mono {
		return 0, false
	}
	elapsed := at.mono - at.wait
	last := len(w.Lengths) - 1
	bin := min(int(elapsed/plan.WaitBin), last)
	var alive uint64
	for _, n := range w.Lengths[bin:] {
		alive += uint64(n)
	}
	if alive < enoughWaits {
		return 0, false
	}
	var longer uint64
	for b := last; b >= bin; b-- {
		longer += uint64(w.Lengths[b])
		if 2*longer >= alive {
			if b == last {
				return 0, false // longer than anything
			}
			return max(time.Duration(b)*plan.WaitBin-elapsed, 0), true
		}
	}
	return 0, false
}

// length is how long the ad's next creative takes, as far as the plan knows.
func (s *Scheduler) length(a *ad, e *entry) time.Duration {
	i := s.creativeFrom(a, int(e.next))
	if i < 0 {
		return 0
	}
	return lengthOf(&a.campaign.Creatives[i])
}

func lengthOf(c *plan.Creative) time.Duration {
	if c.Length <= 0 {
		return plan.DefaultStill
	}
	return c.Length
}

// longerThan is the length of the shortest ad of the lane that may play and is
// longer than that.
func (s *Scheduler) longerThan(ln *lane, most time.Duration) (time.Duration, bool) {
	var least time.Duration
	for i, p := range ln.pools {
		if ln.seats[i].runner < 0 {
			continue
		}
		for slot := range p.active {
			l := s.length(&s.ads[p.members[slot]], &p.entries[slot])
			if l > most && (least == 0 || l < least) {
				least = l
			}
		}
	}
	return least, least > 0
}

// passes collects the categories and ads whose turn had come, in the choice just
// made, and goes by because they are too long for the wait.
func (s *Scheduler) passes(ln *lane, b bid) []bid {
	s.passed = s.passed[:0]
	for i := range ln.race {
		r := &ln.race[i]
		seat := int(r.seat)
		o := s.offers[seat]
		if o.choice != s.choices || o.block != tooLong || startsBy(r.start, ln.v) != begun {
			continue
		}
		if seat == b.seat && o.head != b.slot || seat != b.seat && o.next < 0 {
			s.passed = append(s.passed, bid{seat: seat, slot: o.head})
		}
	}
	return s.passed
}

// pass lets the turns go by, each counted for the ad. They go by as if they were
// played: what the others have had is not more than their share for it.
func (st *state) pass(l laneID, passed []bid, played int) {
	ln := &st.lanes[l]
	for _, b := range passed {
		p := st.own(l, b.seat)
		p.charge(b.slot)
		p.entries[b.slot].held++
		if b.seat != played {
			ln.pass(b.seat)
		}
	}
	if len(passed) > 0 {
		ln.balance()
	}
}

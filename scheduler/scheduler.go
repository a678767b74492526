package scheduler

import (
	"time"

	"entracte/scheduler/plan"
)

// A Moment is everything a decision may know of time.
type Moment struct {
	// Mono is the time since the machine started, from a clock that never jumps:
	// plays of the past are dated by it too.
	Mono time.Duration
	// Civil is the time of day at the venue, as good as Clock says: under
	// plan.ClockFloor it is the floor plus the powered time since, under
	// plan.ClockUnknown it is not looked at.
	Civil time.Time
	Clock plan.Clock
	// WaitBegan is when the present wait began, on the clock of Mono. The zero
	// value says that nobody knows, as where no sensor tells.
	WaitBegan time.Duration
}

// OwnShare is how many turns house content takes while paid campaigns may play:
// Turns of every Of. The zero value makes it a filler only.
type OwnShare struct{ Turns, Of int }

// Options are what a Scheduler knows beside the plan.
type Options struct {
	Venue plan.Venue
	// Vocabulary names categories and activities. Without one nobody can tell
	// who competes with the venue, and only its own content plays.
	Vocabulary plan.Vocabulary
	OwnShare   OwnShare
	// Waits is what the venue has learned of its waits; nil where no sensor tells.
	Waits *plan.Waits
	// Delivered are the counted plays of guaranteed campaigns in their flight
	// that are older than the past given to New.
	Delivered []plan.Delivery
	// Seed settles the order of campaigns that have equal claims.
	Seed uint64
}

// A Choice is a creative and why it was chosen. Campaign and Creative point into
// the plan and must not be changed.
type Choice struct {
	Ref      plan.Ref
	Campaign *plan.Campaign
	Creative *plan.Creative
	Reasons  []Reason
}

// A Scheduler decides for one venue and one plan. It belongs to one goroutine.
type Scheduler struct {
	options  Options
	ads      []ad
	index    map[string]int // by adKey; never walked
	sole     [][]int        // rivals groups with a sole booking, each in booking order
	state    state
	lease    Lease // the one outstanding; ID 0 is none
	leased   leased
	leaseIDs uint64
	zone     *time.Location
	field    field // what the last look saw; only memory that is used again
}

// New returns a scheduler for the plan. past are recent plays, oldest first,
// interrupted ones included: caps, rivals and turns go on from them. Plays of
// the last 26 hours are enough. A campaign whose feed and id were seen before is
// left out.
func New(p plan.Plan, o Options, past []plan.Play, now Moment) *Scheduler {
	if o.Vocabulary == nil {
		o.Vocabulary = noWords{}
	}
	s := &Scheduler{options: o, zone: o.Venue.Timezone}
	if s.zone == nil {
		s.zone = now.Civil.Location()
	}
	s.ads = readAds(p, o)
	s.index = make(map[string]int, len(s.ads))
	for i := range s.ads {
		s.index[adKey(s.ads[i].feed, s.ads[i].campaign.ID)] = i
	}
	s.sole = soleGroups(s.ads)
	s.state = newState(len(s.ads))
	s.remember(past, now)
	return s
}

// Peek returns what Pick would give the next n times, supposing that the
// outstanding lease and then each choice completes, each taking its
// [Choice.Length]. It changes nothing. It returns fewer when nothing may play.
func (s *Scheduler) Peek(now Moment, n int) []Choice {
	st, at := s.state.clone(), s.at(now)
	if s.lease.ID != 0 {
		end := max(at.mono, s.leased.start.mono+s.lease.Length())
		s.look(&st, s.leased.start)
		s.charge(&st, s.leased.ad, s.leased.creative, s.leased.start, end)
		at = at.later(end - at.mono)
	}
	var choices []Choice
	for len(choices) < n {
		s.look(&st, at)
		t, ok := s.turn(&st)
		if !ok {
			break
		}
		c := s.choice(t)
		choices = append(choices, c)
		next := at.later(c.Length())
		s.charge(&st, t.ad, t.creative, at, next.mono)
		at = next
	}
	return choices
}

// Pick leases the creative whose first frame is due now. It returns false when
// nothing may play, or a lease is still out.
func (s *Scheduler) Pick(now Moment) (Lease, bool) {
	if s.lease.ID != 0 {
		return Lease{}, false
	}
	at := s.at(now)
	s.look(&s.state, at)
	t, ok := s.turn(&s.state)
	if !ok {
		return Lease{}, false
	}
	s.leaseIDs++
	s.lease = Lease{ID: s.leaseIDs, Choice: s.choice(t)}
	s.leased = leased{t.ad, t.creative, at}
	return s.lease, true
}

// Unplayable says that this creative failed here: the format filter refuses it
// from now on, and its campaign when no other is left. An unknown ref is
// ignored.
func (s *Scheduler) Unplayable(ref plan.Ref, why string) {
	i, ok := s.index[adKey(ref.Feed, ref.Campaign)]
	if !ok {
		return
	}
	a := &s.ads[i]
	for c := range a.campaign.Creatives {
		if a.campaign.Creatives[c].ID == ref.Creative {
			a.broken[c] = true
			a.why = why
		}
	}
}

// NextChange tells when to try again if nothing may play now: the Mono time of
// the first cap, rival or civil minute that can change that, and false when only
// a new plan can, or while a lease is out. It is the present when something may
// play already.
func (s *Scheduler) NextChange(now Moment) (time.Duration, bool) {
	if s.lease.ID != 0 {
		return 0, false
	}
	at := s.at(now)
	s.look(&s.state, at)
	next, found := time.Duration(0), false
	for i, v := range s.field.verdicts {
		wake, ok := s.wake(i, v, at)
		if ok && (!found || wake < next) {
			next, found = wake, true
		}
	}
	return next, found
}

// wake returns when the verdict on an ad may change by the passing of time.
func (s *Scheduler) wake(i int, v Filter, at instant) (time.Duration, bool) {
	a := &s.ads[i]
	switch v {
	case passed:
		return at.mono, true
	case InactiveFlight:
		to := a.campaign.Flight.To
		return at.nextMinute(), to.IsZero() || at.date.Before(to)
	case OutsideDaypart, ClockUntrusted, HeldByOther:
		return at.nextMinute(), true
	case Capped:
		return s.capWake(i, at)
	case NextToRival:
		_, until := s.state.rival(a, at)
		return until, true
	}
	return 0, false
}

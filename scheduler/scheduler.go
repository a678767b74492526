package scheduler

import (
	"slices"
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
	// Boot names this start of the machine as the plays of the past do; "" where
	// nobody knows.
	Boot string
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
	zone     *time.Location
	feeds    []string
	ads      []ad              // by feed and id
	kin      map[int]*kinship  // of the categories of weighted ads
	groups   names             // rivals groups, for plays of campaigns that are gone
	sole     map[int32][]int32 // groups with a sole booking, each in booking order
	minutes  calendar          // of the week, where dayparts begin and end
	dates    calendar          // where flights begin and end
	curve    curve
	promises []promise // of the guaranteed campaigns, by slot
	broken   map[plan.Ref]string
	state    state
	lease    Lease // the one outstanding; ID 0 is none
	leased   leased
	leaseIDs uint64
	scratch
}

// scratch is memory that is used again, with nothing in it between two calls.
type scratch struct {
	portions []portion
	offers   []offer // by seat
	choices  uint64
	bound    bool // a rival, an abort, the wait or a change bends the shares anyway
	old      []runner
	race     []runner
	order    []int
	walk     walk
	passed   []bid
	reasons  []Reason
}

// New returns a scheduler for the plan. past are recent plays, oldest first,
// interrupted ones included, and the restarts among them (plan.Restart): caps,
// rivals and turns go on from them. Plays of the last 26 hours are enough for caps;
// turns go on exactly from as many plays as a round of all ads has, or more. A
// campaign whose feed and id were seen before is left out.
func New(p plan.Plan, o Options, past []plan.Play, now Moment) *Scheduler {
	if o.Vocabulary == nil {
		o.Vocabulary = noWords{}
	}
	s := &Scheduler{options: o, zone: o.Venue.Timezone, broken: make(map[plan.Ref]string), kin: make(map[int]*kinship)}
	if s.zone == nil {
		s.zone = now.Civil.Location()
	}
	s.state.promisedPaid, s.state.promisedAny = promisedOf, promisedOf
	s.readAds(p)
	s.seatAds(&s.state)
	s.findSole()
	s.markCalendars()
	s.promise()
	s.deliver()
	s.remember(past, now)
	return s
}

// promise works out the guaranteed campaigns' windows by what is known of the
// waits now.
func (s *Scheduler) promise() {
	pools := s.state.lanes[guaranteed].pools
	if len(pools) == 0 {
		return
	}
	s.state.lanes[weighted].promised = true
	s.curve = newCurve(s.options.Waits, &s.options.Venue)
	s.promises = s.promises[:0]
	for _, i := range pools[0].members {
		s.promises = append(s.promises, s.promiseOf(s.ads[i].campaign))
	}
}

// deliver notes what guaranteed campaigns have had before the past.
func (s *Scheduler) deliver() {
	s.state.done = make([]int64, len(s.promises))
	for _, d := range s.options.Delivered {
		i, ok := s.find(d.Feed, d.Campaign)
		if ok && s.ads[i].lane == guaranteed && s.ads[i].campaign.Flight.From == d.From {
			s.state.done[s.ads[i].slot] = int64(max(d.Plays, 0))
		}
	}
}

// Peek returns what Pick would give the next n times, supposing that the
// outstanding lease and then each choice completes, each taking its
// [Choice.Length]. It changes nothing. It returns fewer when nothing may play.
func (s *Scheduler) Peek(now Moment, n int) []Choice {
	st, at := s.state.clone(), s.at(now)
	if s.lease.ID != 0 {
		end := max(at.mono, s.leased.start.mono+s.lease.Length())
		s.charge(&st, s.leased.turn, s.leased.start, end)
		at = at.later(end - at.mono)
	}
	var choices []Choice
	for len(choices) < n {
		s.advance(&st, at)
		t, ok := s.turn(&st, at)
		if !ok {
			break
		}
		c := s.choice(&st, t)
		choices = append(choices, c)
		next := at.later(c.Length())
		s.charge(&st, t, at, next.mono)
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
	s.advance(&s.state, at)
	t, ok := s.turn(&s.state, at)
	if !ok {
		return Lease{}, false
	}
	s.leaseIDs++
	s.lease = Lease{ID: s.leaseIDs, Choice: s.choice(&s.state, t)}
	s.leased.passes = append(s.leased.passes[:0], t.passes...)
	t.passes = s.leased.passes
	s.leased.turn, s.leased.start = t, at
	return s.lease, true
}

// Unplayable says that this creative failed here: the format filter refuses it
// from now on, and its campaign when no other is left. An unknown ref is
// ignored.
func (s *Scheduler) Unplayable(ref plan.Ref, why string) {
	i, ok := s.find(ref.Feed, ref.Campaign)
	if !ok || !slices.ContainsFunc(s.ads[i].campaign.Creatives, func(c plan.Creative) bool { return c.ID == ref.Creative }) {
		return
	}
	s.broken[ref] = why
	if s.state.known {
		s.judge(&s.state, int32(i))
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
	s.advance(&s.state, at)
	if _, ok := s.turn(&s.state, at); ok {
		return now.Mono, true
	}
	next, found := time.Duration(0), false
	for i := range s.ads {
		wake, ok := s.wake(&s.ads[i], s.verdict(&s.state, &s.ads[i]), at)
		if ok && (!found || wake < next) {
			next, found = wake, true
		}
	}
	return next - era, found
}

// wake returns when the verdict on an ad may change by the passing of time.
func (s *Scheduler) wake(a *ad, v Filter, at instant) (time.Duration, bool) {
	switch v {
	case passed: // a guaranteed campaign whose next play is not due yet
		return at.nextMinute(), true
	case InactiveFlight:
		to := a.campaign.Flight.To
		return at.nextMinute(), to.IsZero() || at.date.Before(to)
	case OutsideDaypart, ClockUntrusted, HeldByOther:
		return at.nextMinute(), true
	case Capped:
		return s.capWake(a)
	case NextToRival:
		rival, _ := s.state.rival(a, at)
		return rival.clear(at), true
	}
	return 0, false
}

package scheduler

import (
	"time"

	"entracte/scheduler/plan"
)

// A Lease is the right to show a creative once. It is a play only when it is
// completed.
type Lease struct {
	// ID counts the leases of a Scheduler from 1.
	ID uint64
	Choice
}

// leased is what the scheduler keeps of the outstanding lease.
type leased struct {
	turn   turn
	start  instant
	passes []bid // memory of turn.passes
}

// Length is how long Peek expects the creative to show: its own length, or
// plan.DefaultStill when only its media know.
func (c Choice) Length() time.Duration {
	if c.Creative == nil {
		return plan.DefaultStill
	}
	return lengthOf(c.Creative)
}

// Complete charges the lease: its last frame was shown. A lease that is not the
// outstanding one is ignored.
func (s *Scheduler) Complete(l Lease, now Moment) {
	if s.settleLease(l) {
		s.charge(&s.state, s.leased.turn, s.leased.start, max(now.Mono+era, s.leased.start.mono))
	}
}

// Abort gives the lease back uncharged: its showing was broken off, or never
// began. Its campaign stands back for [CoolDown] while anything else may play.
// A lease that is not the outstanding one is ignored.
func (s *Scheduler) Abort(l Lease, now Moment) {
	if !s.settleLease(l) {
		return
	}
	t := s.leased.turn
	if t.fit == kindTry {
		s.state.own(t.lane, t.seat).entries[t.slot].held = 0 // it had its try
	}
	s.broke(int(s.state.lanes[t.lane].pools[t.seat].members[t.slot]), max(now.Mono+era, s.leased.start.mono))
}

// settleLease ends the outstanding lease if l is it.
func (s *Scheduler) settleLease(l Lease) bool {
	if l.ID == 0 || l.ID != s.lease.ID {
		return false
	}
	s.lease = Lease{}
	return true
}

// broke notes that a showing of ad i was broken off. It may have been seen, so
// rivals keep their distance from it.
func (s *Scheduler) broke(i int, end time.Duration) {
	a := &s.ads[i]
	s.state.own(a.lane, int(a.seat)).entries[a.slot].cool = end + CoolDown
	s.state.beside(s.showing(a, end))
	if a.lane == guaranteed {
		s.state.promisedPaid, s.state.promisedAny = 0, 0 // one of three picks, plays or not
	}
}

func (s *Scheduler) choice(st *state, t turn) Choice {
	a := &s.ads[st.lanes[t.lane].pools[t.seat].members[t.slot]]
	c := &a.campaign.Creatives[t.creative]
	return Choice{
		Ref:      plan.Ref{Feed: s.feeds[a.feed], Campaign: a.campaign.ID, Creative: c.ID},
		Campaign: a.campaign,
		Creative: c,
		Reasons:  s.why(st, t),
	}
}

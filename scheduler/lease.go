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
	ad, creative int
	start        instant
}

// Length is how long Peek expects the creative to show: its own length, or
// plan.DefaultStill when only its media know.
func (c Choice) Length() time.Duration {
	if c.Creative == nil || c.Creative.Length <= 0 {
		return plan.DefaultStill
	}
	return c.Creative.Length
}

// Complete charges the lease: its last frame was shown. A lease that is not the
// outstanding one is ignored.
func (s *Scheduler) Complete(l Lease, now Moment) {
	if !s.settle(l) {
		return
	}
	s.look(&s.state, s.leased.start)
	s.charge(&s.state, s.leased.ad, s.leased.creative, s.leased.start, max(now.Mono, s.leased.start.mono))
}

// Abort gives the lease back uncharged: its showing was broken off, or never
// began. Its campaign stands back for [CoolDown] while anything else may play.
// A lease that is not the outstanding one is ignored.
func (s *Scheduler) Abort(l Lease, now Moment) {
	if s.settle(l) {
		s.broke(s.leased.ad, max(now.Mono, s.leased.start.mono))
	}
}

// settle ends the outstanding lease if l is it.
func (s *Scheduler) settle(l Lease) bool {
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
	s.state.cool[i] = end + CoolDown
	s.state.beside(showing{a.group, a.advertiser, a.campaign.Advertiser, end})
}

func (s *Scheduler) choice(t turn) Choice {
	a := &s.ads[t.ad]
	c := &a.campaign.Creatives[t.creative]
	return Choice{
		Ref:      plan.Ref{Feed: a.feed, Campaign: a.campaign.ID, Creative: c.ID},
		Campaign: a.campaign,
		Creative: c,
		Reasons:  s.reasons(t),
	}
}

package scheduler

import (
	"cmp"
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// RivalDistance is how long something else, or nothing, must have been on the
// glass before a rival may come when nothing was completed between them, and
// NewWait how long after the one a wait must begin for the other to be of another
// time altogether.
const (
	RivalDistance = 30 * time.Second
	NewWait       = time.Minute
)

// A showing is an advertiser that was on the glass.
type showing struct {
	group, advertiser int32
	name              string // as written
	end               time.Duration
}

// clear is when an ad beside the showing is no longer adjacent to it.
func (sh *showing) clear(at instant) time.Duration {
	switch {
	case at.wait <= sh.end:
		return sh.end + RivalDistance
	case at.wait-sh.end >= NewWait:
		return at.wait
	}
	return at.wait + RivalDistance // nothing was on the glass between the waits
}

// rival returns the showing that keeps the ad off the glass.
func (st *state) rival(a *ad, at instant) (rival showing, found bool) {
	if a.group == 0 {
		return showing{}, false
	}
	look := func(sh *showing) {
		if sh.group == a.group && sh.advertiser != a.advertiser && at.mono < sh.clear(at) &&
			(!found || sh.end > rival.end) {
			rival, found = *sh, true
		}
	}
	look(&st.completed)
	for i := range st.brokenOff {
		look(&st.brokenOff[i])
	}
	return rival, found
}

// separate notes that something was completed: only it can be beside the next.
func (st *state) separate(sh showing) { st.completed, st.brokenOff = sh, nil }

// beside notes a showing that was broken off: it is beside the next as well as
// what came before it.
func (st *state) beside(sh showing) {
	near := make([]showing, 0, len(st.brokenOff)+1) // never shared with a copy
	for _, old := range st.brokenOff {
		same := old.group == sh.group && old.advertiser == sh.advertiser
		if !same && sh.end-old.end < NewWait+RivalDistance {
			near = append(near, old)
		}
	}
	st.brokenOff = append(near, sh)
}

// findSole notes the rivals groups in which a booking asks to be the only one,
// each in the order of booking; bookings without a date come last.
func (s *Scheduler) findSole() {
	s.sole = make(map[int32][]int32)
	for i := range s.ads {
		if a := &s.ads[i]; a.campaign.Sole && a.group != 0 {
			s.sole[a.group] = nil
		}
	}
	if len(s.sole) == 0 {
		return
	}
	for i := range s.ads {
		if group, ok := s.sole[s.ads[i].group]; ok && !s.ads[i].venue {
			s.sole[s.ads[i].group] = append(group, int32(i))
		}
	}
	for _, group := range s.sole {
		slices.SortStableFunc(group, func(i, j int32) int { return bookedFirst(s.ads[i].campaign, s.ads[j].campaign) })
	}
}

func bookedFirst(a, b *plan.Campaign) int {
	x, y := a.Booked, b.Booked
	switch {
	case x == y:
		return 0
	case x.IsZero():
		return 1
	case y.IsZero():
		return -1
	}
	return cmp.Or(cmp.Compare(x.Year, y.Year), cmp.Compare(x.Month, y.Month), cmp.Compare(x.Day, y.Day))
}

// judgeGroup judges a group with a sole booking. It refuses those that came after
// it, and a sole booking that came after another advertiser's. Only bookings that
// could play now count, so that a group is free again outside the holder's flight
// and dayparts, but not while it is capped.
func (s *Scheduler) judgeGroup(st *state, group []int32) {
	var holder, first int32
	several := false
	for _, i := range group {
		a := &s.ads[i]
		v := s.early(a, st.at)
		if v == passed && !clockTooPoor(a.campaign, st.at) {
			heldByOther := holder != 0 && holder != a.advertiser
			comesLate := a.campaign.Sole && (several || first != 0 && first != a.advertiser)
			if heldByOther || comesLate {
				v = HeldByOther
			} else {
				if a.campaign.Sole {
					holder = a.advertiser
				}
				several = several || first != 0 && first != a.advertiser
				if first == 0 {
					first = a.advertiser
				}
			}
		}
		s.settle(st, i, v)
	}
}

// holder returns the ad that keeps ad i out of its group.
func (s *Scheduler) holder(st *state, i int) *ad {
	for _, j := range s.sole[s.ads[i].group] {
		a := &s.ads[j]
		held := st.entry(a).verdict
		if (held == passed || held == Capped) && a.advertiser != s.ads[i].advertiser {
			return a
		}
	}
	return nil
}

package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// RivalDistance is how long after one advertiser left the glass a rival may come
// when nothing was completed between them.
const RivalDistance = 30 * time.Second

// A showing is an advertiser that was on the glass.
type showing struct {
	group, advertiser string // as compared
	name              string // as written
	end               time.Duration
}

// rival returns the name of the rival that keeps the ad off the glass and until
// when, or "".
func (st *state) rival(a *ad, at instant) (name string, until time.Duration) {
	if a.group == "" {
		return "", 0
	}
	for _, sh := range st.shown {
		if sh.group == a.group && sh.advertiser != a.advertiser && at.mono-sh.end < RivalDistance && sh.end+RivalDistance > until {
			name, until = sh.name, sh.end+RivalDistance
		}
	}
	return name, until
}

// separate notes that something was completed: only it can be beside the next.
func (st *state) separate(sh showing) { st.shown = []showing{sh} }

// beside notes a showing that was broken off: it is beside the next as well as
// what came before it.
func (st *state) beside(sh showing) {
	near := make([]showing, 0, len(st.shown)+1)
	for _, old := range st.shown {
		same := old.group == sh.group && old.advertiser == sh.advertiser
		if !same && sh.end-old.end < RivalDistance {
			near = append(near, old)
		}
	}
	st.shown = append(near, sh)
}

// soleGroups returns the rivals groups in which a booking asks to be the only
// one, each in the order of booking; bookings without a date come last.
func soleGroups(ads []ad) [][]int {
	asked := make(map[string]int)
	var groups [][]int
	for i := range ads {
		if _, known := asked[ads[i].group]; ads[i].campaign.Sole && ads[i].group != "" && !known {
			asked[ads[i].group] = len(groups)
			groups = append(groups, nil)
		}
	}
	for i := range ads {
		if g, ok := asked[ads[i].group]; ok {
			groups[g] = append(groups[g], i)
		}
	}
	for _, group := range groups {
		slices.SortStableFunc(group, func(i, j int) int { return bookedFirst(&ads[i], &ads[j]) })
	}
	return groups
}

func bookedFirst(a, b *ad) int {
	x, y := a.campaign.Booked, b.campaign.Booked
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

// holdGroup refuses the bookings that a sole booking of the same group keeps
// out: those that came after it, and a sole booking that came after another
// advertiser's. Only bookings that could play now count, so that a group is free
// again outside the holder's flight and dayparts, but not while it is capped.
func (s *Scheduler) holdGroup(group []int, at instant) {
	holder, first, several := "", "", false
	for _, i := range group {
		a := &s.ads[i]
		if s.field.verdicts[i] != passed || clockTooPoor(a.campaign, at) {
			continue
		}
		heldByOther := holder != "" && holder != a.advertiser
		comesLate := a.campaign.Sole && (several || first != "" && first != a.advertiser)
		if heldByOther || comesLate {
			s.field.verdicts[i] = HeldByOther
			continue
		}
		if a.campaign.Sole {
			holder = a.advertiser
		}
		several = several || first != "" && first != a.advertiser
		if first == "" {
			first = a.advertiser
		}
	}
}

// holder returns the ad that keeps ad i out of its group.
func (s *Scheduler) holder(i int) *ad {
	for _, group := range s.sole {
		if !slices.Contains(group, i) {
			continue
		}
		for _, j := range group {
			held := s.field.verdicts[j]
			free := held == passed || held == Capped || held == NextToRival
			if free && s.ads[j].advertiser != s.ads[i].advertiser {
				return &s.ads[j]
			}
		}
	}
	return nil
}

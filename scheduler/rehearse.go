package scheduler

import (
	"cmp"
	"slices"
)

// begin is whether the turn of a category has come.
type begin uint8

const (
	begun begin = iota
	// soon: it comes before the play is over, so that playing now takes the
	// category less than one play ahead of its share.
	soon
	notYet
)

func startsBy(start, v uint64) begin {
	switch {
	case start <= v+nudge:
		return begun
	case start+nudge < v+play:
		return soon
	}
	return notYet
}

// first returns the place in the race of the category with the first deadline
// among those that begin so, or -1.
func (ln *lane) first(from begin) int { return ln.after(from, -1) }

// after returns the place of the category whose deadline follows that of the given
// one.
func (ln *lane) after(from begin, last int) int {
	best := -1
	var bestDead, lastDead uint64
	if last >= 0 {
		lastDead = ln.due(&ln.race[last])
	}
	for i := range ln.race {
		r := &ln.race[i]
		if startsBy(r.start, ln.v) != from {
			continue
		}
		dead := ln.due(r)
		if last >= 0 && (dead < lastDead || dead == lastDead && i <= last) {
			continue
		}
		if best < 0 || dead < bestDead {
			best, bestDead = i, dead
		}
	}
	return best
}

// byDeadline puts all categories in order, by their place in the race: those whose
// turn has come first.
func (s *Scheduler) byDeadline(ln *lane) {
	s.order = s.order[:0]
	for i := range ln.race {
		s.order = append(s.order, i)
	}
	slices.SortFunc(s.order, func(i, j int) int {
		a, b := &ln.race[i], &ln.race[j]
		return cmp.Or(cmp.Compare(startsBy(a.start, ln.v), startsBy(b.start, ln.v)), cmp.Compare(ln.due(a), ln.due(b)), cmp.Compare(i, j))
	})
}

// aheadTurns is how many turns a rehearsal plays: further ones no longer depend on the
// choice. (Found by trying 4 to 24 on a thousand random plans.)
const aheadTurns = 8

// rehearse reports whether all categories keep their deadlines over the next
// turns if the one at this place takes the turn now and deadlines alone decide
// after that.
func (s *Scheduler) rehearse(ln *lane, next int) bool {
	s.race = append(s.race[:0], ln.race...)
	race, group, v := s.race, ln.groupDead, ln.v
	for range aheadTurns + 1 {
		r := &race[next]
		r.start, r.dead = r.dead, r.dead+r.period
		if r.discovery {
			group += discoveryOf * play
		}
		v += play
		if ln.grouped && late(group, v) {
			return false
		}
		next = -1
		var kind begin
		var dead uint64
		for i := range race {
			r := &race[i]
			if late(r.dead, v) {
				return false
			}
			k, d := startsBy(r.start, v), r.dead
			if r.discovery && ln.grouped {
				d = min(d, group)
			}
			if next < 0 || k < kind || k == kind && d < dead {
				next, kind, dead = i, k, d
			}
		}
	}
	return true
}

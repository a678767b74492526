package scheduler

import "time"

// An asking is what a choice in a lane must mind beside the turns.
type asking struct {
	at instant
	// calm lets ads take a turn that stand back after an abort until then.
	calm time.Duration
	// guard refuses ads longer than most, which rarely fit what is left of the wait.
	guard bool
	most  time.Duration
}

// block is why an ad that may play must not take this very turn.
type block uint8

const (
	free block = iota
	// repeated: it played within the repeat distance. The only one that may be
	// relaxed.
	repeated
	tooLong
	standsBack
	besideRival
)

// blocked is why the ad at the slot must not take this turn.
func (s *Scheduler) blocked(st *state, ln *lane, p *pool, slot int32, q *asking) block {
	a, e := &s.ads[p.members[slot]], &p.entries[slot]
	if a.group != 0 {
		if _, found := st.rival(a, q.at); found {
			return besideRival
		}
	}
	switch {
	case e.cool > q.calm:
		return standsBack
	case q.guard && e.held < tryOf-1 && s.length(a, e) > q.most:
		return tooLong
	case e.last > 0 && ln.plays+1-e.last <= ln.repeat:
		return repeated
	}
	return free
}

// A bid is what a category would do with the turn.
type bid struct {
	seat int
	slot int32
	// relaxed: the ad comes back sooner than the repeat distance.
	relaxed bool
}

// An offer is who of a category may take its turn.
type offer struct {
	// head is whose turn it is, by the shares alone, and block why it must not
	// take it.
	head  int32
	block block
	// next is the first that is free, -1 for none; bends says that it would take
	// the ads of the category away from their shares.
	next  int32
	bends bool
	// choice is the number of the choice it was made for.
	choice uint64
}

// patience is how many ads of a category are looked at for one that is free
// before other categories are.
const patience = 64

// offer finds who of a category may take its turn.
func (s *Scheduler) offer(st *state, l laneID, seat int, q *asking) offer {
	ln := &st.lanes[l]
	if ln.pools[seat].unsettled() {
		st.own(l, seat).settle()
	}
	for ln.pools[seat].overdue() {
		st.own(l, seat).forgive()
	}
	p := ln.pools[seat]
	o := offer{head: p.queues[due][0], next: -1, choice: s.choices}
	o.block = s.blocked(st, ln, p, o.head, q)
	s.bound = s.bound || o.block > repeated
	if o.block == free {
		o.next = o.head
		return o
	}
	seen := -1 // the head is met again
	if o.next = s.firstFree(st, ln, p, due, q, &seen); o.next < 0 {
		if o.next = s.firstFree(st, ln, p, early, q, &seen); o.next >= 0 {
			o.bends = !before(p.entries[o.next].start, p.v+p.turn()-p.grace())
		}
	}
	// A head that would be late may not be passed over for the repeat distance.
	if o.block == repeated && !before(p.v+p.turn()+p.grace(), p.entries[o.head].dead) {
		o.bends = true
	}
	return o
}

// firstFree is the first ad of a queue that is free, among those that patience is
// left for, or -1.
func (s *Scheduler) firstFree(st *state, ln *lane, p *pool, from queue, q *asking, seen *int) int32 {
	w := &s.walk
	w.begin(p, from)
	for slot, ok := w.next(); ok && *seen < patience; slot, ok = w.next() {
		if s.blocked(st, ln, p, slot, q) == free {
			return slot
		}
		*seen++
	}
	return -1
}

// A way is what a category may do with its turn.
type way uint8

const (
	// itself: the ad whose turn it is takes it.
	itself way = iota
	// another ad takes it, because that one is held up.
	another
	// again: that one takes it all the same, sooner than the repeat distance.
	again
)

// by is who takes the turn in a way, if anybody does.
func (o *offer) by(w way) (slot int32, ok bool) {
	switch w {
	case itself:
		return o.head, o.block == free
	case another:
		return o.next, o.block != free && o.next >= 0 && !o.bends
	}
	return o.head, o.block == repeated
}

// choose finds whose turn it is in a lane. It tries, and each gives up a little
// more than the one before:
//
//   - an ad with no room to wait, whose category's turn has come;
//   - the category with the first deadline whose own ad is free: nothing is given up;
//   - both once more among the categories whose turn comes soon: they get less than
//     a play ahead;
//   - another ad of the first category, which bends the shares of its ads;
//   - where the shares do not hold anyway, after a change, beside a rival or with
//     somebody late already, any ad that is free;
//   - an ad that was on a moment ago: the repeat distance gives way;
//   - anybody who may play at all: the shares give way.
//
// Whatever is not first by deadline must pass a rehearsal: no category gets late by
// it within the next turns.
func (s *Scheduler) choose(st *state, l laneID, q *asking) (bid, bool) {
	ln := &st.lanes[l]
	s.choices++
	s.bound = ln.plays < ln.settled
	for len(s.offers) < len(ln.seats) {
		s.offers = append(s.offers, offer{})
	}
	for _, from := range []begin{begun, soon} {
		if b, ok := s.tightBid(st, l, q, from); ok {
			return b, true
		}
		if b, ok := s.inTurn(st, l, q, from, itself); ok {
			return b, true
		}
	}
	for _, w := range []way{another, again} {
		if w == again && s.rivalWaits(st, l) {
			return bid{}, false
		}
		if w == again && (s.bound || ln.isLate()) {
			if b, ok := s.freeAnywhere(st, l, q); ok {
				return b, true
			}
		}
		for _, from := range []begin{begun, soon} {
			if b, ok := s.inTurn(st, l, q, from, w); ok {
				return b, true
			}
		}
	}
	return s.anyBid(st, l, q)
}

// rivalWaits reports whether an ad that a rival holds up is two turns late, and no
// other category could come between them. Rather than let the one return again and
// again, house content does, or nothing.
func (s *Scheduler) rivalWaits(st *state, l laneID) bool {
	if l != weighted || len(st.lanes[l].race) > 1 {
		return false
	}
	for i := range st.lanes[l].race {
		seat := int(st.lanes[l].race[i].seat)
		o, p := s.offers[seat], st.lanes[l].pools[seat]
		if o.choice != s.choices || o.block != besideRival {
			continue
		}
		if e := &p.entries[o.head]; !before(p.v+p.grace(), e.dead+e.period()) {
			return true
		}
	}
	return false
}

// look returns the offer of a category, found at most once a choice.
func (s *Scheduler) look(st *state, l laneID, seat int, q *asking) offer {
	if s.offers[seat].choice != s.choices {
		s.offers[seat] = s.offer(st, l, seat, q)
	}
	return s.offers[seat]
}

// tightBid finds an ad that has no room to wait, is free again and whose category
// may play; the one with the largest share first.
func (s *Scheduler) tightBid(st *state, l laneID, q *asking, from begin) (bid, bool) {
	ln := &st.lanes[l]
	best, least := bid{}, uint64(0)
	if !ln.cramped {
		return best, false
	}
	for k := uint64(1); k <= min(ln.plays, recentPlays); k++ {
		last := ln.recent[(ln.plays-k)%recentPlays]
		seat, p := int(last.seat), ln.pools[last.seat]
		e, place := &p.entries[last.slot], int(ln.seats[seat].runner)
		if e.queue == out || e.last != ln.plays+1-k || startsBy(ln.race[place].start, ln.v) != from {
			continue
		}
		per := ln.turnsPer(seat, uint64(e.weight))
		if !ln.tight(per) || least > 0 && per >= least || ln.full(seat) {
			continue
		}
		if !before(e.start, p.v+p.turn()-p.grace()) || s.blocked(st, ln, p, last.slot, q) != free {
			continue
		}
		if s.rehearse(ln, place) {
			best, least = bid{seat: seat, slot: last.slot}, per
		}
	}
	return best, least > 0
}

// inTurn finds the first category by deadline, among those that begin so, that can
// take its turn in a way.
func (s *Scheduler) inTurn(st *state, l laneID, q *asking, from begin, w way) (bid, bool) {
	ln := &st.lanes[l]
	first := from == begun // by deadline alone: there is nothing to rehearse
	for i := ln.first(from); i >= 0; i = ln.after(from, i) {
		seat := int(ln.race[i].seat)
		if ln.full(seat) {
			continue
		}
		o := s.look(st, l, seat, q)
		if slot, ok := o.by(w); ok && (first || s.rehearse(ln, i)) {
			return bid{seat, slot, w == again}, true
		}
		first = false
	}
	return bid{}, false
}

// freeAnywhere finds the first category with an ad that is free, however far it is
// ahead of its share.
func (s *Scheduler) freeAnywhere(st *state, l laneID, q *asking) (bid, bool) {
	ln := &st.lanes[l]
	s.byDeadline(ln)
	for _, i := range s.order {
		seat := int(ln.race[i].seat)
		if o := s.look(st, l, seat, q); o.next >= 0 && !ln.full(seat) {
			return bid{seat: seat, slot: o.next}, true
		}
	}
	return bid{}, false
}

// anyBid finds whoever may play at all, when rivals and lengths leave no choice
// that keeps every share: the shares give way before the repeat distance does.
func (s *Scheduler) anyBid(st *state, l laneID, q *asking) (bid, bool) {
	if b, ok := s.freeAnywhere(st, l, q); ok {
		return b, true
	}
	ln := &st.lanes[l]
	for _, full := range []bool{false, true} {
		for _, want := range []block{free, repeated} {
			for _, i := range s.order {
				seat := int(ln.race[i].seat)
				if ln.full(seat) != full {
					continue
				}
				if slot := s.search(st, l, seat, q, want); slot >= 0 {
					return bid{seat, slot, want == repeated}, true
				}
			}
		}
	}
	return bid{}, false
}

// search looks at all ads of a category for the first that is blocked no more
// than so.
func (s *Scheduler) search(st *state, l laneID, seat int, q *asking, want block) int32 {
	ln := &st.lanes[l]
	p := ln.pools[seat]
	best := int32(-1)
	for _, queue := range []queue{due, early} {
		for _, slot := range p.queues[queue] {
			if (best < 0 || p.goes(queue, slot, best)) && s.blocked(st, ln, p, slot, q) <= want {
				best = slot
			}
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

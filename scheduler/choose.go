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
	w := &s.walk
	w.begin(p, due)
	w.next()
	seen := 0
	for slot, ok := w.next(); ok && seen < patience; slot, ok = w.next() {
		if s.blocked(st, ln, p, slot, q) == free {
			o.next = slot
			break
		}
		seen++
	}
	if o.next < 0 {
		w.begin(p, early)
		for slot, ok := w.next(); ok && seen < patience; slot, ok = w.next() {
			if s.blocked(st, ln, p, slot, q) == free {
				o.next = slot
				o.bends = !before(p.entries[slot].start, p.v+p.turn()-p.grace())
				break
			}
			seen++
		}
	}
	// A head that would be late may not be passed over for the repeat distance.
	if o.block == repeated && !before(p.v+p.turn()+p.grace(), p.entries[o.head].dead) {
		o.bends = true
	}
	return o
}

// choose finds whose turn it is in a lane.
//
// The categories are taken by their deadlines, those first whose start has come.
// One whose ad is held up by the repeat distance, by a rival or by the length of
// the wait lets the others go first, and an ad with no room to wait goes before
// the others; but only if a rehearsal of the next turns shows no category late.
func (s *Scheduler) choose(st *state, l laneID, q *asking) (bid, bool) {
	ln := &st.lanes[l]
	s.choices++
	s.bound = ln.plays < ln.settled
	for len(s.offers) < len(ln.seats) {
		s.offers = append(s.offers, offer{})
	}
	for _, near := range []bool{false, true} {
		if b, ok := s.tightBid(st, l, q, near); ok {
			return b, true
		}
		if b, ok := s.freeBid(st, l, q, near); ok {
			return b, true
		}
	}
	for _, relax := range []bool{false, true} {
		if relax && s.rivalWaits(st, l) {
			return bid{}, false
		}
		if relax && s.bound {
			// Shares are not kept beside a rival or after a change; the distance can be.
			if b, ok := s.freeAnywhere(st, l, q); ok {
				return b, true
			}
		}
		for _, near := range []bool{false, true} {
			if b, ok := s.heldBid(st, l, q, near, relax); ok {
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
func (s *Scheduler) tightBid(st *state, l laneID, q *asking, near bool) (bid, bool) {
	ln := &st.lanes[l]
	best, least := bid{}, uint64(0)
	if !ln.cramped {
		return best, false
	}
	for k := uint64(1); k <= min(ln.plays, recentPlays); k++ {
		last := ln.recent[(ln.plays-k)%recentPlays]
		seat, p := int(last.seat), ln.pools[last.seat]
		e, place := &p.entries[last.slot], int(ln.seats[seat].runner)
		if e.queue == out || e.last != ln.plays+1-k || startsBy(ln.race[place].start, ln.v) != begins(near) {
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

// freeBid finds the first category whose own ad is free.
func (s *Scheduler) freeBid(st *state, l laneID, q *asking, near bool) (bid, bool) {
	ln := &st.lanes[l]
	first := !near
	for i := ln.first(near); i >= 0; i = ln.after(near, i) {
		seat := int(ln.race[i].seat)
		if ln.full(seat) {
			continue
		}
		o := s.look(st, l, seat, q)
		if o.block == free && (first || s.rehearse(ln, i)) {
			return bid{seat: seat, slot: o.head}, true
		}
		first = false
	}
	return bid{}, false
}

// heldBid finds the first category with an ad to take its turn instead of the one
// that is held up, or that one, sooner than the repeat distance.
func (s *Scheduler) heldBid(st *state, l laneID, q *asking, near, relax bool) (bid, bool) {
	ln := &st.lanes[l]
	first := !near
	for i := ln.first(near); i >= 0; i = ln.after(near, i) {
		seat := int(ln.race[i].seat)
		if ln.full(seat) {
			continue
		}
		o := s.look(st, l, seat, q)
		fits := o.block != free && o.next >= 0 && !o.bends
		b := bid{seat: seat, slot: o.next}
		if relax {
			fits, b = o.block == repeated, bid{seat, o.head, true}
		}
		if fits && (first || s.rehearse(ln, i)) {
			return b, true
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

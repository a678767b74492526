package scheduler

import (
	"math"
	"math/bits"
	"time"
)

// CoolDown is how long an aborted campaign stands back while another may play.
const CoolDown = 30 * time.Second

// A turn is what a decision came to.
type turn struct {
	lane     laneID
	seat     int
	slot     int32
	creative int
	relaxed  kind // kindRepeat, kindCoolDown or none
	fit      kind // kindShorter, kindTry or none
	filler   bool
	// contested: house content and paid campaigns both could have had it.
	contested bool
	// passes are those whose turn goes by because they are too long for the wait.
	passes []bid
}

// turn decides whose turn it is. When there is nothing else at all, the first to
// have stood back returns, and so on.
func (s *Scheduler) turn(st *state, at instant) (turn, bool) {
	for calm, ok := at.mono, true; ok; calm, ok = s.calmer(st, calm) {
		q := asking{at: at, calm: forever}
		if b, ok := s.bidIn(st, emergency, &q); ok { // it does not stand back
			return s.taken(st, emergency, b, &q), true
		}
		q.calm = calm
		if b, ok := s.bidIn(st, takeover, &q); ok {
			return s.taken(st, takeover, b, &q), true
		}
		if t, ok := s.ordinary(st, &q); ok {
			return t, true
		}
	}
	return turn{}, false
}

const forever = time.Duration(math.MaxInt64)

// calmer is when the next of those that stand back after calm may return.
func (s *Scheduler) calmer(st *state, calm time.Duration) (time.Duration, bool) {
	next := forever
	for l := takeover; l < lanes; l++ {
		for _, p := range st.lanes[l].pools {
			for slot := range p.active {
				if cool := p.entries[slot].cool; cool > calm {
					next = min(next, cool)
				}
			}
		}
	}
	return next, next < forever
}

// ordinary decides between guaranteed, weighted and house content.
func (s *Scheduler) ordinary(st *state, q *asking) (turn, bool) {
	paid, isPaid := s.paidTurn(st, q)
	if isPaid && s.ownTurns() == 0 {
		return paid, true
	}
	b, isHouse := s.bidIn(st, house, q)
	switch {
	case !isHouse:
		return paid, isPaid
	case isPaid && !owed(st.ownCredit, s.ownTurns(), s.ownOf()):
		paid.contested = true
		return paid, true
	}
	t := s.taken(st, house, b, q)
	t.contested, t.filler = isPaid, !isPaid
	return t, true
}

// paidTurn decides between guaranteed and weighted campaigns.
func (s *Scheduler) paidTurn(st *state, q *asking) (turn, bool) {
	guarded := *q
	guarded.most, guarded.guard = likely(s.options.Waits, q.at)
	promise, isPromised := s.promised(st, &guarded)
	if isPromised && st.promisedPaid >= promisedOf-1 {
		return s.taken(st, guaranteed, promise, &guarded), true
	}
	b, ok := s.bidIn(st, weighted, &guarded)
	if !ok && guarded.guard {
		b, ok = s.shortest(st, guarded)
	}
	if ok {
		return s.taken(st, weighted, b, &guarded), true
	}
	if isPromised && st.promisedAny < promisedOf-1 {
		_, isHouse := s.bidIn(st, house, q)
		isPromised = !isHouse
	}
	if isPromised {
		return s.taken(st, guaranteed, promise, &guarded), true
	}
	return turn{}, false
}

// shortest is the weighted turn where no ad fits the wait: the shortest one may
// try.
func (s *Scheduler) shortest(st *state, q asking) (bid, bool) {
	ln := &st.lanes[weighted]
	for {
		longer, ok := s.longerThan(ln, q.most)
		if !ok {
			return bid{}, false
		}
		q.most = longer
		if b, ok := s.bidIn(st, weighted, &q); ok {
			return b, true
		}
	}
}

// bidIn finds whose turn it is in a lane, if anybody in it may play.
func (s *Scheduler) bidIn(st *state, l laneID, q *asking) (bid, bool) {
	ln := &st.lanes[l]
	s.renew(ln)
	if len(ln.race) == 0 {
		return bid{}, false
	}
	return s.choose(st, l, q)
}

// taken makes a turn of the last bid.
func (s *Scheduler) taken(st *state, l laneID, b bid, q *asking) turn {
	p := st.lanes[l].pools[b.seat]
	a, e := &s.ads[p.members[b.slot]], &p.entries[b.slot]
	t := turn{lane: l, seat: b.seat, slot: b.slot, creative: s.creativeFrom(a, int(e.next))}
	if l == weighted && q.guard {
		t.passes = s.passes(&st.lanes[l], b)
		switch {
		case s.length(a, e) > q.most:
			t.fit = kindTry
		case s.offers[b.seat].choice == s.choices && s.offers[b.seat].block == tooLong:
			t.fit = kindShorter
		}
	}
	switch {
	case l != emergency && e.cool > q.at.mono:
		t.relaxed = kindCoolDown
	case b.relaxed:
		t.relaxed = kindRepeat
	}
	return t
}

// owed reports whether the side that takes turns of every of, and is owed
// credit, is next: smooth weighted round robin of two.
func owed(credit, turns, of int64) bool { return 2*(credit+turns) > of }

func (s *Scheduler) ownTurns() int64 {
	return int64(min(max(s.options.OwnShare.Turns, 0), max(s.options.OwnShare.Of, 0)))
}

func (s *Scheduler) ownOf() int64 { return int64(max(s.options.OwnShare.Of, 1)) }

// charge notes that a turn that began at start was completed.
func (s *Scheduler) charge(st *state, t turn, start instant, end time.Duration) {
	ln := &st.lanes[t.lane]
	p := st.own(t.lane, t.seat)
	a, e := &s.ads[p.members[t.slot]], &p.entries[t.slot]
	if t.contested {
		// Held within a turn: another share, or the first own picture, settles nothing
		// of what was before it.
		credit := pay(st.ownCredit, s.ownTurns(), s.ownOf(), t.lane == house)
		st.ownCredit = min(max(credit, -s.ownOf()), s.ownOf())
	}
	e.held = 0
	st.pass(t.lane, t.passes, t.seat)
	if t.lane == guaranteed {
		st.done[t.slot]++
		w := &st.lanes[weighted]
		w.count(w.seatOf(a.campaign.Category))
	} else {
		p.charge(t.slot)
		ln.charge(t.seat, t.slot)
		e.last = ln.plays
	}
	st.tally(t.lane)
	if t.lane == guaranteed {
		e.last = st.paid
	}
	e.next = uint16(t.creative + 1)
	st.count(a, start, end)
	st.separate(s.showing(a, end))
	if len(a.campaign.Caps) > 0 {
		s.judge(st, p.members[t.slot])
	}
}

// tally counts the play for the mix of guaranteed and other plays.
func (st *state) tally(l laneID) {
	st.promisedAny++
	switch l {
	case weighted:
		st.promisedPaid++
		st.mix <<= 1
		st.paid++
	case guaranteed:
		st.promisedPaid, st.promisedAny = 0, 0
		st.mix = st.mix<<1 | 1
		st.paid++
	}
}

// guaranteedLately counts the guaranteed ones among the last 64 paid plays.
func (st *state) guaranteedLately() uint64 { return uint64(bits.OnesCount64(st.mix)) }

func (s *Scheduler) showing(a *ad, end time.Duration) showing {
	return showing{a.group, a.advertiser, a.campaign.Advertiser, end}
}

func pay(credit, turns, of int64, taken bool) int64 {
	credit += turns
	if taken {
		credit -= of
	}
	return credit
}

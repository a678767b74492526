package scheduler

import (
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// A lane is a tier in the order it is served.
type lane uint8

const (
	emergency lane = iota
	takeover
	guaranteed
	weighted
	house
	lanes
)

func laneOf(t plan.Tier) lane {
	switch t {
	case plan.TierEmergency:
		return emergency
	case plan.TierTakeover:
		return takeover
	case plan.TierGuaranteed:
		return guaranteed
	case plan.TierHouse:
		return house
	}
	return weighted
}

// CoolDown is how long an aborted campaign stands back while another may play.
const CoolDown = 30 * time.Second

// Guaranteed campaigns together take one turn of this many while weighted ones
// may play.
const guaranteedOf = 3

// state is everything that changes from play to play.
type state struct {
	// credit is, by ad, how much of a turn it is owed, in units of its lane's
	// total weight (smooth weighted round robin, as nginx does it).
	credit []int64
	// next is, by ad, the creative whose turn it is.
	next []int
	// cool is, by ad, until when it stands back after an abort.
	cool  []time.Duration
	plays [][]played
	// shown is what the next showing would be beside.
	shown []showing
	// last is the ad that completed last, or -1.
	last int
	// own and promised are what house content and the guaranteed tier are owed.
	own, promised int64
}

func newState(ads int) state {
	return state{credit: make([]int64, ads), next: make([]int, ads), cool: make([]time.Duration, ads),
		plays: make([][]played, ads), last: -1}
}

// clone returns a copy that can be changed without changing st. The inner slices
// are replaced, never written, so they may be shared.
func (st *state) clone() state {
	c := *st
	c.credit, c.next = slices.Clone(st.credit), slices.Clone(st.next)
	c.cool, c.plays = slices.Clone(st.cool), slices.Clone(st.plays)
	return c
}

// field is who may play at one instant.
type field struct {
	verdicts []Filter // by ad
	by       [lanes][]int
	total    [lanes]int64 // of the weights
	ready    [lanes]int   // how many do not stand back
	cooling  []bool       // by ad
}

func (f *field) clear() {
	for l := range f.by {
		f.by[l], f.total[l], f.ready[l] = f.by[l][:0], 0, 0
	}
	f.cooling = slices.Grow(f.cooling[:0], len(f.verdicts))[:len(f.verdicts)]
}

func (f *field) enter(i int, a *ad, cooling bool) {
	f.by[a.lane] = append(f.by[a.lane], i)
	f.total[a.lane] += a.weight
	f.cooling[i] = cooling
	if !cooling || a.lane == emergency { // an emergency does not stand back
		f.ready[a.lane]++
	}
}

// contested reports whether house content and paid turns compete: both may play
// and nothing more urgent does.
func (f *field) contested() bool {
	return f.ready[emergency]+f.ready[takeover] == 0 && f.ready[house] > 0 && f.ready[guaranteed]+f.ready[weighted] > 0
}

// mixed reports whether guaranteed and weighted turns compete.
func (f *field) mixed() bool { return f.ready[guaranteed] > 0 && f.ready[weighted] > 0 }

// A turn is what a decision came to.
type turn struct {
	ad, creative int
	relaxed      kind // kindRepeat, kindCoolDown or none
	filler       bool
}

// turn decides who is next in the field. Repeating at once is relaxed before the
// house fills in; standing back only when there is nothing else at all.
func (s *Scheduler) turn(st *state) (turn, bool) {
	f := &s.field
	l, ok := s.lane(st)
	if !ok {
		for l = emergency; l < lanes && len(f.by[l]) == 0; l++ {
		}
		if l == lanes {
			return turn{}, false
		}
	}
	t := turn{ad: -1, filler: l == house && !f.contested()}
	for _, allow := range []struct{ repeat, cooling bool }{{}, {repeat: true}, {cooling: true}, {true, true}} {
		for _, i := range f.by[l] {
			if (i != st.last || allow.repeat) && (!f.cooling[i] || allow.cooling) && (t.ad < 0 || s.before(st, i, t.ad)) {
				t.ad = i
			}
		}
		if t.ad >= 0 {
			switch {
			case allow.cooling:
				t.relaxed = kindCoolDown
			case allow.repeat:
				t.relaxed = kindRepeat
			}
			break
		}
	}
	t.creative = s.ads[t.ad].creativeFrom(st.next[t.ad])
	return t, true
}

// lane chooses the lane whose turn it is among those with an ad that does not
// stand back.
func (s *Scheduler) lane(st *state) (lane, bool) {
	f := &s.field
	paid := weighted
	switch {
	case f.ready[emergency] > 0:
		return emergency, true
	case f.ready[takeover] > 0:
		return takeover, true
	case f.mixed():
		if owed(st.promised, 1, guaranteedOf) {
			paid = guaranteed
		}
	case f.ready[guaranteed] > 0:
		paid = guaranteed
	case f.ready[weighted] == 0:
		return house, f.ready[house] > 0
	}
	if f.contested() && owed(st.own, s.ownTurns(), s.ownOf()) {
		return house, true
	}
	return paid, true
}

// owed reports whether the side that takes turns of every of, and is owed
// credit, is next: smooth weighted round robin of two.
func owed(credit, turns, of int64) bool { return 2*(credit+turns) > of }

func (s *Scheduler) ownTurns() int64 {
	return int64(min(max(s.options.OwnShare.Turns, 0), max(s.options.OwnShare.Of, 0)))
}

func (s *Scheduler) ownOf() int64 { return int64(max(s.options.OwnShare.Of, 1)) }

// before reports whether ad i has the better claim to the turn than ad j.
func (s *Scheduler) before(st *state, i, j int) bool {
	a, b := &s.ads[i], &s.ads[j]
	x, y := st.credit[i]+a.weight, st.credit[j]+b.weight
	if x != y {
		return x > y
	}
	return a.tie < b.tie
}

// creativeFrom returns the first creative from c on, round the campaign, that
// can be shown.
func (a *ad) creativeFrom(c int) int {
	for range a.broken {
		if c >= len(a.broken) {
			c = 0
		}
		if !a.broken[c] {
			return c
		}
		c++
	}
	return 0
}

// charge notes that ad i completed a play that began at start, when the field
// was looked at. Those blocked at that time earn nothing, so that nobody bursts
// on return.
func (s *Scheduler) charge(st *state, i, creative int, start instant, end time.Duration) {
	a, f := &s.ads[i], &s.field
	if f.verdicts[i] == passed {
		if f.contested() {
			st.own = pay(st.own, s.ownTurns(), s.ownOf(), a.lane == house)
		}
		if (a.lane == guaranteed || a.lane == weighted) && f.mixed() {
			st.promised = pay(st.promised, 1, guaranteedOf, a.lane == guaranteed)
		}
		s.earn(st, i)
	}
	st.count(i, a, start, end)
	st.separate(showing{a.group, a.advertiser, a.campaign.Advertiser, end})
	st.last = i
	st.next[i] = creative + 1
}

// earn gives every ad of the lane its weight and takes the total from the one
// that played. Credit is held within two turns: an ad that may not repeat at
// once although most of the weight is its own must not save up for ever.
func (s *Scheduler) earn(st *state, i int) {
	l := s.ads[i].lane
	total := s.field.total[l]
	for _, j := range s.field.by[l] {
		st.credit[j] += s.ads[j].weight
		if j == i {
			st.credit[j] -= total
		}
		st.credit[j] = min(max(st.credit[j], -2*total), 2*total)
	}
}

func pay(credit, turns, of int64, taken bool) int64 {
	credit += turns
	if taken {
		credit -= of
	}
	return credit
}

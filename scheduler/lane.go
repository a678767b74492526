package scheduler

import (
	"math/bits"
	"slices"
	"time"
)

// far is where the virtual time of a lane begins: no start is ever below zero.
const far = 1 << 56

// A seat is a category among the categories of a lane.
type seat struct {
	category int
	// discovery: nothing relates the category to the shop.
	discovery bool
	// runner is its place in the race of those with an ad to play, -1 for none.
	runner int32
	// stale says that the two below may have changed.
	stale bool
	// weight is that of the ads that may play, and heaviest the largest of them.
	weight, heaviest uint64
	// ahead is, while it is not active, by how much of a play it had more than its
	// share when it left: the only thing it brings back.
	ahead uint64
	// over is by how many plays it had more than the limit of a category allows,
	// when the lane's allowance was overAt.
	over, overAt int64
}

// A runner is a category in the race for turns: all that deadlines depend on.
type runner struct {
	// start and dead bound its next turn, as in an entry; period is the plays of
	// the lane that one turn of it takes, in units of 1/play.
	start, dead, period uint64
	seat                int32
	discovery           bool
}

// A lane is the ads of one tier, by category. The pools have the order of the
// seats.
type lane struct {
	seats []seat
	pools []*pool
	race  []runner
	v     uint64 // plays, in units of 1/play
	// plays counts them; the repeat distance is counted in it.
	plays uint64
	// recent are the last plays, the ad's seat and slot, at plays%len.
	recent [recentPlays]recentPlay
	// stale says that who may play has changed since the turns were divided.
	stale bool
	// repeat is how many plays lie between two plays of an ad, and cramped says that
	// some ad is tight.
	repeat  uint64
	cramped bool
	// settled is the number of plays after which shares may be expected to hold
	// again, since somebody came or went.
	settled uint64
	// groupDead is when the discovery categories together are late, where both
	// kinds are active.
	groupDead uint64
	grouped   bool
	// promised says that there are guaranteed campaigns beside the lane.
	promised bool
	// allowance is the sum of what each play allowed a category to have.
	allowance int64
	cap       ratio
	// wake is when the first timer of a pool rings, 0 for none.
	wake time.Duration
}

type recentPlay struct{ seat, slot int32 }

// recentPlays is enough to find every ad whose fair share is close to the most
// that the repeat distance allows.
const recentPlays = 64

// maxRepeat is the longest repeat distance.
const maxRepeat = 20

func (ln *lane) clone() lane {
	c := *ln
	c.seats, c.pools, c.race = slices.Clone(ln.seats), slices.Clone(ln.pools), slices.Clone(ln.race)
	return c
}

// nudge makes good for what divisions lose, in units of 1/play.
const nudge = play >> 16

// late reports whether a deadline is over when a play begins at v.
func late(dead, v uint64) bool { return dead <= v+nudge }

// isLate reports whether a category is late already.
func (ln *lane) isLate() bool {
	return slices.ContainsFunc(ln.race, func(r runner) bool { return late(r.dead, ln.v) })
}

// renew divides the turns anew among the categories that have an ad that may
// play. What each is owed or ahead, in plays, stays; who comes back has only what
// it was ahead.
func (s *Scheduler) renew(ln *lane) {
	if !ln.stale {
		return
	}
	ln.stale = false
	ps := s.portions[:0]
	for i := range ln.seats {
		if seat := &ln.seats[i]; seat.stale {
			seat.stale = false
			seat.weight, seat.heaviest = ln.pools[i].weight, ln.pools[i].heaviest()
		}
		ps = append(ps, portion{weight: ln.seats[i].weight, discovery: ln.seats[i].discovery})
	}
	s.portions = ps
	divide(ps)
	kinds := s.reseat(ln)
	ln.balance()
	ln.settled = 0
	if ln.plays > 0 {
		ln.settled = ln.plays + maxRepeat
	}
	ln.cap = limit(len(ln.race))
	if both := kinds[0] && kinds[1]; both != ln.grouped {
		ln.grouped, ln.groupDead = both, ln.v+discoveryOf*play
	}
	least := ln.least()
	ln.repeat = min(max((least+nudge)/play, 1)-1, maxRepeat)
	ln.cramped = ln.tight(least)
}

// reseat makes the race anew with the periods just divided, and tells which kinds
// of category are in it: related ones, and those of discovery.
func (s *Scheduler) reseat(ln *lane) (kinds [2]bool) {
	old := append(s.old[:0], ln.race...)
	s.old = old
	ln.race = ln.race[:0]
	for i := range ln.seats {
		seat, period := &ln.seats[i], s.portions[i].period
		was := seat.runner
		seat.runner = -1
		if period == 0 {
			if was >= 0 {
				seat.leave(&old[was], ln.v)
			}
			continue
		}
		start := ln.v + scale(period, seat.ahead, play)
		if was >= 0 {
			start = relocate(ln.v, old[was].start, old[was].period, period)
		} else {
			seat.over = max(seat.over-(ln.allowance-seat.overAt), -play)
			seat.overAt = ln.allowance
		}
		seat.runner = int32(len(ln.race))
		ln.race = append(ln.race, runner{start, start + period, period, int32(i), seat.discovery})
		if seat.discovery {
			kinds[1] = true
		} else {
			kinds[0] = true
		}
	}
	return kinds
}

// leave notes what the category had more than its share.
func (seat *seat) leave(r *runner, v uint64) {
	seat.ahead = 0
	if r.start > v {
		seat.ahead = min(scale(play, r.start-v, r.period), play)
	}
}

// balance moves all windows alike so that those who are ahead and those who are
// behind balance, as they do while nobody comes or goes: that is what bounds how
// far anybody gets.
func (ln *lane) balance() {
	var sum int64 // of what each is ahead, in units of 1/play
	for i := range ln.race {
		if r := &ln.race[i]; r.start >= ln.v {
			sum += int64(scale(play, r.start-ln.v, r.period))
		} else {
			sum -= int64(scale(play, ln.v-r.start, r.period))
		}
	}
	for i := range ln.race {
		ln.race[i].start -= uint64(sum)
		ln.race[i].dead -= uint64(sum)
	}
}

// relocate moves a start so that the share behind it is as much ahead or behind
// as before, in plays, with a new period. Nobody keeps more than one play.
func relocate(v, start, period, next uint64) uint64 {
	if start >= v {
		return v + scale(min(start-v, period), next, period)
	}
	return v - scale(min(v-start, period), next, period)
}

// turnsPer is how many plays of the lane come on one of an ad of the weight in a
// category that has an ad to play, in units of 1/play.
func (ln *lane) turnsPer(seat int, weight uint64) uint64 {
	return scale(ln.race[ln.seats[seat].runner].period, ln.seats[seat].weight, max(weight, 1))
}

// least is how many plays come on one of the ad with the largest fair share. The
// repeat distance is less, so that it bends nobody's share.
func (ln *lane) least() uint64 {
	least := uint64(1 << 62)
	for i := range ln.race {
		seat := int(ln.race[i].seat)
		least = min(least, ln.turnsPer(seat, ln.seats[seat].heaviest))
	}
	return least
}

// tight reports whether an ad that comes on once in so many plays has hardly any
// room between its fair share and the repeat distance: what it loses by waiting it
// can never make up. (Found by trying shares from 0.5 to 0.9 of what the distance
// allows.)
func (ln *lane) tight(turnsPer uint64) bool {
	hi, lo := bits.Mul64(turnsPer, 7)
	return hi == 0 && lo < 10*(ln.repeat+1)*play
}

// own returns the pool of the seat for writing.
func (st *state) own(l laneID, seat int) *pool {
	ln := &st.lanes[l]
	if p := ln.pools[seat]; p.copy != st.copy {
		ln.pools[seat] = p.clone(st.copy)
	}
	return ln.pools[seat]
}

// charge notes a play of the category at the level of the lane.
func (ln *lane) charge(seat int, slot int32) {
	ln.turn(seat)
	ln.count(seat)
	if ln.seats[seat].discovery && ln.grouped {
		ln.groupDead += discoveryOf * play
	}
	ln.recent[ln.plays%recentPlays] = recentPlay{int32(seat), slot}
	ln.plays++
}

// mostOff is how many plays anybody may be behind or ahead: who is held up by
// rivals, or was not there or not so heavy when the past was played, neither takes
// them all at once later nor waits for them.
const mostOff = 2

// turn moves the lane on by a play of the category.
func (ln *lane) turn(seat int) {
	ln.pass(seat)
	ln.v += play
	forgiven := false
	for i := range ln.race {
		r := &ln.race[i]
		start := min(max(r.start, ln.v-mostOff*r.period), ln.v+mostOff*r.period)
		if start != r.start {
			r.start, r.dead, forgiven = start, start+r.period, true
		}
	}
	if forgiven {
		ln.balance()
	}
}

// pass moves the turn of the category on by one, played or not.
func (ln *lane) pass(seat int) {
	if i := ln.seats[seat].runner; i >= 0 {
		r := &ln.race[i]
		r.start, r.dead = r.dead, r.dead+r.period
	}
}

// count notes a paid play for the limit of a category; seat is -1 where it is of
// no category of the lane.
func (ln *lane) count(seat int) {
	ln.allowance += ln.allowed()
	if seat >= 0 {
		sp := &ln.seats[seat]
		sp.over = max(sp.over-(ln.allowance-sp.overAt), -play) + play
		sp.overAt = ln.allowance
	}
}

// allowed is the most that one play allows a category, in units of 1/play.
func (ln *lane) allowed() int64 { return int64(play * ln.cap.num / max(ln.cap.den, 1)) }

// full reports whether one more play would take the category more than one play
// over its limit, which only guaranteed campaigns beside its own turns can do.
func (ln *lane) full(seat int) bool {
	if !ln.promised {
		return false // its own turns alone keep it within
	}
	sp := &ln.seats[seat]
	return sp.over-(ln.allowance-sp.overAt) > ln.allowed()+nudge
}

// due is when the category is late, for itself or for all of discovery.
func (ln *lane) due(r *runner) uint64 {
	if ln.grouped && r.discovery {
		return min(r.dead, ln.groupDead)
	}
	return r.dead
}

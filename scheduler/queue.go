package scheduler

import "time"

// queue is where an entry waits for its turn.
type queue uint8

const (
	// out: it may not play now, and earns nothing.
	out queue = iota
	// early: it has had its share for the moment; ordered by start.
	early
	// due: its turn may come; ordered by deadline.
	due
)

// one is a full turn of weight 1 in the virtual time of a pool: 40 fractional bits.
const one = 1 << 40

// An entry is what changes from play to play for one ad.
type entry struct {
	// start and dead bound the ad's next turn in virtual time: it is not due
	// before start, and late after dead. While it is out, start is what it was
	// ahead.
	start, dead uint64
	// cool is until when it stands back after an abort.
	cool time.Duration
	// last is the number of its last play among those of its lane; 0 is never.
	last uint64
	// wakes is when a timer of the pool will have it looked at again, 0 for none.
	wakes time.Duration
	// plays are the completed plays that its caps may count, never shared.
	plays   []played
	weight  uint32
	at      int32 // in its queue
	next    uint16
	queue   queue
	verdict Filter
	held    uint8 // how many turns in a row it was too long for the wait
	// listed says that the pool's list of full days will have it looked at again.
	listed bool
}

// A pool is the ads of one category in one lane, in the order that settles ties:
// an ad is known by its place in it, the slot. It is the unit that is copied when
// a rehearsal must not touch the original.
type pool struct {
	copy    uint32  // which copy of the state it belongs to
	members []int32 // by slot, the index of the ad; never written
	entries []entry // by slot
	queues  [3][]int32
	// v is the virtual time: after each play it advances by one/weight, so that an
	// ad that is always due plays once while v advances by one/its weight.
	v, carry uint64
	weight   uint64    // of the ads that may play
	heavy    [81]int32 // how many of them have which weight
	timers   []timer   // a heap: who may play again, and when
	dayFull  []int32   // whose day is full: looked at when the date changes
}

type timer struct {
	at   time.Duration
	slot int32
}

func newPool(members []int32) *pool {
	return &pool{members: members, entries: make([]entry, len(members))}
}

// clone returns a copy for another state.
func (p *pool) clone(copy uint32) *pool {
	c := *p
	c.copy = copy
	c.entries = append([]entry(nil), p.entries...)
	for q := range c.queues {
		c.queues[q] = append([]int32(nil), p.queues[q]...)
	}
	c.timers = append([]timer(nil), p.timers...)
	c.dayFull = append([]int32(nil), p.dayFull...)
	return &c
}

// before compares virtual times, which may wrap.
func before(a, b uint64) bool { return int64(a-b) < 0 }

// active yields the ads that may play, in no order.
func (p *pool) active(yield func(slot int32) bool) {
	for _, q := range [...]queue{due, early} {
		for _, slot := range p.queues[q] {
			if !yield(slot) {
				return
			}
		}
	}
}

// turn is how far v advances in one play.
func (p *pool) turn() uint64 { return one / max(p.weight, 1) }

// grace makes good for what divisions lose: a thousandth of a play.
func (p *pool) grace() uint64 { return p.turn() >> 10 }

// period is the virtual time between two turns of an entry.
func (e *entry) period() uint64 { return one / uint64(max(e.weight, 1)) }

// join lets an ad take turns from now on, without credit for the time it was out,
// but not without what it is ahead. Virtual time moves so that those who are ahead
// and those who are behind balance, which is what bounds how far anybody gets.
func (p *pool) join(slot int32) {
	e := &p.entries[slot]
	ahead := min(e.start, e.period())
	e.start = p.v + ahead
	e.dead = e.start + e.period()
	p.weight += uint64(e.weight)
	p.heavy[e.weight]++
	p.v += uint64(e.weight) * ahead / p.weight
	if before(p.v+p.grace(), e.start) {
		p.push(early, slot)
	} else {
		p.push(due, slot)
	}
}

// leave takes an ad out of the turns. What it was ahead or behind leaves with it.
func (p *pool) leave(slot int32) {
	e := &p.entries[slot]
	p.remove(slot)
	p.weight -= uint64(e.weight)
	p.heavy[e.weight]--
	ahead := int64(e.start - p.v)
	if p.weight > 0 {
		p.v -= uint64(int64(e.weight) * ahead / int64(p.weight))
	}
	e.start = uint64(max(ahead, 0))
}

// heaviest is the largest weight of an ad that may play.
func (p *pool) heaviest() uint64 {
	for w := len(p.heavy) - 1; w > 0; w-- {
		if p.heavy[w] > 0 {
			return uint64(w)
		}
	}
	return 0
}

// forgive bounds what the first of the due ones is behind. It reports whether that
// changed anything.
func (p *pool) forgive() bool {
	slot := p.queues[due][0]
	e := &p.entries[slot]
	least := p.v - mostOff*e.period()
	if !before(e.start, least) {
		return false
	}
	e.start, e.dead = least, least+e.period()
	p.down(due, 0)
	return true
}

// overdue reports whether forgive would change anything.
func (p *pool) overdue() bool {
	q := p.queues[due]
	return len(q) > 0 && before(p.entries[q[0]].start, p.v-mostOff*p.entries[q[0]].period())
}

// settle moves those whose start has come to the due ones. Without any, virtual
// time jumps to the first start: a turn never goes to nobody.
func (p *pool) settle() {
	if len(p.queues[due]) == 0 && len(p.queues[early]) > 0 {
		if first := p.entries[p.queues[early][0]].start; before(p.v, first) {
			p.v = first
		}
	}
	for len(p.queues[early]) > 0 {
		slot := p.queues[early][0]
		if before(p.v+p.grace(), p.entries[slot].start) {
			return
		}
		p.remove(slot)
		p.push(due, slot)
	}
}

// unsettled reports whether settle would change anything.
func (p *pool) unsettled() bool {
	q := p.queues[early]
	return len(q) > 0 && (len(p.queues[due]) == 0 || !before(p.v+p.grace(), p.entries[q[0]].start))
}

// charge notes a play of the ad at the slot.
func (p *pool) charge(slot int32) {
	p.pass(slot)
	p.carry += one % max(p.weight, 1)
	p.v += p.turn()
	if p.carry >= p.weight && p.weight > 0 {
		p.carry -= p.weight
		p.v++
	}
}

// pass moves the ad's turn on by one, played or not.
func (p *pool) pass(slot int32) {
	e := &p.entries[slot]
	if e.queue == out {
		e.start = e.period()
		return
	}
	p.remove(slot)
	e.start = e.dead
	if most := p.v + mostOff*e.period(); before(most, e.start) {
		e.start = most
	}
	e.dead = e.start + e.period()
	p.push(early, slot)
}

// goes reports whether slot a goes before slot b in a queue.
func (p *pool) goes(q queue, a, b int32) bool {
	x, y := &p.entries[a], &p.entries[b]
	u, w := x.dead, y.dead
	if q == early {
		u, w = x.start, y.start
	}
	if u != w {
		return before(u, w)
	}
	return a < b
}

func (p *pool) push(q queue, slot int32) {
	h := append(p.queues[q], slot)
	p.queues[q] = h
	p.entries[slot].queue, p.entries[slot].at = q, int32(len(h)-1)
	p.up(q, len(h)-1)
}

func (p *pool) remove(slot int32) {
	e := &p.entries[slot]
	q, i := e.queue, int(e.at)
	h := p.queues[q]
	last := len(h) - 1
	p.swap(h, i, last)
	p.queues[q] = h[:last]
	e.queue = out
	if i < last {
		p.down(q, i)
		p.up(q, i)
	}
}

func (p *pool) swap(h []int32, i, j int) {
	h[i], h[j] = h[j], h[i]
	p.entries[h[i]].at, p.entries[h[j]].at = int32(i), int32(j)
}

func (p *pool) up(q queue, i int) {
	h := p.queues[q]
	for i > 0 && p.goes(q, h[i], h[(i-1)/2]) {
		p.swap(h, i, (i-1)/2)
		i = (i - 1) / 2
	}
}

func (p *pool) down(q queue, i int) {
	h := p.queues[q]
	for {
		c := 2*i + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && p.goes(q, h[c+1], h[c]) {
			c++
		}
		if !p.goes(q, h[c], h[i]) {
			return
		}
		p.swap(h, i, c)
		i = c
	}
}

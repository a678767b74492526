package scheduler

import "math/bits"

// Shares of the turns are fractions of small numbers by design, so that they are
// exact: no category takes more than capTurns of capOf turns (or its equal part,
// where there are fewer than three), and those with no relation to the shop take
// at least one of discoveryOf.
const (
	capTurns, capOf = 2, 5
	discoveryOf     = 10
)

// play is one play in the virtual time of a lane: 32 fractional bits.
const play = 1 << 32

// A portion is one category's part in a division of the turns.
type portion struct {
	weight    uint64
	discovery bool
	// period is the answer: how many plays of the lane one turn of the category
	// takes, in units of 1/play; 0 for a weight of nothing.
	period uint64
}

// A ratio is num/den of all turns.
type ratio struct{ num, den uint64 }

// limit is the largest share of any of n categories.
func limit(n int) ratio {
	if n*capTurns < capOf {
		return ratio{1, uint64(max(n, 1))}
	}
	return ratio{capTurns, capOf}
}

// divide fills in the periods: in proportion to the weights, but at most limit
// each (water-filling: what the largest may not have goes to the others in
// proportion), and at least one turn in discoveryOf for all discovery categories
// together while both kinds have any. It can have less only where three related
// ones or more may take the rest.
func divide(ps []portion) {
	n, related := 0, 0
	for i := range ps {
		p := &ps[i]
		p.period = 0
		if p.weight == 0 {
			continue
		}
		n++
		if !p.discovery {
			related++
		}
	}
	if n == 0 {
		return
	}
	c := limit(n)
	everyone := func(*portion) bool { return true }
	fill(ps, ratio{1, 1}, c, everyone)
	if related == 0 || related == n || !belowFloor(ps) {
		return
	}
	fill(ps, ratio{1, discoveryOf}, c, func(p *portion) bool { return p.discovery })
	fill(ps, ratio{discoveryOf - 1, discoveryOf}, c, func(p *portion) bool { return !p.discovery })
}

// belowFloor reports whether discovery has less than its tenth.
func belowFloor(ps []portion) bool {
	var sum uint64 // of the shares, in 1/2^62
	for i := range ps {
		if ps[i].discovery && ps[i].period > 0 {
			q, _ := bits.Div64(play>>2, 0, max(ps[i].period, play>>1))
			sum += q
		}
	}
	// What divisions lose must not turn an exact tenth into less.
	return sum+sum>>20 < 1<<62/discoveryOf
}

// fill divides a part of all turns among the portions that belong to it, with at
// most c of all turns each. At most two can be at the limit of two fifths, so
// each round settles one and there are few.
func fill(ps []portion, part, c ratio, in func(*portion) bool) {
	var rest uint64
	for i := range ps {
		if p := &ps[i]; p.weight > 0 && in(p) {
			p.period = 0
			rest += p.weight
		}
	}
	for rest > 0 {
		var top *portion
		for i := range ps {
			p := &ps[i]
			if p.weight > 0 && in(p) && p.period == 0 && (top == nil || p.weight > top.weight) {
				top = p
			}
		}
		// top.weight/rest·part > c ?
		lh, ll := bits.Mul64(top.weight, part.num*c.den)
		rh, rl := bits.Mul64(rest, c.num*part.den)
		if lh < rh || lh == rh && ll <= rl {
			break
		}
		top.period = c.den * play / c.num
		rest -= top.weight
		part = ratio{part.num*c.den - c.num*part.den, part.den * c.den}
	}
	for i := range ps {
		if p := &ps[i]; p.weight > 0 && in(p) && p.period == 0 {
			p.period = scale(play, rest*part.den, p.weight*part.num)
		}
	}
}

// scale is x·a/b, rounded to the nearest, for b > 0 and a result below 2^64.
func scale(x, a, b uint64) uint64 {
	hi, lo := bits.Mul64(x, a)
	lo, carry := bits.Add64(lo, b/2, 0)
	if hi += carry; hi >= b {
		return 1 << 62 // a share of next to nothing
	}
	q, _ := bits.Div64(hi, lo, b)
	return q
}

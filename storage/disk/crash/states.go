package crash

import (
	"hash/maphash"
	"math/rand/v2"
)

// states enumerates what a cut may leave of a whole card.
type states struct {
	card  *card
	nodes []node   // as the present picks have them
	sums  []uint64 // of nodes
	open  []int    // the nodes with more than one variant
	picks []int    // the variant of each of those
}

func newStates(c *card, rng *rand.Rand) *states {
	s := &states{card: c, nodes: make([]node, len(c.nodes)), sums: make([]uint64, len(c.nodes))}
	for id := range c.nodes {
		list := c.nodes[id].vary(rng)
		s.nodes[id], s.sums[id] = list[0].node, list[0].sum
		if len(list) > 1 {
			s.open = append(s.open, id)
		}
	}
	s.picks = make([]int, len(s.open))
	return s
}

func (s *states) variants(i int) []variant { return s.card.nodes[s.open[i]].variants }

// pick chooses variant v of the i-th open node; one that is not there is the last.
func (s *states) pick(i, v int) {
	list := s.variants(i)
	v = min(v, len(list)-1)
	s.picks[i] = v
	s.nodes[s.open[i]], s.sums[s.open[i]] = list[v].node, list[v].sum
}

func (s *states) pickAll(v int) {
	for i := range s.open {
		s.pick(i, v)
	}
}

// total is how many states there are, or limit+1 if there are more than limit.
func (s *states) total(limit int) int {
	n := 1
	for i := range s.open {
		if n *= len(s.variants(i)); n > limit {
			return limit + 1
		}
	}
	return n
}

// each calls yield for every state, or for limit of them if there are more: all
// kept, all lost, one file or folder in every way with the others kept and with
// the others lost, then by chance. It returns how many that were.
func (s *states) each(limit int, rng *rand.Rand, yield func() bool) (n int) {
	try := func() bool {
		n++
		return yield() && n < limit
	}
	if s.total(limit) <= limit {
		s.every(func() bool { n++; return yield() })
		return n
	}
	for _, base := range []int{0, 1} {
		s.pickAll(base)
		if !try() {
			return n
		}
	}
	for _, base := range []int{0, 1} {
		s.pickAll(base)
		for i := range s.open {
			for v := range min(len(s.variants(i)), max(2, limit/4/len(s.open))) {
				if s.pick(i, v); v != base && !try() {
					return n
				}
			}
			s.pick(i, base)
		}
	}
	for {
		s.random(rng)
		if !try() {
			return n
		}
	}
}

// every counts through all picks.
func (s *states) every(yield func() bool) {
	s.pickAll(0)
	for yield() {
		i := 0
		for ; i < len(s.open); i++ {
			if s.picks[i]+1 < len(s.variants(i)) {
				s.pick(i, s.picks[i]+1)
				break
			}
			s.pick(i, 0)
		}
		if i == len(s.open) {
			return
		}
	}
}

// random picks each for itself, or most of them kept, or most of them lost.
func (s *states) random(rng *rand.Rand) {
	usual := rng.IntN(3) - 1
	for i := range s.open {
		if usual >= 0 && rng.IntN(3) > 0 {
			s.pick(i, usual)
			continue
		}
		s.pick(i, rng.IntN(len(s.variants(i))))
	}
}

// hash is the same for states in which the same can be reached from the root.
func (s *states) hash() uint64 { return s.reach(0) }

func (s *states) reach(id int) uint64 {
	sum := mix(id, s.sums[id]|1)
	for _, e := range s.nodes[id].entries {
		sum += s.reach(e.node)
	}
	return sum
}

// disk is what a player finds that starts on this state.
func (s *states) disk() *Disk {
	return &Disk{nodes: append(make([]node, 0, len(s.nodes)+4), s.nodes...), kept: s.card.kept}
}

// hashKept is a hash of what is committed.
func hashKept(kept map[string]string) uint64 {
	sum := uint64(0)
	for k, v := range kept {
		sum += mix(1, maphash.String(seed, k)) ^ mix(2, maphash.String(seed, v))
	}
	return sum
}

package crash

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"
	"time"
)

// A Trial is a protocol, and what must hold after a power cut anywhere in it. E is
// what the protocol says of its progress: what it is about to do, so that a check
// knows the future from the past, and what it has promised to have done.
type Trial[E any] struct {
	// Setup makes what lies on the card before; all of it is durable. May be nil.
	Setup func(d *Disk) error
	// Run is the protocol. It must do the same each time it is run with equal
	// random numbers; one that takes any is run many times.
	Run func(d *Disk, rng *rand.Rand, tell func(E)) error
	// Recover is what the program does when it starts again, where that changes
	// files: cuts in it are tried too. May be nil.
	Recover func(d *Disk) error
	// Check starts the program again on what a cut has left, and returns what is
	// wrong with what it finds. told is what the protocol had told by then. It may
	// change d, and must not keep it.
	Check func(d *Disk, told []E) error
	// States is how many distinct states are checked, if there are so many; Many is
	// how many when the environment variable ENTRACTE_STATES is 1,000,000, ten times
	// States if 0. The sums over all trials are about 100,000, which is the default of
	// that variable, and a million.
	States, Many int
}

// A Count is how much was looked at.
type Count struct {
	// Rounds of the protocol, operations in them, and places for a cut.
	Rounds, Operations, Cuts int
	// Listed states, many of them equal, and how many of them differ, in what can be
	// reached or in what had been told. Each of these was checked once.
	Listed, Distinct int
	// Twice is how many more were checked after a second cut, during recovery.
	Twice int
	Took  time.Duration
}

func (c Count) String() string {
	return fmt.Sprintf("%d distinct states of %d listed at %d cuts in %d operations, and %d after a second cut: %.0f checked a second",
		c.Distinct, c.Listed, c.Cuts, c.Operations, c.Twice, float64(c.Distinct+c.Twice)/max(c.Took.Seconds(), 1e-9))
}

// Shares of the work: a second cut is tried in one of so many states, with at most
// so many states for each.
const (
	secondEvery = 32
	secondMost  = 48
)

// mostRounds is how many are looked at for a step.
const mostRounds = 500

// A search looks for a violation, with one step left out or none.
type search[E any] struct {
	trial *Trial[E]
	omit  string
	want  int // distinct states
	seen  map[uint64]struct{}
	count Count
	lives []*life // of the state that is checked now
	found *Violation
}

// A life is one run of the program, cut short.
type life struct {
	ops    []op
	cut    int
	states *states
}

// search runs the protocol until enough states were checked, one broke, or there
// are no more.
func (t *Trial[E]) search(want int, omit string) (*search[E], error) {
	s := &search[E]{trial: t, omit: omit, want: want, seen: make(map[uint64]struct{})}
	begin := time.Now()
	defer func() { s.count.Took = time.Since(begin) }()
	once, barren := false, 0
	for round := uint64(1); s.found == nil && s.count.Distinct < want; round++ {
		r, err := t.record(round, omit)
		if err != nil {
			return s, err
		}
		limit := max(want/16, 200)
		if omit != "" {
			// It shows in few rounds, or in few states: many of both are tried.
			limit = []int{25, 200}[round%2]
		}
		if round == 1 {
			if again, err := t.record(2, omit); err == nil && same(r.ops, again.ops) {
				once, limit = true, want
			}
		}
		if omit != "" && !t.takes(omit, round) {
			if round > mostRounds {
				break
			}
			continue
		}
		before := s.count.Distinct
		s.round(r, round, min(limit, want-s.count.Distinct))
		if s.count.Distinct > before {
			barren = 0
		} else {
			barren++
		}
		if once || barren == 16 {
			break // all that can be has been
		}
	}
	return s, nil
}

// takes reports whether a round takes a step.
func (t *Trial[E]) takes(step string, round uint64) bool {
	r, err := t.record(round, "")
	return err == nil && slices.ContainsFunc(r.ops, func(o op) bool { return o.step == step })
}

// same reports whether two rounds did the same, but for the names of temporary files.
func same(a, b []op) bool {
	return slices.EqualFunc(a, b, func(a, b op) bool {
		return a.kind == b.kind && a.told == b.told && part(a.path) == part(b.path) && a.content.hash() == b.content.hash()
	})
}

// A recording is one run of the protocol that nothing cut.
type recording[E any] struct {
	base *Disk
	ops  []op
	told []E
}

func (t *Trial[E]) record(round uint64, omit string) (*recording[E], error) {
	base := New()
	if t.Setup != nil {
		if err := t.Setup(base); err != nil {
			return nil, fmt.Errorf("setup: %w", err)
		}
	}
	r := &recording[E]{base: base}
	d := base.copy()
	d.log, d.omit = new(journal), omit
	err := t.Run(d, rand.New(rand.NewPCG(round, 0)), func(e E) {
		d.mu.Lock()
		defer d.mu.Unlock()
		r.told = append(r.told, e)
		d.note(op{kind: opTell, told: fmt.Sprint(e)})
	})
	r.ops = d.log.ops
	if err != nil {
		return nil, &protocolError{err}
	}
	return r, nil
}

// A protocolError is one of the protocol itself, no cut needed.
type protocolError struct{ error }

// copy returns a disk of its own with the same on it.
func (d *Disk) copy() *Disk {
	nodes := slices.Clone(d.nodes)
	for i := range nodes {
		nodes[i].owned, d.nodes[i].owned = false, false
	}
	return &Disk{nodes: nodes, kept: d.kept, omit: d.omit}
}

// round checks states of one recording, at most limit distinct ones.
func (s *search[E]) round(r *recording[E], round uint64, limit int) {
	s.count.Rounds++
	s.count.Operations += len(r.ops)
	hashes := []uint64{1}
	for _, o := range r.ops {
		if o.kind == opTell {
			hashes = append(hashes, mix(1, hashes[len(hashes)-1])+maphash.String(seed, o.told))
		}
	}
	// Before the step that is left out all is as with it.
	from := max(0, slices.IndexFunc(r.ops, func(o op) bool { return o.kind == opLeft }))
	checked := 0
	s.cuts(r.base, r.ops, from, round, limit, func(st *states) bool {
		s.count.Listed++
		key := mix(st.card.told, st.hash()) + hashes[st.card.told] + hashKept(st.card.kept)
		if _, ok := s.seen[key]; ok {
			return true
		}
		s.seen[key] = struct{}{}
		checked++
		s.count.Distinct++
		told := r.told[:st.card.told:st.card.told]
		if !s.check(told) {
			return false
		}
		if s.trial.Recover != nil && s.count.Distinct%secondEvery == 0 && !s.second(st, told) {
			return false
		}
		return checked < limit
	})
}

// cuts calls yield for states after every operation beginning with one, limit of
// them in all or a little more; what a cut leaves over goes to later ones.
func (s *search[E]) cuts(base *Disk, ops []op, from int, round uint64, limit int, yield func(*states) bool) {
	rng := rand.New(rand.NewPCG(round, 1))
	c := newCard(base)
	places := 1
	for i := from; i < len(ops); i++ {
		if i+1 == len(ops) || ops[i+1].kind != opTell {
			places++
		}
	}
	for cut := 0; cut <= len(ops); cut++ {
		if cut > 0 {
			c.apply(cut-1, &ops[cut-1])
		}
		if cut < from || cut < len(ops) && ops[cut].kind == opTell {
			continue // nothing happens before it is told
		}
		s.count.Cuts++
		st := newStates(c, rng)
		s.lives = append(s.lives, &life{ops, cut, st})
		more := true
		// States at one cut are mostly those of the one before: the limit is for
		// new ones, so more than that are listed.
		n := st.each(max(4*limit/places, 4), rng, func() bool { more = yield(st); return more })
		s.lives = s.lives[:len(s.lives)-1]
		if !more {
			return
		}
		limit, places = limit-n/4, places-1
	}
}

// second cuts the power again while the program recovers from a state.
func (s *search[E]) second(st *states, told []E) bool {
	d := st.disk()
	base := d.copy()
	d.log, d.omit = new(journal), s.omit
	if err := attempt(func() error { return s.trial.Recover(d) }); err != nil || len(d.log.ops) == 0 {
		return true // whether it may fail is for Check to say
	}
	seen := make(map[uint64]bool)
	ok := true
	s.cuts(base, d.log.ops, 0, 1, secondMost, func(again *states) bool {
		h := again.hash() + hashKept(again.card.kept)
		if seen[h] {
			return true
		}
		seen[h] = true
		s.count.Twice++
		ok = s.check(told)
		return ok && len(seen) < secondMost
	})
	return ok
}

// check checks the present state, and keeps it if it broke.
func (s *search[E]) check(told []E) bool {
	st := s.lives[len(s.lives)-1].states
	err := s.try(st, told)
	if err == nil {
		return true
	}
	err = s.shrink(st, told, err)
	s.found = violation(s.lives, s.omit, err)
	return false
}

func (s *search[E]) try(st *states, told []E) error {
	d := st.disk()
	d.omit = s.omit
	return attempt(func() error { return s.trial.Check(d, told) })
}

// attempt turns a panic into an error.
func attempt(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return fn()
}

// shrink keeps as much as it can while the state stays broken, so that only what
// matters is lost.
func (s *search[E]) shrink(st *states, told []E, err error) error {
	for i := range st.open {
		was := st.picks[i]
		for _, v := range gentler(was, len(st.variants(i))) {
			st.pick(i, v)
			if again := s.try(st, told); again != nil {
				err = again
				break
			}
			st.pick(i, was)
		}
	}
	return err
}

// gentler lists the variants to try instead of one of n: all kept, then any, but
// not all lost.
func gentler(than, n int) []int {
	if than == 0 {
		return nil
	}
	list := []int{0}
	for v := 2; v < n && (than == 1 || v < than) && len(list) < 64; v++ {
		list = append(list, v)
	}
	return list
}

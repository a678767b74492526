package presence

import (
	"slices"
	"time"
)

// The machine's own times; the table in the package comment gives their place.
const (
	startingMax   = 5 * time.Second
	servingStable = 2 * time.Second
	servingMin    = 3 * time.Second
	// stillMax: people who wait fidget within a quarter of an hour, fans and
	// plants never do.
	stillMax = 15 * time.Minute
	// lossRecovery: a presence input that came back must stay for this long, or
	// a loose plug would make the screen flicker.
	lossRecovery = 30 * time.Second
)

// Config is all a [Machine] is told once.
type Config struct {
	Inputs []Input
	// OffAfter is how long the venue is empty before it is asleep; default 5 min.
	OffAfter time.Duration
	// ServingMax is how long one service input may assert before that is
	// reported as a fault; default 90 min. The screen stays quiet all the same.
	ServingMax time.Duration
	// OnSensorLoss is what to do while no presence input can be believed; the
	// default is Show.
	OnSensorLoss Policy
}

// A Machine holds the belief about the people in front of the screen. It is not
// safe for concurrent use. Every method that takes a time first lives through
// everything that was due before it; a time that runs backwards counts as the
// latest one seen.
type Machine struct {
	config Config
	senses []*sense
	pause  *sense // the owner's pause from the local API
	now    time.Duration
	begun  bool
	start  time.Duration

	// Opening hours, as they were told last.
	told, open, trusted bool
	closed              time.Duration // closed since, never if open

	// What the inputs say together.
	settled    bool          // the start is over
	fused      bool          // somebody is there
	seenBy     string        // which input said so
	moving     bool          // and moves
	lastMotion time.Duration // when the last motion ended
	loss       bool          // no presence input can be believed
	sound      time.Duration // the first one is back since, never if none
	foundAgain time.Duration // when the last loss ended
	gone       time.Duration // nobody since, never if not certain
	serving    bool
	servedBy   string
	released   time.Duration // when service ended

	// Where that leads.
	state   State
	since   time.Duration
	cause   string
	wait    uint64
	assumed bool
	history []Transition
}

// New returns a machine in [Starting]. Its time begins with the first call that
// carries one. It keeps no reference to the config's slice.
func New(c Config) *Machine {
	if c.OffAfter <= 0 {
		c.OffAfter = 5 * time.Minute
	}
	if c.ServingMax <= 0 {
		c.ServingMax = 90 * time.Minute
	}
	m := &Machine{config: c, closed: never, sound: never, gone: never}
	for _, in := range c.Inputs {
		m.senses = append(m.senses, newSense(in))
	}
	m.config.Inputs = nil
	m.pause = newSense(Input{Role: RolePause})
	return m
}

// Observe takes a reading. A service input that asserts without delay leads to
// [Serving] within this call. A look ([Reading.Taken]) counts as one of now.
func (m *Machine) Observe(now time.Duration, r Reading) { m.take(now, now, r) }

// take takes a reading that comes now, of a look that began at taken.
func (m *Machine) take(now, taken time.Duration, r Reading) {
	m.Advance(now)
	if taken = min(taken, m.now); r.Taken.IsZero() {
		taken = never
	}
	s := m.pause
	if r.Input != "" {
		i := slices.IndexFunc(m.senses, func(s *sense) bool { return s.Name == r.Input })
		if i < 0 {
			return
		}
		s = m.senses[i]
	}
	s.observe(m.now, taken, r)
	m.step()
}

// SetHours tells whether the venue is open by its hours and whether the clock
// that says so can be trusted. With a clock that cannot, the venue counts as
// open.
func (m *Machine) SetHours(now time.Duration, open, trusted bool) {
	m.Advance(now)
	m.told, m.open, m.trusted = true, open || !trusted, trusted
	switch {
	case m.open:
		m.closed = never
	case m.closed == never:
		m.closed = m.now
	}
	m.step()
}

// Advance lives through everything that is due by now.
func (m *Machine) Advance(now time.Duration) {
	if !m.begun {
		m.begun, m.start, m.now, m.since = true, now, now, now
	}
	for {
		due, ok := m.Deadline()
		if !ok || due > now {
			break
		}
		m.now = due
		m.step()
	}
	m.now = max(m.now, now)
	m.step()
}

// Deadline is the next time at which [Machine.Advance] would change something
// without a new reading. It is later than the latest time the machine was
// given. There is none while nothing is pending, and before the first time.
func (m *Machine) Deadline() (time.Duration, bool) {
	if !m.begun {
		return 0, false
	}
	a := &agenda{now: m.now, first: never}
	m.pause.plan(a)
	for _, s := range m.senses {
		s.plan(a)
		m.planSupervision(a, s)
	}
	if !m.settled {
		a.add(after(m.start, startingMax))
	}
	if m.fused && !m.moving {
		a.add(after(m.lastMotion, stillMax))
	}
	if m.loss && m.sound != never {
		a.add(after(m.sound, lossRecovery))
	}
	if m.state == Serving && m.closed != never {
		a.add(m.overtime())
	}
	switch {
	case m.state == Serving && !m.serving:
		a.add(m.calm())
	case m.state == Empty && !m.loss:
		a.add(m.bedtime())
	}
	return a.first, a.first != never
}

// planSupervision adds the times at which patience with an input ends.
func (m *Machine) planSupervision(a *agenda, s *sense) {
	switch {
	case s.Role == RolePresence && s.level.raw == High && !s.suspect:
		a.add(s.stuckAt(m.closed))
	case s.Role == RoleService && s.asserted:
		a.add(after(s.since, m.config.ServingMax))
	}
	if s.latched && m.gone != never {
		a.add(after(max(m.gone, s.latchedAt), toggleGone))
	}
}

// step brings everything to m.now. It may be called again at the same time.
func (m *Machine) step() {
	m.pause.step(m.now)
	for _, s := range m.senses {
		s.step(m.now)
	}
	m.hush()
	m.settle()
	m.fuse()
	m.forget()
	m.judge()
	m.decide()
}

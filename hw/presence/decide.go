package presence

import "time"

// remembered is how many transitions the ring holds: a busy day's worth.
const remembered = 512

// A Transition is one change of state, kept in memory so that "why was it black
// at 10:42?" has an answer. It must never be stored.
type Transition struct {
	// At counts from the machine's start, as every time here.
	At    time.Duration
	From  State
	To    State
	Cause string
}

// History returns the last transitions, oldest first; 512 at most.
func (m *Machine) History() []Transition { return append([]Transition(nil), m.history...) }

// decide is the transition table of the package comment.
func (m *Machine) decide() {
	holds, assumed := m.present()
	closed := m.closed != never
	switch {
	case m.serving:
		m.enter(Serving, m.servedBy)
	case m.state == Serving && m.now < m.calm():
	case closed:
		m.enter(Closed, "outside opening hours")
	case !m.settled && m.state != Closed:
	case holds && m.settled:
		m.enter(Waiting, m.whyWaiting(assumed))
	case m.state == Asleep && !m.loss:
	case m.state == Empty && !m.loss && m.now >= m.bedtime():
		m.enter(Asleep, "empty for "+m.config.OffAfter.String())
	default:
		m.enter(Empty, m.whyEmpty())
	}
	if m.state == Waiting {
		m.assumed = m.assumed || assumed
	}
}

// calm is when service that ended may be left.
func (m *Machine) calm() time.Duration {
	return max(after(m.released, servingStable), after(m.since, servingMin))
}

// overtime is when the quiet has lasted for so long that it keeps no screen lit
// in a closed venue.
func (m *Machine) overtime() time.Duration { return after(m.since, m.config.ServingMax) }

// bedtime is when an empty venue falls asleep. A sensor loss does not count as
// empty time.
func (m *Machine) bedtime() time.Duration {
	return after(max(m.since, m.foundAgain), m.config.OffAfter)
}

func (m *Machine) enter(to State, cause string) {
	if to == m.state {
		return
	}
	if len(m.history) == remembered {
		m.history = append(m.history[:0], m.history[1:]...)
	}
	m.history = append(m.history, Transition{At: m.now, From: m.state, To: to, Cause: cause})
	m.state, m.since, m.cause = to, m.now, cause
	if to == Waiting {
		m.wait++
		m.assumed = false
	}
}

func (m *Machine) whyWaiting(assumed bool) string {
	after := ""
	switch m.state {
	case Serving:
		after = "the quiet is over, and "
	case Closed:
		after = m.whyOpen() + ", and "
	}
	switch {
	case m.loss && assumed:
		return after + "no presence input can be believed: on_sensor_loss is show"
	case assumed:
		return after + "there is no presence input: always waiting"
	}
	return after + m.seenBy + " sees somebody"
}

func (m *Machine) whyEmpty() string {
	switch {
	case m.loss:
		return "no presence input can be believed: on_sensor_loss is quiet"
	case m.state == Closed:
		return m.whyOpen() + ", and nobody is there"
	case m.state == Serving:
		return "the quiet is over, and nobody is there"
	}
	return "nobody is there"
}

func (m *Machine) whyOpen() string {
	if m.trusted {
		return "opening time"
	}
	return "the clock cannot be trusted, so the venue counts as open"
}

package presence

import (
	"slices"
	"time"
)

// A Belief is what the machine holds to be true, as a value that shares nothing
// with it. Its times count from the machine's start.
type Belief struct {
	State State `json:"state"`
	// Since is when the state was entered, and Cause says why.
	Since time.Duration `json:"since"`
	Cause string        `json:"cause,omitempty"`
	// Wait numbers the waits from 1; it is 0 in every state but [Waiting].
	Wait uint64 `json:"wait,omitempty"`
	// Assumed says that for some of this wait no sensor vouched for it: there
	// is none, or none can be believed. Such a wait is not counted: see
	// [Belief.Waited].
	Assumed bool `json:"assumed,omitempty"`
	// AfterHours says that the venue is closed, and that the quiet of [Serving]
	// began since then or has lasted for ServingMax: a customer who is served at
	// closing time is served to the end, but a button that was left on, or leaned
	// on by the cleaner, needs no screen.
	AfterHours bool `json:"after_hours,omitempty"`
	// Paused says that the owner silenced the screen, and until when.
	Paused      bool          `json:"paused,omitempty"`
	PausedUntil time.Duration `json:"paused_until,omitempty"`
	// NoService says that there is no service input: see [NoServiceSentence].
	NoService bool `json:"no_service,omitempty"`
	// ClockUntrusted says that the venue counts as open because the opening
	// hours cannot be checked.
	ClockUntrusted bool          `json:"clock_untrusted,omitempty"`
	Faults         []Fault       `json:"faults,omitempty"`
	Inputs         []InputBelief `json:"inputs,omitempty"`
}

// NoServiceSentence is what status, doctor and the set-up card say of a venue
// without a service input.
const NoServiceSentence = "no service input: this screen cannot go quiet during service"

// A Fault is something a technician should look at.
type Fault struct {
	// Input is the name of the input.
	Input string `json:"input"`
	// Sentence is what is wrong with it; a second line may begin with "hint: ".
	Sentence string `json:"sentence"`
}

// An InputBelief is what the machine makes of one input.
type InputBelief struct {
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Raw is the last reading as it came, except that one past its MaxAge is
	// unknown.
	Raw   Level `json:"raw"`
	Still bool  `json:"still,omitempty"`
	// Level is the conditioned level: warm-up, debounce and hold applied. For
	// service and pause it is high while the input keeps the screen quiet,
	// however long ago the press was.
	Level Level `json:"level"`
	// WarmingUp says why a high Raw is a low Level.
	WarmingUp bool `json:"warming_up,omitempty"`
	// Fault is the sentence, or "".
	Fault string `json:"fault,omitempty"`
}

// Equal reports whether both say the same.
func (b Belief) Equal(c Belief) bool {
	return b.State == c.State && b.Since == c.Since && b.Cause == c.Cause && b.Wait == c.Wait &&
		b.Assumed == c.Assumed && b.AfterHours == c.AfterHours && b.Paused == c.Paused && b.PausedUntil == c.PausedUntil &&
		b.NoService == c.NoService && b.ClockUntrusted == c.ClockUntrusted &&
		slices.Equal(b.Faults, c.Faults) && slices.Equal(b.Inputs, c.Inputs)
}

// Waited reports how long the wait of b lasted, if next is the belief that came
// after b and ended it, and if a sensor vouched for all of it.
func (b Belief) Waited(next Belief) (time.Duration, bool) {
	if b.State != Waiting || b.Assumed || next.Wait == b.Wait {
		return 0, false
	}
	return next.Since - b.Since, true
}

// Belief returns what the machine holds to be true at the latest time it was
// given.
func (m *Machine) Belief() Belief {
	b := Belief{
		State: m.state, Since: m.since, Cause: m.cause,
		NoService:      !m.has(RoleService),
		ClockUntrusted: m.told && !m.trusted,
		AfterHours:     m.state == Serving && m.closed != never && (m.since >= m.closed || m.now >= m.overtime()),
	}
	if m.state == Waiting {
		b.Wait, b.Assumed = m.wait, m.assumed
	}
	b.pause(m.pause)
	for _, s := range m.senses {
		in := s.belief(m.now)
		if m.settled {
			in.Fault = s.trouble(m.now, m.config.ServingMax)
		}
		if in.Fault != "" {
			b.Faults = append(b.Faults, Fault{s.Name, in.Fault})
		}
		b.Inputs = append(b.Inputs, in)
		b.pause(s)
	}
	return b
}

func (b *Belief) pause(s *sense) {
	if s.Role == RolePause && s.asserted {
		b.Paused, b.PausedUntil = true, max(b.PausedUntil, s.until)
	}
}

func (s *sense) belief(t time.Duration) InputBelief {
	in := InputBelief{Name: s.Name, Role: s.Role, Raw: s.raw, Still: s.raw == High && s.still}
	if s.stale(t) {
		in.Raw, in.Still = Unknown, false
	}
	in.WarmingUp = in.Raw != Unknown && t < s.warm
	switch {
	case s.lost(t):
	case s.asserted, s.Role == RolePresence && s.level.on(t):
		in.Level = High
	default:
		in.Level = Low
	}
	return in
}

package presence

import "fmt"

// A State says whether the screen may speak. The zero value is [Starting].
type State uint8

// The six states.
const (
	// Starting: the inputs have not been read yet; 5 s at most. Neutral.
	Starting State = iota
	// Serving: a customer is being served, or may be. Neutral, no sound.
	Serving
	// Waiting: somebody is there and not being served. The show.
	Waiting
	// Empty: nobody. The idle look.
	Empty
	// Asleep: nobody for long. Black, screen power off.
	Asleep
	// Closed: outside opening hours on a trusted clock. Black, screen power off.
	Closed
)

var stateNames = []string{"starting", "serving", "waiting", "empty", "asleep", "closed"}

// A Level is what a sensor says: somebody (High), nobody (Low), or nothing that
// can be believed. The zero value is [Unknown]. Polarity is the sensor's affair.
type Level uint8

// Unknown is never treated as Low.
const (
	Unknown Level = iota
	Low
	High
)

var levelNames = []string{"unknown", "low", "high"}

// A Role is what an input tells about. The zero value is [RolePresence].
type Role uint8

// The roles.
const (
	// RolePresence: somebody is there.
	RolePresence Role = iota
	// RoleService: a customer is being served.
	RoleService
	// RolePause: the owner's button. A press silences the screen for the
	// input's Lasts; the next press, of this or another one, resumes.
	RolePause
)

var roleNames = []string{"presence", "service", "pause"}

// A Mode is how a service input is to be understood. The zero value is [ModeLevel].
type Mode uint8

// The modes.
const (
	// ModeLevel: service lasts as long as the level is high.
	ModeLevel Mode = iota
	// ModeToggle: a press starts service; the next one ends it, and so does a
	// minute in which certainly nobody is there: not one presence input is
	// unknown, and those that are stuck on do not stand alone.
	ModeToggle
	// ModePulse: a press means service for the input's Lasts.
	ModePulse
)

var modeNames = []string{"level", "toggle", "pulse"}

// A Policy is what to do without knowing.
type Policy uint8

// PolicyDefault is the zero value and means what the field's comment says.
const (
	PolicyDefault Policy = iota
	// Show plays as if somebody waited and nobody were served.
	Show
	// Quiet plays nothing.
	Quiet
)

var policyNames = []string{"default", "show", "quiet"}

// String returns "starting", "serving", "waiting", "empty", "asleep" or "closed".
func (s State) String() string { return nameOf(stateNames, s) }

// String returns "unknown", "low" or "high".
func (l Level) String() string { return nameOf(levelNames, l) }

// String returns "presence", "service" or "pause".
func (r Role) String() string { return nameOf(roleNames, r) }

// String returns "level", "toggle" or "pulse".
func (m Mode) String() string { return nameOf(modeNames, m) }

// String returns "default", "show" or "quiet".
func (p Policy) String() string { return nameOf(policyNames, p) }

// MarshalText writes what String returns.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalText writes what String returns.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// MarshalText writes what String returns.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes and refuses anything else.
func (s *State) UnmarshalText(b []byte) error { return parse(stateNames, b, s) }

// UnmarshalText reads what MarshalText writes and refuses anything else.
func (l *Level) UnmarshalText(b []byte) error { return parse(levelNames, b, l) }

// UnmarshalText reads what MarshalText writes and refuses anything else.
func (r *Role) UnmarshalText(b []byte) error { return parse(roleNames, b, r) }

func nameOf[T ~uint8](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("unknown(%d)", v)
}

func parse[T ~uint8](names []string, b []byte, v *T) error {
	for i, n := range names {
		if n == string(b) {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("%q is none of %q", b, names)
}

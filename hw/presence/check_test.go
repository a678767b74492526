package presence

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A move is a step of a random day: wait, then something happens.
type move struct {
	wait    time.Duration
	what    byte // 0: time passes; 1: hours; 2: a reading
	hours   byte // bit 0 open, bit 1 trusted
	reading Reading
}

// A checker knows the promises of the machine, not its inner life: it keeps the
// last reading of every input and looks at nothing but beliefs and history.
type checker struct {
	t      fataler
	config Config
	open   bool // as far as the clock can be trusted
	inputs map[string]*seen
	quiet  time.Duration // when a level input last held service, by the readings
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

type seen struct {
	Input
	level Level
	since time.Duration // of the level
	at    time.Duration // of the last reading
	known time.Duration // until when the level is known; never if it stands by itself
}

// stood reports whether by its readings alone the level has stood for d.
func (in *seen) stood(now, d time.Duration) bool {
	return d == 0 || min(now, in.known) >= in.since+d
}

// legal is the transition table.
var legal = map[State][]State{
	Starting: {Serving, Waiting, Empty, Closed},
	Serving:  {Waiting, Empty, Closed},
	Waiting:  {Serving, Empty, Closed},
	Empty:    {Serving, Waiting, Asleep, Closed},
	Asleep:   {Serving, Waiting, Empty, Closed},
	Closed:   {Serving, Waiting, Empty},
}

// live plays the moves and checks every promise after each. A twin is advanced
// at odd moments too, and must believe the same.
func live(t fataler, c Config, moves []move) {
	t.Helper()
	m, twin := New(c), New(c)
	k := &checker{t: t, config: c, open: true, inputs: map[string]*seen{}, quiet: -time.Hour}
	for _, in := range c.Inputs {
		k.inputs[in.Name] = &seen{Input: in}
	}
	now := time.Duration(0)
	m.SetHours(now, true, true)
	twin.SetHours(now, true, true)
	for _, v := range moves {
		for part := time.Duration(1); part < 5; part++ {
			twin.Advance(now + v.wait*part/5)
		}
		now += v.wait
		k.do(m, now, v)
		k.do(twin, now, v)
		k.check(m, now)
		if a, b := m.Belief(), twin.Belief(); !a.Equal(b) {
			t.Fatalf("at %v advancing more often changed the belief\n%+v\n%+v", now, a, b)
		}
	}
	k.history(m.History())
}

func (k *checker) do(m *Machine, now time.Duration, v move) {
	switch v.what {
	case 0:
		m.Advance(now)
	case 1:
		open, trusted := v.hours&1 != 0, v.hours&2 != 0
		m.SetHours(now, open, trusted)
		k.open = open || !trusted
	default:
		m.Observe(now, v.reading)
		k.note(now, v.reading)
	}
}

func (k *checker) note(now time.Duration, r Reading) {
	in := k.inputs[r.Input]
	if in == nil {
		return
	}
	if k.holds(in, now) {
		k.quiet = now
	}
	if k.stale(in, now) {
		in.level = Unknown
	}
	level := r.Level
	if r.Pulse {
		level = max(in.level, Low)
	}
	if level > High {
		level = Unknown
	}
	if !r.Pulse || in.level == Unknown {
		if in.known = never; !r.Taken.IsZero() {
			in.known = now
		}
	}
	if level != in.level || level == Low && r.Edges && !r.Pulse {
		in.level, in.since = level, now
	}
	in.at = now
}

// holds reports whether by its readings alone the input asserts service.
func (k *checker) holds(in *seen, now time.Duration) bool {
	return in.Role == RoleService && in.Mode == ModeLevel && in.level == High &&
		!k.stale(in, now) && in.stood(now, in.AssertAfter)
}

func (k *checker) stale(in *seen, now time.Duration) bool {
	return in.MaxAge > 0 && now >= in.at+in.MaxAge
}

func (k *checker) check(m *Machine, now time.Duration) {
	b := m.Belief()
	if d, ok := m.Deadline(); ok && d <= now {
		k.t.Fatalf("at %v the deadline is %v", now, d)
	}
	if b.Since > now {
		k.t.Fatalf("at %v the state is of %v", now, b.Since)
	}
	absent := len(k.inputs) > 0
	for _, in := range k.inputs {
		if k.holds(in, now) {
			k.quiet = now
		}
		unknown := in.level == Unknown || k.stale(in, now)
		if b.State == Waiting && unknown && in.Role == RoleService && in.OnFault != Show {
			k.t.Fatalf("at %v it shows while %s is unknown", now, in.Name)
		}
		if in.Role == RolePresence {
			patience := in.ReleaseAfter + in.Hold + in.WarmUp + lossRecovery + time.Second
			absent = absent && in.level == Low && !unknown && in.stood(now, in.ReleaseAfter+in.WarmUp) && now > in.at+patience && now > in.since+patience
		} else {
			absent = absent && k.has(RolePresence)
		}
	}
	if now < k.quiet+2*time.Second && b.State != Serving {
		k.t.Fatalf("at %v it is %v, and served until %v", now, b.State, k.quiet)
	}
	if !k.open && b.State != Closed && b.State != Serving {
		k.t.Fatalf("at %v it is %v while closed", now, b.State)
	}
	if b.State == Closed && k.open {
		k.t.Fatalf("at %v it is closed while open", now)
	}
	if absent && b.State == Waiting {
		k.t.Fatalf("at %v it is waiting, and nobody has been there for long: %+v", now, b)
	}
	if b.State == Starting && now >= 5*time.Second {
		k.t.Fatalf("at %v it is still starting", now)
	}
}

func (k *checker) has(r Role) bool {
	for _, in := range k.inputs {
		if in.Role == r {
			return true
		}
	}
	return false
}

// history checks what the table says about pairs of states.
func (k *checker) history(h []Transition) {
	for i, x := range h {
		ok := false
		for _, to := range legal[x.From] {
			ok = ok || to == x.To
		}
		if !ok || x.Cause == "" {
			k.t.Fatalf("impossible transition %+v", x)
		}
		if i == 0 {
			continue
		}
		stay := x.At - h[i-1].At
		switch {
		case x.From != h[i-1].To || stay < 0:
			k.t.Fatalf("%+v does not follow %+v", x, h[i-1])
		case x.From == Serving && stay < 3*time.Second:
			k.t.Fatalf("serving for only %v", stay)
		case x.To == Asleep && stay < k.config.OffAfter:
			k.t.Fatalf("asleep after only %v", stay)
		}
	}
}

var waits = []time.Duration{
	0, time.Millisecond, 5 * time.Millisecond, 50 * time.Millisecond, 300 * time.Millisecond,
	time.Second, 2 * time.Second, 3 * time.Second, 10 * time.Second, 30 * time.Second,
	time.Minute, 5 * time.Minute, 31 * time.Minute, 2 * time.Hour, 9 * time.Hour,
}

var short = []time.Duration{0, 0, 5 * time.Millisecond, time.Second, 15 * time.Second, time.Minute}

func drawInput(t *rapid.T, name string) Input {
	d := func(of string) time.Duration { return rapid.SampledFrom(short).Draw(t, of) }
	in := Input{
		Name: name,
		Role: Role(rapid.IntRange(0, 2).Draw(t, "role")),
		Mode: Mode(rapid.IntRange(0, 2).Draw(t, "mode")), Lasts: d("lasts"),
		AssertAfter: d("assert"), ReleaseAfter: d("release"),
		OnFault: Policy(rapid.IntRange(0, 2).Draw(t, "on_fault")),
		MaxAge:  10 * d("max_age"),
	}
	if in.Role == RolePresence {
		in.Hold, in.WarmUp = d("hold"), d("warm_up")
	}
	return in
}

func drawMove(t *rapid.T, names []string) move {
	v := move{
		wait: rapid.SampledFrom(waits).Draw(t, "wait"),
		what: rapid.SampledFrom([]byte{0, 1, 2, 2, 2, 2, 2, 2}).Draw(t, "what"),
	}
	switch v.what {
	case 1:
		v.hours = rapid.Byte().Draw(t, "hours")
	case 2:
		v.reading = Reading{
			Input: rapid.SampledFrom(names).Draw(t, "input"),
			Level: Level(rapid.IntRange(0, 2).Draw(t, "level")),
			Still: rapid.Bool().Draw(t, "still"),
			Pulse: rapid.IntRange(0, 9).Draw(t, "pulse") == 0,
			Edges: rapid.IntRange(0, 9).Draw(t, "edges") == 0,
		}
		if rapid.Bool().Draw(t, "look") {
			v.reading.Taken = time.Unix(1, 0)
		}
	}
	return v
}

// TestPromises lives through random days in random venues.
func TestPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Config{OffAfter: 5 * time.Minute, OnSensorLoss: Policy(rapid.IntRange(0, 2).Draw(t, "loss"))}
		names := []string{"", "nobody's"}
		for _, n := range []string{"a", "b", "c", "d"}[:rapid.IntRange(0, 4).Draw(t, "inputs")] {
			c.Inputs = append(c.Inputs, drawInput(t, n))
			names = append(names, n)
		}
		moves := make([]move, rapid.IntRange(0, 60).Draw(t, "moves"))
		for i := range moves {
			moves[i] = drawMove(t, names)
		}
		live(t, c, moves)
	})
}

// FuzzReadings reads two bytes a move, in a venue with an input of every sort.
func FuzzReadings(f *testing.F) {
	c := Config{OffAfter: 5 * time.Minute, Inputs: []Input{
		{Name: "pir", AssertAfter: 50 * time.Millisecond, Hold: 15 * time.Second, WarmUp: time.Minute},
		{Name: "radar", AssertAfter: 300 * time.Millisecond, ReleaseAfter: time.Second, Hold: 3 * time.Second, MaxAge: 2 * time.Second},
		{Name: "till", Role: RoleService},
		{Name: "button", Role: RoleService, Mode: ModeToggle, AssertAfter: 5 * time.Millisecond, ReleaseAfter: 50 * time.Millisecond},
		{Name: "bell", Role: RoleService, Mode: ModePulse, OnFault: Show},
		{Name: "hush", Role: RolePause},
	}}
	f.Add([]byte{0x05, 0x23, 0x05, 0x33})
	f.Add([]byte{0x05, 0x02, 0x05, 0x12, 0x05, 0x21, 0x05, 0x31, 0x35, 0x02, 0x05, 0x22, 0x65, 0x21})
	f.Add([]byte{0x25, 0x31, 0x25, 0x32, 0x25, 0x31, 0xd5, 0x01, 0xe5, 0x60, 0x95, 0x61})
	f.Fuzz(func(t *testing.T, script []byte) {
		var moves []move
		for ; len(script) >= 2 && len(moves) < 400; script = script[2:] {
			wait, what := script[0], script[1]
			v := move{wait: waits[int(wait>>4)%len(waits)] + time.Duration(wait&15)*time.Millisecond}
			if i := int(what >> 4); i < len(c.Inputs) {
				v.what = 2
				v.reading = Reading{Input: c.Inputs[i].Name, Level: Level(what & 3), Still: what&4 != 0, Pulse: what&8 != 0}
			} else if i == len(c.Inputs) {
				v.what, v.hours = 1, what&3
			}
			moves = append(moves, v)
		}
		live(t, c, moves)
	})
}

package presence

import (
	"fmt"
	"time"
)

// The supervision of presence inputs that are stuck on.
const (
	stuckWhileClosed = 30 * time.Minute
	stuckAnyway      = 8 * time.Hour
)

// toggleGone is how long presence must be gone to clear a toggle that somebody
// forgot.
const toggleGone = time.Minute

// A sense is one input and what the machine makes of it.
type sense struct {
	Input

	// What it said.
	read  bool // it said something, even if only that it cannot be read
	raw   Level
	still bool
	fault string
	// looked is when the look began that found raw; never if raw needs no look.
	looked time.Duration
	seen   time.Duration // the last reading
	known  bool          // a level was read once; the warm-up counts from there
	warm   time.Duration // the end of the warm-up

	level  filter // somebody, moving or not
	motion filter // somebody who moves

	armed     bool          // a known low came before: the next high is a press
	latched   bool          // ModeToggle
	latchedAt time.Duration // when
	until     time.Duration // the end of a press that lasts
	pressed   bool          // for pause: just now, see [Machine.hush]

	asserted bool          // for service and pause: it counts now
	since    time.Duration // since when
	suspect  bool          // for presence: stuck on
}

func newSense(in Input) *sense {
	for _, d := range []*time.Duration{&in.Lasts, &in.AssertAfter, &in.ReleaseAfter, &in.Hold, &in.WarmUp, &in.MaxAge} {
		*d = max(*d, 0)
	}
	if in.Lasts == 0 {
		in.Lasts = serviceLasts
		if in.Role == RolePause {
			in.Lasts = pauseLasts
		}
	}
	f := filter{assert: in.AssertAfter, release: in.ReleaseAfter, hold: in.Hold}
	return &sense{Input: in, level: f, motion: f, looked: never}
}

// observe takes a reading at t, of a look at looked. The filters see it with the
// next step.
func (s *sense) observe(t, looked time.Duration, r Reading) {
	if s.stale(t) {
		s.raw = Unknown
	}
	s.read, s.seen = true, t
	if !r.Pulse || s.raw == Unknown {
		s.looked = looked
	}
	if r.Edges && !r.Pulse {
		s.level.disturb(t)
		s.motion.disturb(t)
	}
	switch {
	case !r.Pulse && r.Level > High:
		s.raw, s.still, s.fault = Unknown, false, r.Fault
	case !r.Pulse:
		s.raw, s.still, s.fault = r.Level, r.Still, r.Fault
	case s.raw == Unknown:
		s.raw, s.still, s.fault = Low, false, ""
	}
	if s.raw != Unknown && !s.known {
		s.known, s.warm = true, after(t, s.WarmUp)
	}
	switch {
	case r.Pulse:
		s.press(t, r.Lasts)
	case s.raw == Low && s.Role == RoleService && s.Mode == ModeLevel:
		s.until = t
	}
}

// press is a momentary press at t that counts for lasts, or for the input's own
// time if that is 0; a negative one ends what is on.
func (s *sense) press(t, lasts time.Duration) {
	own := lasts == 0
	if own {
		lasts = s.Lasts
	}
	switch {
	case lasts < 0:
		s.latched, s.until = false, t
	case s.Role == RolePresence && t < s.warm:
	case s.Role == RolePresence:
		s.level.pulse(t)
		s.motion.pulse(t)
	case s.Role == RolePause && own:
		s.pressed = true
	case s.Role == RoleService && s.Mode == ModeToggle:
		s.latched, s.latchedAt = !s.latched, t
	default:
		s.until = after(t, lasts)
	}
}

// effective is the level at t before conditioning.
func (s *sense) effective(t time.Duration) Level {
	switch {
	case !s.read, s.stale(t):
		return Unknown
	case s.raw != Unknown && t < s.warm:
		return Low
	}
	return s.raw
}

func (s *sense) stale(t time.Duration) bool {
	return s.raw != Unknown && s.MaxAge > 0 && t >= after(s.seen, s.MaxAge)
}

// lost reports whether the input cannot be believed at t.
func (s *sense) lost(t time.Duration) bool { return s.effective(t) == Unknown }

// step brings the input to t.
func (s *sense) step(t time.Duration) {
	raw := s.effective(t)
	moving := raw
	if raw == High && s.still {
		moving = Low
	}
	rose := s.level.step(t, raw, s.looked)
	s.motion.step(t, moving, s.looked)
	switch {
	case raw == Unknown:
		s.armed = false // whatever comes next may be old: no press
	case raw == Low:
		s.armed = true
	case rose:
		if s.armed && (s.Role == RolePause || s.Role == RoleService && s.Mode != ModeLevel) {
			s.press(t, 0)
		}
		s.armed = false
	}
	s.assert(t)
}

// assert notes since when a service or pause input counts.
func (s *sense) assert(t time.Duration) {
	on := s.Role != RolePresence && (s.latched || t < s.until ||
		s.Role == RoleService && s.Mode == ModeLevel && s.level.on(t))
	if on && !s.asserted {
		s.since = t
	}
	s.asserted = on
}

// supervise marks a presence input that is stuck on. closed is since when the
// venue is closed, never if it is open.
func (s *sense) supervise(t, closed time.Duration) {
	if s.level.raw != High {
		s.suspect = false
	} else if t >= s.stuckAt(closed) {
		s.suspect = true
	}
}

func (s *sense) stuckAt(closed time.Duration) time.Duration {
	return min(after(s.level.since, stuckAnyway), after(max(s.level.since, closed), stuckWhileClosed))
}

// plan adds every time at which the input changes by itself.
func (s *sense) plan(a *agenda) {
	s.level.plan(a)
	s.motion.plan(a)
	if s.raw != Unknown {
		a.add(s.warm)
		if s.MaxAge > 0 {
			a.add(after(s.seen, s.MaxAge))
		}
	}
	a.add(s.until)
}

// trouble says what is wrong with the input at t, or "".
func (s *sense) trouble(t, servingMax time.Duration) string {
	switch {
	case !s.read:
		return "no reading yet"
	case s.stale(t):
		return fmt.Sprintf("no reading for %v", s.MaxAge)
	case s.raw == Unknown && s.fault != "":
		return s.fault
	case s.raw == Unknown:
		return "it cannot be read"
	case s.suspect:
		return "stuck on: it has not changed for too long"
	case s.overlong(t, servingMax):
		return fmt.Sprintf("service for more than %v: the screen stays quiet until it ends", servingMax)
	}
	return ""
}

func (s *sense) overlong(t, servingMax time.Duration) bool {
	return s.Role == RoleService && s.asserted && t >= after(s.since, servingMax)
}

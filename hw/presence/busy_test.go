package presence_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"entracte/hw/presence"
)

// A busy day, made up from the shop's side: who stands there and who is served is
// known, and the sensors say so, with noise and faults. A judge that knows that
// truth, the promises of the package's page, and nothing of the machine, looks at
// the belief after every reading.

const (
	tick     = 100 * time.Millisecond
	opens    = 9 * time.Hour
	closes   = 19 * time.Hour
	bellTime = 3 * time.Minute
	hushTime = 10 * time.Minute
)

// A shop is the truth, and what its sensors said last.
type shop struct {
	random *rand.Rand
	m      *presence.Machine
	judge  *judge
	now    time.Duration
	count  int

	customers  int
	served     int // 0 nobody; 1 by the till, 2 at the contact, 3 by the button, 4 by the bell
	until      time.Duration
	came       time.Duration // the last customer
	forgetful  bool          // the button is not pressed again
	fidgets    bool
	deadRadar  time.Duration // until
	brokenTill time.Duration
	said       map[string]presence.Level
	radar      presence.Reading
}

func newShop(seed uint64, t *testing.T) *shop {
	in := func(name, kind string, role presence.Role) presence.Input {
		i := presence.Defaults(kind, role)
		i.Name = name
		return i
	}
	button, bell := in("button", "gpio", presence.RoleService), in("bell", "mqtt", presence.RoleService)
	button.Mode, bell.Mode = presence.ModeToggle, presence.ModePulse
	s := &shop{
		random: rand.New(rand.NewPCG(seed, 1)), said: map[string]presence.Level{},
		judge: &judge{t: t, seed: seed},
		m: presence.New(presence.Config{Inputs: []presence.Input{
			in("bench", "gpio", presence.RolePresence), in("radar", "ld2410", presence.RolePresence),
			in("till", "signal", presence.RoleService), in("contact", "gpio", presence.RoleService), button, bell,
			in("hush", "gpio", presence.RolePause),
		}}),
	}
	s.m.SetHours(0, false, true)
	for _, name := range []string{"bench", "till", "contact", "button", "bell", "hush"} {
		s.say(name, presence.Low)
	}
	return s
}

// chance is true about once in a time.
func (s *shop) chance(in time.Duration) bool { return s.random.Int64N(int64(in/tick)) == 0 }

func (s *shop) between(a, b time.Duration) time.Duration {
	return a + time.Duration(s.random.Int64N(int64(b-a)))
}

func (s *shop) observe(r presence.Reading) {
	if s.random.IntN(10) == 0 {
		if d, ok := s.m.Deadline(); ok && d < s.now {
			s.m.Advance(d)
			s.judge.ahead(s.m, d)
		}
	}
	s.m.Observe(s.now, r)
	s.count++
	s.judge.look(s)
}

func (s *shop) say(name string, l presence.Level) {
	if s.said[name] == l && l != presence.Unknown {
		return
	}
	s.said[name] = l
	s.judge.heard(name, l, s.now)
	s.observe(presence.Reading{Input: name, Level: l})
}

// press is a finger on a button, with a contact that bounces.
func (s *shop) press(name string) {
	s.judge.pressed(name, s.now)
	for range s.random.IntN(3) {
		s.observe(presence.Reading{Input: name, Level: presence.High})
		s.now += time.Millisecond
		s.observe(presence.Reading{Input: name, Level: presence.Low})
		s.now += time.Millisecond
	}
	s.say(name, presence.High)
	s.now += s.between(60*time.Millisecond, 300*time.Millisecond)
	s.say(name, presence.Low)
}

// live is a tenth of a second.
func (s *shop) live() {
	s.now += tick
	if s.now%(24*time.Hour) > closes+time.Hour {
		s.now += 24*time.Hour - closes - time.Hour + opens - time.Minute // nights are long
	}
	day := s.now % (24 * time.Hour)
	open := day >= opens && day < closes
	if open != s.judge.open {
		s.judge.open = open
		s.m.SetHours(s.now, open, true)
	}
	s.people(open)
	s.service()
	s.trouble()
	s.sensors()
}

func (s *shop) people(open bool) {
	forgotten := s.served == 3 && s.forgetful && s.now >= s.until
	if open && !forgotten && s.customers < 4 && s.chance(3*time.Minute) {
		s.customers++
		s.came = s.now
	}
	if s.customers > 0 && s.served == 0 && s.now > s.came+5*time.Second && (s.chance(6*time.Minute) || !open) {
		s.customers--
	}
	// Whoever comes moves, and then now and then.
	s.fidgets = s.customers > 0 && (s.now < s.came+2*time.Second || s.fidgets && !s.chance(20*time.Second) || s.chance(30*time.Second))
	s.judge.people(s.customers, s.fidgets, s.now)
}

func (s *shop) service() {
	switch {
	case s.served == 0 && s.customers > 0 && s.chance(2*time.Minute):
		s.served = 1 + s.random.IntN(4)
		s.until = s.now + s.between(time.Second, 10*time.Minute)
		if s.random.IntN(4) == 0 {
			s.until = s.now + s.between(100*time.Millisecond, 2*time.Second) // a slip of the hand
		}
		s.forgetful = s.random.IntN(4) == 0
		switch s.served {
		case 1:
			s.say("till", presence.High)
		case 2:
			s.say("contact", presence.High)
		case 3:
			s.press("button")
		case 4:
			s.until = s.now + time.Second
			s.judge.bell = s.now + bellTime
			s.observe(presence.Reading{Input: "bell", Pulse: true})
		}
	case s.served != 0 && s.now >= s.until:
		switch s.served {
		case 1:
			s.say("till", presence.Low)
		case 2:
			s.say("contact", presence.Low)
		case 3:
			if s.forgetful {
				s.customers = 0 // they have gone, and nobody thinks of the button
				if s.judge.latched {
					return
				}
			} else if s.judge.latched {
				s.press("button")
			}
		}
		s.served = 0
	case s.now > s.judge.hush && s.chance(2*time.Hour):
		s.judge.hush = s.now + hushTime
		s.press("hush")
	}
}

func (s *shop) trouble() {
	if s.now > s.deadRadar && s.chance(90*time.Minute) {
		s.deadRadar = s.now + s.between(time.Second, 5*time.Minute)
	}
	switch {
	case s.brokenTill == 0 && s.served != 1 && s.chance(2*time.Hour):
		s.brokenTill = s.now + s.between(time.Second, 5*time.Minute)
		s.say("till", presence.Unknown)
	case s.brokenTill != 0 && s.now >= s.brokenTill:
		s.brokenTill = 0
		s.say("till", map[bool]presence.Level{true: presence.High, false: presence.Low}[s.served == 1])
	}
}

func (s *shop) sensors() {
	switch {
	case s.fidgets && s.chance(2*time.Second):
		s.say("bench", presence.High)
	case s.said["bench"] == presence.High && s.chance(2*time.Second):
		s.say("bench", presence.Low)
	}
	if s.now < s.deadRadar {
		return
	}
	r := presence.Reading{Input: "radar", Level: presence.Low}
	if s.customers > 0 {
		r.Level, r.Still = presence.High, !s.fidgets
	}
	// Ten a second would be true, and nine of them nothing new.
	if r == s.radar && s.now < s.judge.radarAt+900*time.Millisecond {
		return
	}
	s.radar = r
	s.judge.heard("radar", r.Level, s.now)
	s.observe(r)
}

// TestMillionReadings is four shops over a week each, a quarter of a million readings.
func TestMillionReadings(t *testing.T) {
	t.Parallel()
	readings, short := 250_000, testing.Short() || underRace
	if short {
		readings = 25_000
	}
	var visited [6]int
	for seed := range uint64(4) {
		s := newShop(seed, t)
		s.now = opens - time.Minute
		for s.count < readings {
			s.live()
		}
		for i, n := range s.judge.visited {
			visited[i] += n
		}
	}
	t.Logf("states entered: %v", visited)
	for i, n := range visited {
		if state := presence.State(i); n < 20 && state != presence.Starting && !short {
			t.Errorf("only %d times %v: the days are not busy", n, state)
		}
	}
}

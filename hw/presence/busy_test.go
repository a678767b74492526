package presence_test

import (
	"math/rand/v2"
	"slices"
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

// A judge knows the truth and the promises.
type judge struct {
	t    *testing.T
	seed uint64

	open       bool
	till       presence.Level
	tillSince  time.Duration
	contact    presence.Level
	contactAt  time.Duration // since when
	latched    bool          // the button is in its pressed state
	latchedAt  time.Duration
	bell, hush time.Duration // until

	anybody     int
	fidgetSince time.Duration // since when somebody moves, 0 if nobody does
	fidgetedAt  time.Duration // when somebody moved last
	aloneSince  time.Duration // since when nobody is there, 0 if somebody is
	radarAt     time.Duration // the last word of the radar
	radarSince  time.Duration // the first after a silence

	certain time.Duration // the last time at which something certainly asked for quiet
	quiet   time.Duration // and at which something may have
	state   presence.State
	since   time.Duration
	visited [6]int
	passed  presence.Transition // the last that was judged
}

func (j *judge) heard(name string, l presence.Level, now time.Duration) {
	switch name {
	case "till":
		j.till, j.tillSince = l, now
	case "contact":
		j.contact, j.contactAt = l, now
	case "radar":
		if now > j.radarAt+time.Second {
			j.radarSince = now
		}
		j.radarAt = now
	}
}

func (j *judge) pressed(name string, now time.Duration) {
	if name == "button" {
		j.latched, j.latchedAt = !j.latched, now
	}
}

func (j *judge) people(n int, fidgets bool, now time.Duration) {
	j.anybody = n
	switch {
	case n > 0:
		j.aloneSince = 0
	case j.aloneSince == 0:
		j.aloneSince = now
	}
	if fidgets {
		j.fidgetedAt = now
	}
	switch {
	case !fidgets:
		j.fidgetSince = 0
	case j.fidgetSince == 0:
		j.fidgetSince = now
	}
}

// asked reports whether somebody certainly is served, or the owner wants quiet:
// each is given the time its contact may bounce.
func (j *judge) asked(now time.Duration) string {
	const bounce = 15 * time.Millisecond
	switch {
	case j.till == presence.High:
		return "the till"
	case j.contact == presence.High && now >= j.contactAt+bounce:
		return "the contact"
	case j.latched && now >= j.latchedAt+bounce && j.wanted(now):
		return "the button"
	case now < j.bell:
		return "the bell"
	case now >= j.hush-hushTime+bounce && now < j.hush-bounce:
		return "the owner's pause"
	}
	return ""
}

// wanted reports whether the button that was pressed certainly still counts: it is
// not a minute since, or somebody was seen to move within less.
func (j *judge) wanted(now time.Duration) bool {
	return now < j.latchedAt+time.Minute || j.sees(now) && now < j.fidgetedAt+50*time.Second
}

// sees reports whether the radar has been well for a while.
func (j *judge) sees(now time.Duration) bool {
	return now < j.radarAt+time.Second && now > j.radarSince+2*time.Minute
}

// perhaps reports whether quiet may be asked for: by a button that nobody
// pressed again, or in the time of a bounce.
func (j *judge) perhaps(now time.Duration) bool {
	return j.latched || now < j.hush+time.Second || j.till != presence.Low || now < j.contactAt+time.Second
}

func (j *judge) ahead(m *presence.Machine, now time.Duration) {
	if d, ok := m.Deadline(); ok && d <= now {
		j.t.Fatalf("seed %d: at %v the deadline is %v", j.seed, now, d)
	}
}

func (j *judge) look(s *shop) {
	now, b := s.now, s.m.Belief()
	j.ahead(s.m, now)
	if b.Since != j.since || b.State != j.state {
		j.passages(s)
		j.state, j.since = b.State, b.Since
		j.visited[b.State]++
	}
	wrong := func(why string) {
		j.t.Helper()
		j.t.Fatalf("seed %d, reading %d, %v: %s, and it is %v (%s)\n%+v", j.seed, s.count, now, why, b.State, b.Cause, b)
	}
	// A minute without anybody clears the button, and how long nobody was there
	// is not certain to the second: the machine is asked, but only then.
	if j.latched && !j.wanted(now) && b.Inputs[4].Level == presence.Low {
		j.latched = false
	}
	if now < 6*time.Second {
		return
	}
	if who := j.asked(now); who != "" {
		j.quiet, j.certain = now, now
		if b.State != presence.Serving {
			wrong(who + " asks for quiet")
		}
	}
	if j.perhaps(now) {
		j.quiet = now
	}
	radar := j.sees(now)
	switch {
	case now < j.certain+2*time.Second && b.State != presence.Serving:
		wrong("somebody was served less than two seconds ago")
	case !j.open && b.State != presence.Closed && b.State != presence.Serving:
		wrong("the shop is closed")
	case j.open && b.State == presence.Closed:
		wrong("the shop is open")
	case j.till == presence.Unknown && b.State == presence.Waiting:
		wrong("the till may be open")
	case j.open && radar && j.fidgetSince != 0 && now > j.fidgetSince+time.Second && now > j.quiet+4*time.Second && b.State != presence.Waiting:
		wrong("somebody waits")
	case radar && j.aloneSince != 0 && now > j.aloneSince+time.Minute && b.State == presence.Waiting:
		wrong("nobody has been there for a minute")
	case radar && j.aloneSince != 0 && now > j.aloneSince+2*time.Minute && now > j.quiet+time.Minute && b.State == presence.Serving:
		wrong("nobody is there to be served")
	}
}

// passages looks at the changes since the last look.
func (j *judge) passages(s *shop) {
	possible := map[[2]presence.State]bool{}
	for from, to := range map[presence.State][]presence.State{
		presence.Starting: {presence.Serving, presence.Waiting, presence.Empty, presence.Closed},
		presence.Serving:  {presence.Waiting, presence.Empty, presence.Closed},
		presence.Waiting:  {presence.Serving, presence.Empty, presence.Closed},
		presence.Empty:    {presence.Serving, presence.Waiting, presence.Asleep, presence.Closed},
		presence.Asleep:   {presence.Serving, presence.Waiting, presence.Empty, presence.Closed},
		presence.Closed:   {presence.Serving, presence.Waiting, presence.Empty},
	} {
		for _, x := range to {
			possible[[2]presence.State{from, x}] = true
		}
	}
	state, since := j.passed.To, j.passed.At
	all := s.m.History()
	for _, h := range all[slices.Index(all, j.passed)+1:] {
		stay := h.At - since
		if h.From != state || !possible[[2]presence.State{h.From, h.To}] || h.Cause == "" {
			j.t.Fatalf("seed %d: impossible: %+v after %v", j.seed, h, state)
		}
		if h.From == presence.Serving && stay < 3*time.Second || h.To == presence.Asleep && stay < 5*time.Minute {
			j.t.Fatalf("seed %d: too early: %+v after %v", j.seed, h, stay)
		}
		j.passed, state, since = h, h.To, h.At
	}
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

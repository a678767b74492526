package presence_test

import (
	"slices"
	"testing"
	"time"

	"entracte/hw/presence"
)

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

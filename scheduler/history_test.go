package scheduler

import (
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

// The age of the past is never overstated: a cap must err towards fewer plays.
func TestEndings(t *testing.T) {
	t.Parallel()
	const trusted, floor = plan.ClockTrusted, plan.ClockFloor
	at := func(boot string, up, civil time.Duration, c plan.Clock) plan.Play {
		return plan.Play{Boot: boot, MonoMS: up.Milliseconds(), StartedAt: monday.Add(civil), ShownMS: 10_000, Clock: c}
	}
	now := func(c plan.Clock) Moment {
		return Moment{Mono: time.Minute, Civil: monday.Add(3 * time.Hour), Clock: c}
	}
	const h, s = time.Hour, time.Second
	for name, test := range map[string]struct {
		past []plan.Play
		now  Moment
		ages []time.Duration
	}{
		"both clocks trusted": {[]plan.Play{at("1", 0, 0, trusted), at("1", h, h, trusted)}, now(trusted),
			[]time.Duration{3*h - 10*s, 2*h - 10*s}},
		"no trusted clock now: the time it is up": {[]plan.Play{at("1", 0, 0, trusted), at("1", h, h, trusted)}, now(floor),
			[]time.Duration{h + 60*s, 60 * s}},
		"another boot counts the time it was up": {[]plan.Play{at("1", 5*h, 0, floor), at("2", 20*s, 9*h, floor)}, now(floor),
			[]time.Duration{60 * s, 30 * s}},
		"the clock was set back: powered time counts": {[]plan.Play{at("1", 0, 2*h, trusted), at("1", 5*h, 2*h+50*time.Minute, trusted)}, now(trusted),
			[]time.Duration{5*h + 10*time.Minute - 10*s, 10*time.Minute - 10*s}},
		"a play of the future": {[]plan.Play{at("1", 0, 9*h, trusted)}, now(trusted), []time.Duration{50 * s}},
		"nonsense figures":     {[]plan.Play{{MonoMS: -5, ShownMS: 1 << 62}, {MonoMS: -1 << 62}}, now(floor), []time.Duration{60 * s, 60 * s}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ages []time.Duration
			for _, end := range endings(test.past, test.now, "") {
				ages = append(ages, test.now.Mono-end)
			}
			if !slices.Equal(ages, test.ages) {
				t.Errorf("ages %v, want %v", ages, test.ages)
			}
		})
	}
}

// A campaign that left the plan still keeps its rivals at a distance.
func TestRivalOfTheOldPlan(t *testing.T) {
	t.Parallel()
	old := newScreen(feed(booking("gone", 1021)), jeweller())
	old.show(0)
	s := New(feed(booking("a", 1021), booking("b", 1066)), jeweller(), old.plays, old.now)
	if r := s.WhyNot(old.now); len(r) != 1 || r[0].Code() != "rivals" || r[0].Campaign.ID != "a" {
		t.Errorf("refusals %v", r)
	}
}

func TestReasonCodesReadBack(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"share:1/9", "share:2/3", "cap:4/hour", "cap:0/day", "house", "own-turn", "filler",
		"targeting-off", "emergency", "takeover", "guaranteed", "relaxed:repeat", "relaxed:cooldown"} {
		if r, ok := ParseReason(code); !ok || r.Code() != code {
			t.Errorf("ParseReason(%q) reads %q, %v", code, r.Code(), ok)
		}
	}
	for _, code := range []string{"", "share", "share:", "share:1", "share:01/9", "share:-1/9", "cap:4/week", "cap:/hour", "relaxed", "house:1/2", "share:1/9/2"} {
		if r, ok := ParseReason(code); ok || r != (Reason{}) {
			t.Errorf("ParseReason(%q) = %v, %v", code, r, ok)
		}
	}
}

func FuzzParseReason(f *testing.F) {
	for _, s := range []string{"share:1/9", "cap:4/hour", "house", "relaxed:repeat", "x", "share:9999999999999999999/1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if r, ok := ParseReason(code); ok && r.Code() != code {
			t.Fatalf("%q reads back as %q", code, r.Code())
		}
	})
}

func TestSharesInWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ turns, of, n, m int64 }{
		{1, 9, 1, 9}, {1, 2, 1, 2}, {2, 3, 2, 3}, {3, 4, 3, 4}, {1, 1, 1, 1}, {19, 20, 9, 10}, {999, 1000, 9, 10},
		{2, 17, 1, 9}, {2, 5, 2, 5}, {37, 100, 2, 5}, {1, 3, 1, 3}, {46, 100, 1, 2}, {10, 1000000, 1, 100000}, {0, 5, 0, 1}, {51, 100, 1, 2}, {4, 5, 4, 5},
	} {
		if n, m := inWords(test.turns, test.of); int64(n) != test.n || int64(m) != test.m {
			t.Errorf("%d of %d reads %d in %d, want %d in %d", test.turns, test.of, n, m, test.n, test.m)
		}
	}
}

// After a power cut nobody knows what played in the last minute: a capped campaign
// counts as if all of it had been its own, up to the restart, and turns go on as
// before. A scheduler made later knows of it too.
func TestRestartCountsForCaps(t *testing.T) {
	t.Parallel()
	p := feed(booking("a", 1021, perHour(8)), booking("b", 1066), booking("later", 1357, perHour(1), daypart(0, 10*60, 11*60)))
	sc := newScreen(p, untargeted())
	sc.sequence(4) // a has two
	sc.wait(26 * time.Minute)
	past := append(slices.Clone(sc.plays), plan.Restart("boot-2", 0, sc.now.Civil, sc.now.Clock))
	sc.boot, sc.now.Mono = "boot-2", 0
	sc.s = New(p, untargeted(), past, sc.now)
	if got := strings.Count(sc.sequence(20), "a"); got != 0 {
		t.Errorf("a played %d times more in an hour that may have had its eight", got)
	}
	later := New(p, untargeted(), append(past, sc.plays[4:]...), sc.now)
	if r := later.WhyNot(sc.now); len(r) != 2 || r[0].Code() != "cap" {
		t.Errorf("the next scheduler refuses %v", r)
	}
	sc.wait(time.Hour)
	if got := sc.sequence(6); !strings.Contains(got, "a") || !strings.Contains(got, "later") {
		t.Errorf("an hour later %q", got)
	}
}

// two makes a plan of two ads and more.
func two(cs ...plan.Campaign) plan.Plan {
	return feed(append(cs, booking("p", 1066), booking("q", 1357))...)
}

// The first own picture, or another share for them, does not make up for the past.
func TestFirstOwnPictureTakesItsShareOnly(t *testing.T) {
	t.Parallel()
	sc := newScreen(two(), untargeted())
	sc.sequence(2000)
	sc.s = New(two(ownContent("own")), untargeted(), sc.plays, sc.now)
	if n := strings.Count(sc.sequence(400), "own "); n > 103 {
		t.Errorf("%d of 400 are own", n)
	}
}

// A clock that is set right within a boot does not age what the machine knows.
func TestClockSetRightKeepsCaps(t *testing.T) {
	t.Parallel()
	p := feed(booking("a", 1066, perHour(4)))
	sc := newScreen(p, untargeted())
	sc.sequence(10)
	sc.now.Civil = sc.now.Civil.Add(2 * time.Hour)
	sc.s = New(p, untargeted(), sc.plays, sc.now)
	sc.sequence(10)
	if len(sc.plays) > 4 {
		t.Errorf("%d plays in %s", len(sc.plays), sc.now.Mono)
	}
}

// A day cap of yesterday must not keep the hour cap of today from opening again.
func TestHourCapOpensAfterDayCap(t *testing.T) {
	t.Parallel()
	sc := newScreen(feed(booking("a", 1066, perHour(4), perDay(10))), untargeted())
	sc.wait(6 * time.Hour)
	for sc.now.Mono < 29*time.Hour {
		if _, ok := sc.show(0); !ok {
			sc.wait(time.Minute)
		}
	}
	if _, ok := sc.s.NextChange(sc.now); !ok || len(sc.plays) < 18 {
		t.Errorf("%d plays in two days, and nothing changes any more", len(sc.plays))
	}
}

func TestCappedPlaysAreForgotten(t *testing.T) {
	t.Parallel()
	sc := newScreen(feed(booking("a", 1066, perHour(1000))), untargeted())
	for range 4000 {
		sc.show(0)
		sc.wait(30 * time.Minute)
		sc.plays = nil
	}
	if e := sc.s.state.lanes[weighted].pools[0].entries[0]; cap(e.plays) > 120 {
		t.Errorf("%d plays are kept", cap(e.plays))
	}
}

// A record without a time does not cap anything for centuries.
func TestAbsurdTimes(t *testing.T) {
	t.Parallel()
	past := []plan.Play{
		{Feed: "acme/shop", Campaign: "a", Creative: "a-1", Counted: true, Boot: "1", MonoMS: 1e3, ShownMS: 1e4, Clock: plan.ClockFloor, StartedAt: monday},
		{Feed: "acme/shop", Campaign: "x", Boot: "1", MonoMS: 3e4, ShownMS: 1e4, Clock: plan.ClockTrusted}}
	s := New(feed(booking("a", 1066, perHour(1))), untargeted(), past, moment(720*time.Hour))
	if _, ok := s.Pick(moment(10000 * time.Hour)); !ok {
		t.Error("capped for centuries")
	}
}

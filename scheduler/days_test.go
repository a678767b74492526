package scheduler

import (
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

// tally tries once a minute until the given time and counts the plays.
func (sc *screen) tally(until time.Time) map[string]int {
	count := make(map[string]int)
	for sc.now.Civil.Before(until) {
		if c, ok := sc.show(0); ok {
			count[c.Ref.Campaign]++
			sc.wait(50 * time.Second)
		} else {
			sc.wait(time.Minute)
		}
	}
	return count
}

// A window past midnight belongs to the day it began on.
func TestMidnight(t *testing.T) {
	t.Parallel()
	nights := plan.Weekdays(0).With(time.Friday).With(time.Saturday)
	p := feed(booking("night", 1021, daypart(nights, 22*60, 2*60)), booking("always", 1066, daypart(0, 0, 24*60)))
	for at, plays := range map[string]bool{
		"2026-11-06 01:59": false, "2026-11-06 22:00": true, "2026-11-07 01:59": true, "2026-11-07 02:00": false,
		"2026-11-08 01:59": true, "2026-11-08 02:00": false, "2026-11-08 22:30": false,
	} {
		civil, err := time.ParseInLocation("2006-01-02 15:04", at, paris)
		if err != nil {
			t.Fatal(err)
		}
		refused := ""
		for _, r := range New(p, jeweller(), nil, Moment{Civil: civil, Clock: plan.ClockTrusted}).WhyNot(Moment{Civil: civil, Clock: plan.ClockTrusted}) {
			refused += r.Campaign.ID + " " + r.Code()
		}
		want := "night daypart"
		if plays {
			want = ""
		}
		if refused != want {
			t.Errorf("%s: refused %q, want %q", at, refused, want)
		}
	}
}

// Setting the clock back does not give a day's plays back; nor does a clock that
// is no longer trusted.
func TestDayCapsOutliveClockJumps(t *testing.T) {
	t.Parallel()
	sc := newScreen(feed(booking("a", 1021, perDay(2))), jeweller())
	sc.sequence(2)
	for _, jump := range []time.Duration{-24 * time.Hour, -30 * 24 * time.Hour} {
		sc.now.Civil = sc.now.Civil.Add(jump)
		if got := sc.sequence(1); got != "- " {
			t.Errorf("after a jump of %s it played", jump)
		}
	}
	sc.now.Clock = plan.ClockUnknown
	if got := sc.sequence(1); got != "- " {
		t.Error("without a trusted clock it played")
	}
	sc.wait(24 * time.Hour)
	if got := sc.sequence(3); got != "a a - " {
		t.Errorf("after 24 hours of powered time %q, want two plays", got)
	}
	sc.now.Clock, sc.now.Civil = plan.ClockTrusted, monday.AddDate(0, 0, 3)
	if got := sc.sequence(1); got != "- " {
		t.Error("the plays of an untrusted clock may have been today's")
	}
}

func TestNothingToPlay(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]plan.Plan{
		"no feed": {}, "no campaign": feed(), "no creative": feed(plan.Campaign{ID: "x", Advertiser: "X", Category: 1021}),
		"a campaign of zeros": feed(plan.Campaign{}), "only a competitor": feed(booking("x", 1073)),
	} {
		s := New(p, jeweller(), nil, moment(0))
		if l, ok := s.Pick(moment(0)); ok || l.ID != 0 {
			t.Errorf("%s: picked %v", name, l)
		}
		if got := s.Peek(moment(0), 5); len(got) != 0 {
			t.Errorf("%s: foretold %v", name, got)
		}
		if at, ok := s.NextChange(moment(0)); ok {
			t.Errorf("%s: asks to be woken at %s", name, at)
		}
	}
	if New(plan.Plan{}, Options{}, nil, Moment{}).WhyNot(Moment{}) != nil {
		t.Error("an empty scheduler refuses somebody")
	}
}

func TestNextChange(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		campaigns []plan.Campaign
		play      int
		want      time.Duration
	}{
		"something may play":          {[]plan.Campaign{booking("a", 1021)}, 0, 0},
		"an hour cap":                 {[]plan.Campaign{booking("a", 1021, perHour(1))}, 1, 10*time.Second + time.Hour},
		"the first of two":            {[]plan.Campaign{booking("a", 1021, perHour(2))}, 2, 10*time.Second + time.Hour},
		"a rival":                     {[]plan.Campaign{booking("a", 1021, perHour(1)), booking("b", 1021)}, 0, 0},
		"a day cap, at a full minute": {[]plan.Campaign{booking("a", 1021, perDay(1))}, 1, time.Minute},
		"a daypart":                   {[]plan.Campaign{booking("a", 1021, daypart(0, 600, 660))}, 0, time.Minute},
		"a flight to come":            {[]plan.Campaign{booking("a", 1021, flight("2026-11-05", ""))}, 0, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sc := newScreen(feed(test.campaigns...), jeweller())
			sc.sequence(test.play)
			if got, ok := sc.s.NextChange(sc.now); !ok || got != test.want {
				t.Errorf("NextChange at %s = %s, %v, want %s", sc.now.Mono, got, ok, test.want)
			}
		})
	}
	sc := newScreen(feed(booking("a", 1021, perHour(1)), booking("b", 1021, perHour(1))), jeweller())
	sc.sequence(1)
	if got, ok := sc.s.NextChange(sc.now); !ok || got != 40*time.Second {
		t.Errorf("beside a rival NextChange = %s, %v, want 30 s after its end", got, ok)
	}
	sc.wait(30 * time.Second)
	sc.s.Pick(sc.now)
	if got, ok := sc.s.NextChange(sc.now); ok {
		t.Errorf("while a lease is out NextChange = %s", got)
	}
}

// With targeting off no field of the venue beyond the filters changes anything.
func TestOptOut(t *testing.T) {
	t.Parallel()
	p := feed(booking("a", 1021, weight(3)), booking("b", 1066, weight(2)), booking("c", 1357), booking("x", 1073), ownContent("own"))
	o := jeweller()
	o.Venue.Targeting = false
	before := newScreen(p, o).sequence(60)
	o.Venue.Clientele, o.Venue.Offers = []string{"couples"}, []string{"engraving"}
	o.Venue.Name, o.Venue.Commune, o.Venue.Latitude = "Other", "Nice", 43.7
	o.Venue.NAF = plan.NAF{Scheme: "naf-r2", Code: "47.77Z"}
	if after := newScreen(p, o).sequence(60); after != before {
		t.Errorf("the profile changed the sequence:\n%s\n%s", before, after)
	}
	if strings.Contains(before, "x") {
		t.Error("a competitor played with targeting off")
	}
	o.Venue.Activity = "photographer"
	if strings.Contains(newScreen(p, o).sequence(60), "a") {
		t.Error("a photographer's ad played at the photographer's")
	}
}

// One that holds most of the weight plays every second turn; a long life beside
// it costs nobody the turns that come after.
func TestHeavyAdSavesNothingUp(t *testing.T) {
	t.Parallel()
	p := feed(booking("heavy", 1021, weight(10)), booking("b", 1066), booking("late", 1357, daypart(0, 10*60, 24*60)))
	sc := newScreen(p, jeweller())
	sc.tally(monday.Add(time.Hour))
	played := sc.sequence(24)
	if b, late := strings.Count(played, "b "), strings.Count(played, "late "); b < 4 || late < 4 {
		t.Errorf("after an hour of two, three take turns: %s", played)
	}
}

func TestSeedSettlesEqualClaims(t *testing.T) {
	t.Parallel()
	p := feed(booking("a", 1021), booking("b", 1066), booking("c", 1357), booking("d", 1360))
	orders := make(map[string]bool)
	for seed := range uint64(50) {
		o := untargeted()
		o.Seed = seed
		order := newScreen(p, o).sequence(4)
		if again := newScreen(p, o).sequence(4); again != order {
			t.Fatalf("seed %d plays %s, then %s", seed, order, again)
		}
		orders[order] = true
	}
	if len(orders) < 12 {
		t.Errorf("fifty seeds give %d of 24 orders", len(orders))
	}
}

package scheduler

import (
	"testing"
	"time"

	"entracte/scheduler/plan"
)

func TestTurnsFollowTheWeightsSmoothly(t *testing.T) {
	t.Parallel()
	wantSequence(t, newScreen(feed(booking("a", 1021, weight(2)), booking("b", 1066), booking("c", 1357)), untargeted()),
		"a c b a c a b c ")
}

func TestTiers(t *testing.T) {
	t.Parallel()
	paid, own := booking("paid", 1021), ownContent("own")
	other := booking("other", 1066)
	urgent := booking("urgent", 1015, tier(plan.TierEmergency))
	takes := booking("takes", 1357, tier(plan.TierTakeover))
	promised := booking("promised", 1372, tier(plan.TierGuaranteed), func(c *plan.Campaign) { c.Goal = 100 })
	for name, test := range map[string]struct {
		campaigns []plan.Campaign
		want      string
	}{
		"emergency before all":       {[]plan.Campaign{paid, own, urgent, takes}, "urgent urgent urgent urgent urgent "},
		"takeover before paid":       {[]plan.Campaign{paid, own, takes, promised}, "takes takes takes takes takes "},
		"guaranteed one in three":    {[]plan.Campaign{paid, other, promised}, "promised paid other promised paid other promised paid "},
		"guaranteed alone":           {[]plan.Campaign{promised}, "promised promised promised "},
		"own share one in four":      {[]plan.Campaign{paid, other, own}, "paid other own paid other paid own other paid other own "},
		"house fills an empty plan":  {[]plan.Campaign{own}, "own own own "},
		"own share with a guarantee": {[]plan.Campaign{promised, own}, "promised own own promised own own own promised "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantSequence(t, newScreen(feed(test.campaigns...), untargeted()), test.want)
		})
	}
}

func TestOwnShareZeroIsFillerOnly(t *testing.T) {
	t.Parallel()
	o := untargeted()
	o.OwnShare = OwnShare{}
	wantSequence(t, newScreen(feed(booking("a", 1021, perHour(2)), ownContent("own")), o), "a a own own own ")
}

func TestCreativesTakeTurns(t *testing.T) {
	t.Parallel()
	c := booking("a", 1021, func(c *plan.Campaign) { c.Creatives = pictures("a", 3) })
	sc := newScreen(feed(c), untargeted())
	sc.s.Unplayable(plan.Ref{Feed: "acme/shop", Campaign: "a", Creative: "a-2"}, "no decoder")
	got := ""
	for range 5 {
		choice, _ := sc.show(0)
		got += choice.Ref.Creative + " "
	}
	if want := "a-1 a-3 a-1 a-3 a-1 "; got != want {
		t.Errorf("creatives %q, want %q", got, want)
	}
}

func TestRivalsAreSeparated(t *testing.T) {
	t.Parallel()
	a, b := booking("a", 1021, rivals("photo")), booking("b", 1021, rivals("photo"))
	for name, test := range map[string]struct {
		campaigns []plan.Campaign
		want      string
	}{
		"by house content":  {[]plan.Campaign{a, b, ownContent("own")}, "b b own a a a own b b b own a "},
		"by another ad":     {[]plan.Campaign{a, b, booking("c", 1066)}, "b c a c b c a c "},
		"by the idle look":  {[]plan.Campaign{booking("a", 1021, perHour(1)), booking("b", 1021, perHour(1))}, "b - - - a - - - "},
		"not from yourself": {[]plan.Campaign{booking("a", 1021, named("X")), booking("b", 1021, named("x "))}, "b a b a b a "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantSequence(t, newScreen(feed(test.campaigns...), untargeted()), test.want)
		})
	}
}

func TestSoleBookingHoldsItsGroup(t *testing.T) {
	t.Parallel()
	booked := func(d string, sole bool) func(*plan.Campaign) {
		return func(c *plan.Campaign) { c.Booked, c.Sole, c.Rivals = day(d), sole, "photo" }
	}
	for name, test := range map[string]struct {
		campaigns []plan.Campaign
		refused   string
	}{
		"the earlier of two":              {[]plan.Campaign{booking("d", 1021, booked("2026-02-01", true)), booking("e", 1021, booked("2026-01-01", true))}, "d "},
		"a later booking without sole":    {[]plan.Campaign{booking("d", 1021, booked("2026-01-01", true)), booking("e", 1021, booked("2026-03-01", false))}, "e "},
		"an earlier booking without sole": {[]plan.Campaign{booking("d", 1021, booked("2026-02-01", true)), booking("e", 1021, booked("2026-01-01", false)), booking("f", 1021, booked("2026-03-01", false))}, "d "},
		"not when its flight is over": {[]plan.Campaign{booking("d", 1021, booked("2026-01-01", true), flight("2026-01-01", "2026-02-01")),
			booking("e", 1021, booked("2026-03-01", true))}, "d "},
		"the same advertiser":     {[]plan.Campaign{booking("d", 1021, booked("2026-01-01", true), named("X")), booking("e", 1021, booked("2026-03-01", true), named("X"))}, ""},
		"undated bookings last":   {[]plan.Campaign{booking("d", 1021, booked("", true)), booking("e", 1021, booked("2026-03-01", true))}, "d "},
		"other groups are free":   {[]plan.Campaign{booking("d", 1021, booked("2026-01-01", true)), booking("e", 1021)}, ""},
		"held while it is capped": {[]plan.Campaign{booking("d", 1021, booked("2026-01-01", true), perHour(0)), booking("e", 1021, booked("2026-03-01", false))}, "d e "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, r := range New(feed(test.campaigns...), untargeted(), nil, moment(0)).WhyNot(moment(0)) {
				got += r.Campaign.ID + " "
			}
			if got != test.refused {
				t.Errorf("refused %q, want %q", got, test.refused)
			}
		})
	}
}

func TestAbortStandsBackButMayComeAlone(t *testing.T) {
	t.Parallel()
	sc := newScreen(feed(booking("a", 1021, weight(9)), booking("b", 1066)), untargeted())
	first, _ := sc.show(3 * time.Second)
	second, _ := sc.show(3 * time.Second)
	third, ok := sc.show(3 * time.Second)
	if first.Ref.Campaign != "a" || second.Ref.Campaign != "b" || !ok {
		t.Fatalf("after an abort %s then %s, %v; want a, b and any", first.Ref, second.Ref, ok)
	}
	if code := third.Reasons[len(third.Reasons)-1].Code(); code != "relaxed:cooldown" {
		t.Errorf("the last reason is %q", code)
	}
	sc.wait(CoolDown)
	if c, _ := sc.show(0); c.Ref.Campaign != "a" {
		t.Errorf("after the cool-down %s plays, want the uncharged a", c.Ref)
	}
}

func TestHouseFillsWhileTheOnlyAdStandsBack(t *testing.T) {
	t.Parallel()
	sc := newScreen(feed(booking("a", 1021), ownContent("own")), untargeted())
	sc.show(time.Second)
	wantSequence(t, sc, "own own own a ")
}

func TestStaleLeasesAreIgnored(t *testing.T) {
	t.Parallel()
	s := New(feed(booking("a", 1021, perHour(1)), booking("b", 1066, perHour(1))), untargeted(), nil, moment(0))
	s.Complete(Lease{}, moment(0))
	s.Abort(Lease{ID: 3}, moment(0))
	l, _ := s.Pick(moment(0))
	if _, again := s.Pick(moment(0)); again {
		t.Fatal("two leases are out")
	}
	s.Complete(l, moment(10*time.Second))
	s.Complete(l, moment(11*time.Second))
	s.Abort(l, moment(12*time.Second))
	m, ok := s.Pick(moment(20 * time.Second))
	if !ok || m.Ref == l.Ref || m.ID == l.ID {
		t.Errorf("after one play of %s: %s, %v", l.Ref, m.Ref, ok)
	}
}

// An emergency broken off by a customer's turn goes on right after it.
func TestEmergencyDoesNotStandBack(t *testing.T) {
	t.Parallel()
	sc := newScreen(feed(booking("urgent", 1015, tier(plan.TierEmergency)), booking("a", 1021), ownContent("own")), untargeted())
	sc.show(time.Second)
	wantSequence(t, sc, "urgent urgent ")
}

// The shop's own pictures are nobody's rivals, whatever category they carry.
func TestOwnContentIsNobodysRival(t *testing.T) {
	t.Parallel()
	mine := ownContent("own")
	mine.Category, mine.Sole = 1021, true
	wantSequence(t, newScreen(feed(mine, booking("a", 1021), booking("b", 1066)), untargeted()), "a b own a b a own ")
}

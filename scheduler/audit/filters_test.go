package audit_test

import (
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

// Each filter refuses a play that is otherwise right, and only then.
func TestFilters(t *testing.T) {
	t.Parallel()
	place := func(within float64, p plan.Place) func(*plan.Campaign) {
		return func(c *plan.Campaign) { p.WithinKM = within; c.Place = &p }
	}
	speaks := func(l ...string) func(*plan.Campaign) { return func(c *plan.Campaign) { c.Language = l } }
	far := plan.Place{Latitude: 48.857, Longitude: 2.352, Located: true, Commune: "Lyon 2e", Postcode: "69002"}
	house := tier(plan.TierHouse)
	for _, c := range []struct {
		name  string
		venue func(*plan.Venue)
		c     plan.Campaign
		want  string
	}{
		{"fine", nil, booking("a", 1), ""},
		{"before its flight", nil, booking("a", 1, flight("2026-11-03", "2026-11-09")), "inactive_flight@0"},
		{"the last day is the one before the end", nil, booking("a", 1, flight("2026-11-01", "2026-11-02")), "inactive_flight@0"},
		{"in its flight", nil, booking("a", 1, flight("2026-11-02", "2026-11-03")), ""},
		{"outside its daypart", nil, booking("a", 1, daypart(600, 720)), "daypart@0"},
		{"in one of its dayparts", nil, booking("a", 1, daypart(600, 720), daypart(540, 541)), ""},
		{"no media", nil, booking("a", 1, func(c *plan.Campaign) { c.Creatives[0].SHA256 = "" }), "format@0"},
		{"a card", nil, booking("a", 1, func(c *plan.Campaign) { c.Creatives[0].SHA256, c.Creatives[0].Card = "", &plan.Card{} }), ""},
		{"a regulated family", nil, booking("a", 82), "regulated@0"},
		{"accepted", func(v *plan.Venue) { v.AcceptRegulated = []int{8} }, booking("a", 82), ""},
		{"a family in a family, the outer one accepted", func(v *plan.Venue) { v.AcceptRegulated = []int{8} }, booking("a", 812), "regulated@0"},
		{"a refused advertiser", func(v *plan.Venue) { v.RefuseAdvertisers = []string{"  ADV  a "} }, booking("a", 1), "refused@0"},
		{"a refused category", func(v *plan.Venue) { v.RefuseCategories = []int{1} }, booking("a", 123), "refused@0"},
		{"no category", nil, booking("a", 0), "no_category@0"},
		{"a category nobody knows", nil, booking("a", 12345), "no_category@0"},
		{"the house tier exempts nobody else", nil, booking("a", 0, house), "no_category@0"},
		{"a competitor", nil, booking("a", 9), "competitor@0"},
		{"a competitor, further down", nil, booking("a", 987), "competitor@0"},
		{"an emergency of a competitor", nil, booking("a", 9, tier(plan.TierEmergency)), "competitor@0"},
		{"a shop of no known kind", func(v *plan.Venue) { v.Activity = "smithy" }, booking("a", 1), "competitor@0"},
		{"outside the area", nil, booking("a", 1, place(300, far)), "area@0"},
		{"inside the area", nil, booking("a", 1, place(400, far)), ""},
		{"not measured, the same commune", func(v *plan.Venue) { v.Located = false }, booking("a", 1, place(1, far)), ""},
		{"not measured, elsewhere", func(v *plan.Venue) { v.Located, v.Postcode = false, "69003" }, booking("a", 1, place(900, far)), "area@0"},
		{"another language", nil, booking("a", 1, speaks("en", "de-CH")), "language@0"},
		{"its language among others", nil, booking("a", 1, speaks("en", "FR-be")), ""},
		{"the venue's own content", func(v *plan.Venue) { v.RefuseAdvertisers = []string{"@venue"} }, own("a"), ""},
		{"the venue's own, outside its daypart", nil, booking("a", 0, house, named("@venue"), daypart(600, 720)), "daypart@0"},
	} {
		s := jeweller(c.c)
		if c.venue != nil {
			c.venue(&s.Venue)
		}
		l := newLog(s).play("a", "own-turn")
		t.Run(c.name, func(t *testing.T) { want(t, audit.Filters(l.shop, l.plays), c.want) })
	}
}

// What an untrusted clock leaves.
func TestFiltersByClock(t *testing.T) {
	t.Parallel()
	begun, over, later := flight("2026-11-02", ""), flight("", "2026-11-02"), flight("2026-11-03", "")
	anyway := func(c *plan.Campaign) { c.UntrustedClock = plan.UntrustedPlay }
	for _, c := range []struct {
		name           string
		c              plan.Campaign
		floor, unknown string
	}{
		{"undated", booking("a", 1), "", ""},
		{"begun", booking("a", 1, begun), "", "clock@0"},
		{"surely over", booking("a", 1, over), "inactive_flight@0", "clock@0"},
		{"perhaps not begun", booking("a", 1, later), "clock@0", "clock@0"},
		{"day-parted", booking("a", 1, daypart(0, 1440)), "clock@0", "clock@0"},
		{"day-parted, played anyway", booking("a", 1, daypart(0, 1), anyway), "", "clock@0"},
		{"the venue's own, perhaps not begun", booking("a", 0, later, tier(plan.TierHouse), named("@venue")), "clock@0", "clock@0"},
	} {
		for clock, wanted := range map[plan.Clock]string{plan.ClockFloor: c.floor, plan.ClockUnknown: c.unknown} {
			l := newLog(jeweller(c.c))
			l.clock = clock
			l.play("a", "own-turn")
			t.Run(c.name+" "+clock.String(), func(t *testing.T) { want(t, audit.Filters(l.shop, l.plays), wanted) })
		}
	}
}

func TestSole(t *testing.T) {
	t.Parallel()
	early, late := sole("2026-01-01"), sole("2026-02-01")
	bookedOnly := func(s string) func(*plan.Campaign) {
		return func(c *plan.Campaign) { c.Booked = day(s) }
	}
	for _, c := range []struct {
		name string
		cs   []plan.Campaign
		want string // a then b then c
	}{
		{"the earlier of two", []plan.Campaign{booking("a", 1, early), booking("b", 1, late), booking("c", 2)}, "sole@1"},
		{"whatever the order", []plan.Campaign{booking("a", 1, late), booking("b", 1, early), booking("c", 2)}, "sole@0"},
		{"those that did not ask come after", []plan.Campaign{booking("a", 1, early), booking("b", 1), booking("c", 1, bookedOnly("2026-03-01"))}, "sole@1 sole@2"},
		{"one that came before keeps it out", []plan.Campaign{booking("a", 1, late), booking("b", 1, bookedOnly("2026-01-01")), booking("c", 1)}, "sole@0"},
		{"the same advertiser", []plan.Campaign{booking("a", 1, early, named("X")), booking("b", 1, late, named(" x")), booking("c", 2)}, ""},
		{"no longer booked", []plan.Campaign{booking("a", 1, late), booking("b", 1, early, flight("", "2026-11-01")), booking("c", 2)}, "inactive_flight@1"},
		{"by name of the group", []plan.Campaign{booking("a", 1, early, rivals("g")), booking("b", 2, rivals("g")), booking("c", 1)}, "sole@1"},
		{"no date is the last", []plan.Campaign{booking("a", 1, sole("")), booking("b", 1, late), booking("c", 2)}, "sole@0"},
		{"equal dates go by id", []plan.Campaign{booking("b", 1, late), booking("a", 1, late), booking("c", 2)}, "sole@1"},
	} {
		l := newLog(jeweller(c.cs...)).play("a b c")
		t.Run(c.name, func(t *testing.T) { want(t, audit.Filters(l.shop, l.plays), c.want) })
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 1), booking("b", 2))
	for name, c := range map[string]struct {
		change func(l *log)
		want   string
	}{
		"right":                   {func(*log) {}, ""},
		"a gap in the numbers":    {func(l *log) { l.plays[2].Seq = 7 }, "record@2 record@3"},
		"an overlap":              {func(l *log) { l.plays[2].MonoMS -= 1 }, "record@2"},
		"counted, not completed":  {func(l *log) { l.plays[1].Counted = true }, "record@1"},
		"completed, not counted":  {func(l *log) { l.plays[2].Counted = false }, "record@2"},
		"completed before it end": {func(l *log) { l.plays[2].ShownMS = 9999 }, "record@2"},
		"another's category":      {func(l *log) { l.plays[2].Category = 3 }, "record@2"},
		"another's media":         {func(l *log) { l.plays[2].SHA256 = "ff" }, "record@2"},
		"no such creative":        {func(l *log) { l.plays[2].Creative = "b-2" }, "record@2"},
		"no such campaign":        {func(l *log) { l.plays[2].Campaign = "z" }, "record@2"},
		"another boot":            {func(l *log) { l.plays[2].Boot, l.plays[3].Boot = "b2", "b2"; l.plays[2].MonoMS = 0 }, ""},
	} {
		l := newLog(s).play("a b! b a")
		c.change(l)
		t.Run(name, func(t *testing.T) { want(t, audit.Records(l.shop, l.plays), c.want) })
	}
}

func TestFiltersReadTheVenueClock(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 1, flight("2026-11-03", "")))
	l := newLog(s).wait(14*time.Hour + 59*time.Minute + 59*time.Second).play("a").play("a") // 23:59:59, then 00:00:09
	want(t, audit.Filters(l.shop, l.plays), "inactive_flight@0")
}

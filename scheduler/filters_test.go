package scheduler

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A refusalCase is one way to be refused: the campaign "x", beside others.
type refusalCase struct {
	name, code string
	x          plan.Campaign
	others     []plan.Campaign
	now        Moment
	options    func(*Options)
	play       int // how many turns to play before asking
}

func refusalCases() []refusalCase {
	at := func(clock plan.Clock) Moment { m := moment(0); m.Clock = clock; return m }
	weekend := plan.Weekdays(0).With(time.Saturday).With(time.Sunday)
	near := func(p plan.Place) func(*plan.Campaign) { return func(c *plan.Campaign) { c.Place = &p } }
	sole := func(d string) func(*plan.Campaign) {
		return func(c *plan.Campaign) { c.Sole, c.Booked, c.Rivals = true, day(d), "photo" }
	}
	noMedia := func(c *plan.Campaign) { c.Creatives[0].SHA256 = "" }
	return []refusalCase{
		{name: "flight not begun", code: "inactive_flight", x: booking("x", 1021, flight("2026-12-01", ""))},
		{name: "flight over", code: "inactive_flight", x: booking("x", 1021, flight("2026-10-01", "2026-11-02"))},
		{name: "flight over, by the floor", code: "inactive_flight", x: booking("x", 1021, flight("", "2026-11-02")), now: at(plan.ClockFloor)},
		{name: "house flight over", code: "inactive_flight", x: own(flight("", "2026-11-02"))},
		{name: "not this weekday", code: "daypart", x: booking("x", 1021, daypart(weekend, 600, 1440))},
		{name: "not this hour", code: "daypart", x: booking("x", 1021, daypart(0, 1320, 120), daypart(weekend, 600, 720))},
		{name: "house not this hour", code: "daypart", x: own(daypart(0, 600, 720))},
		{name: "no media", code: "format", x: booking("x", 1021, noMedia)},
		{name: "house without media", code: "format", x: own(noMedia)},
		{name: "regulated", code: "regulated", x: booking("x", 1007)},
		{name: "regulated before its category is a competitor's", code: "regulated", x: booking("x", 1451)},
		{name: "accepted family, refused wine", code: "refused", x: booking("x", 1007),
			options: func(o *Options) { o.Venue.AcceptRegulated, o.Venue.RefuseCategories = []int{1002}, []int{1007} }},
		{name: "refused category above", code: "refused", x: booking("x", 1021),
			options: func(o *Options) { o.Venue.RefuseCategories = []int{1010} }},
		{name: "refused advertiser", code: "refused", x: booking("x", 1021),
			options: func(o *Options) { o.Venue.RefuseAdvertisers = []string{" adv X"} }},
		{name: "no category", code: "no_category", x: booking("x", 0)},
		{name: "unknown category", code: "no_category", x: booking("x", 9999)},
		{name: "house tier of an advertiser without category", code: "no_category", x: booking("x", 0, tier(plan.TierHouse))},
		{name: "competitor", code: "competitor", x: booking("x", 1073)},
		{name: "competitor under what is sold", code: "competitor", x: booking("x", 1445)},
		{name: "competitor by emergency", code: "competitor", x: booking("x", 1073, tier(plan.TierEmergency))},
		{name: "competitor by takeover", code: "competitor", x: booking("x", 1073, tier(plan.TierTakeover))},
		{name: "competitor by the house tier", code: "competitor", x: booking("x", 1073, tier(plan.TierHouse))},
		{name: "competitor with targeting off", code: "competitor", x: booking("x", 1073),
			options: func(o *Options) { o.Venue.Targeting = false }},
		{name: "unknown activity", code: "competitor", x: booking("x", 1021),
			options: func(o *Options) { o.Venue.Activity = "moonshop" }},
		{name: "no vocabulary", code: "no_category", x: booking("x", 1021), options: func(o *Options) { o.Vocabulary = nil }},
		{name: "too far", code: "area", x: booking("x", 1021, near(plan.Place{Commune: "Paris 1er", Postcode: "75001",
			Latitude: 48.86, Longitude: 2.34, Located: true, WithinKM: 30}))},
		{name: "distance unknown", code: "area", x: booking("x", 1021, near(plan.Place{Commune: "Lyon 7e", Postcode: "69007", WithinKM: 30}))},
		{name: "language", code: "language", x: booking("x", 1021, func(c *plan.Campaign) { c.Language = []string{"de", "en-GB"} })},
		{name: "sole", code: "sole", x: booking("x", 1021, sole("2026-02-01")), others: []plan.Campaign{booking("y", 1021, sole("2026-01-01"))}},
		{name: "hour cap", code: "cap", x: booking("x", 1021, perHour(1)), play: 1},
		{name: "day cap", code: "cap", x: booking("x", 1021, perDay(2)), play: 2},
		{name: "a cap of none", code: "cap", x: booking("x", 1021, perHour(0))},
		{name: "rival", code: "rivals", x: booking("x", 1021), others: []plan.Campaign{booking("y", 1021, tier(plan.TierTakeover))}, play: 1},
		{name: "clock unknown, dated", code: "clock", x: booking("x", 1021, flight("2026-01-01", "2027-01-01")), now: at(plan.ClockUnknown)},
		{name: "clock unknown, day-parted", code: "clock", now: at(plan.ClockUnknown),
			x: booking("x", 1021, daypart(0, 540, 720), func(c *plan.Campaign) { c.UntrustedClock = plan.UntrustedPlay })},
		{name: "floor, not surely begun", code: "clock", x: booking("x", 1021, flight("2026-12-01", "")), now: at(plan.ClockFloor)},
		{name: "floor, day-parted", code: "clock", x: booking("x", 1021, daypart(0, 540, 720)), now: at(plan.ClockFloor)},
		{name: "house, clock unknown, dated", code: "clock", x: own(flight("2026-01-01", "")), now: at(plan.ClockUnknown)},
	}
}

func own(change ...func(*plan.Campaign)) plan.Campaign {
	c := ownContent("x")
	for _, f := range change {
		f(&c)
	}
	return c
}

// Each filter refuses with its code, and says why in both languages; the
// sentences are read as prose in testdata/refusals.golden.
func TestFilters(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	for _, test := range refusalCases() {
		o := jeweller()
		if test.options != nil {
			test.options(&o)
		}
		if test.now.Civil.IsZero() {
			test.now = moment(0)
		}
		sc := &screen{s: New(feed(append(test.others, test.x)...), o, nil, test.now), now: test.now}
		for range test.play {
			if _, ok := sc.show(0); !ok {
				t.Fatalf("%s: nothing to play before the question", test.name)
			}
		}
		found := false
		for _, r := range sc.s.WhyNot(sc.now) {
			if r.Campaign.ID != "x" {
				continue
			}
			found = true
			if r.Code() != test.code {
				t.Errorf("%s: refused by %q, want %q", test.name, r.Code(), test.code)
			}
			fmt.Fprintf(&page, "%s: %s\n  %s\n  %s\n", test.name, r.Code(), r.Sentence("fr"), r.Sentence("en"))
		}
		if !found {
			t.Errorf("%s: not refused", test.name)
		}
	}
	golden(t, "refusals.golden", page.String())
}

// What comes close to each filter and must pass it.
func TestFiltersLetPass(t *testing.T) {
	t.Parallel()
	weekdays := plan.Weekdays(0).With(time.Monday)
	floor := func() Moment { m := moment(0); m.Clock = plan.ClockFloor; return m }()
	unknown := func() Moment { m := moment(0); m.Clock = plan.ClockUnknown; return m }()
	near := func(p plan.Place) func(*plan.Campaign) { return func(c *plan.Campaign) { c.Place = &p } }
	regulatedOwn := own(func(c *plan.Campaign) { c.Category, c.Language = 1073, []string{"de"} }, perHour(0))
	for name, test := range map[string]struct {
		x       plan.Campaign
		now     Moment
		options func(*Options)
	}{
		"last day of the flight":   {x: booking("x", 1021, flight("2026-11-02", "2026-11-03"))},
		"in the daypart":           {x: booking("x", 1021, daypart(weekdays, 540, 541))},
		"accepted family":          {x: booking("x", 1007), options: func(o *Options) { o.Venue.AcceptRegulated = []int{1002} }},
		"above what is sold":       {x: booking("x", 1058)},
		"beside what is sold":      {x: booking("x", 1072)},
		"in the same commune":      {x: booking("x", 1021, near(plan.Place{Commune: "LYON 2e", Postcode: "69002", WithinKM: 1}))},
		"within the distance":      {x: booking("x", 1021, near(plan.Place{Latitude: 45.74, Longitude: 4.84, Located: true, WithinKM: 3}))},
		"anywhere":                 {x: booking("x", 1021, near(plan.Place{Commune: "Nice"}))},
		"language with a region":   {x: booking("x", 1021, func(c *plan.Campaign) { c.Language = []string{"en", "fr-BE"} })},
		"own content, whatever":    {x: regulatedOwn},
		"floor, surely begun":      {x: booking("x", 1021, flight("2026-11-02", "2026-11-03")), now: floor},
		"floor, day-parted, plays": {now: floor, x: booking("x", 1021, daypart(0, 0, 1), func(c *plan.Campaign) { c.UntrustedClock = plan.UntrustedPlay })},
		"unknown clock, undated":   {x: booking("x", 1021, perDay(1)), now: unknown},
		"a card has its media":     {x: booking("x", 1021, func(c *plan.Campaign) { c.Creatives[0].SHA256, c.Creatives[0].Card = "", &plan.Card{Title: "t"} })},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := jeweller()
			if test.options != nil {
				test.options(&o)
			}
			if test.now.Civil.IsZero() {
				test.now = moment(0)
			}
			for _, r := range New(feed(test.x), o, nil, test.now).WhyNot(test.now) {
				t.Errorf("refused by %s: %s", r.Code(), r.Sentence("en"))
			}
		})
	}
}

func TestUnplayableSaysWhy(t *testing.T) {
	t.Parallel()
	s := New(feed(booking("x", 1021)), jeweller(), nil, moment(0))
	s.Unplayable(plan.Ref{Feed: "acme/shop", Campaign: "x", Creative: "no such"}, "ignored")
	s.Unplayable(plan.Ref{Feed: "no such", Campaign: "x", Creative: "x-1"}, "ignored")
	if len(s.WhyNot(moment(0))) != 0 {
		t.Fatal("an unknown creative took the campaign down")
	}
	s.Unplayable(plan.Ref{Feed: "acme/shop", Campaign: "x", Creative: "x-1"}, "h266 decoder missing")
	r := s.WhyNot(moment(0))
	if len(r) != 1 || r[0].Code() != "format" || !strings.Contains(r[0].Sentence("en"), "h266 decoder missing") {
		t.Errorf("refusals %v", r)
	}
	if _, ok := s.Pick(moment(0)); ok {
		t.Error("an unplayable creative was picked")
	}
}

// Every kind of choice says why in both languages, in testdata/choices.golden.
func TestSentences(t *testing.T) {
	t.Parallel()
	caps := []func(*plan.Campaign){perHour(4), perDay(30), named("Studio Lens")}
	lens := booking("lens", 1021, caps...)
	others := []plan.Campaign{booking("b", 1066, weight(4)), booking("c", 1357, weight(4))}
	off := func(o *Options) { o.Venue.Targeting = false }
	var page strings.Builder
	for _, test := range []struct {
		name    string
		id      string
		plan    []plan.Campaign
		options func(*Options)
		cut     time.Duration
	}{
		{name: "weighted", id: "lens", plan: append(others, lens)},
		{name: "alone, then again", id: "lens", plan: []plan.Campaign{lens}},
		{name: "most of the turns", id: "lens", plan: []plan.Campaign{lens, ownContent("own")}},
		{name: "targeting off", id: "lens", plan: append(others, lens), options: off},
		{name: "guaranteed", id: "g", plan: append(others, booking("g", 1340, tier(plan.TierGuaranteed)))},
		{name: "takeover", id: "t", plan: append(others, booking("t", 1360, tier(plan.TierTakeover)))},
		{name: "emergency", id: "e", plan: append(others, booking("e", 1458, tier(plan.TierEmergency), named("Mairie de Lyon")))},
		{name: "own turn", id: "own", plan: append(others, ownContent("own"))},
		{name: "filler", id: "own", plan: []plan.Campaign{ownContent("own")}},
		{name: "house of an advertiser", id: "h", plan: []plan.Campaign{booking("h", 1458, tier(plan.TierHouse))}},
		{name: "after an abort", id: "lens", plan: []plan.Campaign{lens}, cut: time.Second},
		{name: "unknown activity in the sentence", id: "own", plan: []plan.Campaign{ownContent("own")}, options: off},
	} {
		o := jeweller()
		if test.options != nil {
			test.options(&o)
		}
		sc := newScreen(feed(test.plan...), o)
		fmt.Fprintf(&page, "%s:\n", test.name)
		for shown, k := 0, 0; shown < 2 && k < 40; k++ {
			c, ok := sc.show(test.cut)
			if !ok || c.Ref.Campaign != test.id {
				continue
			}
			shown++
			var codes []string
			for _, r := range c.Reasons {
				codes = append(codes, r.Code())
			}
			fmt.Fprintf(&page, "  %s\n    %s\n    %s\n", strings.Join(codes, " | "), Sentence(c, "fr", o), Sentence(c, "en", o))
		}
	}
	golden(t, "choices.golden", page.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; read it, then run the tests with -update:\n%s", name, got)
	}
}

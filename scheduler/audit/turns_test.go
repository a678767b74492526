package audit_test

import (
	"strings"
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

func TestTiers(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("e", 1, tier(plan.TierEmergency), daypart(600, 660)), booking("t", 2, tier(plan.TierTakeover), daypart(600, 720)),
		booking("g", 3, tier(plan.TierGuaranteed)), booking("w", 4, limit(2, plan.PerHour)), own("own"))
	for name, c := range map[string]struct {
		write func(l *log)
		want  string
	}{
		"nothing above":                {func(l *log) { l.play("w g w") }, ""},
		"its own turn":                 {func(l *log) { l.play("w").play("own", "house", "own-turn").play("w") }, ""},
		"a filler in no gap":           {func(l *log) { l.play("w").play("own", "house", "filler") }, "filler@1"},
		"a filler that says nothing":   {func(l *log) { l.play("own") }, "filler@0"},
		"a filler once all are capped": {func(l *log) { l.play("w w").play("own own", "filler") }, ""},
		"after an abort":               {func(l *log) { l.play("w!").play("own", "filler").wait(20*second).play("own", "filler") }, "filler@2"},
		"own turns: one in four": {func(l *log) {
			l.play("g g g").play("own", "own-turn").play("g").play("own", "own-turn").play("g g").play("own", "own-turn")
		}, ""},
		"own turns: two in four": {func(l *log) {
			l.play("own", "own-turn").play("g").play("own", "own-turn").play("own", "own-turn").play("g")
		}, "own-share@2 own-share@3"},
		"a takeover":              {func(l *log) { l.wait(2*time.Hour+minute).play("w g t").play("own", "own-turn") }, "tier@0 tier@1 tier@3"},
		"an emergency":            {func(l *log) { l.wait(time.Hour).play("w e t") }, "tier@0 tier@2"},
		"an emergency broken off": {func(l *log) { l.wait(time.Hour).play("e! t t t t") }, "tier@4"},
	} {
		l := newLog(s)
		c.write(l)
		t.Run(name, func(t *testing.T) { want(t, audit.Tiers(l.shop, l.plays), c.want) })
	}
}

func TestOwnShareOfNone(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("w", 4), own("own"))
	s.OwnShare = audit.OwnShare{}
	l := newLog(s).play("w").play("own", "own-turn")
	want(t, audit.Tiers(l.shop, l.plays), "own-share@1")
}

func TestIdling(t *testing.T) {
	t.Parallel()
	idle := func(after int, l *log) audit.Idle {
		return audit.Idle{After: after, Boot: l.boot, MonoMS: l.mono.Milliseconds(), At: l.civil, Clock: l.clock}
	}
	s := jeweller(booking("w", 4, limit(1, plan.PerHour)), booking("g", 3, tier(plan.TierGuaranteed)))
	l := newLog(s)
	idles := []audit.Idle{idle(0, l)}
	l.play("w")
	idles = append(idles, idle(1, l))
	l.wait(time.Hour - second)
	idles = append(idles, idle(1, l))
	l.wait(second)
	idles = append(idles, idle(1, l))
	l.play("w!")
	idles = append(idles, idle(2, l)) // broken off just now
	got := audit.Idling(s, l.plays, idles)
	want(t, got, "idle@-1 idle@-1")
	if len(got) == 2 && (!strings.Contains(got[0].What, "after 0 plays") || !strings.Contains(got[1].What, "after 1 plays, at Mon 2026-11-02 10:00:10")) {
		t.Error(got)
	}
	withOwn := jeweller(append(s.Plan.Feeds[0].Campaigns, own("own"))...)
	if got := audit.Idling(withOwn, l.plays, idles); len(got) != len(idles) {
		t.Errorf("with house content %d of %d idle moments are faults", len(got), len(idles))
	}
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	four := []plan.Campaign{booking("a", 4), booking("b", 5), booking("c", 6), booking("d", 7)} // k is 3
	with := func(cs ...plan.Campaign) []plan.Campaign { return append(four[:len(four):len(four)], cs...) }
	for name, c := range map[string]struct {
		cs            []plan.Campaign
		write         func(l *log)
		want, relaxed string
		k             int
	}{
		"round robin":                {four, func(l *log) { l.play("a b c d a b c d") }, "", "", 3},
		"two between":                {four, func(l *log) { l.play("a b c a") }, "repeat@3", "", 3},
		"at once, and it says so":    {four, func(l *log) { l.play("a").play("a", "relaxed:repeat") }, "", "repeat@1", 3},
		"a longer one may not fit":   {four, func(l *log) { l.play("a").play("a", "fit:shorter") }, "", "repeat@1", 3},
		"broken off, but picked":     {four, func(l *log) { l.play("a b c a! d a") }, "repeat@3", "", 3},
		"broken off is no play":      {four, func(l *log) { l.play("a! b c d a b") }, "", "", 3},
		"house content between":      {with(own("o")), func(l *log) { l.play("a b o c o a") }, "repeat@5", "", 3},
		"guaranteed between":         {with(booking("g", 3, tier(plan.TierGuaranteed))), func(l *log) { l.play("a b g c g a") }, "repeat@5", "", 3},
		"a guaranteed one returns":   {with(booking("g", 3, tier(plan.TierGuaranteed))), func(l *log) { l.play("g a g") }, "", "", 3},
		"the only one":               {four[:1], func(l *log) { l.play("a a a") }, "", "", 0},
		"of two, one capped":         {[]plan.Campaign{booking("a", 4), booking("b", 5, limit(1, plan.PerHour))}, func(l *log) { l.play("a b a a a") }, "", "", 1},
		"the others are rivals":      {[]plan.Campaign{booking("a", 4), booking("b", 4)}, func(l *log) { l.play("a a") }, "", "", 1},
		"the other stands back":      {four[:2], func(l *log) { l.play("a b! a") }, "", "", 1},
		"the heavy one sets k":       {[]plan.Campaign{booking("a", 4, weight(2)), booking("b", 5), booking("c", 6), booking("d", 7)}, func(l *log) { l.play("a b a c d a a") }, "repeat@6", "", 1},
		"longer ago, but not enough": {[]plan.Campaign{booking("a", 4), booking("b", 5), booking("c", 6), booking("d", 7, daypart(0, 1))}, func(l *log) { l.play("a b a") }, "repeat@2", "", 2},
	} {
		l := newLog(jeweller(c.cs...))
		c.write(l)
		t.Run(name, func(t *testing.T) {
			got := audit.Repeats(l.shop, l.plays)
			want(t, got.Faults, c.want)
			want(t, got.Relaxed, c.relaxed)
			if got.K != c.k {
				t.Errorf("k is %d, want %d", got.K, c.k)
			}
		})
	}
}

func TestDiversity(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 1), booking("b", 2), booking("c", 3), booking("n", 4), booking("g", 1, tier(plan.TierGuaranteed)), own("o"))
	for name, c := range map[string]struct{ plays, want string }{
		"fair":                           {"a b c n a b c a b c n", ""},
		"two of the first two":           {"a a b c n", "diversity@1"},       // at most 1.8
		"three of five":                  {"a b a c a n b c", ""},            // at most 3
		"four of seven":                  {"n a b a c a a", "diversity@6"},   // at most 3.8
		"guaranteed ones count":          {"a g b c n", "diversity@1"},       //
		"house content does not":         {"a o b n o a b c o o o n a", ""},  //
		"the worst moment is told":       {"n a b a c a a a", "diversity@7"}, //
		"no discovery in the first ten":  {"a b c a b c a b c a n", ""},      // 0 ≥ 1 - 1
		"none in eleven":                 {"a b c a b c a b c a b n", "discovery@10"},
		"too little, told where it most": {"a b c a b c a b c a b c a", "discovery@12"},
		"broken off is nothing":          {"a b c n a! a b c a! b c a b c n", ""},
	} {
		l := newLog(s).play(c.plays)
		t.Run(name, func(t *testing.T) { want(t, audit.Diversity(l.shop, l.plays), c.want) })
	}
	// With one kind only there is no discovery, with one category no variety.
	for _, category := range []int{1, 4} {
		l := newLog(jeweller(booking("a", category), booking("b", category))).play(strings.Repeat("a b ", 20))
		want(t, audit.Diversity(l.shop, l.plays), "")
	}
}

func TestStarvation(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 4), booking("b", 5), own("o")) // 1/2 each: fewer than 8
	for name, c := range map[string]struct{ plays, want string }{
		"7 turns":            {"b a a a a a a b", ""},
		"8 turns":            {"b a a a a a a a b", "starvation@8"},
		"8 until the first":  {"a a a a a a a b", "starvation@7"},
		"8 since the last":   {"b a a a a a a a a o", "starvation@-1"},
		"house does not age": {"b a a a o o a a a b", ""},
		"never":              {"a a a a a a a a a", "starvation@-1"},
	} {
		l := newLog(s).play(c.plays)
		t.Run(name, func(t *testing.T) { want(t, audit.Starvation(l.shop, l.plays), c.want) })
	}
}

func TestShares(t *testing.T) {
	t.Parallel()
	// c has 2/5, and a and b 3/10 each.
	s := jeweller(booking("a", 4), booking("b", 5), booking("c", 6, weight(8)), booking("d", 6, weight(2)), own("o"),
		booking("g", 7, tier(plan.TierGuaranteed)))
	m := audit.MeasureShares(s, newLog(s).play("a o b! g c b c d").plays)
	if m.Plays != 5 || len(m.Strangers) != 0 {
		t.Errorf("%d plays were counted, strangers %v", m.Plays, m.Strangers)
	}
	// Category 6 had 3 of 5 and should have had 2; c 2 of 4 against 8/25 of each.
	if got, want := m.Category.String(), "6 had 3 of the first 5, due 2.000"; got != want || m.Category.Error != 1 || m.Category.Play != 7 {
		t.Errorf("%s (%v at record %d), want %s", got, m.Category.Error, m.Category.Play, want)
	}
	if got, want := m.Ad.String(), "f/c had 2 of the first 4, due 1.280"; got != want || m.Ad.Error != 0.72 || m.Ad.Play != 6 {
		t.Errorf("%s (%v at record %d), want %s", got, m.Ad.Error, m.Ad.Play, want)
	}
	want(t, m.Faults(), "share@7")
	// Behind is as bad as ahead, and is told just before the next turn.
	m = audit.MeasureShares(s, newLog(s).play("c a c d a b").plays)
	if got, want := m.Category.String(), "5 had 0 of the first 5, due 1.500"; got != want || m.Category.Play != 4 {
		t.Errorf("%s, want %s", got, want)
	}
	m = audit.MeasureShares(s, newLog(s).play("a a a a").plays)
	want(t, m.Faults(), "share@3 share@3")
	if got, want := m.Faults()[1].String(), "play 3 (f/a): share: f/a had 4 of the first 4, due 1.200"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestStretches(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 4, limit(1, plan.PerHour)), booking("b", 5, daypart(0, 541)), booking("c", 6), own("o"))
	l := newLog(s).play("c o a c o b c c c").wait(time.Hour).play("c")
	var lengths []int
	for _, part := range audit.Stretches(s, l.plays) {
		lengths = append(lengths, len(part))
	}
	// The cap of a from the fourth on, the end of b's time at 9:01, a again at ten.
	if got := strings.Trim(strings.ReplaceAll(sprint(lengths), " ", ","), "[]"); got != "3,3,3,1" {
		t.Errorf("stretches of %s", got)
	}
	if m := audit.MeasureShares(s, l.plays[6:]); len(m.Strangers) != 0 || len(m.Fair.Ads) != 2 {
		t.Errorf("%v", m.Strangers)
	}
	if m := audit.MeasureShares(s, newLog(s).wait(minute).play("c b").plays); brief(m.Faults()) != "share@1" {
		t.Errorf("%v", m.Faults())
	}
}

// A season makes an ad heavier at midnight, which makes k smaller.
func TestSeasonTurns(t *testing.T) {
	t.Parallel()
	a := booking("a", 22, func(c *plan.Campaign) { c.Clientele = []string{"couples", "seniors"} }) // 25 points, 30 in December
	l := newLog(jeweller(a, booking("b", 5), booking("c", 6)))
	l.civil = time.Date(2026, 11, 30, 23, 58, 50, 0, paris)
	l.play("a b a c a b c").play("a b a")
	want(t, audit.Repeats(l.shop, l.plays).Faults, "repeat@2 repeat@4")
	var lengths []int
	for _, part := range audit.Stretches(l.shop, l.plays) {
		lengths = append(lengths, len(part))
	}
	if sprint(lengths) != "[7 3]" {
		t.Errorf("stretches of %v", lengths)
	}
}

func TestDelivery(t *testing.T) {
	t.Parallel()
	goal := func(n int) func(*plan.Campaign) {
		return func(c *plan.Campaign) { c.Tier, c.Goal = plan.TierGuaranteed, n }
	}
	s := jeweller(booking("g", 3, goal(10)), booking("h", 5, goal(4)), booking("w", 4), own("o"))
	even := func(_ *plan.Campaign, at time.Time) float64 { return at.Sub(monday).Minutes() / 10 }
	for name, c := range map[string]struct{ plays, want string }{
		"one of three":           {"g w w g o w h w w g", ""},
		"two of three":           {"g w g", "guaranteed@2"},
		"of two campaigns":       {"g o h", "guaranteed@2"},
		"broken off between":     {"g w w! g", "guaranteed@3"},
		"broken off and again":   {"w w g! g", "guaranteed-begun@3"},
		"again, one between":     {"g! w h", "guaranteed-begun@2"},
		"again, well after":      {"g! w w g", ""},
		"nothing else is played": {"g h g", "guaranteed@1 guaranteed@2"},
	} {
		l := newLog(s).play(c.plays)
		_, faults := audit.Delivery(s, l.plays, even)
		t.Run(name, func(t *testing.T) { want(t, faults, c.want) })
	}
	// Nobody else may play.
	l := newLog(jeweller(booking("g", 3, goal(10)))).play("g g")
	_, faults := audit.Delivery(l.shop, l.plays, even)
	want(t, faults, "guaranteed-alone@1")
	// Due one a minute, and played after 2 min 10 s: 2.17 behind, then none ahead.
	l = newLog(s).play("w").wait(2 * minute).play("g w w g")
	got, _ := audit.Delivery(s, l.plays, even)
	g := got[0]
	if g.Ad != "f/g" || g.Goal != 10 || g.Done != 2 || round(g.Due) != 2.67 || round(g.Behind) != 2.17 || g.Ahead != 0 {
		t.Errorf("%+v", g)
	}
}

func TestOpportunities(t *testing.T) {
	t.Parallel()
	s := jeweller()
	c := booking("g", 3, flight("2026-10-24", "2026-10-26")) // Saturday and a Sunday of 25 hours
	var w plan.Waits
	w.Hours[6*24+10], w.Hours[0*24+2] = 30, 10 // Saturday at ten, Sunday at two, which comes twice
	curve := audit.Opportunities(s.Venue, w)
	for at, want := range map[string]float64{"2026-10-23T12:00:00Z": 0, "2026-10-24T08:20:00Z": 0.2, "2026-10-24T20:00:00Z": 0.6,
		"2026-10-25T00:30:00Z": 0.7, "2026-10-25T02:00:00Z": 1, "2026-11-25T02:00:00Z": 1} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := curve(&c, when); round(got) != want {
			t.Errorf("%s: %v of the flight's opportunities, want %v", at, got, want)
		}
	}
	even := audit.Opportunities(s.Venue, plan.Waits{})
	if got := even(&c, time.Date(2026, 10, 25, 0, 0, 0, 0, paris)); round(got) != 0.49 { // 24 of 49
		t.Errorf("without waits %v", got)
	}
}

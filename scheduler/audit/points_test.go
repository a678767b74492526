package audit_test

import (
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

func TestPoints(t *testing.T) {
	t.Parallel()
	occasions := func(o ...string) func(*plan.Campaign) { return func(c *plan.Campaign) { c.Occasions = o } }
	at := func(p plan.Place) func(*plan.Campaign) { return func(c *plan.Campaign) { c.Place = &p } }
	tags := func(clientele, offers []string) func(*plan.Campaign) {
		return func(c *plan.Campaign) { c.Clientele, c.Offers = clientele, offers }
	}
	north := func(km float64) plan.Place { // a degree of latitude is 111.195 km
		return plan.Place{Latitude: 45.757 + km/111.195, Longitude: 4.832, Located: true}
	}
	for _, c := range []struct {
		name  string
		c     plan.Campaign
		month time.Month
		want  audit.Points
		class int
	}{
		{"nothing known", booking("a", 4), 1, audit.Points{Discovery: true}, 1},
		{"its own row", booking("a", 1), 1, audit.Points{Relation: 30}, 2},
		{"a row two above", booking("a", 123), 1, audit.Points{Relation: 30}, 2},
		{"the nearest row, though fainter", booking("a", 215), 1, audit.Points{Relation: 10}, 1},
		{"the strongest of two rows", booking("a", 22), 1, audit.Points{Relation: 20}, 1},
		{"the season of either row", booking("a", 22), 12, audit.Points{Relation: 20, Season: 5}, 1},
		{"no season from a row further up", booking("a", 21), 12, audit.Points{Relation: 10}, 1},
		{"a row of no strength is no discovery", booking("a", 3), 1, audit.Points{}, 1},
		{"occasion first", booking("a", 1, occasions("170", "164")), 1, audit.Points{Relation: 30, Occasion: 40}, 8},
		{"occasion second", booking("a", 1, occasions("170")), 1, audit.Points{Relation: 30, Occasion: 20}, 4},
		{"occasion of others", booking("a", 1, occasions("999")), 1, audit.Points{Relation: 30}, 2},
		{"discovery with an occasion", booking("a", 4, occasions("165")), 1, audit.Points{Discovery: true, Occasion: 40}, 2},
		{"same commune", booking("a", 4, at(plan.Place{Commune: " LYON 2E", Postcode: "69002 "})), 1, audit.Points{Discovery: true, Place: 15}, 1},
		{"same name elsewhere", booking("a", 4, at(plan.Place{Commune: "Lyon 2e", Postcode: "69003"})), 1, audit.Points{Discovery: true}, 1},
		{"no commune", booking("a", 4, at(plan.Place{})), 1, audit.Points{Discovery: true}, 1},
		{"9.99 km", booking("a", 4, at(north(9.99))), 1, audit.Points{Discovery: true, Place: 10}, 1},
		{"10.01 km", booking("a", 4, at(north(10.01))), 1, audit.Points{Discovery: true, Place: 5}, 1},
		{"29.99 km", booking("a", 4, at(north(29.99))), 1, audit.Points{Discovery: true, Place: 5}, 1},
		{"30.01 km", booking("a", 4, at(north(30.01))), 1, audit.Points{Discovery: true}, 1},
		{"not located", booking("a", 4, at(plan.Place{Latitude: 45.757, Longitude: 4.832})), 1, audit.Points{Discovery: true}, 1},
		{"two tags of three", booking("a", 4, tags([]string{"couples", "seniors", "families"}, nil)), 1, audit.Points{Discovery: true, Clientele: 6}, 1},
		{"a tag said twice is one", booking("a", 4, tags([]string{"couples", "couples", "seniors"}, nil)), 1, audit.Points{Discovery: true, Clientele: 5}, 1},
		{"offers nobody has", booking("a", 4, tags(nil, []string{"rings"})), 1, audit.Points{Discovery: true}, 1},
	} {
		got := audit.PointsOf(jeweller(), &c.c, c.month)
		if got != c.want || got.Class() != c.class {
			t.Errorf("%s: %+v of class %d, want %+v of class %d", c.name, got, got.Class(), c.want, c.class)
		}
		off := jeweller()
		off.Venue.Targeting = false
		if got := audit.PointsOf(off, &c.c, c.month); got != (audit.Points{}) {
			t.Errorf("%s: %+v with targeting off", c.name, got)
		}
	}
}

func TestClass(t *testing.T) {
	t.Parallel()
	for points, want := range map[int]int{0: 1, 29: 1, 30: 2, 49: 2, 50: 4, 69: 4, 70: 8, 110: 8} {
		if got := (audit.Points{Place: points}).Class(); got != want {
			t.Errorf("%d points are class %d, want %d", points, got, want)
		}
	}
}

func TestExplained(t *testing.T) {
	t.Parallel()
	lens := booking("lens", 11, limit(4, plan.PerHour), limit(9, plan.PerDay), func(c *plan.Campaign) {
		c.Occasions, c.Clientele = []string{"165", "170"}, []string{"couples", "seniors"}
		c.Place = &plan.Place{Commune: "Lyon 2e", Postcode: "69002"}
	})
	moving := booking("moving", 22)
	s := jeweller(lens, moving, booking("new", 4), booking("promised", 5, tier(plan.TierGuaranteed)), own("own"))
	s.OwnShare = audit.OwnShare{}
	right := "occasion:165/40 relation:occasion/3 place:commune clientele:5 class:8 share:2/5 cap:4/hour cap:9/day"
	for _, c := range []struct{ id, reasons, want string }{
		{"lens", right, ""},
		{"lens", right + " relaxed:repeat fit:try", ""},
		{"lens", "occasion:165/40 relation:occasion/3 place:commune clientele:5 class:8 share:1/2 cap:4/hour cap:9/day", ""},
		{"lens", "occasion:164/40 relation:occasion/3 place:commune clientele:5 class:8 share:2/5 cap:4/hour cap:9/day", "reasons@0"},
		{"lens", "occasion:165/20 relation:occasion/3 place:commune clientele:5 class:8 share:2/5 cap:4/hour cap:9/day", "reasons@0"},
		{"lens", "occasion:165/40 relation:journey/3 place:commune clientele:5 class:8 share:2/5 cap:4/hour cap:9/day", "reasons@0"},
		{"lens", "occasion:165/40 relation:occasion/3 place:10km clientele:5 class:8 share:2/5 cap:4/hour cap:9/day", "reasons@0"},
		{"lens", "occasion:165/40 relation:occasion/3 place:commune class:8 share:2/5 cap:4/hour cap:9/day", "reasons@0"},
		{"lens", "occasion:165/40 relation:occasion/3 place:commune clientele:5 class:4 share:2/5 cap:4/hour cap:9/day", "reasons@0"},
		{"lens", "occasion:165/40 relation:occasion/3 place:commune clientele:5 class:8 share:1/9 cap:4/hour cap:9/day", "reasons@0"},
		{"lens", "occasion:165/40 relation:occasion/3 place:commune clientele:5 class:8 share:2/5 cap:4/hour", "reasons@0"},
		{"lens", "occasion:165/40 relation:occasion/3 place:commune clientele:5 class:8 share:2/5 cap:4/hour cap:8/day", "reasons@0"},
		{"lens", "occasion:165/40 relation:occasion/3 place:commune clientele:5 class:8 cap:4/hour cap:9/day", "reasons@0"},
		{"lens", right + " discovery", "reasons@0"},
		{"lens", right + " season:5", "reasons@0"},
		{"lens", right + " because", "reasons@0"},
		{"lens", right + " class:8", "reasons@0"},
		{"lens", right + " targeting-off", "reasons@0"},
		{"lens", right + " filler", "reasons@0"},
		{"lens", right + " guaranteed", "reasons@0"},
		{"lens", right + " relaxed:cap", "reasons@0"},
		{"moving", "relation:journey/2 class:1 share:1/6", ""},
		{"moving", "relation:goes-with/1 class:1 share:1/6", "reasons@0"},
		{"new", "discovery class:1 share:1/6", ""},
		{"new", "class:1 share:1/6", "reasons@0"},
		{"promised", "guaranteed", ""},
		{"promised", "guaranteed discovery class:1", ""},
		{"promised", "guaranteed class:2", "reasons@0"},
		{"promised", "", "reasons@0"},
		{"own", "house filler", ""},
		{"own", "house own-turn", ""},
		{"own", "house", "reasons@0"},
		{"own", "house filler own-turn", "reasons@0 reasons@0"},
		{"own", "filler", "reasons@0"},
	} {
		l := newLog(s).play(c.id, fields(c.reasons)...)
		if got := brief(audit.Explained(l.shop, l.plays)); len(got) > len(c.want)+len("reasons@0 ") || (got == "") != (c.want == "") {
			t.Errorf("%s because %q: %q, want %q", c.id, c.reasons, got, c.want)
			for _, f := range audit.Explained(l.shop, l.plays) {
				t.Log(f)
			}
		}
	}
}

// December names the season, as long as anybody knows that it is December.
func TestExplainedSeason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		clock plan.Clock
		days  int
		told  string
		right bool
	}{
		{plan.ClockTrusted, 0, "", true}, {plan.ClockTrusted, 0, "season:5", false},
		{plan.ClockTrusted, 40, "", false}, {plan.ClockTrusted, 40, "season:5", true},
		{plan.ClockFloor, 40, "", true}, {plan.ClockFloor, 40, "season:5", true}, {plan.ClockFloor, 40, "season:4", false},
	} {
		l := newLog(jeweller(booking("a", 22))).wait(time.Duration(c.days) * 24 * time.Hour)
		l.clock = c.clock
		l.play("a", fields("relation:journey/2 class:1 share:1/1 "+c.told)...)
		if faults := audit.Explained(l.shop, l.plays); (len(faults) == 0) != c.right {
			t.Errorf("%+v: %v", c, faults)
		}
	}
}

// The same reasons may be right of one play and wrong of the next.
func TestExplainedSeasonByClock(t *testing.T) {
	t.Parallel()
	l := newLog(jeweller(booking("a", 22, func(c *plan.Campaign) { c.Clientele = []string{"couples", "seniors"} })))
	l.clock = plan.ClockFloor
	december := fields("relation:journey/2 clientele:5 season:5 class:2 share:1/1")
	l.play("a", december...).play("a", fields("relation:journey/2 clientele:5 class:1 share:1/1")...)
	l.clock = plan.ClockTrusted
	l.play("a", december...)
	want(t, audit.Explained(l.shop, l.plays), "reasons@2 reasons@2") // the season, and the class
}

func TestExplainedTargetingOff(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 11))
	s.Venue.Targeting, s.OwnShare = false, audit.OwnShare{}
	for reasons, right := range map[string]bool{
		"targeting-off share:1/1": true, "targeting-off class:1 share:1/1": true, "share:1/1": false,
		"targeting-off class:2 share:1/1": false, "targeting-off relation:occasion/3 share:1/1": false,
		"targeting-off discovery share:1/1": false,
	} {
		l := newLog(s).play("a", fields(reasons)...)
		if faults := audit.Explained(l.shop, l.plays); (len(faults) == 0) != right {
			t.Errorf("%s: %v", reasons, faults)
		}
	}
}

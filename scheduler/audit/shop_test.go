package audit_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine that tests may have no time zones

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

// words is a small vocabulary. Categories 1 to 999 are known; those from 100 on
// lie under their hundred's digit: 123 under 12 under 1.
type words struct {
	relations          []plan.Relation
	primary, secondary []string
}

func (words) Parent(id int) int                   { return id / 10 }
func (words) Sells(a string) []int                { return map[string][]int{"jeweller": {9}}[a] }
func (words) Regulated() []int                    { return []int{8, 81} }
func (w words) OccasionLabel(id, _ string) string { return id }

func (words) CategoryLabel(id int, _ string) string {
	if id < 1 || id > 999 {
		return ""
	}
	return fmt.Sprint("category ", id)
}

func (w words) Relations(string) []plan.Relation { return w.relations }

func (w words) ActivityOccasions(string) (primary, secondary []string) {
	return w.primary, w.secondary
}

func (words) ActivityLabel(a, _ string) string {
	if a == "jeweller" {
		return "jeweller"
	}
	return ""
}

var related = words{
	relations: []plan.Relation{
		{Category: 1, Kind: plan.RelationOccasion, Strength: 3, Occasion: "165"},
		{Category: 2, Kind: plan.RelationJourney, Strength: 2},
		{Category: 2, Kind: plan.RelationGoesWith, Strength: 1, Season: plan.Months(0).With(time.December)},
		{Category: 2, Kind: plan.RelationOccasion, Strength: 0, Occasion: "170"},
		{Category: 21, Kind: plan.RelationGoesWith, Strength: 1},
		{Category: 3, Kind: plan.RelationGoesWith, Strength: 0},
	},
	primary:   []string{"165", "164"},
	secondary: []string{"170"},
}

var (
	paris = func() *time.Location {
		z, err := time.LoadLocation("Europe/Paris")
		if err != nil {
			panic(err) // it is embedded
		}
		return z
	}()
	monday = time.Date(2026, 11, 2, 9, 0, 0, 0, paris)
)

// jeweller is a shop with these campaigns in one feed.
func jeweller(cs ...plan.Campaign) audit.Shop {
	return audit.Shop{
		Plan: plan.Plan{Feeds: []plan.Feed{{Name: "f", Campaigns: cs}}},
		Venue: plan.Venue{Activity: "jeweller", Commune: "Lyon 2e", Postcode: "69002", Latitude: 45.757, Longitude: 4.832,
			Located: true, Language: "fr", Timezone: paris, Targeting: true, Clientele: []string{"couples", "families"}},
		Words: related, OwnShare: audit.OwnShare{Turns: 1, Of: 4},
	}
}

// booking makes a weighted campaign with one creative of ten seconds.
func booking(id string, category int, change ...func(*plan.Campaign)) plan.Campaign {
	c := plan.Campaign{ID: id, Advertiser: "Adv " + id, Category: category, Weight: 1,
		Creatives: []plan.Creative{{ID: id + "-1", Length: 10 * time.Second, SHA256: strings.Repeat("0", 64)}}}
	for _, f := range change {
		f(&c)
	}
	return c
}

func own(id string) plan.Campaign {
	return booking(id, 0, tier(plan.TierHouse), func(c *plan.Campaign) { c.Advertiser = plan.VenueAdvertiser })
}

func weight(n int) func(*plan.Campaign)     { return func(c *plan.Campaign) { c.Weight = n } }
func tier(t plan.Tier) func(*plan.Campaign) { return func(c *plan.Campaign) { c.Tier = t } }
func rivals(g string) func(*plan.Campaign)  { return func(c *plan.Campaign) { c.Rivals = g } }
func named(a string) func(*plan.Campaign)   { return func(c *plan.Campaign) { c.Advertiser = a } }

func limit(n int, per plan.CapPeriod) func(*plan.Campaign) {
	return func(c *plan.Campaign) { c.Caps = append(c.Caps, plan.Cap{Plays: n, Per: per}) }
}

func flight(from, to string) func(*plan.Campaign) {
	return func(c *plan.Campaign) { c.Flight = plan.Flight{From: day(from), To: day(to)} }
}

func day(s string) plan.Date { d, _ := plan.ParseDate(s); return d }

func daypart(from, to plan.Minute) func(*plan.Campaign) {
	return func(c *plan.Campaign) { c.Dayparts = append(c.Dayparts, plan.Daypart{From: from, To: to}) }
}

func sole(booked string) func(*plan.Campaign) {
	return func(c *plan.Campaign) { c.Sole, c.Booked = true, day(booked) }
}

// A log writes records by hand.
type log struct {
	shop  audit.Shop
	plays []plan.Play
	mono  time.Duration
	civil time.Time
	boot  string
	clock plan.Clock
}

func newLog(s audit.Shop) *log {
	return &log{shop: s, civil: monday, boot: "b1", clock: plan.ClockTrusted}
}

func (l *log) wait(d time.Duration) *log {
	l.mono += d
	l.civil = l.civil.Add(d)
	return l
}

// restart begins another boot, which was off for so long by the wall clock.
func (l *log) restart(boot string, off, up time.Duration) *log {
	l.boot, l.mono, l.civil = boot, up, l.civil.Add(off+up)
	return l
}

func (l *log) campaign(id string) *plan.Campaign {
	for f := range l.shop.Plan.Feeds {
		for c := range l.shop.Plan.Feeds[f].Campaigns {
			if l.shop.Plan.Feeds[f].Campaigns[c].ID == id {
				return &l.shop.Plan.Feeds[f].Campaigns[c]
			}
		}
	}
	return &plan.Campaign{ID: id, Creatives: []plan.Creative{{ID: id + "-1"}}}
}

// play records a completed play of ten seconds; a cut one is "id!" and lasts two.
func (l *log) play(ids string, reasons ...string) *log {
	for _, id := range strings.Fields(ids) {
		id, cut := strings.CutSuffix(id, "!")
		c := l.campaign(id)
		p := plan.Play{Seq: uint64(len(l.plays) + 1), Boot: l.boot, Feed: "f", Campaign: id, Creative: c.Creatives[0].ID,
			Advertiser: c.Advertiser, Category: c.Category, SHA256: c.Creatives[0].SHA256, StartedAt: l.civil.UTC(),
			MonoMS: l.mono.Milliseconds(), PlannedMS: 10_000, ShownMS: 10_000, Outcome: plan.Completed, Counted: true,
			Clock: l.clock, Reasons: reasons}
		if cut {
			p.ShownMS, p.Outcome, p.Counted = 2000, plan.Interrupted, false
		}
		l.plays = append(l.plays, p)
		l.wait(time.Duration(p.ShownMS) * time.Millisecond)
	}
	return l
}

// brief is "rule@play" for each fault, in order.
func brief(faults []audit.Fault) string {
	var out []string
	for _, f := range faults {
		out = append(out, fmt.Sprintf("%s@%d", f.Rule, f.Play))
	}
	return strings.Join(out, " ")
}

func want(t *testing.T, faults []audit.Fault, wanted string) {
	t.Helper()
	if got := brief(faults); got != wanted {
		t.Errorf("found %q, want %q", got, wanted)
		for _, f := range faults {
			t.Log(f)
		}
	}
}

func sprint(v any) string { return fmt.Sprint(v) }

func round(x float64) float64 { return math.Round(x*100) / 100 }

func fields(s string) []string { return strings.Fields(s) }

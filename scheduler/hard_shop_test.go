package scheduler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/assets"
	"entracte/scheduler"
	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
)

// paris is where the shops of the hard days are.
var paris = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return loc
}()

func local(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, paris)
	if err != nil {
		panic(err)
	}
	return at
}

// Categories of the taxonomy that a jeweller does not sell.
const (
	photographers = 1021
	jewels        = 1073 // which a jeweller does
	wine          = 1007 // of a family that is off
)

// jewellers are options of a shop that is always open, where house content has a
// turn in four.
func jewellers() scheduler.Options {
	return scheduler.Options{
		Venue: plan.Venue{ID: "s-1", Name: "Martin", Activity: "jeweller", Commune: "Lyon 2e", Postcode: "69002",
			Latitude: 45.757, Longitude: 4.832, Located: true, Language: "fr", Timezone: paris, Targeting: true},
		Vocabulary: assets.Vocabulary(), OwnShare: scheduler.OwnShare{Turns: 1, Of: 4}, Seed: 7,
	}
}

// booked makes a campaign with one ten-second card.
func booked(id string, category int, change ...func(*plan.Campaign)) plan.Campaign {
	c := plan.Campaign{ID: id, Advertiser: "Adv " + id, Category: category, Weight: 1,
		Creatives: []plan.Creative{{ID: id + "-1", Length: 10 * time.Second, Card: &plan.Card{Title: id}}}}
	for _, f := range change {
		f(&c)
	}
	return c
}

type change = func(*plan.Campaign)

func own(id string) plan.Campaign {
	return booked(id, 0, func(c *plan.Campaign) { c.Tier, c.Advertiser = plan.TierHouse, plan.VenueAdvertiser })
}

func during(days plan.Weekdays, window string) change {
	from, to, _ := strings.Cut(window, "-")
	var d plan.Daypart
	if d.From.UnmarshalText([]byte(from)) != nil || d.To.UnmarshalText([]byte(to)) != nil {
		panic(window)
	}
	d.Days = days
	return func(c *plan.Campaign) { c.Dayparts = append(c.Dayparts, d) }
}

func atMost(n int, per plan.CapPeriod) change {
	return func(c *plan.Campaign) { c.Caps = append(c.Caps, plan.Cap{Plays: n, Per: per}) }
}

func flown(from, to string) change {
	return func(c *plan.Campaign) {
		if c.Flight.From.UnmarshalText([]byte(from)) != nil || c.Flight.To.UnmarshalText([]byte(to)) != nil {
			panic(from + to)
		}
	}
}

func weighing(n int) change          { return func(c *plan.Campaign) { c.Weight = n } }
func lasting(d time.Duration) change { return func(c *plan.Campaign) { c.Creatives[0].Length = d } }

func planned(cs ...plan.Campaign) plan.Plan {
	return plan.Plan{Feeds: []plan.Feed{{Name: "acme/shop", Revision: "r1", Campaigns: cs}}}
}

// every yields waits of a length, one each period.
func every(from time.Time, period, length, total time.Duration) []simulation.Wait {
	var ws []simulation.Wait
	for at := time.Duration(0); at < total; at += period {
		ws = append(ws, simulation.Wait{Start: from.Add(at), Length: length})
	}
	return ws
}

// A shown is a simulated stretch of time and all that can be said of it.
type shown struct {
	shop   audit.Shop
	steps  []simulation.Step
	plays  []plan.Play
	events []event
	idles  []audit.Idle
}

// simulate plays the waits, and writes down what an auditor needs.
func simulate(p plan.Plan, o scheduler.Options, from time.Time, total time.Duration, waits []simulation.Wait) *shown {
	s := simulation.Simulation{Plan: p, Options: o, From: from, For: total, Boot: "boot-1"}
	if waits != nil {
		s.Waits = slices.Values(waits)
	}
	r := &shown{shop: shopOf(p, o)}
	wait := uint64(0)
	for step := range s.Run() {
		r.steps = append(r.steps, step)
		mono := step.Civil.Sub(from).Milliseconds()
		if step.Wait != wait && waits != nil {
			wait = step.Wait
			r.shop.Waits = append(r.shop.Waits, audit.Wait{Boot: "boot-1", BeganMS: mono})
		}
		if step.Idle() {
			r.idles = append(r.idles, audit.Idle{After: len(r.plays), Boot: "boot-1", MonoMS: mono, At: step.Civil, Clock: plan.ClockTrusted})
		} else {
			r.plays = append(r.plays, step.Play)
		}
	}
	r.events = eventsOf(r.steps)
	return r
}

func shopOf(p plan.Plan, o scheduler.Options) audit.Shop {
	return audit.Shop{Plan: p, Venue: o.Venue, Words: o.Vocabulary, OwnShare: audit.OwnShare{Turns: o.OwnShare.Turns, Of: o.OwnShare.Of}}
}

// audited fails the test on every rule that holds in any log and is broken.
func (r *shown) audited(t *testing.T) {
	t.Helper()
	r.auditedBut(t, func(audit.Fault) bool { return false })
}

// auditedBut is audited, but for faults that the test can explain.
func (r *shown) auditedBut(t *testing.T, explained func(audit.Fault) bool) {
	t.Helper()
	faults := append(audit.Check(r.shop, r.plays), audit.Idling(r.shop, r.plays, r.idles)...)
	for k, f := range slices.DeleteFunc(faults, explained) {
		if k == 5 {
			t.Errorf("and %d faults more", len(faults)-k)
			break
		}
		t.Error(f)
	}
	if len(r.plays) == 0 {
		t.Error("nothing played")
	}
}

// count is how often a campaign completed from one civil time until another.
func (r *shown) count(campaign string, from, to time.Time) int {
	n := 0
	for _, p := range r.plays {
		if p.Campaign == campaign && p.Counted && !p.StartedAt.Before(from) && p.StartedAt.Before(to) {
			n++
		}
	}
	return n
}

// most is the largest number of completed plays of campaigns in any window of a
// length on the clock that never jumps, and least the smallest in a window that
// begins at a play after warm and fits the log.
func (r *shown) most(window time.Duration, campaigns ...string) int {
	most := 0
	r.windows(window, campaigns, func(_ plan.Play, n int) { most = max(most, n) })
	return most
}

func (r *shown) least(window, warm time.Duration, campaigns ...string) int {
	least, last := 1<<30, r.plays[len(r.plays)-1].MonoMS
	r.windows(window, campaigns, func(first plan.Play, n int) {
		if first.MonoMS >= warm.Milliseconds() && first.MonoMS+window.Milliseconds() <= last {
			least = min(least, n)
		}
	})
	return least
}

func (r *shown) windows(window time.Duration, campaigns []string, see func(first plan.Play, n int)) {
	mine := slices.DeleteFunc(slices.Clone(r.plays), func(p plan.Play) bool { return !p.Counted || !slices.Contains(campaigns, p.Campaign) })
	for i, j := 0, 0; i < len(mine); i++ {
		for j < len(mine) && mine[j].MonoMS < mine[i].MonoMS+window.Milliseconds() {
			j++
		}
		see(mine[i], j-i)
	}
}

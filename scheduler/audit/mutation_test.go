package audit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
	"pgregory.net/rapid"
)

// A correct log has no fault at all.
func TestCorrectLogs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := &reference{log: newLog(drawShop(t))}
		r.live(t, rapid.IntRange(0, 120).Draw(t, "turns"))
		if faults := audit.Check(r.shop, r.plays); len(faults) > 0 {
			t.Fatal(faults)
		}
		never := func(*plan.Campaign, time.Time) float64 { return 0 }
		if _, faults := audit.Delivery(r.shop, r.plays, never); len(faults) > 0 {
			t.Fatal(faults)
		}
	})
}

// A mutation breaks one thing in a correct log. It returns the record that is now
// at fault, or -1 if the log has no place for it.
type mutation struct {
	rule audit.Rule
	do   func(r *reference, from int) int
}

// replaced makes record k a completed play of another campaign, as if it had been
// picked, and says why.
func (r *reference) replaced(k int, c *plan.Campaign, reasons ...string) int {
	p := &r.plays[k]
	p.Campaign, p.Creative, p.Advertiser, p.Category = c.ID, c.Creatives[0].ID, c.Advertiser, c.Category
	p.SHA256, p.Reasons = c.Creatives[0].SHA256, reasons
	return k
}

// at is the reference as it was before record k.
func (r *reference) at(k int) *reference {
	l := *r.log
	l.plays, l.civil = r.plays[:k], r.plays[k].StartedAt.In(paris)
	return &reference{log: &l}
}

// find looks for a record from some place on, and a campaign to put there.
func (r *reference) find(from int, fits func(before *reference, p *plan.Play, c *plan.Campaign) bool) (int, *plan.Campaign) {
	for n := range r.plays {
		k := (from + n) % len(r.plays)
		before := r.at(k)
		for i := range r.shop.Plan.Feeds[0].Campaigns {
			c := &r.shop.Plan.Feeds[0].Campaigns[i]
			if c.ID != r.plays[k].Campaign && fits(before, &r.plays[k], c) {
				return k, c
			}
		}
	}
	return -1, nil
}

func swap(fits func(before *reference, p *plan.Play, c *plan.Campaign) bool, reasons ...string) func(*reference, int) int {
	return func(r *reference, from int) int {
		k, c := r.find(from, fits)
		if k < 0 {
			return -1
		}
		return r.replaced(k, c, reasons...)
	}
}

func shows(id string) func(*reference, int) int {
	return swap(func(_ *reference, _ *plan.Play, c *plan.Campaign) bool { return c.ID == id })
}

// edit changes a record in place.
func edit(fits func(r *reference, p *plan.Play) bool, change func(p *plan.Play)) func(*reference, int) int {
	return func(r *reference, from int) int {
		for n := range r.plays {
			k := (from + n) % len(r.plays)
			if fits(r, &r.plays[k]) {
				r.plays[k].Reasons = slices.Clone(r.plays[k].Reasons)
				change(&r.plays[k])
				return k
			}
		}
		return -1
	}
}

func every(*reference, *plan.Play) bool { return true }

func tells(prefix string) func(*reference, *plan.Play) bool {
	return func(_ *reference, p *plan.Play) bool {
		return slices.ContainsFunc(p.Reasons, func(code string) bool { return strings.HasPrefix(code, prefix) })
	}
}

func without(prefix string) func(p *plan.Play) {
	return func(p *plan.Play) {
		p.Reasons = slices.DeleteFunc(p.Reasons, func(code string) bool { return strings.HasPrefix(code, prefix) })
	}
}

func says(code string) func(p *plan.Play) {
	return func(p *plan.Play) { p.Reasons = append(p.Reasons, code) }
}

func mutations() map[string]mutation {
	house := func(c *plan.Campaign) bool { return c.Tier == plan.TierHouse }
	return map[string]mutation{
		"a cap is used up": {audit.RuleCap, swap(func(b *reference, p *plan.Play, c *plan.Campaign) bool {
			return p.Counted && len(c.Caps) > 0 && b.count(c, c.Caps[0].Per) >= c.Caps[0].Plays
		})},
		"a cap is used up, and it was broken off": {audit.RuleCapBegun, swap(func(b *reference, p *plan.Play, c *plan.Campaign) bool {
			return !p.Counted && len(c.Caps) > 0 && b.count(c, c.Caps[0].Per) >= c.Caps[0].Plays
		})},
		"a rival": {audit.RuleRivals, swap(func(b *reference, _ *plan.Play, c *plan.Campaign) bool { return b.besideRival(c) })},
		"outside its daypart": {audit.RuleDaypart, swap(func(b *reference, _ *plan.Play, c *plan.Campaign) bool {
			return len(c.Dayparts) > 0 && !c.Dayparts[0].Contains(b.civil)
		})},
		"a competitor":      {audit.RuleCompetitor, shows("x-competitor")},
		"a regulated one":   {audit.RuleRegulated, shows("x-regulated")},
		"of no category":    {audit.RuleNoCategory, shows("x-none")},
		"after its flight":  {audit.RuleFlight, shows("x-past")},
		"in English":        {audit.RuleLanguage, shows("x-english")},
		"held by the first": {audit.RuleSole, shows("x-sole")},
		"a filler in no gap": {audit.RuleFiller, swap(func(b *reference, _ *plan.Play, c *plan.Campaign) bool {
			return house(c) && b.oldest(plan.TierTakeover) == nil && b.oldest(plan.TierWeighted) != nil && !b.rivalsWait()
		}, "house", "filler")},
		"below a takeover": {audit.RuleTier, swap(func(b *reference, p *plan.Play, c *plan.Campaign) bool {
			return c.Tier == plan.TierWeighted && b.campaign(p.Campaign).Tier == plan.TierTakeover && b.oldest(plan.TierTakeover) != nil
		})},
		"a number is missing": {audit.RuleRecord, func(r *reference, from int) int {
			if len(r.plays) < 3 {
				return -1
			}
			k := 1 + from%(len(r.plays)-2)
			r.plays = slices.Delete(r.plays, k, k+1)
			return k
		}},
		"counted wrongly":   {audit.RuleRecord, edit(every, func(p *plan.Play) { p.Counted = !p.Counted })},
		"another category":  {audit.RuleRecord, edit(every, func(p *plan.Play) { p.Category++ })},
		"another class":     {audit.RuleReasons, edit(tells("class:"), func(p *plan.Play) { without("class:")(p); says("class:3")(p) })},
		"no relation":       {audit.RuleReasons, edit(tells("relation:occasion"), func(p *plan.Play) { without("relation")(p); says("relation:occasion/2")(p) })},
		"not its discovery": {audit.RuleReasons, edit(tells("relation:"), says("discovery"))},
		"a cap of nobody":   {audit.RuleReasons, edit(every, says("cap:5/hour"))},
		"a cap untold":      {audit.RuleReasons, edit(tells("cap:"), without("cap:"))},
		"a share untold":    {audit.RuleReasons, edit(tells("share:"), without("share:"))},
		"a share of nobody": {audit.RuleReasons, edit(tells("share:"), func(p *plan.Play) { without("share:")(p); says("share:1/2000")(p) })},
		"no tier":           {audit.RuleReasons, edit(tells("takeover"), without("takeover"))},
		"too soon": {audit.RuleRepeat, func(r *reference, from int) int {
			k, c := r.find(from, func(b *reference, p *plan.Play, c *plan.Campaign) bool {
				turns := slices.DeleteFunc(slices.Clone(b.plays), func(p plan.Play) bool { return !p.Counted || b.campaign(p.Campaign).Tier != 0 })
				other := b.oldest(plan.TierWeighted)
				return len(turns) > 0 && turns[len(turns)-1].Campaign == c.ID && b.ok(c) && other != nil && other.ID != c.ID &&
					!slices.ContainsFunc(turns, func(p plan.Play) bool { return p.Campaign == other.ID }) &&
					audit.Repeats(b.shop, append(slices.Clone(b.plays), *p)).K > 0 && smallestK(b) > 0
			})
			if k < 0 {
				return -1
			}
			return r.replaced(k, c)
		}},
	}
}

// rivalsWait reports whether a rival holds a weighted campaign up: own content may
// then come between.
func (r *reference) rivalsWait() bool {
	return slices.ContainsFunc(r.shop.Plan.Feeds[0].Campaigns, func(c plan.Campaign) bool {
		return c.Tier == plan.TierWeighted && r.besideRival(&c)
	})
}

// smallestK is a k that surely applies: that of the campaigns that may play now,
// whether or not their caps have room.
func smallestK(b *reference) int {
	k := audit.FairShares(b.shop, b.civil).Repeat
	roomy := b.shop
	roomy.Plan.Feeds = []plan.Feed{{Name: "f"}}
	for _, c := range b.shop.Plan.Feeds[0].Campaigns {
		if !slices.ContainsFunc(c.Caps, func(l plan.Cap) bool { return b.count(&c, l.Per) >= l.Plays }) {
			roomy.Plan.Feeds[0].Campaigns = append(roomy.Plan.Feeds[0].Campaigns, c)
		}
	}
	return min(k, audit.FairShares(roomy, b.civil).Repeat)
}

// Each mutation is found by its rule, first at its record and nowhere before.
func TestMutations(t *testing.T) {
	t.Parallel()
	for name, m := range mutations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			made := 0
			rapid.Check(t, func(t *rapid.T) {
				r := &reference{log: newLog(drawShop(t))}
				r.live(t, rapid.IntRange(1, 60).Draw(t, "turns"))
				if len(r.plays) == 0 {
					return
				}
				k := m.do(r, rapid.IntRange(0, len(r.plays)-1).Draw(t, "where"))
				if k < 0 {
					return
				}
				made++
				faults := audit.Check(r.shop, r.plays)
				n := slices.IndexFunc(faults, func(f audit.Fault) bool { return f.Rule == m.rule })
				if n < 0 || faults[n].Play != k {
					t.Fatalf("record %d was changed, found %v", k, faults)
				}
				if first := slices.MinFunc(faults, func(a, b audit.Fault) int { return a.Play - b.Play }); first.Play < k {
					t.Fatalf("record %d was changed, and before it: %v", k, first)
				}
			})
			if made == 0 {
				t.Error("no log had a place for it")
			}
			t.Logf("made %d times", made)
		})
	}
}

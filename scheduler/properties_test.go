package scheduler

import (
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"entracte/assets"
	"entracte/scheduler/plan"
	"pgregory.net/rapid"
)

// drawPlan makes small plans in which every rule meets every other.
func drawPlan(t *rapid.T) plan.Plan {
	var cs []plan.Campaign
	for k := range rapid.IntRange(0, 7).Draw(t, "campaigns") {
		id := fmt.Sprintf("c%d", k)
		c := booking(id, rapid.SampledFrom([]int{1021, 1066, 1357, 1360, 1073, 1445, 1007, 0, 9999}).Draw(t, "category"))
		c.Advertiser = rapid.SampledFrom([]string{"A", "B", "C", "D"}).Draw(t, "advertiser")
		c.Weight = rapid.IntRange(1, 10).Draw(t, "weight")
		c.Tier = rapid.SampledFrom([]plan.Tier{plan.TierWeighted, plan.TierWeighted, plan.TierWeighted, plan.TierGuaranteed,
			plan.TierHouse, plan.TierTakeover, plan.TierEmergency}).Draw(t, "tier")
		c.Rivals = rapid.SampledFrom([]string{"", "", "g"}).Draw(t, "rivals")
		c.Creatives = pictures(id, rapid.IntRange(1, 3).Draw(t, "creatives"))
		length := time.Duration(rapid.IntRange(2, 60).Draw(t, "seconds")) * time.Second
		for i := range c.Creatives {
			c.Creatives[i].Length = length
		}
		if rapid.Bool().Draw(t, "capped") {
			c.Caps = append(c.Caps, plan.Cap{Plays: rapid.IntRange(0, 4).Draw(t, "plays"),
				Per: rapid.SampledFrom([]plan.CapPeriod{plan.PerHour, plan.PerDay}).Draw(t, "per")})
		}
		if rapid.IntRange(0, 4).Draw(t, "day-parted") == 0 {
			c.Dayparts = []plan.Daypart{{From: plan.Minute(rapid.IntRange(0, 719).Draw(t, "from")), To: plan.Minute(rapid.IntRange(720, 1440).Draw(t, "to"))}}
		}
		if rapid.IntRange(0, 4).Draw(t, "dated") == 0 {
			c.Flight = plan.Flight{From: day("2026-11-02"), To: day("2026-11-03")}
		}
		c.Sole = rapid.IntRange(0, 5).Draw(t, "sole") == 0
		cs = append(cs, c)
	}
	if rapid.Bool().Draw(t, "own content") {
		cs = append(cs, ownContent("own"), ownContent("own2"))
	}
	return plan.Plan{Feeds: []plan.Feed{{Name: "f", Campaigns: cs}}}
}

// live shows ads over about two days of waits, some of them broken off, with
// gaps long and short.
func live(t *rapid.T, sc *screen, turns int) {
	for range turns {
		switch rapid.IntRange(0, 9).Draw(t, "event") {
		case 0:
			sc.wait(time.Duration(rapid.IntRange(1, 7200).Draw(t, "pause")) * time.Second)
		case 1:
			sc.show(time.Duration(rapid.IntRange(1, 9).Draw(t, "cut")) * time.Second)
		default:
			if _, ok := sc.show(0); !ok {
				sc.wait(time.Duration(rapid.IntRange(1, 900).Draw(t, "idle")) * time.Second)
			}
		}
	}
}

// check reads nothing but the plan and the plays.
func check(t rapid.TB, p plan.Plan, plays []plan.Play) {
	t.Helper()
	campaigns := make(map[string]plan.Campaign)
	for _, c := range p.Feeds[0].Campaigns {
		campaigns[c.ID] = c
	}
	sold := assets.Vocabulary().Sells("jeweller")
	for k, play := range plays {
		c := campaigns[play.Campaign]
		if c.Advertiser == plan.VenueAdvertiser {
			continue
		}
		if slices.Contains(sold, c.Category) || c.Category == 1445 || c.Category == 1007 || c.Category == 0 || c.Category == 9999 {
			t.Fatalf("play %d: %s of category %d may never play here", k, c.ID, c.Category)
		}
		local := play.StartedAt.In(paris)
		if !c.Flight.Active(plan.DateOf(local)) || len(c.Dayparts) > 0 && !c.Dayparts[0].Contains(local) {
			t.Fatalf("play %d: %s outside its dates at %s", k, c.ID, local)
		}
		if play.Counted {
			checkCaps(t, c, plays[:k+1])
		}
		checkRivals(t, campaigns, plays[:k+1])
	}
}

// checkCaps counts the plays in the windows that end with the last one.
func checkCaps(t rapid.TB, c plan.Campaign, plays []plan.Play) {
	t.Helper()
	last := plays[len(plays)-1]
	for _, limit := range c.Caps {
		n := 0
		for _, p := range plays {
			same := last.StartedAt.Sub(p.StartedAt) < time.Hour
			if limit.Per == plan.PerDay {
				same = plan.DateOf(p.StartedAt.In(paris)) == plan.DateOf(last.StartedAt.In(paris))
			}
			if p.Counted && p.Campaign == c.ID && same {
				n++
			}
		}
		if n > limit.Plays {
			t.Fatalf("%s played %d times with a cap of %d per %s", c.ID, n, limit.Plays, limit.Per)
		}
	}
}

// checkRivals looks back from the last play to the completed one before it.
func checkRivals(t rapid.TB, campaigns map[string]plan.Campaign, plays []plan.Play) {
	t.Helper()
	group := func(p plan.Play) string {
		c := campaigns[p.Campaign]
		switch {
		case c.Advertiser == plan.VenueAdvertiser:
			return "own " + c.ID
		case c.Rivals != "":
			return c.Rivals
		}
		return fmt.Sprint(c.Category)
	}
	last := plays[len(plays)-1]
	for k := len(plays) - 2; k >= 0; k-- {
		p := plays[k]
		gap := last.StartedAt.Sub(p.StartedAt) - time.Duration(p.ShownMS)*time.Millisecond
		if group(p) == group(last) && p.Advertiser != last.Advertiser && gap < 30*time.Second {
			t.Fatalf("%s of %s came %s after its rival %s of %s", last.Campaign, last.Advertiser, gap, p.Campaign, p.Advertiser)
		}
		if p.Counted {
			return
		}
	}
}

func TestRulesHoldInEveryHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		sc := newScreen(p, jeweller())
		live(t, sc, 150)
		check(t, p, sc.plays)
	})
}

// A restart, in the same boot or another, breaks no rule either.
func TestRulesHoldAcrossRestarts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		sc := newScreen(p, jeweller())
		for boot := range 4 {
			live(t, sc, 40)
			off := time.Duration(rapid.IntRange(0, 120).Draw(t, "off")) * time.Second
			up := time.Duration(rapid.IntRange(0, 20).Draw(t, "up")) * time.Second
			sc.now.Civil, sc.now.Mono = sc.now.Civil.Add(off+up), up
			sc.boot = fmt.Sprint("boot", boot)
			sc.s = New(p, jeweller(), sc.plays, sc.now)
		}
		check(t, p, sc.plays)
	})
}

func TestOrderOfTheCampaignsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		shuffled := plan.Plan{Feeds: []plan.Feed{{Name: "f", Campaigns: slices.Clone(p.Feeds[0].Campaigns)}}}
		cs := shuffled.Feeds[0].Campaigns
		rand.New(rand.NewSource(rapid.Int64().Draw(t, "shuffle"))).Shuffle(len(cs), func(i, j int) { cs[i], cs[j] = cs[j], cs[i] })
		a, b := newScreen(p, jeweller()), newScreen(shuffled, jeweller())
		for range 60 {
			if rapid.IntRange(0, 5).Draw(t, "pause") == 0 {
				a.wait(time.Minute)
				b.wait(time.Minute)
			}
			cut := time.Duration(rapid.IntRange(0, 2).Draw(t, "cut")) * time.Second
			a.show(cut)
			b.show(cut)
		}
		if !reflect.DeepEqual(a.plays, b.plays) {
			t.Fatalf("the order of the campaigns changed the plays:\n%v\n%v", a.plays, b.plays)
		}
	})
}

// Peek says what Pick will do, out of any state, a lease out or not, and changes
// nothing.
func TestPeekForetellsPick(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sc := newScreen(drawPlan(t), jeweller())
		live(t, sc, rapid.IntRange(0, 60).Draw(t, "turns"))
		var out Lease
		if rapid.Bool().Draw(t, "a lease is out") {
			out, _ = sc.s.Pick(sc.now)
		}
		begun := sc.now
		sc.wait(time.Duration(rapid.IntRange(0, 40).Draw(t, "later")) * time.Second)
		before := sc.s.state.clone()
		foretold := sc.s.Peek(sc.now, 12)
		if !reflect.DeepEqual(before, sc.s.state.clone()) {
			t.Fatal("Peek changed something")
		}
		if out.ID != 0 {
			sc.wait(max(0, begun.Mono+out.Length()-sc.now.Mono))
			sc.s.Complete(out, sc.now)
		}
		for k, want := range foretold {
			got, ok := sc.show(0)
			if !ok || got.Ref != want.Ref || !slices.Equal(got.Reasons, want.Reasons) {
				t.Fatalf("choice %d is %v %v, foretold %v %v", k, got.Ref, got.Reasons, want.Ref, want.Reasons)
			}
		}
		if got, ok := sc.show(0); ok && len(foretold) < 12 {
			t.Fatalf("%v plays, though nothing was foretold", got.Ref)
		}
	})
}

func TestAbortNeverCharges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sc := newScreen(drawPlan(t), jeweller())
		live(t, sc, rapid.IntRange(0, 40).Draw(t, "turns"))
		before := sc.s.state.clone()
		for range 5 {
			sc.show(time.Second)
		}
		after := sc.s.state.clone()
		if !reflect.DeepEqual(turnsOf(&before), turnsOf(&after)) {
			t.Fatal("an aborted lease was charged")
		}
	})
}

// A restart with all the plays goes on where it was.
func TestRestartGoesOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		sc := newScreen(p, jeweller())
		live(t, sc, rapid.IntRange(1, 80).Draw(t, "turns"))
		again := New(p, jeweller(), sc.plays, sc.now)
		want, got := sc.s.Peek(sc.now, 100), again.Peek(sc.now, 100)
		if len(want) != len(got) {
			t.Fatalf("%d choices after the restart, %d before", len(got), len(want))
		}
		for k := range want {
			if want[k].Ref != got[k].Ref {
				t.Fatalf("choice %d is %v after the restart, was %v", k, got[k].Ref, want[k].Ref)
			}
		}
	})
}

// turnsOf is what a state has charged, by ad.
func turnsOf(st *state) (charged [][4]uint64) {
	for l := range st.lanes {
		ln := &st.lanes[l]
		for _, p := range ln.pools {
			for _, e := range p.entries {
				charged = append(charged, [4]uint64{ln.plays, e.start, e.last, uint64(len(e.plays))})
			}
		}
	}
	return charged
}

// With targeting off nothing that only points are made of changes anything: not
// what the owner says of the shop, nor what campaigns hope for, nor the month.
func TestTargetingOffIsNeutral(t *testing.T) {
	t.Parallel()
	tags := []string{"couples", "gifts", "families", "tourists", "engraving"}
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		plain := newScreen(p, untargeted())
		o := untargeted()
		v := &o.Venue
		v.Name = rapid.String().Draw(t, "name")
		v.Clientele = rapid.SliceOf(rapid.SampledFrom(tags)).Draw(t, "clientele")
		v.Offers = rapid.SliceOf(rapid.SampledFrom(tags)).Draw(t, "offers")
		v.Commune, v.Postcode = rapid.SampledFrom([]string{"Lyon 2e", "Nice", ""}).Draw(t, "commune"), ""
		v.Latitude, v.Longitude = rapid.Float64Range(-90, 90).Draw(t, "latitude"), rapid.Float64Range(-180, 180).Draw(t, "longitude")
		v.Located = rapid.Bool().Draw(t, "located")
		v.NAF = plan.NAF{Scheme: "naf-r2", Code: rapid.String().Draw(t, "code")}
		told := plan.Plan{Feeds: []plan.Feed{{Name: "f", Campaigns: slices.Clone(p.Feeds[0].Campaigns)}}}
		for i := range told.Feeds[0].Campaigns {
			c := &told.Feeds[0].Campaigns[i]
			c.Occasions = rapid.SliceOf(rapid.SampledFrom([]string{"165", "170", "x-moving"})).Draw(t, "occasions")
			c.Clientele = rapid.SliceOf(rapid.SampledFrom(tags)).Draw(t, "tags")
			c.Place = &plan.Place{Commune: "Lyon 2e", Postcode: "69002", Latitude: 45, Longitude: 4, Located: true}
		}
		other := newScreen(told, o)
		if a, b := plain.sequence(80), other.sequence(80); a != b {
			t.Fatalf("the profile changed the sequence:\n%s\n%s", a, b)
		}
	})
}

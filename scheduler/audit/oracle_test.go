package audit_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
	"pgregory.net/rapid"
)

// The searches of the checker are clever about where to look. These tests look
// everywhere, in logs that follow no rule at all.

// drawWild writes a log in which anything follows anything.
func drawWild(t *rapid.T, s audit.Shop, most int) *log {
	l := newLog(s)
	cs := s.Plan.Feeds[0].Campaigns
	for range rapid.IntRange(0, most).Draw(t, "records") {
		id := rapid.SampledFrom(cs).Draw(t, "campaign").ID
		if rapid.IntRange(0, 5).Draw(t, "cut") == 0 {
			id += "!"
		}
		l.play(id)
		if rapid.IntRange(0, 3).Draw(t, "pause") == 0 {
			l.wait(time.Duration(rapid.IntRange(0, 900).Draw(t, "seconds")) * second)
		}
	}
	return l
}

func TestSharesAtEveryPrefix(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var cs []plan.Campaign
		for k := range rapid.IntRange(1, 6).Draw(t, "campaigns") {
			cs = append(cs, booking(string(rune('a'+k)), rapid.IntRange(1, 6).Draw(t, "category"), weight(rapid.IntRange(1, 10).Draw(t, "weight"))))
		}
		s := jeweller(append(cs, own("own"), booking("g", 1, tier(plan.TierGuaranteed)))...)
		l := drawWild(t, s, 40)
		m := audit.MeasureShares(s, l.plays)
		ad, category := 0.0, 0.0
		for end := range len(l.plays) + 1 {
			turns, ads, categories := int64(0), make(map[string]int64), make(map[int]int64)
			for _, p := range l.plays[:end] {
				if p.Counted && p.Campaign != "own" && p.Campaign != "g" {
					turns++
					ads["f/"+p.Campaign]++
					categories[p.Category]++
				}
			}
			for _, a := range m.Fair.Ads {
				ad = math.Max(ad, off(ads[a.Ad], turns, a.Share))
			}
			for _, c := range m.Fair.Categories {
				category = math.Max(category, off(categories[c.Category], turns, c.Share))
			}
		}
		if m.Ad.Error != ad || m.Category.Error != category {
			t.Fatalf("found %v and %v, it is %v and %v", m.Ad.Error, m.Category.Error, ad, category)
		}
	})
}

// off is |had - turns·share|.
func off(had, turns int64, share *big.Rat) float64 {
	d := new(big.Rat).Sub(big.NewRat(had, 1), new(big.Rat).Mul(share, big.NewRat(turns, 1)))
	f, _ := d.Abs(d).Float64()
	return f
}

// No hour laid anywhere over the log holds more completed plays than the cap.
func TestCapsInEveryWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3).Draw(t, "cap")
		s := jeweller(booking("a", 1, limit(n, plan.PerHour)), booking("b", 2))
		l := drawWild(t, s, 30)
		broken := false
		for _, p := range l.plays { // a window that is too full can begin as a play ends
			from := p.StartedAt.Add(time.Duration(p.ShownMS) * time.Millisecond)
			in := 0
			for _, q := range l.plays {
				ended := q.StartedAt.Add(time.Duration(q.ShownMS) * time.Millisecond)
				if q.Counted && q.Campaign == "a" && !ended.Before(from) && q.StartedAt.Before(from.Add(time.Hour)) {
					in++
				}
			}
			broken = broken || in > n
		}
		found := false
		for _, f := range audit.Caps(s, l.plays) {
			found = found || f.Rule == audit.RuleCap
		}
		if found != broken {
			t.Fatalf("broken %t, found %v", broken, audit.Caps(s, l.plays))
		}
	})
}

func TestVarietyAtEveryPrefix(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 1), booking("b", 2), booking("c", 3), booking("n", 4), booking("g", 1, tier(plan.TierGuaranteed)), own("o"))
	rapid.Check(t, func(t *rapid.T) {
		l := drawWild(t, s, 60)
		diversity, discovery := false, false
		for end := range len(l.plays) + 1 {
			turns, top := 0.0, make(map[int]float64)
			for _, p := range l.plays[:end] {
				if p.Counted && p.Category != 0 {
					turns++
					top[p.Category]++
				}
			}
			for _, had := range top {
				diversity = diversity || turns-had < 0.6*turns-1-1e-9
			}
			discovery = discovery || top[4] < 0.1*turns-1-1e-9
		}
		found := make(map[audit.Rule]bool)
		for _, f := range audit.Diversity(s, l.plays) {
			found[f.Rule] = true
		}
		if found[audit.RuleDiversity] != diversity || found[audit.RuleDiscovery] != discovery {
			t.Fatalf("diversity %t, discovery %t, found %v", diversity, discovery, audit.Diversity(s, l.plays))
		}
	})
}

// Whatever the records and the plan hold, every question has an answer.
func TestNothingPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawShop(t)
		if rapid.Bool().Draw(t, "nothing known") {
			s.Words, s.Venue.Timezone, s.OwnShare = nil, nil, audit.OwnShare{Turns: -1, Of: -4}
		}
		cs := s.Plan.Feeds[0].Campaigns
		for k := range cs {
			switch rapid.IntRange(0, 9).Draw(t, "odd") {
			case 0:
				cs[k].Creatives = nil
			case 1:
				cs[k].Weight, cs[k].Goal = -5, -1
			case 2:
				cs[k].Tier = plan.Tier(rapid.Uint8().Draw(t, "tier"))
			case 3:
				cs[k].ID = cs[0].ID
			case 4:
				cs[k].Caps = []plan.Cap{{Plays: -1, Per: 9}}
			case 5:
				cs[k].Place = &plan.Place{Latitude: math.NaN(), Longitude: math.Inf(1), Located: true, WithinKM: math.NaN()}
			}
		}
		plays := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) plan.Play {
			return plan.Play{Seq: rapid.Uint64().Draw(t, "seq"), Boot: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "boot"),
				Feed: rapid.SampledFrom([]string{"f", "g"}).Draw(t, "feed"), Campaign: rapid.SampledFrom(cs).Draw(t, "campaign").ID,
				Category: rapid.IntRange(-1, 9).Draw(t, "category"), StartedAt: time.Unix(rapid.Int64().Draw(t, "at"), 0),
				MonoMS: rapid.Int64().Draw(t, "mono"), ShownMS: rapid.Int64().Draw(t, "shown"),
				Outcome: plan.Outcome(rapid.IntRange(0, 3).Draw(t, "outcome")), Clock: plan.Clock(rapid.IntRange(0, 3).Draw(t, "clock")),
				Reasons: rapid.SliceOf(rapid.SampledFrom([]string{"", ":", "share:1/0", "share:", "share:-1/3", "cap", "own-turn", "class:9"})).Draw(t, "reasons")}
		}), 0, 12).Draw(t, "plays")
		for _, f := range audit.Check(s, plays) {
			if f.String() == "" {
				t.Fatal("a fault says nothing")
			}
		}
		audit.MeasureShares(s, plays).Faults()
		audit.Diversity(s, plays)
		audit.Starvation(s, plays)
		audit.Stretches(s, plays)
		audit.Delivery(s, plays, func(*plan.Campaign, time.Time) float64 { return math.NaN() })
		audit.Idling(s, plays, []audit.Idle{{After: 99}, {Boot: "z"}, {After: -1}})
	})
}

package audit_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"entracte/scheduler"
	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

// A screen shows what the scheduler picks and writes the records.
type screen struct {
	*log
	s     *scheduler.Scheduler
	seed  uint64
	began time.Duration // of the present wait; 0 where no sensor tells
	idles []audit.Idle
}

func newScreen(s audit.Shop, seed uint64) *screen {
	sc := &screen{log: newLog(s), seed: seed}
	sc.begin(nil)
	return sc
}

// begin starts a scheduler with a past.
func (sc *screen) begin(past []plan.Play) {
	o := scheduler.Options{Venue: sc.shop.Venue, Vocabulary: sc.shop.Words, Seed: sc.seed, Boot: sc.boot,
		OwnShare: scheduler.OwnShare{Turns: sc.shop.OwnShare.Turns, Of: sc.shop.OwnShare.Of}}
	sc.s = scheduler.New(sc.shop.Plan, o, past, sc.now())
}

func (sc *screen) now() scheduler.Moment {
	return scheduler.Moment{Mono: sc.mono, Civil: sc.civil, Clock: sc.clock, WaitBegan: sc.began}
}

// show shows the next choice for at most so long, or nothing for ten seconds.
func (sc *screen) show(most time.Duration) {
	lease, ok := sc.s.Pick(sc.now())
	if !ok {
		sc.idles = append(sc.idles, audit.Idle{After: len(sc.plays), Boot: sc.boot, MonoMS: sc.mono.Milliseconds(), At: sc.civil, Clock: sc.clock})
		sc.wait(10 * time.Second)
		return
	}
	length := lease.Length()
	p := plan.Play{Seq: uint64(len(sc.plays) + 1), Boot: sc.boot, Feed: lease.Ref.Feed, Campaign: lease.Ref.Campaign, Creative: lease.Ref.Creative,
		Advertiser: lease.Campaign.Advertiser, Category: lease.Campaign.Category, SHA256: lease.Creative.SHA256, StartedAt: sc.civil.UTC(),
		MonoMS: sc.mono.Milliseconds(), PlannedMS: length.Milliseconds(), ShownMS: min(length, most).Milliseconds(), Clock: sc.clock}
	for _, r := range lease.Reasons {
		p.Reasons = append(p.Reasons, r.Code())
	}
	sc.wait(min(length, most))
	if most < length {
		p.Outcome = plan.Interrupted
		sc.s.Abort(lease, sc.now())
	} else {
		p.Outcome, p.Counted = plan.Completed, true
		sc.s.Complete(lease, sc.now())
	}
	sc.plays = append(sc.plays, p)
}

// tree makes a plan of weighted campaigns only, which may all play all the time.
// unique gives each a rivals group of its own; otherwise categories are groups, and
// there are at least three.
func tree(r *rand.Rand, n int, unique bool) audit.Shop {
	var ids []int
	for k := range 1 + r.IntN(min(n, 60)) {
		ids = append(ids, 10*(1+r.IntN(7))+r.IntN(10)) // related under 1 to 3, discovery under 4 to 7
		if !unique && k == 0 {
			ids = append(ids, 1, 4, 5) // one category of rivals is alone, two must take turns
		}
	}
	var cs []plan.Campaign
	for k := range n {
		c := booking(fmt.Sprintf("c%03d", k), ids[r.IntN(len(ids))], weight(1))
		if !unique && k < 3 {
			c.Category = ids[1+k]
		}
		switch r.IntN(4) { // skewed: few are heavy
		case 0:
			c.Weight = 1 + r.IntN(10)
		case 1:
			c.Weight = 10
		}
		if r.IntN(3) == 0 {
			c.Occasions = []string{[]string{"165", "170", "x"}[r.IntN(3)]}
		}
		if r.IntN(3) == 0 {
			c.Clientele, c.Offers = []string{"couples", "seniors"}, []string{"rings"}
		}
		if r.IntN(3) == 0 {
			c.Place = &plan.Place{Commune: "Lyon 2e", Postcode: "69002"}
		}
		if unique {
			c.Rivals = c.ID
		}
		cs = append(cs, c)
	}
	s := jeweller(cs...)
	s.OwnShare = audit.OwnShare{Turns: r.IntN(2), Of: 2 + r.IntN(4)}
	if r.IntN(2) == 0 {
		s.Plan.Feeds[0].Campaigns = append(s.Plan.Feeds[0].Campaigns, own("own"))
	}
	s.Venue.Targeting = r.IntN(5) > 0
	return s
}

// TestSchedulerShares drives the real scheduler over random trees: at every
// prefix each category is within one play of its fair share and each ad within
// two, whatever the weights; with at least three categories also where rivals bind.
func TestSchedulerShares(t *testing.T) {
	t.Parallel()
	const picks = 10_000
	trees := 100
	if testing.Short() || racing {
		trees = 12
	}
	for _, v := range []struct {
		name         string
		unique       bool
		category, ad float64
	}{
		{"no rivals", true, 1, 2},
		{"rivals", false, 1, 2},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			worstCategory, worstAd, relaxed := 0.0, 0.0, 0
			for k := range trees {
				r := rand.New(rand.NewPCG(uint64(k), 1))
				n := 3 + r.IntN(13)
				if k%4 == 3 {
					n = 16 + r.IntN(285)
				}
				sc := newScreen(tree(r, n, v.unique), uint64(k))
				for range picks {
					sc.show(time.Hour)
				}
				m := audit.MeasureShares(sc.shop, sc.plays)
				worstCategory, worstAd = max(worstCategory, m.Category.Error), max(worstAd, m.Ad.Error)
				repeats := audit.Repeats(sc.shop, sc.plays)
				relaxed += len(repeats.Relaxed)
				faults := append(m.Strangers, repeats.Faults...)
				faults = append(faults, audit.Explained(sc.shop, sc.plays)...)
				faults = append(faults, audit.Rivals(sc.shop, sc.plays)...)
				faults = append(faults, audit.Tiers(sc.shop, sc.plays)...)
				faults = append(faults, audit.Idling(sc.shop, sc.plays, sc.idles)...)
				if v.unique {
					faults = append(faults, audit.Diversity(sc.shop, sc.plays)...)
					faults = append(faults, audit.Starvation(sc.shop, sc.plays)...)
				}
				if m.Category.Error >= v.category || m.Ad.Error >= v.ad || len(faults) > 0 {
					t.Errorf("tree %d of %d campaigns, k %d: category %.3f (%s), ad %.3f (%s), %d other faults", k, n, m.Fair.Repeat,
						m.Category.Error, m.Category, m.Ad.Error, m.Ad, len(faults))
				}
				for _, f := range faults[:min(3, len(faults))] {
					t.Logf("tree %d: %v", k, f)
				}
			}
			t.Logf("largest error: category %.4f, ad %.4f; %d needless relaxations of the repeat distance", worstCategory, worstAd, relaxed)
		})
	}
}

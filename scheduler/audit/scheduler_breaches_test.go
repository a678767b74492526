package audit_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

// tight makes a small plan in which caps, rivals, dayparts, tiers and sole
// bookings leave little room.
func tight(r *rand.Rand) audit.Shop {
	var cs []plan.Campaign
	some := func(of int) bool { return r.IntN(of) == 0 }
	for k := range 1 + r.IntN(12) {
		c := booking(fmt.Sprintf("c%02d", k), []int{1, 11, 2, 22, 3, 4, 5, 41, 9, 82}[r.IntN(10)], weight(1+r.IntN(10)))
		c.Advertiser = []string{"A", "B", "C", " a", "D", "E"}[r.IntN(6)]
		c.Creatives[0].Length = time.Duration(2+r.IntN(40)) * time.Second
		if some(3) {
			c.Rivals = "g"
		}
		if some(3) {
			c.Occasions = []string{[]string{"170", "164", "x"}[r.IntN(3)], "165"}
		}
		if some(3) {
			c.Place = &plan.Place{Latitude: 45.757 + r.Float64()/2, Longitude: 4.832, Located: true, Commune: "Caluire", Postcode: "69300", WithinKM: 20}
			if c.Place.Latitude < 45.8 {
				c.Place.Commune, c.Place.Postcode = "lyon 2e", "69002"
			}
		}
		if some(3) {
			c.Clientele, c.Language = []string{"couples", "seniors", "families"}, [][]string{{"fr"}, {"en", "fr-CH"}, {"de"}}[r.IntN(3)]
		}
		if !some(4) {
			limit(1+r.IntN(4), plan.PerHour)(&c)
		}
		if some(3) {
			limit(1+r.IntN(10), plan.PerDay)(&c)
		}
		if some(6) {
			daypart(plan.Minute(r.IntN(600)), plan.Minute(601+r.IntN(700)))(&c)
		}
		if some(8) {
			flight("2026-11-02", "2026-11-03")(&c)
		}
		if some(8) {
			sole([]string{"", "2026-01-01", "2026-02-01"}[r.IntN(3)])(&c)
		}
		switch r.IntN(12) {
		case 0:
			c.Tier, c.Goal = plan.TierGuaranteed, 1+r.IntN(200)
			flight("2026-11-01", "2026-11-05")(&c)
		case 1:
			c.Tier = plan.TierTakeover
			daypart(plan.Minute(570), plan.Minute(600+r.IntN(60)))(&c)
		case 2:
			c.Tier = plan.TierHouse
		case 3:
			if some(4) {
				c.Tier = plan.TierEmergency
			}
		}
		cs = append(cs, c)
	}
	if some(2) {
		cs = append(cs, own("own1"), own("own2"))
	}
	s := jeweller(cs...)
	s.OwnShare = audit.OwnShare{Turns: r.IntN(3), Of: 3 + r.IntN(3)}
	s.Venue.Targeting = !some(5)
	return s
}

// live lets customers come and go for so many events: showings, showings cut
// short, pauses and restarts. With sensors the scheduler knows when waits began.
func (sc *screen) live(r *rand.Rand, events int) {
	sensors := r.IntN(2) == 0
	sc.wait(5 * time.Second)
	sc.arrive(sensors)
	for n := range events {
		switch e := r.IntN(40); {
		case e < 4:
			sc.wait(time.Duration(1+r.IntN(1200)) * time.Second)
			sc.arrive(sensors)
		case e < 7:
			sc.show(time.Duration(1+r.IntN(9)) * time.Second)
		case e == 7:
			sc.wait(time.Duration(1+r.IntN(70)) * time.Second)
			sc.arrive(sensors)
		case e == 8 && r.IntN(4) == 0:
			sc.restart(fmt.Sprint("boot", n), time.Duration(r.IntN(3000))*time.Second, time.Duration(20+r.IntN(40))*time.Second)
			sc.began = 0
			sc.begin(sc.plays)
			sc.arrive(sensors)
		default:
			sc.show(time.Hour)
		}
	}
}

// arrive begins a wait.
func (sc *screen) arrive(sensors bool) {
	if sensors {
		sc.began = sc.mono
		sc.shop.Waits = append(sc.shop.Waits, audit.Wait{Boot: sc.boot, BeganMS: sc.mono.Milliseconds()})
	}
}

// instances is how many to try: few every time, ENTRACTE_INSTANCES of them when
// asked.
func instances(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("ENTRACTE_INSTANCES")); err == nil && n > 0 {
		return n
	}
	if testing.Short() || racing {
		return 200
	}
	return 1000
}

// TestSchedulerNeverBreaches drives the real scheduler over random tight
// instances. No filter, cap, rivals or tier rule is ever broken, and neither
// house content nor the idle look takes a turn that a paid campaign could have
// had; the own share and the guaranteed tier keep their measure. Only where nothing
// else at all may play does a guaranteed campaign take more than one pick in three:
// better than the idle look.
func TestSchedulerNeverBreaches(t *testing.T) {
	t.Parallel()
	found, places := make(map[audit.Rule]int), make(map[audit.Rule]map[int]bool)
	showings, idles, relaxed := 0, 0, 0
	for k := range instances(t) {
		r := rand.New(rand.NewPCG(uint64(k), 2))
		sc := newScreen(tight(r), uint64(k))
		sc.live(r, 400)
		showings, idles = showings+len(sc.plays), idles+len(sc.idles)
		repeats := audit.Repeats(sc.shop, sc.plays)
		relaxed += len(repeats.Relaxed)
		_, paced := audit.Delivery(sc.shop, sc.plays, func(*plan.Campaign, time.Time) float64 { return 0 })
		for _, faults := range [][]audit.Fault{audit.Records(sc.shop, sc.plays), audit.Filters(sc.shop, sc.plays), audit.Caps(sc.shop, sc.plays),
			audit.Rivals(sc.shop, sc.plays), audit.Tiers(sc.shop, sc.plays), audit.Idling(sc.shop, sc.plays, sc.idles), repeats.Faults, paced} {
			for _, f := range faults {
				if f.Rule == audit.RuleGuaranteedAlone {
					continue
				}
				if places[f.Rule] == nil {
					places[f.Rule] = make(map[int]bool)
				}
				places[f.Rule][k] = true
				if found[f.Rule]++; found[f.Rule] <= 3 {
					t.Logf("instance %d: %v", k, f)
				}
			}
		}
	}
	t.Logf("%d showings, %d idle moments, %d needless relaxations of the repeat distance", showings, idles, relaxed)
	for rule, n := range found {
		t.Errorf("%s: %d faults in %d instances", rule, n, len(places[rule]))
	}
}

// TestSchedulerExplains recomputes the reasons of every showing.
func TestSchedulerExplains(t *testing.T) {
	t.Parallel()
	faults := 0
	for k := range min(instances(t), 300) {
		r := rand.New(rand.NewPCG(uint64(k), 3))
		sc := newScreen(tight(r), uint64(k))
		sc.live(r, 100)
		for _, f := range audit.Explained(sc.shop, sc.plays) {
			if faults++; faults <= 10 {
				t.Logf("instance %d: %v: it says %q", k, f, sc.plays[f.Play].Reasons)
			}
		}
	}
	if faults > 0 {
		t.Errorf("%d showings are explained wrongly", faults)
	}
}

// TestSchedulerGoesOn stops the scheduler cleanly and starts another one with the
// records of all plays: it must choose the same next 100 times.
func TestSchedulerGoesOn(t *testing.T) {
	t.Parallel()
	differ, n := 0, min(instances(t), 300)
	for k := range n {
		r := rand.New(rand.NewPCG(uint64(k), 4))
		sc := newScreen(tight(r), uint64(k))
		sc.live(r, 20+r.IntN(100))
		want := sc.s.Peek(sc.now(), 100)
		sc.begin(sc.plays)
		got := sc.s.Peek(sc.now(), 100)
		for i := range max(len(want), len(got)) {
			if i >= len(want) || i >= len(got) || want[i].Ref != got[i].Ref {
				if differ++; differ <= 3 {
					t.Logf("instance %d, after %d records: choice %d of %d differs, %d before", k, len(sc.plays), i, len(got), len(want))
				}
				break
			}
		}
	}
	if differ > 0 {
		t.Errorf("%d of %d go on otherwise", differ, n)
	}
}

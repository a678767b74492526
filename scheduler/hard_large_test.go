package scheduler_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"entracte/assets"
	"entracte/scheduler"
	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

// wide are so many categories that a jeweller's screen may show.
func wide(n int) []int {
	words, o := assets.Vocabulary(), jewellers()
	var refused []int
	refused = append(append(refused, words.Sells(o.Venue.Activity)...), words.Regulated()...)
	var cs []int
	for id := 1001; len(cs) < n && id < 3000; id++ {
		ok := words.HasCategory(id)
		for up := id; up != 0; up = words.Parent(up) {
			ok = ok && !slices.Contains(refused, up)
		}
		if ok {
			cs = append(cs, id)
		}
	}
	return cs
}

// catalogue is n ads in 200 categories with sizes by Zipf's law and weights of 1
// to 8. Every tenth has another id in another edition: the part that is swapped.
func catalogue(n, edition int) plan.Plan {
	categories := wide(200)
	var until []float64 // by category, the sum of the sizes so far
	sum := 0.0
	for r := range categories {
		sum += 1 / float64(r+1)
		until = append(until, sum)
	}
	var cs []plan.Campaign
	for k := range n {
		id := fmt.Sprintf("ad%06d", k)
		if k%10 == 0 {
			id = fmt.Sprintf("ad%06d-%d", k, edition)
		}
		at, _ := slices.BinarySearch(until, sum*(float64(k)+0.5)/float64(n))
		c := booked(id, categories[at], weighing(1+k*7%8))
		c.Rivals = c.ID // the shares are to be free of every other rule
		cs = append(cs, c)
	}
	return planned(cs...)
}

// A share is how an ad or a category follows its fair share, in plays.
type share struct {
	fair           float64
	had, last, gap int
	most           float64 // the largest distance from the fair share
}

// at looks at the distance before and after a play; turn counts from 0.
func (s *share) at(turn int) {
	s.most = max(s.most, math.Abs(float64(s.had)-float64(turn)*s.fair))
	s.had++
	s.most = max(s.most, math.Abs(float64(s.had)-float64(turn+1)*s.fair))
	s.gap = max(s.gap, turn+1-s.last)
	s.last = turn + 1
}

func (s *share) end(turns int) {
	s.most = max(s.most, math.Abs(float64(s.had)-float64(turns)*s.fair))
	s.gap = max(s.gap, turns-s.last)
}

// A ledger follows all ads and categories of a plan.
type ledger struct {
	ads        map[string]*share
	categories map[int]*share
	turns      int
	recent     []string
	repeats    int // returns within 20 plays
	took       []time.Duration
}

func openLedger(p plan.Plan, o scheduler.Options, at time.Time) *ledger {
	l := &ledger{ads: make(map[string]*share), categories: make(map[int]*share), recent: make([]string, 20)}
	fair := audit.FairShares(shopOf(p, o), at)
	for _, a := range fair.Ads {
		f, _ := a.Share.Float64()
		l.ads[a.Ad[len("acme/shop/"):]] = &share{fair: f}
	}
	for _, c := range fair.Categories {
		f, _ := c.Share.Float64()
		l.categories[c.Category] = &share{fair: f}
	}
	return l
}

func (l *ledger) note(c *plan.Campaign, took time.Duration) {
	l.ads[c.ID].at(l.turns)
	l.categories[c.Category].at(l.turns)
	if slices.Contains(l.recent, c.ID) {
		l.repeats++
	}
	l.recent[l.turns%len(l.recent)] = c.ID
	l.turns++
	l.took = append(l.took, took)
}

// close checks what must hold of fair turns, and writes it down. A category may
// be so many plays off its share; 0 is no bound.
func (l *ledger) close(t *testing.T, d *diary, within float64) {
	t.Helper()
	worstAd, worstCategory, covered, starved := 0.0, 0.0, 0, 0
	for _, s := range l.categories {
		s.end(l.turns)
		worstCategory = max(worstCategory, s.most)
	}
	for _, s := range l.ads {
		s.end(l.turns)
		worstAd = max(worstAd, s.most)
		covered += min(s.had, 1)
		if float64(s.gap)*s.fair >= 4 {
			starved++
		}
	}
	if within > 0 && (worstCategory >= within || worstAd >= 2 || l.repeats > 0) {
		t.Errorf("a category is %.3f plays off its share and an ad %.3f, want less than %g and 2; %d ads came back within 20 plays",
			worstCategory, worstAd, within, l.repeats)
	}
	if starved > 0 || covered < len(l.ads) {
		t.Errorf("%d ads starved, %d of %d were shown", starved, covered, len(l.ads))
	}
	d.say("%d of %d ads shown in %d turns; %d came back within 20 plays", covered, len(l.ads), l.turns, l.repeats)
	d.say("at most off its fair share, at any moment: a category %.3f plays, an ad %.3f", worstCategory, worstAd)
	ids := slices.SortedFunc(maps.Keys(l.categories), func(a, b int) int {
		return cmp.Or(cmp.Compare(l.categories[b].fair, l.categories[a].fair), cmp.Compare(a, b))
	})
	for _, rank := range []int{1, 2, 3, 10, 100, 200} {
		s := l.categories[ids[rank-1]]
		d.say("  category %3d of %d by size: had %6d of %.1f", rank, len(ids), s.had, float64(l.turns)*s.fair)
	}
}

// speed checks how long picks took, generously: tests share their machine.
func (l *ledger) speed(t *testing.T) {
	t.Helper()
	slices.Sort(l.took)
	p99 := l.took[len(l.took)*99/100]
	t.Logf("a pick and its completion take %s, 99 of 100 less than %s, the slowest %s", l.took[len(l.took)/2], p99, l.took[len(l.took)-1])
	if p99 > time.Millisecond {
		t.Errorf("99 of 100 picks take less than %s, want a millisecond", p99)
	}
}

// A hundred thousand ads, a tenth of which is swapped half way. Under the race
// detector there are fewer.
func TestHundredThousandAds(t *testing.T) {
	ads, picks, golden, within := 100_000, 1_000_000, "large", 4.0
	if racing || testing.Short() {
		ads, picks, golden, within = 3_000, 40_000, "", 0
	}
	o := jewellers()
	o.Venue.Targeting = false // the shares of the table are those of the booked weights
	m := &crowd{now: scheduler.Moment{Civil: local("2026-11-02 09:00"), Clock: plan.ClockTrusted}}
	var d diary
	d.say("%d ads in 200 categories with sizes by Zipf's law, weights of 1 to 8, targeting off.", ads)
	first, second := catalogue(ads, 1), catalogue(ads, 2)
	before, begun := heap(), time.Now()
	m.sched = scheduler.New(first, o, nil, m.now)
	built, kept := time.Since(begun), heap()-before
	d.say("\nThe first half")
	l := openLedger(first, o, m.now.Civil)
	m.turns(t, l, picks/2)
	l.close(t, &d, 1)
	l.speed(t)

	begun = time.Now()
	m.sched = scheduler.New(second, o, m.past, m.now)
	swapped := time.Since(begun)
	d.say("\nOne in ten is swapped for another ad; %d plays of the past are known", len(m.past))
	l = openLedger(second, o, m.now.Civil)
	m.turns(t, l, picks/2)
	// What the part of the past that is forgotten had settled is settled again. Of a
	// small plan the past is a larger part, and there is no bound yet.
	l.close(t, &d, within)
	l.speed(t)
	t.Logf("built in %s, %d MB kept; swapped in %s", built, kept>>20, swapped)
	if swapped > 5*time.Second || kept > 64<<20 {
		t.Errorf("the swap took %s and the scheduler keeps %d MB, want a second or so and 64 MB at most", swapped, kept>>20)
	}
	if golden != "" {
		d.golden(t, golden)
	}
}

// A crowd is a screen that shows one ad after the other without a pause.
type crowd struct {
	sched *scheduler.Scheduler
	now   scheduler.Moment
	past  []plan.Play
}

func (m *crowd) turns(t *testing.T, l *ledger, n int) {
	t.Helper()
	for range n {
		begun := time.Now()
		lease, ok := m.sched.Pick(m.now)
		if !ok {
			t.Fatal("nothing to play")
		}
		started := m.now
		m.now.Mono, m.now.Civil = m.now.Mono+10*time.Second, m.now.Civil.Add(10*time.Second)
		m.sched.Complete(lease, m.now)
		l.note(lease.Campaign, time.Since(begun))
		if len(m.past) == 12_500 { // as the player forgets
			m.past = append(m.past[:0], m.past[2_500:]...)
		}
		m.past = append(m.past, plan.Play{Seq: uint64(l.turns), Boot: "1", Feed: lease.Ref.Feed, Campaign: lease.Ref.Campaign,
			Creative: lease.Ref.Creative, StartedAt: started.Civil, MonoMS: started.Mono.Milliseconds(), PlannedMS: 10_000,
			ShownMS: 10_000, Outcome: plan.Completed, Counted: true, Clock: plan.ClockTrusted})
	}
}

// heap is how much memory is in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

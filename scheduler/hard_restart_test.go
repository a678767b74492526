package scheduler_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"entracte/scheduler"
	"entracte/scheduler/plan"

	"pgregory.net/rapid"
)

// drawCampaigns makes plans of up to 40 campaigns with caps and rivals.
func drawCampaigns(t *rapid.T) plan.Plan {
	var cs []plan.Campaign
	categories := []int{photographers, 1066, 1357, 1360, 1372, 1015, 1095, jewels}
	for k := range rapid.IntRange(1, 40).Draw(t, "campaigns") {
		c := booked(fmt.Sprintf("c%02d", k), rapid.SampledFrom(categories).Draw(t, "category"))
		c.Advertiser = fmt.Sprintf("Adv %d", rapid.IntRange(0, 9).Draw(t, "advertiser"))
		c.Weight = rapid.IntRange(1, 10).Draw(t, "weight")
		c.Rivals = rapid.SampledFrom([]string{"", "", fmt.Sprint("of ", c.ID)}).Draw(t, "rivals")
		c.Creatives[0].Length = time.Duration(rapid.SampledFrom([]int{6, 10, 15, 30}).Draw(t, "seconds")) * time.Second
		switch rapid.IntRange(0, 4).Draw(t, "capped") {
		case 0:
			atMost(rapid.IntRange(1, 6).Draw(t, "an hour"), plan.PerHour)(&c)
		case 1:
			atMost(rapid.IntRange(1, 30).Draw(t, "a day"), plan.PerDay)(&c)
		}
		cs = append(cs, c)
	}
	if rapid.Bool().Draw(t, "own content") {
		cs = append(cs, own("own"))
	}
	return planned(cs...)
}

// live is waits until there are so many plays, some broken off.
func (m *machine) live(plays, seed int) {
	x := uint64(seed)
	draw := func(n int) time.Duration {
		x = x*6364136223846793005 + 1442695040888963407 // Knuth's MMIX
		return time.Duration(x >> 33 % uint64(n))
	}
	for waits := 0; len(m.plays) < plays && waits < plays; waits++ {
		m.wait((20 + draw(300)) * time.Second)
		m.pass(draw(90) * time.Second)
	}
}

// After a clean stop the next hundred choices are those that would have come.
func TestCleanStopForgetsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := plugged(drawCampaigns(t), jewellers(), local("2026-11-02 09:00"), 0, plan.ClockTrusted)
		m.live(rapid.IntRange(1, 2000).Draw(t, "plays"), rapid.IntRange(0, 1000).Draw(t, "seed"))
		again := scheduler.New(m.plan, m.options, m.plays, m.moment())
		if got, want := next(again, m.moment(), 100), next(m.sched, m.moment(), 100); !slices.Equal(got, want) {
			t.Fatalf("after %d plays it goes on otherwise: %s", len(m.plays), firstDifference(got, want))
		}
	})
}

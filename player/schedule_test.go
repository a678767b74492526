package player_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler/plan"
)

// slowly makes every scheduler take a while for each category.
func slowly(take time.Duration) func(*player.Config) {
	return func(c *player.Config) { c.Vocabulary = words{take} }
}

// A scheduler in the making keeps nobody waiting for silence, and the old plan
// plays on until it is ready.
func TestServiceWhileSchedulerIsMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAs(t, slowly(3*time.Second), nil, campaign("lens", 1021))
		s.becomes(presence.Waiting)
		s.after(8 * time.Second)
		s.onGlass(player.LookShow)
		s.books("r2", campaign("dress", 1066))
		s.after(time.Second)
		s.onGlass(player.LookShow)
		s.becomes(presence.Serving)
		s.onGlass(player.LookNeutral)
		s.after(time.Minute)
		s.becomes(presence.Waiting)
		s.after(time.Second)
		if f := s.glass.last(); f.Label != "local/dress/dress-1" {
			t.Errorf("%q is on the glass", f.Label)
		}
	})
}

// A record says which state of the feed its creative came from, whatever has
// arrived since.
func TestRevisionOfRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021))
		s.becomes(presence.Waiting)
		s.after(5 * time.Second)
		s.books("r2", campaign("lens", 1021))
		s.after(20 * time.Second)
		s.stop()
		if len(s.log.plays) < 2 || s.log.plays[0].Plan != "r1" || s.log.plays[1].Plan != "r2" {
			t.Errorf("records %+v", s.log.plays)
		}
	})
}

// A scheduler that takes longer than a creative is always out of date when it is
// ready, and comes into force all the same.
func TestSchedulerIsNeverTrue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAs(t, slowly(7*time.Second), nil, campaign("lens", 1021))
		s.after(time.Minute)
		s.becomes(presence.Waiting)
		s.after(21 * time.Second)
		s.books("r2", campaign("lens", 1021), campaign("dress", 1066)) // two categories: 14 s
		for range 90 {
			if s.after(time.Second); s.glass.last().Label == "local/dress/dress-1" {
				return
			}
		}
		t.Error("after 90 s the new plan is not in force")
	})
}

// What is on the glass when a scheduler is made counts as played, from when it will
// be over, and not at all if it is broken off.
func TestSchedulerIsMadeUnderShowing(t *testing.T) {
	long := campaign("lens", 1021)
	long.Creatives[0].Length = time.Minute
	long.Caps = []plan.Cap{{Plays: 1, Per: plan.PerHour}}
	t.Run("completed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, long)
			s.becomes(presence.Waiting)
			s.after(5 * time.Second)
			s.books("r2", long)
			s.after(3 * time.Hour)
			s.stop()
			var ended int64
			for _, p := range s.log.plays {
				if ended > 0 && p.MonoMS-ended < time.Hour.Milliseconds() {
					t.Errorf("it came back after %d ms", p.MonoMS-ended)
				}
				ended = p.MonoMS + p.ShownMS
			}
			if len(s.log.plays) != 3 {
				t.Errorf("%d plays in three hours", len(s.log.plays))
			}
		})
	})
	t.Run("broken off", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, long)
			s.becomes(presence.Waiting)
			s.after(5 * time.Second)
			s.books("r2", long)
			s.after(5 * time.Second)
			s.becomes(presence.Serving)
			s.onGlass(player.LookNeutral)
			s.after(time.Minute)
			s.becomes(presence.Waiting)
			s.after(time.Second)
			s.onGlass(player.LookShow)
		})
	})
}

// Whatever comes when, nothing plays during service, and no cap is broken.
func TestStorm(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { storm(t, rand.New(rand.NewPCG(seed, 7))) })
		})
	}
}

func storm(t *testing.T, chance *rand.Rand) {
	capped := campaign("lens", 1021)
	capped.Caps = []plan.Cap{{Plays: 5, Per: plan.PerHour}}
	s := openAs(t, slowly(time.Duration(chance.IntN(1500))*time.Millisecond), nil, capped, campaign("dress", 1066))
	quiet := false
	for i := range 300 {
		switch chance.IntN(8) {
		case 0, 1:
			s.becomes(presence.Serving)
			quiet = true
		case 2, 3, 4:
			s.becomes(presence.Waiting)
			quiet = false
		case 5:
			s.becomes(presence.Empty)
			quiet = false
		case 6:
			s.books(fmt.Sprint(i), capped, campaign("dress", 1066))
		default:
			s.after(time.Duration(chance.IntN(40)) * time.Second)
		}
		s.after(time.Duration(chance.IntN(3000)) * time.Millisecond)
		if quiet {
			s.onGlass(player.LookNeutral)
		}
	}
	s.stop()
	var ends []time.Duration
	for _, p := range s.log.plays {
		if !p.Counted || p.Campaign != "lens" {
			continue
		}
		ends = append(ends, time.Duration(p.MonoMS+p.ShownMS)*time.Millisecond)
		if n := len(ends); n > 5 && ends[n-1]-ends[n-6] < time.Hour {
			t.Fatalf("6 plays within %v", ends[n-1]-ends[n-6])
		}
	}
	if len(ends) < 5 {
		t.Errorf("only %d plays", len(ends))
	}
}

// A file that failed is replaced under its own name: the new one plays at once.
func TestReplacedFileIsNotBlamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		s.prep.set(func() { s.prep.broken["lens-1"] = true })
		s.books("r2", campaign("lens", 1021))
		s.becomes(presence.Waiting)
		s.after(5 * time.Second)
		s.onGlass(player.LookIdle)
		s.prep.set(func() { s.prep.broken["lens-1"] = false })
		s.books("r3", campaign("lens", 1021))
		s.after(5 * time.Second)
		s.onGlass(player.LookShow)
	})
}

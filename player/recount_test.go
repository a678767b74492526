package player_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler/plan"
)

// A promise that nobody remembers waits until the card was asked, and no longer; the
// rest of the plan does not wait. Its plays meanwhile are not counted twice.
func TestAsksTheCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goal := campaign("goal", 1021)
		goal.Tier, goal.Goal = plan.TierGuaranteed, 40
		goal.Flight = plan.Flight{From: plan.DateOf(time.Now()).AddDays(-300), To: plan.DateOf(time.Now()).AddDays(1)}
		// One of the 36 that the card has is among the recent plays.
		past := []plan.Play{{Boot: "earlier", MonoMS: 5, Feed: "local", Campaign: "goal", Creative: "goal-1", Outcome: plan.Completed, Counted: true,
			Clock: plan.ClockTrusted, StartedAt: time.Now().Add(-time.Hour)}}
		var asked [][]plan.Delivery
		k := &keeper{}
		s := openAs(t, func(c *player.Config) {
			c.Keep = k.keep
			c.Recount = func(_ context.Context, of []plan.Delivery) plan.Memory {
				asked = append(asked, slices.Clone(of))
				time.Sleep(10 * time.Minute)
				for i := range of {
					of[i].Plays = map[string]int{"goal": 36}[of[i].Campaign]
				}
				return plan.Memory{Delivered: of, Boot: "earlier", MonoMS: 5}
			}
		}, past, goal, campaign("free", 1066))
		s.becomes(presence.Waiting)
		s.after(9 * time.Minute)
		played := map[string]int{}
		count := func() {
			clear(played)
			s.log.set(func() {
				for _, p := range s.log.plays {
					if p.Counted {
						played[p.Campaign]++
					}
				}
			})
		}
		if count(); played["goal"] != 0 || played["free"] < 40 {
			t.Errorf("while the card is asked, %v are played", played)
		}
		later := campaign("later", 1357)
		later.Tier, later.Goal, later.Flight = plan.TierGuaranteed, 1, goal.Flight
		s.books("r2", goal, campaign("free", 1066), later)
		s.after(2 * time.Hour)
		s.stop()
		if count(); played["goal"] != 4 || played["later"] != 1 {
			t.Errorf("%v are played, want the 4 that were missing of 40, and 1", played)
		}
		want := [][]plan.Delivery{{{Feed: "local", Campaign: "goal", From: goal.Flight.From}}, {{Feed: "local", Campaign: "later", From: goal.Flight.From}}}
		if !slices.EqualFunc(asked, want, slices.Equal) {
			t.Errorf("the card was asked for %v", asked)
		}
		if got := k.last().Delivered; len(got) != 2 || got[0].Plays != 40 || got[1].Plays != 1 {
			t.Errorf("kept %+v", got)
		}
	})
}

// A player that ends does not wait for the card.
func TestEndsWhileTheCardIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goal := campaign("goal", 1021)
		goal.Tier, goal.Goal = plan.TierGuaranteed, 40
		s := openAs(t, func(c *player.Config) {
			c.Recount = func(ctx context.Context, _ []plan.Delivery) plan.Memory {
				<-ctx.Done()
				return plan.Memory{}
			}
		}, nil, goal)
		begun := time.Now()
		s.stop()
		if d := time.Since(begun); d > 0 {
			t.Errorf("it ended after %s", d)
		}
	})
}

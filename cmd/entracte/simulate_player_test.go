package main

import (
	"context"
	"image"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"entracte/assets"
	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler"
	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
)

// What the simulation writes is what the player itself writes, record by record,
// when both live through the same waits.
func TestSimulationIsThePlayer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		sim := rehearsedShop(begun)
		waits := shortWaits(begun)
		sim.Waits = slices.Values(waits)
		var want []plan.Play
		for step := range sim.Run() {
			if !step.Idle() {
				want = append(want, step.Play)
			}
		}
		got := livedThrough(t, sim, waits)
		broken := 0
		for i := range min(len(got), len(want)) {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("record %d\nthe player      %+v\nthe simulation  %+v", i+1, got[i], want[i])
			}
			if !got[i].Counted {
				broken++
			}
		}
		if len(got) != len(want) || broken < 5 || len(got) < 50 {
			t.Fatalf("the player wrote %d records, %d of them interrupted, and the simulation %d", len(got), broken, len(want))
		}
	})
}

// rehearsedShop has caps that are used up, rivals, house content and idle time.
func rehearsedShop(begun time.Time) simulation.Simulation {
	card := func(id, advertiser string, category int, tier plan.Tier, caps ...plan.Cap) plan.Campaign {
		c := plan.Campaign{ID: id, Advertiser: advertiser, Category: category, Tier: tier, Weight: 2, Caps: caps}
		for _, suffix := range []string{"-1", "-2"} {
			c.Creatives = append(c.Creatives, plan.Creative{ID: id + suffix, Length: 7 * time.Second, Card: &plan.Card{Title: id, PictureSHA256: "f0" + suffix}})
		}
		return c
	}
	hourly := func(n int) plan.Cap { return plan.Cap{Plays: n, Per: plan.PerHour} }
	return simulation.Simulation{
		Plan: plan.Plan{Feeds: []plan.Feed{{Name: "local", Revision: "r1", Campaigns: []plan.Campaign{
			card("lens", "Studio Lens", 1021, plan.TierWeighted, hourly(20)), card("other", "Autre Photo", 1021, plan.TierWeighted, hourly(15)),
			card("dress", "Aubeline", 1066, plan.TierWeighted, hourly(10), plan.Cap{Plays: 8, Per: plan.PerDay}),
			card("rings", "Autre Bijoutier", 1073, plan.TierWeighted), card("own", plan.VenueAdvertiser, 0, plan.TierHouse, hourly(1)),
			{ID: "mute", Advertiser: "Muet", Category: 1372, Weight: 1, Creatives: []plan.Creative{{ID: "mute-1"}}},
		}}}},
		Options: scheduler.Options{
			Venue:      plan.Venue{ID: "s-1", Name: "Martin", Activity: "jeweller", Language: "fr", Timezone: time.UTC, Targeting: true},
			Vocabulary: assets.Vocabulary(), OwnShare: scheduler.OwnShare{Turns: 1, Of: 4}, Seed: 5,
		},
		From: begun, For: 50 * time.Minute, Boot: "boot",
	}
}

// shortWaits are apart for longer than rivals must be, and end in the middle of
// something.
func shortWaits(begun time.Time) []simulation.Wait {
	var all []simulation.Wait
	at := begun.Add(time.Minute)
	for k := range 22 {
		length := time.Duration(3+k*13%67)*time.Second + 337*time.Millisecond
		all = append(all, simulation.Wait{Start: at, Length: length})
		at = at.Add(length + 75*time.Second)
	}
	return all
}

// livedThrough runs the real player through the waits, in the bubble's time.
func livedThrough(t *testing.T, sim simulation.Simulation, waits []simulation.Wait) []plan.Play {
	log := &plays{}
	glass := instantGlass{events: make(chan player.GlassEvent, 1024)}
	glass.events <- player.GlassEvent{Kind: player.Resized, Size: image.Pt(640, 360)}
	p := player.New(player.Config{
		Glass: glass, Preparer: instantly{}, Looks: instantly{}, Plays: log,
		Civil: func() (time.Time, plan.Clock) { return time.Now(), plan.ClockTrusted },
		Venue: sim.Options.Venue, Vocabulary: sim.Options.Vocabulary, OwnShare: sim.Options.OwnShare, Seed: sim.Options.Seed,
		Boot: sim.Boot, Booted: sim.From, Begun: sim.From, Log: slog.New(slog.DiscardHandler),
	}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := p.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	p.SetPlan(sim.Plan, nil)
	becomes := func(state presence.State, at time.Time) {
		time.Sleep(time.Until(at))
		p.Believe(presence.Belief{State: state, Since: at.Sub(sim.From)})
		synctest.Wait()
	}
	becomes(presence.Empty, sim.From)
	for _, w := range waits {
		becomes(presence.Waiting, w.Start)
		becomes(presence.Empty, w.Start.Add(w.Length))
	}
	cancel()
	running.Wait()
	return log.all
}

type plays struct{ all []plan.Play }

func (l *plays) Append(p plan.Play) (plan.Play, error) {
	p.Seq = uint64(len(l.all) + 1)
	l.all = append(l.all, p)
	return p, nil
}

func (l *plays) Sync() error { return nil }

// instantGlass shows every frame at once.
type instantGlass struct{ events chan player.GlassEvent }

func (g instantGlass) Events() <-chan player.GlassEvent { return g.events }
func (g instantGlass) Warm(player.Content)              {}
func (g instantGlass) Show(f player.Frame) {
	g.events <- player.GlassEvent{Kind: player.Presented, Showing: f.Showing, Label: f.Label, At: time.Now()}
}

// instantly makes everything ready at once; what it makes is a still.
type instantly struct{}

func (instantly) Prepare(context.Context, plan.Creative, image.Point) (player.Content, error) {
	return instantly{}, nil
}
func (instantly) Draw(context.Context, player.View) (player.Content, error) { return instantly{}, nil }
func (instantly) Length() time.Duration                                     { return 0 }
func (instantly) Close() error                                              { return nil }

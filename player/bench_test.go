package player_test

import (
	"context"
	"fmt"
	"image"
	"log/slog"
	"slices"
	"testing"
	"time"

	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// quietGlass tells when the neutral frame is handed over.
type quietGlass struct {
	events  chan player.GlassEvent
	neutral chan time.Time
}

func (g quietGlass) Events() <-chan player.GlassEvent { return g.events }
func (g quietGlass) Warm(player.Content)              {}
func (g quietGlass) Show(f player.Frame) {
	if f.Look == player.LookNeutral && f.Content != nil {
		select {
		case g.neutral <- time.Now():
		default:
		}
	}
	select {
	case g.events <- player.GlassEvent{Kind: player.Presented, Showing: f.Showing, Label: f.Label, At: time.Now()}:
	default:
	}
}

// BenchmarkServiceAsPlanArrives is how long the neutral frame takes when service
// begins just after a plan has arrived: 1,000 ads, and 5,000 plays of the past.
func BenchmarkServiceAsPlanArrives(b *testing.B) {
	begun := time.Now()
	var ads []plan.Campaign
	for i := range 1000 {
		ads = append(ads, campaign(fmt.Sprint("ad", i), 2000+i%200))
	}
	var past []plan.Play
	for i := range 5000 {
		c := ads[i*7%len(ads)]
		past = append(past, plan.Play{
			Boot: "boot", Feed: "local", Campaign: c.ID, Creative: c.Creatives[0].ID, Advertiser: c.Advertiser, Category: c.Category,
			StartedAt: begun.Add(time.Duration(i-5000) * 10 * time.Second), MonoMS: int64(i) * 10_000, PlannedMS: 10_000, ShownMS: 10_000,
			Outcome: plan.Completed, Counted: true, Clock: plan.ClockTrusted,
		})
	}
	glass := quietGlass{events: make(chan player.GlassEvent, 64), neutral: make(chan time.Time, 1)}
	glass.events <- player.GlassEvent{Kind: player.Resized, Size: image.Pt(640, 360)}
	p := player.New(player.Config{
		Glass: glass, Preparer: &preparer{}, Looks: venueLooks{}, Plays: &log{},
		Civil:      func() (time.Time, plan.Clock) { return time.Now(), plan.ClockTrusted },
		Venue:      plan.Venue{Name: "Martin", ID: "screen", Activity: "jeweller", Timezone: time.UTC, Targeting: true},
		Vocabulary: words{}, OwnShare: scheduler.OwnShare{Turns: 1, Of: 4},
		Boot: "boot", Booted: begun.Add(-50_000 * time.Second), Begun: begun, Log: slog.New(slog.DiscardHandler),
	}, func(int) []plan.Play { return past })
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	go p.Run(ctx)
	p.Believe(presence.Belief{State: presence.Empty})
	time.Sleep(100 * time.Millisecond)

	var took []time.Duration
	for b.Loop() {
		p.Believe(presence.Belief{State: presence.Waiting, Since: time.Since(begun)})
		time.Sleep(400 * time.Millisecond) // what came before is ready
		for len(glass.neutral) > 0 {
			<-glass.neutral
		}
		p.SetPlan(plan.Plan{Feeds: []plan.Feed{{Name: "local", Revision: fmt.Sprint(len(took)), Campaigns: ads}}}, nil)
		time.Sleep(2 * time.Millisecond) // the player has begun with it
		asked := time.Now()
		p.Believe(presence.Belief{State: presence.Serving, Since: time.Since(begun)})
		took = append(took, (<-glass.neutral).Sub(asked))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/1e6, "ms/p50")
	b.ReportMetric(float64(took[len(took)-1])/1e6, "ms/max")
}

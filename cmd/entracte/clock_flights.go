package main

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"entracte/player"
	"entracte/scheduler/plan"
)

// A datedPlayer is a player whose plan loses what was over by the latest time this
// screen has seen. The scheduler goes by the time it is told; that may be set back,
// or be a floor that is far behind, and an ad whose last day has passed must not
// come back with it.
type datedPlayer struct {
	*player.Player
	clock *wallClock
	// setPlan is the player's own.
	setPlan func(plan.Plan, []string)

	mu      sync.Mutex
	plan    plan.Plan
	notices []string
	// told is what the player has of the plan.
	told plan.Plan
}

func newDatedPlayer(p *player.Player, c *wallClock) *datedPlayer {
	return &datedPlayer{Player: p, clock: c, setPlan: p.SetPlan}
}

// SetPlan gives the player a plan without what is over.
func (d *datedPlayer) SetPlan(p plan.Plan, notices []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.plan, d.notices = p, notices
	d.tell()
}

// run looks every second whether it is another day, or the clock was put right, until
// ctx ends: an ad that is over must not begin once more meanwhile.
func (d *datedPlayer) run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var before seenDays
	for {
		select {
		case <-tick.C:
			now := d.days()
			if now == before {
				continue
			}
			before = now
			d.mu.Lock()
			if p, _ := d.without(now); !reflect.DeepEqual(p, d.told) {
				d.tell()
			}
			d.mu.Unlock()
		case <-ctx.Done():
			return
		}
	}
}

// tell gives the player what is left. Hold mu.
func (d *datedPlayer) tell() {
	p, over := d.without(d.days())
	notices := d.notices
	if over > 0 {
		notices = append(slices.Clip(notices), fmt.Sprintf(
			"the clock is behind %s, which this screen has already seen: campaigns that were over by then stay off (%d)\nhint: if that date was wrong: entracte clock set TIME --forget-later",
			d.clock.seen().Format(time.DateOnly), over))
	}
	d.told = p
	d.setPlan(p, notices)
}

// seenDays are what decides which campaigns are over: the day it is, and the latest day that
// was seen; the zero value where neither is known.
type seenDays struct{ today, latest plan.Date }

func (d *datedPlayer) days() seenDays {
	civil, trust := d.clock.now()
	seen := d.clock.seen()
	if seen.IsZero() || trust == plan.ClockUnknown {
		return seenDays{}
	}
	return seenDays{plan.DateOf(civil), plan.DateOf(seen)}
}

// without is the plan without the campaigns that only what was seen shows to be
// over, and how many there were; what the clock itself refuses is left for the
// scheduler to refuse, and to say so.
func (d *datedPlayer) without(now seenDays) (plan.Plan, int) {
	if now == (seenDays{}) {
		return d.plan, 0
	}
	isOver := func(c plan.Campaign) bool {
		to := c.Flight.To
		return !to.IsZero() && now.today.Before(to) && !now.latest.Before(to)
	}
	over := 0
	left := plan.Plan{Feeds: slices.Clone(d.plan.Feeds)}
	for i := range left.Feeds {
		f := &left.Feeds[i]
		if before := len(f.Campaigns); slices.ContainsFunc(f.Campaigns, isOver) {
			f.Campaigns = slices.DeleteFunc(slices.Clone(f.Campaigns), isOver)
			over += before - len(f.Campaigns)
		}
	}
	if over == 0 {
		return d.plan, 0
	}
	return left, over
}

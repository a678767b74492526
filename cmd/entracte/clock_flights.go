package main

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"entracte/player"
	"entracte/player/control"
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
	setPlan func(plan.Plan, []player.Notice)

	mu      sync.Mutex
	plan    plan.Plan
	notices []player.Notice
	// told is what the player has of the plan.
	told plan.Plan
}

func newDatedPlayer(p *player.Player, c *wallClock) *datedPlayer {
	return &datedPlayer{Player: p, clock: c, setPlan: p.SetPlan}
}

// SetPlan gives the player a plan without what is over.
func (d *datedPlayer) SetPlan(p plan.Plan, notices []player.Notice) {
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
	if n := len(over); n > 0 {
		notices = append(slices.Clip(notices), player.Notice{Concern: overStays, Ads: n, Details: []string{fmt.Sprintf(
			"the clock is behind %s, which this screen has already seen: campaigns that were over by then stay off (%d; `entracte why --why-not` names them)\nhint: if that date was wrong: entracte clock set TIME --forget-later",
			d.clock.seen().Format(time.DateOnly), n)}})
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

// refusals are about the campaigns that stay over although the clock was set back.
func (d *datedPlayer) refusals() []control.Refusal {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, over := d.without(d.days())
	return over
}

// today is the date as far as it is known; zero where it is not.
func (d *datedPlayer) today() plan.Date {
	now := d.days()
	if now.today.Before(now.latest) {
		return now.latest
	}
	return now.today
}

// without is the plan without the campaigns that only what was seen shows to be
// over, and refusals of those; what the clock itself refuses is left for the
// scheduler to refuse, and to say so.
func (d *datedPlayer) without(now seenDays) (plan.Plan, []control.Refusal) {
	if now == (seenDays{}) {
		return d.plan, nil
	}
	isOver := func(c plan.Campaign) bool {
		to := c.Flight.To
		return !to.IsZero() && now.today.Before(to) && !now.latest.Before(to)
	}
	var over []control.Refusal
	left := plan.Plan{Feeds: slices.Clone(d.plan.Feeds)}
	for i := range left.Feeds {
		f := &left.Feeds[i]
		before := len(over)
		for k := range f.Campaigns {
			if c := &f.Campaigns[k]; isOver(*c) {
				over = append(over, refuse(f.Name, c.ID, codeStaysOver, advertiserOf(c), dateOf(c.Flight.To.AddDays(-1))))
			}
		}
		if len(over) > before {
			f.Campaigns = slices.DeleteFunc(slices.Clone(f.Campaigns), isOver)
		}
	}
	if over == nil {
		return d.plan, nil
	}
	return left, over
}

package player

import (
	"context"
	"time"

	"entracte/hw/presence"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// A draft is a scheduler in the making. A thousand ads and a day of plays take it
// long enough to keep a customer waiting for silence, so it is made on a goroutine
// of its own from what was known when that began, and comes into force when it is
// ready and still true.
type draft struct {
	plan    plan.Plan
	options scheduler.Options
	past    []plan.Play
	// assumed is the play of what is on the glass, as if it had run to its end, and
	// moment is that end; without one, moment is when the draft was begun.
	assumed *plan.Play
	moment  scheduler.Moment
	// edition, plays and on tell whether the draft is still true.
	edition, plays, on uint64
	sched              *scheduler.Scheduler
}

// make is the long part.
func (d *draft) make() {
	past := d.past
	if d.assumed != nil {
		past = append(past, *d.assumed)
	}
	d.sched = scheduler.New(d.plan, d.options, past, d.moment)
}

// retries is how often a draft is made anew because something played meanwhile,
// before nothing new is played until one is in force.
const retries = 2

// schedule is the scheduler in force, and the next one.
type schedule struct {
	sched *scheduler.Scheduler
	// inForce is the plan that sched was made for.
	inForce plan.Plan
	drafts  chan draft
	// drafting says that a draft is being made, and edition counts the times that
	// one was asked for.
	drafting bool
	edition  uint64
	tries    int
	// anew says that the draft is for another plan, or for creatives that are tried
	// again: what was prepared is prepared anew.
	anew bool
	// held says that no further turn is taken by sched: it counted one that was not
	// taken, or its successor cannot get true while turns are taken.
	held bool
	// recorded counts the showings that were recorded, and kept how many of them were
	// when what lasts was kept.
	recorded, kept uint64
}

func (p *Player) options() scheduler.Options {
	return scheduler.Options{
		Venue: p.cfg.Venue, Vocabulary: p.cfg.Vocabulary, OwnShare: p.cfg.OwnShare, Seed: p.cfg.Seed,
		Waits: p.read, Delivered: p.history.delivered(), Boot: p.cfg.Boot,
	}
}

// start is the record of this start of the machine.
func (p *Player) start() plan.Play {
	m := p.moment()
	return plan.Restart(p.cfg.Boot, m.Mono, m.Civil, m.Clock)
}

// moment is now, as the scheduler understands time.
func (p *Player) moment() scheduler.Moment {
	civil, clock := p.cfg.Civil()
	m := scheduler.Moment{Mono: time.Since(p.cfg.Booted), Civil: civil, Clock: clock}
	if p.belief.State == presence.Waiting && !p.belief.Assumed {
		m.WaitBegan = max(p.cfg.Begun.Sub(p.cfg.Booted)+p.belief.Since, 1) // 0 would say that nobody knows
	}
	return m
}

// pickMoment is when the next creative will be picked, as far as anybody knows.
func (p *Player) pickMoment() scheduler.Moment {
	m := p.moment()
	switch {
	case p.on != nil && p.on.lease.ID == 0:
		// Its turn is counted already, as if it were over.
		return later(m, p.on.left())
	case p.belief.State != presence.Waiting && sensed(p.belief):
		m.WaitBegan = m.Mono // a wait that begins now
	}
	return m
}

func later(m scheduler.Moment, d time.Duration) scheduler.Moment {
	m.Mono, m.Civil = m.Mono+d, m.Civil.Add(d)
	return m
}

// left is how much of a showing is to come.
func (s *showing) left() time.Duration {
	if s.begun.IsZero() {
		return s.planned
	}
	return max(s.planned-time.Since(s.begun), 0)
}

func (p *Player) onPlan(ctx context.Context, c planChange) {
	p.plan, p.notices = c.plan, c.notices
	p.history.promise(p.plan, p.moment())
	p.recount(ctx)
	p.renew()
}

// renew begins anew with the newest plan and every creative. Until that is ready
// the old plan plays on, and what is on the glass then finishes: its lease died
// with the old scheduler, and the new one counts its turn as taken.
func (p *Player) renew() {
	p.broken = broken{}
	p.anew = true
	p.reschedule()
}

// reschedule asks for a scheduler that goes on from what really happened.
func (p *Player) reschedule() {
	p.edition++
	p.tries = 0
	if !p.drafting {
		p.startDraft()
	}
}

func (p *Player) startDraft() {
	p.drafting = true
	d, drafts := p.draft(), p.drafts
	go func() {
		d.make()
		select {
		case drafts <- d:
		case <-p.done:
		}
	}()
}

// draft is what a scheduler is to be made from now.
func (p *Player) draft() draft {
	history := p.history.snapshot()
	d := draft{
		plan: p.plan, options: p.options(), past: history.plays, moment: p.moment(),
		edition: p.edition, plays: p.recorded,
	}
	d.options.Waits = clone(p.cfg.Memory.Waits)
	if p.on != nil {
		assumed := p.play(p.on, plan.Completed, d.moment)
		assumed.ShownMS = assumed.PlannedMS
		d.on, d.assumed, d.moment = p.on.id, &assumed, later(d.moment, p.on.left())
	}
	return d
}

// onDraft puts a draft in force if it is still true.
func (p *Player) onDraft(ctx context.Context, d draft) {
	p.drafting = false
	if d.edition != p.edition {
		p.startDraft()
		return
	}
	if d.plays != p.recorded || d.on != p.showing() {
		p.tries++
		p.held = p.held || p.tries > retries
		p.startDraft()
		return
	}
	p.enforce(d)
	p.follow(ctx)
}

// enforce replaces the scheduler in force.
func (p *Player) enforce(d draft) {
	p.sched, p.inForce, p.read = d.sched, d.plan, d.options.Waits
	p.teach()
	p.held = false
	if p.anew {
		p.anew = false
		p.dropNext()
		// What failed may be another file now, under the same name.
		p.broken = broken{}
	}
	for _, ref := range p.broken.ref {
		p.sched.Unplayable(ref, ref.Creative)
	}
	if p.on != nil {
		p.on.lease.ID = 0
	}
}

// showing numbers what is on the glass; 0 is none.
func (p *Player) showing() uint64 {
	if p.on == nil {
		return 0
	}
	return p.on.id
}

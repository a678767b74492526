package player

import (
	"context"
	"image"
	"log/slog"
	"strings"
	"time"

	"entracte/hw/presence"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// Config is what a player is made of. Glass, Preparer, Looks, Plays and Civil
// are needed; the rest has sensible zero values.
type Config struct {
	Glass    Glass
	Preparer Preparer
	Looks    Looks
	Plays    Plays
	// Civil tells the civil time and how far to trust it.
	Civil func() (time.Time, plan.Clock)

	// Memory is what was kept last time; its zero value is a screen that is new.
	// Its Waits are counted in while Run runs, which owns what they point to; nil
	// learns nothing of the waits.
	Memory plan.Memory
	// Keep keeps what lasts for the next Memory. It is called when Run ends and at
	// most once an hour before, on a goroutine that may wait for the card; nil
	// keeps nothing.
	Keep func(plan.Memory) error
	// Recount counts on the card the plays of some campaigns, from the From of each on
	// and up to the last play of the log, which it names as a Memory does. It is asked
	// for those that Memory does not have, on a goroutine of its own, and may return
	// anything once its context has ended. nil counts none.
	Recount func(context.Context, []plan.Delivery) plan.Memory

	Venue      plan.Venue
	Vocabulary plan.Vocabulary
	OwnShare   scheduler.OwnShare
	Seed       uint64

	Enter Transition
	// Fade is how long a transition takes; a cut has none.
	Fade time.Duration
	// Volume of films, 0 (silent, the default) to 100.
	Volume int
	// MarkWord is the word before the advertiser on a paid creative
	// ("Publicité").
	MarkWord string
	// IdleClock says that the idle look shows the time and must be drawn anew
	// each minute.
	IdleClock bool

	// Boot identifies this start of the machine, and Booted is when it was: plays
	// are dated from there when the civil time is not to be believed.
	Boot   string
	Booted time.Time
	// Begun is when this process started, which is what the times of a belief
	// count from.
	Begun time.Time
	Log   *slog.Logger
}

// A Player is the loop. Its methods may be called from any goroutine; all but
// Run need Run to be running, or will be served once it is.
type Player struct {
	cfg      Config
	log      *slog.Logger
	readPast func(most int) []plan.Play
	beliefs  chan presence.Belief
	plans    chan planChange
	messages chan Message
	asks     chan func()
	done     chan struct{}

	// Everything below belongs to Run's goroutine.
	belief presence.Belief
	// plan is the newest one; it is in force when its scheduler is ready.
	plan plan.Plan
	schedule
	history history
	recounts
	learning
	glass image.Point
	showings
	looks    looks
	broken   broken
	recorder *recorder
	notices  []Notice
	message  Message
	// onScreen is the label of the frame that was drawn last.
	onScreen string
	// completed counts the plays since Run began.
	completed uint64
}

type planChange struct {
	plan    plan.Plan
	notices []Notice
}

// New returns a player that has not begun. past, which may be nil, reads the most
// recent plays, oldest first, from which caps and turns go on; Run calls it as it
// begins.
func New(cfg Config, past func(most int) []plan.Play) *Player {
	if past == nil {
		past = func(int) []plan.Play { return nil }
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Player{
		cfg: cfg, log: cfg.Log, readPast: past,
		beliefs:  make(chan presence.Belief, 16),
		plans:    make(chan planChange, 1),
		messages: make(chan Message),
		asks:     make(chan func()),
		done:     make(chan struct{}),
	}
}

// Believe tells the player what is believed about people in front.
func (p *Player) Believe(b presence.Belief) {
	select {
	case p.beliefs <- b:
	case <-p.done:
	}
}

// SetPlan replaces the plan in force, as soon as its scheduler is ready. notices say
// what of the content could not be used. What is on the glass finishes.
func (p *Player) SetPlan(pl plan.Plan, notices []Notice) {
	select {
	case p.plans <- planChange{pl, notices}:
	case <-p.done:
	}
}

// Run plays until ctx ends. It records what is on the glass as interrupted and
// returns when the last play is handed to the log.
func (p *Player) Run(ctx context.Context) error {
	defer close(p.done)
	p.recorder = newRecorder(p.cfg.Plays, p.cfg.Keep, p.log)
	defer p.recorder.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.showings.prepared = make(chan prepared)
	p.looks.drawn = make(chan drawnLook)
	p.drafts = make(chan draft)
	p.counts = make(chan plan.Memory)
	p.history = newHistory(p.cfg.Venue.Timezone, p.cfg.Recount != nil)
	p.history.recall(p.cfg.Memory, p.history.last(p.readPast, p.moment(), p.cfg.Boot), p.start())
	p.recount(ctx)
	p.sched = scheduler.New(plan.Plan{}, p.options(), nil, p.moment())
	if p.cfg.Keep != nil {
		p.due = time.Now().Add(keepEvery)
	}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		// A change of belief goes before everything else.
		select {
		case b := <-p.beliefs:
			p.believe(ctx, b)
			continue
		default:
		}
		timer.Reset(time.Until(p.nextDeadline()))
		select {
		case <-ctx.Done():
			p.interrupt()
			p.dropNext()
			p.keep()
			if p.drafting {
				<-p.drafts
			}
			return nil
		case b := <-p.beliefs:
			p.believe(ctx, b)
		case e := <-p.cfg.Glass.Events():
			p.onGlass(ctx, e)
		case r := <-p.showings.prepared:
			p.onPrepared(ctx, r)
		case d := <-p.looks.drawn:
			p.onLook(ctx, d)
		case c := <-p.plans:
			p.onPlan(ctx, c)
		case m := <-p.counts:
			p.onCounts(ctx, m)
		case d := <-p.drafts:
			p.onDraft(ctx, d)
		case m := <-p.messages:
			p.onMessage(ctx, m)
		case ask := <-p.asks:
			ask()
		case <-timer.C:
			p.onTime(ctx)
		}
	}
}

func (p *Player) believe(ctx context.Context, b presence.Belief) {
	// Never logged: a journal may be kept, and when people came is nobody's.
	was := p.belief
	p.belief = b
	p.follow(ctx) // the glass first
	p.learn(was, b)
}

// follow brings the glass in line with the belief.
func (p *Player) follow(ctx context.Context) {
	switch p.belief.State {
	case presence.Waiting, presence.Empty, presence.Asleep, presence.Closed:
		p.speak(ctx)
	default:
		p.showNeutral()
	}
	p.ready(ctx)
	p.refreshLooks(ctx)
}

// speak shows what nobody who is served may see.
func (p *Player) speak(ctx context.Context) {
	switch state := p.belief.State; {
	case p.tells():
		p.interrupt()
		p.showLook(LookMessage, p.cfg.Enter)
	case state == presence.Waiting:
		if p.on == nil {
			p.advance(ctx)
		}
	case state == presence.Empty:
		p.interrupt()
		p.showLook(LookIdle, p.cfg.Enter)
	default:
		p.interrupt()
		p.showLook(LookBlack, p.cfg.Enter)
		p.rest()
	}
}

func (p *Player) onGlass(ctx context.Context, e GlassEvent) {
	switch e.Kind {
	case Presented:
		p.onScreen = e.Label
	case Resized:
		if e.Size == p.glass {
			return
		}
		p.glass = e.Size
		p.looks.forget()
		p.refreshLooks(ctx)
		p.dropNext()
		p.ready(ctx)
		return
	}
	if p.on == nil || p.on.id != e.Showing {
		return
	}
	switch e.Kind {
	case Presented:
		p.presented(ctx, e.At)
	case Ended:
		p.finish(ctx, plan.Completed)
	case Broke:
		p.log.Error("creative broke", "creative", p.on.lease.Ref.String(), "file", p.on.lease.Creative.File, "err", e.Err)
		c := p.on.lease.Creative
		p.skip(p.on.lease.Ref, strings.ReplaceAll(e.Err.Error(), c.SHA256, c.File))
		p.finish(ctx, plan.Failed)
	}
}

// nextDeadline is the earliest time at which something is due.
func (p *Player) nextDeadline() time.Time {
	next := time.Now().Add(time.Hour)
	for _, t := range []time.Time{p.showings.deadline(), p.look, p.overdue(), p.looks.due, p.broken.mend, p.due} {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	return next
}

func (p *Player) onTime(ctx context.Context) {
	now := time.Now()
	if p.on != nil && !p.on.ends.IsZero() && !now.Before(p.on.ends) {
		if p.on.overruns {
			const why = "it never came to its end: this machine is too slow for it, or its decoder hangs"
			p.log.Error(why, "creative", p.on.lease.Ref.String())
			p.skip(p.on.lease.Ref, why)
			p.finish(ctx, plan.Failed)
		} else {
			p.finish(ctx, plan.Completed)
		}
	}
	if !p.look.IsZero() && !now.Before(p.look) || !p.overdue().IsZero() && !now.Before(p.patience) {
		p.ready(ctx)
		if p.mayShow() {
			p.advance(ctx)
		}
	}
	if !p.broken.mend.IsZero() && !now.Before(p.broken.mend) {
		p.renew()
	}
	if !p.due.IsZero() && !now.Before(p.due) {
		p.keep()
	}
	if !p.looks.due.IsZero() && !now.Before(p.looks.due) {
		p.looks.forgetIdle()
		p.refreshLooks(ctx)
	}
}

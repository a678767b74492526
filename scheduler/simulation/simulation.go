package simulation

import (
	"iter"
	"time"

	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// A Simulation is one run of one screen. The plan must not change while it runs.
type Simulation struct {
	Plan plan.Plan
	// Options are the scheduler's. With Waits in them, each finished wait is added
	// to a copy that the scheduler reads, as a real shop learns; nil where a shop
	// does not.
	Options scheduler.Options
	// Unplayable lists the creatives whose media cannot be shown.
	Unplayable []Unplayable
	// From is when the screen starts, and For how long it runs.
	From time.Time
	For  time.Duration
	// Waits yields the measured waits in the order they began. One that begins
	// before the last one ended begins when that ends. nil: no sensor, and the show
	// runs whenever the venue is open.
	Waits iter.Seq[Wait]
	// Boot names this start in the records.
	Boot string
	// WhyNot asks for the refusals of every step, which costs far more than the
	// rest.
	WhyNot bool
}

// Unplayable is a creative that cannot be shown, and why: a phrase.
type Unplayable struct {
	Ref plan.Ref
	Why string
}

// A Step is a part of a wait: one showing, or the idle look because nothing might
// play.
type Step struct {
	// Wait numbers the waits from 1.
	Wait uint64
	// Civil is when the step began, in the venue's time zone, and Lasted how long
	// it was on the glass.
	Civil  time.Time
	Lasted time.Duration
	// Choice is what the scheduler chose, and Play its record; both are zero when
	// the step is idle.
	Choice scheduler.Choice
	Play   plan.Play
	// Refused is why each other campaign could not play when the step began; nil
	// unless asked for.
	Refused []scheduler.Refusal
}

// Idle reports whether nothing was shown.
func (s *Step) Idle() bool { return s.Play.Seq == 0 }

// Run yields the steps of all waits in order. Each call runs anew, with the same
// result.
func (s Simulation) Run() iter.Seq[Step] {
	return func(yield func(Step) bool) {
		r := newRun(s, yield)
		for w := range s.spans(r.open) {
			if !r.wait(w) {
				return
			}
		}
	}
}

// A run is a Simulation on its way.
type run struct {
	Simulation
	sched *scheduler.Scheduler
	zone  *time.Location
	yield func(Step) bool
	waits uint64
	seq   uint64
	// open are the stretches in which the venue is open, but for those of which all
	// was watched.
	open []span
	// began is Moment.WaitBegan of the present wait.
	began     time.Duration
	revisions map[string]string
	codes     map[scheduler.Reason]string
}

func newRun(s Simulation, yield func(Step) bool) *run {
	r := &run{Simulation: s, yield: yield, zone: s.Options.Venue.Timezone,
		revisions: map[string]string{}, codes: map[scheduler.Reason]string{}}
	if r.zone == nil {
		r.zone = s.From.Location()
	}
	if s.Options.Waits != nil {
		learned := *s.Options.Waits
		r.Options.Waits = &learned
	}
	for _, f := range s.Plan.Feeds {
		if _, twice := r.revisions[f.Name]; !twice {
			r.revisions[f.Name] = f.Revision
		}
	}
	r.From = s.From.In(r.zone)
	r.open = openings(&s.Options.Venue, r.From, s.For)
	r.sched = scheduler.New(s.Plan, r.Options, nil, r.moment(0))
	for _, u := range s.Unplayable {
		r.sched.Unplayable(u.Ref, u.Why)
	}
	return r
}

func (r *run) moment(mono time.Duration) scheduler.Moment {
	return scheduler.Moment{Mono: mono, Civil: r.From.Add(mono), Clock: plan.ClockTrusted, WaitBegan: r.began}
}

// wait runs the show through one wait and reports whether to go on.
func (r *run) wait(w span) bool {
	r.waits++
	if r.Waits != nil {
		r.began = max(w.from, 1) // 0 would say that nobody knows
	}
	idle := Step{}
	for now := w.from; now < w.to; {
		m := r.moment(now)
		lease, ok := r.sched.Pick(m)
		if !ok {
			if idle.Wait == 0 {
				idle = r.step(m)
			}
			next := min(r.nextTry(m), w.to)
			idle.Lasted += next - now
			now = next
			continue
		}
		if idle.Wait != 0 && !r.yield(idle) {
			return false
		}
		idle = Step{}
		step := r.step(m)
		step.Choice = lease.Choice
		step.Play, step.Lasted = r.show(lease, m, w.to)
		if !r.yield(step) {
			return false
		}
		now += step.Lasted
	}
	if idle.Wait != 0 && !r.yield(idle) {
		return false
	}
	if w.to < r.For {
		r.learn(w)
	}
	return true
}

// step begins a step.
func (r *run) step(m scheduler.Moment) Step {
	s := Step{Wait: r.waits, Civil: m.Civil}
	if r.WhyNot {
		s.Refused = r.sched.WhyNot(m)
	}
	return s
}

// patience is how soon the player looks again, at the earliest, when nothing may
// play.
const patience = time.Second

// nextTry is when something may play again, as far as time decides.
func (r *run) nextTry(m scheduler.Moment) time.Duration {
	at, ok := r.sched.NextChange(m)
	if !ok {
		return r.For
	}
	return max(at, m.Mono+patience)
}

// show keeps the lease on the glass until it is complete or the wait ends.
func (r *run) show(l scheduler.Lease, m scheduler.Moment, end time.Duration) (plan.Play, time.Duration) {
	r.seq++
	planned := l.Length()
	p := plan.Play{
		Seq: r.seq, Boot: r.Boot, Venue: r.Options.Venue.Name, Screen: r.Options.Venue.ID,
		Feed: l.Ref.Feed, Campaign: l.Ref.Campaign, Creative: l.Ref.Creative,
		Advertiser: l.Campaign.Advertiser, Category: l.Campaign.Category, SHA256: digest(l.Creative),
		StartedAt: m.Civil.UTC().Truncate(time.Millisecond), MonoMS: m.Mono.Milliseconds(), PlannedMS: planned.Milliseconds(),
		Outcome: plan.Completed, Reasons: r.reasons(l.Reasons), Plan: r.revisions[l.Ref.Feed], Clock: m.Clock,
	}
	shown := min(planned, end-m.Mono)
	p.ShownMS = shown.Milliseconds()
	if p.Counted = shown == planned; p.Counted {
		r.sched.Complete(l, r.moment(m.Mono+shown))
	} else {
		p.Outcome = plan.Interrupted
		r.sched.Abort(l, r.moment(m.Mono+shown))
	}
	return p, shown
}

// learn adds a finished wait, and the time until its end, to what the shop knows
// of its waits.
func (r *run) learn(w span) {
	known := r.Options.Waits
	if known == nil {
		return
	}
	known.Count(r.From.Add(w.from), w.to-w.from)
	for len(r.open) > 0 && r.open[0].from < w.to {
		watched := span{r.open[0].from, min(r.open[0].to, w.to)}
		known.Watch(watched.to - watched.from)
		if watched.to < r.open[0].to {
			r.open[0].from = watched.to
			return
		}
		r.open = r.open[1:]
	}
}

// reasons are the codes of the record. Few differ, so each is written once.
func (r *run) reasons(rs []scheduler.Reason) []string {
	codes := make([]string, len(rs))
	for i, reason := range rs {
		code, known := r.codes[reason]
		if !known {
			code = reason.Code()
			r.codes[reason] = code
		}
		codes[i] = code
	}
	return codes
}

// digest is the content address of what was shown; a card's is its picture's.
func digest(c *plan.Creative) string {
	if c.Card != nil {
		return c.Card.PictureSHA256
	}
	return c.SHA256
}

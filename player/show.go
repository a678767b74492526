package player

import (
	"context"
	"time"

	"entracte/hw/presence"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// A showing is one lease on its way over the glass.
type showing struct {
	id    uint64
	lease scheduler.Lease
	// revision is that of the feed it comes from.
	revision string
	content  Content
	// cancel ends what the content was prepared with: its decoder lives on it.
	cancel  context.CancelFunc
	planned time.Duration
	// begun is when the first frame was on the glass; zero until then.
	begun time.Time
	mono  time.Duration
	civil time.Time
	clock plan.Clock
	// ends is when it is complete; when it overruns, that is for the glass to say,
	// and ends is when to stop waiting for it.
	ends     time.Time
	overruns bool
}

// next is the creative that will probably follow, being prepared or ready.
type next struct {
	choice  scheduler.Choice
	cancel  context.CancelFunc
	content Content
	number  uint64
}

type prepared struct {
	number  uint64
	content Content
	err     error
}

type showings struct {
	on       *showing
	next     *next
	count    uint64
	attempts uint64
	prepared chan prepared
	// look is when to look again at what would come next: time may have made
	// another creative eligible, or the prepared one not.
	look time.Time
	// patience is when to stop keeping what is on the glass for a creative that
	// is not ready; zero while nothing is waited for.
	patience time.Time
	// frame is on the glass, to leave it alone when nothing changes.
	frame Frame
}

// hold is how long a finished creative, or the neutral frame after service, may
// stay for the next creative to get ready.
const hold = 2 * time.Second

// lookEvery is how stale the guess at the next creative may get.
const lookEvery = 10 * time.Second

// overrun is how long past its length a film may take to say that it ended.
const overrun = 3 * time.Second

func (s *showings) deadline() time.Time {
	if s.on == nil {
		return time.Time{}
	}
	return s.on.ends
}

// overdue is when patience ends with what is on the glass; zero when the idle
// look has already taken its place.
func (s *showings) overdue() time.Time {
	if s.frame.Look == LookIdle {
		return time.Time{}
	}
	return s.patience
}

// ready sees to it that the creative which would come next is being prepared.
func (p *Player) ready(ctx context.Context) {
	if p.glass.X == 0 {
		return
	}
	switch p.belief.State {
	case presence.Asleep, presence.Closed:
		p.dropNext()
		p.look = time.Time{}
		return
	}
	m := p.pickMoment()
	p.look = time.Now().Add(lookEvery)
	choices := p.sched.Peek(m, 1)
	if len(choices) == 0 {
		p.dropNext()
		if at, ok := p.sched.NextChange(m); ok {
			p.look = time.Now().Add(min(max(at-m.Mono, time.Second), lookEvery))
		}
		return
	}
	c := choices[0]
	if p.next != nil && p.next.choice.Ref == c.Ref {
		return
	}
	p.dropNext()
	p.attempts++
	pctx, cancel := context.WithCancel(ctx)
	n := &next{choice: c, cancel: cancel, number: p.attempts}
	p.next = n
	creative, glass, results := *c.Creative, p.glass, p.prepared
	go func() {
		content, err := p.cfg.Preparer.Prepare(pctx, creative, glass)
		select {
		case results <- prepared{n.number, content, err}:
		case <-p.done:
			if content != nil {
				content.Close()
			}
		}
	}()
}

func (p *Player) onPrepared(ctx context.Context, r prepared) {
	if p.next == nil || p.next.number != r.number {
		if r.content != nil {
			r.content.Close()
		}
		return
	}
	if r.err != nil {
		ref := p.next.choice.Ref
		p.log.Error("creative skipped", "creative", ref.String(), "err", r.err)
		p.skip(ref, r.err.Error())
		p.dropNext()
		p.ready(ctx)
		p.refreshLooks(ctx)
	} else {
		p.next.content = r.content
		p.cfg.Glass.Warm(r.content)
	}
	if p.mayShow() {
		p.advance(ctx)
	}
}

// dropNext gives up what was prepared.
func (p *Player) dropNext() {
	if p.next == nil {
		return
	}
	p.next.cancel()
	if p.next.content != nil {
		p.next.content.Close()
	}
	p.next = nil
}

// advance puts the next creative on the glass if one may play and is ready.
func (p *Player) advance(ctx context.Context) {
	p.ready(ctx)
	if p.next == nil {
		p.patience = time.Time{}
		p.showLook(LookIdle, p.cfg.Enter)
		return
	}
	if p.next.content == nil || p.held {
		p.wait()
		return
	}
	lease, ok := p.sched.Pick(p.moment())
	if ok && lease.Ref == p.next.choice.Ref {
		p.begin(lease)
		return
	}
	// The moment moved between looking and picking: look again.
	if ok {
		p.sched.Abort(lease, p.moment())
	}
	p.dropNext()
	p.ready(ctx)
	p.wait()
}

// wait keeps what is on the glass for a short while, then shows the idle look.
func (p *Player) wait() {
	now := time.Now()
	switch {
	case p.patience.IsZero():
		p.patience = now.Add(hold)
	case !now.Before(p.patience):
		p.patience = now.Add(hold)
		p.showLook(LookIdle, p.cfg.Enter)
	}
}

// begin hands the prepared creative to the glass.
func (p *Player) begin(lease scheduler.Lease) {
	p.count++
	s := &showing{id: p.count, lease: lease, revision: p.revision(lease.Ref.Feed), content: p.next.content, cancel: p.next.cancel}
	s.planned = length(lease.Creative, s.content)
	p.next = nil
	p.on = s
	p.patience = time.Time{}
	f := Frame{
		Look: LookShow, Showing: s.id, Content: s.content, Label: lease.Ref.String(),
		Enter: p.cfg.Enter, Fade: p.cfg.Fade, Volume: p.cfg.Volume,
	}
	if s.id == 1 && p.frame.Look == LookNeutral {
		// The player has only just started: there is nothing to fade from.
		f.Enter = Cut
	}
	if !lease.Campaign.House() {
		f.Mark = p.cfg.MarkWord + " · " + lease.Campaign.Advertiser
	}
	p.show(f)
}

// length is how long a creative shows: what its booking says, but a film never
// longer than it is.
func length(c *plan.Creative, content Content) time.Duration {
	natural := content.Length()
	switch {
	case c.Length == 0 && natural == 0:
		return plan.DefaultStill
	case c.Length == 0:
		return natural
	case natural == 0:
		return c.Length
	}
	return min(c.Length, natural)
}

// presented starts the clock of the showing: its first frame is on the glass.
func (p *Player) presented(ctx context.Context, at time.Time) {
	s, m := p.on, p.moment()
	s.begun = at
	s.mono = m.Mono - time.Since(at)
	s.civil, s.clock = m.Civil.Add(-time.Since(at)), m.Clock
	s.ends = at.Add(s.planned)
	if natural := s.content.Length(); natural > 0 && s.planned >= natural {
		s.ends, s.overruns = at.Add(s.planned+overrun), true
	}
	p.ready(ctx)
}

// finish ends the showing that ran to its end, or failed, and goes on.
func (p *Player) finish(ctx context.Context, outcome plan.Outcome) {
	p.end(outcome)
	if outcome == plan.Failed {
		// What broke is not kept on the glass.
		p.showLook(LookIdle, p.cfg.Enter)
	}
	p.follow(ctx)
}

// interrupt ends the showing before its time. It does not touch the glass.
func (p *Player) interrupt() {
	p.patience = time.Time{}
	if p.on != nil {
		p.end(plan.Interrupted)
	}
}

// end settles the lease and records what reached the glass.
func (p *Player) end(outcome plan.Outcome) {
	s := p.on
	p.on = nil
	m := p.moment()
	switch {
	case outcome == plan.Completed:
		p.sched.Complete(s.lease, m)
		p.completed++
	default:
		p.sched.Abort(s.lease, m)
	}
	if !s.begun.IsZero() {
		p.record(s, outcome)
	}
	if s.lease.ID == 0 && outcome != plan.Completed {
		// The scheduler counted the turn of a showing older than itself, which
		// now does not count.
		p.held = true
		p.reschedule()
	}
	s.content.Close()
	s.cancel()
}

// show gives the glass a frame.
func (p *Player) show(f Frame) {
	p.frame = f
	p.cfg.Glass.Show(f)
}

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
	id      uint64
	lease   scheduler.Lease
	content Content
	planned time.Duration
	// begun is when the first frame was on the glass; zero until then.
	begun time.Time
	mono  time.Duration
	civil time.Time
	clock plan.Clock
	// ends is when it is complete; zero while that is for the decoder to say.
	ends time.Time
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
	// retry is when to look again after nothing could be shown, or when to stop
	// holding a finished creative for one that is not ready.
	retry time.Time
	// holding says that a finished creative stays on the glass until the next
	// is ready.
	holding bool
	// on the glass, to leave it alone when nothing changes.
	frame Frame
}

// hold is how long a finished creative may stay for the next to get ready.
const hold = 2 * time.Second

// overrun is how long past its length a film may take to say that it ended.
const overrun = 3 * time.Second

func (s *showings) deadline() time.Time {
	if s.on == nil {
		return time.Time{}
	}
	return s.on.ends
}

// ready sees to it that the creative which would come next is being prepared.
func (p *Player) ready(ctx context.Context) {
	if p.glass.X == 0 {
		return
	}
	switch p.belief.State {
	case presence.Asleep, presence.Closed:
		p.dropNext()
		return
	}
	choices := p.sched.Peek(p.moment(), 1)
	if len(choices) == 0 {
		p.dropNext()
		p.retryLater()
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
		p.sched.Unplayable(ref, r.err.Error())
		p.dropNext()
		p.ready(ctx)
	} else {
		p.next.content = r.content
		p.cfg.Glass.Warm(r.content)
	}
	if p.belief.State == presence.Waiting && p.on == nil {
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

// advance puts the next creative on the glass if one may play and is ready;
// else what is there is held for a moment, then the idle look shows.
func (p *Player) advance(ctx context.Context) {
	p.ready(ctx)
	if p.next == nil {
		p.holding = false
		p.showLook(LookIdle, p.cfg.Enter)
		return
	}
	if p.next.content == nil {
		p.wait()
		return
	}
	lease, ok := p.sched.Pick(p.moment())
	if !ok || lease.Ref != p.next.choice.Ref {
		// The moment moved between looking and picking: look again.
		if ok {
			p.sched.Abort(lease, p.moment())
		}
		p.dropNext()
		p.ready(ctx)
		p.wait()
		return
	}
	p.begin(lease)
}

// wait keeps a finished creative on the glass for a short while, and shows the
// idle look when that was too long or nothing was there to keep.
func (p *Player) wait() {
	now := time.Now()
	if !p.holding || !p.retry.IsZero() && !now.Before(p.retry) {
		p.holding = false
		p.showLook(LookIdle, p.cfg.Enter)
		return
	}
	if p.retry.IsZero() {
		p.retry = now.Add(hold)
	}
}

// begin hands the prepared creative to the glass.
func (p *Player) begin(lease scheduler.Lease) {
	p.count++
	s := &showing{id: p.count, lease: lease, content: p.next.content}
	s.planned = length(lease.Creative, s.content)
	p.next.cancel()
	p.next = nil
	p.on = s
	p.holding = false
	p.retry = time.Time{}
	f := Frame{
		Look: LookShow, Showing: s.id, Content: s.content, Label: lease.Ref.String(),
		Enter: p.cfg.Enter, Fade: p.cfg.Fade, Volume: p.cfg.Volume,
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
		// The decoder says when the last frame was shown; this is only for one
		// that never does.
		s.ends = at.Add(s.planned + overrun)
	}
	p.ready(ctx)
}

// finish ends the showing that ran to its end, or failed, and goes on.
func (p *Player) finish(ctx context.Context, outcome plan.Outcome) {
	p.end(outcome)
	p.holding = outcome == plan.Completed
	p.follow(ctx)
}

// interrupt ends the showing before its time. It does not touch the glass.
func (p *Player) interrupt() {
	p.holding = false
	if p.on != nil {
		p.end(plan.Interrupted)
	}
}

// end settles the lease and records what reached the glass.
func (p *Player) end(outcome plan.Outcome) {
	s := p.on
	p.on = nil
	m := p.moment()
	if outcome == plan.Completed {
		p.sched.Complete(s.lease, m)
	} else {
		p.sched.Abort(s.lease, m)
	}
	if !s.begun.IsZero() {
		p.record(s, outcome)
	}
	s.content.Close()
}

// retryLater looks again when time may have made something eligible.
func (p *Player) retryLater() {
	m := p.moment()
	after := time.Minute
	if at, ok := p.sched.NextChange(m); ok {
		after = max(at-m.Mono, time.Second)
	}
	p.retry = time.Now().Add(min(after, time.Minute))
}

// show gives the glass a frame.
func (p *Player) show(f Frame) {
	p.frame = f
	p.cfg.Glass.Show(f)
}

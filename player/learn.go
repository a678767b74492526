package player

import (
	"time"

	"entracte/hw/presence"
	"entracte/scheduler/plan"
)

// keepEvery is how often, at most, what lasts is kept: counts that a power cut
// costs are worth less than the card.
const keepEvery = time.Hour

// learning is what the shop learns of its waits.
type learning struct {
	// settled is until when the time watched is counted, since Begun.
	settled time.Duration
	// read is the copy that the scheduler in force reads: the original is counted
	// in while another scheduler is being drafted.
	read *plan.Waits
	// due is when to keep what lasts; zero when nothing is kept.
	due time.Time
}

// learn counts the wait that has ended with a new belief, if one has.
func (p *Player) learn(was, is presence.Belief) {
	waits := p.cfg.Memory.Waits
	if waits == nil {
		return
	}
	civil, trusted := p.settle(was)
	length, ended := was.Waited(is)
	if !ended {
		return
	}
	began := time.Time{}
	if trusted {
		began = civil.Add(was.Since - p.settled)
	}
	waits.Count(began, length)
	p.teach()
}

// settle counts the time since it was called last as watched, if it was, and
// tells the venue's time and whether it can be trusted.
func (p *Player) settle(b presence.Belief) (civil time.Time, trusted bool) {
	now := time.Since(p.cfg.Begun)
	civil, clock := p.cfg.Civil()
	if p.cfg.Venue.Timezone != nil {
		civil = civil.In(p.cfg.Venue.Timezone)
	}
	trusted = clock == plan.ClockTrusted
	if trusted && watched(b) {
		p.cfg.Memory.Waits.Watch(now - p.settled)
	}
	p.settled = now
	return civil, trusted
}

// teach shows the scheduler what was learned.
func (p *Player) teach() {
	if p.read != nil {
		*p.read = *p.cfg.Memory.Waits
	}
}

// watched reports whether a wait that began under this belief would be counted
// with its hour.
func watched(b presence.Belief) bool {
	switch b.State {
	case presence.Starting, presence.Closed:
		return false
	}
	return !b.ClockUntrusted && sensed(b)
}

// sensed reports whether a presence sensor can be believed.
func sensed(b presence.Belief) bool {
	for _, in := range b.Inputs {
		if in.Role == presence.RolePresence && in.Level != presence.Unknown && in.Fault == "" {
			return true
		}
	}
	return false
}

// rest keeps what lasts when the show is over for a while, so that a plug pulled in
// the evening is a clean stop.
func (p *Player) rest() {
	if p.kept != p.recorded {
		p.keep()
	}
}

// keep hands what lasts to the recorder, which has all the time.
func (p *Player) keep() {
	if p.cfg.Keep == nil {
		return
	}
	if p.cfg.Memory.Waits != nil {
		p.settle(p.belief)
	}
	history, waits := p.history.snapshot(), clone(p.cfg.Memory.Waits)
	p.recorder.remember(func() plan.Memory {
		m := history.memory()
		m.Waits = waits
		return m
	})
	p.due, p.kept = time.Now().Add(keepEvery), p.recorded
}

func clone(w *plan.Waits) *plan.Waits {
	if w == nil {
		return nil
	}
	c := *w
	return &c
}

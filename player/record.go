package player

import (
	"log/slog"
	"sync/atomic"
	"time"

	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// Plays is where showings are recorded. Append gives the record its sequence
// number and must have written it when it returns; Sync makes what was appended
// last through a power cut.
type Plays interface {
	Append(plan.Play) (plan.Play, error)
	Sync() error
}

// recorder writes plays, and keeps what lasts, on a goroutine of its own: a slow
// card must not delay the neutral frame.
type recorder struct {
	work chan entry
	done chan struct{}
	to   Plays
	keep func(plan.Memory) error
	log  *slog.Logger
	// The last write failed, something is not safe on the card yet, and the last
	// memory was not kept: they belong to the recorder's goroutine.
	broken, dirty, forgetful bool
	// fault says why plays are not recorded; nil while they are.
	fault atomic.Pointer[string]
}

// An entry is a play to record, or a memory to keep once all plays before it are
// safe, so that it never counts a play that a power cut then takes away.
type entry struct {
	play   plan.Play
	memory func() plan.Memory
}

// syncEvery bounds what a power cut can lose, in time of show.
const syncEvery = time.Minute

func newRecorder(to Plays, keep func(plan.Memory) error, log *slog.Logger) *recorder {
	r := &recorder{work: make(chan entry, 256), done: make(chan struct{}), to: to, keep: keep, log: log}
	go r.run()
	return r
}

func (r *recorder) run() {
	defer close(r.done)
	r.sync() // what cannot be recorded is said before the first play is lost
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case e, ok := <-r.work:
			switch {
			case !ok:
				r.sync()
				return
			case e.memory != nil:
				if r.sync(); !r.broken {
					r.keepMemory(e.memory())
				}
			default:
				_, err := r.to.Append(e.play)
				r.complain(err)
				r.dirty = true
			}
		case <-tick.C:
			if r.dirty {
				r.sync()
			}
		}
	}
}

func (r *recorder) sync() {
	err := r.to.Sync()
	r.complain(err)
	r.dirty = err != nil
}

// complain says once that plays are not recorded, and when they are again.
func (r *recorder) complain(err error) {
	if err != nil && !r.broken {
		r.log.Error("plays are not recorded", "err", err, "hint", "the show goes on; see `entracte doctor`")
	}
	if r.broken = err != nil; r.broken {
		s := "plays are not recorded: " + err.Error()
		r.fault.Store(&s)
	} else {
		r.fault.Store(nil)
	}
}

func (r *recorder) keepMemory(m plan.Memory) {
	err := r.keep(m)
	if err != nil && !r.forgetful {
		r.log.Error("what was counted is not kept, and a restart forgets it", "err", err, "hint", "see `entracte doctor`")
	}
	r.forgetful = err != nil
}

// remember keeps what memory returns, unless the card is so slow that the next
// time must do.
func (r *recorder) remember(memory func() plan.Memory) {
	select {
	case r.work <- entry{memory: memory}:
	default:
	}
}

func (r *recorder) close() {
	close(r.work)
	<-r.done
}

// record hands a showing that reached the glass to the log, and remembers it
// for the next scheduler.
func (p *Player) record(s *showing, outcome plan.Outcome) {
	rec := p.play(s, outcome, p.moment())
	p.history.add(rec)
	p.recorded++
	select {
	case p.recorder.work <- entry{play: rec}:
	default:
		p.log.Error("a play is lost: the card is too slow to record it", "creative", s.lease.Ref.String())
	}
}

// play is the record of a showing that ends at this moment. One that has not
// reached the glass counts from there.
func (p *Player) play(s *showing, outcome plan.Outcome, now scheduler.Moment) plan.Play {
	mono, civil, clock, shown := now.Mono, now.Civil, now.Clock, time.Duration(0)
	if !s.begun.IsZero() {
		mono, civil, clock, shown = s.mono, s.civil, s.clock, time.Since(s.begun)
	}
	c := s.lease.Campaign
	return plan.Play{
		Boot: p.cfg.Boot, Venue: p.cfg.Venue.Name, Screen: p.cfg.Venue.ID,
		Feed: s.lease.Ref.Feed, Campaign: s.lease.Ref.Campaign, Creative: s.lease.Ref.Creative,
		Advertiser: c.Advertiser, Category: c.Category, SHA256: digest(s.lease.Creative),
		StartedAt: civil.UTC().Truncate(time.Millisecond), MonoMS: mono.Milliseconds(),
		PlannedMS: s.planned.Milliseconds(), ShownMS: shown.Milliseconds(),
		Outcome: outcome, Counted: outcome == plan.Completed,
		Reasons: codes(s.lease), Plan: s.revision, Clock: clock,
	}
}

func codes(l scheduler.Lease) []string {
	out := make([]string, len(l.Reasons))
	for i, r := range l.Reasons {
		out[i] = r.Code()
	}
	return out
}

// digest is the content address of what was shown; a card's is its picture's.
func digest(c *plan.Creative) string {
	if c.Card != nil {
		return c.Card.PictureSHA256
	}
	return c.SHA256
}

// revision is which state of a feed is in force.
func (p *Player) revision(feed string) string {
	for _, f := range p.inForce.Feeds {
		if f.Name == feed {
			return f.Revision
		}
	}
	return ""
}

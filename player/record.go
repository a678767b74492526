package player

import (
	"log/slog"
	"slices"
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

// recorder writes plays on a goroutine of its own: a slow card must not delay
// the neutral frame.
type recorder struct {
	plays chan plan.Play
	done  chan struct{}
	// fault says why plays are not recorded; nil while they are.
	fault atomic.Pointer[string]
}

// syncEvery bounds what a power cut can lose, in time of show.
const syncEvery = time.Minute

func newRecorder(to Plays, log *slog.Logger) *recorder {
	r := &recorder{plays: make(chan plan.Play, 256), done: make(chan struct{})}
	go r.run(to, log)
	return r
}

func (r *recorder) run(to Plays, log *slog.Logger) {
	defer close(r.done)
	broken, dirty := false, false
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	complain := func(err error) {
		if err != nil && !broken {
			log.Error("plays are not recorded", "err", err, "hint", "the show goes on; free space on the card, then see `entracte doctor`")
		}
		broken = err != nil
		if broken {
			s := "plays are not recorded: " + err.Error()
			r.fault.Store(&s)
		} else {
			r.fault.Store(nil)
		}
	}
	for {
		select {
		case p, ok := <-r.plays:
			if !ok {
				complain(to.Sync())
				return
			}
			_, err := to.Append(p)
			complain(err)
			dirty = true
		case <-tick.C:
			if dirty {
				complain(to.Sync())
				dirty = false
			}
		}
	}
}

func (r *recorder) close() {
	close(r.plays)
	<-r.done
}

// record hands a showing that reached the glass to the log, and remembers it
// for the next scheduler.
func (p *Player) record(s *showing, outcome plan.Outcome) {
	rec := p.play(s, outcome)
	p.past = append(p.past, rec)
	p.forgetPast()
	select {
	case p.recorder.plays <- rec:
	default:
		p.log.Error("a play is lost: the card is too slow to record it", "creative", s.lease.Ref.String())
	}
}

// play is the record of a showing that ends now.
func (p *Player) play(s *showing, outcome plan.Outcome) plan.Play {
	c := s.lease.Campaign
	return plan.Play{
		Boot: p.cfg.Boot, Venue: p.cfg.Venue.Name, Screen: p.cfg.Venue.ID,
		Feed: s.lease.Ref.Feed, Campaign: s.lease.Ref.Campaign, Creative: s.lease.Ref.Creative,
		Advertiser: c.Advertiser, Category: c.Category, SHA256: digest(s.lease.Creative),
		StartedAt: s.civil.UTC().Truncate(time.Millisecond), MonoMS: s.mono.Milliseconds(),
		PlannedMS: s.planned.Milliseconds(), ShownMS: time.Since(s.begun).Milliseconds(),
		Outcome: outcome, Counted: outcome == plan.Completed,
		Reasons: codes(s.lease), Plan: p.revision(s.lease.Ref.Feed), Clock: s.clock,
	}
}

// recent is how many plays are kept in memory for the next scheduler: more than
// a day of the shortest sensible creatives, which is as far as caps look back.
const recent = 10_000

func (p *Player) forgetPast() {
	if len(p.past) < recent*5/4 {
		return
	}
	p.past = slices.Clone(p.past[len(p.past)-recent:])
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

func (p *Player) revision(feed string) string {
	for _, f := range p.plan.Feeds {
		if f.Name == feed {
			return f.Revision
		}
	}
	return ""
}

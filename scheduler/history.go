package scheduler

import (
	"fmt"
	"time"

	"entracte/scheduler/plan"
)

// Turns are replayed for the last plays only, fewer for large plans, so that a
// restart takes a moment; caps are restored from all of them.
const (
	replayWork = 200_000 // ads judged
	replayMost = 5000
	replayLess = 100
)

// remember replays the plays of the past, oldest first.
func (s *Scheduler) remember(past []plan.Play, now Moment) {
	turns := replayLess
	if len(s.ads) > 0 {
		turns = min(max(replayWork/len(s.ads), replayLess), replayMost)
	}
	ends := endings(past, now)
	for k, p := range past {
		end := ends[k]
		start := s.at(Moment{Mono: end - shown(p), Civil: p.StartedAt, Clock: p.Clock})
		i, known := s.index[adKey(p.Feed, p.Campaign)]
		switch {
		case !known:
			s.rememberStranger(p, end)
		case !p.Counted:
			s.broke(i, end)
		case len(past)-k <= turns:
			s.look(&s.state, start)
			s.charge(&s.state, i, s.ads[i].creative(p.Creative), start, end)
		default:
			s.state.count(i, &s.ads[i], start, end)
		}
	}
}

// rememberStranger keeps rivals away from a campaign that is no longer in the
// plan; its group is taken to be its category.
func (s *Scheduler) rememberStranger(p plan.Play, end time.Duration) {
	sh := showing{advertiser: fold(p.Advertiser), name: p.Advertiser, end: end}
	if p.Category != 0 && p.Advertiser != plan.VenueAdvertiser {
		sh.group = fmt.Sprintf("iab:%d", p.Category)
	}
	if !p.Counted {
		s.state.beside(sh)
		return
	}
	s.state.separate(sh)
	s.state.last = -1
}

// creative returns the index of the creative, or that before the first.
func (a *ad) creative(id string) int {
	for c := range a.campaign.Creatives {
		if a.campaign.Creatives[c].ID == id {
			return c
		}
	}
	return -1
}

// endings returns when each play ended, in Mono time of this process: never
// earlier than it really was, so that a cap errs towards fewer plays. Within a
// boot the monotonic clock tells; between boots the time the machine had been up
// when the later play began, since nobody knows how long it was off; and where
// both clocks were trusted, they do.
func endings(past []plan.Play, now Moment) []time.Duration {
	ends := make([]time.Duration, len(past))
	var startAge time.Duration // of the play after
	for k := len(past) - 1; k >= 0; k-- {
		p, age := past[k], startAge
		if k+1 < len(past) {
			next := past[k+1]
			gap := milliseconds(next.MonoMS)
			if next.Boot == p.Boot {
				gap = max(0, gap-milliseconds(p.MonoMS)-shown(p))
			}
			age += gap
		}
		if p.Clock == plan.ClockTrusted && now.Clock == plan.ClockTrusted {
			age = max(age, now.Civil.Sub(p.StartedAt)-shown(p))
		}
		ends[k] = now.Mono - age
		startAge = age + shown(p)
	}
	return ends
}

func shown(p plan.Play) time.Duration { return milliseconds(p.ShownMS) }

// milliseconds reads a duration of a play, held within a year so that no sum can
// overflow.
func milliseconds(ms int64) time.Duration {
	const year = 365 * 24 * time.Hour
	return time.Duration(min(max(ms, 0), year.Milliseconds())) * time.Millisecond
}

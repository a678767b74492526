package scheduler

import (
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// remember replays the plays of the past, oldest first.
func (s *Scheduler) remember(past []plan.Play, now Moment) {
	st := &s.state
	ends := endings(past, now)
	for k, p := range past {
		if k > 0 && k == s.options.Cut {
			s.countLost(past[k-1], ends[k-1])
		}
		end := ends[k]
		start := s.at(Moment{Mono: end - shown(p), Civil: p.StartedAt, Clock: p.Clock})
		i, known := s.find(p.Feed, p.Campaign)
		if !known {
			s.rememberStranger(p, end)
			continue
		}
		s.advance(st, start)
		t := s.turnOf(st, i, p, start)
		if p.Counted {
			s.charge(st, t, start, end)
			if a := &s.ads[i]; a.lane == guaranteed && start.trusted() && start.date.Before(a.campaign.Flight.From) {
				st.done[a.slot]-- // of an earlier flight under the same name
			}
		} else {
			s.broke(i, end)
		}
	}
	if n := len(past); n > 0 && n == s.options.Cut {
		s.countLost(past[n-1], ends[n-1])
	}
	s.advance(st, s.at(now))
}

// LostShow is how much show a power cut takes from the records at most.
const LostShow = time.Minute

// countLost counts for the caps what a power cut may have taken after the last
// record: for every capped campaign that could play then, all of the lost time.
func (s *Scheduler) countLost(last plan.Play, end time.Duration) {
	st, lost := &s.state, LostShow
	at := s.at(Moment{Mono: end, Civil: last.StartedAt.Add(shown(last)), Clock: last.Clock})
	s.advance(st, at)
	for i := range s.ads {
		a := &s.ads[i]
		if len(a.campaign.Caps) == 0 || a.venue || st.entry(a).verdict != passed {
			continue
		}
		shortest := lost
		for c := range a.campaign.Creatives {
			shortest = min(shortest, max(lengthOf(&a.campaign.Creatives[c]), time.Second))
		}
		for n := lost; n > 0; n -= shortest {
			st.count(a, at, end+lost)
		}
		s.judge(st, int32(i))
	}
}

// turnOf is the turn a showing of the past was: the one decided on again, or what
// can be told of it. Virtual time moves with the asking, as it did then.
func (s *Scheduler) turnOf(st *state, i int, p plan.Play, start instant) turn {
	a := &s.ads[i]
	t, ok := s.turn(st, start)
	contested := ok && t.contested && t.lane == a.lane && t.seat == int(a.seat) && t.slot == a.slot
	// Caps err towards fewer plays after a power cut: then it may look as if only
	// one side could have had the turn.
	switch {
	case a.lane == house:
		contested = slices.Contains(p.Reasons, kindNames[kindOwnTurn])
	case a.lane >= guaranteed && !contested && s.ownTurns() > 0:
		_, contested = s.bidIn(st, house, &asking{at: start})
	}
	return turn{lane: a.lane, seat: int(a.seat), slot: a.slot, creative: a.creative(p.Creative), contested: contested}
}

// rememberStranger keeps rivals away from a campaign that is no longer in the
// plan; its group is taken to be its category.
func (s *Scheduler) rememberStranger(p plan.Play, end time.Duration) {
	sh := showing{name: p.Advertiser, end: end}
	if p.Category != 0 && p.Advertiser != plan.VenueAdvertiser {
		sh.group = s.groups[categoryGroup(p.Category)]
	}
	for i := range s.ads {
		if a := &s.ads[i]; a.group == sh.group && sh.group != 0 && fold(a.campaign.Advertiser) == fold(p.Advertiser) {
			sh.advertiser = a.advertiser
			break
		}
	}
	if p.Counted {
		s.state.separate(sh)
	} else {
		s.state.beside(sh)
	}
}

// creative returns the index of the creative, or that before the first.
func (a *ad) creative(id string) int {
	return slices.IndexFunc(a.campaign.Creatives, func(c plan.Creative) bool { return c.ID == id })
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

package scheduler

import (
	"math/bits"
	"slices"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// remember replays the plays of the past, oldest first.
func (s *Scheduler) remember(past []plan.Play, now Moment) {
	st := &s.state
	ends := endings(past, now, s.options.Boot)
	for k, p := range past {
		start, end := s.at(Moment{Mono: ends[k] - shown(p), Civil: p.StartedAt, Clock: p.Clock}), ends[k]+era
		if p.IsRestart() {
			s.countLost(start)
			continue
		}
		i, known := s.find(p.Feed, p.Campaign)
		if !known {
			s.rememberStranger(p, end)
			continue
		}
		s.advance(st, start)
		t := s.turnOf(st, i, p, start)
		if !p.Counted {
			s.broke(i, end)
			continue
		}
		s.charge(st, t, start, end)
		if a := &s.ads[i]; a.lane == guaranteed && !(plan.Delivery{From: a.campaign.Flight.From}).Has(start.civil, start.clock) {
			st.done[a.slot]--
		}
	}
	if bits.OnesCount32(st.otherwise&(1<<maxRepeat-1)) > maxRepeat/4 {
		// Another plan or profile decided on the last plays: shares come later.
		st.lanes[weighted].settled = st.lanes[weighted].plays + maxRepeat
	}
	s.advance(st, s.at(now))
}

// LostShow is how much show a power cut takes from the records at most.
const LostShow = time.Minute

// countLost counts for the caps what a power cut may have taken before the machine
// started again: nobody knows when it was, so every capped campaign counts as if
// it had all of it, and just now.
func (s *Scheduler) countLost(at instant) {
	s.advance(&s.state, at)
	for i := range s.ads {
		a := &s.ads[i]
		if len(a.campaign.Caps) == 0 || a.venue {
			continue
		}
		shortest := LostShow
		for c := range a.campaign.Creatives {
			shortest = min(shortest, max(lengthOf(&a.campaign.Creatives[c]), time.Second))
		}
		for n := LostShow; n > 0; n -= shortest {
			s.state.count(a, at, at.mono)
		}
		s.judge(&s.state, int32(i))
	}
}

// turnOf is the turn a showing of the past was: the one decided on again, or what
// can be told of it. Virtual time moves with the asking, as it did then.
func (s *Scheduler) turnOf(st *state, i int, p plan.Play, start instant) turn {
	a := &s.ads[i]
	t, ok := s.turn(st, start)
	same := ok && t.lane == a.lane && t.seat == int(a.seat) && t.slot == a.slot
	if p.Counted {
		st.otherwise <<= 1
		if !same {
			st.otherwise |= 1
		}
	}
	contested := same && t.contested
	// Caps err towards fewer plays after a power cut: then it may look as if only
	// one side could have had the turn.
	switch {
	case a.lane == house:
		contested = slices.Contains(p.Reasons, kindNames[kindOwnTurn])
	case a.lane >= guaranteed && !contested && s.ownTurns() > 0:
		_, contested = s.bidIn(st, house, &asking{at: start, calm: start.mono})
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
	if !p.Counted {
		s.state.beside(sh)
		return
	}
	s.state.separate(sh)
	// Its turn was one of its category: whoever is booked there now owes it nothing.
	ln := &s.state.lanes[weighted]
	if seat := ln.seatOf(p.Category); seat >= 0 && tookTurn(p) {
		s.renew(ln)
		ln.turn(seat)
	}
}

// tookTurn reports whether the play was a turn of the weighted tier: only those
// tell their share.
func tookTurn(p plan.Play) bool {
	return slices.ContainsFunc(p.Reasons, func(code string) bool { return strings.HasPrefix(code, kindNames[kindShare]+":") })
}

// creative returns the index of the creative, or that before the first.
func (a *ad) creative(id string) int {
	return slices.IndexFunc(a.campaign.Creatives, func(c plan.Creative) bool { return c.ID == id })
}

// longAgo is as far back as anything is counted, and more.
const longAgo = 2 * capMemory

// endings returns when each play ended, in Mono time of this process: never
// earlier than it really was, so that a cap errs towards fewer plays. Within a
// boot the monotonic clock tells; between boots the time the machine had been up
// when the later play began, since nobody knows how long it was off; and where
// both clocks were trusted, they do. A clock that was set within a boot does not.
func endings(past []plan.Play, now Moment, boot string) []time.Duration {
	ends := make([]time.Duration, len(past))
	var startAge time.Duration // of the play after
	up := max(now.Mono, 0)     // how long the machine had been up when that began
	here := true               // it may be of this boot, as far as can be told
	for k := len(past) - 1; k >= 0; k-- {
		p := past[k]
		end := milliseconds(p.MonoMS) + shown(p)
		gap := up
		switch {
		case k+1 < len(past) && past[k+1].Boot == p.Boot:
			gap = max(0, up-end)
		case k+1 < len(past) || boot != "" && boot != p.Boot:
			here = false
		case up >= end: // true of an earlier boot too: it has been longer then
			gap = up - end
		default:
			here = false
		}
		age := startAge + gap
		if !here && p.Clock == plan.ClockTrusted && now.Clock == plan.ClockTrusted {
			age = max(age, now.Civil.Sub(p.StartedAt)-shown(p))
		}
		age = min(age, longAgo)
		ends[k] = now.Mono - age
		startAge, up = min(age+shown(p), longAgo), milliseconds(p.MonoMS)
	}
	return ends
}

// Forgettable returns how many plays at the beginning of the past no cap looks at any
// more. boot names this start of the machine, as in [Options].
func Forgettable(past []plan.Play, now Moment, boot string) int {
	ends := endings(past, now, boot)
	n := 0
	for n < len(ends) && now.Mono-ends[n] >= capMemory {
		n++
	}
	return n
}

func shown(p plan.Play) time.Duration { return milliseconds(p.ShownMS) }

// milliseconds reads a duration of a play, held within a year so that no sum can
// overflow.
func milliseconds(ms int64) time.Duration {
	const year = 365 * 24 * time.Hour
	return time.Duration(min(max(ms, 0), year.Milliseconds())) * time.Millisecond
}

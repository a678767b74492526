package audit

import (
	"fmt"
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// Tiers reports showings that a higher tier should have had: anything while an
// emergency could play, all lower tiers while a takeover could, and house content
// that is not in its own turn while a weighted campaign could. It also reports
// house turns beyond the own share: at every moment they must be fewer than the
// share of all guaranteed, weighted and own turns plus one. Whether a guaranteed
// campaign should have come before a weighted one is for [Delivery].
//
// A campaign whose showing was broken off less than 30 seconds ago is not missed.
func Tiers(s Shop, plays []plan.Play) []Fault {
	b := newBook(s)
	ranks := b.byTier()
	var faults []Fault
	own, turns := 0, 0
	b.each(plays, func(h *history, k, i int, at instant) {
		if i < 0 {
			return
		}
		add := func(rule Rule, format string, args ...any) {
			faults = append(faults, Fault{k, rule, b.ads[i].name, fmt.Sprintf(format, args...)})
		}
		tier, ownTurn := b.ads[i].campaign.Tier, slices.Contains(plays[k].Reasons, "own-turn")
		if better, ok := h.above(ranks, tier, at); ok {
			add(RuleTier, "%s could have played", b.ads[better].name)
		} else if tier == plan.TierHouse && !ownTurn {
			if better, ok := h.first(ranks[plan.TierWeighted], at); ok && !h.starved(ranks[plan.TierWeighted], at) {
				add(RuleFiller, "%s could have played", b.ads[better].name)
			}
		}
		mine := tier == plan.TierHouse && ownTurn
		if completed(&plays[k]) && (mine || tier == plan.TierWeighted || tier == plan.TierGuaranteed) {
			turns++
			if mine {
				own++
			}
		}
		if share := s.OwnShare; mine && completed(&plays[k]) && (own-1)*max(share.Of, 1) >= turns*share.Turns {
			add(RuleOwnShare, "house content has %d turns of its own of %d, and %d in %d are its own", own, turns, share.Turns, share.Of)
		}
	})
	return faults
}

// byTier lists the ads of each tier.
func (b *book) byTier() map[plan.Tier][]int {
	ranks := make(map[plan.Tier][]int)
	for i := range b.ads {
		t := b.ads[i].campaign.Tier
		ranks[t] = append(ranks[t], i)
	}
	return ranks
}

// first is the first of the ads that is ready.
func (h *history) first(ads []int, at instant) (int, bool) {
	n := slices.IndexFunc(ads, func(i int) bool { return h.ready(i, at) })
	if n < 0 {
		return 0, false
	}
	return ads[n], true
}

// above returns an emergency or takeover that is ready and of a higher tier.
func (h *history) above(ranks map[plan.Tier][]int, tier plan.Tier, at instant) (int, bool) {
	for _, higher := range []plan.Tier{plan.TierEmergency, plan.TierTakeover} {
		if tier == higher {
			break
		}
		if i, ok := h.first(ranks[higher], at); ok {
			return i, true
		}
	}
	return 0, false
}

// An Idle is a moment when nothing was shown although someone waited: After
// plays had been recorded, and the fields are those a play would have had.
type Idle struct {
	After  int
	Boot   string
	MonoMS int64
	At     time.Time
	Clock  plan.Clock
}

// Idling reports the idle moments in which something could have played: any
// campaign but a guaranteed one, which may have had its due. idles are in order.
func Idling(s Shop, plays []plan.Play, idles []Idle) []Fault {
	if len(idles) == 0 {
		return nil
	}
	b := newBook(s)
	ranks := b.byTier()
	asked := slices.Concat(ranks[plan.TierEmergency], ranks[plan.TierTakeover], ranks[plan.TierWeighted], ranks[plan.TierHouse])
	// An idle moment is a record of nothing: it has a place on the axis and no
	// campaign, and judging it leaves the history as it was.
	var mixed []plan.Play
	var idle []bool
	for k := 0; k <= len(plays); k++ {
		for len(idles) > 0 && (idles[0].After <= k || k == len(plays)) {
			mixed = append(mixed, plan.Play{Boot: idles[0].Boot, MonoMS: idles[0].MonoMS, StartedAt: idles[0].At, Clock: idles[0].Clock})
			idle, idles = append(idle, true), idles[1:]
		}
		if k < len(plays) {
			mixed, idle = append(mixed, plays[k]), append(idle, false)
		}
	}
	var faults []Fault
	h, l := b.newHistory(), b.newTimeline(mixed)
	for k, n := 0, 0; k < len(mixed); k++ {
		at := l.at(mixed, k)
		if !idle[k] {
			h.note(&mixed[k], n, b.of(&mixed[k]), at)
			n++
			continue
		}
		i, ok := h.first(asked, at)
		if ok && b.ads[i].campaign.Tier == plan.TierWeighted && h.starved(ranks[plan.TierWeighted], at) {
			continue
		}
		if ok {
			faults = append(faults, Fault{-1, RuleIdle, b.ads[i].name, fmt.Sprintf("it could have played after %d plays, at %s",
				n, at.civil.Format("Mon 2006-01-02 15:04:05"))})
		}
	}
	return faults
}

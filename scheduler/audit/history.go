package audit

import (
	"fmt"
	"time"

	"entracte/scheduler/plan"
)

const (
	hour           = time.Hour
	poweredDay     = 24 * time.Hour
	rivalDistance  = 30 * time.Second
	awayDistance   = 60 * time.Second
	standsBack     = 30 * time.Second
	guaranteedPick = 3 // one of so many
)

// A history is what the records before one tell about it.
type history struct {
	b *book
	// done are the completed plays of each ad with caps.
	done [][]instant
	ends [][]time.Duration // of the same, on the axis of elapsed
	// near are the showings since the last completed one, which is the first.
	near []showing
	// back is, by ad, until when it stands back after a showing broken off.
	back []time.Duration
}

// A showing is an advertiser that was on the glass.
type showing struct {
	play              int
	group, advertiser string
	end               time.Duration
}

// each calls judge for every record, with the history before it; i is the ad, or
// -1 for one that is not in the plan.
func (b *book) each(plays []plan.Play, judge func(h *history, k, i int, at instant)) {
	h, l := b.newHistory(), b.newTimeline(plays)
	for k := range plays {
		i, at := b.of(&plays[k]), l.at(plays, k)
		judge(h, k, i, at)
		h.note(&plays[k], k, i, at)
	}
}

func (b *book) newHistory() *history {
	n := len(b.ads)
	return &history{b: b, done: make([][]instant, n), ends: make([][]time.Duration, n), back: make([]time.Duration, n)}
}

func (h *history) note(p *plan.Play, k, i int, at instant) {
	sh := showing{play: k, end: at.elapsed + milliseconds(p.ShownMS)}
	switch {
	case i >= 0:
		sh.group, sh.advertiser = h.b.ads[i].group, h.b.ads[i].advertiser
	case p.Category != 0 && p.Advertiser != plan.VenueAdvertiser: // all that is known of it
		sh.group, sh.advertiser = fmt.Sprintf("iab:%d", p.Category), fold(p.Advertiser)
	}
	if completed(p) {
		h.near = h.near[:0]
	}
	h.near = append(h.near, sh)
	if i < 0 {
		return
	}
	if !completed(p) {
		h.back[i] = sh.end + standsBack
	} else if len(h.b.ads[i].campaign.Caps) > 0 {
		h.done[i] = append(h.done[i], at)
		h.ends[i] = append(h.ends[i], sh.end)
	}
}

// full returns the first cap of ad i that has no room for a play that begins at
// the instant, and how many it counts.
func (h *history) full(i int, at instant) (limit plan.Cap, n int, full bool) {
	a := &h.b.ads[i]
	if a.venue { // only flight, daypart and format refuse it
		return plan.Cap{}, 0, false
	}
	for _, limit := range a.campaign.Caps {
		n := 0
		for k := len(h.done[i]) - 1; k >= 0; k-- {
			if limit.Per == plan.PerHour && at.elapsed-h.ends[i][k] >= hour {
				break
			}
			if limit.Per == plan.PerHour || sameDay(h.done[i][k], h.ends[i][k], at) {
				n++
			}
		}
		if n >= limit.Plays {
			return limit, n, true
		}
	}
	return plan.Cap{}, 0, false
}

// sameDay reports whether an earlier play counts for the day of a new one. A
// later date means that the clock was set back, which must not free the day.
func sameDay(old instant, oldEnd time.Duration, at instant) bool {
	if old.trusted() && at.trusted() {
		return !old.date.Before(at.date)
	}
	shown := oldEnd - old.elapsed
	return at.powered-old.powered-shown < poweredDay
}

// rival returns the nearest showing of a rival that ad i would be beside.
func (h *history) rival(i int, at instant) (showing, bool) {
	a := &h.b.ads[i]
	for k := len(h.near) - 1; k >= 0 && a.group != ""; k-- {
		sh := h.near[k]
		if sh.group == a.group && sh.advertiser != a.advertiser && beside(sh, at) {
			return sh, true
		}
	}
	return showing{}, false
}

// beside reports whether a showing and what begins now are too near to each
// other, nothing having been completed between.
func beside(sh showing, at instant) bool {
	if !at.waiting || at.waitBegan <= sh.end {
		return at.elapsed-sh.end < rivalDistance
	}
	return at.waitBegan-sh.end < awayDistance && at.elapsed-at.waitBegan < rivalDistance
}

// admissible reports whether ad i may play now; one that stands back after an
// abort may too.
func (h *history) admissible(i int, at instant) bool {
	if h.b.refusal(i, at) != "" {
		return false
	}
	if _, _, full := h.full(i, at); full {
		return false
	}
	_, near := h.rival(i, at)
	return !near
}

// starved reports whether all weighted ads that may play now, but for rivals, are of
// one category, and a rival holds some of them up: then nothing can come between
// rivals but house content or the idle look, and the letter of the relaxations
// (repeat distance first) would let one of them play for ever. Either is right.
func (h *history) starved(weighted []int, at instant) bool {
	category, held := -1, false
	for _, i := range weighted {
		if _, _, full := h.full(i, at); full || h.b.refusal(i, at) != "" {
			continue
		}
		c := h.b.ads[i].campaign.Category
		if category >= 0 && c != category {
			return false
		}
		category = c
		_, near := h.rival(i, at)
		held = held || near
	}
	return held
}

// ready reports whether ad i may play now and does not stand back.
func (h *history) ready(i int, at instant) bool {
	return at.elapsed >= h.back[i] && h.admissible(i, at)
}

// Caps reports every completed play beyond a cap, and every showing broken off
// that began when the cap was used up.
func Caps(s Shop, plays []plan.Play) []Fault {
	b := newBook(s)
	var faults []Fault
	b.each(plays, func(h *history, k, i int, at instant) {
		if i < 0 {
			return
		}
		limit, n, full := h.full(i, at)
		if !full {
			return
		}
		rule := RuleCapBegun
		if completed(&plays[k]) {
			rule = RuleCap
		}
		faults = append(faults, Fault{k, rule, b.ads[i].name, fmt.Sprintf("%d plays of this %s are completed, at most %d",
			n, limit.Per, limit.Plays)})
	})
	return faults
}

// Rivals reports every showing beside one of a rival, the nearest only.
func Rivals(s Shop, plays []plan.Play) []Fault {
	b := newBook(s)
	var faults []Fault
	b.each(plays, func(h *history, k, i int, at instant) {
		if i < 0 {
			return
		}
		if sh, near := h.rival(i, at); near {
			faults = append(faults, Fault{k, RuleRivals, b.ads[i].name, fmt.Sprintf("it is of %s and %s after play %d, of its rival %s",
				b.ads[i].group, at.elapsed-sh.end, sh.play, plays[sh.play].Advertiser)})
		}
	})
	return faults
}

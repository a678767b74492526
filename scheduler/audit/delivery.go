package audit

import (
	"fmt"
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// A Curve returns what part of a campaign's opportunities, 0 to 1, lie before a
// time.
type Curve func(c *plan.Campaign, at time.Time) float64

// A Delivered is how a guaranteed campaign followed its curve.
type Delivered struct {
	Ad   string // feed/campaign
	Goal int
	Done int
	// Due is what should have been done at the last record.
	Due float64
	// Behind and Ahead are the largest differences between due and done, both at
	// least 0: Behind looks at the start of every record, Ahead at the completed
	// plays of the campaign, as they began.
	Behind, Ahead float64
}

// Delivery returns how the guaranteed campaigns of the plan followed the curve,
// and reports where more than one of three picks in a row was guaranteed: by a rule
// of its own where a weighted campaign or house content could have played instead,
// and by another where the only other choice was the idle look.
// Delivered plays of before the log are not known to it.
func Delivery(s Shop, plays []plan.Play, curve Curve) ([]Delivered, []Fault) {
	b := newBook(s)
	var promised []Delivered
	of := make(map[int]int)
	for i := range b.ads {
		if c := b.ads[i].campaign; c.Tier == plan.TierGuaranteed {
			of[i] = len(promised)
			promised = append(promised, Delivered{Ad: b.ads[i].name, Goal: c.Goal})
		}
	}
	var faults []Fault
	pace := pace{b: b}
	ranks := b.byTier()
	others := slices.Concat(ranks[plan.TierWeighted], ranks[plan.TierHouse])
	b.each(plays, func(h *history, k, i int, at instant) {
		for j, n := range of {
			d := &promised[n]
			d.Due = float64(d.Goal) * curve(b.ads[j].campaign, at.civil)
			d.Behind = max(d.Behind, d.Due-float64(d.Done))
			if j == i && completed(&plays[k]) {
				d.Done++
				d.Ahead = max(d.Ahead, float64(d.Done)-d.Due)
			}
		}
		if f, ok := pace.pick(&plays[k], k, i); ok {
			other, found := h.first(others, at)
			if !found || b.ads[other].campaign.Tier == plan.TierWeighted && h.starved(ranks[plan.TierWeighted], at) {
				f.Rule = RuleGuaranteedAlone
			}
			faults = append(faults, f)
		}
	})
	return promised, faults
}

// pace counts how many picks lie between guaranteed ones.
type pace struct {
	b *book
	// picks and plays count all so far; lastPick and lastPlay are the numbers of
	// the last guaranteed ones.
	picks, plays       int
	lastPick, lastPlay int
}

func (p *pace) pick(play *plan.Play, k, i int) (Fault, bool) {
	guaranteed := i >= 0 && p.b.ads[i].campaign.Tier == plan.TierGuaranteed
	done := completed(play)
	p.picks++
	if done {
		p.plays++
	}
	var f Fault
	if guaranteed {
		what := "of three %s in a row, more than one is guaranteed"
		switch {
		case done && p.lastPlay > 0 && p.plays-p.lastPlay < guaranteedPick:
			f = Fault{k, RuleGuaranteed, p.b.ads[i].name, fmt.Sprintf(what, "plays")}
		case p.lastPick > 0 && p.picks-p.lastPick < guaranteedPick:
			f = Fault{k, RuleGuaranteedBegun, p.b.ads[i].name, fmt.Sprintf(what, "picks")}
		}
		p.lastPick = p.picks
		if done {
			p.lastPlay = p.plays
		}
	}
	return f, f.Rule != ""
}

// Opportunities returns the curve of a venue by its count of waits in each hour
// of the week, as in [plan.Waits]: the opportunities of a flight lie as the waits
// do, evenly within an hour. Where no wait was counted, all hours are alike. The
// flight begins and ends at midnight at the venue.
func Opportunities(v plan.Venue, waits plan.Waits) Curve {
	zone := v.Timezone
	if zone == nil {
		zone = time.UTC
	}
	counts := waits.Hours
	if counts == (plan.Waits{}).Hours {
		for h := range counts {
			counts[h] = 1
		}
	}
	sum := func(from, to time.Time) float64 {
		n := 0.0
		for from.Before(to) {
			next := from.Truncate(15 * time.Minute).Add(15 * time.Minute) // zones differ by quarters
			if next.After(to) {
				next = to
			}
			n += float64(counts[int(from.Weekday())*24+from.Hour()]) * next.Sub(from).Hours()
			from = next
		}
		return n
	}
	whole := make(map[plan.Flight]float64)
	return func(c *plan.Campaign, at time.Time) float64 {
		f := c.Flight
		from := time.Date(f.From.Year, f.From.Month, f.From.Day, 0, 0, 0, 0, zone)
		to := time.Date(f.To.Year, f.To.Month, f.To.Day, 0, 0, 0, 0, zone)
		if _, known := whole[f]; !known {
			whole[f] = sum(from, to)
		}
		if at = at.In(zone); at.After(to) {
			at = to
		}
		if whole[f] == 0 {
			return 0
		}
		return sum(from, at) / whole[f]
	}
}

package audit

import (
	"fmt"
	"math/big"
	"slices"

	"entracte/scheduler/plan"
)

// Shares are how far the weighted plays of a log are from the fair ones.
type Shares struct {
	Fair *Fair
	// Plays is how many completed plays of the weighted tier were counted.
	Plays int
	// Category and Ad are the largest deviations at any prefix of these plays.
	Category, Ad Deviation
	// Strangers are plays of campaigns that were not eligible at the first one:
	// the log should be cut there, see [Stretches].
	Strangers []Fault
}

// A Deviation is how far one category or campaign is from its fair share.
type Deviation struct {
	// Name is "feed/campaign", or the category's id.
	Name string
	// Turns is the length of the prefix in counted plays, Had how many of them it
	// had, and Due how many it should have had.
	Turns, Had int
	Due        *big.Rat
	// Play is the index of the last record of the prefix, -1 for none.
	Play int
	// Error is the distance of Had from Due.
	Error float64
}

// String returns "feed/campaign had 3 of 10, due 1.50".
func (d Deviation) String() string {
	if d.Due == nil {
		return "nobody"
	}
	return fmt.Sprintf("%s had %d of the first %d, due %s", d.Name, d.Had, d.Turns, d.Due.FloatString(3))
}

// Faults reports the largest deviations that the rule does not allow: a category
// must stay within less than one play of its share, an ad within less than two.
// That holds for a log that begins with a new scheduler; in a later stretch of
// one, where the first turns may settle earlier ones, twice as much is possible.
func (s Shares) Faults() []Fault {
	faults := slices.Clone(s.Strangers)
	if s.Category.Error >= 1 {
		faults = append(faults, Fault{s.Category.Play, RuleShare, "", "category " + s.Category.String()})
	}
	if s.Ad.Error >= 2 {
		faults = append(faults, Fault{s.Ad.Play, RuleShare, s.Ad.Name, s.Ad.String()})
	}
	return faults
}

// MeasureShares compares the completed plays of the weighted tier with the fair
// shares of the campaigns that pass the filters at the first record. All other
// tiers are left out of the count. It is meant for a stretch in which the same
// campaigns may play and no cap, rival rule, repeat distance or fit guard binds.
//
// The search works with float64, where up to a million plays are exact to 1e-9;
// what it finds is then computed exactly.
func MeasureShares(s Shop, plays []plan.Play) Shares {
	b := newBook(s)
	result := Shares{Fair: &Fair{}}
	if len(plays) == 0 {
		return result
	}
	l := b.newTimeline(plays)
	at := l.at(plays, 0)
	result.Fair = b.fairOf(b.passing(at, nil), at.date.Month)
	ads, categories := result.Fair.tallies()
	last := -1 // the record of the turn before
	for k := range plays {
		i := b.of(&plays[k])
		if i < 0 || !completed(&plays[k]) || b.ads[i].campaign.Tier != plan.TierWeighted {
			continue
		}
		t, ok := ads[i]
		if !ok {
			result.Strangers = append(result.Strangers, Fault{k, RuleShare, b.ads[i].name, "it was not eligible at the first record"})
			continue
		}
		t.had(result.Plays, last, k)
		categories[b.ads[i].campaign.Category].had(result.Plays, last, k)
		result.Plays, last = result.Plays+1, k
	}
	for _, c := range result.Fair.Categories {
		categories[c.Category].look(result.Plays, last)
		result.Category = result.Category.worse(categories[c.Category])
	}
	for _, a := range result.Fair.Ads {
		ads[a.index].look(result.Plays, last)
		result.Ad = result.Ad.worse(ads[a.index])
	}
	return result
}

// A tally follows one category or ad through the turns.
type tally struct {
	name  string
	exact *big.Rat
	share float64
	count int
	// worst is where it was farthest from its share.
	worst Deviation
}

// tallies returns a tally for each ad, by index, and each category, by id.
func (f *Fair) tallies() (ads, categories map[int]*tally) {
	ads, categories = make(map[int]*tally), make(map[int]*tally)
	for _, a := range f.Ads {
		ads[a.index] = newTally(a.Ad, a.Share)
	}
	for _, c := range f.Categories {
		categories[c.Category] = newTally(fmt.Sprint(c.Category), c.Share)
	}
	return ads, categories
}

func newTally(name string, exact *big.Rat) *tally {
	share, _ := exact.Float64()
	return &tally{name: name, exact: exact, share: share, worst: Deviation{Name: name, Due: new(big.Rat), Play: -1}}
}

// had notes the turn after so many, in record play; last is the record of the turn
// before. Between its turns a tally falls behind evenly, so that only the moments
// before and after each are looked at.
func (t *tally) had(turns, last, play int) {
	t.look(turns, last)
	t.count++
	t.look(turns+1, play)
}

func (t *tally) look(turns, play int) {
	off := float64(t.count) - float64(turns)*t.share
	if off = max(off, -off); off > t.worst.Error {
		t.worst.Turns, t.worst.Had, t.worst.Play, t.worst.Error = turns, t.count, play, off
	}
}

// worse returns the larger of d and the worst of t, computed exactly.
func (d Deviation) worse(t *tally) Deviation {
	if d.Due != nil && t.worst.Error <= d.Error {
		return d
	}
	w := t.worst
	w.Due = new(big.Rat).Mul(t.exact, big.NewRat(int64(w.Turns), 1))
	off := new(big.Rat).Sub(big.NewRat(int64(w.Had), 1), w.Due)
	w.Error, _ = off.Abs(off).Float64()
	return w
}

// Stretches cuts a log into the longest parts in which the same weighted
// campaigns pass the filters and have room in their caps, with the same weights,
// at the start of every record. The parts share the log's memory.
func Stretches(s Shop, plays []plan.Play) [][]plan.Play {
	b := newBook(s)
	var parts [][]plan.Play
	from, before := 0, ""
	b.each(plays, func(h *history, k, _ int, at instant) {
		set := b.weightedSet(h, at)
		if k > 0 && set != before {
			parts, from = append(parts, plays[from:k]), k
		}
		before = set
	})
	if len(plays) > 0 {
		parts = append(parts, plays[from:])
	}
	return parts
}

// weightedSet tells two instants apart in which the fair shares differ.
func (b *book) weightedSet(h *history, at instant) string {
	var set []byte
	for _, i := range b.moving {
		if b.ads[i].campaign.Tier != plan.TierWeighted {
			continue
		}
		_, _, full := h.full(i, at)
		in := byte('0')
		if !full && b.refusal(i, at) == "" {
			in = '1'
		}
		set = append(set, in)
	}
	for i := range b.ads {
		if b.ads[i].relation.season != 0 {
			return string(append(set, byte(at.date.Month)))
		}
	}
	return string(set)
}

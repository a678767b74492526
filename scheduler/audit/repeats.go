package audit

import (
	"fmt"
	"math/big"
	"slices"

	"entracte/scheduler/plan"
)

// Repetitions are the weighted ads that returned too soon.
type Repetitions struct {
	// K is the largest repeat distance that applied.
	K int
	// Faults are those that do not name themselves, Relaxed those whose reasons
	// hold "relaxed:repeat" or "fit:shorter": the rule leaves room for a guard that
	// keeps longer ads back, and says that a relaxation is a reason. A Relaxed one
	// was still not needed: another ad could have played.
	Faults, Relaxed []Fault
}

// Repeats reports every pick of a weighted campaign that had completed within
// the k weighted plays before, while another weighted one could play that had
// not. See the package comment for k and for who could.
func Repeats(s Shop, plays []plan.Play) Repetitions {
	b := newBook(s)
	r := repeats{b: b, last: make([]int, len(b.ads)), ks: make(map[string]int)}
	b.each(plays, func(h *history, k, i int, at instant) {
		if i < 0 || b.ads[i].campaign.Tier != plan.TierWeighted {
			return
		}
		r.judge(h, &plays[k], k, i, at)
		if completed(&plays[k]) {
			r.turns++
			r.last[i] = r.turns
		}
	})
	return r.found
}

// repeats is the search for repetitions.
type repeats struct {
	b *book
	// turns counts the completed weighted plays, last is the turn of each ad's, 0
	// for none.
	turns int
	last  []int
	ks    map[string]int // by who may play
	found Repetitions
}

func (r *repeats) judge(h *history, p *plan.Play, k, i int, at instant) {
	distance := r.distance(h, at)
	r.found.K = max(r.found.K, distance)
	if !r.within(i, distance) {
		return
	}
	for j := range r.b.ads {
		if j == i || r.b.ads[j].campaign.Tier != plan.TierWeighted || r.within(j, distance) || !h.ready(j, at) {
			continue
		}
		f := Fault{k, RuleRepeat, r.b.ads[i].name, fmt.Sprintf("it was %d plays ago, at least %d must be between; %s could have played",
			r.turns-r.last[i]+1, distance, r.b.ads[j].name)}
		if slices.Contains(p.Reasons, "relaxed:repeat") || slices.Contains(p.Reasons, "fit:shorter") {
			r.found.Relaxed = append(r.found.Relaxed, f)
		} else {
			r.found.Faults = append(r.found.Faults, f)
		}
		return
	}
}

// within reports whether ad i completed within so many weighted plays.
func (r *repeats) within(i, distance int) bool {
	return r.last[i] > 0 && r.turns-r.last[i] < distance
}

// distance is k at an instant.
func (r *repeats) distance(h *history, at instant) int {
	set := r.b.weightedSet(h, at)
	k, known := r.ks[set]
	if !known {
		all, roomy := r.b.passing(at, nil), r.b.passing(at, h)
		k = min(r.b.fairOf(all, at.date.Month).Repeat, r.b.fairOf(roomy, at.date.Month).Repeat)
		r.ks[set] = k
	}
	return k
}

// Diversity reports where a stretch is not varied enough, the worst prefix for
// each rule: outside any one category there must be at least (1 − c)·T − 1 of the
// first T guaranteed and weighted plays, and of discovery T/10 − 1 while
// categories of both kinds are active. Who is active and c are taken at the first
// record. All is integer arithmetic.
func Diversity(s Shop, plays []plan.Play) []Fault {
	b := newBook(s)
	if len(plays) == 0 {
		return nil
	}
	at := b.newTimeline(plays).at(plays, 0)
	fair := b.fairOf(b.passing(at, nil), at.date.Month)
	if len(fair.Categories) == 0 {
		return nil
	}
	num, den := fair.Most.Num().Int64(), fair.Most.Denom().Int64()
	var turns, found, worstTop, worstFound int64
	had := make(map[int]int64)
	var top, discovery *Fault
	for k := range plays {
		i := b.of(&plays[k])
		if i < 0 || !completed(&plays[k]) || !counted(b.ads[i].campaign.Tier) {
			continue
		}
		category := b.ads[i].campaign.Category
		turns++
		had[category]++
		if over := had[category]*den - turns*num - den; over > worstTop {
			worstTop, top = over, &Fault{k, RuleDiversity, "", fmt.Sprintf("category %d had %d of %d turns, at most %s and one more",
				category, had[category], turns, fair.Most)}
		}
		if !b.ads[i].relation.found {
			found++
		}
		if under := turns - 10 - 10*found; fair.Both && under > worstFound {
			worstFound, discovery = under, &Fault{k, RuleDiscovery, "", fmt.Sprintf("discovery had %d of %d turns", found, turns)}
		}
	}
	var faults []Fault
	for _, f := range []*Fault{top, discovery} {
		if f != nil {
			faults = append(faults, *f)
		}
	}
	return faults
}

// counted reports whether the variety rules count plays of this tier.
func counted(t plan.Tier) bool { return t == plan.TierWeighted || t == plan.TierGuaranteed }

// Starvation reports the weighted ads that did not play for 4 / share weighted
// plays of a stretch or longer, between two plays or at either end of it. Shares
// are those of the first record.
func Starvation(s Shop, plays []plan.Play) []Fault {
	b := newBook(s)
	if len(plays) == 0 {
		return nil
	}
	at := b.newTimeline(plays).at(plays, 0)
	fair := b.fairOf(b.passing(at, nil), at.date.Month)
	last := make(map[int]int) // the turn of each ad's last play
	longest := make(map[int]Fault)
	gaps := make(map[int]int)
	turns := 0
	look := func(i, turn, play int) {
		if gap := turn - last[i]; gap > gaps[i] {
			gaps[i] = gap
			longest[i] = Fault{play, RuleStarvation, b.ads[i].name, fmt.Sprintf("%d turns from turn %d to turn %d", gap, last[i], turn)}
		}
	}
	for k := range plays {
		i := b.of(&plays[k])
		if i >= 0 && completed(&plays[k]) && b.ads[i].campaign.Tier == plan.TierWeighted {
			turns++
			look(i, turns, k)
			last[i] = turns
		}
	}
	var faults []Fault
	for _, a := range fair.Ads {
		look(a.index, turns, -1)
		if tooLong := new(big.Rat).Mul(a.Share, big.NewRat(int64(gaps[a.index]), 4)); tooLong.Cmp(big.NewRat(1, 1)) >= 0 {
			f := longest[a.index]
			f.What += ", fair share " + a.Share.RatString()
			faults = append(faults, f)
		}
	}
	return faults
}

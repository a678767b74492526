package audit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// Explained reports plays whose reasons are not those of their campaign.
//
// For a weighted play the terms must be all that the points computed from scratch
// have, with the same figures, and no other: occasion, relation, place,
// clientele, offers, season, class, discovery. A relation of strength 0 and terms
// of no points may be told or left out. Where targeting is off the play says so
// and tells no term; class 1 it may. For other tiers the terms may be left out,
// but those told must be right. While the clock is not trusted the month is not
// known, and the season may be told or left out with the class that follows.
//
// A paid tier above the ordinary names itself; house content is "house" and
// either "own-turn" or "filler". Caps are told all and exactly. A share must lie,
// as a person would round it, among what the campaign gets of all turns: its fair
// share now, with or without those whose caps are used up, house turns and
// guaranteed ones taken off or not. Codes that mean nothing are faults.
func Explained(s Shop, plays []plan.Play) []Fault {
	b := newBook(s)
	var faults []Fault
	known := make(map[string][]string) // plays that tell the same of the same
	b.each(plays, func(h *history, k, i int, at instant) {
		if i < 0 {
			return
		}
		key := fmt.Sprint(i, at.date.Month, at.trusted(), b.weightedSet(h, at), "\n", strings.Join(plays[k].Reasons, "\n"))
		wrong, ok := known[key]
		if !ok {
			wrong = b.explain(h, i, at, plays[k].Reasons)
			known[key] = wrong
		}
		for _, what := range wrong {
			faults = append(faults, Fault{k, RuleReasons, b.ads[i].name, what})
		}
	})
	return faults
}

// explain returns what is wrong with the reasons of a play of ad i.
func (b *book) explain(h *history, i int, at instant, reasons []string) []string {
	e := explanation{b: b, a: &b.ads[i], at: at, told: make(map[string][]string)}
	for _, code := range reasons {
		term, figure, _ := strings.Cut(code, ":")
		e.told[term] = append(e.told[term], figure)
	}
	e.tier()
	e.terms()
	e.caps()
	if e.a.campaign.Tier == plan.TierWeighted {
		e.share(h, i)
	}
	return e.wrong
}

// An explanation is what a play tells, against what is so.
type explanation struct {
	b     *book
	a     *ad
	at    instant
	told  map[string][]string // figures by term
	wrong []string
}

func (e *explanation) check(ok bool, format string, args ...any) {
	if !ok {
		e.wrong = append(e.wrong, fmt.Sprintf(format, args...))
	}
}

// says reports whether the bare code is told.
func (e *explanation) says(code string) bool { return slices.Equal(e.told[code], []string{""}) }

// bare are the codes without figures, figured those with.
var (
	bare    = []string{"discovery", "targeting-off", "guaranteed", "takeover", "emergency", "house", "own-turn", "filler"}
	figured = []string{"occasion", "relation", "place", "clientele", "offers", "season", "class", "share", "cap", "relaxed", "fit"}
)

func (e *explanation) tier() {
	for _, term := range slices.Sorted(maps.Keys(e.told)) {
		figures := e.told[term]
		known := slices.Contains(bare, term) && e.says(term) || slices.Contains(figured, term) &&
			(len(figures) == 1 || term == "cap" || term == "relaxed" || term == "fit")
		e.check(known, "the reason %q with %q means nothing", term, figures)
	}
	for _, figure := range e.told["relaxed"] {
		e.check(figure == "repeat" || figure == "cooldown", "the reason relaxed:%s means nothing", figure)
	}
	for _, figure := range e.told["fit"] {
		e.check(figure == "shorter" || figure == "try", "the reason fit:%s means nothing", figure)
	}
	tier := e.a.campaign.Tier
	for _, t := range []plan.Tier{plan.TierGuaranteed, plan.TierTakeover, plan.TierEmergency, plan.TierHouse} {
		e.check(e.says(t.String()) == (t == tier), "%s: the campaign is %s", told(t.String(), e.says(t.String())), tier)
	}
	house := tier == plan.TierHouse
	e.check((e.says("own-turn") || e.says("filler")) == house, "%s", "own-turn or filler is said of house content, always and only")
	e.check(!e.says("own-turn") || !e.says("filler"), "it is own-turn and filler")
}

func told(code string, said bool) string {
	if said {
		return "it says " + code
	}
	return "it does not say " + code
}

// terms checks the points and what follows from them.
func (e *explanation) terms() {
	off := !e.b.shop.Venue.Targeting
	must := e.a.campaign.Tier == plan.TierWeighted
	e.bare("targeting-off", off, must)
	if off {
		for _, term := range []string{"discovery", "occasion", "relation", "place", "clientele", "offers", "season"} {
			e.check(len(e.told[term]) == 0, "it tells %s, and targeting is off", term)
		}
		e.figure("class", []string{"1"}, true)
		return
	}
	p := e.b.points(e.a, e.at.date.Month)
	e.bare("discovery", p.Discovery, must)
	e.figure("occasion", e.occasions(p), p.Occasion == 0 || !must)
	e.figure("relation", e.relations(), e.a.relation.strength == 0 || !must)
	e.figure("place", placeCodes(p.Place), p.Place == 0 || !must)
	e.figure("clientele", []string{strconv.Itoa(p.Clientele)}, p.Clientele == 0 || !must)
	e.figure("offers", []string{strconv.Itoa(p.Offers)}, p.Offers == 0 || !must)
	season, classes := []string{strconv.Itoa(p.Season)}, []string{strconv.Itoa(p.Class())}
	if !e.at.trusted() && e.a.relation.season != 0 {
		season = []string{"0", "5"}
		classes = nil
		for m := time.January; m <= time.December; m++ {
			classes = append(classes, strconv.Itoa(e.b.points(e.a, m).Class()))
		}
	}
	e.figure("season", season, slices.Contains(season, "0") || !must)
	e.figure("class", classes, !must)
}

func (e *explanation) bare(code string, is, must bool) {
	said := e.says(code)
	e.check(said == is || !must && !said, "%s", told(code, said))
}

// figure checks that the term is told with one of the right figures, or left out
// where it may be.
func (e *explanation) figure(term string, right []string, optional bool) {
	if len(e.told[term]) == 0 {
		e.check(optional, "it does not tell %s:%s", term, strings.Join(right, " or "))
		return
	}
	for _, figure := range e.told[term] {
		e.check(slices.Contains(right, figure), "it tells %s:%s, and it is %q", term, figure, right)
	}
}

// occasions are the figures that tell a shared occasion.
func (e *explanation) occasions(p Points) []string {
	shared := common(e.a.campaign.Occasions, e.b.facts.secondary)
	if p.Occasion == 40 {
		shared = common(e.a.campaign.Occasions, e.b.facts.primary)
	}
	var figures []string
	for _, id := range shared {
		if p.Occasion > 0 {
			figures = append(figures, fmt.Sprintf("%s/%d", id, p.Occasion))
		}
	}
	return figures
}

// relations are the figures that tell the relation: any of its strongest rows.
func (e *explanation) relations() []string {
	var figures []string
	for _, kind := range e.a.relation.kinds {
		figures = append(figures, fmt.Sprintf("%s/%d", kind, e.a.relation.strength))
	}
	return figures
}

func placeCodes(points int) []string {
	switch points {
	case 15:
		return []string{"commune"}
	case 10:
		return []string{"10km"}
	case 5:
		return []string{"30km"}
	}
	return nil
}

func (e *explanation) caps() {
	var limits []string
	if !e.a.venue {
		for _, l := range e.a.campaign.Caps {
			limits = append(limits, fmt.Sprintf("%d/%s", l.Plays, l.Per))
		}
	}
	said := slices.Clone(e.told["cap"])
	slices.Sort(limits)
	slices.Sort(said)
	e.check(slices.Equal(limits, said), "it tells the caps %q, and they are %q", said, limits)
}

// share checks the share that the play tells.
func (e *explanation) share(h *history, i int) {
	figures := e.told["share"]
	if len(figures) == 0 {
		e.check(false, "it does not tell its share")
		return
	}
	var n, m int64
	if _, err := fmt.Sscanf(figures[0], "%d/%d", &n, &m); err != nil || m <= 0 || n < 0 || n > m {
		e.check(false, "share:%s is no share", figures[0])
		return
	}
	low, high := e.b.turnsOf(h, i, e.at)
	if high == 0 {
		return // it was not to play at all; Filters and Caps tell
	}
	said := float64(n) / float64(m)
	if n == 1 { // one in m: between one in m-1 and one in m+1, the ends excluded
		e.check(high*float64(m+1) > 1 && (m == 1 || low*float64(m-1) < 1), "share:%s, and it has %.3f to %.3f", figures[0], low, high)
		return
	}
	e.check(said > low-0.1 && said < high+0.1, "share:%s, and it has %.3f to %.3f", figures[0], low, high)
}

// turnsOf returns the least and the most that ad i may say it gets of all turns.
func (b *book) turnsOf(h *history, i int, at instant) (low, high float64) {
	others := 1.0
	if b.shop.OwnShare.Of > 0 {
		others -= float64(b.shop.OwnShare.Turns) / float64(b.shop.OwnShare.Of)
	}
	for j := range b.ads {
		if b.ads[j].campaign.Tier == plan.TierGuaranteed {
			others *= 2.0 / guaranteedPick
			break
		}
	}
	for _, ads := range [][]int{b.passing(at, nil), b.passing(at, h)} {
		for _, a := range b.fairOf(ads, at.date.Month).Ads {
			if a.index == i {
				share, _ := a.Share.Float64()
				if low == 0 || share*others < low {
					low = share * others
				}
				high = max(high, share)
			}
		}
	}
	return low, high
}

package scheduler

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// A Reason is one of the things that led to a choice. It is comparable.
type Reason struct {
	kind kind
	// a and b are the figures of the kind, and id its word.
	a, b int
	id   string
}

// kind is the code of a reason, without its figures.
type kind uint8

const (
	_ kind = iota
	kindEmergency
	kindTakeover
	kindGuaranteed
	kindHouse
	// kindOwnTurn: house content in its own turn, while paid campaigns may play.
	kindOwnTurn
	// kindFiller: house content because no paid campaign may play.
	kindFiller
	kindTargetingOff
	// kindOccasion: id is the occasion shared with the shop, worth a points.
	kindOccasion
	// kindRelation: id is why the category complements the shop, with strength a.
	kindRelation
	// kindPlace: id is how near the advertiser is.
	kindPlace
	// kindClientele, kindOffers and kindSeason are worth a points.
	kindClientele
	kindOffers
	kindSeason
	// kindDiscovery: nothing relates the category to the shop; shown for variety.
	kindDiscovery
	// kindClass: the points make it weigh a times a general ad.
	kindClass
	// kindShare: about a of b turns, as things are now.
	kindShare
	// kindCap: at most a plays per period b.
	kindCap
	// kindShorter: a longer ad whose turn it was rarely fits the wait. kindTry: it
	// rarely fits itself, and has one try in ten of its turns.
	kindShorter
	kindTry
	// kindRepeat: sooner than the repeat distance, because the shares of the
	// others leave no other choice, or no other may play.
	kindRepeat
	// kindCoolDown: right after an abort, because nothing else may play.
	kindCoolDown
	kinds
)

var kindNames = [kinds]string{kindEmergency: "emergency", kindTakeover: "takeover", kindGuaranteed: "guaranteed",
	kindHouse: "house", kindOwnTurn: "own-turn", kindFiller: "filler", kindTargetingOff: "targeting-off",
	kindOccasion: "occasion", kindRelation: "relation", kindPlace: "place", kindClientele: "clientele",
	kindOffers: "offers", kindSeason: "season", kindDiscovery: "discovery", kindClass: "class", kindShare: "share",
	kindCap: "cap", kindShorter: "fit:shorter", kindTry: "fit:try", kindRepeat: "relaxed:repeat",
	kindCoolDown: "relaxed:cooldown"}

// shape is what stands behind the name of a kind: nothing, a figure, two of them
// with a stroke, or a word before them.
type shape uint8

const (
	bare shape = iota
	figure
	fraction
	word
	wordFigure
	perPeriod
)

func (k kind) shape() shape {
	switch k {
	case kindClientele, kindOffers, kindSeason, kindClass:
		return figure
	case kindShare:
		return fraction
	case kindPlace:
		return word
	case kindOccasion, kindRelation:
		return wordFigure
	case kindCap:
		return perPeriod
	}
	return bare
}

// Code returns the stable code of the play record: the kind, and its figures
// where it has some. For example "occasion:165/40", "relation:goes-with/2",
// "place:10km", "clientele:5", "season:5", "class:8", "share:1/9", "cap:4/hour",
// "targeting-off", "discovery", "house", "own-turn", "filler", "guaranteed",
// "fit:shorter", "relaxed:repeat".
func (r Reason) Code() string {
	if r.kind >= kinds {
		return ""
	}
	name := kindNames[r.kind]
	switch r.kind.shape() {
	case figure:
		return name + ":" + strconv.Itoa(r.a)
	case fraction:
		return name + ":" + strconv.Itoa(r.a) + "/" + strconv.Itoa(r.b)
	case word:
		return name + ":" + r.id
	case wordFigure:
		return name + ":" + r.id + "/" + strconv.Itoa(r.a)
	case perPeriod:
		return name + ":" + strconv.Itoa(r.a) + "/" + plan.CapPeriod(r.b).String()
	}
	return name
}

// ParseReason reads what Code writes, for the sentence of a recorded play.
func ParseReason(code string) (Reason, bool) {
	if k := kind(slices.Index(kindNames[1:], code) + 1); k > 0 && k.shape() == bare {
		return Reason{kind: k}, true
	}
	name, rest, _ := strings.Cut(code, ":")
	k := kind(slices.Index(kindNames[1:], name) + 1)
	if k == 0 {
		return Reason{}, false
	}
	first, second, _ := strings.Cut(rest, "/")
	r := Reason{kind: k}
	switch k.shape() {
	case figure:
		r.a, _ = strconv.Atoi(first)
	case fraction:
		r.a, _ = strconv.Atoi(first)
		r.b, _ = strconv.Atoi(second)
	case word:
		r.id = rest
		if !slices.Contains(nearCodes[1:], rest) {
			return Reason{}, false
		}
	case wordFigure:
		r.id = first
		r.a, _ = strconv.Atoi(second)
	case perPeriod:
		r.a, _ = strconv.Atoi(first)
		var per plan.CapPeriod
		if per.UnmarshalText([]byte(second)) != nil {
			return Reason{}, false
		}
		r.b = int(per)
	}
	// One spelling only: what it writes must be what it read.
	if r.a < 0 || r.b < 0 || r.Code() != code {
		return Reason{}, false
	}
	return r, true
}

// Points adds up what the reasons of a choice are worth, and returns the weight
// class that follows: what "class" says, worked out again. Reasons of a choice
// that had no points, as with targeting off, give class 1.
func Points(rs []Reason) (points, weightClass int) {
	for _, r := range rs {
		switch r.kind {
		case kindOccasion, kindClientele, kindOffers, kindSeason:
			points += r.a
		case kindRelation:
			points += strengthPoints * r.a
		case kindPlace:
			points += nearPoints[max(slices.Index(nearCodes[:], r.id), 0)]
		}
	}
	return points, class(points)
}

// why says why the turn came out as it did. The reasons are cut from a larger
// piece of memory, so that a pick allocates nothing.
func (s *Scheduler) why(st *state, t turn) []Reason {
	const most = 24
	if cap(s.reasons)-len(s.reasons) < most {
		s.reasons = make([]Reason, 0, 16*most)
	}
	begin := len(s.reasons)
	s.reasons = s.appendWhy(s.reasons, st, t)
	end := len(s.reasons)
	return s.reasons[begin:end:end]
}

func (s *Scheduler) appendWhy(rs []Reason, st *state, t turn) []Reason {
	ln := &st.lanes[t.lane]
	p := ln.pools[t.seat]
	a := &s.ads[p.members[t.slot]]
	switch t.lane {
	case emergency:
		rs = append(rs, Reason{kind: kindEmergency})
	case takeover:
		rs = append(rs, Reason{kind: kindTakeover})
	case guaranteed:
		rs = append(rs, Reason{kind: kindGuaranteed})
	case house:
		rs = append(rs, Reason{kind: kindHouse})
		if t.filler {
			rs = append(rs, Reason{kind: kindFiller})
		} else if t.contested {
			rs = append(rs, Reason{kind: kindOwnTurn})
		}
	}
	if t.lane != house && !s.options.Venue.Targeting {
		rs = append(rs, Reason{kind: kindTargetingOff})
	}
	if t.lane == weighted {
		if s.options.Venue.Targeting {
			rs = a.appendPoints(rs, st.at.month())
		}
		rs = append(rs, s.share(st, t))
	}
	if !a.venue {
		for _, c := range a.campaign.Caps {
			rs = append(rs, Reason{kind: kindCap, a: c.Plays, b: int(c.Per)})
		}
	}
	for _, k := range []kind{t.fit, t.relaxed} {
		if k != 0 {
			rs = append(rs, Reason{kind: k})
		}
	}
	return rs
}

// appendPoints says what the ad's points are for, and its weight class.
func (a *ad) appendPoints(rs []Reason, month time.Month) []Reason {
	if !a.related {
		rs = append(rs, Reason{kind: kindDiscovery})
	}
	if a.occasion > 0 {
		rs = append(rs, Reason{kind: kindOccasion, a: int(a.occasions), id: a.campaign.Occasions[a.occasion-1]})
	}
	if a.related {
		rs = append(rs, Reason{kind: kindRelation, a: int(a.strength), id: a.relation.String()})
	}
	if a.near != anywhere {
		rs = append(rs, Reason{kind: kindPlace, id: nearCodes[a.near]})
	}
	if a.clientele > 0 {
		rs = append(rs, Reason{kind: kindClientele, a: int(a.clientele)})
	}
	if a.offers > 0 {
		rs = append(rs, Reason{kind: kindOffers, a: int(a.offers)})
	}
	if month > 0 && a.season.Has(month) {
		rs = append(rs, Reason{kind: kindSeason, a: seasonPoints})
	}
	return append(rs, Reason{kind: kindClass, a: class(a.sum(month))})
}

// share is about how many of all turns the campaign takes as things are now.
func (s *Scheduler) share(st *state, t turn) Reason {
	ln := &st.lanes[weighted]
	// So many plays of the lane for one of the ad, with 16 fractional bits.
	per := ln.turnsPer(t.seat, uint64(ln.pools[t.seat].entries[t.slot].weight)) >> 16
	turns, of := int64(1)<<16, int64(per)
	if n := min(st.paid, 64); n >= promisedOf {
		// While others may play, the guaranteed ones have a third at most.
		turns, of = turns*int64(n-min(st.guaranteedLately(), n/promisedOf)), of*int64(n)
	}
	if t.contested {
		turns, of = turns*(s.ownOf()-s.ownTurns()), of*s.ownOf()
	}
	n, m := inWords(turns, of)
	return Reason{kind: kindShare, a: n, b: m}
}

// inWords rounds a share to a fraction that people say: 1 in n up to a half or 2 in 5, the
// nearest of tenths and simpler above, and all of them only when it is all.
func inWords(turns, of int64) (n, m int) {
	if turns <= 0 {
		return 0, 1
	}
	if turns >= of {
		return 1, 1
	}
	if 20*turns >= 7*of && 20*turns <= 9*of {
		return 2, 5 // between a third and a half
	}
	if 2*turns <= of {
		return 1, int((2*of + turns) / (2 * turns))
	}
	best := func(n, m, p, q int64) bool { // |n/m - share| < |p/q - share|
		return abs(n*of-m*turns)*q < abs(p*of-q*turns)*m
	}
	p, q := int64(1), int64(2)
	for m := int64(3); m <= 10; m++ {
		n := min((2*turns*m+of)/(2*of), m-1)
		if best(n, m, p, q) {
			p, q = n, m
		}
	}
	return int(p), int(q)
}

func abs(x int64) int64 { return max(x, -x) }

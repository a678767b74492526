package scheduler

import (
	"math"
	"slices"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// points say how well a campaign complements the venue. They are worked out when
// the plan or the profile changes, never for a turn.
type points struct {
	// season is the months that the relation names.
	season plan.Months
	// occasion is the place, from 1, of the shared one among the campaign's, and
	// occasions its points.
	occasion, occasions uint8
	// related: there is a relation, of the kind and the strength.
	related           bool
	relation          plan.RelationKind
	strength          uint8
	near              nearness
	clientele, offers uint8
}

// nearness is how close an advertiser is.
type nearness uint8

const (
	anywhere nearness = iota
	within30
	within10
	sameCommune
)

var (
	nearCodes  = [...]string{"", "30km", "10km", "commune"}
	nearPoints = [...]int{0, 5, 10, 15}
)

// The points of the table in the package comment.
const (
	primaryPoints   = 40
	secondaryPoints = 20
	strengthPoints  = 10
	tagPoints       = 10
	seasonPoints    = 5
)

// pointsOf works out the points of a campaign for a venue.
func pointsOf(c *plan.Campaign, v *plan.Venue, k *kinship) points {
	pt := points{season: k.season, related: k.related, relation: k.relation.Kind, strength: uint8(k.relation.Strength)}
	for i, id := range c.Occasions[:min(len(c.Occasions), math.MaxUint8)] {
		if slices.Contains(k.primary, id) {
			pt.occasion, pt.occasions = uint8(i+1), primaryPoints
			break
		}
		if pt.occasion == 0 && slices.Contains(k.secondary, id) {
			pt.occasion, pt.occasions = uint8(i+1), secondaryPoints
		}
	}
	pt.near = nearnessOf(c.Place, v)
	pt.clientele = tagShare(c.Clientele, v.Clientele)
	pt.offers = tagShare(c.Offers, v.Offers)
	return pt
}

// A kinship is what all campaigns of a category have in common at a venue.
type kinship struct {
	standing
	relation           plan.Relation
	related            bool
	season             plan.Months
	primary, secondary []string
}

// kinshipOf finds the relation of a category to the venue's activity: the
// strongest row of the category itself, or else of the nearest above.
func kinshipOf(category int, o *Options) kinship {
	k := kinship{standing: standingOf(category, o)}
	k.primary, k.secondary = o.Vocabulary.ActivityOccasions(o.Venue.Activity)
	rows := o.Vocabulary.Relations(o.Venue.Activity)
	for range deepest {
		if category == 0 || k.related {
			break
		}
		for _, r := range rows {
			if r.Category != category {
				continue
			}
			k.season |= r.Season
			if !k.related || r.Strength > k.relation.Strength {
				k.relation, k.related = r, true
			}
		}
		category = o.Vocabulary.Parent(category)
	}
	return k
}

func nearnessOf(p *plan.Place, v *plan.Venue) nearness {
	switch {
	case p == nil:
		return anywhere
	case p.Commune != "" && p.Postcode != "" && fold(p.Commune) == fold(v.Commune) && fold(p.Postcode) == fold(v.Postcode):
		return sameCommune
	case !p.Located || !v.Located:
		return anywhere
	}
	switch km := kilometres(p, v); {
	case km <= 10:
		return within10
	case km <= 30:
		return within30
	}
	return anywhere
}

// tagShare is the share of the campaign's tags that the venue has, in tenths
// rounded down.
func tagShare(campaign, venue []string) uint8 {
	if len(campaign) == 0 {
		return 0
	}
	n := 0
	for _, tag := range campaign {
		if slices.ContainsFunc(venue, func(t string) bool { return strings.EqualFold(t, tag) }) {
			n++
		}
	}
	return uint8(tagPoints * n / len(campaign))
}

// sum is the points in a month; 0 stands for no month that is known.
func (pt *points) sum(m time.Month) int {
	total := int(pt.occasions) + strengthPoints*int(pt.strength) + nearPoints[pt.near] + int(pt.clientele) + int(pt.offers)
	if m > 0 && pt.season.Has(m) {
		total += seasonPoints
	}
	return total
}

// class is the weight class of a number of points. Powers of two make "shown
// about twice as often" true.
func class(points int) int {
	switch {
	case points >= 70:
		return 8
	case points >= 50:
		return 4
	case points >= 30:
		return 2
	}
	return 1
}

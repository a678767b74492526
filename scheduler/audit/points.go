package audit

import (
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// Points are how well a campaign complements the shop, term by term.
type Points struct {
	Occasion, Relation, Place, Clientele, Offers, Season int
	// Discovery: no relation row names the category or one above it.
	Discovery bool
}

// Total is the sum of the terms.
func (p Points) Total() int {
	return p.Occasion + p.Relation + p.Place + p.Clientele + p.Offers + p.Season
}

// Class is 8 from 70 points on, 4 from 50, 2 from 30, else 1.
func (p Points) Class() int {
	switch n := p.Total(); {
	case n >= 70:
		return 8
	case n >= 50:
		return 4
	case n >= 30:
		return 2
	}
	return 1
}

// PointsOf returns the points of a campaign in a month of the venue's calendar.
// They are all zero, and nothing is discovery, where targeting is off.
func PointsOf(s Shop, c *plan.Campaign, month time.Month) Points {
	b := newBook(Shop{Venue: s.Venue, Words: s.Words})
	a := b.readAd("", c)
	return b.points(&a, month)
}

// facts are what the points are computed from, read once.
type facts struct {
	relations          []plan.Relation
	primary, secondary []string
}

func (b *book) readFacts() facts {
	f := facts{relations: b.words.Relations(b.shop.Venue.Activity)}
	f.primary, f.secondary = b.words.ActivityOccasions(b.shop.Venue.Activity)
	return f
}

// A relation is what the rows of one category say together.
type relation struct {
	found    bool
	strength int
	// kinds are those of the strongest rows.
	kinds []plan.RelationKind
	// season is every month that one of the rows names.
	season plan.Months
}

// relationOf returns the relation to a category: its own rows, or those of the
// nearest category above that has any.
func (b *book) relationOf(category int) relation {
	var r relation
	for _, id := range b.lineage(category) {
		for _, row := range b.facts.relations {
			if row.Category != id {
				continue
			}
			if !r.found || row.Strength > r.strength {
				r.kinds, r.strength = nil, row.Strength
			}
			if row.Strength == r.strength {
				r.kinds = append(r.kinds, row.Kind)
			}
			r.found, r.season = true, r.season|row.Season
		}
		if r.found {
			break
		}
	}
	return r
}

func (b *book) points(a *ad, month time.Month) Points {
	v, c := &b.shop.Venue, a.campaign
	if !v.Targeting {
		return Points{}
	}
	p := Points{Discovery: !a.relation.found, Relation: 10 * a.relation.strength}
	switch {
	case len(common(c.Occasions, b.facts.primary)) > 0:
		p.Occasion = 40
	case len(common(c.Occasions, b.facts.secondary)) > 0:
		p.Occasion = 20
	}
	p.Place = placePoints(c.Place, v)
	p.Clientele = tenths(c.Clientele, v.Clientele)
	p.Offers = tenths(c.Offers, v.Offers)
	if a.relation.season.Has(month) {
		p.Season = 5
	}
	return p
}

func placePoints(p *plan.Place, v *plan.Venue) int {
	if p == nil {
		return 0
	}
	measured := p.Located && v.Located
	switch {
	case sameCommune(p, v):
		return 15
	case measured && kilometres(p, v) <= 10:
		return 10
	case measured && kilometres(p, v) <= 30:
		return 5
	}
	return 0
}

// common returns the different words of ours that are among theirs.
func common(ours, theirs []string) []string {
	var both []string
	for _, w := range ours {
		if slices.Contains(theirs, w) && !slices.Contains(both, w) {
			both = append(both, w)
		}
	}
	return both
}

// tenths is the share of our different tags that the shop has, times ten, rounded
// down.
func tenths(ours, shop []string) int {
	if all := common(ours, ours); len(all) > 0 {
		return 10 * len(common(ours, shop)) / len(all)
	}
	return 0
}

// weight is how much an ad weighs against the others: its class times the booked
// weight, or the booked weight alone where targeting is off.
func (b *book) weight(a *ad, month time.Month) int64 {
	booked := int64(min(max(a.campaign.Weight, plan.MinWeight), plan.MaxWeight))
	return booked * int64(b.points(a, month).Class())
}

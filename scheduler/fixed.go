package scheduler

import (
	"math"
	"slices"
	"strings"

	"entracte/scheduler/plan"
)

// A standing is what the venue and the vocabulary say of all campaigns of a
// category: whether it is of a family that is off, refused by the owner, unknown,
// or sold by the venue.
type standing struct{ regulated, refused, unknown, sold bool }

func standingOf(category int, o *Options) standing {
	return standing{
		regulated: regulatedFamily(category, o) != 0,
		refused:   under(category, o.Venue.RefuseCategories, o.Vocabulary) != 0,
		unknown:   o.Vocabulary.CategoryLabel(category, "en") == "",
		sold:      !activityKnown(o) || under(category, o.Vocabulary.Sells(o.Venue.Activity), o.Vocabulary) != 0,
	}
}

// fixedFilter is the first filter from regulated to language that refuses the
// campaign: they depend on the plan and the venue only.
func fixedFilter(c *plan.Campaign, st standing, v *plan.Venue) Filter {
	switch {
	case st.regulated:
		return RegulatedFamily
	case st.refused || refusesAdvertiser(c, v):
		return RefusedByOwner
	case st.unknown:
		return NoCategory
	case st.sold:
		return Competitor
	case !inArea(c.Place, v):
		return OutsideArea
	case !speaks(c.Language, v.Language):
		return OtherLanguage
	}
	return passed
}

// deepest bounds the walk to the root: the taxonomy has three tiers, and a
// vocabulary that runs in circles must not stop the screen.
const deepest = 16

// under returns the first of ids that the category equals or lies under, or 0.
func under(category int, ids []int, words plan.Vocabulary) int {
	for range deepest {
		if category == 0 {
			break
		}
		if slices.Contains(ids, category) {
			return category
		}
		category = words.Parent(category)
	}
	return 0
}

// regulatedFamily returns the family of the category that the owner has not
// accepted, or 0.
func regulatedFamily(category int, o *Options) int {
	var off []int
	for _, id := range o.Vocabulary.Regulated() {
		if !slices.Contains(o.Venue.AcceptRegulated, id) {
			off = append(off, id)
		}
	}
	return under(category, off, o.Vocabulary)
}

func refusesAdvertiser(c *plan.Campaign, v *plan.Venue) bool {
	return slices.ContainsFunc(v.RefuseAdvertisers, func(name string) bool { return fold(name) == fold(c.Advertiser) })
}

// activityKnown reports whether the vocabulary knows what the venue is. If not,
// nobody can say who competes with it, and every paid campaign is refused.
func activityKnown(o *Options) bool {
	return o.Vocabulary.ActivityLabel(o.Venue.Activity, "en") != ""
}

// inArea reports whether the venue is surely within the distance the campaign
// asks for: measured where both say where they are, or else in the same commune by
// name and postcode.
func inArea(p *plan.Place, v *plan.Venue) bool {
	switch {
	case p == nil || p.WithinKM == 0:
		return true
	case p.Located && v.Located:
		return kilometres(p, v) <= p.WithinKM
	}
	return nearnessOf(p, v) == sameCommune
}

// kilometres is the great-circle distance (haversine formula, mean Earth radius
// 6371 km), rounded to the metre so that every processor agrees.
func kilometres(p *plan.Place, v *plan.Venue) float64 {
	rad := math.Pi / 180
	dLat, dLon := (v.Latitude-p.Latitude)*rad/2, (v.Longitude-p.Longitude)*rad/2
	h := math.Pow(math.Sin(dLat), 2) + math.Cos(p.Latitude*rad)*math.Cos(v.Latitude*rad)*math.Pow(math.Sin(dLon), 2)
	return math.Round(2*6371*math.Asin(math.Sqrt(min(h, 1)))*1000) / 1000
}

// speaks reports whether the creatives speak the venue's language; "fr-BE"
// counts as "fr". No language means any.
func speaks(languages []string, venue string) bool {
	if len(languages) == 0 {
		return true
	}
	return slices.ContainsFunc(languages, func(l string) bool {
		base, _, _ := strings.Cut(fold(l), "-")
		return base == fold(venue)
	})
}

// noWords knows nothing, so that every paid campaign is refused.
type noWords struct{}

func (noWords) Parent(int) int                                    { return 0 }
func (noWords) Sells(string) []int                                { return nil }
func (noWords) Regulated() []int                                  { return nil }
func (noWords) CategoryLabel(int, string) string                  { return "" }
func (noWords) Relations(string) []plan.Relation                  { return nil }
func (noWords) ActivityOccasions(string) (first, second []string) { return nil, nil }
func (noWords) OccasionLabel(string, string) string               { return "" }
func (noWords) ActivityLabel(string, string) string               { return "" }

package plan

import "time"

// A Venue is the place the screen hangs: the shop as host. Everything here is
// declared by its owner about the shop, never observed about anyone.
type Venue struct {
	// ID is the screen's own id, stable over restarts.
	ID       string
	Name     string
	Activity string
	NAF      NAF
	Commune  string
	Postcode string
	// Latitude and Longitude are degrees; Located tells whether they were given.
	Latitude, Longitude float64
	Located             bool
	Clientele           []string
	Offers              []string
	// Language is "fr" or "en": what the idle look and the sentences speak, and
	// which campaigns the language filter lets through.
	Language string
	// Timezone is where the venue's wall clock is read; nil takes times as they come.
	Timezone *time.Location
	// Targeting off means booked weights only.
	Targeting bool
	// VisibleFromStreet switches presence statistics off, and the screen from
	// 01:00 to 06:00.
	VisibleFromStreet bool
	Hours             Hours
	ClosedOn          []Date
	RefuseCategories  []int
	RefuseAdvertisers []string
	// AcceptRegulated lists the IAB families, off by default, that the owner
	// turned on.
	AcceptRegulated []int
	Tags            []string
}

// NAF is a French activity code with the version of the nomenclature it is from:
// "naf-r2" or "naf-2025".
type NAF struct{ Scheme, Code string }

// Open reports whether the screen may be on at t: by the hours, the closing days
// and the dark hours of a screen seen from the street.
func (v *Venue) Open(t time.Time) bool {
	if v.Timezone != nil {
		t = t.In(v.Timezone)
	}
	if v.VisibleFromStreet && t.Hour() >= 1 && t.Hour() < 6 {
		return false
	}
	return v.Hours.Open(t, v.ClosedOn)
}

// A Vocabulary answers what the scheduler must know about categories and
// activities without knowing where the tables are kept.
type Vocabulary interface {
	// Parent returns the category above id in the IAB Ad Product Taxonomy, and 0
	// for a root or an unknown id.
	Parent(id int) int
	// Sells returns the categories that shops of this activity sell: what a
	// competitor advertises.
	Sells(activity string) []int
	// Regulated lists the families that are off unless the owner accepts them.
	Regulated() []int
	// CategoryLabel returns the category's name in a language ("fr", else English),
	// or "" for an unknown id.
	CategoryLabel(id int, language string) string
	// Relations returns what complements shops of this activity, best first for
	// each category: an ad follows the first one whose category is its own, or else
	// the nearest above.
	Relations(activity string) []Relation
	// ActivityOccasions returns the moments of life that shops of this activity
	// serve before all, and those they serve too.
	ActivityOccasions(activity string) (primary, secondary []string)
	// OccasionLabel returns the name of an occasion in a language, or "".
	OccasionLabel(id, language string) string
	// ActivityLabel returns the owner's word for the activity in a language.
	ActivityLabel(activity, language string) string
}

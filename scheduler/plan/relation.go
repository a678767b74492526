package plan

import "time"

// RelationKind is why an ad complements a shop.
type RelationKind uint8

// The kinds of relation.
const (
	// RelationOccasion: both serve the same moment of life.
	RelationOccasion RelationKind = iota
	// RelationJourney: people go to both on one outing.
	RelationJourney
	// RelationGoesWith: it is used with what the shop sells.
	RelationGoesWith
)

var relationNames = []string{"occasion", "journey", "goes-with"}

func (k RelationKind) String() string { return name(relationNames, k) }

// MarshalText writes "occasion", "journey" or "goes-with".
func (k RelationKind) MarshalText() ([]byte, error) { return text(k, "kind", relationNames) }

// UnmarshalText reads what MarshalText writes.
func (k *RelationKind) UnmarshalText(b []byte) error { return parse(k, "kind", relationNames, b) }

// MaxStrength is the strength of the closest relation; 0 is the faintest.
const MaxStrength = 3

// A Relation says that ads of a category, and of those under it, complement the
// shops of an activity. Relations are directed: what complements a jeweller need
// not be complemented by one.
type Relation struct {
	Category int
	Kind     RelationKind
	// Strength is 0 to MaxStrength.
	Strength int
	// Occasion is the moment of life both serve, as in [Campaign.Occasions]; ""
	// unless Kind is RelationOccasion.
	Occasion string
	// Season is the months in which it is close to people's minds; the zero value
	// is no season.
	Season Months
}

// Months is a set of months; bit i is [time.Month] i. The zero value is none.
type Months uint16

// Has reports whether the set holds m.
func (s Months) Has(m time.Month) bool { return s&(1<<m) != 0 }

// With returns the set with m added.
func (s Months) With(m time.Month) Months { return s | 1<<m }

package plan

import (
	"fmt"
	"time"
)

// VenueAdvertiser is the advertiser name that stands for the shop itself. Only
// house campaigns may use it.
const VenueAdvertiser = "@venue"

// A Plan is everything in force at one venue: one current feed for each source
// of content (operators' packs, the owner's folder, a local ads folder).
type Plan struct {
	Feeds []Feed
}

// A Feed is one source's current campaigns. Feed names are unique in a plan;
// campaign and creative ids are unique in a feed.
type Feed struct {
	// Name is "org/feed" for a pack, and "local", "own" or "demo" for the
	// sources on this machine.
	Name string
	// Revision identifies the feed's exact content. Equal revisions mean equal
	// campaigns; how it is made is the source's affair.
	Revision  string
	Campaigns []Campaign
}

// A Campaign is one advertiser's booking.
type Campaign struct {
	ID         string
	Advertiser string
	// Category is an IAB Ad Product Taxonomy 2.0 id; 0 means none, and only
	// house campaigns may have none.
	Category int `json:",omitzero"`
	// Occasions are IAB Content Taxonomy 3.1 ids ("165") or private ids ("x-moving").
	Occasions []string `json:",omitempty"`
	Flight    Flight   `json:",omitzero"`
	// Weight is the booked weight, 1 to 10.
	Weight int
	Tier   Tier
	// Goal is the number of plays promised over the flight; only the guaranteed
	// tier has one, and it needs both flight dates.
	Goal     int       `json:",omitzero"`
	Caps     []Cap     `json:",omitempty"`
	Dayparts []Daypart `json:",omitempty"`
	// Rivals names the separation group; empty means the category.
	Rivals string `json:",omitempty"`
	// Sole asks that only one holder of the rivals group play at a time: the
	// one that was booked first.
	Sole   bool `json:",omitzero"`
	Booked Date `json:",omitzero"`
	// Place is where the advertiser is; nil if it did not say.
	Place     *Place   `json:",omitempty"`
	Clientele []string `json:",omitempty"`
	Offers    []string `json:",omitempty"`
	// Language lists the languages the creatives speak; empty means any.
	Language       []string       `json:",omitempty"`
	UntrustedClock UntrustedClock `json:",omitzero"`
	Creatives      []Creative
}

// House reports whether the campaign is the venue's own content, which only
// the flight, the daypart and the format filters may refuse. The tier alone does
// not make it so: a competitor could book that.
func (c *Campaign) House() bool { return c.Tier == TierHouse && c.Advertiser == VenueAdvertiser }

// RivalGroup is the separation group of the campaign: its own name for it, or
// its category. The venue's own content has none.
func (c *Campaign) RivalGroup() string {
	switch {
	case c.House():
		return ""
	case c.Rivals != "":
		return c.Rivals
	case c.Category != 0:
		return fmt.Sprintf("iab:%d", c.Category)
	}
	return ""
}

// A Place is where an advertiser is. Latitude and Longitude are degrees;
// Located tells whether they were given.
type Place struct {
	Commune   string  `json:",omitempty"`
	Postcode  string  `json:",omitempty"`
	Latitude  float64 `json:",omitzero"`
	Longitude float64 `json:",omitzero"`
	Located   bool    `json:",omitzero"`
	// WithinKM limits where the campaign may play, in kilometres around the
	// place; 0 means no limit.
	WithinKM float64 `json:",omitzero"`
}

// A Creative is one finished media item of a campaign. Exactly one of SHA256
// and Card is set once its media are stored.
type Creative struct {
	ID string
	// File is the name its maker gave it. It is for messages, never a path to
	// open on this machine.
	File string `json:",omitempty"`
	// SHA256 is the content address of the media, 64 lower-case hex digits;
	// empty for a card.
	SHA256 string `json:",omitempty"`
	// Length is how long the creative shows. 0 means its natural length, which
	// only animations and videos have.
	Length time.Duration `json:",omitzero"`
	Card   *Card         `json:",omitempty"`
}

// A Card is a creative the player draws itself from words, a picture and a QR
// code.
type Card struct {
	Title string `json:",omitempty"`
	Text  string `json:",omitempty"`
	// Picture is the file name its maker gave; PictureSHA256 its content address.
	Picture       string `json:",omitempty"`
	PictureSHA256 string `json:",omitempty"`
	// QR is the text of the code: a URL, as a rule.
	QR string `json:",omitempty"`
}

// A Ref names a creative in a plan.
type Ref struct{ Feed, Campaign, Creative string }

// String returns "feed/campaign/creative".
func (r Ref) String() string { return r.Feed + "/" + r.Campaign + "/" + r.Creative }

// DefaultStill is how long a still picture or a card shows when its maker does
// not say.
const DefaultStill = 10 * time.Second

// MinWeight and MaxWeight bound the booked weight.
const (
	MinWeight = 1
	MaxWeight = 10
)

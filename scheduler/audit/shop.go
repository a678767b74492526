package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// A Shop is what plays are judged by. Its Venue needs the time zone: records are
// in UTC, and without one days and dayparts are read there.
type Shop struct {
	Plan  plan.Plan
	Venue plan.Venue
	// Words may be nil: then every campaign but the venue's own is refused.
	Words    plan.Vocabulary
	OwnShare OwnShare
	// Waits are when the waits began, in order; none where no sensor tells, and
	// everything is then one wait.
	Waits []Wait
}

// OwnShare is how many turns house content takes while paid campaigns may play:
// Turns of every Of.
type OwnShare struct{ Turns, Of int }

// A Wait began at BeganMS of the monotonic clock of a boot, as in [plan.Play].
type Wait struct {
	Boot    string
	BeganMS int64
}

// A Rule is what a fault breaks. The hard filters have the codes of the
// specification.
type Rule string

// The rules.
const (
	RuleRecord     Rule = "record"          // the records contradict each other or the plan
	RuleFlight     Rule = "inactive_flight" // the hard filters, in their order
	RuleDaypart    Rule = "daypart"
	RuleFormat     Rule = "format"
	RuleRegulated  Rule = "regulated"
	RuleRefused    Rule = "refused"
	RuleNoCategory Rule = "no_category"
	RuleCompetitor Rule = "competitor"
	RuleArea       Rule = "area"
	RuleLanguage   Rule = "language"
	RuleSole       Rule = "sole"
	RuleCap        Rule = "cap"
	RuleRivals     Rule = "rivals"
	RuleClock      Rule = "clock"
	// RuleCapBegun: a showing broken off that began while the cap was used up.
	RuleCapBegun Rule = "cap-begun"
	// RuleTier: a higher tier could have played.
	RuleTier Rule = "tier"
	// RuleFiller: house content filled a gap that was none.
	RuleFiller Rule = "filler"
	// RuleOwnShare: house content took more turns of its own than its share.
	RuleOwnShare Rule = "own-share"
	// RuleIdle: the idle look, though something could have played.
	RuleIdle Rule = "idle"
	// RuleRepeat: an ad returned within k plays.
	RuleRepeat Rule = "repeat"
	// RuleShare: a category or an ad is off its fair share, or the share a play
	// tells is not its own.
	RuleShare     Rule = "share"
	RuleDiversity Rule = "diversity"
	RuleDiscovery Rule = "discovery"
	// RuleStarvation: an ad did not play for 4 / share plays.
	RuleStarvation Rule = "starvation"
	// RuleReasons: the reasons of a play are not those of its campaign.
	RuleReasons Rule = "reasons"
	// RuleGuaranteed: two completed plays of three were guaranteed.
	RuleGuaranteed Rule = "guaranteed"
	// RuleGuaranteedBegun: two of three picks were, one of them broken off.
	RuleGuaranteedBegun Rule = "guaranteed-begun"
	// RuleGuaranteedAlone: either of these, when nothing else could have played.
	RuleGuaranteedAlone Rule = "guaranteed-alone"
)

// A Fault is one breach of a rule.
type Fault struct {
	// Play is the index of the record, or -1 where no single one is at fault.
	Play int
	Rule Rule
	// Ad is "feed/campaign", or "" where no single one is at fault.
	Ad   string
	What string
}

// String returns "play 17 (feed/campaign): rule: what".
func (f Fault) String() string {
	where := "plays"
	if f.Play >= 0 {
		where = fmt.Sprintf("play %d", f.Play)
	}
	if f.Ad != "" {
		where += " (" + f.Ad + ")"
	}
	return fmt.Sprintf("%s: %s: %s", where, f.Rule, f.What)
}

// Check reports every breach of the rules that hold in any log. Repetitions that
// name themselves are not among them: see [Repeats].
func Check(s Shop, plays []plan.Play) []Fault {
	return slices.Concat(Records(s, plays), Filters(s, plays), Caps(s, plays), Rivals(s, plays), Tiers(s, plays),
		Explained(s, plays), Repeats(s, plays).Faults)
}

// An ad is a campaign with what does not change while the plan is in force.
type ad struct {
	name       string // feed/campaign
	feed       string
	campaign   *plan.Campaign
	venue      bool
	advertiser string // as compared
	group      string
	// fixed is the first filter from format to language that refuses.
	fixed    Rule
	relation relation
}

// A book is the shop made ready for questions.
type book struct {
	shop  Shop
	zone  *time.Location
	ads   []ad // by feed, then id
	index map[adKey]int
	// moving are the ads that time, other bookings or caps can stop.
	moving []int
	// sole are the rivals groups with a sole booking, each in booking order.
	sole [][]int
	// soleOf is the group in sole of an ad.
	soleOf map[int]int
	// waits are when they began, by boot, in order.
	waits map[string][]int64
	fairs map[string]*Fair
	words plan.Vocabulary
	facts facts
}

type adKey struct{ feed, campaign string }

func newBook(s Shop) *book {
	b := &book{shop: s, zone: s.Venue.Timezone, index: make(map[adKey]int), fairs: make(map[string]*Fair), words: s.Words}
	if b.zone == nil {
		b.zone = time.UTC
	}
	if b.words == nil {
		b.words = noWords{}
	}
	b.facts = b.readFacts()
	b.waits = make(map[string][]int64)
	for _, w := range s.Waits {
		b.waits[w.Boot] = append(b.waits[w.Boot], w.BeganMS)
	}
	for _, began := range b.waits {
		slices.Sort(began)
	}
	seen := make(map[adKey]bool)
	for f := range s.Plan.Feeds {
		feed := &s.Plan.Feeds[f]
		for c := range feed.Campaigns {
			key := adKey{feed.Name, feed.Campaigns[c].ID}
			if !seen[key] { // ids are unique; of two the first is meant
				seen[key] = true
				b.ads = append(b.ads, b.readAd(feed.Name, &feed.Campaigns[c]))
			}
		}
	}
	slices.SortFunc(b.ads, func(x, y ad) int {
		return cmp.Or(strings.Compare(x.feed, y.feed), strings.Compare(x.campaign.ID, y.campaign.ID))
	})
	for i := range b.ads {
		b.index[adKey{b.ads[i].feed, b.ads[i].campaign.ID}] = i
	}
	b.readSole()
	for i := range b.ads {
		c := b.ads[i].campaign
		if _, sole := b.soleOf[i]; sole || c.Flight.Dated() || len(c.Dayparts) > 0 || len(c.Caps) > 0 {
			b.moving = append(b.moving, i)
		}
	}
	return b
}

func (b *book) readAd(feed string, c *plan.Campaign) ad {
	a := ad{name: feed + "/" + c.ID, feed: feed, campaign: c, advertiser: fold(c.Advertiser)}
	a.venue = c.Tier == plan.TierHouse && c.Advertiser == plan.VenueAdvertiser
	if !a.venue {
		a.group = c.RivalGroup()
		a.relation = b.relationOf(c.Category)
	}
	a.fixed = b.fixedFilter(&a)
	return a
}

// of returns the index of the play's campaign, or -1 for one the plan has not.
func (b *book) of(p *plan.Play) int {
	if i, ok := b.index[adKey{p.Feed, p.Campaign}]; ok {
		return i
	}
	return -1
}

func adName(p *plan.Play) string { return p.Feed + "/" + p.Campaign }

// fold makes names equal that differ in case and spaces only.
func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// noWords knows nothing.
type noWords struct{}

func (noWords) Parent(int) int                           { return 0 }
func (noWords) Sells(string) []int                       { return nil }
func (noWords) Regulated() []int                         { return nil }
func (noWords) CategoryLabel(int, string) string         { return "" }
func (noWords) Relations(string) []plan.Relation         { return nil }
func (noWords) ActivityOccasions(string) (_, _ []string) { return nil, nil }
func (noWords) OccasionLabel(string, string) string      { return "" }
func (noWords) ActivityLabel(string, string) string      { return "" }

package audit

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"entracte/scheduler/plan"
)

// Filters reports every showing of a campaign that a hard filter refuses, with
// the first filter that does. Caps and rivals have functions of their own.
func Filters(s Shop, plays []plan.Play) []Fault {
	b := newBook(s)
	var faults []Fault
	l := b.newTimeline(plays)
	for k := range plays {
		i := b.of(&plays[k])
		if i < 0 {
			continue // Records tells
		}
		at, a := l.at(plays, k), &b.ads[i]
		rule := b.refusal(i, at)
		cr := creativeOf(a.campaign, plays[k].Creative)
		if (rule == "" || afterFormat[rule]) && cr != nil && !installed(cr) {
			rule = RuleFormat
		}
		if rule != "" {
			faults = append(faults, Fault{k, rule, a.name, fmt.Sprintf("%s, category %d, at %s with the clock %s",
				a.campaign.Advertiser, a.campaign.Category, at.civil.Format("Mon 2006-01-02 15:04:05 MST"), at.clock)})
		}
	}
	return faults
}

// afterFormat are the filters that are asked after the format.
var afterFormat = map[Rule]bool{RuleRegulated: true, RuleRefused: true, RuleNoCategory: true, RuleCompetitor: true,
	RuleArea: true, RuleLanguage: true, RuleSole: true, RuleClock: true}

// refusal is the first filter but cap and rivals that refuses ad i, or "".
func (b *book) refusal(i int, at instant) Rule {
	if r := b.early(i, at); r != "" {
		return r
	}
	if g, ok := b.soleOf[i]; ok && b.held(g, i, at) {
		return RuleSole
	}
	return b.clockFilter(i, at)
}

// early is the first filter up to language that refuses ad i, or "".
func (b *book) early(i int, at instant) Rule {
	a := &b.ads[i]
	f := a.campaign.Flight
	switch {
	case at.trusted() && !f.Active(at.date):
		return RuleFlight
	case at.clock == plan.ClockFloor && !f.To.IsZero() && !at.date.Before(f.To):
		return RuleFlight
	case at.trusted() && !inDayparts(a.campaign.Dayparts, at):
		return RuleDaypart
	}
	return a.fixed
}

func inDayparts(ds []plan.Daypart, at instant) bool {
	return len(ds) == 0 || slices.ContainsFunc(ds, func(d plan.Daypart) bool { return d.Contains(at.civil) })
}

// clockFilter refuses what needs a better clock: under a floor a flight must
// surely have begun, and a day-parted campaign says itself what to do; an unknown
// clock leaves the undated and un-day-parted ones.
func (b *book) clockFilter(i int, at instant) Rule {
	c := b.ads[i].campaign
	bad := false
	switch at.clock {
	case plan.ClockTrusted:
	case plan.ClockFloor:
		bad = !c.Flight.From.IsZero() && at.date.Before(c.Flight.From) ||
			len(c.Dayparts) > 0 && c.UntrustedClock != plan.UntrustedPlay
	default:
		bad = c.Flight.Dated() || len(c.Dayparts) > 0
	}
	if bad {
		return RuleClock
	}
	return ""
}

// fixedFilter is the first filter from format to language that refuses.
func (b *book) fixedFilter(a *ad) Rule {
	c, v := a.campaign, &b.shop.Venue
	if !slices.ContainsFunc(c.Creatives, func(c plan.Creative) bool { return installed(&c) }) {
		return RuleFormat
	}
	if a.venue {
		return ""
	}
	refused := slices.ContainsFunc(v.RefuseAdvertisers, func(n string) bool { return fold(n) == a.advertiser })
	var regulated []int
	for _, family := range b.words.Regulated() {
		if !slices.Contains(v.AcceptRegulated, family) {
			regulated = append(regulated, family)
		}
	}
	switch {
	case b.under(c.Category, regulated):
		return RuleRegulated
	case refused || b.under(c.Category, v.RefuseCategories):
		return RuleRefused
	case c.Category == 0 || b.words.CategoryLabel(c.Category, "en") == "":
		return RuleNoCategory
	case b.words.ActivityLabel(v.Activity, "en") == "" || b.under(c.Category, b.words.Sells(v.Activity)):
		return RuleCompetitor
	case !inArea(c.Place, v):
		return RuleArea
	case !speaks(c.Language, v.Language):
		return RuleLanguage
	}
	return ""
}

// installed reports whether the creative's media are on this machine.
func installed(c *plan.Creative) bool { return c.SHA256 != "" || c.Card != nil }

// lineage is a category and those above it, nearest first. The taxonomy is three
// deep; a vocabulary that runs in circles ends here.
func (b *book) lineage(category int) []int {
	var line []int
	for category != 0 && len(line) < 16 {
		line = append(line, category)
		category = b.words.Parent(category)
	}
	return line
}

// under reports whether the category is one of ids or lies under one.
func (b *book) under(category int, ids []int) bool {
	return slices.ContainsFunc(b.lineage(category), func(id int) bool { return slices.Contains(ids, id) })
}

func inArea(p *plan.Place, v *plan.Venue) bool {
	if p == nil || p.WithinKM == 0 {
		return true
	}
	if p.Located && v.Located {
		return kilometres(p, v) <= p.WithinKM
	}
	return sameCommune(p, v)
}

func sameCommune(p *plan.Place, v *plan.Venue) bool {
	return fold(p.Commune) != "" && fold(p.Postcode) != "" && fold(p.Commune) == fold(v.Commune) && fold(p.Postcode) == fold(v.Postcode)
}

// kilometres is the great-circle distance: the angle between the two unit
// vectors, from their cross and dot products.
func kilometres(p *plan.Place, v *plan.Venue) float64 {
	ax, ay, az := unit(p.Latitude, p.Longitude)
	bx, by, bz := unit(v.Latitude, v.Longitude)
	cx, cy, cz := ay*bz-az*by, az*bx-ax*bz, ax*by-ay*bx
	angle := math.Atan2(math.Sqrt(cx*cx+cy*cy+cz*cz), ax*bx+ay*by+az*bz)
	return math.Round(angle*6371*1000) / 1000
}

func unit(latitude, longitude float64) (x, y, z float64) {
	la, lo := latitude*math.Pi/180, longitude*math.Pi/180
	return math.Cos(la) * math.Cos(lo), math.Cos(la) * math.Sin(lo), math.Sin(la)
}

// speaks reports whether one of the languages is the venue's; "fr-BE" is "fr".
func speaks(languages []string, venue string) bool {
	base := func(l string) string { l, _, _ = strings.Cut(fold(l), "-"); return l }
	return len(languages) == 0 || slices.ContainsFunc(languages, func(l string) bool { return base(l) == base(venue) })
}

// readSole finds the rivals groups with a sole booking, in booking order.
func (b *book) readSole() {
	b.soleOf = make(map[int]int)
	asked := make(map[string]bool)
	for i := range b.ads {
		if a := &b.ads[i]; a.campaign.Sole && a.group != "" {
			asked[a.group] = true
		}
	}
	groups := make(map[string]int)
	for i := range b.ads {
		group := b.ads[i].group
		if !asked[group] {
			continue
		}
		g, known := groups[group]
		if !known {
			g = len(b.sole)
			groups[group] = g
			b.sole = append(b.sole, nil)
		}
		b.sole[g] = append(b.sole[g], i)
		b.soleOf[i] = g
	}
	for _, g := range b.sole {
		slices.SortStableFunc(g, func(i, j int) int { return earlier(b.ads[i].campaign.Booked, b.ads[j].campaign.Booked) })
	}
}

// earlier orders dates, none last.
func earlier(d, e plan.Date) int {
	none := func(d plan.Date) int {
		if d.IsZero() {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(none(d), none(e)), cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// held reports whether another booking of sole group g keeps ad i out.
func (b *book) held(g, i int, at instant) bool {
	var in []int // those that hold a place, in booking order
	for _, j := range b.sole[g] {
		if b.early(j, at) != "" || b.clockFilter(j, at) != "" {
			continue
		}
		sole := b.ads[j].campaign.Sole
		out := slices.ContainsFunc(in, func(h int) bool {
			return b.ads[h].advertiser != b.ads[j].advertiser && (sole || b.ads[h].campaign.Sole)
		})
		if j == i {
			return out
		}
		if !out {
			in = append(in, j)
		}
	}
	return false // refused before, or by the clock
}

package adsfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/strict"
)

// Parse reads the text of an ads.toml without looking at any file it names; name
// stands for it in messages. The error is [strict.Faults].
func Parse(name string, text []byte, words Words) ([]plan.Campaign, error) {
	var f file
	doc := strict.Parse(name, text)
	doc.Decode(&f)
	r := &reader{Doc: doc, words: words, campaigns: map[string]int{}, creatives: map[string]int{}}
	r.Missing("campaign", "no campaign is booked", "add a [[campaign]] with its [[campaign.creative]]; to book none on purpose, write campaign = []")
	campaigns := make([]plan.Campaign, len(f.Campaign))
	for i := range f.Campaign {
		campaigns[i] = r.campaign(fmt.Sprintf("campaign[%d]", i), &f.Campaign[i])
	}
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return campaigns, nil
}

// A reader turns the tables into campaigns and checks what types alone cannot.
type reader struct {
	*strict.Doc
	words Words
	// The lines of the ids seen so far.
	campaigns, creatives map[string]int
}

// identifier is the shape of ids: they become parts of names like
// "acme/shop-17/lens-2026" and of CSV cells.
var identifier = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

func (r *reader) campaign(at string, t *campaign) plan.Campaign {
	c := plan.Campaign{
		ID: t.ID, Advertiser: t.Advertiser, Category: t.Category, Flight: plan.Flight(t.Flight), Weight: t.Weight,
		Tier: t.Tier, Goal: t.Goal, Rivals: t.Rivals, Sole: t.Sole, Booked: t.Booked,
		Clientele: t.Clientele, Offers: t.Offers, Language: t.Language, UntrustedClock: t.UntrustedClock,
	}
	if c.Weight == 0 {
		c.Weight = plan.MinWeight
	}
	r.id(at, "campaign", t.ID, r.campaigns)
	r.advertiser(at, t)
	r.category(at, t)
	c.Occasions = r.occasions(at, t.Occasions)
	r.goal(at, t)
	r.flight(at, t)
	c.Caps = r.caps(at, t.Caps)
	for i := range t.Dayparts {
		c.Dayparts = append(c.Dayparts, r.daypart(fmt.Sprintf("%s.dayparts[%d]", at, i), &t.Dayparts[i]))
	}
	c.Place = r.place(at+".place", t.Place)
	r.tags(at, "clientele", t.Clientele)
	r.tags(at, "offers", t.Offers)
	r.languages(at, t.Language)
	r.Missing(at+".creative", "there is no creative to show", `add [[campaign.creative]] with an id and a file`)
	if r.Has(at+".creative") && t.Creative != nil && len(t.Creative) == 0 {
		r.Fault(at+".creative", "there is no creative to show", `add [[campaign.creative]] with an id and a file`)
	}
	for i := range t.Creative {
		c.Creatives = append(c.Creatives, r.creative(fmt.Sprintf("%s.creative[%d]", at, i), &t.Creative[i]))
	}
	return c
}

// id checks the id of a campaign or creative and that it is the only one.
func (r *reader) id(at, what, id string, seen map[string]int) {
	path := at + ".id"
	r.Missing(path, "the "+what+" has no id", fmt.Sprintf(`add id = "…", a short name that no other %s has`, what))
	if !r.Has(path) {
		return
	}
	if !identifier.MatchString(id) {
		r.Fault(path, fmt.Sprintf("id %q is not an id", id), "use the letters a-z, 0-9, and . _ - inside")
		return
	}
	if line, twice := seen[id]; twice {
		r.Fault(path, fmt.Sprintf("another %s has this id, on line %d", what, line), "give each one an id of its own: the proof of play names it")
		return
	}
	seen[id] = r.Line(path)
}

func (r *reader) advertiser(at string, t *campaign) {
	path := at + ".advertiser"
	r.Missing(path, "the campaign has no advertiser", `add advertiser = "…"; "@venue" is the shop itself`)
	switch {
	case !r.Has(path):
	case strings.TrimSpace(t.Advertiser) == "":
		r.Fault(path, "advertiser is empty", `write who pays, as it shall stand on the glass; "@venue" is the shop itself`)
	case strings.HasPrefix(t.Advertiser, "@") && t.Advertiser != plan.VenueAdvertiser:
		r.Fault(path, fmt.Sprintf("advertiser %q is not known", t.Advertiser), `only "@venue", the shop itself, begins with @`)
	case t.Advertiser == plan.VenueAdvertiser && t.Tier != plan.TierHouse && !r.Bad(at+".tier"):
		r.Fault(path, `advertiser "@venue" is for house content only`, `add tier = "house", or write the advertiser's name`)
	}
}

func (r *reader) category(at string, t *campaign) {
	path := at + ".category"
	if r.Has(path) && !r.words.HasCategory(t.Category) {
		r.Fault(path, fmt.Sprintf("category %d is not known", t.Category), "use an id of the IAB Ad Product Taxonomy 2.0, such as 1021 for photographers")
	}
	if t.Tier != plan.TierHouse && t.Advertiser != plan.VenueAdvertiser && !r.Bad(at+".tier") {
		r.Missing(path, "the campaign has no category", "add category = … with an id of the IAB Ad Product Taxonomy 2.0: without it no shop could refuse its competitors")
	}
}

func (r *reader) occasions(at string, list []any) []string {
	var ids []string
	for i, o := range list {
		path := fmt.Sprintf("%s.occasions[%d]", at, i)
		id := fmt.Sprint(o)
		switch {
		case !r.words.HasOccasion(id):
			r.Fault(path, fmt.Sprintf("occasion %s is not known", id), `use an id under 163 of the IAB Content Taxonomy 3.1, such as 165 for weddings, or one of ours that begin with "x-"`)
		case slices.Contains(ids, id):
			r.Fault(path, fmt.Sprintf("occasion %s is given twice", id), "remove one of them")
		default:
			ids = append(ids, id)
		}
	}
	return ids
}

func (r *reader) goal(at string, t *campaign) {
	if t.Tier != plan.TierGuaranteed {
		if r.Has(at+".goal") && !r.Bad(at+".tier") {
			r.Fault(at+".goal", fmt.Sprintf("tier %q has no goal", t.Tier), `remove "goal", or set tier = "guaranteed"`)
		}
		return
	}
	r.Missing(at+".goal", "a guaranteed campaign needs a goal", "add goal = 400, the plays promised over the flight")
	for _, end := range []string{"from", "to"} {
		r.Missing(at+".flight."+end, fmt.Sprintf("a guaranteed campaign needs both flight dates: %q is not given", end),
			`add flight = { from = "2026-11-01", to = "2026-12-01" }`)
	}
}

func (r *reader) flight(at string, t *campaign) {
	f := t.Flight
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		r.Fault(at+".flight.to", fmt.Sprintf("the flight ends on %s, on or before %s when it begins", f.To, f.From), `"to" is the first day it no longer plays; it must be later than "from"`)
	}
}

func (r *reader) caps(at string, list []limit) []plan.Cap {
	var caps []plan.Cap
	for i, l := range list {
		path := fmt.Sprintf("%s.caps[%d]", at, i)
		r.Missing(path+".plays", "a cap has no plays", `write { plays = 4, per = "hour" }`)
		r.Missing(path+".per", "a cap has no period", `write { plays = 4, per = "hour" }`)
		for _, c := range caps {
			if c.Per == l.Per && r.Has(path+".per") {
				r.Fault(path, fmt.Sprintf("there are two caps per %s", l.Per), "keep the smaller one")
			}
		}
		caps = append(caps, plan.Cap(l))
	}
	return caps
}

func (r *reader) daypart(at string, t *daypart) plan.Daypart {
	d := plan.Daypart{From: 0, To: 24 * 60}
	if t.From != nil {
		d.From = *t.From
	}
	if t.To != nil {
		d.To = *t.To
	}
	for i, name := range t.Days {
		if slices.Contains(t.Days[:i], name) {
			r.Fault(fmt.Sprintf("%s.days[%d]", at, i), fmt.Sprintf("a daypart has %q twice", name), "remove one of them")
		}
		if day := slices.Index(week[:], name); day >= 0 {
			d.Days = d.Days.With(time.Weekday(day))
		}
	}
	switch {
	case r.Has(at+".days") && t.Days != nil && len(t.Days) == 0:
		r.Fault(at+".days", "a daypart has no days", `remove "days" for every day`)
	case r.Bad(at + ".from"), r.Bad(at + ".to"):
	case d.From == d.To:
		r.Fault(at, fmt.Sprintf("a daypart begins and ends at %s: it never plays", d.From), `remove the daypart for all day, or give it another end`)
	case d.From == 24*60:
		r.Fault(at+".from", "a daypart begins at 24:00, which is the next day", `write from = "00:00" with the day after`)
	}
	return d
}

// week names the days by [time.Weekday].
var week = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a Pi image may come without time zones

	"entracte/scheduler/plan"
	"entracte/storage/strict"
)

func (c *checker) venue(t *venueTable) plan.Venue {
	v := plan.Venue{
		Name: t.Name, Activity: t.Activity, NAF: plan.NAF(t.NAF),
		Commune: t.Commune, Postcode: t.Postcode, Latitude: t.Latitude, Longitude: t.Longitude,
		Clientele: t.Clientele, Offers: t.Offers, Language: t.Language,
		Targeting: t.Targeting, VisibleFromStreet: t.VisibleFromStreet, ClosedOn: t.ClosedOn,
		RefuseCategories: t.Refuse.Categories, RefuseAdvertisers: t.Refuse.Advertisers,
	}
	c.name(t)
	c.activity(t)
	c.naf(t.NAF)
	v.Located = c.Has("venue.latitude") && c.Has("venue.longitude")
	c.place(t)
	c.tags("clientele", t.Clientele)
	c.tags("offers", t.Offers)
	v.Timezone = c.timezone(t.Timezone)
	v.Hours = c.hours(&t.Hours)
	for i, id := range t.Refuse.Categories {
		if !c.words.HasCategory(id) {
			c.Fault(fmt.Sprintf("venue.refuse.categories[%d]", i), fmt.Sprintf("venue.refuse.categories has %d, which is no category", id),
				"use ids of the IAB Ad Product Taxonomy 2.0; `entracte activities` shows those of your trade")
		}
	}
	for i, name := range t.Refuse.Advertisers {
		if strings.TrimSpace(name) == "" {
			c.Fault(fmt.Sprintf("venue.refuse.advertisers[%d]", i), "venue.refuse.advertisers has an empty name", "write the advertiser's name, or remove it")
		}
	}
	v.AcceptRegulated = c.regulated(t.Accept.Regulated)
	return v
}

func (c *checker) name(t *venueTable) {
	if c.Has("venue.name") && strings.TrimSpace(t.Name) == "" {
		c.Fault("venue.name", "venue.name is empty", `write the name over the shop's door`)
	}
	c.Missing("venue.name", "the shop has no name", `add under [venue]: name = "Bijouterie Martin"`)
}

func (c *checker) activity(t *venueTable) {
	c.Missing("venue.activity", "the shop has no activity", "add under [venue]: activity = \"jeweller\"; `entracte activities` lists them")
	if !c.Has("venue.activity") || c.words.HasActivity(t.Activity) {
		return
	}
	hint := "`entracte activities` lists them"
	if s := c.words.SuggestActivity(t.Activity); s != "" {
		hint = fmt.Sprintf("did you mean %q? %s", s, hint)
	}
	c.Fault("venue.activity", fmt.Sprintf("venue.activity %q is not known", t.Activity), hint)
}

// nafCode is the shape both nomenclatures of INSEE share: division, class, letter.
var nafCode = regexp.MustCompile(`^\d\d\.\d\d[A-Z]$`)

func (c *checker) naf(n nafTable) {
	if !c.Has("venue.naf") {
		return
	}
	c.Missing("venue.naf.scheme", "venue.naf has no scheme", `add scheme = "naf-r2", or "naf-2025" for a code given since 2027`)
	c.Missing("venue.naf.code", "venue.naf has no code", `add code = "47.77Z", the APE code of the shop`)
	if c.Has("venue.naf.code") && !nafCode.MatchString(n.Code) {
		c.Fault("venue.naf.code", fmt.Sprintf("venue.naf.code %q is not an APE code", n.Code), `write it like "47.77Z", with the point and a capital letter`)
	}
}

var postcode = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z -]*$`)

func (c *checker) place(t *venueTable) {
	if t.Postcode != "" && !postcode.MatchString(t.Postcode) {
		c.Fault("venue.postcode", fmt.Sprintf("venue.postcode %q is not a postcode", t.Postcode), `write it like "69002"`)
	}
	for _, half := range [][2]string{{"latitude", "longitude"}, {"longitude", "latitude"}} {
		if c.Has("venue."+half[0]) && !c.Has("venue."+half[1]) && !c.Broken() {
			c.Fault("venue."+half[0], fmt.Sprintf("venue.%s stands without venue.%s", half[0], half[1]), "give both, or neither")
		}
	}
}

// tags checks words against a closed list of the vocabulary.
func (c *checker) tags(kind string, tags []string) {
	closed := c.words.Tags(kind)
	for i, tag := range tags {
		path := fmt.Sprintf("venue.%s[%d]", kind, i)
		if slices.Contains(tags[:i], tag) {
			c.Fault(path, fmt.Sprintf("venue.%s has %q twice", kind, tag), "remove one of them")
			continue
		}
		if slices.Contains(closed, tag) {
			continue
		}
		hint := "`entracte activities --tags` lists them"
		if s := strict.Suggest(tag, closed); s != "" {
			hint = fmt.Sprintf("did you mean %q? %s", s, hint)
		}
		c.Fault(path, fmt.Sprintf("venue.%s %q is not known", kind, tag), hint)
	}
}

func (c *checker) timezone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		c.Fault("venue.timezone", fmt.Sprintf("venue.timezone %q is not known", name), `write a name like "Europe/Paris" or "Indian/Reunion", with its capital letters`)
		return time.UTC
	}
	return zone
}

// regulated turns slugs and ids into the ids of regulated families.
func (c *checker) regulated(list []any) []int {
	var ids []int
	for i, entry := range list {
		path := fmt.Sprintf("venue.accept.regulated[%d]", i)
		id, known := 0, false
		switch entry := entry.(type) {
		case int:
			id, known = entry, slices.Contains(c.words.Regulated(), entry)
		case string:
			id, known = c.words.RegulatedID(entry)
		}
		switch {
		case !known:
			c.Fault(path, fmt.Sprintf("venue.accept.regulated has %s, which is no regulated family", written(entry)), "the families are: "+c.families())
		case slices.Contains(ids, id):
			c.Fault(path, fmt.Sprintf("venue.accept.regulated has %s twice", written(entry)), "remove one of them")
		default:
			ids = append(ids, id)
		}
	}
	return ids
}

// families lists the regulated families as the file may name them.
func (c *checker) families() string {
	var names []string
	for _, id := range c.words.Regulated() {
		slug := strings.ReplaceAll(strings.ToLower(c.words.CategoryName(id)), " ", "-")
		if known, ok := c.words.RegulatedID(slug); !ok || known != id {
			slug = fmt.Sprintf("%d (%s)", id, c.words.CategoryName(id))
		}
		names = append(names, slug)
	}
	return strings.Join(names, ", ")
}

func written(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(v)
}

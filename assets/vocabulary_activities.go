package assets

import (
	"fmt"
	"slices"
	"strings"
)

// An Activity is what a shop is, in a shop owner's words.
type Activity struct {
	// Slug is the stable name used in configs: lower case, hyphens.
	Slug    string `json:"slug"`
	French  string `json:"fr"`
	English string `json:"en"`
	// NAF lists the codes of the French nomenclature NAF rév. 2 that such a shop
	// may carry, NAF2025 those of its successor; nil where we are not sure. One
	// code can stand for several activities: 47.76Z is florists and pet shops.
	NAF     []string `json:"naf_r2"`
	NAF2025 []string `json:"naf_2025"`
	// Sells lists the IAB Ad Product ids such a shop sells: an ad for one of
	// them, or for a category under one of them, is a competitor's.
	Sells []int `json:"sells"`
	// Search holds other words people use for it, in both languages.
	Search []string `json:"search"`
	// Occasions are the ids of the moments of life that such a shop serves before
	// all, OccasionsToo those it serves too; nil where it serves none.
	Occasions    []string `json:"occasions"`
	OccasionsToo []string `json:"occasions_too"`
}

// Activities returns every activity in the table's order.
func Activities() []Activity { return append([]Activity(nil), vocabulary().activities...) }

// ActivityBySlug returns the activity with this slug.
func ActivityBySlug(slug string) (Activity, bool) {
	t := vocabulary()
	if i, ok := t.activity[slug]; ok {
		return t.activities[i], true
	}
	return Activity{}, false
}

func (t *tables) readActivities() error {
	t.activity = make(map[string]int)
	return rows("activities.tsv", 9, func(c []string) error {
		a := Activity{Slug: c[0], French: c[1], English: c[2], NAF: list(c[3]), NAF2025: list(c[4]), Search: list(c[6])}
		if _, twice := t.activity[a.Slug]; twice || !slug(a.Slug) || a.French == "" || a.English == "" {
			return fmt.Errorf("activity %q needs a slug of its own (a-z, 0-9, hyphens) and both labels", a.Slug)
		}
		for _, s := range list(c[5]) {
			id, err := t.categoryID(s)
			if err != nil {
				return fmt.Errorf("activity %q: %w", a.Slug, err)
			}
			a.Sells = append(a.Sells, id)
		}
		if err := t.serves(&a, c[7], c[8]); err != nil {
			return err
		}
		t.activity[a.Slug] = len(t.activities)
		t.activities = append(t.activities, a)
		return nil
	})
}

// serves reads the occasions of an activity.
func (t *tables) serves(a *Activity, primary, secondary string) error {
	a.Occasions, a.OccasionsToo = list(primary), list(secondary)
	all := slices.Concat(a.Occasions, a.OccasionsToo)
	for i, id := range all {
		if _, ok := t.occasion[id]; !ok {
			return fmt.Errorf("activity %q: %q is not an id of occasions.tsv", a.Slug, id)
		}
		if slices.Contains(all[:i], id) {
			return fmt.Errorf("activity %q: occasion %s is there twice", a.Slug, id)
		}
	}
	return nil
}

// list splits a cell at its commas; an empty cell is nil.
func list(cell string) []string {
	var items []string
	for _, s := range strings.Split(cell, ",") {
		if s = strings.TrimSpace(s); s != "" {
			items = append(items, s)
		}
	}
	return items
}

func slug(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return s != ""
}

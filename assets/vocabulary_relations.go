package assets

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// readRelations reads what complements what. Every fault that would make a row
// silently useless is refused here, so that the one who edits the table is told
// the line: a category the shop sells would never play there, an occasion it
// does not serve would never be shared with it.
func (t *tables) readRelations() error {
	t.relations = make(map[string][]plan.Relation)
	type key struct {
		activity string
		category int
		occasion string
	}
	seen := make(map[key]bool)
	err := rows("relations.tsv", 7, func(c []string) error {
		r, err := t.relation(c)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", c[0], c[1], err)
		}
		slug := t.activities[t.activity[c[0]]].Slug // for the same reason as the occasion's id
		k := key{slug, r.Category, r.Occasion}
		if seen[k] {
			return fmt.Errorf("%s, %d, occasion %q: the table has this row already", c[0], r.Category, r.Occasion)
		}
		seen[k] = true
		t.relations[slug] = append(t.relations[slug], r)
		return nil
	})
	for _, list := range t.relations {
		slices.SortStableFunc(list, func(a, b plan.Relation) int { return b.Strength - a.Strength })
	}
	return err
}

// relation reads the cells of one row: activity, category, name, kind, strength,
// occasion, months.
func (t *tables) relation(c []string) (r plan.Relation, err error) {
	i, ok := t.activity[c[0]]
	if !ok {
		return r, fmt.Errorf("%q is not an activity", c[0])
	}
	a := t.activities[i]
	if r.Category, err = t.categoryID(c[1]); err != nil {
		return r, err
	}
	if name := t.category[r.Category].Name; c[2] != name {
		return r, fmt.Errorf("%d is published as %q, not %q", r.Category, name, c[2])
	}
	for up := r.Category; up != 0; up = t.category[up].Parent {
		if slices.Contains(a.Sells, up) {
			return r, fmt.Errorf("it sells %d %s: that is a competitor's, not a complement", up, t.category[up].Name)
		}
	}
	if err = r.Kind.UnmarshalText([]byte(c[3])); err != nil {
		return r, err
	}
	if r.Strength, err = strconv.Atoi(c[4]); err != nil || r.Strength < 0 || r.Strength > plan.MaxStrength {
		return r, fmt.Errorf("strength %q is not 0 to %d", c[4], plan.MaxStrength)
	}
	serves := slices.Concat(a.Occasions, a.OccasionsToo)
	switch at := slices.Index(serves, c[5]); {
	case r.Kind != plan.RelationOccasion && c[5] != "":
		return r, fmt.Errorf("a row of kind %s names no occasion", r.Kind)
	case r.Kind == plan.RelationOccasion && at < 0:
		return r, fmt.Errorf("%q is not an occasion that activities.tsv gives to it", c[5])
	case r.Kind == plan.RelationOccasion:
		r.Occasion = serves[at] // not the cell, which would keep the whole file in memory
	}
	r.Season, err = months(c[6])
	return r, err
}

var monthNames = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// months reads "nov-jan", "may,jun", "5,6" or a mixture; an empty cell is no
// season.
func months(cell string) (set plan.Months, err error) {
	for _, part := range list(cell) {
		from, to, ranged := strings.Cut(part, "-")
		first, last := month(from), month(to)
		if !ranged {
			last = first
		}
		if first == 0 || last == 0 {
			return 0, fmt.Errorf("months %q are not like nov-jan, or may,jun, or 5,6", cell)
		}
		for m := first; ; m = m%time.December + 1 {
			set = set.With(m)
			if m == last {
				break
			}
		}
	}
	return set, nil
}

// month reads "may" or "5"; 0 is none.
func month(s string) time.Month {
	if i := slices.Index(monthNames, s); i >= 0 {
		return time.Month(i + 1)
	}
	if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= 12 {
		return time.Month(n)
	}
	return 0
}

// Relations returns what complements shops of this activity, strongest first;
// nil for an unknown one. The caller must not change it.
func (w Words) Relations(activity string) []plan.Relation { return vocabulary().relations[activity] }

// ActivityOccasions returns the occasions that shops of this activity serve
// before all, and those they serve too; nil for an unknown activity. The caller
// must not change them.
func (w Words) ActivityOccasions(activity string) (primary, secondary []string) {
	t := vocabulary()
	i, ok := t.activity[activity]
	if !ok {
		return nil, nil
	}
	return t.activities[i].Occasions, t.activities[i].OccasionsToo
}

package assets

import (
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

// within reports whether id is the category above or lies under it.
func within(id, above int) bool {
	for w := Vocabulary(); id != 0; id = w.Parent(id) {
		if id == above {
			return true
		}
	}
	return false
}

// named finds categories by their published names, separated by semicolons.
func named(t *testing.T, names string) (ids []int) {
	t.Helper()
	for name := range strings.SplitSeq(names, ";") {
		var found []int
		for id, c := range vocabulary().category {
			if c.Name == strings.TrimSpace(name) {
				found = append(found, id)
			}
		}
		if len(found) != 1 {
			t.Fatalf("%d categories are called %q", len(found), strings.TrimSpace(name))
		}
		ids = append(ids, found[0])
	}
	return ids
}

func TestEveryActivityHasComplementsOfManyKinds(t *testing.T) {
	t.Parallel()
	w := Vocabulary()
	strengths := make(map[int]int)
	for _, a := range Activities() {
		categories, roots := make(map[int]bool), make(map[int]bool)
		nods, clear := 0, 0
		for _, r := range w.Relations(a.Slug) {
			root := r.Category
			for w.Parent(root) != 0 {
				root = w.Parent(root)
			}
			categories[r.Category], roots[root] = true, true
			strengths[r.Strength]++
			if r.Strength == plan.MaxStrength {
				nods++
			}
			if r.Strength >= 2 {
				clear++
			}
		}
		if len(categories) < 8 || len(roots) < 3 {
			t.Errorf("%s: %d complements of %d tier-1 families, want 8 of 3 or more", a.Slug, len(categories), len(roots))
		}
		if clear < 3 || nods > len(categories)/2 {
			t.Errorf("%s: %d rows of strength 2 or more and %d of 3 among %d complements: too timid or too proud",
				a.Slug, clear, nods, len(categories))
		}
	}
	if len(strengths) != plan.MaxStrength+1 {
		t.Errorf("strengths in use: %v, want all of 0 to %d", strengths, plan.MaxStrength)
	}
}

// The reader refuses what the shop sells. A category above it would also cover
// the shop's rivals in its sentence, so that it stands only where meant.
func TestNoComplementIsAboveWhatTheShopSells(t *testing.T) {
	t.Parallel()
	meant := map[string]int{"veterinary": 1460} // dog training has no category of its own under Pet Ownership
	for _, a := range Activities() {
		for _, r := range Vocabulary().Relations(a.Slug) {
			for _, sold := range a.Sells {
				if within(sold, r.Category) && meant[a.Slug] != r.Category {
					t.Errorf("%s: %d %s is above %d, which it sells", a.Slug, r.Category, Vocabulary().CategoryName(r.Category), sold)
				}
			}
		}
	}
}

func TestRelationsAreBestFirst(t *testing.T) {
	t.Parallel()
	w := Vocabulary()
	for _, a := range Activities() {
		if !slices.IsSortedFunc(w.Relations(a.Slug), func(a, b plan.Relation) int { return b.Strength - a.Strength }) {
			t.Errorf("%s: the strongest do not come first", a.Slug)
		}
	}
	i := slices.IndexFunc(w.Relations("jeweller"), func(r plan.Relation) bool { return r.Category == 1372 })
	want := plan.Relation{Category: 1372, Kind: plan.RelationOccasion, Strength: 3, Occasion: "165"}
	for m := time.April; m <= time.September; m++ {
		want.Season = want.Season.With(m)
	}
	if got := w.Relations("jeweller")[max(i, 0)]; i < 0 || got != want {
		t.Errorf("the first row of flowers at a jeweller's is %+v, want %+v", got, want)
	}
	if w.Relations("moon") != nil {
		t.Error("moon is no activity")
	}
}

func TestOccasionsOfActivities(t *testing.T) {
	t.Parallel()
	for slug, want := range map[string][2]string{
		"jeweller":       {"165 164 x-engagement", "170 169 x-valentine x-mothers-day x-christmas"},
		"veterinary":     {"x-new-pet", "x-holidays"},
		"funeral-home":   {"171", ""},
		"driving-school": {"x-first-car", "172"},
		"notary":         {"x-moving", "x-retirement x-new-business"},
		"garage":         {"", ""},
		"doctor":         {"", ""},
		"moon":           {"", ""},
	} {
		first, second := Vocabulary().ActivityOccasions(slug)
		if got := [2]string{strings.Join(first, " "), strings.Join(second, " ")}; got != want {
			t.Errorf("%s serves %q, want %q", slug, got, want)
		}
	}
	served := make(map[string]bool)
	for _, a := range Activities() {
		for _, id := range slices.Concat(a.Occasions, a.OccasionsToo) {
			served[id] = true
		}
	}
	for _, o := range Occasions() {
		if !served[o.ID] && o.ID != "163" { // 163 is the branch itself
			t.Errorf("no activity serves %s %s", o.ID, o.English)
		}
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string][]time.Month{
		"": nil, "5,6": {5, 6}, "may": {5}, "nov-jan": {1, 11, 12}, "jul-sep,dec": {7, 8, 9, 12}, "12-2": {1, 2, 12},
		"jan-dec": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, "jun-jun": {6},
	} {
		set, err := months(cell)
		if err != nil {
			t.Errorf("%q: %v", cell, err)
		}
		for m := time.January; m <= time.December; m++ {
			if set.Has(m) != slices.Contains(want, m) {
				t.Errorf("%q holds %s: %v", cell, m, set.Has(m))
			}
		}
	}
	for _, cell := range []string{"0", "13", "mai", "nov-", "-", "1-2-3", "May", "nov jan"} {
		if set, err := months(cell); err == nil || set != 0 {
			t.Errorf("%q was read as %b", cell, set)
		}
	}
}

func TestFaultyRelationsAreRefused(t *testing.T) {
	t.Parallel()
	const good = "jeweller|1021|Photographers|occasion|3|165|apr-sep"
	for row, fault := range map[string]string{
		good: "",
		"jeweler|1021|Photographers|occasion|3|165|":                "not an activity",
		"jeweller|21|Photographers|occasion|3|165|":                 "not an id",
		"jeweller|1021|Photographer|occasion|3|165|":                "published as",
		"jeweller|1073|Jewelry and Watches|occasion|3|165|":         "competitor",
		"jeweller|1445|Gold Trade In|occasion|3|165|":               "competitor",
		"jeweller|1021|Photographers|wedding|3|165|":                "kind",
		"jeweller|1021|Photographers|occasion|4|165|":               "strength",
		"jeweller|1021|Photographers|occasion|-1|165|":              "strength",
		"jeweller|1021|Photographers|occasion||165|":                "strength",
		"jeweller|1021|Photographers|occasion|3|x-first-car|":       "not an occasion",
		"jeweller|1021|Photographers|occasion|3||":                  "not an occasion",
		"jeweller|1021|Photographers|goes-with|3|165|":              "names no occasion",
		"jeweller|1021|Photographers|occasion|3|165|spring":         "months",
		"town-hall|1458|Public Service Announcements|journey|3||13": "months",
	} {
		_, err := vocabulary().relation(strings.Split(row, "|"))
		if (err == nil) != (fault == "") || err != nil && !strings.Contains(err.Error(), fault) {
			t.Errorf("%s\n  want a fault with %q, got %v", row, fault, err)
		}
	}
}

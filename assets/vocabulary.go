package assets

import (
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"entracte/scheduler/plan"
)

//go:embed vocabulary/*.tsv
var vocabularyFiles embed.FS

// Words answers the questions that the scheduler and the config ask of the
// vocabulary; it satisfies plan.Vocabulary. The
// zero value is ready, and any goroutine may use it.
type Words struct{}

// tables is every table of the vocabulary, read once.
type tables struct {
	activities []Activity
	activity   map[string]int
	category   map[int]Category
	occasions  []Occasion
	occasion   map[string]int
	tags       map[string][]Tag
	families   []Family
	relations  map[string][]plan.Relation
}

// Vocabulary returns the embedded vocabulary.
func Vocabulary() Words { return Words{} }

// vocabulary reads the tables on first use. A faulty row is left out; the tests
// of this package fail on it, so that none is ever shipped.
var vocabulary = sync.OnceValue(func() *tables {
	t, _ := readTables()
	return t
})

func readTables() (*tables, error) {
	t := &tables{}
	// The order matters: what comes later refers to what comes before.
	return t, errors.Join(t.readCategories(), t.readFamilies(), t.readOccasions(), t.readActivities(),
		t.readRelations(), t.readTags())
}

// rows reads one table: tab-separated columns, blank lines and lines that start
// with # skipped, spaces around a cell dropped, missing cells at the end of a
// line empty. It calls row with exactly columns cells and joins the faults,
// each with its file and line.
func rows(name string, columns int, row func(cells []string) error) error {
	b, err := vocabularyFiles.ReadFile("vocabulary/" + name)
	if err != nil {
		return err
	}
	var faults []error
	for i, line := range strings.Split(string(b), "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		err := error(nil)
		if len(cells) > columns {
			err = fmt.Errorf("%d columns where at most %d belong", len(cells), columns)
		} else {
			for len(cells) < columns {
				cells = append(cells, "")
			}
			for j := range cells {
				cells[j] = strings.TrimSpace(cells[j])
			}
			err = row(cells)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s line %d: %w", name, i+1, err))
		}
	}
	return errors.Join(faults...)
}

// HasActivity reports whether the slug is one of our activities.
func (w Words) HasActivity(slug string) bool { _, ok := vocabulary().activity[slug]; return ok }

// SuggestActivity returns the slug that was probably meant, or "".
func (w Words) SuggestActivity(slug string) string {
	if found := SearchActivities(slug); len(found) > 0 && strings.TrimSpace(slug) != "" {
		return found[0].Slug
	}
	return ""
}

// HasTag reports whether the tag is in the closed list of its kind.
func (w Words) HasTag(kind, tag string) bool {
	for _, t := range vocabulary().tags[kind] {
		if t.Slug == tag {
			return true
		}
	}
	return false
}

// Tags returns the slugs of the closed list of a kind, "clientele" or "offers",
// in the table's order; nil for any other kind.
func (w Words) Tags(kind string) []string {
	var slugs []string
	for _, t := range vocabulary().tags[kind] {
		slugs = append(slugs, t.Slug)
	}
	return slugs
}

// HasCategory reports whether the id is in the IAB Ad Product Taxonomy 2.0.
func (w Words) HasCategory(id int) bool { _, ok := vocabulary().category[id]; return ok }

// HasOccasion reports whether the id is an occasion we know, IAB's or our own.
func (w Words) HasOccasion(id string) bool { _, ok := vocabulary().occasion[id]; return ok }

// OccasionLabel returns the name of the occasion in a language, "fr" or any other
// for English; "" for an unknown one.
func (w Words) OccasionLabel(id, language string) string {
	o, _ := OccasionByID(id)
	if language == "fr" {
		return o.French
	}
	return o.English
}

// RegulatedID returns the IAB id of a regulated family by its slug.
func (w Words) RegulatedID(slug string) (int, bool) {
	for _, f := range vocabulary().families {
		if f.Slug == slug {
			return f.ID, true
		}
	}
	return 0, false
}

// Parent returns the category above id, and 0 for a root or an unknown id.
func (w Words) Parent(id int) int { return vocabulary().category[id].Parent }

// CategoryName returns the published English name, or "".
func (w Words) CategoryName(id int) string { return vocabulary().category[id].Name }

// CategoryLabel returns the name of the category in a language, "fr" or "en";
// the published English name where we have no French one, and "" for an unknown
// id.
func (w Words) CategoryLabel(id int, language string) string {
	c := vocabulary().category[id]
	if language == "fr" && c.French != "" {
		return c.French
	}
	return c.Name
}

// Sells returns the categories that shops of this activity sell, nil for an
// unknown activity. The caller must not change it.
func (w Words) Sells(activity string) []int {
	if i, ok := vocabulary().activity[activity]; ok {
		return vocabulary().activities[i].Sells
	}
	return nil
}

// Regulated lists the families that are off unless the owner accepts them.
func (w Words) Regulated() []int {
	var ids []int
	for _, f := range vocabulary().families {
		ids = append(ids, f.ID)
	}
	return ids
}

// ActivityLabel returns the owner's word for the activity in a language, "fr"
// or any other for English; "" for an unknown activity.
func (w Words) ActivityLabel(activity, language string) string {
	i, ok := vocabulary().activity[activity]
	if !ok {
		return ""
	}
	if language == "fr" {
		return vocabulary().activities[i].French
	}
	return vocabulary().activities[i].English
}

package assets

import (
	"fmt"
	"strconv"
)

// A Category is a row of the IAB Ad Product Taxonomy 2.0: what an ad is for.
type Category struct {
	ID int
	// Parent is the id of the category above, 0 for a root.
	Parent int
	// Name is the published English name, French our translation, "" where there
	// is none yet.
	Name, French string
}

// A Family is a group of categories that is off unless the owner accepts it.
type Family struct {
	Slug            string
	ID              int
	French, English string
}

// An Occasion is a moment of life that an ad or a shop serves: an id of the IAB
// Content Taxonomy 3.1 ("165") or one of our own ("x-moving").
type Occasion struct {
	ID              string
	French, English string
}

// misprints are the parents that the published table has wrong: its own tier
// columns tell the right ones. 0 makes a root.
var misprints = map[int]int{1000: 0, 1037: 1036, 1038: 1036, 1039: 1036, 1040: 1036, 1041: 1036, 1426: 1425}

// CategoryByID returns the category with this id.
func CategoryByID(id int) (Category, bool) {
	c, ok := vocabulary().category[id]
	return c, ok
}

// Regulated returns the families that are off unless the owner accepts them.
func Regulated() []Family { return append([]Family(nil), vocabulary().families...) }

// Occasions returns every occasion in the table's order.
func Occasions() []Occasion { return append([]Occasion(nil), vocabulary().occasions...) }

// OccasionByID returns the occasion with this id.
func OccasionByID(id string) (Occasion, bool) {
	t := vocabulary()
	if i, ok := t.occasion[id]; ok {
		return t.occasions[i], true
	}
	return Occasion{}, false
}

func (t *tables) readCategories() error {
	t.category = make(map[int]Category)
	err := rows("iab-ad-product-2.0.tsv", 6, func(c []string) error {
		if c[0] == "Unique ID" || c[0] == "" {
			return nil // the published header, and its one empty row
		}
		id, err := strconv.Atoi(c[0])
		if err != nil {
			return err
		}
		parent := 0
		if c[1] != "" {
			if parent, err = strconv.Atoi(c[1]); err != nil {
				return err
			}
		}
		if right, ok := misprints[id]; ok {
			parent = right
		}
		t.category[id] = Category{ID: id, Parent: parent, Name: c[2]}
		return nil
	})
	if err != nil {
		return err
	}
	return rows("categories-fr.tsv", 2, func(c []string) error {
		id, _ := strconv.Atoi(c[0])
		category, ok := t.category[id]
		if !ok || c[1] == "" || category.French != "" {
			return fmt.Errorf("%q is not a new IAB id with a French name", c[0])
		}
		category.French = c[1]
		t.category[id] = category
		return nil
	})
}

func (t *tables) readFamilies() error {
	return rows("regulated.tsv", 4, func(c []string) error {
		id, err := t.categoryID(c[1])
		if err != nil {
			return err
		}
		t.families = append(t.families, Family{Slug: c[0], ID: id, French: c[2], English: c[3]})
		return nil
	})
}

func (t *tables) categoryID(s string) (int, error) {
	id, err := strconv.Atoi(s)
	if _, ok := t.category[id]; !ok || err != nil {
		return 0, fmt.Errorf("%q is not an id of the IAB Ad Product Taxonomy 2.0", s)
	}
	return id, nil
}

func (t *tables) readOccasions() error {
	t.occasion = make(map[string]int)
	return rows("occasions.tsv", 3, func(c []string) error {
		if _, twice := t.occasion[c[0]]; twice || c[0] == "" || c[1] == "" || c[2] == "" {
			return fmt.Errorf("occasion %q needs an id of its own and both labels", c[0])
		}
		t.occasion[c[0]] = len(t.occasions)
		t.occasions = append(t.occasions, Occasion{ID: c[0], French: c[1], English: c[2]})
		return nil
	})
}

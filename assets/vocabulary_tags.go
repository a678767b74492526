package assets

import "fmt"

// The kinds of tags an owner may declare of the shop.
const (
	Clientele = "clientele"
	Offers    = "offers"
)

// A Tag is a word of a closed list about the shop: the moments and purposes
// people come for ("clientele"), and what it offers ("offers"). None describes a
// trait of a person that the law protects.
type Tag struct {
	Slug    string `json:"slug"`
	French  string `json:"fr"`
	English string `json:"en"`
}

// Tags returns the closed list of a kind in the table's order; nil for any
// other kind than Clientele and Offers.
func Tags(kind string) []Tag { return append([]Tag(nil), vocabulary().tags[kind]...) }

func (t *tables) readTags() error {
	t.tags = make(map[string][]Tag)
	seen := make(map[string]bool)
	return rows("tags.tsv", 4, func(c []string) error {
		kind, slug := c[0], c[1]
		if kind != Clientele && kind != Offers {
			return fmt.Errorf("kind %q is neither %s nor %s", kind, Clientele, Offers)
		}
		if seen[kind+"/"+slug] || slug == "" || c[2] == "" || c[3] == "" {
			return fmt.Errorf("tag %q needs a slug of its own and both labels", slug)
		}
		seen[kind+"/"+slug] = true
		t.tags[kind] = append(t.tags[kind], Tag{Slug: slug, French: c[2], English: c[3]})
		return nil
	})
}

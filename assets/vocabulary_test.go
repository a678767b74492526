package assets

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEveryRowIsSound(t *testing.T) {
	t.Parallel()
	if _, err := readTables(); err != nil {
		t.Fatalf("faults in assets/vocabulary:\n%v", err)
	}
}

func TestActivitiesAreFitForAList(t *testing.T) {
	t.Parallel()
	naf := regexp.MustCompile(`^\d\d\.\d\d[A-Z]$`)
	all := Activities()
	if len(all) < 115 {
		t.Errorf("%d activities, want about 120 or more", len(all))
	}
	labels := make(map[string]string)
	for _, a := range all {
		for _, label := range []string{"fr:" + a.French, "en:" + a.English} {
			if other, twice := labels[label]; twice {
				t.Errorf("%s and %s have the same label %q", a.Slug, other, label)
			}
			labels[label] = a.Slug
		}
		for _, code := range slices.Concat(a.NAF, a.NAF2025) {
			if !naf.MatchString(code) {
				t.Errorf("%s: %q is not a NAF code like 47.77Z", a.Slug, code)
			}
		}
		if len(a.NAF) == 0 || len(a.Search) == 0 {
			t.Errorf("%s needs a NAF rév. 2 code and search words", a.Slug)
		}
		for i, id := range a.Sells {
			if slices.Contains(a.Sells[:i], id) {
				t.Errorf("%s sells %d twice", a.Slug, id)
			}
		}
	}
}

// Places that sell nothing an ad could compete with are few, and meant.
func TestOnlyPublicPlacesSellNothing(t *testing.T) {
	t.Parallel()
	var none []string
	for _, a := range Activities() {
		if len(a.Sells) == 0 {
			none = append(none, a.Slug)
		}
	}
	want := []string{"library", "town-hall", "public-office", "community-centre", "station"}
	if !slices.Equal(none, want) {
		t.Errorf("activities that sell nothing: %v, want %v", none, want)
	}
}

func TestActivitiesSellWhatTheyAreKnownFor(t *testing.T) {
	t.Parallel()
	w := Vocabulary()
	for slug, sells := range map[string]int{
		"jeweller": 1073, "bakery": 1356, "veterinary": 1466, "florist": 1372, "optician": 1395, "pharmacy": 1386,
		"hairdresser": 1090, "garage": 1562, "bookshop": 1422, "notary": 1416, "butcher": 1237, "tobacconist": 1544,
		"restaurant": 1360, "bar": 1003, "bank": 1337, "insurance-agency": 1341, "estate-agency": 1485, "gym": 1512,
		"toy-shop": 1252, "pet-shop": 1226, "bike-shop": 1575, "photographer": 1021, "physiotherapist": 1392,
		"dentist": 1384, "doctor": 1388,
	} {
		if !w.HasActivity(slug) {
			t.Errorf("no activity %q", slug)
			continue
		}
		under := func(id int) bool {
			for ; id != 0; id = w.Parent(id) {
				if slices.Contains(w.Sells(slug), id) {
					return true
				}
			}
			return false
		}
		if !under(sells) {
			t.Errorf("%s does not sell %d %s", slug, sells, w.CategoryName(sells))
		}
	}
	for _, slug := range []string{"funeral-home", "town-hall"} {
		if !w.HasActivity(slug) {
			t.Errorf("no activity %q", slug)
		}
	}
}

// The published tier columns spell out the path from the root; walking the
// parents must give the same path.
func TestParentsFollowThePublishedTiers(t *testing.T) {
	t.Parallel()
	spelling := strings.NewReplacer("telcom", "telecom", "video games and consoles", "video game consoles")
	plain := func(s string) string { return spelling.Replace(strings.ToLower(strings.TrimSpace(s))) }
	w, n := Vocabulary(), 0
	err := rows("iab-ad-product-2.0.tsv", 6, func(c []string) error {
		if c[0] == "" || c[0] == "Unique ID" {
			return nil
		}
		var id int
		fmt.Sscan(c[0], &id)
		var path []string
		for at := id; at != 0 && len(path) < 9; at = w.Parent(at) {
			path = append([]string{plain(w.CategoryName(at))}, path...)
		}
		var tiers []string
		for _, tier := range c[3:] {
			if tier != "" {
				tiers = append(tiers, plain(tier))
			}
		}
		if !slices.Equal(path, tiers) {
			t.Errorf("%d: the parents say %q, the tiers %q", id, path, tiers)
		}
		if w.CategoryLabel(id, "fr") == "" || vocabulary().category[id].French == "" {
			t.Errorf("%d %q has no French name", id, w.CategoryName(id))
		}
		n++
		return nil
	})
	if err != nil || n != 583 {
		t.Errorf("read %d categories, want 583: %v", n, err)
	}
}

func TestRegulatedFamiliesAreRoots(t *testing.T) {
	t.Parallel()
	w := Vocabulary()
	if got := len(w.Regulated()); got != 11 {
		t.Errorf("%d regulated families, want 11", got)
	}
	for _, f := range Regulated() {
		if w.Parent(f.ID) != 0 {
			t.Errorf("%s: %d is not a root", f.Slug, f.ID)
		}
		if id, ok := w.RegulatedID(f.Slug); !ok || id != f.ID {
			t.Errorf("RegulatedID(%q) = %d, %v", f.Slug, id, ok)
		}
		if f.French == "" || f.English == "" || !slug(f.Slug) {
			t.Errorf("%+v needs a slug and both labels", f)
		}
	}
	if id, ok := w.RegulatedID("knitting"); ok {
		t.Errorf("knitting is regulated as %d", id)
	}
}

func TestTagsAreClosedLists(t *testing.T) {
	t.Parallel()
	w := Vocabulary()
	for _, kind := range []string{Clientele, Offers} {
		if n := len(Tags(kind)); n < 25 || n != len(w.Tags(kind)) {
			t.Errorf("%d tags of kind %s", n, kind)
		}
		for _, tag := range Tags(kind) {
			if !w.HasTag(kind, tag.Slug) || !slug(tag.Slug) {
				t.Errorf("%s tag %q is not usable", kind, tag.Slug)
			}
		}
	}
	if !w.HasTag("clientele", "couples") || !w.HasTag("offers", "engraving") {
		t.Error("the tags of the documented config are missing")
	}
	if w.HasTag("clientele", "engraving") || w.HasTag("shoes", "couples") || w.Tags("shoes") != nil {
		t.Error("a tag counts only in its own kind")
	}
}

func TestOccasions(t *testing.T) {
	t.Parallel()
	w := Vocabulary()
	for _, id := range []string{"165", "x-moving", "x-retirement"} {
		if o, ok := OccasionByID(id); !ok || !w.HasOccasion(id) || o.French == "" {
			t.Errorf("occasion %q is not usable", id)
		}
	}
	for _, o := range Occasions() {
		if o.ID[0] > '9' && !strings.HasPrefix(o.ID, "x-") {
			t.Errorf("occasion %q is neither IAB's nor marked x-", o.ID)
		}
	}
	if w.HasOccasion("x-moon") || w.HasOccasion("") {
		t.Error("an unknown occasion was accepted")
	}
}

func TestUnknownWordsAreAnsweredQuietly(t *testing.T) {
	t.Parallel()
	w := Vocabulary()
	if w.Parent(7) != 0 || w.CategoryName(7) != "" || w.CategoryLabel(7, "fr") != "" || w.HasCategory(7) {
		t.Error("7 is no category")
	}
	if w.Sells("moon") != nil || w.ActivityLabel("moon", "fr") != "" || w.HasActivity("") {
		t.Error("moon is no activity")
	}
	if _, ok := ActivityBySlug("moon"); ok {
		t.Error("moon is no activity")
	}
	if _, ok := CategoryByID(7); ok {
		t.Error("7 is no category")
	}
}

func TestSearchForgivesAccentsAndSlips(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"jeweler": "jeweller", "bijoutrie": "jeweller", "BIJOUX": "jeweller", "boulangeri": "bakery",
		"vétérinaire": "veterinary", "veterinaire": "veterinary", "ve\u0301te\u0301rinaire": "veterinary",
		"fleurs": "florist", "opticein": "optician", "salle d'attente": "doctor", "pompes funebres": "funeral-home",
		"notaire": "notary", "bureau de tabac": "tobacconist", "kine": "physiotherapist", "mairie": "town-hall",
		"magasin de velo": "bike-shop", "agence immobiliere": "estate-agency", "hairdresser": "hairdresser",
		"jouets": "toy-shop", "oeil": "", "zzzz": "",
	} {
		got := ""
		if found := SearchActivities(query); len(found) > 0 {
			got = found[0].Slug
		}
		if got != want {
			t.Errorf("SearchActivities(%q) begins with %q, want %q", query, got, want)
		}
	}
	if len(SearchActivities("")) != len(Activities()) {
		t.Error("an empty query must list everything")
	}
}

func TestEveryActivityIsFoundByItsOwnNames(t *testing.T) {
	t.Parallel()
	for _, a := range Activities() {
		for _, query := range []string{a.Slug, a.French, a.English} {
			if found := SearchActivities(query); len(found) == 0 || found[0].Slug != a.Slug {
				t.Errorf("%q does not find %s first", query, a.Slug)
			}
		}
	}
}

func TestSuggestActivity(t *testing.T) {
	t.Parallel()
	w := Vocabulary()
	for typed, want := range map[string]string{"jeweler": "jeweller", "Bakery": "bakery", "bijouterie": "jeweller",
		"town hall": "town-hall", "": "", "  ": "", "xylophonist": ""} {
		if got := w.SuggestActivity(typed); got != want {
			t.Errorf("SuggestActivity(%q) = %q, want %q", typed, got, want)
		}
	}
}

func FuzzSearchActivities(f *testing.F) {
	for _, s := range []string{"bijou", "é", "\xff", "", "boulangerie pâtisserie", strings.Repeat("a", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, a := range SearchActivities(query) {
			if !Vocabulary().HasActivity(a.Slug) {
				t.Fatalf("found %q, which is no activity", a.Slug)
			}
		}
	})
}

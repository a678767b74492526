package main

import (
	"bytes"
	"testing"

	"entracte/assets"
)

// A trade reads like a page about it, in both languages.
func TestTradeInWords(t *testing.T) {
	t.Parallel()
	weddings := labelled{"165", "mariages", "Weddings"}
	shop := trade{
		Slug: "jeweller", French: "Bijouterie", English: "Jeweller", NAF: []string{"47.77Z"}, NAF2025: []string{"47.77A"},
		Sells:     []labelled{{1073, "bijoux et montres", "Jewelry and Watches"}},
		Occasions: []occasion{{weddings, true}, {labelled{"x-moving", "déménagements", "Moving"}, false}},
		Complements: []complement{
			{labelled{1021, "photographes", "Photographers"}, "occasion", 3, &weddings, []int{5, 6}},
			{labelled{1340, "assurances", "Insurance"}, "goes-with", 1, nil, nil},
			{labelled{1360, "restaurants", "Restaurants"}, "journey", 0, nil, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
		},
	}
	for lang, want := range map[string]string{
		"en": `jeweller: Jeweller
NAF code: 47.77Z, 47.77A

It sells, so ads for these and for all that is under them never play there
  1073  Jewelry and Watches

The moments of life it serves
  165       Weddings  before all
  x-moving  Moving    too

Ads that suit it
  1021  Photographers  very closely  for the same moment: Weddings; above all in May, June
  1340  Insurance      a little      goes with what it sells
  1360  Restaurants    faintly       on the same outing
`,
		"fr": `jeweller: Bijouterie
code NAF: 47.77Z, 47.77A

Il vend, donc ces annonces et tout ce qui est en dessous n'y passent jamais
  1073  bijoux et montres

Les moments de la vie qu'il sert
  165       mariages       avant tout
  x-moving  déménagements  aussi

Les annonces qui lui vont bien
  1021  photographes  de très près  pour le même moment : mariages ; surtout en mai, juin
  1340  assurances    un peu        va avec ce qu'il vend
  1360  restaurants   à peine       sur le même trajet
`,
	} {
		var got bytes.Buffer
		if err := shop.print(&got, lang); err != nil {
			t.Fatal(err)
		}
		if got.String() != want {
			t.Errorf("in %s\ngot\n%s\nwant\n%s", lang, got.String(), want)
		}
	}
}

// Every word of every table has a name, so that no line of a page is empty.
func TestEveryTradeHasWords(t *testing.T) {
	t.Parallel()
	for _, a := range assets.Activities() {
		shop := tradeOf(a)
		for _, lang := range []string{"fr", "en"} {
			for _, s := range shop.Sells {
				if s.in(lang) == "" {
					t.Errorf("%s sells %v, which has no name in %s", a.Slug, s.ID, lang)
				}
			}
			for _, o := range shop.Occasions {
				if o.in(lang) == "" {
					t.Errorf("%s serves %v, which has no name in %s", a.Slug, o.ID, lang)
				}
			}
			for i, c := range shop.Complements {
				if c.in(lang) == "" || tradesInWords[lang].kinds[c.Kind] == "" || c.Occasion != nil && c.Occasion.in(lang) == "" {
					t.Errorf("%s: the complement %+v has no name in %s", a.Slug, c, lang)
				}
				if i > 0 && c.Strength > shop.Complements[i-1].Strength {
					t.Errorf("%s: complements are not in order of strength", a.Slug)
				}
			}
		}
	}
}

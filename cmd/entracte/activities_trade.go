package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"entracte/assets"
	"entracte/scheduler/plan"
)

// A trade is all that is known of one activity.
type trade struct {
	Slug    string   `json:"slug"`
	French  string   `json:"fr"`
	English string   `json:"en"`
	NAF     []string `json:"naf_r2"`
	NAF2025 []string `json:"naf_2025"`
	// Sells are the categories whose ads, and those of all under them, never play
	// there.
	Sells       []labelled   `json:"sells"`
	Occasions   []occasion   `json:"occasions"`
	Complements []complement `json:"complements"`
}

// labelled is an id of a table with its names: a number for a category, a text
// for an occasion.
type labelled struct {
	ID      any    `json:"id"`
	French  string `json:"fr"`
	English string `json:"en"`
}

func (l labelled) in(lang string) string {
	if lang == "fr" {
		return l.French
	}
	return l.English
}

type occasion struct {
	labelled
	Primary bool `json:"primary"`
}

// A complement is a category whose ads suit the trade.
type complement struct {
	labelled
	Kind     string    `json:"kind"`
	Strength int       `json:"strength"`
	Occasion *labelled `json:"occasion,omitempty"`
	// Months are those in which it is on people's minds, 1 to 12; none is no season.
	Months []int `json:"months,omitempty"`
}

func tradeOf(a assets.Activity) trade {
	words := assets.Vocabulary()
	t := trade{Slug: a.Slug, French: a.French, English: a.English, NAF: orEmpty(a.NAF), NAF2025: orEmpty(a.NAF2025),
		Sells: []labelled{}, Occasions: []occasion{}, Complements: []complement{}}
	for _, id := range a.Sells {
		t.Sells = append(t.Sells, category(id))
	}
	primary, secondary := words.ActivityOccasions(a.Slug)
	for _, id := range primary {
		t.Occasions = append(t.Occasions, occasion{occasionOf(id), true})
	}
	for _, id := range secondary {
		t.Occasions = append(t.Occasions, occasion{occasionOf(id), false})
	}
	for _, r := range words.Relations(a.Slug) {
		c := complement{labelled: category(r.Category), Kind: r.Kind.String(), Strength: r.Strength}
		if r.Occasion != "" {
			o := occasionOf(r.Occasion)
			c.Occasion = &o
		}
		for m := time.January; m <= time.December; m++ {
			if r.Season.Has(m) {
				c.Months = append(c.Months, int(m))
			}
		}
		t.Complements = append(t.Complements, c)
	}
	// The closest first; the table's order, which the scheduler needs, decides the rest.
	slices.SortStableFunc(t.Complements, func(a, b complement) int { return b.Strength - a.Strength })
	return t
}

// orEmpty makes nothing [] in JSON and not null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func category(id int) labelled {
	words := assets.Vocabulary()
	return labelled{id, words.CategoryLabel(id, "fr"), words.CategoryLabel(id, "en")}
}

func occasionOf(id string) labelled {
	words := assets.Vocabulary()
	return labelled{id, words.OccasionLabel(id, "fr"), words.OccasionLabel(id, "en")}
}

// tradeWords are the words around a trade in one language.
type tradeWords struct {
	naf, sells, sellsNothing    string
	occasions, primary, further string
	complements, noComplement   string
	kinds                       map[string]string
	strengths                   [plan.MaxStrength + 1]string
	// colon and season join the parts of a reason.
	colon, season string
	months        [12]string
}

var tradesInWords = map[string]*tradeWords{
	"en": {
		naf:   "NAF code",
		sells: "It sells, so ads for these and for all that is under them never play there", sellsNothing: "It sells nothing that an ad could compete with.",
		occasions: "The moments of life it serves", primary: "before all", further: "too",
		complements: "Ads that suit it", noComplement: "No table says yet which ads suit it.",
		kinds:     map[string]string{"occasion": "for the same moment", "journey": "on the same outing", "goes-with": "goes with what it sells"},
		strengths: [...]string{"faintly", "a little", "closely", "very closely"},
		colon:     ": ", season: "; above all in ", months: [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	},
	"fr": {
		naf:   "code NAF",
		sells: "Il vend, donc ces annonces et tout ce qui est en dessous n'y passent jamais", sellsNothing: "Il ne vend rien qu'une annonce puisse concurrencer.",
		occasions: "Les moments de la vie qu'il sert", primary: "avant tout", further: "aussi",
		complements: "Les annonces qui lui vont bien", noComplement: "Aucune table ne dit encore quelles annonces lui vont bien.",
		kinds:     map[string]string{"occasion": "pour le même moment", "journey": "sur le même trajet", "goes-with": "va avec ce qu'il vend"},
		strengths: [...]string{"à peine", "un peu", "de près", "de très près"},
		colon:     " : ", season: " ; surtout en ", months: [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	},
}

func (t *trade) print(out io.Writer, lang string) error {
	p := tradesInWords[lang]
	fmt.Fprintf(out, "%s: %s\n", t.Slug, labelled{"", t.French, t.English}.in(lang))
	if codes := slices.Concat(t.NAF, t.NAF2025); len(codes) > 0 {
		fmt.Fprintf(out, "%s: %s\n", p.naf, strings.Join(codes, ", "))
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	head := func(title string, list int, none string) {
		if list == 0 {
			title = none
		}
		fmt.Fprintf(w, "\n%s\n", title)
	}
	head(p.sells, len(t.Sells), p.sellsNothing)
	for _, s := range t.Sells {
		fmt.Fprintf(w, "  %v\t%s\n", s.ID, s.in(lang))
	}
	if len(t.Occasions) > 0 {
		head(p.occasions, len(t.Occasions), "")
		for _, o := range t.Occasions {
			how := p.further
			if o.Primary {
				how = p.primary
			}
			fmt.Fprintf(w, "  %v\t%s\t%s\n", o.ID, o.in(lang), how)
		}
	}
	head(p.complements, len(t.Complements), p.noComplement)
	for _, c := range t.Complements {
		fmt.Fprintf(w, "  %v\t%s\t%s\t%s\n", c.ID, c.in(lang), p.strength(c), p.reason(c, lang))
	}
	return w.Flush()
}

func (p *tradeWords) strength(c complement) string {
	return p.strengths[min(max(c.Strength, 0), plan.MaxStrength)]
}

// reason is "for the same moment: Wedding; above all in May, June".
func (p *tradeWords) reason(c complement, lang string) string {
	text := p.kinds[c.Kind]
	if c.Occasion != nil {
		text += p.colon + c.Occasion.in(lang)
	}
	if len(c.Months) > 0 && len(c.Months) < 12 {
		var names []string
		for _, m := range c.Months {
			names = append(names, p.months[m-1])
		}
		text += p.season + strings.Join(names, ", ")
	}
	return text
}

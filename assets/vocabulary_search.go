package assets

import (
	"slices"
	"sort"
	"strings"
	"unicode"
)

// SearchActivities returns the activities whose labels, slug or search words
// fit every word of the query, best first. Case, accents and small slips of the
// finger do not matter. An empty query returns them all.
func SearchActivities(query string) []Activity {
	words := searchWords(query)
	type hit struct {
		a            Activity
		cost, length int
		begins       bool
	}
	var hits []hit
	for _, a := range vocabulary().activities {
		if cost, ok := fits(words, a); ok {
			first := begins(words, a.French) || begins(words, a.English) || begins(words, a.Slug)
			hits = append(hits, hit{a, cost, len(searchWords(a.Slug)), first})
		}
	}
	sort.SliceStable(hits, func(i, j int) bool {
		if hits[i].cost != hits[j].cost {
			return hits[i].cost < hits[j].cost
		}
		if hits[i].begins != hits[j].begins {
			return hits[i].begins // "pâtisserie" is the pastry shop before the bakery, which names it second
		}
		return hits[i].length < hits[j].length // "school" is the school before the driving school
	})
	found := make([]Activity, len(hits))
	for i, h := range hits {
		found[i] = h.a
	}
	return found
}

// begins reports whether a label begins with the words of a query.
func begins(words []string, label string) bool {
	names := searchWords(label)
	return len(words) <= len(names) && slices.Equal(words, names[:len(words)])
}

// fits sums, over the words of a query, how far the nearest word of the
// activity is.
func fits(words []string, a Activity) (cost int, ok bool) {
	names := searchWords(a.Slug + " " + a.French + " " + a.English)
	others := searchWords(strings.Join(a.Search, " "))
	for _, w := range words {
		best := 100
		for _, n := range names {
			best = min(best, 4*wordDistance(w, n))
		}
		for _, n := range others {
			best = min(best, 4*wordDistance(w, n)+1) // a name beats a synonym
		}
		if best >= 100 {
			return 0, false
		}
		cost += best
	}
	return cost, true
}

// far is the distance of words that have nothing to do with each other.
const far = 100

// wordDistance is 0 for the same word, 1 when query begins name, otherwise one
// more than the number of slips between them, as long as the query is long
// enough to tell a slip from another word.
func wordDistance(query, name string) int {
	switch {
	case query == name:
		return 0
	case len(query) >= 2 && strings.HasPrefix(name, query):
		return 1
	}
	allowed := 0
	switch n := len(query); {
	case n >= 8:
		allowed = 2
	case n >= 4:
		allowed = 1
	}
	if d := slips(query, name); d <= allowed {
		return 1 + d
	}
	return far
}

// slips counts the letters missing, added, wrong or swapped with a neighbour
// between two words (the optimal string alignment distance).
func slips(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// searchWords cuts a text into lower-case words of plain letters and digits and
// drops the words that carry no meaning.
func searchWords(s string) []string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
		} else if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else if !unicode.Is(unicode.Mn, r) { // combining accents vanish
			b.WriteByte(' ')
		}
	}
	var words []string
	for _, w := range strings.Fields(b.String()) {
		if !fillers[w] {
			words = append(words, w)
		}
	}
	return words
}

var fillers = map[string]bool{"d": true, "de": true, "des": true, "du": true, "et": true, "l": true, "la": true,
	"le": true, "les": true, "a": true, "au": true, "aux": true, "en": true, "and": true, "of": true}

var plainLetters = map[rune]string{'à': "a", 'á': "a", 'â': "a", 'ä': "a", 'ã': "a", 'å': "a", 'æ': "ae", 'ç': "c",
	'è': "e", 'é': "e", 'ê': "e", 'ë': "e", 'ì': "i", 'í': "i", 'î': "i", 'ï': "i", 'ñ': "n", 'ò': "o", 'ó': "o",
	'ô': "o", 'ö': "o", 'õ': "o", 'œ': "oe", 'ù': "u", 'ú': "u", 'û': "u", 'ü': "u", 'ÿ': "y", 'ß': "ss"}

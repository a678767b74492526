package card

import (
	"math"
	"slices"
)

// A text is cleaned, shaped text that can be set at any size. Lengths are in
// thousandths of the type size.
type text struct {
	voice      voice
	runes      []rune
	glyphs     []glyph
	at         []float32 // at[i] is where glyph i begins; one more for the end
	paragraphs []paragraph
	hyphen     glyph
	more       glyph // the ellipsis
}

// A paragraph is the text between two line feeds: where it begins, and where
// its lines may end, in order; the last chance is its own end.
type paragraph struct {
	from    int
	chances []chance
}

// A chance is a place where a line may end.
type chance struct {
	end    int  // the line ends before this glyph
	next   int  // the next line begins with this one
	hyphen bool // a hyphen is drawn
	cost   float64
}

// A line is a stretch of glyphs, and what is drawn after them.
type line struct {
	from, to int
	tail     *glyph
	width    float32
}

// set cleans and shapes s.
func (p *pen) set(v voice, s string) *text {
	t := &text{voice: v, runes: p.clean(s)}
	t.glyphs = p.shape(v, t.runes)
	t.at = make([]float32, len(t.glyphs)+1)
	for i, g := range t.glyphs {
		t.at[i+1] = t.at[i] + g.advance
	}
	t.hyphen, t.more = p.shape(v, []rune{'-'})[0], p.shape(v, []rune{ellipsis})[0]
	t.findBreaks()
	return t
}

func (t *text) empty() bool { return t == nil || len(t.runes) == 0 }

// findBreaks lists the paragraphs and their chances: at spaces, after hyphens
// and dashes inside words, and inside words with a hyphen.
func (t *text) findBreaks() {
	var p paragraph
	word := 0 // rune index where the current word began
	for i := range t.glyphs {
		at := t.glyphs[i].rune
		first := i > p.from && t.glyphs[i-1].rune != at // a cluster begins here
		switch r := t.runes[at]; {
		case r == '\n':
			p.chances = append(p.chances, chance{end: i, next: i + 1})
			t.paragraphs = append(t.paragraphs, p)
			p, word = paragraph{from: i + 1}, at+1
		case r == ' ':
			p.chances = append(p.chances, chance{end: i, next: i + 1, cost: t.orphan(word, at)})
			word = at + 1
		case first && at > word+1 && breaksAfter(t.runes[at-1]) && isLetter(r):
			p.chances = append(p.chances, chance{end: i, next: i, cost: 0.4})
			word = at
		case first && at > word && hyphenAt(t.runes, word, at, t.wordEnd(at)):
			p.chances = append(p.chances, chance{end: i, next: i, hyphen: true, cost: 1})
		}
	}
	p.chances = append(p.chances, chance{end: len(t.glyphs), next: len(t.glyphs)})
	t.paragraphs = append(t.paragraphs, p)
}

func breaksAfter(r rune) bool { return r == '-' || r == '–' || r == '—' || r == '/' }

// orphan is the price of ending a line with a very short word: "de", "à", "un"
// belong with what follows.
func (t *text) orphan(word, end int) float64 {
	if n := end - word; n <= 2 && n > 0 && isLetter(t.runes[end-1]) {
		return 0.5
	}
	return 0
}

func (t *text) wordEnd(i int) int {
	for i < len(t.runes) && !isSpace(t.runes[i]) && t.runes[i] != '\n' {
		i++
	}
	return i
}

func (t *text) width(from, to int, hyphen bool) float32 {
	w := t.at[to] - t.at[from]
	if hyphen {
		w += t.hyphen.advance
	}
	return w
}

// wrap breaks the text into the fewest lines no wider than limit, evened out.
// It reports false when some word is wider than that.
func (t *text) wrap(limit float32, hyphenate bool) ([]line, bool) {
	var lines []line
	for _, p := range t.paragraphs {
		chances := p.chances
		if !hyphenate {
			chances = slices.DeleteFunc(slices.Clone(chances), func(c chance) bool { return c.hyphen })
		}
		even, ok := t.even(p.from, chances, limit)
		if !ok {
			return nil, false
		}
		lines = append(lines, even...)
	}
	return lines, true
}

// even chooses line ends among chances so that the number of lines is the
// least possible and, for that number, the squared slack against the longest
// possible even length is the least: the optimum-fit idea of Knuth and Plass,
// without stretch.
func (t *text) even(from int, chances []chance, limit float32) ([]line, bool) {
	n := len(chances)
	type best struct {
		lines int
		cost  float64
		prev  int
	}
	goal := t.evenLength(from, chances, limit)
	bests := make([]best, n)
	for j := range chances {
		bests[j] = best{lines: math.MaxInt32, prev: -2}
		for i := j - 1; i >= -1; i-- {
			start, before := from, best{}
			if i >= 0 {
				start, before = chances[i].next, bests[i]
			}
			w := t.width(start, chances[j].end, chances[j].hyphen)
			if w > limit {
				break
			}
			if before.prev == -2 {
				continue
			}
			slack := float64((goal - w) / limit)
			cost := before.cost + slack*slack + chances[j].cost*0.15
			if l := before.lines + 1; l < bests[j].lines || l == bests[j].lines && cost < bests[j].cost {
				bests[j] = best{l, cost, i}
			}
		}
	}
	if bests[n-1].prev == -2 {
		return nil, false
	}
	lines := make([]line, bests[n-1].lines)
	for j, k := n-1, len(lines)-1; k >= 0; k-- {
		start := from
		if i := bests[j].prev; i >= 0 {
			start = chances[i].next
		}
		lines[k] = line{from: start, to: chances[j].end, width: t.width(start, chances[j].end, chances[j].hyphen)}
		if chances[j].hyphen {
			lines[k].tail = &t.hyphen
		}
		j = bests[j].prev
	}
	return lines, true
}

// evenLength is the length all lines would have if the words could be cut
// anywhere, for the least number of lines.
func (t *text) evenLength(from int, chances []chance, limit float32) float32 {
	total := t.width(from, chances[len(chances)-1].end, false)
	if limit <= 0 || total <= limit {
		return min(total, max(limit, 0))
	}
	count, start, last := 1, from, from
	for _, c := range chances {
		if t.width(start, c.end, c.hyphen) > limit && last > start {
			count, start = count+1, last
		}
		last = c.next
	}
	return total / float32(count)
}

// cut keeps at most n lines of lines and ends the last one with "…" if anything
// was left out.
func (t *text) cut(lines []line, n int, limit float32) []line {
	if len(lines) <= n || n < 1 {
		return lines[:min(len(lines), max(n, 0))]
	}
	lines = lines[:n]
	l := &lines[n-1]
	to := l.to
	for to > l.from && t.at[to]-t.at[l.from]+t.more.advance > limit {
		to--
	}
	for to > l.from && !wordy(t.runes[t.glyphs[to-1].rune]) {
		to--
	}
	l.to, l.tail = to, &t.more
	l.width = t.width(l.from, to, false) + t.more.advance
	return lines
}

// wordy is false of what looks lost before an ellipsis.
func wordy(r rune) bool {
	return !isSpace(r) && r != ',' && r != '.' && r != ';' && r != ':' && r != '-' && r != '–' && r != ellipsis
}

// chop breaks the text anywhere, for glasses too narrow for a single word.
func (t *text) chop(limit float32, n int) []line {
	var lines []line
	for from := 0; from < len(t.glyphs) && len(lines) <= n; {
		to := from + 1
		for to < len(t.glyphs) && t.at[to+1]-t.at[from] <= limit {
			to++
		}
		lines = append(lines, line{from: from, to: to, width: t.at[to] - t.at[from]})
		from = to
	}
	return lines
}

package card

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func withPen(f func(*pen)) {
	p := pens.Get().(*pen)
	defer pens.Put(p)
	f(p)
}

func TestClean(t *testing.T) {
	t.Parallel()
	cases := []struct{ in, want string }{
		{"  deux   mots\t", "deux mots"},
		{"Vraiment ?", "Vraiment\u202f?"},
		{"« Oui »", "«\u202fOui\u202f»"},
		{"Note : ici", "Note\u00a0: ici"},
		{"20 % et 15 €", "20\u202f% et 15\u202f€"},
		{"1 000 pas", "1\u202f000 pas"},
		{"10 2026", "10 2026"},
		{"un\r\n\n deux\n", "un\ndeux"},
		{"a\u202eb\u0000c\ufeff", "abc"},
		{"日本", "··"},
		{"Bravo 🎉 !", "Bravo\u202f!"},
		{"\xff", ""},
		{"Ça va?", "Ça va?"},
	}
	withPen(func(p *pen) {
		for _, c := range cases {
			if got := string(p.clean(c.in)); got != c.want {
				t.Errorf("clean(%q) = %q, want %q", c.in, got, c.want)
			}
		}
	})
}

// Every Latin, Greek and Cyrillic letter a European shop writes has a glyph in
// every voice: no box is ever drawn.
func TestNoTofu(t *testing.T) {
	t.Parallel()
	var letters strings.Builder
	for _, span := range [][2]rune{{0x21, 0x7e}, {0xa1, 0xac}, {0xae, 0x17f}, {0x218, 0x21b}, {0x391, 0x3a1}, {0x3a3, 0x3ce}, {0x386, 0x386}, {0x400, 0x45f}} {
		for r := span[0]; r <= span[1]; r++ {
			letters.WriteRune(r)
		}
	}
	letters.WriteString("“”‘’«»‹›–—…€№™•œŒßẞ")
	withPen(func(p *pen) {
		for v := range voices {
			for _, r := range letters.String() {
				text := p.clean(string(r))
				if string(text) != string(r) {
					t.Errorf("%q becomes %q", r, string(text))
				}
				for _, g := range p.shape(v, text) {
					if g.id == 0 {
						t.Errorf("voice %d draws a box for %q", v, r)
					}
				}
			}
		}
	})
}

func TestHyphens(t *testing.T) {
	t.Parallel()
	cases := []struct{ word, want string }{
		{"Donaudampfschifffahrtsgesellschaft", "Donau-dampf-schiff-fahrts-ge-sell-schaft"},
		{"photographe", "pho-to-gra-phe"},
		{"merveilleusement", "mer-veil-leu-se-ment"},
		{"mer", "mer"},
		{"AB12CD34", "AB12CD34"},
		{"soft\u00adware", "soft\u00ad-ware"},
	}
	for _, c := range cases {
		runes := []rune(c.word)
		var got []rune
		for i, r := range runes {
			if i > 0 && hyphenAt(runes, 0, i, len(runes)) {
				got = append(got, '-')
			}
			got = append(got, r)
		}
		if string(got) != c.want {
			t.Errorf("%q breaks as %q, want %q", c.word, string(got), c.want)
		}
	}
}

// Lines hold all the text in order, none is wider than the column, and no more
// are used than a greedy setter would.
func TestWrap(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[a-zé]{1,9}`)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 1, 30).Draw(t, "words")
		limit := float32(rapid.IntRange(2000, 20000).Draw(t, "limit"))
		withPen(func(p *pen) {
			s := p.set(sans, strings.Join(words, " "))
			lines, ok := s.wrap(limit, false)
			if !ok {
				return
			}
			next := 0
			for i, l := range lines {
				if l.from != next {
					t.Fatalf("line %d begins at %d, not %d", i, l.from, next)
				}
				if l.width > limit {
					t.Fatalf("line %d is %.0f wide, more than %.0f", i, l.width, limit)
				}
				next = l.to + 1
			}
			if next != len(s.glyphs)+1 {
				t.Fatalf("%d glyphs set of %d", next-1, len(s.glyphs))
			}
			if greedy := greedyLines(s, limit); len(lines) != greedy {
				t.Fatalf("%d lines, and %d would do", len(lines), greedy)
			}
		})
	})
}

func greedyLines(s *text, limit float32) int {
	n, start, end := 1, 0, 0
	for _, c := range s.paragraphs[0].chances {
		if c.hyphen {
			continue
		}
		if s.at[c.end]-s.at[start] > limit {
			n, start = n+1, end
		}
		end = c.next
	}
	return n
}

func TestLinesAreEven(t *testing.T) {
	t.Parallel()
	withPen(func(p *pen) {
		s := p.set(serif, "Vos photos de mariage")
		lines, ok := s.wrap(s.at[len(s.glyphs)]*0.8, false)
		if !ok || len(lines) != 2 {
			t.Fatal(lines, ok)
		}
		if second := string(s.runes[s.glyphs[lines[1].from].rune:]); second != "de mariage" {
			t.Errorf("the second line is %q: a small word was left behind", second)
		}
	})
}

func TestLongTextEndsInAnEllipsis(t *testing.T) {
	t.Parallel()
	withPen(func(p *pen) {
		b := fit(p.set(sans, strings.Repeat("mot ", 500)), 300, 100, scale{max: 40, min: 20, leading: 1.3})
		if b.size != 20 || b.height() > 100 || b.width() > 300 {
			t.Errorf("size %.0f, %d×%d", b.size, b.width(), b.height())
		}
		if tail := b.lines[len(b.lines)-1].tail; tail != &b.text.more {
			t.Error("the last line does not say that more was cut")
		}
	})
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "Été ?", "\xff\u202e", "a\u0301\u0301", "1 000 000 €", "^\uffff1n", "\ufdd0\U0010ffff", strings.Repeat("x", longest+9)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		withPen(func(p *pen) {
			text := p.clean(s)
			if len(text) > longest+1 || !utf8.ValidString(string(text)) {
				t.Errorf("clean(%q) = %d runes", s, len(text))
			}
			if again := string(p.clean(string(text))); again != string(text) {
				t.Errorf("cleaned twice, %q becomes %q", string(text), again)
			}
			for _, g := range p.shape(serif, text) {
				if g.id == 0 && text[g.rune] != '\n' {
					t.Errorf("a box for %q in %q", text[g.rune], string(text))
				}
			}
		})
	})
}

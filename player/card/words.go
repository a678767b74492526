package card

import (
	"strings"
	"unicode"
)

const (
	nbsp       = '\u00a0'
	narrowNBSP = '\u202f'
	softHyphen = '\u00ad'
	ellipsis   = '…'
	longest    = 2000 // runes kept of a text; far more than any glass can show
)

// clean makes any string fit to be set: no control or formatting characters, one
// space between words, line feeds kept, the spaces of French punctuation and of
// "20 €" unbreakable, and nothing that no face can draw. Letters of scripts we
// have no type for become a middle dot, signs such as emoji are left out.
func (p *pen) clean(s string) []rune {
	var text []rune
	space := func() {
		if n := len(text); n > 0 && !isSpace(text[n-1]) && text[n-1] != '\n' {
			text = append(text, ' ')
		}
	}
	for _, r := range strings.ToValidUTF8(s, "") {
		switch {
		case len(text) >= longest:
			return p.glue(append(trimSpace(text), ellipsis))
		case r == '\n' || r == '\u2028' || r == '\u2029':
			if text = trimSpace(text); len(text) > 0 && text[len(text)-1] != '\n' {
				text = append(text, '\n')
			}
		case r == nbsp || r == narrowNBSP:
			if n := len(text); n > 0 && text[n-1] == ' ' {
				text[n-1] = r
			} else if n > 0 && !isSpace(text[n-1]) && text[n-1] != '\n' {
				text = append(text, r)
			}
		case unicode.IsSpace(r) || r == '\u200b':
			space()
		case r == softHyphen:
			text = append(text, r)
		case !unicode.IsGraphic(r) || unicode.Is(unicode.Variation_Selector, r):
			// Invisible, or no character at all: U+FFFF is in every font's table.
		case p.drawable(r):
			text = append(text, r)
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			text = append(text, '·')
		}
	}
	text = trimSpace(text)
	for len(text) > 0 && text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	return p.glue(text)
}

// glue replaces the spaces that French typography forbids to break: before
// ? ! ; : » and % or a currency sign after a figure, after «, and between the
// groups of a long number.
func (p *pen) glue(text []rune) []rune {
	for i := 1; i+1 < len(text); i++ {
		if text[i] != ' ' {
			continue
		}
		before, after := text[i-1], text[i+1]
		switch {
		case strings.ContainsRune("?!;»", after), before == '«':
			text[i] = narrowNBSP
		case after == ':':
			text[i] = nbsp
		case isDigit(before) && (after == '%' || unicode.Is(unicode.Sc, after)):
			text[i] = narrowNBSP
		case isDigit(before) && groupOfThree(text[i+1:]):
			text[i] = narrowNBSP
		}
	}
	return text
}

func groupOfThree(text []rune) bool {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n == 3
}

func trimSpace(text []rune) []rune {
	for len(text) > 0 && isSpace(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

func isSpace(r rune) bool { return r == ' ' || r == nbsp || r == narrowNBSP }
func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// hyphenAt reports whether text may be broken, with a hyphen, before index i of
// the word text[from:to]. The rule is the plain one French, Spanish, Italian and
// German share: a syllable begins with one consonant and a vowel, and pairs that
// sound as one stay together. It is used only for words too long for their line.
func hyphenAt(text []rune, from, i, to int) bool {
	if text[i-1] == softHyphen {
		return true
	}
	if i-from < 3 || to-i < 3 || !isLetter(text[i-1]) || !isLetter(text[i]) {
		return false
	}
	for _, r := range text[i-3 : i+3] {
		if !isLetter(r) {
			return false
		}
	}
	if vowel(text[i]) {
		return false
	}
	if sch(text[i:]) {
		return true
	}
	if sch(text[i-1:]) {
		return false
	}
	if vowel(text[i+1]) {
		return !pair(text[i-1], text[i])
	}
	return pair(text[i], text[i+1]) && (vowel(text[i+2]) || text[i+2] == 'h')
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) }

func vowel(r rune) bool {
	return strings.ContainsRune("aeiouyàâäáãåæéèêëíìîïóòôöõøœúùûüýÿαεηιουωάέήίόύώаеёиоуыэюяєіїў", unicode.ToLower(r))
}

// sch reports whether text begins with the German sound of three letters.
func sch(text []rune) bool {
	return len(text) >= 3 && unicode.ToLower(text[0]) == 's' && text[1] == 'c' && text[2] == 'h'
}

// pair reports whether two consonants sound as one or open a syllable together.
func pair(a, b rune) bool {
	a, b = unicode.ToLower(a), unicode.ToLower(b)
	switch b {
	case 'h':
		return strings.ContainsRune("cpstrg", a)
	case 'l', 'r':
		return strings.ContainsRune("bcdfgkptv", a) && !(b == 'l' && strings.ContainsRune("dtv", a))
	case 'n':
		return a == 'g'
	case 'u':
		return a == 'q'
	case 'k':
		return a == 'c'
	}
	return false
}

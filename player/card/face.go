package card

import (
	"bytes"
	"sync"

	"entracte/assets"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// A voice is a typeface in its role.
type voice int

const (
	serif   voice = iota // titles, the venue's name
	sans                 // everything that is read
	figures              // the clock
	voices
)

// fallbacks lists, for each voice, the faces tried in order.
var fallbacks = [voices][]voice{
	serif:   {serif, sans},
	sans:    {sans, serif},
	figures: {figures, sans, serif},
}

// em is the size text is shaped at; every length in a shaped text is in
// thousandths of the type size.
const em = 1000

// thinSpace is the width of the narrow no-break space: an eighth of the type
// size, what French printers put before a question mark.
const thinSpace = em / 8

var fonts = sync.OnceValue(func() [voices]*font.Font {
	var fs [voices]*font.Font
	for v, file := range [voices][]byte{assets.FontTitle(), assets.FontText(), assets.FontFigures()} {
		face, err := font.ParseTTF(bytes.NewReader(file))
		if err != nil {
			panic("card: the embedded font is not a font: " + err.Error()) // a broken build, never input
		}
		fs[v] = face.Font
	}
	return fs
})

// A pen shapes text. Faces and shapers keep caches and serve one goroutine at a
// time, so pens are pooled.
type pen struct {
	faces  [voices]*font.Face
	shaper shaping.HarfbuzzShaper
}

var pens = sync.Pool{New: func() any {
	p := new(pen)
	for v, f := range fonts() {
		p.faces[v] = font.NewFace(f)
	}
	p.shaper.SetFontCacheSize(int(voices))
	return p
}}

// A glyph is one shape of a shaped text, in thousandths of the type size.
type glyph struct {
	face    voice
	id      font.GID
	advance float32
	dx, dy  float32
	rune    int // index of the first rune it stands for
}

// features: lining figures everywhere, as prices and hours stand beside capitals.
var features = []shaping.FontFeature{{Tag: ot.MustNewTag("lnum"), Value: 1}}

// shape turns cleaned runes into glyphs, left to right, changing face where the
// voice has no glyph for a rune.
func (p *pen) shape(v voice, text []rune) []glyph {
	var glyphs []glyph
	for start := 0; start < len(text); {
		face := p.faceFor(v, text[start])
		end := start + 1
		for end < len(text) && (staysWithFace(text[end]) || p.faceFor(v, text[end]) == face) {
			end++
		}
		out := p.shaper.ShapeNoExtents(shaping.Input{
			Text: text, RunStart: start, RunEnd: end,
			Direction:    di.DirectionLTR,
			Face:         p.faces[face],
			FontFeatures: features,
			Size:         fixed.I(em),
			Script:       scriptOf(text[start:end]),
			Language:     language.NewLanguage("fr"),
		})
		for _, g := range out.Glyphs {
			advance := units(g.Advance)
			if text[g.TextIndex()] == narrowNBSP {
				advance = thinSpace // fonts disagree about it
			}
			glyphs = append(glyphs, glyph{
				face: face, id: g.GlyphID, rune: g.TextIndex(),
				advance: advance, dx: units(g.XOffset), dy: units(g.YOffset),
			})
		}
		start = end
	}
	return glyphs
}

// faceFor returns the first face of the voice that has r. Every rune of cleaned
// text is in one of them.
func (p *pen) faceFor(v voice, r rune) voice {
	for _, f := range fallbacks[v] {
		if _, ok := p.faces[f].NominalGlyph(r); ok {
			return f
		}
	}
	return fallbacks[v][0]
}

// drawable reports whether some face has a glyph for r.
func (p *pen) drawable(r rune) bool {
	for _, f := range fallbacks[serif] {
		if _, ok := p.faces[f].NominalGlyph(r); ok {
			return true
		}
	}
	return false
}

// scriptOf returns the script of the first rune that has one of its own.
func scriptOf(text []rune) language.Script {
	for _, r := range text {
		if s := language.LookupScript(r); s != language.Common && s != language.Inherited {
			return s
		}
	}
	return language.Latin
}

// staysWithFace is true of runes that must not end a run: a combining accent
// belongs to its letter, and a space looks the same in every face.
func staysWithFace(r rune) bool {
	return language.LookupScript(r) == language.Inherited || isSpace(r)
}

func units(x fixed.Int26_6) float32 { return float32(x) / 64 }

package strict

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// clean takes off what editors add, and reports what no line can be blamed for.
// It returns nil when there is no use in reading on.
func (d *Doc) clean(text []byte) []byte {
	if len(text) > MaxSize {
		d.add(Fault{Line: 1, Fact: fmt.Sprintf("the file has %d bytes, more than %d", len(text), MaxSize), Hint: "this is not the right file, or it must be split"})
		return nil
	}
	if bytes.HasPrefix(text, []byte{0xFF, 0xFE}) || bytes.HasPrefix(text, []byte{0xFE, 0xFF}) {
		d.add(Fault{Line: 1, Fact: "the file is UTF-16 text", Hint: `in the editor choose "Save as" and the encoding UTF-8`})
		return nil
	}
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(text) {
		return append([]byte{}, text...)
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			d.add(Fault{Line: i + 1, Fact: "a letter on this line is not UTF-8 text", Hint: `in the editor choose "Save as" and the encoding UTF-8, then look at the accents again`})
			break
		}
	}
	d.broken = true
	return bytes.ToValidUTF8(text, []byte("?"))
}

func (d *Doc) setText(text []byte) {
	d.text = text
	d.lines = append(d.lines[:0], 0)
	for i, c := range text {
		if c == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
}

// lineAt returns the line of an offset, from 1.
func (d *Doc) lineAt(offset int) int {
	return max(1, sort.SearchInts(d.lines, offset+1))
}

// span returns the bytes of a line, from its first to its line feed included.
func (d *Doc) span(line int) (from, to int) {
	from, to = d.lines[line-1], len(d.text)
	if line < len(d.lines) {
		to = d.lines[line]
	}
	return from, to
}

// blank returns text with spaces between two offsets, so that the rest keeps
// its lines.
func blank(text []byte, from, to int) []byte {
	out := bytes.Clone(text)
	for i := from; i < to; i++ {
		if out[i] != '\n' && out[i] != '\r' {
			out[i] = ' '
		}
	}
	return out
}

const msgDepth = "too many brackets inside brackets"

// stackDepth keeps the parser, which recurses, well inside the smallest stack
// limit; what is deeper than maxDepth is reported by the builder.
const stackDepth = 1000

// tooDeep returns the offset where brackets nest too deep for the parser, or -1.
// It follows strings and comments exactly as far as text is well formed; where it
// is not, the parser stops too.
func tooDeep(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '#':
			i += lineEnd(text[i:])
		case '"', '\'':
			i += stringEnd(text[i:], c)
		case '[', '{':
			if depth++; depth > stackDepth {
				return i
			}
		case ']', '}':
			depth = max(0, depth-1)
		}
	}
	return -1
}

func lineEnd(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i
	}
	return len(b)
}

// stringEnd returns the offset of the last quote of the string b begins with.
func stringEnd(b []byte, quote byte) int {
	if mark := bytes.Repeat([]byte{quote}, 3); bytes.HasPrefix(b, mark) {
		for i := 3; i < len(b); i++ {
			if b[i] == '\\' && quote == '"' {
				i++
			} else if bytes.HasPrefix(b[i:], mark) {
				i += 2
				for i+1 < len(b) && b[i+1] == quote {
					i++
				}
				return i
			}
		}
		return len(b)
	}
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '\n':
			return i
		case b[i] == '\\' && quote == '"':
			i++
		case b[i] == quote:
			return i
		}
	}
	return len(b)
}

// checkLiteral lets go-toml itself judge a number or a date.
func (b *builder) checkLiteral(n *node) {
	var v struct{ V any }
	if err := toml.Unmarshal([]byte("V = "+n.value), &v); err != nil {
		what := "number"
		if n.kind == date {
			what = "date or time"
		}
		b.fault(n.line, "write a text in quotes, a number without leading zeros", "%s is not a %s", clip(strings.Join(strings.Fields(n.value), " ")), what)
		n.kind = unreadable
	}
}

var (
	startsKey    = regexp.MustCompile(`^[ \t]*([A-Za-z0-9_-]+|"[^"]*"|'[^']*')([ \t]*\.[ \t]*[A-Za-z0-9_"'-]+)*[ \t]*=`)
	startsHeader = regexp.MustCompile(`^[ \t]*\[\[?[ \t]*[A-Za-z_]`)
)

func (d *Doc) isKey(line int) bool {
	from, to := d.span(line)
	return startsKey.Match(d.text[from:to])
}

func (d *Doc) isHeader(line int) bool {
	from, to := d.span(line)
	return startsHeader.Match(d.text[from:to])
}

// isWord reports whether a line begins like a key, readable or not.
func (d *Doc) isWord(line int) bool {
	from, to := d.span(line)
	word := bytes.TrimLeft(d.text[from:to], " \t")
	return len(word) > 0 && word[0] != '-' && bare(rune(word[0])) && (word[0] < '0' || word[0] > '9')
}

// reportSyntax adds the fault of a stop, and returns the bytes to leave out
// before reading again: the value, or the whole table, that could not be read.
func (d *Doc) reportSyntax(content []byte, s *stop) (from, to int) {
	line, begin := d.lineAt(s.offset), d.lineAt(s.offset)
	for l := d.lineAt(s.after); l <= line; l++ {
		start, end := d.span(l)
		left := start > s.after && len(bytes.TrimSpace(content[start:end])) > 0
		if left && (d.isKey(l) || d.isHeader(l)) {
			begin = l
			break
		}
	}
	end := begin + 1
	for ; end <= len(d.lines); end++ {
		if d.isHeader(end) || !d.isHeader(begin) && (d.isKey(end) || line == begin && d.isWord(end)) {
			break
		}
	}
	from, _ = d.span(begin)
	to = len(content)
	if end <= len(d.lines) {
		to, _ = d.span(end)
	}
	if line >= end || s.offset >= len(content) && line > begin {
		d.add(Fault{Line: begin, Fact: "the value that begins here does not end", Hint: `close it with the same sign that opened it: ], }, " or '`})
		return from, to
	}
	start, _ := d.span(line)
	fact, hint := explain(string(d.text[start:start+lineEnd(d.text[start:])]), max(0, s.offset-start), s.message)
	d.add(Fault{Line: line, Column: utf8.RuneCount(d.text[start:min(s.offset, len(d.text))]) + 1, Fact: fact, Hint: hint})
	return from, to
}

package report

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"entracte/scheduler/plan"
)

// formulaStarts are what makes spreadsheets calculate (OWASP, "CSV Injection"),
// the full-width forms included, and the apostrophe, so that text can be undone.
const formulaStarts = "=+-@\t\r\n'＝＋－＠"

// text makes a cell of words that may come from anyone.
func text(s string) string {
	if s == "" || s == plan.VenueAdvertiser {
		return s
	}
	if r, _ := utf8.DecodeRuneInString(s); strings.ContainsRune(formulaStarts, r) {
		return "'" + s
	}
	return s
}

// plain is the inverse of text.
func plain(cell string) string { return strings.TrimPrefix(cell, "'") }

// oneLine makes of a name one that fits a line in every form: valid UTF-8 without
// control characters. Names of plans and configs are so already.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// joinCells is one line of RFC 4180 with its end; cells have no line ends.
func joinCells(cells []string) string {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		if !strings.ContainsAny(c, `",`) && !strings.HasPrefix(c, " ") {
			b.WriteString(c)
			continue
		}
		b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
	}
	b.WriteByte('\n')
	return b.String()
}

var errCells = errors.New("a quote is out of place")

// splitCells is the inverse of joinCells, for a line without its end.
func splitCells(line string) ([]string, error) {
	if !strings.Contains(line, `"`) {
		return strings.Split(line, ","), nil
	}
	var cells []string
	for {
		cell, rest, more := strings.Cut(line, ",")
		if strings.HasPrefix(line, `"`) {
			end := 1
			for {
				i := strings.IndexByte(line[end:], '"')
				if i < 0 {
					return nil, errCells
				}
				end += i + 1
				if !strings.HasPrefix(line[end:], `"`) {
					break
				}
				end++
			}
			cell = strings.ReplaceAll(line[1:end-1], `""`, `"`)
			rest, more = strings.CutPrefix(line[end:], ",")
			if !more && rest != "" {
				return nil, errCells
			}
		} else if strings.Contains(cell, `"`) {
			return nil, errCells
		}
		cells = append(cells, cell)
		if !more {
			return cells, nil
		}
		line = rest
	}
}

package strict

import (
	"errors"
	"fmt"
	"strings"
)

// Faults are all the faults of one file, in the order of its lines.
type Faults []Fault

// A Fault is one thing wrong with a file.
type Fault struct {
	File string
	// Line counts from 1. Column counts characters from 1, and is 0 where the
	// line says enough.
	Line, Column int
	// Fact is what is wrong; Hint is what to do about it, never empty.
	Fact, Hint string
}

// Error returns the faults as blocks of "file:line: fact" and "hint: step",
// with an empty line between them.
func (f Faults) Error() string {
	var blocks []string
	for i := range f {
		if i == maxFaults {
			blocks = append(blocks, fmt.Sprintf("and %d more\nhint: mend those above first", len(f)-i))
			break
		}
		blocks = append(blocks, f[i].Error())
	}
	return strings.Join(blocks, "\n\n")
}

// Error returns "file:line: fact\nhint: step".
func (f *Fault) Error() string {
	at := fmt.Sprintf("%s:%d", f.File, f.Line)
	if f.Column > 0 {
		at += fmt.Sprintf(":%d", f.Column)
	}
	return at + ": " + f.Fact + "\nhint: " + f.Hint
}

// IsFaults reports whether err carries faults of a file, rather than the failure
// to read one.
func IsFaults(err error) bool {
	var f Faults
	return errors.As(err, &f)
}

// split names the entries of [[lists]] that path goes through, ready to stand
// before a fact (`campaign "rings", creative 2: `), and the dotted key that is
// left, without the indexes of plain lists.
func (d *Doc) split(path string) (entry, key string) {
	var names, keys []string
	n := d.root
	for rest := path; rest != ""; {
		var step string
		step, rest = cutStep(rest)
		i, isIndex := index(step)
		switch {
		case !isIndex:
			keys = append(keys, step)
			if n = n.keys[step]; n == nil {
				n = &node{}
			}
		case i < len(n.items):
			if n.entries() {
				names, keys = append(names, keys[len(keys)-1]+" "+n.items[i].title(i)), nil
			}
			n = n.items[i]
		default:
			n = &node{}
		}
	}
	if names != nil {
		entry = strings.Join(names, ", ") + ": "
	}
	return entry, strings.Join(keys, ".")
}

func (d *Doc) entry(path string) string {
	entry, _ := d.split(path)
	return entry
}

func (d *Doc) short(path string) string {
	_, key := d.split(path)
	return key
}

// entries reports whether the node is a list of tables written [[so]].
func (n *node) entries() bool { return n.kind == list && n.how == byHeader }

// title is what a person calls the i-th entry of a list: its name or id, else
// its place, counted from 1.
func (n *node) title(i int) string {
	for _, key := range []string{"name", "id"} {
		if v := n.keys[key]; v != nil && v.kind == text && v.value != "" && len(v.value) <= 64 {
			return fmt.Sprintf("%q", v.value)
		}
	}
	return fmt.Sprint(i + 1)
}

// join writes a dotted key as the file would.
func join(keys []string) string {
	quoted := make([]string, len(keys))
	for i, k := range keys {
		quoted[i] = k
		if k == "" || strings.ContainsFunc(k, func(r rune) bool { return !bare(r) }) {
			quoted[i] = clip(fmt.Sprintf("%q", k))
		}
	}
	return clip(strings.Join(quoted, "."))
}

func bare(r rune) bool {
	return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// clip keeps what a message quotes to a length that can be read.
func clip(s string) string {
	const most = 60
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// Package strict reads TOML files that people edit by hand, and reports every
// fault of a file at once: syntax, unknown keys, keys given twice, wrong types
// and, through [Doc.Fault], whatever the caller finds wrong with a value. Each
// fault names its file and line, states the fact and hints at the next step, so
// that a technician mends a file in one pass, without the source.
//
// It promises never to panic on any input, to read nothing beyond [MaxSize],
// and to accept what Windows editors write (a UTF-8 byte order mark, CRLF). The
// grammar is TOML 1.0 as go-toml's parser reads it, with its rules on tables
// defined twice enforced here, because the parser stops at the first one. A line
// that cannot be read is left out and the reading goes on after it; from then on
// [Doc.Missing] is silent, because what is missing may be what was left out.
//
// It must not know what any file means: no key, no limit, no word of a venue or
// of a campaign.
//
//	type table struct {
//		Fit    string `toml:"fit" oneof:"cover contain blur"`
//		Volume int    `toml:"volume" range:"0 100"`
//	}
//	file := struct{ Screen table `toml:"screen"` }{table{Fit: "cover"}} // the defaults
//	doc := strict.Parse("entracte.toml", text)
//	doc.Decode(&file)
//	if file.Screen.Volume > 0 && file.Screen.Fit == "blur" {
//		doc.Fault("screen.fit", `"blur" is silent`, "set volume = 0")
//	}
//	return doc.Err() // nil, or Faults
package strict

import "sort"

// MaxSize is the largest file that is read, in bytes.
const MaxSize = 1 << 20

const (
	// maxDepth is how deep values and tables may nest; the files of this project
	// use four levels.
	maxDepth = 16
	// maxSyntaxFaults bounds the re-reading after unreadable lines.
	maxSyntaxFaults = 10
	// maxFaults bounds a report that somebody reads on a terminal.
	maxFaults = 100
)

// A Doc is a parsed file with the faults found in it so far. It is not safe for
// concurrent use.
type Doc struct {
	name   string
	text   []byte
	lines  []int // offset of the first byte of each line
	root   *node
	faults Faults
	// bad holds the paths whose values could not be decoded: what the caller
	// reads there is a default, so its faults would mislead.
	bad    map[string]bool
	broken bool
	// home maps keys to the hint that says where they belong.
	home map[string]string
}

// Parse reads text. It always returns a Doc, with as much of the file as could
// be read; what could not is in its faults. The name stands in every message: a
// path as the reader knows it.
func Parse(name string, text []byte) *Doc {
	d := &Doc{name: name, bad: map[string]bool{}, root: &node{kind: table}}
	if text = d.clean(text); text == nil {
		d.broken = true
		return d
	}
	d.setText(text)
	for range maxSyntaxFaults {
		b := &builder{doc: d, reached: -1, root: &node{kind: table, line: 1, how: byHeader}}
		stop := b.build(text)
		d.root = b.root
		if stop == nil {
			d.faults = append(d.faults, b.faults...)
			return d
		}
		d.broken = true
		from, to := d.reportSyntax(text, stop)
		text = blank(text, from, to)
	}
	return d
}

// Has reports whether the file gives a value at path, such as "venue.name" or
// "sensor[2].pin"; indexes count from 0. A value of the wrong type counts.
func (d *Doc) Has(path string) bool {
	_, exact := d.find(path)
	return exact
}

// Line returns the line of path, or of the table that would hold it, from 1.
func (d *Doc) Line(path string) int {
	n, _ := d.find(path)
	return max(n.line, 1)
}

// Fault adds a fault about the value at path, or about the table that should
// hold it. The fact is one sentence; entries of a [[list]] are named before it
// (`sensor "bench": `). Faults about a value that could not be decoded are
// dropped: that was reported already.
func (d *Doc) Fault(path, fact, hint string) {
	if d.Bad(path) {
		return
	}
	d.add(Fault{Line: d.Line(path), Fact: d.entry(path) + fact, Hint: hint})
}

// Broken reports whether some line could not be read, so that what seems to be
// missing may be in the file all the same.
func (d *Doc) Broken() bool { return d.broken }

// Missing adds a fault about a key that should be there. It does nothing when
// the file gives the key after all, or when some line could not be read.
func (d *Doc) Missing(path, fact, hint string) {
	if !d.broken && !d.Has(path) {
		d.Fault(path, fact, hint)
	}
}

// Bad reports whether the value at path, or one it is part of, is in the file but
// could not be decoded: a fault says so, and what was decoded is a default.
func (d *Doc) Bad(path string) bool {
	for i := range path {
		if (path[i] == '.' || path[i] == '[') && d.bad[path[:i]] {
			return true
		}
	}
	return d.bad[path]
}

// Err returns all faults in the order of their lines as [Faults], or nil.
func (d *Doc) Err() error {
	if len(d.faults) == 0 {
		return nil
	}
	sort.SliceStable(d.faults, func(i, j int) bool { return d.faults[i].Line < d.faults[j].Line })
	return d.faults
}

func (d *Doc) add(f Fault) {
	f.File = d.name
	d.faults = append(d.faults, f)
}

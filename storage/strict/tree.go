package strict

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// kind is what a node holds.
type kind uint8

const (
	table kind = iota
	list
	text
	boolean
	integer
	float
	date       // any of TOML's dates and times, which this project writes as text
	unreadable // a number or date that is none; reported where it stands
)

// how a table or list came to be decides who may add to it (TOML 1.0, Table).
type how uint8

const (
	byPrefix how = iota // named on the way to another table
	byHeader            // [table], [[list]]
	byDots              // a.b = 1
	byValue             // { … }, [ … ]: closed
)

// A node is one value of the file with the line it is on.
type node struct {
	kind kind
	how  how
	line int
	// value is the text of a string, and the literal of a number or date.
	value string
	order []string
	keys  map[string]*node
	items []*node
}

func (n *node) set(key string, child *node) {
	if n.keys == nil {
		n.keys = map[string]*node{}
	}
	n.keys[key] = child
	n.order = append(n.order, key)
}

// A stop is why the parser could not go on.
type stop struct {
	offset  int // where, in the text
	after   int // where the last thing that was understood is
	message string
}

// A builder turns the parser's expressions into a tree.
type builder struct {
	doc     *Doc
	parser  unstable.Parser
	root    *node
	current *node
	reached int // the offset of the last node seen
	faults  Faults
}

// build reads text until its end (nil) or until what cannot be read.
func (b *builder) build(text []byte) *stop {
	if at := tooDeep(text); at >= 0 {
		return &stop{offset: at, after: at, message: msgDepth}
	}
	b.current = b.root
	b.parser.Reset(text)
	for b.parser.NextExpression() {
		e := b.parser.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			b.header(e)
		case unstable.KeyValue:
			b.keyValue(b.current, e, 0)
		}
	}
	err := b.parser.Error()
	if err == nil {
		return nil
	}
	s := &stop{offset: len(text), after: b.reached, message: err.Error()}
	if pe, ok := err.(*unstable.ParserError); ok {
		s.offset = int(b.parser.Range(pe.Highlight).Offset)
	}
	return s
}

func (b *builder) fault(line int, hint, format string, args ...any) {
	b.faults = append(b.faults, Fault{File: b.doc.name, Line: line, Fact: fmt.Sprintf(format, args...), Hint: hint})
}

// line notes how far the reading came and returns the line of that offset.
func (b *builder) line(r unstable.Range) int {
	b.reached = max(b.reached, int(r.Offset))
	return b.doc.lineAt(int(r.Offset))
}

func parts(it unstable.Iterator) (keys []string, at unstable.Range) {
	for it.Next() {
		keys = append(keys, string(it.Node().Data))
		at = it.Node().Raw
	}
	return keys, at
}

// header opens the table or appends the list entry that [a.b] or [[a.b]] names.
func (b *builder) header(e *unstable.Node) {
	keys, at := parts(e.Key())
	line := b.line(at)
	// What follows a header that cannot be honoured still has its keys checked
	// for syntax, but belongs nowhere.
	b.current = &node{kind: table, line: line, how: byHeader}
	name := join(keys)
	if len(keys) > maxDepth {
		b.fault(line, "use a shorter name", "[%s] nests too deep", name)
		return
	}
	parent := b.root
	for _, k := range keys[:len(keys)-1] {
		child := parent.keys[k]
		if child == nil {
			child = &node{kind: table, line: line}
			parent.set(k, child)
		}
		if child.kind == list && child.how == byHeader {
			child = child.items[len(child.items)-1]
		}
		if child.kind != table || child.how == byValue {
			b.fault(line, "give each of the two another name", "[%s] needs %q to be a table, but line %d gives it a value", name, k, child.line)
			return
		}
		parent = child
	}
	key := keys[len(keys)-1]
	if e.Kind == unstable.ArrayTable {
		b.appendEntry(parent, key, name, line)
	} else {
		b.openTable(parent, key, name, line)
	}
}

func (b *builder) appendEntry(parent *node, key, name string, line int) {
	entries := parent.keys[key]
	switch {
	case entries == nil:
		entries = &node{kind: list, how: byHeader, line: line}
		parent.set(key, entries)
	case entries.kind == table && entries.how == byHeader:
		b.fault(line, fmt.Sprintf("keep [%s] if there is one only, write [[%s]] for each if there are several", name, name), "[[%s]] follows [%s] on line %d", name, name, entries.line)
		return
	case entries.kind != list || entries.how != byHeader:
		b.fault(line, "keep one of the two", "[[%s]] is given twice: line %d gives it a value", name, entries.line)
		return
	}
	entries.items = append(entries.items, b.current)
}

func (b *builder) openTable(parent *node, key, name string, line int) {
	old := parent.keys[key]
	switch {
	case old == nil:
		parent.set(key, b.current)
	case old.kind == table && old.how == byPrefix:
		old.how, old.line = byHeader, line
		b.current = old
	case old.kind == list && old.how == byHeader:
		b.fault(line, fmt.Sprintf("write [[%s]] for each one, with two brackets", name), "[%s] follows [[%s]] on line %d", name, name, old.line)
		old.items = append(old.items, b.current)
	case old.kind == table:
		b.fault(line, "move its keys under the first one", "[%s] is given twice, first on line %d", name, old.line)
		if old.how == byHeader {
			b.current = old
		}
	default:
		b.fault(line, "keep one of the two", "[%s] is given twice: line %d gives it a value", name, old.line)
	}
}

// keyValue puts "a.b = value" under parent.
func (b *builder) keyValue(parent *node, e *unstable.Node, depth int) {
	keys, at := parts(e.Key())
	line := b.line(at)
	value := b.value(e.Value(), line, depth+len(keys))
	for _, k := range keys[:len(keys)-1] {
		child := parent.keys[k]
		if child == nil {
			child = &node{kind: table, how: byDots, line: line}
			parent.set(k, child)
		}
		if child.kind != table || child.how != byDots {
			b.fault(line, "keep one of the two", "%s adds to %q, which line %d already gives", join(keys), k, child.line)
			return
		}
		parent = child
	}
	key := keys[len(keys)-1]
	if old := parent.keys[key]; old != nil {
		b.fault(line, "remove one of the two lines", "%q is given twice, first on line %d", join(keys), old.line)
		return
	}
	parent.set(key, value)
}

// value turns a parser's value into a node. Lists have no position of their own:
// theirs is the line of their key.
func (b *builder) value(v *unstable.Node, line, depth int) *node {
	n := &node{how: byValue, line: line, value: string(v.Data)}
	if depth > maxDepth {
		b.fault(line, "use fewer brackets inside brackets", "this value nests too deep")
		return n
	}
	switch v.Kind {
	case unstable.InlineTable:
		n.kind, n.line = table, b.line(v.Raw)
		for it := v.Children(); it.Next(); {
			b.keyValue(n, it.Node(), depth)
		}
	case unstable.Array:
		n.kind = list
		for it := v.Children(); it.Next(); {
			n.items = append(n.items, b.value(it.Node(), line, depth+1))
		}
	case unstable.String:
		n.kind, n.line = text, b.line(v.Raw)
		n.value = strings.ReplaceAll(n.value, "\r\n", "\n")
	case unstable.Bool:
		n.kind, n.line = boolean, b.line(b.parser.Range(v.Data))
	case unstable.Integer:
		n.kind, n.line = integer, b.line(v.Raw)
		b.checkLiteral(n)
	case unstable.Float:
		n.kind, n.line = float, b.line(v.Raw)
		b.checkLiteral(n)
	default:
		n.kind, n.line = date, b.line(b.parser.Range(v.Data))
		b.checkLiteral(n)
	}
	return n
}

// find returns the node at path, or the nearest one above it.
func (d *Doc) find(path string) (n *node, exact bool) {
	n = d.root
	for rest := path; rest != ""; {
		var step string
		step, rest = cutStep(rest)
		var next *node
		if i, ok := index(step); ok {
			if n.kind == list && i < len(n.items) {
				next = n.items[i]
			}
		} else {
			next = n.keys[step]
		}
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

// cutStep splits "sensor[2].pin" into "sensor" and "[2].pin", and "[2].pin" into
// "[2]" and "pin".
func cutStep(path string) (step, rest string) {
	if path[0] == '[' {
		if i := strings.IndexByte(path, ']'); i > 0 {
			return path[:i+1], strings.TrimPrefix(path[i+1:], ".")
		}
		return path, ""
	}
	i := strings.IndexAny(path, ".[")
	if i < 0 {
		return path, ""
	}
	return path[:i], strings.TrimPrefix(path[i:], ".")
}

func index(step string) (int, bool) {
	if !strings.HasPrefix(step, "[") {
		return 0, false
	}
	i, err := strconv.Atoi(strings.Trim(step, "[]"))
	return i, err == nil && i >= 0
}

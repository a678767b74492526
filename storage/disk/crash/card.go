package crash

import "slices"

// A card is what is durable for certain after some operations, and what may or
// may not be.
type card struct {
	nodes []cardNode
	kept  map[string]string
	told  int // events so far
}

type cardNode struct {
	folder bool
	// durable is what the last sync left.
	durable node
	// pending are the changes since, in order.
	pending []change
	// variants are what a cut may leave of it; nil until asked for.
	variants []variant
}

// A change is one that no sync followed yet: to the bytes and size of a file, or
// to names in a folder.
type change struct {
	op      int     // its number in the journal
	content content // of the file afterwards
	sets    []entry // of the folder
}

// newCard returns the card of a disk on which all is durable.
func newCard(d *Disk) *card {
	c := &card{kept: d.kept}
	for _, n := range d.nodes {
		c.nodes = append(c.nodes, durable(n))
	}
	return c
}

func durable(n node) cardNode {
	n.owned = false
	return cardNode{folder: n.folder, durable: n}
}

// apply does operation number i.
func (c *card) apply(i int, o *op) {
	switch o.kind {
	case opCreate, opMkdir:
		c.nodes = append(c.nodes, durable(node{folder: o.kind == opMkdir}))
		c.change(o.dir, change{op: i, sets: []entry{{o.name, o.node}}})
	case opWrite, opTruncate:
		c.change(o.node, change{op: i, content: o.content})
	case opRename:
		from, to := entry{o.name, gone}, entry{o.toName, o.node}
		if o.dir == o.toDir {
			c.change(o.dir, change{op: i, sets: []entry{from, to}})
			break
		}
		c.change(o.dir, change{op: i, sets: []entry{from}})
		c.change(o.toDir, change{op: i, sets: []entry{to}})
	case opRemove:
		c.change(o.dir, change{op: i, sets: []entry{{o.name, gone}}})
	case opSync, opSyncDir:
		c.sync(o.node)
	case opSyncFiles:
		for _, id := range o.nodes {
			c.sync(id)
		}
	case opCommit:
		c.kept = o.kept
	case opTell:
		c.told++
	}
}

func (c *card) change(id int, ch change) {
	n := &c.nodes[id]
	n.pending, n.variants = append(n.pending, ch), nil
}

// sync makes all that is pending durable.
func (c *card) sync(id int) {
	n := &c.nodes[id]
	if len(n.pending) == 0 {
		return
	}
	if n.folder {
		n.durable.entries = n.entries(func(int) bool { return true })
	} else {
		n.durable.content = n.pending[len(n.pending)-1].content
	}
	n.pending, n.variants = nil, nil
}

// entries are the names in a folder when some of the pending changes are durable.
func (n *cardNode) entries(kept func(i int) bool) []entry {
	list := n.durable.entries
	for i, ch := range n.pending {
		if kept(i) {
			for _, e := range ch.sets {
				list = with(list, e.name, e.node)
			}
		}
	}
	return list
}

// content is what the file held after the first m pending changes.
func (n *cardNode) content(m int) *content {
	if m == 0 {
		return &n.durable.content
	}
	return &n.pending[m-1].content
}

// sizes are those the file has had since its last sync, the newest first, then some
// it may have had on the way, where a long write was under way.
func (n *cardNode) sizes() []int64 {
	var all []int64
	add := func(s int64) {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for m := len(n.pending); m >= 0; m-- {
		add(n.content(m).size)
	}
	for m := len(n.pending); m > 0; m-- {
		from, to := n.content(m-1).size, n.content(m).size
		for _, s := range []int64{from + sectorSize, (from + to) / 2, to - 1} {
			if s -= s % sectorSize; s > from && s < to {
				add(s)
			}
		}
	}
	return all
}

// A history is one sector that was written since the last sync of its file, and
// all it has held since, the newest first.
type history struct {
	at       int
	versions []*sector
}

func (n *cardNode) histories() []history {
	var all []history
	last := 0
	for m := range len(n.pending) + 1 {
		last = max(last, len(n.content(m).sectors))
	}
	for at := range last {
		h := history{at: at}
		for m := len(n.pending); m >= 0; m-- {
			if s := n.content(m).at(at); len(h.versions) == 0 || h.versions[len(h.versions)-1] != s {
				h.versions = append(h.versions, s)
			}
		}
		if len(h.versions) > 1 {
			all = append(all, h)
		}
	}
	return all
}

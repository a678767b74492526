package crash

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"
)

// most is how many of the things that a cut may leave of one file or folder are
// looked at.
const most = 256

// A variant is what a cut may leave of a file or folder. The first one of each is
// that all was kept, the second one that all since the last sync was lost.
type variant struct {
	node node
	sum  uint64
	kept []bool // of the pending changes to a folder
	note string // for a report
}

// vary returns the variants of a node.
func (n *cardNode) vary(rng *rand.Rand) []variant {
	if n.variants != nil {
		return n.variants
	}
	v := &varying{n: n, rng: rng, seen: make(map[uint64]bool)}
	switch {
	case n.folder:
		v.folder()
	case len(n.pending) == 0:
		v.file(&n.durable.content)
	default:
		v.allFiles()
	}
	n.variants = v.list
	return v.list
}

// varying gathers variants, each once.
type varying struct {
	n    *cardNode
	rng  *rand.Rand
	seen map[uint64]bool
	list []variant
}

func (v *varying) add(n node, sum uint64, kept []bool) {
	if !v.seen[sum] {
		v.seen[sum] = true
		v.list = append(v.list, variant{node: n, sum: sum, kept: kept})
	}
}

// perBlock is how many sectors a block has. The cells of a card are written by
// pages of at least that size (JEDEC e.MMC, SD: 4 KiB and up), and one that was not
// finished is lost whole.
const perBlock = 4096 / sectorSize

func (v *varying) file(c *content) { v.add(node{content: *c}, c.hash(), nil) }

// folder adds every subset of the pending changes, or some of each sort.
func (v *varying) folder() {
	p := len(v.n.pending)
	subset := func(kept func(i int) bool) {
		list := v.n.entries(kept)
		which := make([]bool, p)
		for i := range which {
			which[i] = kept(i)
		}
		v.add(node{folder: true, entries: list}, hashNames(list), which)
	}
	subset(func(int) bool { return true })
	subset(func(int) bool { return false })
	if p <= 8 {
		for lost := range 1 << p {
			subset(func(i int) bool { return lost>>i&1 == 0 })
		}
		return
	}
	for k := range p {
		if len(v.list) >= most {
			return
		}
		subset(func(i int) bool { return i != k })
		subset(func(i int) bool { return i < k })
		subset(func(i int) bool { return i == k })
	}
	for try := 0; try < 2*most && len(v.list) < most; try++ {
		a, b := v.rng.Uint64(), v.rng.Uint64()
		subset(func(i int) bool { return (a>>(i%64)^b>>(i/64%64))&1 == 1 })
	}
}

func hashNames(list []entry) uint64 {
	sum := uint64(1)
	for _, e := range list {
		sum += mix(e.node, maphash.String(seed, e.name))
	}
	return sum
}

// allFiles adds every combination of a size the file has had and, for each sector,
// something the sector has held, or part of the newest over the oldest; or some of
// each sort, if there are too many.
func (v *varying) allFiles() {
	sizes, sectors := v.n.sizes(), v.n.histories()
	last := len(v.n.pending)
	v.file(v.n.content(last))
	v.file(v.n.content(0))
	if combinations(sizes, sectors) <= most {
		v.everyFile(sizes, sectors)
		v.failedBlocks(sectors)
		return
	}
	for m := range last {
		v.file(v.n.content(m))
	}
	for _, size := range sizes[:min(len(sizes), 8)] {
		v.pick(size, sectors, func(history) int { return 0 })
		v.pick(size, sectors, func(h history) int { return len(h.versions) - 1 })
	}
	v.failedBlocks(sectors)
	for try := 0; try < 2*most && len(v.list) < most; try++ {
		v.someFile(sizes, sectors)
	}
}

// failedBlocks adds files in which one block that was being written reads as zeros,
// with all that was in it before, and the others are as new or as old.
func (v *varying) failedBlocks(sectors []history) {
	var blocks []int
	for _, h := range sectors {
		if b := h.at / perBlock; len(blocks) == 0 || blocks[len(blocks)-1] != b {
			blocks = append(blocks, b)
		}
	}
	for i := range min(len(blocks), 8) {
		b := blocks[i]
		if len(blocks) > 8 {
			b = blocks[v.rng.IntN(len(blocks))]
		}
		for _, m := range []int{len(v.n.pending), 0} {
			c := *v.n.content(m)
			c.sectors = slices.Clone(c.sectors)
			clear(c.sectors[min(b*perBlock, len(c.sectors)):min((b+1)*perBlock, len(c.sectors))])
			n := len(v.list)
			if v.file(&c); len(v.list) > n {
				v.list[n].note = fmt.Sprintf("the block at %d was being written and reads as zeros", b*perBlock*sectorSize)
			}
		}
	}
}

func combinations(sizes []int64, sectors []history) int {
	n := len(sizes)
	for _, h := range sectors {
		if n *= len(h.versions) + 1; n > most {
			break
		}
	}
	return n
}

func (v *varying) everyFile(sizes []int64, sectors []history) {
	choice := make([]int, len(sectors))
	for {
		for _, size := range sizes {
			i := -1
			v.pick(size, sectors, func(history) int { i++; return choice[i] })
		}
		i := 0
		for ; i < len(choice); i++ {
			if choice[i]++; choice[i] <= len(sectors[i].versions) {
				break
			}
			choice[i] = 0
		}
		if i == len(choice) {
			return
		}
	}
}

// someFile adds one by chance: of sectors each for itself, of blocks of 4 KiB each
// for itself, of a write that went as far as a sector, or of all but one.
func (v *varying) someFile(sizes []int64, sectors []history) {
	rng := v.rng
	size := sizes[0]
	if rng.IntN(2) == 0 {
		size = sizes[rng.IntN(len(sizes))]
	}
	one, newest := rng.IntN(len(sectors)), rng.IntN(2) == 0
	salt := rng.Uint64()
	how := rng.IntN(4)
	i := -1
	v.pick(size, sectors, func(h history) int {
		i++
		oldest := len(h.versions) - 1
		switch {
		case how == 0:
			return rng.IntN(len(h.versions) + 1)
		case how == 1:
			return int(mix(h.at/perBlock, salt) >> 1 % uint64(len(h.versions)))
		case how == 2 && i == one:
			return len(h.versions) // torn where it stopped
		case how == 2 && i < one, how == 3 && (i == one) == newest:
			return 0
		default:
			return oldest
		}
	})
}

// pick adds the file in which each sector holds the version that was chosen; one
// beyond the last means a torn one.
func (v *varying) pick(size int64, sectors []history, choose func(history) int) {
	c := content{size: size, sectors: make([]*sector, sectorsFor(size))}
	copy(c.sectors, v.n.durable.sectors)
	for _, h := range sectors {
		i := choose(h) // always, for the sake of who counts
		if h.at >= len(c.sectors) {
			continue
		}
		if i < len(h.versions) {
			c.sectors[h.at] = h.versions[i]
			continue
		}
		newest, oldest := h.versions[0], h.versions[len(h.versions)-1]
		n := sectorSize
		if first, last := differs(newest, oldest); last > first {
			n = first + 1 + v.rng.IntN(last-first)
		}
		c.sectors[h.at] = torn(oldest, newest, n)
	}
	if tail := int(size % sectorSize); tail > 0 {
		i := len(c.sectors) - 1
		c.sectors[i] = c.sectors[i].with(make([]byte, sectorSize-tail), tail)
	}
	v.file(&c)
}

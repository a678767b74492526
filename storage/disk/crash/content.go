package crash

import (
	"hash/maphash"
	"slices"
)

// sectorSize is the unit a card is taken to write: what a sector holds after a cut
// is one of the things that were written to it, or a part of a newer one over an
// older.
const sectorSize = 512

// A sector never changes once it is in a file, so that thousands of states share
// it. One that holds only zeros is nil.
type sector struct {
	bytes [sectorSize]byte
	sum   uint64 // 0: not known yet
}

var seed = maphash.MakeSeed()

func (s *sector) hash() uint64 {
	if s == nil {
		return 0
	}
	if s.sum == 0 {
		s.sum = maphash.Bytes(seed, s.bytes[:]) | 1
	}
	return s.sum
}

// mix makes a hash depend on where it is, so that a sum of them can be changed at
// one place (the finisher of Sebastiano Vigna's splitmix64).
func mix(at int, h uint64) uint64 {
	if h == 0 {
		return 0
	}
	x := h + uint64(at)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// A content is what a file holds. The bytes of its last sector beyond its size
// are zero, as are sectors that are missing.
type content struct {
	size    int64
	sectors []*sector
}

func sectorsFor(size int64) int { return int((size + sectorSize - 1) / sectorSize) }

func (c *content) at(i int) *sector {
	if i < len(c.sectors) {
		return c.sectors[i]
	}
	return nil
}

// hash goes by the bytes and the size alone.
func (c *content) hash() uint64 {
	sum := mix(-1, uint64(c.size)+1)
	for i, s := range c.sectors {
		if s != nil {
			sum += mix(i, s.hash())
		}
	}
	return sum
}

// write changes a content that nobody else shares.
func (c *content) write(b []byte, at int64) {
	if len(b) == 0 {
		return
	}
	end := at + int64(len(b))
	c.size = max(c.size, end)
	if n := sectorsFor(c.size); n > len(c.sectors) {
		c.sectors = append(c.sectors, make([]*sector, n-len(c.sectors))...)
	}
	for len(b) > 0 {
		i, from := int(at/sectorSize), int(at%sectorSize)
		n := min(sectorSize-from, len(b))
		c.sectors[i] = c.sectors[i].with(b[:n], from)
		b, at = b[n:], at+int64(n)
	}
}

// with returns a sector that holds b from an offset on, and is else as it was.
func (s *sector) with(b []byte, from int) *sector {
	if s == nil && !slices.ContainsFunc(b, func(c byte) bool { return c != 0 }) {
		return nil
	}
	after := new(sector)
	if s != nil {
		after.bytes = s.bytes
	}
	copy(after.bytes[from:], b)
	if after.bytes == [sectorSize]byte{} {
		return nil
	}
	return after
}

// truncate changes a content that nobody else shares.
func (c *content) truncate(size int64) {
	n := sectorsFor(size)
	if n < len(c.sectors) {
		c.sectors = c.sectors[:n]
	}
	if tail := int(size % sectorSize); size < c.size && tail > 0 && n == len(c.sectors) {
		c.sectors[n-1] = c.sectors[n-1].with(make([]byte, sectorSize-tail), tail)
	}
	c.size = size
}

// read is as io.ReaderAt without the error.
func (c *content) read(b []byte, at int64) int {
	if at >= c.size {
		return 0
	}
	b = b[:min(int64(len(b)), c.size-at)]
	for done := 0; done < len(b); {
		i, from := int(at/sectorSize), int(at%sectorSize)
		n := min(sectorSize-from, len(b)-done)
		if s := c.at(i); s != nil {
			copy(b[done:done+n], s.bytes[from:])
		} else {
			clear(b[done : done+n])
		}
		done, at = done+n, at+int64(n)
	}
	return len(b)
}

// torn is the first n bytes of a newer sector over an older one.
func torn(older, newer *sector, n int) *sector {
	var b [sectorSize]byte
	if newer != nil {
		b = newer.bytes
	}
	return older.with(b[:n], 0)
}

// differs tells where two sectors first and last differ; they do.
func differs(a, b *sector) (first, last int) {
	var zero sector
	if a == nil {
		a = &zero
	}
	if b == nil {
		b = &zero
	}
	first = -1
	for i := range a.bytes {
		if a.bytes[i] != b.bytes[i] {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last
}

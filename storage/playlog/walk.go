package playlog

import (
	"crypto/sha256"
	"fmt"

	"entracte/scheduler/plan"
)

// An item is what a walk through a segment comes by: one of its fields is set.
type item struct {
	play *plan.Play
	// kind names a checkpoint, with its value.
	kind  string
	value []byte
	// sealed is the commit that ends here, with the hash its seal says and the one
	// its bytes have.
	sealed     *commitHead
	says, hash digest
	// fault says what is damaged before the next item.
	fault string
}

// A walk goes through the bytes of a segment. The fields after seen are where it is.
type walk struct {
	segment []byte
	number  uint64
	// seen shares strings between plays, and hashed says to compute hashes.
	seen   map[string]string
	hashed bool

	head   segmentHead
	headed bool // the head is whole
	begun  bool // the commit behind the head is whole
	seq    uint64
	known  bool   // seq is the number of the last play so far
	chain  digest // of the last sealed commit
	// The last commit, from start to the end of its last whole record; open says
	// that no seal followed, and crc is what the next record's begins from.
	start, end int
	open       bool
	crc        uint32
	plays      int // in it
	damaged    bool
	// missing is how many bytes are cut off at the end of the segment.
	missing int
}

func newWalk(segment []byte, number uint64, seen map[string]string) *walk {
	w := &walk{segment: segment, number: number, seen: seen, end: block}
	if h, ok := parseHead(segment); ok && h.number == number {
		w.head, w.headed = h, true
	}
	w.seq, w.chain, w.known = w.head.seq, w.head.chain, w.headed
	return w
}

// items yields what the segment holds, in order. It may be ranged over once.
func (w *walk) items(yield func(item) bool) {
	if !w.headed {
		w.damaged = true
		if !yield(item{fault: "block 0 is damaged"}) {
			return
		}
	}
	for at := block; ; at = blocks(w.end) {
		expected := at
		if at = w.later(at); at < 0 {
			if w.missing > 0 {
				w.damaged = true
				yield(item{fault: w.cut()})
			}
			return
		}
		h, _ := w.commit(at)
		if at > expected || w.open || w.known && h.seq > w.seq {
			w.damaged = true
			if !yield(item{fault: w.lost(expected, h)}) {
				return
			}
		}
		if !w.records(h, at, yield) {
			return
		}
		w.begun = w.begun || at == block && !w.open
	}
}

// commit reads the head of a commit, which never begins before the plays so far end.
func (w *walk) commit(at int) (commitHead, bool) {
	h, ok := parseCommit(w.segment, at, w.number)
	return h, ok && h.seq >= w.seq
}

// later finds the first commit that begins at an offset or behind it; -1 is none.
func (w *walk) later(at int) int {
	for ; at < len(w.segment); at += block {
		if _, ok := w.commit(at); ok {
			return at
		}
	}
	return -1
}

// lost is the sentence for what cannot be read before a commit.
func (w *walk) lost(at int, next commitHead) string {
	if w.open {
		at = w.end
	}
	s := fmt.Sprintf("block %d is damaged", at/block)
	if w.known && next.seq > w.seq {
		s += ": " + missing(w.seq, next.seq)
	}
	return s
}

// cut is the sentence for an end that is cut off.
func (w *walk) cut() string {
	s := fmt.Sprintf("its last %d bytes are cut off", w.missing)
	if w.known {
		s += fmt.Sprintf(": what it had after play %d is lost", w.seq)
	}
	return s
}

// missing says that the plays after one number, up to another, cannot be read.
func missing(after, last uint64) string {
	if last == after+1 {
		return fmt.Sprintf("play %d is lost", last)
	}
	return fmt.Sprintf("plays %d to %d are lost", after+1, last)
}

// records yields the records of a commit, up to its seal or the first bad one.
func (w *walk) records(h commitHead, at int, yield func(item) bool) bool {
	w.known, w.open, w.plays = true, true, 0
	w.seq, w.start, w.end = h.seq, at, at+commitSize
	w.crc = headSum(w.segment[at:])
	words := wordReader{seen: w.seen}
	for w.open {
		kind, body, crc, size := parseRecord(w.segment[w.end:], w.crc)
		if size == 0 {
			return true
		}
		var i item
		ok := true
		switch kind {
		case playRecord:
			p, err := words.play(body, w.seq)
			if i.play, ok = &p, err == nil; ok {
				w.seq = p.Seq
				w.plays++
			}
		case checkpointRecord:
			i.kind, i.value, ok = parseCheckpoint(body)
		case sealRecord:
			i.sealed = &h
			if ok = len(body) == len(i.says); ok {
				copy(i.says[:], body)
				w.open, w.chain = false, i.says
			}
			if w.hashed {
				i.hash = sha256.Sum256(w.segment[at:w.end])
			}
		}
		if !ok {
			return true
		}
		w.end, w.crc = w.end+size, crc
		if kind <= sealRecord && !yield(i) {
			return false
		}
	}
	return true
}

// torn reports whether a record was begun behind the end and not finished.
func (w *walk) torn() bool {
	if w.open {
		return w.end < len(w.segment) && w.segment[w.end] != noRecord
	}
	_, whole := w.commit(blocks(w.end))
	return claimsCommit(w.segment, blocks(w.end), w.number) && !whole
}

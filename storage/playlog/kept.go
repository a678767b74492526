package playlog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// maxCheckpoint is the longest checkpoint, in bytes.
const maxCheckpoint = segmentSize / 4

// memoKind is the log's own checkpoint, and memoSize the most bytes it may have: it
// fits in the block that each segment keeps free for it.
const (
	memoKind = ".log"
	memoSize = block - commitSize - sealSize - 64
)

// Checkpoint writes what somebody else wants to find again: the newest of each kind
// survives whatever becomes of the plays around it. It is safe on the card with the
// next [Log.Sync]. The same bytes again are not written again. A kind is 1 to 32
// bytes and begins with a letter; a value has 256 KiB at most, and all kinds together
// 512 KiB.
func (l *Log) Checkpoint(kind string, value []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	total := len(value)
	for k, v := range l.kept {
		if k != kind {
			total += len(v)
		}
	}
	switch {
	case kind == "" || len(kind) > 32 || strings.HasPrefix(kind, "."):
		return fmt.Errorf("%.40q cannot name a checkpoint", kind)
	case len(value) > min(maxCheckpoint, l.size/4) || total > l.size/2:
		return fmt.Errorf("a checkpoint of %d bytes is too long for the play log", len(value))
	}
	return l.explain(l.checkpoint(kind, value))
}

func (l *Log) checkpoint(kind string, value []byte) error {
	if old, ok := l.kept[kind]; ok && bytes.Equal(old, value) {
		return nil
	}
	body := checkpointBody(kind, value)
	if err := l.write(checkpointRecord, func(*commit) []byte { return body }); err != nil {
		return err
	}
	l.kept[kind] = bytes.Clone(value)
	return nil
}

// Kept returns the newest checkpoint of a kind; nil if there is none.
func (l *Log) Kept(kind string) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.kept[kind])
}

// ReadKept returns the newest checkpoint of a kind in the play log of a data folder;
// nil if there is none. Like [Read] it changes nothing, needs no right to, and may run
// beside the player. Without a play log the error wraps [fs.ErrNotExist].
func ReadKept(d disk.Disk, data, kind string) ([]byte, error) {
	s := shelfOf(d, data)
	numbers, err := s.numbers()
	if err != nil {
		return nil, explainRead("cannot read the play log", s.dir, err)
	}
	e, err := s.end(numbers)
	if err != nil {
		return nil, explainRead("cannot read the play log", s.dir, err)
	}
	return e.kept[kind], nil
}

// A memo is what the log keeps of itself.
type memo struct {
	// forgotten is the number of the last play that is gone.
	forgotten uint64
	// boots are those whose clock became trusted after a play, oldest first.
	boots []dating
}

// A dating says that the monotonic clock of a boot read mono when it was civil, both
// in milliseconds.
type dating struct {
	boot        string
	mono, civil int64
}

// bytes leaves out the oldest boots where there are too many.
func (m memo) bytes() []byte {
	b := binary.AppendUvarint(nil, m.forgotten)
	from, size := len(m.boots), 0
	for ; from > 0; from-- {
		size += len(m.boots[from-1].boot) + 3*binary.MaxVarintLen64
		if size > memoSize-2*binary.MaxVarintLen64 {
			break
		}
	}
	b = binary.AppendUvarint(b, uint64(len(m.boots)-from))
	for _, d := range m.boots[from:] {
		b = append(binary.AppendUvarint(b, uint64(len(d.boot))), d.boot...)
		b = binary.AppendVarint(binary.AppendVarint(b, d.mono), d.civil)
	}
	return b
}

// parseMemo reads what it can; damage was found before.
func parseMemo(b []byte) memo {
	r := wordReader{rest: b}
	m := memo{forgotten: r.uvarint()}
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		length := r.uvarint()
		if r.bad || length > uint64(len(r.rest)) {
			break
		}
		d := dating{boot: string(r.rest[:length])}
		r.rest = r.rest[length:]
		d.mono, d.civil = r.varint(), r.varint()
		if !r.bad {
			m.boots = append(m.boots, d)
		}
	}
	return m
}

// date gives a play the time that its boot learned later.
func (m memo) date(p *plan.Play) {
	if p.Clock == plan.ClockTrusted {
		return
	}
	for _, d := range m.boots {
		if d.boot != p.Boot || p.MonoMS < 0 || p.MonoMS > d.mono {
			continue
		}
		at := time.UnixMilli(d.civil - (d.mono - p.MonoMS)).UTC()
		if y := at.Year(); y >= 0 && y <= 9999 {
			p.StartedAt, p.Clock = at, plan.ClockTrusted
		}
		return
	}
}

// Dated says that the clock of a boot became trusted: when its monotonic clock read
// mono it was civil. Readers date what that boot recorded before. Only the first time
// counts. A play on a trusted clock says so by itself.
func (l *Log) Dated(boot string, mono time.Duration, civil time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.explain(l.dated(boot, mono, civil))
}

func (l *Log) dated(boot string, mono time.Duration, civil time.Time) error {
	if boot == "" || len(boot) > 200 || mono < 0 {
		return nil
	}
	for _, d := range l.memo.boots {
		if d.boot == boot {
			return nil
		}
	}
	m := l.memo
	m.boots = append(m.boots[:len(m.boots):len(m.boots)], dating{boot, mono.Milliseconds(), civil.UnixMilli()})
	return l.remember(m)
}

// remember keeps a memo, and holds it to what was kept of it.
func (l *Log) remember(m memo) error {
	b := m.bytes()
	if err := l.checkpoint(memoKind, b); err != nil {
		return err
	}
	l.memo = parseMemo(b)
	return nil
}

// rememberAtEnd is remember in the block that a segment keeps free for its end. The
// commit before is safe.
func (l *Log) rememberAtEnd(m memo) error {
	b := m.bytes()
	c := &l.commit
	if c.start+block > l.size {
		return &disk.Fault{Fact: "the segment has no room for its last words"}
	}
	c.begin(commitHead{l.number(), uint32(c.start / block), l.seq, l.chain})
	c.bytes, c.crc = appendRecord(c.bytes, c.crc, checkpointRecord, checkpointBody(memoKind, b))
	if err := l.put(c.bytes); err != nil {
		c.bytes = c.bytes[:0]
		return err
	}
	l.memo, l.kept[memoKind] = parseMemo(b), b
	return l.sync()
}

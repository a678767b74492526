package playlog

import (
	"bytes"
	"errors"
	"fmt"

	"entracte/scheduler/plan"
)

// recover finds the end of the log and seals what was written there and not synced.
func (l *Log) recover() error {
	var err error
	if l.numbers, err = l.shelf.numbers(); err != nil {
		return err
	}
	if len(l.numbers) == 0 {
		return l.rotate()
	}
	e, err := l.end(l.numbers)
	if err != nil {
		return err
	}
	l.found, l.kept, l.today = e.found, e.kept, e.today
	l.seq, l.chain = e.seq, e.chain
	l.memo = parseMemo(e.kept[memoKind])
	l.forgotten = l.memo.forgotten
	if e.last != nil && e.last.Clock != plan.ClockTrusted {
		l.undated = e.last.Boot
	}
	if !e.isLast {
		l.full = true // nothing of the last segment can be read
		return nil
	}
	if e.torn() {
		at := blocks(e.end)
		if e.open {
			at = e.end
		}
		l.found = append(l.found, fmt.Sprintf("the log ends in the middle of a record after play %d; it was cut there (plays/%s, byte %d)",
			e.seq, segmentName(e.number), at))
	}
	return l.goOn(e)
}

// goOn continues where the log ends.
func (l *Log) goOn(e *end) error {
	l.commit.start = blocks(e.end)
	if e.open {
		l.commit.start = e.start // of which nothing was safe
		if e.end > e.start+commitSize {
			l.commit.bytes, l.commit.crc = bytes.Clone(e.segment[e.start:e.end]), e.crc
			l.commit.suspect = true
		}
	}
	l.full = len(e.segment) != l.size
	// What a killed process wrote is here, and perhaps not on the card yet.
	l.unnamed = true
	if len(l.commit.bytes) > 0 {
		return l.sync()
	}
	if err := l.open(); err != nil {
		return err
	}
	if !l.full && l.commit.start < l.size {
		// Here the records end already. On a card that can only be read it fails now,
		// and not with the first play.
		if err := l.writeAt([]byte{noRecord}, l.commit.start); err != nil {
			return err
		}
	}
	return errors.Join(l.sync(), l.f.Sync())
}

package playlog

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"entracte/storage/disk"
)

// rotate ends the segment and begins the next one, which has all that is kept at its
// head. On an error the next call goes on from there.
func (l *Log) rotate() error {
	number := uint64(1)
	if len(l.numbers) > 0 {
		number = l.number() + 1
	}
	if number > 1 && !l.full {
		if err := errors.Join(l.sync(), l.makeRoom()); err != nil {
			return err
		}
		l.full = true
	}
	b, chain := l.opening(number)
	end := len(b)
	if err := l.fillSpare(b); err != nil {
		return err
	}
	if err := l.disk.Rename(filepath.Join(l.dir, spare), l.path(number)); err != nil {
		return err
	}
	if l.f != nil {
		_ = l.f.Close() // synced above
	}
	l.f, l.numbers = nil, append(l.numbers, number)
	l.full, l.unnamed, l.chain = false, true, chain
	l.commit = commit{start: blocks(end)}
	return nil
}

// opening is the beginning of a segment: its head, and a commit with all that is kept.
func (l *Log) opening(number uint64) ([]byte, digest) {
	b := segmentHead{number, l.seq, l.chain}.bytes()
	if len(l.kept) == 0 {
		return b, l.chain
	}
	var c commit
	c.begin(commitHead{number, 1, l.seq, l.chain})
	for _, kind := range slices.Sorted(maps.Keys(l.kept)) {
		c.bytes, c.crc = appendRecord(c.bytes, c.crc, checkpointRecord, checkpointBody(kind, l.kept[kind]))
	}
	sealed, hash := c.seal()
	return append(b, sealed...), hash
}

// fillSpare gives a file that is not used any more, or a new one, the beginning of a
// segment, and makes it safe.
func (l *Log) fillSpare(b []byte) error {
	f, fresh, err := l.spareFile()
	if err != nil {
		return err
	}
	err = func() error {
		i, err := f.Stat()
		if err != nil {
			return err
		}
		if fresh || i.Size() != int64(l.size) {
			if err := errors.Join(f.Truncate(0), f.Allocate(int64(l.size))); err != nil {
				return err
			}
			b = append(b, make([]byte, l.size-len(b))...)
		}
		if _, err := f.WriteAt(b, 0); err != nil {
			return err
		}
		return f.Sync()
	}()
	err = errors.Join(err, f.Close())
	if err != nil && fresh {
		err = errors.Join(err, l.disk.Remove(filepath.Join(l.dir, spare)))
	}
	return err
}

// spareFile opens a file to be the next segment: one whose use was begun, the oldest
// segment if that is forgotten, or a new one.
func (l *Log) spareFile() (f disk.File, fresh bool, err error) {
	path := filepath.Join(l.dir, spare)
	_, err = l.disk.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !l.oldestForgotten() {
			f, err = l.disk.Create(path)
			return f, true, err
		}
		if err = l.disk.Rename(l.path(l.numbers[0]), path); err == nil || errors.Is(err, fs.ErrNotExist) {
			l.numbers = l.numbers[1:] // perhaps somebody removed it
		}
	}
	if err == nil {
		// Before its bytes change it must not be a segment any more.
		err = l.disk.SyncDir(l.dir)
	}
	if err == nil {
		f, err = l.disk.Open(path)
	}
	return f, false, err
}

// oldestForgotten reports whether nothing in the oldest segment counts any more, and
// the card knows it.
func (l *Log) oldestForgotten() bool {
	return len(l.numbers) > 1 && l.endOfOldest() <= l.forgotten
}

// endOfOldest is the number of the last play in the oldest segment, or a later one
// where the head behind it is damaged.
func (l *Log) endOfOldest() uint64 {
	for _, n := range l.numbers[1:] {
		if h, ok := l.head(n); ok {
			return h.seq
		}
	}
	return l.seq
}

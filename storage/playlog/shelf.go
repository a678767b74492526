package playlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"entracte/storage/disk"
)

const spare = "spare.seg"

// A shelf is the folder the segments are in. They are all as long as length: one gets
// its name when it is whole.
type shelf struct {
	disk   disk.Disk
	dir    string
	length int
}

func shelfOf(d disk.Disk, data string) shelf {
	return shelf{d, filepath.Join(data, "plays"), segmentSize}
}

// walk begins a walk through the bytes of a segment.
func (s shelf) walk(b []byte, number uint64, seen map[string]string) *walk {
	w := newWalk(b, number, seen)
	w.missing = s.length - len(b)
	return w
}

// explainRead is [disk.Explain] for who only reads.
func explainRead(doing, path string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return &disk.Fault{
			Fact: doing + " " + path + ": it is there, but this user may not", Cause: err,
			Hint: "put sudo before the command, or run it as the user the player runs as",
		}
	}
	return disk.Explain(doing, path, err)
}

// unread says that the log cannot be read, or that there is none.
func (s shelf) unread(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &disk.Fault{
			Fact: "there is no play log in " + filepath.Dir(s.dir), Hint: "--data names the folder the player writes to", Cause: err,
		}
	}
	return explainRead("cannot read the play log", s.dir, err)
}

func segmentName(number uint64) string { return fmt.Sprintf("%06d.seg", number) }

func (s shelf) path(number uint64) string { return filepath.Join(s.dir, segmentName(number)) }

// numbers lists the segments, oldest first.
func (s shelf) numbers() ([]uint64, error) {
	entries, err := s.disk.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var all []uint64
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), ".seg")
		n, err := strconv.ParseUint(digits, 10, 63)
		if ok && err == nil && n > 0 && segmentName(n) == e.Name() && e.Type().IsRegular() {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all, nil
}

// head reads the head of a segment.
func (s shelf) head(number uint64) (segmentHead, bool) {
	f, err := s.disk.Open(s.path(number))
	if err != nil {
		return segmentHead{}, false
	}
	defer f.Close()
	b := make([]byte, headSize)
	if _, err := f.ReadAt(b, 0); err != nil {
		return segmentHead{}, false
	}
	h, ok := parseHead(b)
	return h, ok && h.number == number
}

// errReused: the writer began to use a segment again while it was read.
var errReused = errors.New("the segment was used again")

// load reads a segment into b, which it may make anew, and returns it. last is that
// of the one that is perhaps being written: it is read until it stands still.
func (s shelf) load(number uint64, last bool, b []byte) ([]byte, error) {
	f, err := s.disk.Open(s.path(number))
	if errors.Is(err, fs.ErrNotExist) {
		return b[:0], errReused
	}
	if err != nil {
		return b[:0], err
	}
	defer f.Close()
	if b, err = readWhole(f, b); err != nil {
		return b, err
	}
	for range 5 {
		if !last {
			break
		}
		again, err := readWhole(f, nil)
		if err != nil {
			return b, err
		}
		last = !bytes.Equal(b, again)
		b = again
	}
	// A segment that is used again gets its new head before anything else.
	now := make([]byte, min(headSize, len(b)))
	if _, err := f.ReadAt(now, 0); err != nil && len(now) > 0 {
		return b, err
	}
	if h, ok := parseHead(b); !bytes.Equal(now, b[:len(now)]) || ok && h.number != number {
		return b[:0], errReused
	}
	return b, nil
}

// readWhole reads a segment of any size that a segment may have.
func readWhole(f disk.File, b []byte) ([]byte, error) {
	i, err := f.Stat()
	if err != nil {
		return b[:0], err
	}
	size := int(min(i.Size(), segmentSize))
	b = slices.Grow(b[:0], size)[:size]
	n, err := f.ReadAt(b, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b[:n], err
}

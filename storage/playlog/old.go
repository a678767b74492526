package playlog

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"entracte/scheduler/plan"
)

// maxLine is the longest line of the older log that can be a play, in bytes.
const maxLine = 64 << 10

// takeOverEvery is how many plays of an older log make a commit: an old log is taken
// over once, and the card need not be asked for every 32.
const takeOverEvery = 512

// takeOver reads an older log in JSON lines into this one, and removes it. It may be
// ended at any moment and begin again: numbers tell what is here already.
func (l *Log) takeOver() error {
	names, err := l.oldFiles()
	if err != nil || len(names) == 0 {
		return err
	}
	var failed error
	unread := 0
	l.oldPlays(func(p plan.Play, err error) bool {
		switch {
		case err != nil:
			unread++
		case p.Seq <= l.seq:
		default:
			if _, failed = l.append(p); failed == nil && l.commit.plays >= takeOverEvery {
				failed = l.sync()
			}
		}
		return failed == nil
	})
	if failed = errors.Join(failed, l.sync()); failed != nil {
		return failed
	}
	if unread > 0 {
		l.found = append(l.found, fmt.Sprintf("%d lines of the older play log cannot be read and were left out", unread))
	}
	for _, name := range names {
		if err := l.disk.Remove(filepath.Join(l.dir, name)); err != nil {
			return err
		}
	}
	return l.disk.SyncDir(l.dir)
}

// oldFiles are the segments of an older log, oldest first: 000001.jsonl and so on.
func (s shelf) oldFiles() ([]string, error) {
	entries, err := s.disk.ReadDir(s.dir)
	var names []string
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), ".jsonl")
		if ok && len(digits) >= 6 && strings.Trim(digits, "0123456789") == "" && e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return len(a) - len(b) })
	return names, err
}

// oldPlays yields the plays of an older log. The half line that a power cut leaves at
// the end of a file is no error.
func (s shelf) oldPlays(yield func(plan.Play, error) bool) {
	names, err := s.oldFiles()
	if err != nil {
		yield(plan.Play{}, err)
		return
	}
	for _, name := range names {
		f, err := s.disk.Open(filepath.Join(s.dir, name))
		if err != nil {
			yield(plan.Play{}, err)
			return
		}
		more := oldLines(f, yield)
		_ = f.Close() // it was only read
		if !more {
			return
		}
	}
}

// oldLines yields the plays of one file and reports whether to go on.
func oldLines(f io.Reader, yield func(plan.Play, error) bool) bool {
	r := bufio.NewReaderSize(f, maxLine)
	whole := true
	for {
		line, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			whole = false
			continue
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			return yield(plan.Play{}, err)
		}
		var p plan.Play
		if whole {
			err = json.Unmarshal(line, &p)
		}
		if err == nil && (!whole || p.Seq == 0) {
			err = errNoPlay
		}
		if err == nil {
			p, err = settle(p)
		}
		whole = true
		if err != nil {
			p = plan.Play{}
		}
		if !yield(p, err) {
			return false
		}
	}
}

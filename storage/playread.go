package storage

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// maxLine is the longest line that can be a play, in bytes.
const maxLine = 64 << 10

// ReadPlays yields the plays of a data folder in the order they happened. It may
// run while the player writes. What is not yet a whole line at the end is left
// out; a damaged line elsewhere is yielded as an error, and the next play follows
// it. Without a play log the only thing yielded is an error that wraps
// [fs.ErrNotExist].
func ReadPlays(dir string) iter.Seq2[plan.Play, error] { return readPlays(dir, segmentCount+1) }

// RecentPlays is ReadPlays for the last days only, at least 10,000 plays: what
// caps and turns go on from after a restart.
func RecentPlays(dir string) iter.Seq2[plan.Play, error] { return readPlays(dir, recentSegments) }

// recentSegments hold 10,000 plays of some 500 bytes, and the one being filled.
const recentSegments = 6

func readPlays(dir string, last int) iter.Seq2[plan.Play, error] {
	return func(yield func(plan.Play, error) bool) {
		numbers, err := segments(playsDir(dir))
		if err != nil {
			yield(plan.Play{}, &disk.Fault{
				Fact:  "there is no play log in " + dir,
				Hint:  "--data names the folder the player writes to",
				Cause: err,
			})
			return
		}
		for _, n := range numbers[max(0, len(numbers)-last):] {
			if !readSegment(segmentPath(playsDir(dir), n), yield) {
				return
			}
		}
	}
}

// readSegment yields the plays of one segment and reports whether to go on.
func readSegment(path string, yield func(plan.Play, error) bool) bool {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true // the player dropped it since it was listed
	}
	if err != nil {
		return yield(plan.Play{}, err)
	}
	defer f.Close()
	more, number := true, 0
	err = eachLine(f, func(line []byte, _ int64) bool {
		number++
		p, err := parsePlay(line)
		if err != nil {
			err = fmt.Errorf("%s:%d: %w", path, number, err)
		}
		more = yield(p, err)
		return more
	})
	if more && err != nil {
		return yield(plan.Play{}, err)
	}
	return more
}

// segments lists the numbers of the segments in a folder, lowest first.
func segments(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, e := range entries {
		if n := segmentNumber(e.Name()); n > 0 && e.Type().IsRegular() {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// eachLine calls yield with every line of r that has an end, without it, and with
// the offset behind it, until yield returns false. A line longer than maxLine
// comes as nil. The line is valid until yield returns.
func eachLine(r io.Reader, yield func(line []byte, end int64) bool) error {
	b := bufio.NewReaderSize(r, maxLine)
	var end int64
	tooLong := false
	for {
		line, err := b.ReadSlice('\n')
		end += int64(len(line))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			tooLong = true
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case tooLong:
			tooLong = false
			if !yield(nil, end) {
				return nil
			}
		case !yield(line[:len(line)-1], end):
			return nil
		}
	}
}

// parsePlay reads one line of the log. Members it does not know are ignored: a
// newer player may have written them.
func parsePlay(line []byte) (plan.Play, error) {
	var p plan.Play
	if err := json.Unmarshal(line, &p); err != nil {
		return plan.Play{}, fmt.Errorf("not a play: %w", err)
	}
	if p.Seq == 0 {
		return plan.Play{}, errors.New("not a play: it has no number")
	}
	p.StartedAt = stamp(p.StartedAt)
	if y := p.StartedAt.Year(); y < 0 || y > 9999 {
		return plan.Play{}, errors.New("not a play: its year cannot be written again")
	}
	return p, nil
}

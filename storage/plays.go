package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// The play log's shape: the oldest segment goes when a new one is one too many,
// so that the log never takes more than 64 MiB.
const (
	segmentSize  = 1 << 20
	segmentCount = 64
	// syncEvery is how many records may wait for the next sync.
	syncEvery = 32
)

// Plays is the play log, open for writing. Its methods may be called from any
// goroutine, and may take as long as the card takes to sync: seconds, on a bad
// day. Call them from one that shows nothing.
type Plays struct {
	mu   sync.Mutex
	disk playsDisk
	dir  string
	// segmentSize in bytes and segmentCount bound the log.
	segmentSize  int64
	segmentCount int

	f        file
	number   int    // of the segment f
	size     int64  // bytes of whole records in f
	seq      uint64 // of the last record
	unsynced int
	half     bool // a write failed and what it left could not be cut off yet
	torn     int64
}

// OpenPlays opens the play log of a data folder for writing and makes it if need
// be. Numbering goes on from the last good line. Half a line at the end, which a
// power cut leaves, is cut off; see [Plays.Torn].
//
// There must be one writer: hold the [Cache] of the same folder open meanwhile.
func OpenPlays(dir string) (*Plays, error) {
	return openPlays(osDisk{}, dir, segmentSize, segmentCount)
}

func openPlays(d playsDisk, dir string, size int64, count int) (*Plays, error) {
	p := &Plays{disk: d, dir: playsDir(dir), segmentSize: size, segmentCount: count}
	for _, folder := range []string{dir, p.dir} {
		if err := d.mkdir(folder); err != nil {
			return nil, disk.Explain("cannot make the play log", folder, err)
		}
	}
	if err := p.resume(); err != nil {
		return nil, disk.Explain("cannot open the play log", p.dir, err)
	}
	return p, nil
}

// resume finds the last good line, cuts off what follows it and opens its segment.
func (p *Plays) resume() error {
	numbers, err := segments(p.dir)
	if err != nil {
		return err
	}
	p.number = 1
	var total int64
	for i := len(numbers) - 1; i >= 0 && p.seq == 0; i-- {
		seq, good, size, err := lastGood(p.path(numbers[i]))
		if err != nil {
			return err
		}
		if i == len(numbers)-1 {
			p.number, p.size, total = numbers[i], good, size
		}
		p.seq = seq
	}
	if p.f, err = p.disk.append(p.path(p.number)); err != nil {
		return err
	}
	if p.torn = total - p.size; p.torn > 0 {
		err = errors.Join(p.f.Truncate(p.size), p.f.Sync())
	}
	if err = errors.Join(err, p.disk.sync(p.dir)); err != nil {
		return errors.Join(err, p.f.Close())
	}
	return nil
}

// lastGood returns the number of the last play in a segment, 0 if there is none,
// the offset behind its line, and the size of the segment.
func lastGood(path string) (seq uint64, good, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, 0, err
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return 0, 0, 0, err
	}
	err = eachLine(f, func(line []byte, end int64) bool {
		if p, err := parsePlay(line); err == nil {
			seq, good = p.Seq, end
		}
		return true
	})
	return seq, good, i.Size(), err
}

// Torn returns how many bytes OpenPlays cut off the end of the log because they
// were no whole record: 0, unless the power went in the middle of a write.
func (p *Plays) Torn() int64 { return p.torn }

// Append writes a play at the end of the log, at once, and returns it as it is
// there: numbered, its start in UTC and in whole milliseconds. Every 32nd record
// is synced to the card with those before it.
//
// After an error the log holds no half line, and the next Append tries anew. A
// play that comes back with a number was written and only its sync failed.
func (p *Plays) Append(play plan.Play) (plan.Play, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.f == nil {
		return play, fmt.Errorf("the play log is %w", ErrClosed)
	}
	play.Seq = p.seq + 1
	play.StartedAt = stamp(play.StartedAt)
	line, err := encodePlay(play)
	if err == nil {
		err = p.write(line)
	}
	if err != nil {
		play.Seq = 0
		return play, disk.Explain("cannot write the play log", p.dir, err)
	}
	p.seq = play.Seq
	p.unsynced++
	if p.unsynced >= syncEvery {
		return play, p.sync()
	}
	return play, nil
}

// write adds a line with one write to the segment it belongs to, or nothing.
func (p *Plays) write(line []byte) error {
	if p.half {
		if err := p.f.Truncate(p.size); err != nil {
			return err
		}
		p.half = false
	}
	if p.size > 0 && p.size+int64(len(line)) > p.segmentSize {
		if err := p.rotate(); err != nil {
			return err
		}
	}
	n, err := p.f.Write(line)
	if err == nil && n < len(line) {
		err = errors.New("the line was cut short")
	}
	if err != nil {
		p.half = n > 0 && p.f.Truncate(p.size) != nil
		return err
	}
	p.size += int64(len(line))
	return nil
}

// rotate syncs the segment, begins the next one and drops the oldest.
func (p *Plays) rotate() error {
	if err := p.f.Sync(); err != nil {
		return err
	}
	next, err := p.disk.append(p.path(p.number + 1))
	if err != nil {
		return err
	}
	if err := p.disk.sync(p.dir); err != nil {
		return errors.Join(err, next.Close())
	}
	_ = p.f.Close() // synced above
	p.f, p.number, p.size, p.unsynced = next, p.number+1, 0, 0
	p.dropOldest()
	return nil
}

// dropOldest removes the segments that are too many. What cannot be removed now
// is tried again at the next rotation; no play is lost for it.
func (p *Plays) dropOldest() {
	numbers, _ := segments(p.dir)
	for len(numbers) > p.segmentCount {
		_ = p.disk.remove(p.path(numbers[0]))
		numbers = numbers[1:]
	}
}

// Sync makes every play safe on the card. Call it every 60 seconds and before any
// report. With nothing new it writes nothing.
func (p *Plays) Sync() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.f == nil {
		return nil
	}
	return p.sync()
}

func (p *Plays) sync() error {
	if p.unsynced == 0 {
		return nil
	}
	if err := p.f.Sync(); err != nil {
		return disk.Explain("cannot sync the play log", p.dir, err)
	}
	p.unsynced = 0
	return nil
}

// Close syncs and closes the log. It may be called more than once.
func (p *Plays) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.f == nil {
		return nil
	}
	err := errors.Join(p.sync(), p.f.Close())
	p.f = nil
	return err
}

func playsDir(dir string) string { return filepath.Join(dir, "plays") }

func (p *Plays) path(number int) string { return segmentPath(p.dir, number) }

func segmentPath(dir string, number int) string {
	return filepath.Join(dir, fmt.Sprintf("%06d.jsonl", number))
}

// segmentNumber is the inverse of segmentPath; 0 for anything else.
func segmentNumber(name string) int {
	digits, ok := bytes.CutSuffix([]byte(name), []byte(".jsonl"))
	n, err := strconv.ParseUint(string(digits), 10, 31)
	if !ok || err != nil || filepath.Base(segmentPath("", int(n))) != name {
		return 0
	}
	return int(n)
}

// stamp is the precision that plays are kept with.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// encodePlay returns the line of a play, with its end.
func encodePlay(p plan.Play) ([]byte, error) {
	p.StartedAt = stamp(p.StartedAt)
	if p.Reasons == nil {
		p.Reasons = []string{} // [] to readers, not null
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(p)
	return b.Bytes(), err
}

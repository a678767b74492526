package playlog

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

const (
	segmentSize  = 1 << 20
	segmentCount = 64
	// syncEvery is how many plays may wait for the next sync.
	syncEvery = 32
	// exactFor is how long plays are kept one by one.
	exactFor = 7 * 24 * time.Hour
)

// ErrClosed: the log was closed.
var ErrClosed = errors.New("closed")

// A Roll is handed plays that are about to be forgotten, in order: those of a day, of
// which day is midnight in UTC and the latest date among them. Plays that could not
// be dated come with those around them; where there are no others, day is zero. It
// must have kept safely what is to be kept when it returns; after an error the plays
// stay. A call that was not finished is made again with the same plays, and a day
// whose clock was set back, or that is larger than the log, may come in parts.
//
// It is called within [Log.Append] and [Log.Forget], and must not use the log.
type Roll func(day time.Time, plays iter.Seq2[plan.Play, error]) error

// A Log is a play log that is open for writing. Its methods may be called from any
// goroutine, and may take as long as the card takes to sync: seconds, on a bad day.
// Call them from one that shows nothing.
type Log struct {
	mu sync.Mutex
	shelf
	limits
	roll   Roll
	closed bool

	f       disk.File // the last segment; nil until it is needed
	numbers []uint64  // of all segments
	// full: nothing more goes into the last segment, the next one is begun. unnamed:
	// its name is not safe on the card yet.
	full, unnamed bool
	seq, above    uint64 // of the last play, and what numbers must be above
	chain         digest // of the last commit that is safe
	commit        commit
	kept          map[string][]byte
	memo          memo
	// forgotten is the memo's that is safe.
	forgotten uint64
	// today is the latest day a play was dated, in days since 1970; undated the boot
	// that last recorded a play on a clock that was not trusted.
	today   int64
	undated string
	found   []string
}

type limits struct{ size, count, syncEvery int }

// A commit is what is being filled: all records since the last sync.
type commit struct {
	start int    // where it begins in the segment
	bytes []byte // none before the first record
	crc   uint32
	words words
	plays int
	// suspect: a sync failed, and what the card has of it is not known.
	suspect bool
}

// Open opens the play log of a data folder for writing, and makes it if need be. What
// a power cut left is kept up to its last whole record; see [Log.Found]. Plays of an
// older log in JSON lines are taken over with their numbers, and their files removed.
// roll may be nil: then nothing remains of plays that are forgotten. A log that cannot
// be written is an error.
//
// There must be one writer.
func Open(d disk.Disk, data string, roll Roll) (*Log, error) {
	return open(d, data, roll, limits{segmentSize, segmentCount, syncEvery})
}

func open(d disk.Disk, data string, roll Roll, lim limits) (*Log, error) {
	s := shelfOf(d, data)
	s.length = lim.size
	l := &Log{shelf: s, limits: lim, roll: roll, kept: map[string][]byte{}}
	for _, folder := range []string{data, l.dir} {
		if err := d.Mkdir(folder); err != nil {
			return nil, disk.Explain("cannot make the play log", folder, err)
		}
	}
	err := d.SyncDir(data)
	if err == nil {
		err = l.recover()
	}
	if err == nil {
		err = l.takeOver()
	}
	if err != nil {
		if l.f != nil {
			err = errors.Join(err, l.f.Close())
		}
		return nil, disk.Explain("cannot open the play log", l.dir, err)
	}
	return l, nil
}

// Found returns sentences about what Open came by: a record that a power cut tore,
// damage. None is the rule.
func (l *Log) Found() []string { return l.found }

// Above says that plays up to a number are known elsewhere: numbers go on above it,
// also where this log was lost.
func (l *Log) Above(seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.above = max(l.above, seq)
}

// Append writes a play at the end of the log, at once, and returns it as it is there:
// numbered, its start in UTC and in whole milliseconds. Every 32nd is synced to the
// card with those before it.
//
// After an error the log holds nothing of the play, and the next Append tries anew. A
// play that comes back with a number was written and only its sync failed.
func (l *Log) Append(play plan.Play) (plan.Play, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	play.Seq = max(l.seq, l.above) + 1
	play, err := l.append(play)
	if err == nil {
		l.date(&play)
		if l.commit.plays >= l.syncEvery {
			err = l.sync()
		}
	} else {
		play.Seq = 0
	}
	return play, l.explain(err)
}

func (l *Log) explain(err error) error { return disk.Explain("cannot write the play log", l.dir, err) }

// append writes a numbered play.
func (l *Log) append(play plan.Play) (plan.Play, error) {
	play, err := settle(play)
	if err != nil {
		return play, err
	}
	err = l.write(playRecord, func(c *commit) []byte { return appendPlay(nil, &c.words, &play, l.seq) })
	if err != nil {
		return play, err
	}
	l.seq = play.Seq
	l.commit.plays++
	return play, nil
}

// write adds a record to the open commit, or begins one with it. body may be asked
// twice: what it says depends on the commit.
func (l *Log) write(kind byte, body func(*commit) []byte) error {
	if l.closed {
		return fmt.Errorf("the play log is %w", ErrClosed)
	}
	for try := range 2 {
		if !l.full {
			before, told := l.commit, len(l.commit.words.told)
			c := &l.commit
			if len(c.bytes) == 0 {
				c.begin(commitHead{l.number(), uint32(c.start / block), l.seq, l.chain})
			}
			c.bytes, c.crc = appendRecord(c.bytes, c.crc, kind, body(c))
			// The last block is for the memo that comes before a rotation.
			if c.start+len(c.bytes)+sealSize <= l.size-block {
				err := l.put(c.bytes[len(before.bytes):])
				if err != nil {
					c.words.forget(told)
					c.bytes, c.crc = before.bytes, before.crc
				}
				return err
			}
			c.words.forget(told)
			c.bytes, c.crc = before.bytes, before.crc
		}
		if try == 0 {
			if err := l.rotate(); err != nil {
				return err
			}
		}
	}
	return errors.New("the record is too long")
}

// begin begins a commit.
func (c *commit) begin(h commitHead) {
	c.bytes = h.appendTo(c.bytes[:0])
	c.crc, c.words, c.plays = headSum(c.bytes), words{}, 0
}

// seal is the commit with its seal, and its hash.
func (c *commit) seal() ([]byte, digest) {
	hash := sha256.Sum256(c.bytes)
	sealed, _ := appendRecord(c.bytes, c.crc, sealRecord, hash[:])
	return sealed, hash
}

// put writes the last bytes of the commit, and behind them a zero, where the records
// end: what is there may be old.
func (l *Log) put(last []byte) error {
	c := &l.commit
	return l.writeAt(append(last[:len(last):len(last)], noRecord), c.start+len(c.bytes)-len(last))
}

func (l *Log) writeAt(b []byte, at int) error {
	if err := l.open(); err != nil {
		return err
	}
	n, err := l.f.WriteAt(b, int64(at))
	if err == nil && n < len(b) {
		err = errors.New("the record was cut short")
	}
	if err != nil {
		// The card may be put right meanwhile: a file that was opened while it could
		// only be read stays so. What nobody synced by then is written once more.
		_ = l.f.Close()
		l.f, l.commit.suspect = nil, true
	}
	return err
}

// open opens the last segment if it is not open.
func (l *Log) open() (err error) {
	if l.f == nil {
		l.f, err = l.disk.Open(l.path(l.number()))
	}
	return err
}

func (l *Log) number() uint64 { return l.numbers[len(l.numbers)-1] }

// Sync makes every play and checkpoint safe on the card. Call it every 60 seconds and
// before any report. With nothing new it writes nothing.
func (l *Log) Sync() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	return disk.Explain("cannot sync the play log", l.dir, l.sync())
}

// sync seals the commit. Until the card has it nothing follows it.
func (l *Log) sync() error {
	if l.unnamed {
		if err := l.disk.SyncDir(l.dir); err != nil {
			return err
		}
		l.unnamed = false
	}
	c := &l.commit
	if len(c.bytes) == 0 {
		return nil
	}
	sealed, hash := c.seal()
	from := len(c.bytes)
	if c.suspect {
		from = 0 // the system may have given up what was not synced
	}
	err := l.writeAt(sealed[from:], c.start+from)
	if err == nil {
		err = l.f.Sync()
	}
	if err != nil {
		c.suspect = true
		return err
	}
	l.chain, l.forgotten = hash, l.memo.forgotten
	l.commit = commit{start: blocks(c.start + len(sealed)), bytes: c.bytes[:0]}
	return nil
}

// Close syncs and closes the log. It may be called more than once.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	err := disk.Explain("cannot sync the play log", l.dir, l.sync())
	if l.f != nil {
		err = errors.Join(err, l.f.Close())
	}
	return err
}

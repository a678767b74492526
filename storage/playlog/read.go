package playlog

import (
	"errors"
	"io/fs"
	"iter"
	"math"
	"path/filepath"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// ErrDamaged: something that was safe on the card is not what it was.
var ErrDamaged = errors.New("the play log is damaged")

// recentPlays is how many plays people look back on.
const recentPlays = 10_000

// Read yields the plays of a data folder in the order they happened, dated as far as
// that is known by now. It may run beside the player: it never waits for it, and
// changes nothing. What is not yet a whole record at the end is left out; damage is
// yielded as an error, and the next play follows it. Without a play log the only thing
// yielded is an error that wraps [fs.ErrNotExist].
func Read(d disk.Disk, data string) iter.Seq2[plan.Play, error] {
	return shelfOf(d, data).read(math.MaxUint64)
}

// Recent is Read for the last 10,000 plays.
func Recent(d disk.Disk, data string) iter.Seq2[plan.Play, error] {
	return shelfOf(d, data).read(recentPlays)
}

// Last is Read for the last so many plays: what caps and turns go on from after a
// restart.
func Last(d disk.Disk, data string, most uint64) iter.Seq2[plan.Play, error] {
	return shelfOf(d, data).read(most)
}

func (s shelf) read(most uint64) iter.Seq2[plan.Play, error] {
	return func(yield func(plan.Play, error) bool) {
		numbers, err := s.numbers()
		if err != nil {
			yield(plan.Play{}, s.unread(err))
			return
		}
		if len(numbers) == 0 {
			s.oldPlays(yield)
			return
		}
		end, err := s.end(numbers)
		if err != nil {
			yield(plan.Play{}, s.unread(err))
			return
		}
		m := parseMemo(end.kept[memoKind])
		from := m.forgotten + 1
		if end.seq > most {
			from = max(from, end.seq-most+1)
		}
		s.plays(numbers, from, math.MaxUint64, m)(yield)
	}
}

// plays yields the plays of some segments from one number to another.
func (s shelf) plays(numbers []uint64, from, to uint64, m memo) iter.Seq2[plan.Play, error] {
	return func(yield func(plan.Play, error) bool) {
		var b []byte
		seen := map[string]string{}
		seq, known := uint64(0), false
		for k, n := range numbers {
			last := k == len(numbers)-1
			if !last {
				if h, ok := s.head(numbers[k+1]); ok && h.seq < from {
					continue
				}
			}
			var err error
			if b, err = s.load(n, last, b); errors.Is(err, errReused) {
				if _, gone := s.disk.Stat(s.path(n)); gone != nil {
					known = false // the writer went on meanwhile, and forgot what was before
				}
				continue
			} else if err != nil {
				if !yield(plan.Play{}, explainRead("cannot read", s.path(n), err)) {
					return
				}
				continue
			}
			w := s.walk(b, n, seen)
			switch {
			case !known:
			case !w.headed:
				w.seq, w.known = seq, true
			case w.seq > seq && !yield(plan.Play{}, s.damage(n, missing(seq, w.seq))):
				return
			}
			for i := range w.items {
				switch {
				case i.fault != "":
					if !yield(plan.Play{}, s.damage(n, i.fault)) {
						return
					}
				case i.play == nil || i.play.Seq < from:
				case i.play.Seq > to:
					return
				default:
					m.date(i.play)
					if !yield(*i.play, nil) {
						return
					}
				}
			}
			seq, known = w.seq, w.known
		}
	}
}

func (s shelf) damage(number uint64, what string) error {
	return &disk.Fault{Fact: filepath.Join(filepath.Base(s.dir), segmentName(number)) + ": " + what, Kind: ErrDamaged}
}

// An end is what the last segments say of the log.
type end struct {
	// walk is that through the last segment of which anything can be read; isLast
	// says that no other is behind it.
	*walk
	isLast bool
	// kept are the newest checkpoints, and found is what is damaged.
	kept  map[string][]byte
	found []string
	// last is the last play in the last segment; nil is none. today is the latest
	// day of one, in days since 1970.
	last  *plan.Play
	today int64
}

// end reads the last segment, and those before it only if its beginning is damaged.
func (s shelf) end(numbers []uint64) (*end, error) {
	e := &end{kept: map[string][]byte{}}
	for k := len(numbers) - 1; k >= 0; k-- {
		isLast := k == len(numbers)-1
		b, err := s.load(numbers[k], isLast, nil)
		if err != nil && !errors.Is(err, errReused) && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		w := s.walk(b, numbers[k], map[string]string{})
		newest := map[string][]byte{}
		for i := range w.items {
			switch {
			case i.fault != "":
				e.found = append(e.found, s.damage(numbers[k], i.fault).Error())
			case i.kind != "":
				newest[i.kind] = i.value
			case i.play != nil && isLast:
				e.last = i.play
				if i.play.Clock == plan.ClockTrusted {
					e.today = max(e.today, dayOf(i.play.StartedAt))
				}
			}
		}
		if e.walk == nil && w.known {
			e.walk, e.isLast = w, isLast
		}
		for kind, value := range newest {
			if _, ok := e.kept[kind]; !ok {
				e.kept[kind] = value
			}
		}
		if w.begun && e.walk != nil {
			return e, nil
		}
	}
	if e.walk == nil {
		e.walk = newWalk(nil, 0, nil)
	}
	return e, nil
}

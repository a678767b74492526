package report

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// Hours yields the rows of everything that is known to have played: those of the
// day files in a data folder, then those of the plays that no day file has. No
// record is counted twice and none left out, also if [Roll] runs meanwhile. Rows
// come in the order of their records, and one hour's rows together; where a clock
// was set back, an hour may come again.
//
// plays are the records of the log in the order of their numbers. Damage is
// yielded as an error, and the next row follows it; a [Lost] comes last where receipts
// were given for later records than there are. A log that is not there
// ([fs.ErrNotExist]) is an error only if there are no day files either. One hour's
// rows or one day file at a time is held in memory.
func Hours(d disk.Disk, data string, plays iter.Seq2[plan.Play, error]) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for b, err := range blocks(d, data, plays) {
			if err != nil {
				if !yield(Row{}, err) {
					return
				}
				continue
			}
			for _, r := range b.rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// blocks is Hours in blocks.
func blocks(d disk.Disk, data string, plays iter.Seq2[plan.Play, error]) iter.Seq2[*block, error] {
	return func(yield func(*block, error) bool) {
		given, _ := readMarks(d, data, givenName)
		r := reader{disk: d, data: data, seen: map[string]bool{}, builder: builder{cuts: given.ends()}, yield: yield}
		r.readFiles()
		for p, err := range plays {
			if r.over {
				return
			}
			r.readPlay(&p, err)
		}
		r.give(r.builder.take(), nil)
		if told := given.end(); told > r.to {
			r.give(nil, &Lost{r.to + 1, told})
		}
	}
}

// A Lost error says that the last records are gone: receipts were given for them. It
// wraps [ErrDamaged]. There may have been more.
type Lost struct{ From, To uint64 }

func (l *Lost) Error() string {
	which := fmt.Sprintf("records %d to %d are", l.From, l.To)
	if l.From == l.To {
		which = fmt.Sprintf("record %d is", l.From)
	}
	return which + " missing, of which receipts were given; any after that are missing too"
}

// Unwrap returns ErrDamaged.
func (l *Lost) Unwrap() error { return ErrDamaged }

// A reader walks once over the records of a data folder.
type reader struct {
	disk disk.Disk
	data string
	// seen are the day files it has been through, to the last record it has, given
	// the last one that was yielded.
	seen      map[string]bool
	to, given uint64
	builder   builder
	yield     func(*block, error) bool
	// over says that nobody wants more.
	over bool
}

func (r *reader) give(b *block, err error) {
	if b != nil {
		r.given = b.to()
	}
	if !r.over && (b != nil || err != nil) {
		r.over = !r.yield(b, err)
	}
}

// readFiles gives the blocks of the day files that it has not been through.
func (r *reader) readFiles() {
	files, damaged := dayFiles(r.disk, r.data, r.seen)
	for _, err := range damaged {
		r.give(nil, err)
	}
	for _, f := range files {
		r.seen[f.name] = true
		if r.over {
			return
		}
		all, err := wholeDay(r.disk, r.data, f.name)
		r.give(nil, err)
		for _, b := range all {
			if b.from() <= r.given { // somebody made a copy
				continue
			}
			if begun := r.builder.take(); begun != nil && begun.from() < b.from() {
				r.give(begun, nil)
			} // else the file has all of the hour that the log had some of
			r.give(b, nil)
			r.to = b.to()
		}
	}
}

func (r *reader) readPlay(p *plan.Play, err error) {
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) || r.to == 0 {
			r.give(nil, err)
		}
		return
	}
	if p.IsRestart() || p.Seq <= r.to {
		return
	}
	if p.Seq > r.to+1 {
		// What is not in the log may have gone to a day file since they were listed.
		if r.readFiles(); p.Seq <= r.to {
			return
		}
	}
	r.give(r.builder.add(p), nil)
	r.to = p.Seq
}

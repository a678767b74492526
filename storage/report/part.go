package report

import (
	"iter"
	"slices"
	"strings"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// orgOf is the organisation that a feed is from, "" for the shop's own.
func orgOf(feed string) string {
	org, _, found := strings.Cut(feed, "/")
	if !found {
		return ""
	}
	return org
}

// A part is the records of one organisation in numbers of its own, from 1 on: those
// of the log would tell it how often others played in between.
//
// The numbers are counted anew in each walk over the log, and stay the same because
// every walk begins at a mark. One number is left out where records are lost: nobody
// knows how many, nor whose they were. What a mark has counted and is lost since is
// known to be the organisation's own, and leaves out as many.
type part struct {
	org string
	// marks are its marks ahead, in the order of the log.
	marks marks
	// number is the last that was counted, at the last record of the log so far.
	number, at uint64
	// lost says that records are lost that no hour accounts for yet.
	lost bool
	open *portion
}

// A portion is the rows of one hour of a part. It is the smallest thing that is ever
// told or acknowledged.
type portion struct {
	hour time.Time
	rows []Row
	// records are counted in it; lost says that more may have been.
	records uint64
	lost    bool
	// at is its end in the log, boot that of its last record, "" where only a day file
	// has it.
	at   uint64
	boot string
}

func (p *portion) from() uint64 { return p.rows[0].From }
func (p *portion) to() uint64   { return p.rows[0].To }

// partOf begins after a mark; all are marks of any organisation.
func partOf(org string, all marks, after mark) *part {
	mine := slices.DeleteFunc(slices.Clone(all), func(m mark) bool { return m.org != org || m.at <= after.at })
	slices.SortStableFunc(mine, func(a, b mark) int { return a.compare(b) })
	return &part{org: org, marks: mine, number: after.number, at: after.at}
}

// add counts a block, and returns the hour before it if that has ended.
func (p *part) add(b *block) (done *portion) {
	if b.to() <= p.at {
		return nil
	}
	done = p.pass(b.from() - 1)
	p.reach(b.from() - 1)
	p.at = b.to()
	var mine []Row
	for _, r := range b.rows {
		if orgOf(r.Feed) == p.org {
			mine = append(mine, r)
		}
	}
	if mine == nil {
		p.lost = p.lost || b.missing() > 0
		return done
	}
	if p.number == 0 && p.open == nil {
		p.lost = false // what was lost before its first record was others', for all we know
	}
	if o := p.open; o != nil && (!o.hour.Equal(b.hour()) || o.records+b.to()-b.from() >= maxHour) {
		done = p.take(0)
	}
	if p.open == nil {
		p.open = &portion{hour: b.hour()}
	}
	p.open.count(mine)
	p.open.at, p.open.boot = b.to(), b.boots[p.org]
	p.open.lost = p.open.lost || p.lost || b.missing() > 0
	p.lost = false
	return done
}

// reach goes on to a record of the log: what no block had until there is lost.
func (p *part) reach(at uint64) {
	if at > p.at {
		p.at, p.lost = at, true
	}
}

// pass goes over the marks up to a record of the log, and returns the hour that the
// first of them ends. A mark accounts for all that was before it: what it has counted
// and that hour lacks is lost.
func (p *part) pass(at uint64) (done *portion) {
	for len(p.marks) > 0 && p.marks[0].at <= at {
		m := p.marks[0]
		p.marks = p.marks[1:]
		if p.open != nil {
			p.open.lost = false
			done = p.take(m.number)
		}
		p.number, p.at, p.lost = max(p.number, m.number), max(p.at, m.at), false
	}
	return done
}

// take ends the hour, at least at a number; nil if there is none.
func (p *part) take(least uint64) *portion {
	done := p.open
	if done == nil {
		return nil
	}
	p.open = nil
	from, most := p.number+1, p.number+maxHour
	p.number += done.records
	if done.lost {
		p.number++
	}
	p.number = min(max(p.number, least), most)
	for i := range done.rows {
		done.rows[i].From, done.rows[i].To = from, p.number
	}
	slices.SortFunc(done.rows, func(x, y Row) int { return x.compare(&y) })
	return done
}

// last ends the last hour.
func (p *part) last() *portion {
	if done := p.pass(p.at); done != nil {
		return done
	}
	return p.take(0)
}

// end is the mark of all that was added, and of what is lost up to a record of the log.
func (p *part) end(at uint64) mark {
	at = max(at, p.at)
	p.pass(at)
	p.last()
	if p.reach(at); p.lost && p.number > 0 {
		p.number++
	}
	return mark{org: p.org, number: p.number, at: at}
}

// count adds rows, of which some may count on where rows of the hour ended: others
// have ends in between.
func (p *portion) count(rows []Row) {
	for _, r := range rows {
		r.From, r.To = 0, 0
		p.records += uint64(r.Records())
		i := slices.IndexFunc(p.rows, func(s Row) bool { return s.compare(&r) == 0 })
		if i < 0 {
			p.rows = append(p.rows, r)
			continue
		}
		s := &p.rows[i]
		s.Completed += r.Completed
		s.Interrupted += r.Interrupted
		s.Failed += r.Failed
		s.Shown += r.Shown
		s.Planned += r.Planned
	}
}

// portions yields those of a part, the one that has not ended too. What cannot be read
// is left out and missing.
func portions(d disk.Disk, data string, plays iter.Seq2[plan.Play, error], p *part) iter.Seq2[*portion, error] {
	return func(yield func(*portion, error) bool) {
		for b, err := range blocks(d, data, plays) {
			if err != nil {
				if !yield(nil, err) {
					return
				}
				continue
			}
			if done := p.add(b); done != nil && !yield(done, nil) {
				return
			}
		}
		if done := p.last(); done != nil {
			yield(done, nil)
		}
	}
}

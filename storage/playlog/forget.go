package playlog

import (
	"fmt"
	"iter"
	"math"
	"time"

	"entracte/scheduler/plan"
)

const day = 24 * time.Hour

// dayOf is the day of a time in UTC, in days since 1970.
func dayOf(t time.Time) int64 {
	ms := t.UnixMilli()
	d := ms / day.Milliseconds()
	if ms%day.Milliseconds() < 0 {
		d--
	}
	return d
}

func midnight(d int64) time.Time { return time.UnixMilli(d * day.Milliseconds()).UTC() }

// date makes use of the time of a play that was just recorded. What fails here is
// tried again with another play, and costs none.
func (l *Log) date(p *plan.Play) {
	if p.Clock != plan.ClockTrusted {
		l.undated = p.Boot
		return
	}
	if l.undated == p.Boot {
		mono := time.Duration(max(p.MonoMS, 0)) * time.Millisecond
		if l.dated(p.Boot, mono, p.StartedAt) == nil {
			l.undated = ""
		}
	}
	if d := dayOf(p.StartedAt); d > l.today {
		l.today = d
		_ = l.forget(midnight(d).Add(-exactFor)) // the Roll has told why
	}
}

// Forget hands the plays of all days in UTC that were over at a time to the [Roll],
// and forgets them: readers do not get them any more, and their segments are used
// again. The log does so by itself with the first play of each day on a trusted
// clock, for those older than 7 days.
func (l *Log) Forget(before time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.explain(l.forget(before))
}

func (l *Log) forget(before time.Time) error {
	if l.closed {
		return fmt.Errorf("the play log is %w", ErrClosed)
	}
	limit := dayOf(before)
	spans := l.spans(func(s *span, d int64, dated bool, _ uint64) bool { return dated && d >= limit })
	for _, s := range spans {
		if !s.dated {
			continue // nobody knows how old they are
		}
		// What is handed over must not be lost here and numbered anew.
		if err := l.sync(); err != nil {
			return err
		}
		if err := l.rollUp(s); err != nil {
			return err
		}
		m := l.memo
		m.forgotten = s.to
		if err := l.remember(m); err != nil {
			return err
		}
	}
	return nil
}

// makeRoom sees to it that a segment may be used again when there are as many as may
// be.
func (l *Log) makeRoom() error {
	if len(l.numbers) < l.count || l.oldestForgotten() {
		return nil
	}
	end, past := l.endOfOldest(), false
	spans := l.spans(func(s *span, d int64, dated bool, seq uint64) bool {
		past = seq > end && (!s.dated || dated && d > s.day)
		return past
	})
	m := l.memo
	for i, s := range spans {
		if i == len(spans)-1 && (!past || s.to < end) {
			s.to = end // the day is not over, or not known
		}
		if err := l.rollUp(s); err != nil {
			return err
		}
		m.forgotten = s.to
	}
	m.forgotten = max(m.forgotten, end)
	return l.rememberAtEnd(m)
}

// A span is plays that are handed to the Roll together: those of a day.
type span struct {
	day      int64
	dated    bool // it has a play with a date
	from, to uint64
}

// spans cuts what is not forgotten into days, up to the first play at which stop says
// so. A play without a date belongs to those around it.
func (l *Log) spans(stop func(s *span, day int64, dated bool, seq uint64) bool) []span {
	var all []span
	s := span{from: l.memo.forgotten + 1}
	for p, err := range l.plays(l.numbers, s.from, math.MaxUint64, l.memo) {
		if err != nil {
			continue // readers are told
		}
		d, dated := dayOf(p.StartedAt), p.Clock == plan.ClockTrusted
		if stop(&s, d, dated, p.Seq) {
			break
		}
		switch {
		case !dated:
			if !s.dated {
				s.to = p.Seq
			}
			continue
		case s.dated && d > s.day:
			all = append(all, s)
			s = span{from: s.to + 1}
		}
		if !s.dated || d > s.day {
			s.day = d
		}
		s.dated, s.to = true, p.Seq
	}
	if s.to >= s.from {
		all = append(all, s)
	}
	return all
}

func (l *Log) rollUp(s span) error {
	if l.roll == nil {
		return nil
	}
	var at time.Time
	if s.dated {
		at = midnight(s.day)
	}
	var plays iter.Seq2[plan.Play, error] = l.plays(l.numbers, s.from, s.to, l.memo)
	return l.roll(at, plays)
}

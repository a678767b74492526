package simulation

import (
	"iter"
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// A Wait is one stretch of time in which somebody waited.
type Wait struct {
	Start  time.Time
	Length time.Duration
}

// A span is a stretch of the simulation, counted from its beginning.
type span struct{ from, to time.Duration }

// spans yields the stretches in which the show runs, of those in which the venue is
// open.
func (s *Simulation) spans(open []span) iter.Seq[span] {
	open = slices.Clone(open)
	if s.Waits == nil {
		return slices.Values(open)
	}
	return func(yield func(span) bool) {
		next, last := 0, time.Duration(0)
		for w := range s.Waits {
			in, over := s.span(w, last)
			if over {
				return
			}
			for next < len(open) && open[next].to <= in.from {
				next++
			}
			for _, o := range open[next:] {
				part := span{max(in.from, o.from), min(in.to, o.to)}
				if part.from >= part.to {
					break
				}
				if !yield(part) {
					return
				}
			}
			last = max(last, in.to)
		}
	}
}

// span places a wait behind the end of the last one, and tells when it begins
// too late to count.
func (s *Simulation) span(w Wait, last time.Duration) (in span, over bool) {
	start := w.Start.Sub(s.From)
	if start >= s.For {
		return span{}, true
	}
	length := max(w.Length, 0)
	if start > 0 {
		length = min(length, s.For-start) // so that no sum overflows
	}
	return span{max(start, last), min(start+length, s.For)}, false
}

// openings are the stretches in which the venue is open. Hours turn at full civil
// minutes only, so it is enough to ask once in each.
func openings(v *plan.Venue, from time.Time, length time.Duration) []span {
	if alwaysOpen(v) && length > 0 {
		return []span{{0, length}}
	}
	var all []span
	wasOpen := false
	for at := time.Duration(0); at < length; {
		civil := from.Add(at)
		switch open := v.Open(civil); {
		case open && !wasOpen:
			all, wasOpen = append(all, span{at, length}), true
		case !open && wasOpen:
			all[len(all)-1].to, wasOpen = at, false
		}
		at += time.Minute - time.Duration(civil.Second())*time.Second - time.Duration(civil.Nanosecond())
	}
	return all
}

func alwaysOpen(v *plan.Venue) bool {
	return !v.VisibleFromStreet && len(v.ClosedOn) == 0 && !slices.ContainsFunc(v.Hours[:], func(day []plan.Window) bool { return day != nil })
}

package scheduler

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

// large is a plan of n paid campaigns in up to 200 categories with sizes by Zipf's
// law, of all booked weights, some capped, some day-parted; each is changed so.
func large(n int, change ...func(*plan.Campaign)) plan.Plan {
	var categories []int
	for id := 1001; len(categories) < 200 && id < 2000; id++ {
		o := jeweller()
		if standingOf(id, &o) == (standing{}) {
			categories = append(categories, id)
		}
	}
	// A fixed sequence of draws (a linear congruential generator, Knuth's MMIX).
	x := uint64(1)
	draw := func(n int) int {
		x = x*6364136223846793005 + 1442695040888963407
		return int(x >> 33 % uint64(n))
	}
	var cs []plan.Campaign
	for k := range n {
		rank := 0
		for rank = draw(len(categories)) + 1; draw(rank) > 0; rank = draw(len(categories)) + 1 {
		}
		c := booking(fmt.Sprintf("c%07d", k), categories[rank-1], weight(1+draw(10)))
		if draw(3) == 0 {
			perHour(4)(&c)
		}
		if draw(5) == 0 {
			daypart(0, 8*60, 20*60)(&c)
		}
		for _, f := range change {
			f(&c)
		}
		cs = append(cs, c)
	}
	return feed(append(cs, ownContent("own"))...)
}

// smooth is the smooth weighted round robin of nginx, which looks at every ad for
// every pick: what fair turns are measured beside.
type smooth struct{ weight, current []int64 }

func (s *smooth) pick() int {
	best, total := 0, int64(0)
	for i := range s.weight {
		s.current[i] += s.weight[i]
		total += s.weight[i]
		if s.current[i] > s.current[best] {
			best = i
		}
	}
	s.current[best] -= total
	return best
}

var sizes = []int{1_000, 10_000, 100_000, 1_000_000}

// The shop of these benchmarks shows something every ten seconds from nine to
// five. The dayparts of the plan begin at eight and end at twenty, so that none
// does in those hours.
const (
	showDay    = 8 * time.Hour
	turnLength = 10 * time.Second
)

// turnAt is one Pick and its Complete, and how long they take: one reading of the
// clock included, which BenchmarkClock measures.
func turnAt(b *testing.B, s *Scheduler, at time.Duration) time.Duration {
	begin, end := moment(at), moment(at+turnLength)
	begun := time.Now()
	l, ok := s.Pick(begin)
	if ok {
		s.Complete(l, end)
	}
	took := time.Since(begun)
	if !ok {
		b.Fatal("nothing to play")
	}
	return took
}

// BenchmarkPick is one Pick and its Complete while no daypart begins or ends, by
// the number of ads. The first one of a day is not counted: it is
// BenchmarkBoundary.
func BenchmarkPick(b *testing.B) { picks(b, sizes) }

// BenchmarkCapped is the same where each ad may play once an hour: with each pick
// one ad goes, another comes back, and the turns are divided anew. In the plan of
// BenchmarkPick there are too many ads for any to reach its cap.
func BenchmarkCapped(b *testing.B) { picks(b, sizes[:3], perHour(1)) }

func picks(b *testing.B, sizes []int, change ...func(*plan.Campaign)) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := large(n, change...)
			s := New(p, jeweller(), nil, moment(0))
			at := time.Duration(0)
			turnAt(b, s, at)
			times := make([]time.Duration, 0, 1<<20)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			b.ReportAllocs()
			for b.Loop() {
				if at += turnLength; at%(24*time.Hour) == showDay {
					b.StopTimer()
					at += 24*time.Hour - showDay
					turnAt(b, s, at)
					at += turnLength
					b.StartTimer()
				}
				took := turnAt(b, s, at)
				if len(times) < cap(times) {
					times = append(times, took)
				}
			}
			// allocs/op is rounded down to a whole number.
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N), "mallocs/op")
			slices.Sort(times)
			b.ReportMetric(nanoseconds(times, 50), "p50-ns")
			b.ReportMetric(nanoseconds(times, 99), "p99-ns")
			runtime.KeepAlive(p)
		})
	}
}

// BenchmarkSameTurns plays the same 20,000 turns again and again, each time from
// the beginning, and takes the best time of each turn: what is left is the work of
// the turn, without what else the machine did.
func BenchmarkSameTurns(b *testing.B) { sameTurns(b) }

// BenchmarkSameTurnsCapped is that for BenchmarkCapped.
func BenchmarkSameTurnsCapped(b *testing.B) { sameTurns(b, perHour(1)) }

func sameTurns(b *testing.B, change ...func(*plan.Campaign)) {
	for _, n := range sizes[:3] {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := large(n, change...)
			best := make([]time.Duration, 20_000)
			for b.Loop() {
				s := New(p, jeweller(), nil, moment(0))
				at := time.Duration(0)
				turnAt(b, s, at)
				for k := range best {
					if at += turnLength; at%(24*time.Hour) == showDay {
						at += 24*time.Hour - showDay
						turnAt(b, s, at)
						at += turnLength
					}
					if took := turnAt(b, s, at); best[k] == 0 || took < best[k] {
						best[k] = took
					}
				}
			}
			slices.Sort(best)
			b.ReportMetric(0, "ns/op") // of New and all turns
			b.ReportMetric(nanoseconds(best, 50), "p50-ns")
			b.ReportMetric(nanoseconds(best, 99), "p99-ns")
			b.ReportMetric(nanoseconds(best, 100), "worst-ns")
		})
	}
}

// nanoseconds is a percentile of sorted times.
func nanoseconds(times []time.Duration, percent int) float64 {
	return float64(times[(len(times)-1)*percent/100].Nanoseconds())
}

// BenchmarkBoundary is the one pick at which the dayparts of a fifth of the plan
// begin, in the morning, or end, in the evening.
func BenchmarkBoundary(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := large(n)
			o := jeweller()
			o.Venue.Timezone = time.FixedZone("", 60*60) // no summer time: it goes on for years
			s := New(p, o, nil, moment(0))
			var opens, closes []time.Duration
			evening := 11*time.Hour - turnLength // from nine
			for at := evening; b.Loop(); at += 24 * time.Hour {
				turnAt(b, s, at)
				closes = append(closes, turnAt(b, s, at+turnLength))
				turnAt(b, s, at+12*time.Hour)
				opens = append(opens, turnAt(b, s, at+12*time.Hour+turnLength))
			}
			slices.Sort(opens)
			slices.Sort(closes)
			b.ReportMetric(0, "ns/op") // of two boundaries and two other picks
			b.ReportMetric(nanoseconds(opens, 50), "opens-ns")
			b.ReportMetric(nanoseconds(closes, 50), "closes-ns")
			runtime.KeepAlive(p)
		})
	}
}

// BenchmarkClock is what reading the clock adds to each time of BenchmarkPick.
func BenchmarkClock(b *testing.B) {
	var sum time.Duration
	for b.Loop() {
		begun := time.Now()
		sum += time.Since(begun)
	}
	b.ReportMetric(float64(sum.Nanoseconds())/float64(b.N), "clock-ns")
}

// BenchmarkSmooth is the same number of ads in a smooth weighted round robin.
func BenchmarkSmooth(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := smooth{make([]int64, n), make([]int64, n)}
			for i := range s.weight {
				s.weight[i] = int64(1 + i%10)
			}
			var times []time.Duration
			for b.Loop() {
				begun := time.Now()
				s.pick()
				times = append(times, time.Since(begun))
			}
			slices.Sort(times)
			b.ReportMetric(nanoseconds(times, 50), "p50-ns")
			b.ReportMetric(nanoseconds(times, 99), "p99-ns")
		})
	}
}

// BenchmarkBuild makes the scheduler of a plan, and says how much memory stays.
func BenchmarkBuild(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := large(n)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var s *Scheduler
			var times []time.Duration
			for b.Loop() {
				begun := time.Now()
				s = New(p, jeweller(), nil, moment(0))
				times = append(times, time.Since(begun))
			}
			slices.Sort(times)
			b.ReportMetric(nanoseconds(times, 0), "best-ns")
			b.ReportMetric(nanoseconds(times, 50), "p50-ns")
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
			runtime.KeepAlive(s)
			runtime.KeepAlive(p)
		})
	}
}

// BenchmarkPast makes the scheduler of 1,000 ads by the number of plays that it goes on
// from: the usual one, and the most that caps may need.
func BenchmarkPast(b *testing.B) {
	for _, n := range []int{10_000, 30_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := large(1000)
			sc := newScreen(p, jeweller())
			sc.sequence(n)
			for b.Loop() {
				New(p, jeweller(), sc.plays, sc.now)
			}
		})
	}
}

// BenchmarkPeek looks three plays ahead.
func BenchmarkPeek(b *testing.B) {
	for _, n := range sizes[:3] {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := New(large(n), jeweller(), nil, moment(0))
			for b.Loop() {
				if len(s.Peek(moment(0), 3)) != 3 {
					b.Fatal("nothing foretold")
				}
			}
		})
	}
}

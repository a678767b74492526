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
// law, of all booked weights, some capped, some day-parted.
func large(n int) plan.Plan {
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

// BenchmarkPick is one Pick and its Complete, by the number of ads.
func BenchmarkPick(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := large(n)
			s := New(p, jeweller(), nil, moment(0))
			at := time.Duration(0)
			times := make([]time.Duration, 0, 1<<20)
			b.ReportAllocs()
			for b.Loop() {
				begun := time.Now()
				l, ok := s.Pick(moment(at))
				if !ok {
					b.Fatal("nothing to play")
				}
				took := time.Since(begun)
				at += 10 * time.Second
				if at%(8*time.Hour) == 0 {
					at += 16 * time.Hour // stay in the dayparts
				}
				begun = time.Now()
				s.Complete(l, moment(at))
				if len(times) < cap(times) {
					times = append(times, took+time.Since(begun))
				}
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Nanoseconds()), "p50-ns")
			b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds()), "p99-ns")
			runtime.KeepAlive(p)
		})
	}
}

// BenchmarkSmooth is the same number of ads in a smooth weighted round robin.
func BenchmarkSmooth(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := smooth{make([]int64, n), make([]int64, n)}
			for i := range s.weight {
				s.weight[i] = int64(1 + i%10)
			}
			for b.Loop() {
				s.pick()
			}
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
			for b.Loop() {
				s = New(p, jeweller(), nil, moment(0))
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
			runtime.KeepAlive(s)
			runtime.KeepAlive(p)
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

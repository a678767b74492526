package scheduler

import (
	"fmt"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

func large(n int) plan.Plan {
	categories := []int{1021, 1066, 1357, 1360, 1015, 1372, 1090, 1530, 1340, 1482, 1422, 1562}
	var cs []plan.Campaign
	for k := range n {
		c := booking(fmt.Sprintf("c%05d", k), categories[k%len(categories)], weight(1+k%10))
		if k%3 == 0 {
			perHour(4)(&c)
		}
		if k%5 == 0 {
			daypart(0, 8*60, 20*60)(&c)
		}
		cs = append(cs, c)
	}
	return feed(append(cs, ownContent("own"))...)
}

func BenchmarkPick(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := New(large(n), jeweller(), nil, moment(0))
			at := time.Duration(0)
			b.ReportAllocs()
			for b.Loop() {
				l, ok := s.Pick(moment(at))
				if !ok {
					b.Fatal("nothing to play")
				}
				at += 10 * time.Second
				if at%(8*time.Hour) == 0 {
					at += 16 * time.Hour // stay in the dayparts
				}
				s.Complete(l, moment(at))
			}
		})
	}
}

func BenchmarkPeek(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
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

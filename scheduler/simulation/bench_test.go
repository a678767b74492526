package simulation

import (
	"fmt"
	"testing"

	"entracte/scheduler/plan"
)

// A day of a busy shop, always open: 8640 plays.
func BenchmarkDay(b *testing.B) {
	for _, n := range []int{10, 200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			categories := []int{1021, 1066, 1357, 1360, 1015, 1372, 1090, 1530}
			var cs []plan.Campaign
			for k := range n {
				cs = append(cs, booking(fmt.Sprintf("c%03d", k), categories[k%len(categories)]))
			}
			s := shop(day, cs...)
			plays := 0
			b.ReportAllocs()
			for b.Loop() {
				for step := range s.Run() {
					if !step.Idle() {
						plays++
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(plays), "ns/play")
		})
	}
}

package crash

import "testing"

// states/s is distinct states, each with its recovery and its check.
func benchmark[E any](b *testing.B, trial Trial[E]) {
	var total Count
	for b.Loop() {
		s, err := trial.search(trial.States, "")
		if err != nil || s.found != nil {
			b.Fatal(err, s.found)
		}
		total.Distinct += s.count.Distinct + s.count.Twice
		total.Listed += s.count.Listed
	}
	b.ReportMetric(float64(total.Distinct)/b.Elapsed().Seconds(), "states/s")
	b.ReportMetric(float64(total.Listed)/b.Elapsed().Seconds(), "listed/s")
}

func BenchmarkSave(b *testing.B)  { benchmark(b, saves()) }
func BenchmarkStore(b *testing.B) { benchmark(b, installs()) }

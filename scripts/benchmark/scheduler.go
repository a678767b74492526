package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// figures are what Go benchmarks report: by name and unit, one for each run.
type figures map[string]map[string][]float64

var benchmarkLine = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$`)

// read adds the output of a benchmark.
func (f figures) read(out []byte) {
	for _, line := range benchmarkLine.FindAllSubmatch(out, -1) {
		name, words := string(line[1]), strings.Fields(string(line[2]))
		if f[name] == nil {
			f[name] = map[string][]float64{}
		}
		for i := 0; i+1 < len(words); i += 2 {
			if n, err := strconv.ParseFloat(words[i], 64); err == nil {
				f[name][words[i+1]] = append(f[name][words[i+1]], n)
			}
		}
	}
}

// of is the median of the runs.
func (f figures) of(name, unit string) float64 { return median(f[name][unit]) }

func (f figures) micro(name, unit string) string {
	return fmt.Sprintf("%.2f µs", f.of(name, unit)/1e3)
}
func (f figures) milli(name, unit string) string { return fmt.Sprintf("%.2f ms", f.of(name, unit)/1e6) }

// scheduler runs the scheduler's benchmarks of these patterns in turns, each in a
// process of its own, so that what stands side by side ran side by side.
func (b *bench) scheduler(rounds int, benchtime string, patterns ...string) (figures, error) {
	binary, err := filepath.Abs(filepath.Join(work, "scheduler.test"))
	if err != nil {
		return nil, err
	}
	f := figures{}
	for range rounds {
		for _, p := range patterns {
			run := exec.Command(binary, "-test.run", "^$", "-test.bench", p, "-test.benchtime", benchtime, "-test.benchmem")
			run.Dir = "scheduler"
			out, err := run.CombinedOutput()
			if err != nil {
				return nil, fmt.Errorf("benchmark %s: %w: %s", p, err, out)
			}
			f.read(out)
		}
	}
	return f, nil
}

// adCounts are those of the scheduler's benchmarks.
var adCounts = []string{"1000", "10000", "100000", "1000000"}

// pickBudgets are the most that the 99th percentile may be, in ns.
var pickBudgets = map[string]float64{"10000": 5000, "100000": 10000}

// pick measures one turn: by the number of ads, beside a peer that looks at every
// ad. The budget is on how long turns took, whoever used the machine too; the best
// of ten times of the same turn beside it tells what of that was the work.
func (b *bench) pick() ([]row, error) {
	patterns := []string{"^BenchmarkClock$"}
	for _, n := range adCounts {
		patterns = append(patterns, "^Benchmark(Pick|Capped|Smooth)$/^"+n+"$")
	}
	f, err := b.scheduler(b.rounds(5, 3), "0.5s", patterns...)
	if err != nil {
		return nil, err
	}
	work, err := b.scheduler(1, "10x", "^BenchmarkSameTurns")
	if err != nil {
		return nil, err
	}
	return []row{f.picks(work), f.capped(work)}, nil
}

// picks is the row of a pick by the number of ads.
func (f figures) picks(work figures) row {
	good := true
	lines := []string{fmt.Sprintf("%9s  %-16s  %9s  %-27s  %9s  %-7s  %s", "ads", "work: p50, p99", "took: p50", "p99 (lowest to highest)", "mean", "×10 ads", "memory a pick")}
	for i, n := range adCounts {
		name, growth, alone := "Pick/"+n, "", ""
		if i > 0 {
			g := f.of(name, "ns/op") / f.of("Pick/"+adCounts[i-1], "ns/op")
			growth, good = fmt.Sprintf("×%.2f", g), good && g < 2
		}
		if most, known := pickBudgets[n]; known && f.of(name, "p99-ns") > most {
			good = false
		}
		if work["SameTurns/"+n] != nil {
			alone = work.micro("SameTurns/"+n, "p50-ns") + ", " + work.micro("SameTurns/"+n, "p99-ns")
		}
		good = good && f.of(name, "allocs/op") == 0
		lines = append(lines, fmt.Sprintf("%9s  %-16s  %9s  %-27s  %9s  %-7s  %.2f allocations, %.0f bytes", n, alone, f.micro(name, "p50-ns"), f.range99(name),
			f.micro(name, "ns/op"), growth, f.of(name, "mallocs/op"), f.of(name, "B/op")))
	}
	return row{
		what:   "pick: one turn and its completion while no daypart begins or ends",
		budget: "p99 as it took: 10,000 ads ≤ 5 µs, 100,000 ≤ 10 µs; 0 allocations as Go counts them; ×10 ads costs < ×2 in the mean",
		measured: strings.Join(lines, "\n") + fmt.Sprintf("\ntook: medians of %d runs on the machine as it was; work: the best of 10 times of each of the same 20,000 turns;"+
			"\neach time includes one reading of the clock, %.0f ns", len(f["Clock"]["clock-ns"]), f.of("Clock", "clock-ns")),
		beside:  f.peers(),
		verdict: within(good),
	}
}

// range99 is the median of the runs' 99th percentiles, and how far they lie apart.
func (f figures) range99(name string) string {
	all := f[name]["p99-ns"]
	return fmt.Sprintf("%s (%.1f to %.1f)", f.micro(name, "p99-ns"), slices.Min(all)/1e3, slices.Max(all)/1e3)
}

// peers compares with the smooth weighted round robin of the same runs. Its turns
// are all alike, so its 99th percentile tells what the machine adds.
func (f figures) peers() string {
	var lines []string
	for _, n := range adCounts {
		smooth := "Smooth/" + n
		lines = append(lines, fmt.Sprintf("smooth weighted round robin of %s: p50 %s, p99 ×%.1f of that; a pick takes ×%.3f of its p50",
			n, f.micro(smooth, "p50-ns"), f.of(smooth, "p99-ns")/f.of(smooth, "p50-ns"), ratio(f["Pick/"+n]["p50-ns"], f[smooth]["p50-ns"])))
	}
	return strings.Join(lines, "\n")
}

// capped is a pick at its most expensive.
func (f figures) capped(work figures) row {
	var lines []string
	for _, n := range adCounts[:3] {
		alone := "SameTurnsCapped/" + n
		lines = append(lines, fmt.Sprintf("%7s ads: work p50 %s, p99 %s; took p50 %s, p99 %s", n,
			work.micro(alone, "p50-ns"), work.micro(alone, "p99-ns"), f.micro("Capped/"+n, "p50-ns"), f.range99("Capped/"+n)))
	}
	return row{what: "pick where every ad may play once an hour: one goes and one returns each time", measured: strings.Join(lines, "\n"), verdict: open}
}

// build measures what is done once: for a new plan, at opening time, for
// preparation.
func (b *bench) build() ([]row, error) {
	const n = "/100000"
	f, err := b.scheduler(b.rounds(5, 3), "5x", "^Benchmark(Build|Boundary|Peek)$/^100000$")
	if err != nil {
		return nil, err
	}
	return []row{{
		what:   "build the index of 100,000 ads",
		budget: "≤ 150 ms, ≤ 24 MB kept",
		measured: fmt.Sprintf("%s (best %.0f ms, median of %d runs of 5), %.1f MB kept, %.1f MB allocated", f.milli("Build"+n, "p50-ns"),
			slices.Min(f["Build"+n]["best-ns"])/1e6, len(f["Build"+n]["p50-ns"]), f.of("Build"+n, "MB-kept"), f.of("Build"+n, "B/op")/1e6),
		verdict: within(f.of("Build"+n, "p50-ns") <= 150e6 && f.of("Build"+n, "MB-kept") <= 24),
	}, {
		what:     "the first pick after the dayparts of a fifth of 100,000 ads begin, or end",
		measured: f.milli("Boundary"+n, "opens-ns") + ", or " + f.milli("Boundary"+n, "closes-ns"),
		verdict:  open,
	}, {
		what:     "peek three plays ahead, of 100,000 ads",
		measured: fmt.Sprintf("%s, %.2f MB allocated", f.milli("Peek"+n, "ns/op"), f.of("Peek"+n, "B/op")/1e6),
		verdict:  open,
	}}, nil
}

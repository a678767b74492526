package main

import (
	"fmt"
	"os/exec"
	"regexp"
)

// picks runs the scheduler's own benchmarks.
func (b *bench) picks() ([]row, error) {
	args := []string{"test", "-run", "^$", "-bench", ".", "-benchmem", "./scheduler"}
	if b.quick {
		args = append(args, "-benchtime", "0.2s")
	}
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		return nil, fmt.Errorf("go test -bench: %w", err)
	}
	lines := regexp.MustCompile(`(?m)^Benchmark.*$`).FindAllString(string(out), -1)
	measured := ""
	for i, l := range lines {
		if i > 0 {
			measured += "\n"
		}
		measured += regexp.MustCompile(`\s+`).ReplaceAllString(l, "  ")
	}
	return []row{{
		what:     "pick, 10,000 ads / 100,000 ads",
		budget:   "p99 ≤ 5 µs / ≤ 10 µs, 0 allocations; ×10 ads costs < ×2",
		measured: measured,
		verdict:  open,
	}}, nil
}

// later lists the rows whose parts do not exist.
func (b *bench) later() ([]row, error) {
	var rows []row
	for _, w := range []string{
		"GPIO edge → quiet decision in the VM rig, p99 ≤ 25 ms",
		"install of a 300 MB pack, wall ≤ 1.10× of cp -r && sync",
		"card writes at 10,000 plays a day, ≤ 5 MB a day",
		"power cut: at most the last 60 s of show lost, 0 corruption",
		"decoder: a hostile file costs at most its own creative, ≤ 5 s and ≤ 512 MB",
	} {
		rows = append(rows, row{what: w, measured: "not built yet", verdict: absent})
	}
	return rows, nil
}

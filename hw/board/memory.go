package board

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	memoryLow = 10 // per cent of it available
	memoryOut = 4
	// stalledSome and stalledMost are per cent of the last minute in which nothing
	// could run for want of memory ("full avg60",
	// docs.kernel.org/accounting/psi.html).
	stalledSome = 5.0
	stalledMost = 30.0
)

// memory is what programs could still get, and how long they wait for it; the
// second only where the kernel counts it (Raspberry Pi OS: psi=1).
func (m *Machine) memory() (Health, bool) {
	text, _ := m.text("/proc/meminfo")
	size, free := kilobytes(text, "MemTotal:"), kilobytes(text, "MemAvailable:")
	if size <= 0 || free < 0 {
		return Health{}, false
	}
	stalled := m.stalled()
	percent := free * 100 / size
	h := Health{What: "memory", Figures: []Figure{{"entracte_memory_available_bytes", float64(free) * 1024}, {"entracte_memory_size_bytes", float64(size) * 1024}, {"entracte_memory_stalled_ratio", stalled / 100}},
		French:  Sentence{Fact: fmt.Sprintf("%d Mo disponibles sur %d", free/1024, size/1024)},
		English: Sentence{Fact: fmt.Sprintf("%d MB available of %d", free/1024, size/1024)}}
	switch {
	case percent < memoryOut || stalled >= stalledMost:
		h.Level = Bad
	case percent < memoryLow || stalled >= stalledSome:
		h.Level = Attention
	}
	if h.Level != Fine {
		h.French = Sentence{h.French.Fact + " : la mémoire manque", "fermez les autres programmes, ou prenez des films plus petits"}
		h.English = Sentence{h.English.Fact + ": memory is short", "end other programs, or use smaller films"}
	}
	return h, true
}

// kilobytes returns a line of /proc/meminfo; -1 if there is none.
func kilobytes(text, name string) int64 {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) >= 2 && f[0] == name {
			if n, err := strconv.ParseInt(f[1], 10, 64); err == nil {
				return n
			}
		}
	}
	return -1
}

// stalled is the per cent of the last minute spent waiting for memory; 0 where it
// is not counted.
func (m *Machine) stalled() float64 {
	text, _ := m.text("/proc/pressure/memory")
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] != "full" {
			continue
		}
		for _, field := range f[1:] {
			if v, ok := strings.CutPrefix(field, "avg60="); ok {
				if n, err := strconv.ParseFloat(v, 64); err == nil && n >= 0 && n <= 100 {
					return n
				}
			}
		}
	}
	return 0
}

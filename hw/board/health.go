package board

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Level is how much a reading matters.
type Level uint8

// The levels. Fine is the zero value.
const (
	Fine Level = iota
	// Attention: the show goes on, and somebody should look at it this week.
	Attention
	// Bad: the show suffers now, or will without a visit.
	Bad
)

var levels = [...]string{"fine", "attention", "bad"}

// String is "fine", "attention" or "bad".
func (l Level) String() string {
	if int(l) < len(levels) {
		return levels[l]
	}
	return "Level(" + strconv.Itoa(int(l)) + ")"
}

// A Sentence is a fact about the machine, and the next step; Hint is empty where
// there is nothing to do.
type Sentence struct {
	Fact, Hint string
}

// String is the fact, and the step on a line of its own.
func (s Sentence) String() string {
	if s.Hint == "" {
		return s.Fact
	}
	return s.Fact + "\nhint: " + s.Hint
}

// A Figure is a number behind a reading, named as Prometheus wants it: lower case,
// with the unit last. The names are constants of this package.
type Figure struct {
	Name  string
	Value float64
}

// Health is one reading of the machine.
type Health struct {
	// What was read: "board", "power", "throttling", "temperature", "card",
	// "filesystem", "space", "files" or "memory".
	What            string
	Level           Level
	French, English Sentence
	Figures         []Figure
}

// In returns the sentence in a language, "fr" or English.
func (h Health) In(language string) Sentence {
	if language == "fr" {
		return h.French
	}
	return h.English
}

// A Machine is what health is read from. Its methods must not be called at the
// same time.
type Machine struct {
	// Root is the folder that holds /proc and /sys; empty is "/".
	Root string
	// Data is the data folder, whose filesystem and card are watched; empty leaves
	// them out. It is a path of this process, not below Root.
	Data string

	// usage asks for the room on the filesystem of a folder; nil is statfs(2).
	usage func(dir string) (usage, error)
	dips  dips
}

// usage is the room on a filesystem.
type usage struct {
	free, size          uint64 // bytes
	freeFiles, allFiles uint64 // inodes; both 0 where they are not counted
}

// Read reads everything once. What this machine does not tell is left out, so
// that the result may be empty. It takes milliseconds, but a dying card may keep
// it for longer: call it where waiting does no harm.
func (m *Machine) Read() []Health {
	now := time.Now()
	m.dips.look(m.underVoltage, now)
	var all []Health
	for _, read := range []func() (Health, bool){m.model, func() (Health, bool) { return m.power(now) }, m.throttling, m.temperature, m.memory} {
		if h, ok := read(); ok {
			all = append(all, h)
		}
	}
	return append(all, m.storage()...)
}

const (
	// readEvery is how often Watch reads everything.
	readEvery = time.Minute
	// voltageEvery is how often Watch looks at the supply voltage alone: the
	// kernel's driver asks the firmware every 2 s, which then forgets, so that a dip
	// is on record for no longer (drivers/hwmon/raspberrypi-hwmon.c).
	voltageEvery = 2 * time.Second
)

// Watch tells what Read returns, at once and then every minute, on the calling
// goroutine, until ctx ends.
func (m *Machine) Watch(ctx context.Context, told func([]Health)) {
	told(m.Read())
	whole, voltage := time.NewTicker(readEvery), time.NewTicker(voltageEvery)
	defer whole.Stop()
	defer voltage.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-voltage.C:
			m.dips.look(m.underVoltage, now)
		case <-whole.C:
			told(m.Read())
		}
	}
}

// path is where a file of the system is.
func (m *Machine) path(name string) string {
	if m.Root == "" {
		return name
	}
	return filepath.Join(m.Root, name)
}

// text returns a small file of the system without the space around it; false if
// it is missing, unreadable or empty.
func (m *Machine) text(name string) (string, bool) {
	b, err := os.ReadFile(m.path(name))
	s := strings.Trim(string(b), " \t\n\x00")
	return s, err == nil && s != ""
}

// number returns a small file that holds a whole number.
func (m *Machine) number(name string) (int64, bool) {
	s, _ := m.text(name)
	n, err := strconv.ParseInt(s, 0, 64)
	return n, err == nil
}

// glob returns the files of the system that match, as number and text take them.
func (m *Machine) glob(pattern string) []string {
	hits, _ := filepath.Glob(m.path(pattern))
	for i := range hits {
		hits[i] = filepath.ToSlash(strings.TrimPrefix(hits[i], filepath.Clean(m.Root)))
		if !strings.HasPrefix(hits[i], "/") {
			hits[i] = "/" + hits[i]
		}
	}
	return hits
}

//go:build linux

package guest

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

// configured is where gpio-sim is told which chips there are.
// Source: Documentation/admin-guide/gpio/gpio-sim.rst of the kernel.
const configured = "/sys/kernel/config/gpio-sim"

// Pins are a simulated GPIO chip.
type Pins struct {
	// Device is its name in /dev, such as "gpiochip0".
	Device  string
	folder  string // in configured
	lines   string // the folder of the lines in /sys
	removed bool

	mu    sync.Mutex
	pulls map[int]*os.File
}

// Header makes a chip that looks like the one behind the header of a Pi: its label
// is "pinctrl-bcm2711" and it has 58 lines on a Pi 4, for example.
func Header(t testing.TB, label string, lines int) *Pins {
	t.Helper()
	names := map[int]string{}
	for n := range 28 {
		names[n] = "GPIO" + strconv.Itoa(n)
	}
	return Chip(t, label, lines, names)
}

// Chip makes a chip of so many lines with the label that its driver would have
// on a board, and with names for some of the lines, by their number.
func Chip(t testing.TB, label string, lines int, names map[int]string) *Pins {
	t.Helper()
	folder, err := os.MkdirTemp(configured, "")
	if err != nil {
		t.Fatal(err)
	}
	p := &Pins{folder: folder, pulls: map[int]*os.File{}}
	t.Cleanup(func() { p.dismantle(t) })
	bank := filepath.Join(folder, "bank0")
	mkdir(t, bank)
	write(t, filepath.Join(bank, "num_lines"), strconv.Itoa(lines))
	write(t, filepath.Join(bank, "label"), label)
	for n, name := range names {
		line := filepath.Join(bank, "line"+strconv.Itoa(n))
		mkdir(t, line)
		write(t, filepath.Join(line, "name"), name)
	}
	write(t, filepath.Join(folder, "live"), "1")
	p.Device = read(t, filepath.Join(bank, "chip_name"))
	p.lines = filepath.Join("/sys/devices/platform", read(t, filepath.Join(folder, "dev_name")), p.Device)
	return p
}

func mkdir(t testing.TB, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

// Set is what happens outside: the line is pulled up or down. A program that
// requests the line with a resistor of its own overrides it, until the next Set.
// It may be called by several goroutines at once, and fails the test without
// ending it.
func (p *Pins) Set(t testing.TB, line int, high bool) {
	t.Helper()
	f, err := p.pull(line)
	if err == nil {
		pull := "pull-down"
		if high {
			pull = "pull-up"
		}
		_, err = f.WriteAt([]byte(pull), 0)
	}
	if err != nil {
		t.Errorf("line %d cannot be set: %v", line, err)
	}
}

// pull is the file of the line's resistor, which stays open: to open it takes
// longer than a contact bounces.
func (p *Pins) pull(line int) (*os.File, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.pulls[line]; f != nil {
		return f, nil
	}
	f, err := os.OpenFile(p.file(line, "pull"), os.O_WRONLY, 0)
	if err == nil {
		p.pulls[line] = f
	}
	return f, err
}

// High reports the level of the line.
func (p *Pins) High(t testing.TB, line int) bool {
	t.Helper()
	return read(t, p.file(line, "value")) == "1"
}

func (p *Pins) file(line int, name string) string {
	return filepath.Join(p.lines, "sim_gpio"+strconv.Itoa(line), name)
}

// Remove takes the chip away from whoever uses it.
func (p *Pins) Remove(t testing.TB) {
	t.Helper()
	p.removed = true
	write(t, filepath.Join(p.folder, "live"), "0")
}

func (p *Pins) dismantle(t testing.TB) {
	for _, f := range p.pulls {
		f.Close()
	}
	if !p.removed {
		p.Remove(t)
	}
	lines, err := filepath.Glob(filepath.Join(p.folder, "bank0", "line*"))
	for _, line := range lines {
		err = errors.Join(err, os.Remove(line))
	}
	err = errors.Join(err, os.Remove(filepath.Join(p.folder, "bank0")), os.Remove(p.folder))
	if err != nil {
		t.Errorf("the chip cannot be dismantled: %v", err)
	}
}

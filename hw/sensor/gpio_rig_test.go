//go:build linux

package sensor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/gpio"

	"entracte/hw/presence"
	"entracte/scripts/rig/guest"
)

// A board as its kernel shows it: the header is not the first chip, and it is
// not the only one with a line of that name. Sources of the labels: bug reports
// raspberrypi/linux 6144 and WiringPi 280.
func TestRigHeaderChip(t *testing.T) {
	guest.Need(t)
	for _, c := range []struct {
		board, label string
		lines        int
		others       []string
		second       string // another device name of the header chip
	}{
		{"Pi 4", "pinctrl-bcm2711", 58, []string{"brcmvirt-gpio", "raspberrypi-exp-gpio"}, ""},
		{"Pi 5", "pinctrl-rp1", 54, []string{"gpio-brcmstb@107d508500", "gpio-brcmstb@107d517c00"}, "gpiochip4"},
	} {
		t.Run(strings.ReplaceAll(c.board, " ", ""), func(t *testing.T) {
			if !guest.Alone(t, 0) {
				return
			}
			for _, other := range c.others {
				guest.Chip(t, other, 32, map[int]string{0: "2712_WAKE", 17: "GPIO17"})
			}
			chip := guest.Header(t, c.label, c.lines)
			if c.second != "" {
				second := filepath.Join("/dev", c.second)
				if err := os.Symlink(chip.Device, second); err != nil {
					t.Fatal(err)
				}
				defer os.Remove(second)
			}
			var before, after unix.Stat_t
			if err := unix.Fstat(0, &before); err != nil {
				t.Fatal(err)
			}
			pin, err := OpenPin("GPIO17")
			if err != nil {
				t.Fatal(err)
			}
			if err := unix.Fstat(0, &after); err != nil || before.Ino != after.Ino || before.Dev != after.Dev {
				t.Errorf("standard input is not what it was: %v", err)
			}
			if err := pin.In(gpio.PullDown, gpio.BothEdges); err != nil {
				t.Fatal(err)
			}
			defer pin.Halt()
			for _, high := range []bool{true, false, true} {
				chip.Set(t, 17, high)
				if got, err := pin.(levelReader).ReadLevel(); err != nil || bool(got) != high {
					t.Errorf("the level is %v, %v; want high %v", got, err, high)
				}
			}
			if _, err := OpenPin("2712_WAKE"); err == nil || !strings.Contains(err.Error(), c.label) {
				t.Errorf("a line of another chip: %v", err)
			}
		})
	}
}

// patience is for what comes in its own time, on a host that has other things to
// do; a machine that works never needs it.
const patience = 30 * time.Second

// A watch is a sensor on GPIO17, and how often it bothers the pin.
type watch struct {
	readings     chan presence.Reading
	stop         context.CancelFunc
	opens, looks atomic.Int64
}

// watchLine starts a sensor; it ends with the test.
func watchLine(t *testing.T) *watch {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &watch{readings: make(chan presence.Reading), stop: cancel}
	t.Cleanup(func() {
		cancel()
		for range w.readings {
		}
	})
	open := func(name string) (gpio.PinIn, error) {
		w.opens.Add(1)
		pin, err := OpenPin(name)
		if err != nil {
			return nil, err
		}
		return watchedPin{pin.(*linePin), &w.looks}, nil
	}
	go func() {
		defer close(w.readings)
		(&GPIO{Input: "button", Pin: "GPIO17", Pull: gpio.PullDown, Open: open}).Watch(ctx, w.readings)
	}()
	return w
}

// A watchedPin counts the looks at its level.
type watchedPin struct {
	*linePin
	looks *atomic.Int64
}

func (p watchedPin) ReadLevel() (gpio.Level, error) {
	p.looks.Add(1)
	return p.linePin.ReadLevel()
}

// next is the next reading.
func (w *watch) next(t *testing.T) presence.Reading {
	t.Helper()
	select {
	case r := <-w.readings:
		return r
	case <-time.After(patience):
		t.Fatal("nothing is reported")
		return presence.Reading{}
	}
}

// until reads until the level is the wanted one and stays so.
func (w *watch) until(t *testing.T, want presence.Level) {
	t.Helper()
	var last presence.Reading
	late, stays := time.After(patience), time.NewTimer(patience)
	for {
		select {
		case r := <-w.readings:
			if r.Level != last.Level || last.Input == "" {
				stays.Reset(2 * lookEvery)
			}
			last = r
		case <-stays.C:
			if last.Level == want && last.Input != "" {
				return
			}
		case <-late:
			t.Fatalf("it ends with %+v, want %v", last, want)
		}
	}
}

func level(high bool) presence.Level {
	if high {
		return presence.High
	}
	return presence.Low
}

// The kernel keeps 16 edges of a line, and drops older ones. Whoever counts them,
// or listens late, must end with the level all the same.
func TestRigBurst(t *testing.T) {
	guest.Need(t)
	if !guest.Alone(t, 0) {
		return
	}
	chip := guest.Header(t, "pinctrl-bcm2711", 58)
	w := watchLine(t)
	w.until(t, presence.Low)
	for _, toggles := range []int{17, 18, 333, 1000, 1001} {
		for _, late := range []bool{false, true} {
			was := chip.High(t, 17)
			want := level(was != (toggles%2 == 1))
			ended := make(chan struct{})
			began := time.Now()
			go func() {
				defer close(ended)
				for n := range toggles {
					chip.Set(t, 17, was != (n%2 == 0))
				}
			}()
			for heard := late; !heard; {
				select {
				case <-w.readings:
				case <-ended:
					heard = true
				}
			}
			<-ended
			t.Logf("%d toggles in %v, heard late %v", toggles, time.Since(began), late)
			w.until(t, want)
		}
	}
}

// idles fails the test if the sensor bothers its pin more than it must. One that
// spins looks thousands of times.
func (w *watch) idles(t *testing.T, what string) {
	t.Helper()
	began, opens, looks := time.Now(), w.opens.Load(), w.looks.Load()
	for over := time.After(3 * time.Second); over != nil; {
		select {
		case r := <-w.readings:
			if r.Fault != "" {
				t.Logf("%s: %q", what, r.Fault)
			}
		case <-over:
			over = nil
		}
	}
	opens, looks = w.opens.Load()-opens, w.looks.Load()-looks
	passed := time.Since(began)
	t.Logf("%s: opened %d times and looked at %d times in %v", what, opens, looks, passed)
	if opens > 5 || looks > 10+int64(5*passed/lookEvery) {
		t.Errorf("%s: it spins", what)
	}
}

// A sensor at rest costs nothing, and ends with its context.
func TestRigRest(t *testing.T) {
	guest.Need(t)
	if !guest.Alone(t, 0) {
		return
	}
	guest.Header(t, "pinctrl-bcm2711", 58)
	w := watchLine(t)
	w.until(t, presence.Low)
	w.idles(t, "a quiet line")
	w.stop()
	ended := time.Now()
	for range w.readings {
	}
	t.Logf("it ended %v after its context", time.Since(ended))
}

// A chip that goes away is unknown, not low, and is not asked all the time.
func TestRigChipRemoved(t *testing.T) {
	guest.Need(t)
	if !guest.Alone(t, 0) {
		return
	}
	chip := guest.Header(t, "pinctrl-bcm2711", 58)
	w := watchLine(t)
	w.until(t, presence.Low)
	chip.Set(t, 17, true)
	w.until(t, presence.High)
	removed := time.Now()
	chip.Remove(t)
	r := w.next(t)
	for r.Level != presence.Unknown {
		r = w.next(t) // from before
	}
	t.Logf("unknown after %v: %s", time.Since(removed), r.Fault)
	if !strings.HasPrefix(r.Fault, "GPIO17 cannot be read: ") {
		t.Errorf("after: %+v", r)
	}
	w.idles(t, "a chip that is gone")
}

// The program that holds a line is named, and once it lets go, the line is ours.
func TestRigBusy(t *testing.T) {
	guest.Need(t)
	if !guest.Alone(t, 0) {
		return
	}
	guest.Header(t, "pinctrl-bcm2711", 58)
	holder, err := OpenPin("GPIO17")
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.In(gpio.PullUp, gpio.BothEdges); err != nil {
		t.Fatal(err)
	}
	w := watchLine(t)
	name := fmt.Sprintf("the line is in use by %s@%d\nhint: ", filepath.Base(os.Args[0]), os.Getpid())
	if r := w.next(t); r.Level != presence.Unknown || !strings.Contains(r.Fault, name) {
		t.Errorf("a held line: %+v, want %q", r, name)
	}
	if err := holder.Halt(); err != nil {
		t.Fatal(err)
	}
	w.until(t, presence.Low)
}

// Without the right to open the chip, the driver finds nothing and says nothing.
func TestRigNoPermission(t *testing.T) {
	guest.Need(t)
	if os.Geteuid() == 0 {
		guest.Header(t, "pinctrl-bcm2711", 58)
	}
	if !guest.Alone(t, guest.Nobody) {
		return
	}
	_, err := OpenPin("GPIO17")
	if !errors.Is(err, fs.ErrPermission) || errors.Is(err, ErrNoChip) || !strings.Contains(err.Error(), "\nhint: add the user to the group gpio") {
		t.Errorf("without permission: %v", err)
	}
}

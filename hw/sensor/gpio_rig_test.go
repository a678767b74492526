//go:build linux

package sensor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/gpio"

	"entracte/hw/presence"
	"entracte/scripts/rig/guest"
)

// headerChip makes a chip that looks like the one behind the header of a Pi.
func headerChip(t *testing.T, label string, lines int) *guest.Pins {
	t.Helper()
	names := map[int]string{}
	for n := range 28 {
		names[n] = "GPIO" + strconv.Itoa(n)
	}
	return guest.Chip(t, label, lines, names)
}

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
			chip := headerChip(t, c.label, c.lines)
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

// watchLine starts a sensor on GPIO17; it ends with the test.
func watchLine(t *testing.T) (<-chan presence.Reading, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	readings := make(chan presence.Reading)
	t.Cleanup(func() {
		cancel()
		for range readings {
		}
	})
	go func() {
		defer close(readings)
		(&GPIO{Input: "button", Pin: "GPIO17", Pull: gpio.PullDown}).Watch(ctx, readings)
	}()
	return readings, cancel
}

// settle returns the last reading before half a second of silence, or what it was.
func settle(readings <-chan presence.Reading, last presence.Reading) presence.Reading {
	for {
		select {
		case last = <-readings:
		case <-time.After(2 * lookEvery):
			return last
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
	chip := headerChip(t, "pinctrl-bcm2711", 58)
	readings, _ := watchLine(t)
	last := settle(readings, presence.Reading{})
	if last.Level != presence.Low {
		t.Fatalf("it begins with %+v", last)
	}
	for _, toggles := range []int{17, 18, 333, 1000, 1001} {
		for _, late := range []bool{false, true} {
			high := chip.High(t, 17)
			burst := make(chan time.Duration, 1)
			go func() {
				began := time.Now()
				for n := range toggles {
					chip.Set(t, 17, high != (n%2 == 0))
				}
				burst <- time.Since(began)
			}()
			if late {
				time.Sleep(300 * time.Millisecond)
			}
			last = settle(readings, last)
			took := <-burst
			want := level(high != (toggles%2 == 1))
			if last.Level != want {
				t.Errorf("%d toggles in %v, heard late %v: it ends %v, want %v", toggles, took, late, last.Level, want)
			}
		}
	}
}

// cpu is the processor time that this process used.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// idles fails the test if the process uses more than a twentieth of the
// processor, which here is many times slower than a Pi's.
func idles(t *testing.T, what string) {
	t.Helper()
	const watched = 3 * time.Second
	before := cpu(t)
	time.Sleep(watched)
	used := cpu(t) - before
	t.Logf("%s: %v of processor time in %v", what, used, watched)
	if used > watched/20 {
		t.Errorf("%s: it spins", what)
	}
}

// A sensor at rest costs nothing, and ends soon.
func TestRigRest(t *testing.T) {
	guest.Need(t)
	if !guest.Alone(t, 0) {
		return
	}
	headerChip(t, "pinctrl-bcm2711", 58)
	readings, cancel := watchLine(t)
	settle(readings, presence.Reading{})
	idles(t, "a quiet line")
	cancel()
	ended := time.Now()
	for range readings {
	}
	if d := time.Since(ended); d > lookEvery+50*time.Millisecond {
		t.Errorf("it ended %v after its context", d)
	}
}

// A chip that goes away is unknown, not low, and is not asked all the time.
func TestRigChipRemoved(t *testing.T) {
	guest.Need(t)
	if !guest.Alone(t, 0) {
		return
	}
	chip := headerChip(t, "pinctrl-bcm2711", 58)
	readings, _ := watchLine(t)
	settle(readings, presence.Reading{})
	chip.Set(t, 17, true)
	if r := settle(readings, presence.Reading{}); r.Level != presence.High {
		t.Fatalf("before: %+v", r)
	}
	removed := time.Now()
	chip.Remove(t)
	select {
	case r := <-readings:
		if r.Level != presence.Unknown || !strings.HasPrefix(r.Fault, "GPIO17 cannot be read: ") {
			t.Errorf("after: %+v", r)
		}
		t.Logf("unknown after %v: %s", time.Since(removed), r.Fault)
	case <-time.After(2 * time.Second):
		t.Error("nothing was reported")
	}
	go func() {
		for r := range readings {
			t.Logf("then: %q", r.Fault)
		}
	}()
	idles(t, "a chip that is gone")
}

// The program that holds a line is named, and once it lets go, the line is ours.
func TestRigBusy(t *testing.T) {
	guest.Need(t)
	if !guest.Alone(t, 0) {
		return
	}
	headerChip(t, "pinctrl-bcm2711", 58)
	holder, err := OpenPin("GPIO17")
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.In(gpio.PullUp, gpio.BothEdges); err != nil {
		t.Fatal(err)
	}
	readings, _ := watchLine(t)
	name := fmt.Sprintf("the line is in use by %s@%d\nhint: ", filepath.Base(os.Args[0]), os.Getpid())
	if r := <-readings; r.Level != presence.Unknown || !strings.Contains(r.Fault, name) {
		t.Errorf("a held line: %+v, want %q", r, name)
	}
	if err := holder.Halt(); err != nil {
		t.Fatal(err)
	}
	select {
	case r := <-readings:
		if r.Level != presence.Low {
			t.Errorf("after it was let go: %+v", r)
		}
	case <-time.After(tryAgain + time.Second):
		t.Error("the line was not tried again")
	}
}

// Without the right to open the chip, the driver finds nothing and says nothing.
func TestRigNoPermission(t *testing.T) {
	guest.Need(t)
	if os.Geteuid() == 0 {
		headerChip(t, "pinctrl-bcm2711", 58)
	}
	if !guest.Alone(t, guest.Nobody) {
		return
	}
	_, err := OpenPin("GPIO17")
	if !errors.Is(err, fs.ErrPermission) || errors.Is(err, ErrNoChip) || !strings.Contains(err.Error(), "\nhint: add the user to the group gpio") {
		t.Errorf("without permission: %v", err)
	}
}

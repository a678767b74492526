package sensor

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"periph.io/x/host/v3/gpioioctl"
)

// A chip that may not be opened is the reason only as long as it may be the
// header's, and then whatever else is open.
func TestFindDevices(t *testing.T) {
	t.Parallel()
	const none, gone, denied = "no GPIO chip", "file does not exist", "permission denied"
	for _, c := range []struct {
		name   string
		labels []string // of gpiochip0 and so on; an error instead of a label
		want   string   // in the error, or ""
		hint   string
	}{
		{"a computer", nil, none, "hint: use sensors of kind"},
		{"a header", []string{"pinctrl-rp1"}, "", ""},
		{"a header, and more", []string{"brcmvirt-gpio", "pinctrl-bcm2711", "raspberrypi-exp-gpio"}, "", ""},
		{"a header, and a chip that is locked", []string{denied, "pinctrl-bcm2711"}, "", ""},
		{"no header", []string{"ft232h", "ft232h"}, none + " of a Raspberry Pi's header; this machine has ft232h\n", "hint: use sensors of kind"},
		{"locked", []string{denied}, denied, "group gpio"},
		{"locked, and another chip is open", []string{"ft232h", denied}, denied, "group gpio"},
		{"a name that leads nowhere", []string{gone}, gone, "ls -l"},
	} {
		dir := t.TempDir()
		for i := range c.labels {
			if err := os.WriteFile(filepath.Join(dir, "gpiochip"+strconv.Itoa(i)), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		is, err := findDevices(filepath.Join(dir, "gpiochip*"), func(device string) (string, error) {
			i, _ := strconv.Atoi(strings.TrimPrefix(filepath.Base(device), "gpiochip"))
			switch c.labels[i] {
			case denied:
				return "", &fs.PathError{Op: "open", Path: device, Err: fs.ErrPermission}
			case gone:
				return "", &fs.PathError{Op: "open", Path: device, Err: fs.ErrNotExist}
			}
			return c.labels[i], nil
		})
		if c.want == "" {
			if err != nil || strings.Count(is.header, "\n") != 1 {
				t.Errorf("%s: %q, %v", c.name, is.header, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.hint) || errors.Is(err, ErrNoChip) != strings.HasPrefix(c.want, none) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A device that is made anew is another one, and asked anew.
func TestChipComesBack(t *testing.T) {
	is, trouble, loads := "", error(nil), 0
	s := scanner{
		look: func() (devices, error) { return devices{header: is}, trouble },
		load: func() error { loads++; gpioioctl.Chips = append(gpioioctl.Chips, &gpioioctl.GPIOChip{}); return nil },
	}
	before := len(gpioioctl.Chips)
	defer func() { gpioioctl.Chips = gpioioctl.Chips[:before] }()
	for i, step := range []struct {
		header string
		err    error
		loads  int
	}{
		{"", ErrNoChip, 0}, {"gpiochip0 5\n", nil, 1}, {"gpiochip0 5\n", nil, 1},
		{"", ErrNoChip, 1}, {"gpiochip0 9\n", nil, 2}, {"gpiochip0 9\n", nil, 2},
		{"", fs.ErrPermission, 2}, {"gpiochip0 9\n", nil, 2}, {"gpiochip1 12\n", nil, 3},
	} {
		is, trouble = step.header, step.err
		_, found, err := s.now()
		if err != step.err || loads != step.loads || (len(found) == 1) != (err == nil) || err == nil && found[0] != gpioioctl.Chips[before+loads-1] {
			t.Errorf("step %d: %d scans, want %d; %d chips, %v", i, loads, step.loads, len(found), err)
		}
	}
}

// The kernel's answers are read from the right places: no chip is needed to learn
// that another device gives none.
func TestAskAnotherDevice(t *testing.T) {
	t.Parallel()
	if l, err := labelOf(os.DevNull); err == nil || l != "" {
		t.Errorf("%s is labelled %q", os.DevNull, l)
	}
	if _, err := labelOf("/nonexistent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no device: %v", err)
	}
}

// Not parallel: it closes file descriptor 0 for a moment.
func TestKeepStandardFiles(t *testing.T) {
	var before, after unix.Stat_t
	if err := unix.Fstat(0, &before); err != nil {
		t.Skipf("the test has no standard input: %v", err)
	}
	keepStandardFiles(func() { _ = unix.Close(0) })
	if err := unix.Fstat(0, &after); err != nil || before.Ino != after.Ino || before.Rdev != after.Rdev {
		t.Errorf("standard input is not what it was: %v", err)
	}
}

func TestBusyNamesTheHolder(t *testing.T) {
	t.Parallel()
	if err := busy("GPIO17", "fan@123"); !strings.Contains(err.Error(), "in use by fan@123\nhint: ") || !strings.Contains(err.Error(), "GPIO17 (header pin 11)") {
		t.Errorf("busy says %q", err)
	}
	if err := busy("GPIO17", holder(os.DevNull, 17)); !strings.Contains(err.Error(), "in use by another program") {
		t.Errorf("busy without a name says %q", err)
	}
	if h := holder("/nonexistent", 17); h != "" {
		t.Errorf("the holder of nothing is %q", h)
	}
}

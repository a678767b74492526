package sensor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/gpioioctl"
)

// headerLabel begins the label of the chip behind the header on every Pi from
// the first to the 5. Chip numbers change between kernels.
const headerLabel = "pinctrl-"

var scan struct {
	sync.Mutex
	done bool
}

// Prepare finds the GPIO chips of this machine. [OpenPin] does so by itself;
// a program that reads pins should still call Prepare before it opens files of
// its own: where a chip has two device names, as on a Pi 5, the driver closes a
// file descriptor twice, and the second time it may be somebody else's.
//
// The error says why there is no chip; it wraps [ErrNoChip] when there is none
// at all. Prepare may be called again.
func Prepare() error {
	scan.Lock()
	defer scan.Unlock()
	if scan.done {
		return nil
	}
	// The driver reports neither of these: it logs and finds nothing.
	if err := reachable("/dev/gpiochip*"); err != nil {
		return err
	}
	var err error
	keepStandardFiles(func() { _, err = driverreg.Init() })
	if err != nil {
		return fmt.Errorf("finding the GPIO chips: %w", err)
	}
	scan.done = true
	return nil
}

// reachable reports why no device that matches the pattern can be opened.
func reachable(pattern string) error {
	devices, err := filepath.Glob(pattern)
	if err != nil || len(devices) == 0 {
		return fmt.Errorf("%w: this machine has no %s\nhint: use sensors of kind \"mqtt\", \"signal\" or \"key\" on a computer without pins", ErrNoChip, pattern)
	}
	for _, d := range devices {
		var f *os.File
		if f, err = os.Open(d); err == nil {
			f.Close()
			return nil
		}
	}
	hint := "see `ls -l " + pattern + "`"
	if errors.Is(err, fs.ErrPermission) {
		hint = "add the user to the group gpio with `sudo adduser $USER gpio`, then log in again"
	}
	return fmt.Errorf("the GPIO chip cannot be used: %w\nhint: %s", err, hint)
}

// keepStandardFiles runs f, which may close file descriptor 0, and gives it
// back. None of 0 to 2 may be free while a line is requested: the driver takes
// 0 for "not open".
func keepStandardFiles(f func()) {
	for fd := range 3 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == unix.EBADF {
			// The lowest free number is fd, for those below are taken. It stays
			// open for as long as the program runs.
			_, _ = unix.Open(os.DevNull, unix.O_RDWR, 0)
		}
	}
	saved, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3)
	f()
	if err != nil {
		return
	}
	if _, err := unix.FcntlInt(0, unix.F_GETFD, 0); err == unix.EBADF {
		_ = unix.Dup3(saved, 0, 0)
	}
	_ = unix.Close(saved)
}

// OpenPin finds a line of the header chip by its name, such as "GPIO17". The
// line is taken from the kernel by In, with an error that names the holder if
// another program has it, and given back by Halt.
func OpenPin(name string) (gpio.PinIn, error) {
	if err := Prepare(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var labels []string
	for _, chip := range gpioioctl.Chips {
		labels = append(labels, chip.Label())
		if !strings.HasPrefix(chip.Label(), headerLabel) {
			continue
		}
		if line := chip.ByName(name); line != nil {
			return &linePin{name: name, number: line.Number(), request: requester(chip, line)}, nil
		}
	}
	return nil, fmt.Errorf("%s: no such line on the header chip; this machine has %s\nhint: pins are named GPIO0 to GPIO27", name, strings.Join(labels, ", "))
}

func requester(chip *gpioioctl.GPIOChip, line *gpioioctl.GPIOLine) func(gpio.Pull, gpio.Edge) (lineSet, error) {
	return func(pull gpio.Pull, edge gpio.Edge) (lineSet, error) {
		set, err := chip.LineSetFromConfig(&gpioioctl.LineSetConfig{
			Lines:            []string{line.Name()},
			DefaultDirection: gpioioctl.LineInput,
			DefaultEdge:      edge,
			DefaultPull:      pull,
		})
		if err == nil {
			return set, nil
		}
		// The driver passes on the text of the error number and no more.
		if strings.HasSuffix(err.Error(), unix.EBUSY.Error()) {
			return nil, busy(holder(chip.Path(), uint32(line.Number())))
		}
		return nil, err
	}
}

func busy(holder string) error {
	if holder == "" {
		holder = "another program"
	}
	return fmt.Errorf("the line is in use by %s\nhint: stop that program, remove the overlay that claims the line from config.txt, or use another pin", holder)
}

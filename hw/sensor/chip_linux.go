package sensor

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/host/v3/gpioioctl"
)

// A scanner keeps what the driver found on its last scan, of devices that were
// there.
//
// The driver scans once in the life of a program, and cannot forget a chip: to
// close one, it closes file descriptors twice, and 0, and by then they may be
// somebody else's. So the chips of earlier scans stay open. That costs a few
// descriptors (one a chip) each time that the header's chip comes back, which is as often as
// somebody unbinds its driver.
type scanner struct {
	look func() (devices, error)
	// load makes the driver look at all chips again.
	load func() error

	mu    sync.Mutex
	known devices
	found []*gpioioctl.GPIOChip
}

var chips = scanner{
	look: func() (devices, error) { return findDevices("/dev/gpiochip*", labelOf) },
	load: loadDriver,
}

// Prepare finds the GPIO chips of this machine. [OpenPin] does so by itself, and
// finds a header's chip that has come, or come back, since; a program that reads
// pins should still call Prepare before it opens files of its own: where a chip
// has two device names, as on a Pi 5, the driver closes a file descriptor twice,
// and the second time it may be somebody else's.
//
// The error says why there is no chip of a header; it wraps [ErrNoChip] when
// there is none at all. Prepare may be called again.
func Prepare() error {
	_, _, err := chips.now()
	return err
}

// now returns the chips that the driver knows of those that are here.
func (s *scanner) now() (devices, []*gpioioctl.GPIOChip, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The driver reports no trouble: it logs and finds nothing.
	is, err := s.look()
	if err != nil {
		return is, nil, err
	}
	if is.header != s.known.header {
		if err := s.scan(); err != nil {
			return is, nil, fmt.Errorf("finding the GPIO chips: %w\nhint: see `ls -l /dev/gpiochip*` and the kernel's messages (dmesg)", err)
		}
	}
	s.known = is
	return is, s.found, nil
}

// scan lets the driver look at all chips.
func (s *scanner) scan() error {
	for _, chip := range s.found {
		for _, line := range chip.Lines() {
			// Else the driver gives the new line another name. Lines without a
			// name are not registered.
			_ = gpioreg.Unregister(line.Name())
		}
	}
	before := len(gpioioctl.Chips)
	var err error
	keepStandardFiles(func() { err = s.load() })
	s.found = slices.Clone(gpioioctl.Chips[before:])
	return err
}

// loadDriver loads the driver, the first time through its registry, which does it
// once only.
func loadDriver() error {
	first := len(gpioioctl.Chips) == 0
	drivers, err := driverreg.Init()
	if err != nil || first && len(gpioioctl.Chips) > 0 {
		return err
	}
	all := slices.Clone(drivers.Loaded)
	for _, f := range slices.Concat(drivers.Skipped, drivers.Failed) {
		all = append(all, f.D)
	}
	for _, d := range all {
		if d.String() == "ioctl-gpio" {
			_, err = d.Init()
		}
	}
	return err
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
// another program has it, and given back by Halt. Every error ends in a hint.
func OpenPin(name string) (gpio.PinIn, error) {
	chip, line, err := headerLine(name)
	if err != nil {
		return nil, err
	}
	return &linePin{name: name, number: line.Number(), request: requester(chip, line)}, nil
}

// OpenUnused is [OpenPin] for a line that nobody gave to the caller, to see
// whether something is connected to it. It leaves alone what somebody holds, and
// what is an output: to take such a line turns off the relay behind it.
func OpenUnused(name string) (gpio.PinIn, error) {
	chip, line, err := headerLine(name)
	if err != nil {
		return nil, err
	}
	is := lineInfo{offset: uint32(line.Number())}
	switch err := askChip(chip.Path(), getLineInfo, unsafe.Pointer(&is)); {
	case err != nil:
		return nil, fmt.Errorf("%s: %w\nhint: see `gpioinfo`", name, err)
	case is.flags&lineUsed != 0:
		return nil, busy(name, text(is.consumer[:]))
	case is.flags&lineOutput != 0:
		return nil, fmt.Errorf("%s is an output\nhint: look what is connected to it before you use it as an input", where(name))
	}
	return &linePin{name: name, number: line.Number(), request: requester(chip, line)}, nil
}

// headerLine finds a line of the header chip by its name.
func headerLine(name string) (*gpioioctl.GPIOChip, *gpioioctl.GPIOLine, error) {
	is, found, err := chips.now()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, chip := range found {
		if !strings.HasPrefix(chip.Label(), headerLabel) {
			continue
		}
		if line := chip.ByName(name); line != nil {
			return chip, line, nil
		}
	}
	if is.denied != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, is.denied)
	}
	return nil, nil, fmt.Errorf("%s: no such line on the header chip; this machine has %s\nhint: pins are named GPIO0 to GPIO27", name, strings.Join(is.labels, ", "))
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
			return nil, busy(line.Name(), holder(chip.Path(), uint32(line.Number())))
		}
		return nil, err
	}
}

func busy(line, holder string) error {
	if holder == "" {
		holder = "another program"
	}
	return fmt.Errorf("the line is in use by %s\nhint: stop that program, remove the overlay that claims %s from config.txt, or use another pin", holder, where(line))
}

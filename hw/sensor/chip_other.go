//go:build !linux

package sensor

import (
	"fmt"
	"runtime"

	"periph.io/x/conn/v3/gpio"
)

// Prepare does nothing on this system.
func Prepare() error { return errNotLinux() }

// OpenPin always fails on this system: GPIO pins need Linux.
func OpenPin(name string) (gpio.PinIn, error) {
	return nil, fmt.Errorf("%s: %w", name, errNotLinux())
}

// OpenUnused always fails on this system, as [OpenPin] does.
func OpenUnused(name string) (gpio.PinIn, error) { return OpenPin(name) }

func errNotLinux() error {
	return fmt.Errorf("%w: pins are not supported on %s\nhint: use sensors of kind \"key\" or \"signal\" here", ErrNoChip, runtime.GOOS)
}

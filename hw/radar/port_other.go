//go:build !linux

package radar

import (
	"fmt"
	"runtime"
)

// OpenPort always fails on this system: serial ports are read on Linux only.
func OpenPort(path string, baud int) (Port, error) {
	return nil, fmt.Errorf("%s: serial ports are not supported on %s\nhint: use sensors of kind \"key\" or \"signal\" here", path, runtime.GOOS)
}

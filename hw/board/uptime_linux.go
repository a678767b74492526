package board

import (
	"time"

	"golang.org/x/sys/unix"
)

// Uptime is how long ago the machine started, suspended time included
// (CLOCK_BOOTTIME); 0 if the kernel does not say.
func Uptime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

package board

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Synchronised reports whether the kernel's clock is disciplined by a time
// source (adjtimex(2) without STA_UNSYNC), or was set at boot from a hardware
// clock (rtc0 with hctosys).
func Synchronised() bool {
	var t unix.Timex
	if state, err := unix.Adjtimex(&t); err == nil && state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0 {
		return true
	}
	b, err := os.ReadFile("/sys/class/rtc/rtc0/hctosys")
	return err == nil && strings.TrimSpace(string(b)) == "1"
}

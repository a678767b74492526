package board

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Synchronised reports whether the kernel's clock is disciplined by a time
// source (adjtimex(2) without STA_UNSYNC), or agrees with a hardware clock that it
// was set from at boot. Being set from one is not enough: a hardware clock
// without a battery sets it to the wrong year.
func Synchronised() bool {
	var t unix.Timex
	if state, err := unix.Adjtimex(&t); err == nil && state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0 {
		return true
	}
	return agrees("/sys/class/rtc/rtc0/", time.Now())
}

// agrees asks a hardware clock, found in a folder of sysfs, whether it is now.
func agrees(rtc string, now time.Time) bool {
	const apart = 5 // seconds
	if set, err := os.ReadFile(rtc + "hctosys"); err != nil || strings.TrimSpace(string(set)) != "1" {
		return false
	}
	b, err := os.ReadFile(rtc + "since_epoch")
	if err != nil {
		return false
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return false
	}
	d := now.Unix() - seconds
	return d <= apart && d >= -apart
}

package board

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Synchronised reports whether the machine's clock is disciplined ([Disciplined]),
// or agrees with the hardware clock that it was set from at boot.
func Synchronised() bool {
	if Disciplined() {
		return true
	}
	_, set := HardwareClock()
	return set
}

// Disciplined reports whether a time source from outside keeps the kernel's clock:
// adjtimex(2) without STA_UNSYNC.
func Disciplined() bool {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return err == nil && state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0
}

// HardwareClock returns what the first hardware clock reads, zero without one, and
// whether the machine's clock was set from it at boot and still agrees. Being set
// from one is not enough: a hardware clock without a battery sets it to the wrong
// year.
func HardwareClock() (reads time.Time, set bool) {
	return hardwareClock("/sys/class/rtc/rtc0/", time.Now())
}

// hardwareClock asks a hardware clock, found in a folder of sysfs.
func hardwareClock(rtc string, now time.Time) (reads time.Time, set bool) {
	const apart = 5 * time.Second
	b, err := os.ReadFile(rtc + "since_epoch")
	if err != nil {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	reads = time.Unix(seconds, 0)
	b, err = os.ReadFile(rtc + "hctosys")
	return reads, err == nil && strings.TrimSpace(string(b)) == "1" && now.Sub(reads).Abs() <= apart
}

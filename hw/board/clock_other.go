//go:build !linux

package board

import "time"

// Synchronised is true: a desktop computer keeps time.
func Synchronised() bool { return true }

// Disciplined is true, for the same reason.
func Disciplined() bool { return true }

// HardwareClock is not known here.
func HardwareClock() (reads time.Time, set bool) { return time.Time{}, false }

// Uptime is not known here: 0, as if the machine had just started.
func Uptime() time.Duration { return 0 }

//go:build !linux

package board

import "time"

// Synchronised is true: a desktop computer keeps time.
func Synchronised() bool { return true }

// Uptime is not known here: 0, as if the machine had just started.
func Uptime() time.Duration { return 0 }

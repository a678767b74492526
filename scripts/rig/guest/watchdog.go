//go:build linux

package guest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A Watchdog is "/dev/watchdog". When nobody feeds it, it tells instead of
// restarting the machine.
type Watchdog struct{ fired int }

// Softdog makes a watchdog that waits for so long, in whole seconds.
func Softdog(t testing.TB, margin time.Duration) *Watchdog {
	t.Helper()
	run(t, "modprobe", "softdog", "soft_noboot=1", fmt.Sprintf("soft_margin=%d", int(margin.Seconds())))
	t.Cleanup(func() { run(t, "modprobe", "-r", "softdog") })
	return &Watchdog{fired: bites(t)}
}

// Fired reports whether it would have restarted the machine.
func (w *Watchdog) Fired(t testing.TB) bool {
	t.Helper()
	return bites(t) > w.fired
}

func bites(t testing.TB) int {
	t.Helper()
	return strings.Count(run(t, "dmesg"), "softdog: Triggered - Reboot ignored")
}

//go:build linux

package guest

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// A Watchdog is "/dev/watchdog". When nobody feeds it, it tells instead of
// restarting the machine; but see [NeedReset].
type Watchdog struct{ fired int }

// Softdog makes a watchdog that waits for so long, in whole seconds. In a test
// that needs a reset it bites.
func Softdog(t testing.TB, margin time.Duration) *Watchdog {
	t.Helper()
	spares := 1
	if os.Getenv("ENTRACTE_RIG_RESETS") != "" {
		spares = 0
	}
	run(t, "modprobe", "softdog", fmt.Sprintf("soft_noboot=%d", spares), fmt.Sprintf("soft_margin=%d", int(margin.Seconds())))
	t.Cleanup(func() { run(t, "modprobe", "-r", "softdog") })
	return &Watchdog{fired: bites(t)}
}

// Bites announces that the machine is about to be reset, and waits for it: the
// test passes if the watchdog resets the machine within d, and fails if it was
// reset before it was announced, or is not.
func (w *Watchdog) Bites(t testing.TB, d time.Duration) {
	t.Helper()
	if t.Failed() {
		t.FailNow() // or nobody would know
	}
	ask(t, "reset")
	time.Sleep(d)
	t.Fatalf("%v later the machine still runs", d)
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

//go:build linux

package guest

import (
	"io"
	"os/exec"
	"strings"
	"testing"
)

// A TV is a television that understands HDMI-CEC.
type TV struct{}

// FakeTV connects a television to "/dev/cec1", the adapter of the computer. It
// is on, and takes seconds to change, as real ones do.
func FakeTV(t testing.TB) *TV {
	t.Helper()
	run(t, "modprobe", "vivid")
	t.Cleanup(func() { run(t, "modprobe", "-r", "vivid") })
	// A cable from vivid's HDMI output, video1 and cec1, to its HDMI input,
	// video0 and cec0. Source: Documentation/admin-guide/media/vivid.rst.
	run(t, "v4l2-ctl", "-d0", "-i", "3")
	run(t, "v4l2-ctl", "-d0", "-c", "hdmi_000_0_is_connected_to=2")
	run(t, "v4l2-ctl", "-d1", "-o", "1")
	run(t, "cec-ctl", "-d0", "--tv")
	follower := exec.Command("cec-follower", "-d0")
	follower.Stdout, follower.Stderr = io.Discard, io.Discard
	if err := follower.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = follower.Process.Kill()
		_ = follower.Wait() // says that it was killed
	})
	return &TV{}
}

// Power is what the television says of itself: "on", "to-standby", "standby" or
// "to-on". It is asked over the cable, which must have an address by then, as
// `cec-ctl -d1 --playback` gives it.
func (*TV) Power(t testing.TB) string {
	t.Helper()
	out := run(t, "cec-ctl", "-d1", "--to", "0", "--give-device-power-status")
	_, after, _ := strings.Cut(out, "pwr-state: ")
	state, _, _ := strings.Cut(after, " ")
	return state
}

//go:build linux

package sensor

import (
	"strings"
	"testing"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3/gpioioctl"

	"entracte/scripts/rig/guest"
)

// What is looked at only to see whether something is connected must not be
// disturbed: a line that somebody holds, or that holds a relay.
func TestRigUnusedLines(t *testing.T) {
	guest.Need(t)
	if !guest.Alone(t, 0) {
		return
	}
	chip := guest.Header(t, "pinctrl-bcm2711", 58)
	take := func(name string) error {
		t.Helper()
		pin, err := OpenUnused(name)
		if err != nil {
			return err
		}
		if err := pin.In(gpio.PullUp, gpio.BothEdges); err != nil {
			t.Fatal(err)
		}
		return pin.Halt()
	}
	if err := take("GPIO22"); err != nil || !chip.High(t, 22) {
		t.Errorf("a line that nobody uses: %v", err)
	}
	holder, err := OpenPin("GPIO23")
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.In(gpio.PullDown, gpio.NoEdge); err != nil {
		t.Fatal(err)
	}
	defer holder.Halt()
	if err := take("GPIO23"); err == nil || !strings.Contains(err.Error(), "GPIO23 (header pin 16)") || !strings.Contains(err.Error(), "in use by") {
		t.Errorf("a line that somebody holds: %v", err)
	}
	// A program made it an output and ended, as `gpioset` does.
	header, _, err := headerLine("GPIO24")
	if err != nil {
		t.Fatal(err)
	}
	relay, err := header.LineSetFromConfig(&gpioioctl.LineSetConfig{Lines: []string{"GPIO24"}, DefaultDirection: gpioioctl.LineOutput})
	if err != nil {
		t.Fatal(err)
	}
	if err := relay.Close(); err != nil {
		t.Fatal(err)
	}
	if err := take("GPIO24"); err == nil || err.Error() != "GPIO24 (header pin 18) is an output\nhint: look what is connected to it before you use it as an input" {
		t.Errorf("a line that drives something: %v", err)
	}
	if chip.High(t, 24) {
		t.Error("the resistor of an output was changed")
	}
}

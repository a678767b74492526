//go:build linux

package screen

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"entracte/scripts/rig/guest"
)

// own is the adapter of the computer in the virtual machine; the other one is the
// television's.
const own = "/dev/cec1"

func TestRigTelevision(t *testing.T) {
	guest.Need(t)
	tv := guest.FakeTV(t)
	l := &CEC{Path: own}
	says := map[string]Power{"on": On, "standby": Off, "to-on": TurningOn, "to-standby": TurningOff}
	begun := time.Now()
	conform(t, l, func() Power { return says[tv.Power(t)] })
	t.Logf("seven switches took %v", time.Since(begun).Round(time.Millisecond))
	out, err := exec.Command("cec-ctl", "-d1").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Entracte") {
		t.Errorf("the television is not told our name: %v\n%s", err, out)
	}
}

// cableOf connects what FakeTV made (2), or pulls its cable out (1, 0).
func cableOf(t *testing.T, connected string) {
	t.Helper()
	if out, err := exec.Command("v4l2-ctl", "-d0", "-c", "hdmi_000_0_is_connected_to="+connected).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// A cable that is pulled out keeps its addresses: what became of the message is
// what counts.
func TestRigPulledCable(t *testing.T) {
	guest.Need(t)
	guest.FakeTV(t)
	l := &CEC{Path: own}
	if err := Try(t.Context(), l, true); err != nil {
		t.Fatal(err)
	}
	cableOf(t, "1")
	if err := l.Switch(t.Context(), false); !errors.Is(err, errNoCable) {
		t.Errorf("without a cable: %v", err)
	}
	if p, err := l.Power(t.Context()); !errors.Is(err, errNoCable) {
		t.Errorf("without a cable it says it is %v, %v", p, err)
	}
	cableOf(t, "2")
	if err := Try(t.Context(), l, false); err != nil {
		t.Errorf("with the cable back: %v", err)
	}
}

func TestRigNoTelevision(t *testing.T) {
	guest.Need(t)
	if _, err := (&CEC{}).Power(t.Context()); !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "there is no /dev/cec*") {
		t.Errorf("without a device: %v", err)
	}
	guest.FakeTV(t)
	// Nothing is plugged into the computer: there is no address.
	cableOf(t, "0")
	for _, on := range []bool{true, false} {
		if err := (&CEC{Path: own}).Switch(t.Context(), on); !errors.Is(err, errNoCable) {
			t.Errorf("%v: %v", on, err)
		}
	}
}

func TestRigNoPermission(t *testing.T) {
	guest.Need(t)
	if os.Getenv("ENTRACTE_RIG_ALONE") == "" {
		guest.FakeTV(t)
		if err := os.Chmod(own, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !guest.Alone(t, guest.Nobody) {
		return
	}
	_, err := (&CEC{Path: own}).Power(t.Context())
	if !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "usermod -aG video") {
		t.Errorf("got %v", err)
	}
}

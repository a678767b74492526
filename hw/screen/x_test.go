package screen

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// xServer starts an X server for this test alone and names it in DISPLAY.
func xServer(t *testing.T) {
	t.Helper()
	for _, program := range []string{"Xvfb", "xset"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-noreset", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if err := r.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var number int
	if _, err := fmt.Fscan(r, &number); err != nil {
		t.Fatalf("Xvfb does not start: %v", err)
	}
	t.Setenv("DISPLAY", fmt.Sprintf(":%d", number))
}

func query(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("xset", "q").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestXKeepsAwake(t *testing.T) {
	xServer(t)
	if !strings.Contains(query(t), "timeout:  600") {
		t.Fatalf("this server's screen saver is off from the start:\n%s", query(t))
	}
	if err := new(DPMS).KeepAwake(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out := query(t); !strings.Contains(out, "timeout:  0") {
		t.Errorf("the screen saver is on:\n%s", out)
	}
}

func TestXSwitches(t *testing.T) {
	xServer(t)
	l := new(DPMS)
	if _, err := l.Power(t.Context()); errors.Is(err, ErrAbsent) {
		if err := Try(t.Context(), l, false); !errors.Is(err, ErrAbsent) {
			t.Errorf("got %v", err)
		}
		t.Skipf("%v: Xvfb has none", err)
	}
	conform(t, l, func() Power {
		if strings.Contains(query(t), "Monitor is Off") {
			return Off
		}
		return On
	})
}

// A technician who comes by SSH has no DISPLAY, or somebody else's.
func TestXIsMissing(t *testing.T) {
	for _, c := range []struct{ display, path, fact, hint string }{
		{"", os.Getenv("PATH"), "DISPLAY is not set", "DISPLAY=:0"},
		{":0", t.TempDir(), "xset is not installed", "apt install x11-xserver-utils"},
		{":30999", os.Getenv("PATH"), "no X server answers on :30999", "XAUTHORITY"},
	} {
		if _, err := exec.LookPath("xset"); err != nil && c.display == ":30999" {
			t.Skip("xset is not installed")
		}
		t.Run(c.fact, func(t *testing.T) {
			t.Setenv("DISPLAY", c.display)
			t.Setenv("PATH", c.path)
			_, err := new(DPMS).Power(t.Context())
			if !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), c.fact) || !strings.Contains(err.Error(), "\nhint: ") || !strings.Contains(err.Error(), c.hint) {
				t.Errorf("got %v", err)
			}
		})
	}
}

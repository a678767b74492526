package screen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// DPMS switches the signal of the X server in $DISPLAY off, by the program xset;
// a screen without a signal goes to sleep by itself. That X server's answer is
// about the signal: what the screen makes of it nobody can tell.
type DPMS struct {
	// xset runs the program; nil runs the real one.
	xset func(ctx context.Context, args ...string) (string, error)
}

// xsetTakes is how long an X server may take to answer.
const xsetTakes = 3 * time.Second

// Name returns "dpms".
func (*DPMS) Name() string { return "dpms" }

// Switch forces the signal on or off.
func (d *DPMS) Switch(ctx context.Context, on bool) error {
	if _, err := d.Power(ctx); err != nil {
		return err // xset does not fail where the server has no DPMS
	}
	if !on {
		_, err := d.run(ctx, "dpms", "force", "off")
		return err
	}
	if _, err := d.run(ctx, "dpms", "force", "on"); err != nil {
		return err
	}
	return d.KeepAwake(ctx) // forcing has turned the server's own timers on
}

// KeepAwake stops the X server from blanking the screen when nobody touches a
// keyboard, which it does after ten minutes by default.
func (d *DPMS) KeepAwake(ctx context.Context) error {
	_, err := d.run(ctx, "s", "off", "-dpms")
	return err
}

// Power reads what the X server says of its signal.
func (d *DPMS) Power(ctx context.Context) (Power, error) {
	out, err := d.run(ctx, "q")
	if err != nil {
		return Unknown, err
	}
	return readDPMS(out)
}

// readDPMS reads the last paragraph of `xset q`. A server whose DPMS is disabled
// keeps its signal on, and xset then says nothing of the monitor. Source:
// xset.c of x11-xserver-utils.
func readDPMS(out string) (Power, error) {
	_, about, _ := strings.Cut(out, "DPMS (")
	switch {
	case strings.Contains(about, "DPMS is Disabled"), strings.Contains(about, "Monitor is On"):
		return On, nil
	case strings.Contains(about, "Monitor is "): // Off, in Standby, in Suspend
		return Off, nil
	case strings.Contains(about, "DPMS is Enabled"):
		return Unknown, errors.New("the X server does not say whether its signal is on")
	}
	return Unknown, fmt.Errorf("%w: this X server has no DPMS", ErrAbsent)
}

func (d *DPMS) run(ctx context.Context, args ...string) (string, error) {
	if d.xset != nil {
		return d.xset(ctx, args...)
	}
	return xset(ctx, args...)
}

func xset(ctx context.Context, args ...string) (string, error) {
	if os.Getenv("DISPLAY") == "" {
		return "", fmt.Errorf("%w: DISPLAY is not set, so no X server is known\nhint: on the machine of the screen, DISPLAY=:0", ErrAbsent)
	}
	path, err := exec.LookPath("xset")
	if err != nil {
		return "", fmt.Errorf("%w: xset is not installed\nhint: apt install x11-xserver-utils", ErrAbsent)
	}
	ctx, cancel := context.WithTimeout(ctx, xsetTakes)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	switch first, _, _ := strings.Cut(complaint.String(), "\n"); {
	case ctx.Err() != nil:
		return "", fmt.Errorf("the X server does not answer xset: %w", ctx.Err())
	case err != nil && strings.Contains(first, "unable to open display"):
		return "", fmt.Errorf("%w: no X server answers on %s, or it refuses this user\nhint: run as the user of the screen, or name it with DISPLAY and XAUTHORITY", ErrAbsent, os.Getenv("DISPLAY"))
	case err != nil:
		return "", fmt.Errorf("xset %s: %w (%s)", strings.Join(args, " "), err, first)
	}
	return string(out), nil
}

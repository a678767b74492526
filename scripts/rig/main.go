// Command rig boots the virtual machine that scripts/rig/build made and runs a
// test program in it. Its exit code is the program's, or 125 when there is none.
//
// Package guest is its counterpart inside: the program asks for a stick to be
// plugged in or pulled out over a serial port, and rig has QEMU do it; and it
// announces the reset that it is about to die of. Nothing is emulated for speed's
// sake: one processor, no KVM, the same on every host.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// noResult is the exit code where the program has none.
const noResult = 125

func main() {
	m := machine{console: os.Stdout}
	flag.StringVar(&m.dir, "machine", "", "the `folder` that scripts/rig/build printed")
	flag.IntVar(&m.sticks, "sticks", 2, "how many USB sticks there are: stick1, stick2, ...")
	flag.IntVar(&m.memory, "memory", 512, "memory in `MB`")
	flag.DurationVar(&m.timeout, "timeout", 10*time.Minute, "how long the program may run")
	flag.BoolVar(&m.resets, "resets", false, "the program announces that the watchdog resets the machine; nothing else is success")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: scripts/rig/run [--sticks N] [--memory MB] [--timeout D] [--resets] TESTBINARY [ARGUMENT...]")
		os.Exit(noResult)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	code, err := m.run(ctx, flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "rig:", err)
		code = noResult
	}
	os.Exit(code)
}

// run boots the machine for one command; a second time if it never came up, for
// emulated machines sometimes do not. A program that ran is never run again.
func (m *machine) run(ctx context.Context, command []string) (int, error) {
	dir, err := os.MkdirTemp("", "entracte-rig")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	m.work = dir
	if err := m.share(command); err != nil {
		return 0, err
	}
	for n := 1; n <= m.sticks; n++ {
		if err := os.WriteFile(m.stick(n), nil, 0o600); err != nil {
			return 0, err
		}
		if err := os.Truncate(m.stick(n), stickSize); err != nil {
			return 0, err
		}
	}
	code, err := m.boot(ctx)
	if errors.Is(err, errNotBooted) && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "rig: %v; once more\n", err)
		code, err = m.boot(ctx)
	}
	return code, err
}

// share makes the folder that the machine sees as /host: the program, and a
// shell script that runs it.
func (m *machine) share(command []string) error {
	host := filepath.Join(m.work, "host")
	if err := os.Mkdir(host, 0o755); err != nil {
		return err
	}
	if err := copyProgram(filepath.Join(host, "program"), command[0]); err != nil {
		return err
	}
	var script strings.Builder
	for _, v := range os.Environ() {
		if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(name, "ENTRACTE_") && name != "ENTRACTE_RIG" {
			fmt.Fprintf(&script, "export %s=%s\n", name, quoted(value))
		}
	}
	if m.resets {
		script.WriteString("export ENTRACTE_RIG_RESETS=1\n")
	}
	script.WriteString("exec /host/program")
	for _, a := range command[1:] {
		script.WriteString(" " + quoted(a))
	}
	script.WriteString("\n")
	return os.WriteFile(filepath.Join(host, "command"), []byte(script.String()), 0o644)
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func copyProgram(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

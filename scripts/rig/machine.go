package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// bootTime is how long the machine may take to say that it is there; it takes
// two to five seconds, and ten times that beside other work.
const bootTime = 2 * time.Minute

var errNotBooted = errors.New("the machine did not come up")

// A machine is a virtual machine to be booted.
type machine struct {
	dir     string // holds vmlinuz and initramfs
	work    string // holds the sockets, the sticks and the shared folder
	sticks  int
	memory  int // MB
	timeout time.Duration
	console io.Writer

	// resets says that the program is to end with a reset by the watchdog, which
	// it announces.
	resets                   bool
	announced, booted, reset atomic.Bool
}

// bite is what the kernel says when its watchdog resets the machine.
// Source: drivers/watchdog/softdog.c.
const bite = "softdog: Initiating system reboot"

func (m *machine) path(name string) string { return filepath.Join(m.work, name) }

// boot starts the machine and returns the exit code of the program in it.
func (m *machine) boot(ctx context.Context) (int, error) {
	for _, leftover := range []string{"qmp", "requests", "host/exit"} {
		if err := os.RemoveAll(m.path(leftover)); err != nil {
			return 0, err
		}
	}
	ctx, stop := context.WithTimeout(ctx, bootTime+m.timeout)
	defer stop()
	qemu := m.command(ctx)
	out, err := qemu.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := qemu.Start(); err != nil {
		return 0, err
	}
	m.booted.Store(false)
	patience := time.AfterFunc(bootTime, func() {
		if !m.booted.Load() {
			stop()
		}
	})
	defer patience.Stop()
	go m.serve(ctx)
	tail := m.copyConsole(out)
	ended := qemu.Wait()
	if !m.booted.Load() {
		return 0, fmt.Errorf("%w: %v\n%s", errNotBooted, ended, tail)
	}
	if ctx.Err() != nil {
		return 0, fmt.Errorf("the program was stopped: %w after %v", ctx.Err(), m.timeout)
	}
	return m.outcome(ended, tail)
}

// outcome is the exit code of the program, or of the reset that it was to end in.
func (m *machine) outcome(ended error, tail string) (int, error) {
	text, err := os.ReadFile(m.path("host/exit"))
	switch {
	case err == nil:
		code, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if m.resets && code == 0 {
			return 0, errors.New("the program ended, and the machine was not reset")
		}
		return code, err
	case m.announced.Load() && m.reset.Load() && ended == nil:
		fmt.Fprintln(m.console, "RIG reset by the watchdog, as announced")
		return 0, nil
	}
	return 0, fmt.Errorf("the machine stopped before the program ended: %v\n%s", ended, tail)
}

func (m *machine) command(ctx context.Context) *exec.Cmd {
	qemu := exec.CommandContext(ctx, "qemu-system-x86_64",
		"-machine", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", strconv.Itoa(m.memory),
		"-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
		"-serial", "unix:"+m.path("requests")+",server=on,wait=off",
		"-qmp", "unix:"+m.path("qmp")+",server=on,wait=off",
		"-kernel", filepath.Join(m.dir, "vmlinuz"), "-initrd", filepath.Join(m.dir, "initramfs"),
		"-append", "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off nokaslr",
		"-virtfs", "local,path="+m.path("host")+",mount_tag=host,security_model=none",
		"-device", "qemu-xhci,id=xhci")
	qemu.Stderr = os.Stderr
	return qemu
}

// copyConsole shows what the machine says once it is up, until it stops, and
// returns its last words.
func (m *machine) copyConsole(out io.Reader) string {
	var tail []string
	show := false
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		if strings.Contains(line, "RIG kernel ") {
			show = true
			m.booted.Store(true)
		}
		if strings.Contains(line, bite) {
			m.reset.Store(true)
		}
		if line == "RIG done" {
			show = false
		}
		if show && (line != "" || err == nil) {
			fmt.Fprintln(m.console, line)
		}
		if err != nil {
			return strings.Join(tail, "\n")
		}
		tail = append(tail[max(0, len(tail)-19):], line)
	}
}

// serve answers the requests of package guest, one line each: "plug stick1",
// "yank stick1" or "reset", answered by "ok" or by a sentence.
func (m *machine) serve(ctx context.Context) {
	q, err := dialQMP(ctx, m.path("qmp"))
	if err != nil {
		return // the machine is gone
	}
	defer q.Close()
	port, err := dial(ctx, m.path("requests"))
	if err != nil {
		return
	}
	defer port.Close()
	requests := bufio.NewScanner(port)
	for requests.Scan() {
		answer := "ok"
		if err := m.answer(q, strings.Fields(requests.Text())); err != nil {
			answer = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Fprintln(port, answer)
	}
}

func (m *machine) answer(q *qmp, request []string) error {
	if len(request) == 1 && request[0] == "reset" && m.resets {
		m.announced.Store(true)
		return nil
	}
	if len(request) == 2 {
		n, err := strconv.Atoi(strings.TrimPrefix(request[1], "stick"))
		if err != nil || n < 1 || n > m.sticks {
			return fmt.Errorf("there are %d sticks, and none is called %s", m.sticks, request[1])
		}
		switch request[0] {
		case "plug":
			return q.plug(request[1], m.stick(n))
		case "yank":
			return q.yank(request[1])
		}
	}
	return fmt.Errorf("what is %q?", request)
}

// dial connects to a socket that QEMU is about to make.
func dial(ctx context.Context, path string) (net.Conn, error) {
	for {
		c, err := net.Dial("unix", path)
		if err == nil {
			context.AfterFunc(ctx, func() { c.Close() })
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

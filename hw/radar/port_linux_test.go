package radar

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"entracte/hw/presence"
)

// pty returns the far end of a wire and the path of its serial port.
func pty(t *testing.T) (*os.File, string) {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("there are no pseudo terminals here: %v", err)
	}
	wire := os.NewFile(uintptr(fd), "/dev/ptmx")
	t.Cleanup(func() { wire.Close() })
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	path := fmt.Sprintf("/dev/pts/%d", n)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Skipf("there are no pseudo terminals here: %v", err)
	}
	return wire, path
}

func TestPort(t *testing.T) {
	t.Parallel()
	wire, path := pty(t)
	// As it comes, the line echoes: then it has received what is to be dropped.
	_, _ = wire.Write([]byte("old\n"))
	_ = wire.SetReadDeadline(time.Now().Add(time.Second))
	for echo := []byte{0}; echo[0] != '\n'; {
		if _, err := wire.Read(echo); err != nil {
			t.Fatal(err)
		}
	}
	port, err := OpenPort(path, 256000)
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	raw, err := port.(*os.File).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = raw.Control(func(fd uintptr) {
		got, err := unix.IoctlGetTermios(int(fd), unix.TCGETS2)
		if err != nil || got.Ospeed != 256000 || got.Ispeed != 256000 {
			t.Errorf("the rate is %d and %d: %v", got.Ispeed, got.Ospeed, err)
		}
		if got.Lflag|got.Oflag|got.Iflag != 0 || got.Cflag&(unix.CSIZE|unix.PARENB|unix.CSTOPB|unix.CRTSCTS) != unix.CS8 || got.Cflag&unix.CLOCAL == 0 {
			t.Errorf("the line is not raw 8N1: %+v", got)
		}
	})
	// All bytes pass both ways as they are: no echo, no line feeds, no signals.
	for b := range 256 {
		var got [2]byte
		deadline := time.Now().Add(time.Second)
		_, _ = wire.Write([]byte{byte(b)})
		if err := port.SetReadDeadline(deadline); err != nil {
			t.Fatal(err)
		}
		if n, err := port.Read(got[:]); n != 1 || got[0] != byte(b) {
			t.Fatalf("%02x arrives as %x, %v", b, got[:n], err)
		}
		_, _ = port.Write([]byte{byte(255 - b)})
		_ = wire.SetReadDeadline(deadline)
		if n, err := wire.Read(got[:]); n != 1 || got[0] != byte(255-b) {
			t.Fatalf("%02x leaves as %x, %v", 255-b, got[:n], err)
		}
	}
	_ = port.SetReadDeadline(time.Now())
	if _, err := port.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("past the deadline a read gives %v", err)
	}
	wire.Close()
	_ = port.SetReadDeadline(time.Now().Add(time.Second))
	if n, err := port.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("an unplugged port gives %d, %v", n, err)
	}
}

func TestNoPort(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ttyUSB0")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Dir(file) + "/ttyUSB1": "ttyUSB1: no such file or directory\nhint: see `ls",
		file:                            "ttyUSB0 cannot be a radar's port: it is no serial device",
		os.DevNull:                      "it is no serial device",
		filepath.Dir(file):              "is a directory\nhint: ",
	} {
		if _, err := OpenPort(path, DefaultBaud); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%s gives %v", path, err)
		}
	}
	if _, err := OpenPort(filepath.Dir(file)+"/ttyUSB1", DefaultBaud); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	for err, want := range map[error]string{unix.EACCES: "dialout", unix.EBUSY: "another program", unix.ENXIO: "config.txt"} {
		if got := openHint(err); !strings.Contains(got, want) {
			t.Errorf("%v: %s", err, got)
		}
	}
}

// The whole way over a real serial line, in real time.
func TestOverAWire(t *testing.T) {
	t.Parallel()
	wire, path := pty(t)
	m := newModule()
	m.config, m.echo = true, Echo{Moving: true, MovingCM: 100}
	served := make(chan struct{})
	go func() { defer close(served); m.serve(wire) }()
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := make(chan presence.Reading, 1000), make(chan struct{})
	r := &Radar{Input: "bench", Port: path, FarCM: 250, Moving: []int{50, 50, 45}, Notice: func(err error) { t.Error(err) }}
	go func() { defer close(ended); r.Watch(ctx, out) }()
	await := func(what string, is func(presence.Reading) bool) {
		t.Helper()
		patience := time.After(20 * time.Second) // for a machine that is very busy
		for {
			select {
			case got := <-out:
				if is(got) {
					return
				}
			case <-patience:
				t.Fatalf("%s is not reported", what)
			}
		}
	}
	await("motion", func(r presence.Reading) bool { return r.Level == presence.High && !r.Still })
	m.set(func(m *module) {
		if m.tuning.moving[2] != 45 || m.tuning.movingReach != 4 || m.tuning.unmanned != 1 {
			t.Errorf("the module keeps %+v", m.tuning)
		}
		m.echo = Echo{Still: true, StillCM: 90}
	})
	await("stillness", func(r presence.Reading) bool { return r.Level == presence.High && r.Still })
	wire.Close()
	await("the loss", func(r presence.Reading) bool {
		return r.Level == presence.Unknown && strings.Contains(r.Fault, "is gone")
	})
	cancel()
	<-ended
	<-served
}

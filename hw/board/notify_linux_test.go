package board

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// manager listens as systemd does.
func manager(t *testing.T, name string) *net.UnixConn {
	t.Helper()
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func heard(t *testing.T, l *net.UnixConn, within time.Duration) string {
	t.Helper()
	b := make([]byte, 4096)
	if err := l.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	n, err := l.Read(b)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return string(b[:n])
}

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if k, v, _ := strings.Cut(p, "="); k == name {
				return v
			}
		}
		return ""
	}
}

func TestSupervisorEnvironment(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "n")
	manager(t, path)
	for _, tt := range []struct {
		env      []string
		want     bool
		watchdog time.Duration
		fails    bool
	}{
		{nil, false, 0, false},
		{[]string{"NOTIFY_SOCKET=" + path}, true, 0, false},
		{[]string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=20000000"}, true, 20 * time.Second, false},
		{[]string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=20000000", "WATCHDOG_PID=7"}, true, 20 * time.Second, false},
		{[]string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=20000000", "WATCHDOG_PID=8"}, true, 0, false},
		{[]string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=-1"}, true, 0, false},
		{[]string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=999999999999999999"}, true, 0, false},
		{[]string{"NOTIFY_SOCKET=vsock:2:1"}, false, 0, true},
		{[]string{"NOTIFY_SOCKET=" + path + ".gone"}, false, 0, true},
	} {
		s, err := supervisor(environment(tt.env...), 7)
		if (s != nil) != tt.want || (err != nil) != tt.fails || s != nil && s.Watchdog != tt.watchdog {
			t.Errorf("%v: %+v, %v", tt.env, s, err)
		}
		if err != nil && !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%v: no hint: %v", tt.env, err)
		}
		if s != nil {
			s.Close()
		}
	}
}

// The whole conversation, over a socket in the abstract name space: ready, fed,
// starved once a loop stands still, stopping.
func TestAttend(t *testing.T) {
	t.Parallel()
	name := "@entracte-test-" + filepath.Base(t.TempDir()) + time.Now().Format("150405.000000000")
	l := manager(t, name)
	s, err := supervisor(environment("NOTIFY_SOCKET="+name, "WATCHDOG_USEC=80000"), os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var glass, stuck atomic.Uint64
	var stands atomic.Bool
	loops := []Loop{
		{Name: "the glass", Rounds: func() uint64 { return glass.Add(1) }, Rest: time.Minute},
		{Name: "the sensors", Rounds: func() uint64 {
			if stands.Load() {
				return stuck.Load()
			}
			return stuck.Add(1)
		}, Rest: 200 * time.Millisecond},
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Attend(ctx, loops, func() string { return "all is\nwell" }, slog.New(slog.DiscardHandler))
	}()
	if got := heard(t, l, 10*time.Second); got != "READY=1\nWATCHDOG=1\nSTATUS=all is well" {
		t.Errorf("first: %q", got)
	}
	if got := heard(t, l, 10*time.Second); got != "WATCHDOG=1" {
		t.Errorf("then: %q", got)
	}
	stands.Store(true)
	for got := ""; got != "STATUS=stands still: the sensors"; {
		if got = heard(t, l, 10*time.Second); got == "" {
			t.Fatal("nothing is said of the loop that stands still")
		}
	}
	if got := heard(t, l, 150*time.Millisecond); got != "" {
		t.Errorf("fed in spite of it: %q", got)
	}
	cancel()
	<-ended
	if got := heard(t, l, 10*time.Second); got != "STOPPING=1" {
		t.Errorf("last: %q", got)
	}
}

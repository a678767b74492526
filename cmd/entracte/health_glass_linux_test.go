package main

import (
	"net"
	"strings"
	"testing"
	"time"
)

// The real player tells a service manager that it is ready once it shows
// something, feeds its watchdog while nothing moves on the glass, and says that it
// stops; and of who is there it says nothing.
func TestSupervisedOnGlass(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: v.path("notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	hear := func() string {
		b := make([]byte, 4096)
		n, err := l.Read(b)
		if err != nil {
			t.Fatalf("nothing is heard: %v\n%s", err, &v.news)
		}
		return string(b[:n])
	}
	v.env = append(v.env, "NOTIFY_SOCKET="+v.path("notify"), "WATCHDOG_USEC=2000000")
	v.play()
	first := hear()
	if first == "STATUS=starting" { // a slow machine
		first = hear()
	}
	if !strings.HasPrefix(first, "READY=1\nWATCHDOG=1\nSTATUS=running") {
		t.Errorf("it begins with %q", first)
	}
	for range 2 {
		if got := hear(); got != "WATCHDOG=1" {
			t.Errorf("then it says %q", got)
		}
	}
	v.stop()
	for got := ""; got != "STOPPING=1"; {
		if got = hear(); got != "WATCHDOG=1" && got != "STOPPING=1" {
			t.Errorf("in the end it says %q", got)
		}
	}
}

package usb

import (
	"context"
	"os"
	"testing"
	"time"
)

// Watch tells of what is there, of what comes and of what goes, and ends with its
// context at once.
func TestWatch(t *testing.T) {
	t.Parallel()
	const line = "36 25 8:1 / /media/s rw - vfat /dev/sda1 rw\n"
	m := machine(t, "")
	m.Every = time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	said, ended := make(chan int), make(chan error)
	go func() { ended <- Watch(ctx, m, func(s []Stick) { said <- len(s) }) }()
	for i, c := range []struct {
		text string
		want int
	}{{"", 0}, {line, 1}, {"", 0}, {line + "37 25 8:17 / /media/t rw - vfat /dev/sdb1 rw\n", 2}} {
		if i > 0 {
			write(t, m.MountInfo, c.text)
		}
		if n := <-said; n != c.want {
			t.Fatalf("%d sticks, want %d", n, c.want)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestWatchEndsWhileItWaits(t *testing.T) {
	t.Parallel()
	m := machine(t, "")
	m.Every = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	if err := Watch(ctx, m, func([]Stick) { cancel() }); err != nil {
		t.Error(err)
	}
}

func TestWatchNothing(t *testing.T) {
	t.Parallel()
	m := machine(t, "")
	if err := os.Remove(m.MountInfo); err != nil {
		t.Fatal(err)
	}
	if err := Watch(t.Context(), m, func([]Stick) {}); err == nil {
		t.Error("a machine that tells nothing is watched")
	}
}

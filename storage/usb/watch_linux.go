package usb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Watch calls changed with the sticks that are there, once at the start and then
// whenever one comes or goes, until ctx ends. It calls from one goroutine.
func Watch(ctx context.Context, m Machine, changed func([]Stick)) error {
	w, err := openWatch(m.MountInfo)
	if err != nil {
		return fmt.Errorf("sticks are not seen: %w", err)
	}
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { w.wake(); close(woken) })
	defer func() {
		if !stop() {
			<-woken
		}
		w.close()
	}()
	var before []Stick
	for first := true; ctx.Err() == nil; first = false {
		now, err := m.Sticks()
		if err != nil {
			return fmt.Errorf("sticks are not seen: %w", err)
		}
		if first || !slices.EqualFunc(before, now, Stick.Same) {
			before = now
			changed(slices.Clone(now))
		}
		if err := w.wait(cmp.Or(m.Every, 5*time.Second)); err != nil {
			return fmt.Errorf("sticks are not seen: %w", err)
		}
	}
	return nil
}

// A watch waits for a change of the mounts. The file is opened without package os:
// Go's poller would take the event first. Closing an epoll descriptor does not wake
// who polls it, so a pipe does.
type watch struct {
	mounts int
	pipe   [2]int
}

func openWatch(path string) (*watch, error) {
	w := &watch{}
	var err error
	if w.mounts, err = unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		return nil, err
	}
	if err := unix.Pipe2(w.pipe[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		unix.Close(w.mounts)
		return nil, err
	}
	return w, nil
}

func (w *watch) wake() { _, _ = unix.Write(w.pipe[1], []byte{0}) }

func (w *watch) close() {
	unix.Close(w.mounts)
	unix.Close(w.pipe[0])
	unix.Close(w.pipe[1])
}

func (w *watch) wait(most time.Duration) error {
	fds := []unix.PollFd{{Fd: int32(w.mounts), Events: unix.POLLPRI}, {Fd: int32(w.pipe[0]), Events: unix.POLLIN}}
	_, err := unix.Poll(fds, int(most.Milliseconds()))
	if errors.Is(err, unix.EINTR) {
		return nil
	}
	return err
}

// Writable runs fn while the stick can be written, and makes it read-only again if
// it was. It fails with [fs.ErrPermission] where the player may not do that.
func (s Stick) Writable(fn func() error) error {
	if s.ReadOnly {
		if err := s.remount(0); err != nil {
			return fmt.Errorf("the stick cannot be made writable: %w", err)
		}
		defer func() { _ = s.remount(unix.MS_RDONLY) }()
	}
	if err := fn(); err != nil {
		return err
	}
	return s.flush()
}

// remount keeps what makes a stick harmless.
func (s Stick) remount(flags uintptr) error {
	const harmless = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | nosymfollow
	return unix.Mount("", s.Path, "", unix.MS_REMOUNT|harmless|flags, "")
}

// nosymfollow is MS_NOSYMFOLLOW (Linux 5.10).
const nosymfollow = 256

func (s Stick) flush() error {
	fd, err := unix.Open(s.Path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Syncfs(fd)
}

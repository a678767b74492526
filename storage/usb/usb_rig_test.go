//go:build linux

package usb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"entracte/scripts/rig/guest"
)

// A stick that comes, is written to and is pulled, on a real kernel.
func TestRigWatch(t *testing.T) {
	guest.Need(t)
	for _, fs := range []string{"vfat", "exfat"} {
		t.Run(fs, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			said, ended := make(chan []Stick, 100), make(chan error, 1)
			go func() { ended <- Watch(ctx, Here, func(s []Stick) { said <- s }) }()
			// A remount may be told of, with the same sticks.
			until := func(want int) []Stick {
				t.Helper()
				for late := time.After(time.Minute); ; {
					select {
					case s := <-said:
						if len(s) == want {
							return s
						}
					case <-late:
						t.Fatalf("for a minute there are not %d", want)
					}
				}
			}
			until(0)
			plugged := guest.Plug(t, "stick1")
			plugged.Format(t, fs, "ADS")
			dir := t.TempDir()
			const harmless = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | nosymfollow
			if err := unix.Mount(plugged.Device, dir, fs, unix.MS_RDONLY|harmless, "uid=65534,umask=0077"); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
			s := until(1)[0]
			if s.Path != dir || s.Device != plugged.Device || !s.ReadOnly || !s.Present() {
				t.Errorf("%+v", s)
			}
			file := filepath.Join(dir, "receipt")
			if err := os.WriteFile(file, nil, 0o644); !errors.Is(err, unix.EROFS) {
				t.Errorf("before it is writable: %v", err)
			}
			if err := s.Writable(func() error { return os.WriteFile(file, []byte("played"), 0o644) }); err != nil {
				t.Fatal(err)
			}
			i, err := os.Stat(file)
			if err != nil || i.Sys() == nil {
				t.Fatal(err)
			}
			var st unix.Stat_t
			if err := unix.Stat(file, &st); err != nil || st.Uid != 65534 {
				t.Errorf("after it was writable the files belong to %d, %v", st.Uid, err)
			}
			if err := os.WriteFile(file, nil, 0o644); !errors.Is(err, unix.EROFS) {
				t.Errorf("after it was writable: %v", err)
			}
			plugged.Yank(t)
			until(0)
			if s.Present() {
				t.Error("it is there after it was pulled")
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

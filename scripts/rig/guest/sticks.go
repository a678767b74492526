//go:build linux

package guest

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A Stick is a USB stick in the machine.
type Stick struct {
	// Device is where it is, such as "/dev/sda".
	Device string
	name   string
	in     bool
}

// Plug plugs a USB stick in, "stick1" or another. It is blank the first time,
// and then as it was left, by other tests as well: see [Stick.Format]. It is
// pulled out when the test ends.
func Plug(t testing.TB, name string) *Stick {
	t.Helper()
	before := disks(t)
	ask(t, "plug "+name)
	s := &Stick{name: name, in: true}
	t.Cleanup(func() {
		if s.in {
			s.Yank(t)
		}
	})
	Eventually(t, time.Minute, name+" is a disk", func() bool {
		for disk := range disks(t) {
			if f, err := os.Open("/dev/" + filepath.Base(disk)); err == nil && !before[disk] {
				f.Close()
				s.Device = f.Name()
			}
		}
		return s.Device != ""
	})
	return s
}

// disks are the USB sticks that can be read.
func disks(t testing.TB) map[string]bool {
	t.Helper()
	found, err := filepath.Glob("/sys/block/sd*")
	if err != nil {
		t.Fatal(err)
	}
	ready := map[string]bool{}
	for _, disk := range found {
		if size, err := os.ReadFile(disk + "/size"); err == nil && string(size) != "0\n" {
			ready[disk] = true
		}
	}
	return ready
}

// Format makes a file system on the whole stick: "vfat" or "exfat".
func (s *Stick) Format(t testing.TB, fs, label string) {
	t.Helper()
	switch fs {
	case "vfat":
		run(t, "mkfs.vfat", "-I", "-F", "32", "-n", label, s.Device)
	case "exfat":
		run(t, "mkfs.exfat", "-L", label, s.Device)
	default:
		t.Fatalf("what is the file system %s?", fs)
	}
}

// Yank pulls the stick out, whatever is going on, and waits until the kernel
// knows. A mounted file system stays where it is, and dead.
func (s *Stick) Yank(t testing.TB) {
	t.Helper()
	s.in = false
	ask(t, "yank "+s.name)
	Eventually(t, time.Minute, s.name+" is gone", func() bool {
		_, err := os.Stat("/sys/block/" + filepath.Base(s.Device))
		return err != nil
	})
}

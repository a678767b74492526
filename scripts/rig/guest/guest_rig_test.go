//go:build linux

package guest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"entracte/scripts/rig/guest"
)

// patience is for what the kernel does in its own time, on a host that has other
// things to do.
const patience = time.Minute

// mount mounts what a device holds and returns where.
func mount(t *testing.T, device, fs string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount(device, dir, fs, unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		t.Fatalf("%s on %s: %v", fs, device, err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) }) // the test may have done so
	return dir
}

func unmount(t *testing.T, dir string) {
	t.Helper()
	if err := unix.Unmount(dir, 0); err != nil {
		t.Fatal(err)
	}
}

// store writes a file down to the disk, as far as the kernel knows.
func store(t *testing.T, dir, name string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(name); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	unix.Sync()
}

func holds(dir, name string) bool {
	b, err := os.ReadFile(filepath.Join(dir, name))
	return err == nil && string(b) == name
}

// What every test of sticks has to know: see the last lines.
func TestRigStick(t *testing.T) {
	guest.Need(t)
	for _, fs := range []string{"vfat", "exfat"} {
		t.Run(fs, func(t *testing.T) {
			s := guest.Plug(t, "stick1")
			s.Format(t, fs, "ADS")
			dir := mount(t, s.Device, fs)
			store(t, dir, "ad")
			s.Yank(t)
			if holds(dir, "ad") {
				t.Error("the ad can still be read")
			}
			// A FAT stick that is gone looks empty; exFAT says what is wrong.
			if _, err := os.ReadDir(dir); (err == nil) != (fs == "vfat") {
				t.Errorf("listing a stick that is gone: %v", err)
			}
			s = guest.Plug(t, "stick1")
			if dir := mount(t, s.Device, fs); !holds(dir, "ad") {
				t.Error("the stick forgot the ad")
			}
		})
	}
}

// counted is the number that a variable names, or so many.
func counted(t *testing.T, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A stick that is pulled out in the middle of a write, again and again: whoever
// writes is told, and what was there before is whole when it comes back.
func TestRigYanks(t *testing.T) {
	guest.Need(t)
	yanks := counted(t, "ENTRACTE_YANKS", 2)
	for _, fs := range []string{"vfat", "exfat"} {
		t.Run(fs, func(t *testing.T) {
			s := guest.Plug(t, "stick1")
			s.Format(t, fs, "ADS")
			dir := mount(t, s.Device, fs)
			store(t, dir, "ad")
			for range yanks {
				writing, told := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(told)
					scribble(filepath.Join(dir, "rest"), writing)
				}()
				<-writing
				s.Yank(t)
				select {
				case <-told:
				case <-time.After(patience):
					t.Fatal("whoever writes waits for a stick that is gone")
				}
				if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
					t.Fatal(err)
				}
				s = guest.Plug(t, "stick1")
				if dir = mount(t, s.Device, fs); !holds(dir, "ad") {
					t.Fatal("the stick forgot the ad")
				}
			}
			t.Logf("%d yanks of a stick with %s in the middle of a write: the ad was whole each time", yanks, fs)
		})
	}
}

// scribble writes down to the disk until that fails, and tells when it begins.
func scribble(path string, begins chan<- struct{}) {
	f, err := os.Create(path)
	close(begins)
	if err != nil {
		return
	}
	defer f.Close()
	block := make([]byte, 256<<10)
	for n := int64(0); err == nil; n++ {
		// Within 16 MB, so that the stick is never full.
		if _, err = f.WriteAt(block, n%64*int64(len(block))); err == nil {
			err = f.Sync()
		}
	}
}

func TestRigTwoSticks(t *testing.T) {
	guest.Need(t)
	a, b := guest.Plug(t, "stick1"), guest.Plug(t, "stick2")
	if a.Device == b.Device {
		t.Errorf("both are %s", a.Device)
	}
}

func TestRigFlakey(t *testing.T) {
	guest.Need(t)
	d := guest.Flakey(t, 32)
	if out, err := exec.Command("mkfs.ext4", "-q", d.Device).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dir := mount(t, d.Device, "ext4")
	store(t, dir, "before")
	d.Cut(t)
	store(t, dir, "after")
	unmount(t, dir)
	d.Restore(t)
	dir = mount(t, d.Device, "ext4")
	if !holds(dir, "before") {
		t.Error("what was written before the cut is lost")
	}
	if holds(dir, "after") {
		t.Error("what was written after the cut is there")
	}
	unmount(t, dir)
}

func TestRigTV(t *testing.T) {
	guest.Need(t)
	tv := guest.FakeTV(t)
	cec := func(arguments ...string) {
		t.Helper()
		if out, err := exec.Command("cec-ctl", append([]string{"-d1"}, arguments...)...).CombinedOutput(); err != nil {
			t.Fatalf("cec-ctl %q: %v\n%s", arguments, err, out)
		}
	}
	cec("--playback", "-o", "Entracte")
	for _, c := range []struct{ command, want string }{{"", "on"}, {"--standby", "standby"}, {"--image-view-on", "on"}} {
		if c.command != "" {
			cec("--to", "0", c.command)
		}
		began := time.Now()
		guest.Eventually(t, patience, "the television is "+c.want, func() bool { return tv.Power(t) == c.want })
		t.Logf("%s after %v", c.want, time.Since(began).Round(time.Millisecond))
	}
}

func TestRigSoftdog(t *testing.T) {
	guest.Need(t)
	const margin = 5 * time.Second
	dog := guest.Softdog(t, margin)
	f, err := os.OpenFile("/dev/watchdog", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); time.Since(began) < margin+2*time.Second; time.Sleep(500 * time.Millisecond) {
		if _, err := f.WriteString("feed"); err != nil {
			t.Fatal(err)
		}
	}
	if dog.Fired(t) {
		t.Error("it fired though it was fed")
	}
	guest.Eventually(t, patience, "the watchdog fires", func() bool { return dog.Fired(t) })
	// "V" before the end says that the program stops on purpose.
	if _, err := f.WriteString("V"); err != nil {
		t.Error(err)
	}
	f.Close()
}

//go:build linux

package guest

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A Disk can lose its power.
type Disk struct {
	// Device is where it is, such as "/dev/mapper/disk".
	Device  string
	name    string
	loop    string // what is below it
	sectors int
}

// Flakey makes a disk of so many MB of the machine's memory.
func Flakey(t testing.TB, mb int) *Disk {
	t.Helper()
	run(t, "modprobe", "-a", "loop", "dm-flakey")
	f, err := os.CreateTemp("", "disk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(f.Name()) })
	if err := f.Truncate(int64(mb) << 20); err != nil {
		t.Fatal(err)
	}
	f.Close()
	loop := run(t, "losetup", "-f")
	run(t, "losetup", loop, f.Name())
	t.Cleanup(func() { run(t, "losetup", "-d", loop) })
	d := &Disk{name: "disk" + strings.TrimPrefix(loop, "/dev/loop"), loop: loop, sectors: mb << 11}
	d.Device = "/dev/mapper/" + d.name
	run(t, "dmsetup", "create", "--noudevsync", d.name, "--table", d.table("linear", ""))
	t.Cleanup(func() { run(t, "dmsetup", "remove", "--noudevsync", "--retry", d.name) })
	run(t, "dmsetup", "mknodes")
	return d
}

// Cut takes the power: what was not written yet never will be, though the disk
// still says that it is. What it was given before that counts as written, whether
// it was flushed or not. To come back, unmount it and call Restore.
func (d *Disk) Cut(t testing.TB) {
	t.Helper()
	// 180 s is longer than any test keeps it.
	d.load(t, d.table("flakey", "0 180 1 drop_writes"))
}

// Restore gives the power back. Nothing may be mounted from the disk, or what it
// holds in memory would be written after all.
func (d *Disk) Restore(t testing.TB) {
	t.Helper()
	d.load(t, d.table("linear", ""))
}

// table is all of the disk on all of the loop device, by a target of the device
// mapper. Source: Documentation/admin-guide/device-mapper/dm-flakey.rst.
func (d *Disk) table(target, arguments string) string {
	return fmt.Sprintf("0 %d %s %s 0 %s", d.sectors, target, d.loop, arguments)
}

func (d *Disk) load(t testing.TB, table string) {
	t.Helper()
	run(t, "dmsetup", "suspend", "--noudevsync", "--nolockfs", d.name)
	run(t, "dmsetup", "load", d.name, "--table", table)
	run(t, "dmsetup", "resume", "--noudevsync", d.name)
}

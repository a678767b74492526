package usb

import (
	"os"
	"path/filepath"
	"testing"
)

// machine is one with a stick sda1, a card mmcblk0p1 and a USB disk sdb it starts
// from; each with its device number.
func machine(t testing.TB, mountinfo string) Machine {
	t.Helper()
	dir := t.TempDir()
	m := Machine{MountInfo: filepath.Join(dir, "mountinfo"), Sys: filepath.Join(dir, "sys")}
	for name, place := range map[string]string{
		"sda1": "pci0/usb1/1-1/host0/block/sda/sda1", "sda": "pci0/usb1/1-1/host0/block/sda",
		"sdb1": "pci0/usb1/1-2/host1/block/sdb/sdb1", "mmcblk0p1": "soc/mmc0/block/mmcblk0/mmcblk0p1",
	} {
		number := map[string]string{"sda": "8:0", "sda1": "8:1", "sdb1": "8:17", "mmcblk0p1": "179:1"}[name]
		write(t, filepath.Join(m.Sys, "devices", place, "dev"), number+"\n")
		link := filepath.Join(m.Sys, "class/block", name)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(m.Sys, "devices", place), link); err != nil {
			t.Skip("this system makes no links: ", err)
		}
	}
	write(t, m.MountInfo, mountinfo)
	return m
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestSticks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, line, want string }{
		{"a stick", `36 25 8:1 / /media/s rw,nosuid - vfat /dev/sda1 rw,utf8`, "/media/s"},
		{"tags", `36 25 8:1 / /media/s rw shared:3 master:1 - exfat /dev/sda1 rw`, "/media/s"},
		{"a space", `36 25 8:1 / /media/My\040ads rw - vfat /dev/sda1 rw`, "/media/My ads"},
		{"the whole device", `36 25 8:0 / /media/s rw - vfat /dev/sda rw`, "/media/s"},
		{"another file system", `36 25 8:1 / /media/s rw - ext4 /dev/sda1 rw`, ""},
		{"a folder of it", `36 25 8:1 /sub /media/s rw - vfat /dev/sda1 rw`, ""},
		{"the card", `36 25 179:1 / /media/s rw - vfat /dev/mmcblk0p1 rw`, ""},
		{"what the machine starts from", `36 25 8:17 / /boot/firmware rw - vfat /dev/sdb1 rw`, ""},
		{"a device that is gone", `36 25 8:33 / /media/s rw - vfat /dev/sdc1 rw`, ""},
		{"another device under the name", `36 25 8:2 / /media/s rw - vfat /dev/sda1 rw`, ""},
		{"no device", `36 25 0:40 / /media/s rw - vfat none rw`, ""},
		{"no line", `36 25 8:1`, ""},
		{"half an escape", `36 25 8:1 / /media/\04 rw - vfat /dev/sda1 rw`, ""},
		{"no escape", `36 25 8:1 / /media/\09x rw - vfat /dev/sda1 rw`, ""},
		{"a path that goes nowhere", `36 25 8:1 / media rw - vfat /dev/sda1 rw`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			all, err := machine(t, c.line+"\n").Sticks()
			got := ""
			if len(all) == 1 {
				got = all[0].Path
			}
			if err != nil || got != c.want || len(all) > 1 {
				t.Errorf("%v, %v: want %q", all, err, c.want)
			}
		})
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		`36 25 8:1 / /media/s rw - vfat /dev/sda1 rw`:        false,
		`36 25 8:1 / /media/s ro,nosuid - vfat /dev/sda1 rw`: true,
		`36 25 8:1 / /media/s rw - vfat /dev/sda1 ro,utf8`:   true,
	} {
		if all, err := machine(t, line).Sticks(); err != nil || len(all) != 1 || all[0].ReadOnly != want {
			t.Errorf("%s: %+v, %v", line, all, err)
		}
	}
}

// A stick whose device went is not there, though it is still mounted, and one that
// took its name is another.
func TestPresent(t *testing.T) {
	t.Parallel()
	m := machine(t, `36 25 8:1 / /media/s rw - vfat /dev/sda1 rw`)
	all, err := m.Sticks()
	if err != nil || len(all) != 1 || !all[0].Present() {
		t.Fatal(all, err)
	}
	device := filepath.Join(m.Sys, "class/block/sda1/dev")
	write(t, device, "8:49\n")
	if all[0].Present() {
		t.Error("another device is taken for it")
	}
	if err := os.Remove(device); err != nil {
		t.Fatal(err)
	}
	if all[0].Present() {
		t.Error("it is there without a device")
	}
}

func FuzzMountInfo(f *testing.F) {
	f.Add("36 25 8:1 / /media/s rw,nosuid shared:1 - vfat /dev/sda1 rw,utf8")
	f.Add(`36 25 8:1 / /media/My\040ads ro - exfat /dev/sda1 rw`)
	f.Add("- - - - - - - - - -")
	f.Fuzz(func(t *testing.T, line string) {
		if s, err := parse(line); err == nil && !filepath.IsAbs(s.Path) {
			t.Errorf("%q is at %q", line, s.Path)
		}
	})
}

package usb

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Stick is a removable volume that is mounted.
type Stick struct {
	// Path is where it is mounted.
	Path string
	// Device is its block device, such as /dev/sda1.
	Device string
	// System is its file system: "vfat" or "exfat".
	System string
	// ReadOnly says that the mount is.
	ReadOnly bool

	number string // of the device, "8:1"
	id     string // of the mount: a stick that was pulled and came back has another
	sys    string
}

// A Machine is where the kernel tells about itself.
type Machine struct {
	// MountInfo and Sys are /proc/self/mountinfo and /sys, but in tests.
	MountInfo, Sys string
	// Every is how often the sticks are listed even if the kernel says nothing: a
	// stick that is pulled stays mounted. 0 is five seconds.
	Every time.Duration
}

// Here is the machine this program runs on.
var Here = Machine{MountInfo: "/proc/self/mountinfo", Sys: "/sys"}

// Same reports whether both are the same mount of the same volume.
func (s Stick) Same(t Stick) bool { return s.Path == t.Path && s.number == t.number && s.id == t.id }

// Present reports whether the device is still there. Ask after every listing that
// lacks something: what a pulled stick no longer lists is not gone from it.
func (s Stick) Present() bool {
	b, err := os.ReadFile(filepath.Join(s.sys, "class/block", filepath.Base(s.Device), "dev"))
	return err == nil && strings.TrimSpace(string(b)) == s.number
}

// Sticks lists the sticks that are mounted now, by path.
func (m Machine) Sticks() ([]Stick, error) {
	b, err := os.ReadFile(m.MountInfo)
	if err != nil {
		return nil, err
	}
	return m.sticks(b), nil
}

func (m Machine) sticks(mountinfo []byte) []Stick {
	var all []Stick
	lines := bufio.NewScanner(bytes.NewReader(mountinfo))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		s, err := parse(lines.Text())
		if err != nil || s.System != "vfat" && s.System != "exfat" || isSystem(s.Path) {
			continue
		}
		s.sys = m.Sys
		if s.onUSB() && s.Present() {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b Stick) int { return strings.Compare(a.Path, b.Path) })
	// One volume mounted twice, or two over each other, are one stick.
	return slices.CompactFunc(all, func(a, b Stick) bool { return a.Path == b.Path })
}

// isSystem reports whether a path belongs to the machine: a Pi that starts from USB
// has a FAT volume of its own.
func isSystem(path string) bool {
	return path == "/" || path == "/boot" || strings.HasPrefix(path, "/boot/") || path == "/efi"
}

// onUSB reports whether the volume hangs on a USB port: its device's place in the
// tree of devices goes through one.
func (s Stick) onUSB() bool {
	place, err := filepath.EvalSymlinks(filepath.Join(s.sys, "class/block", filepath.Base(s.Device)))
	return err == nil && strings.Contains(place, "/usb")
}

// parse reads one line of mountinfo:
//
//	36 35 8:1 / /media/stick rw,nosuid - vfat /dev/sda1 rw,utf8
//
// which is mount, parent, device number, root, path, options, any number of tags,
// a hyphen, file system, device, and options of the volume. A space in a path is
// written \040, and so on.
func parse(line string) (Stick, error) {
	f := strings.Fields(line)
	dash := slices.Index(f, "-")
	if dash < 6 || len(f) < dash+4 {
		return Stick{}, errors.New("not a line of mountinfo")
	}
	if f[3] != "/" {
		return Stick{}, errors.New("a part of a volume, not a volume")
	}
	path, err := unescape(f[4])
	if err != nil {
		return Stick{}, err
	}
	device, err := unescape(f[dash+2])
	if err != nil {
		return Stick{}, err
	}
	if !filepath.IsAbs(path) || !strings.HasPrefix(device, "/dev/") {
		return Stick{}, errors.New("not a device of its own")
	}
	return Stick{
		Path: path, Device: device, System: f[dash+1], number: f[2], id: f[0],
		ReadOnly: has(f[5], "ro") || has(f[dash+3], "ro"),
	}, nil
}

func has(options, one string) bool { return slices.Contains(strings.Split(options, ","), one) }

// unescape undoes the kernel's \ooo.
func unescape(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i+4 > len(s) {
			return "", fmt.Errorf("%q ends in the middle of an escape", s)
		}
		n, err := strconv.ParseUint(s[i+1:i+4], 8, 8)
		if err != nil {
			return "", fmt.Errorf("%q has no octal digits after \\", s)
		}
		b.WriteByte(byte(n))
		i += 3
	}
	return b.String(), nil
}

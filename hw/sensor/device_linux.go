package sensor

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// headerLabel begins the label of the chip behind the header on every Pi from
// the first to the 5. Chip numbers change between kernels.
const headerLabel = "pinctrl-"

// devices are the GPIO chips of this machine as they are now.
type devices struct {
	// header tells the header's chips from those that were there before: a chip
	// that was away is another device. It is empty if none can be opened.
	header string
	// labels are those of the chips that can be opened.
	labels []string
	// denied is why another one cannot be opened. It may be the header's.
	denied error
}

// findDevices finds the chips, or says why none is a header's; label asks one for
// its label.
func findDevices(pattern string, label func(device string) (string, error)) (devices, error) {
	var d devices
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		return d, fmt.Errorf("%w: this machine has no %s\nhint: use sensors of kind \"mqtt\", \"signal\" or \"key\" on a computer without pins", ErrNoChip, pattern)
	}
	for _, path := range paths {
		var is unix.Stat_t
		text, err := label(path)
		if err == nil {
			err = unix.Stat(path, &is)
		}
		switch {
		case err != nil:
			d.denied = cmp.Or(d.denied, err)
			continue
		case !slices.Contains(d.labels, text):
			d.labels = append(d.labels, text)
		}
		if strings.HasPrefix(text, headerLabel) {
			d.header += fmt.Sprintf("%s %d %d\n", path, is.Rdev, is.Ino)
		}
	}
	if d.denied != nil {
		d.denied = locked(d.denied, pattern)
	}
	switch {
	case d.header != "":
		return d, nil
	case d.denied != nil:
		return d, d.denied
	}
	return d, fmt.Errorf("%w of a Raspberry Pi's header; this machine has %s\nhint: use sensors of kind \"mqtt\", \"signal\" or \"key\" here", ErrNoChip, strings.Join(d.labels, ", "))
}

// locked says what to do about a chip that cannot be opened.
func locked(err error, pattern string) error {
	hint := "see `ls -l " + pattern + "`"
	if errors.Is(err, fs.ErrPermission) {
		hint = "add the user to the group gpio with `sudo adduser $USER gpio`, then log in again; a service needs SupplementaryGroups=gpio"
	}
	return fmt.Errorf("the GPIO chip cannot be used: %w\nhint: %s", err, hint)
}

// chipDescription is struct gpiochip_info of linux/gpio.h.
type chipDescription struct {
	name, label [32]byte
	lines       uint32
}

// getChipInfo is GPIO_GET_CHIPINFO_IOCTL: _IOR(0xB4, 0x01, 68 bytes).
const getChipInfo = 2<<30 | 68<<16 | 0xB4<<8 | 0x01

var _ [68]byte = [unsafe.Sizeof(chipDescription{})]byte{}

// labelOf asks the kernel for a chip's label; a chip without one has its name.
func labelOf(device string) (string, error) {
	var chip chipDescription
	if err := askChip(device, getChipInfo, unsafe.Pointer(&chip)); err != nil {
		return "", err
	}
	return cmp.Or(text(chip.label[:]), text(chip.name[:])), nil
}

// lineInfo is struct gpio_v2_line_info of linux/gpio.h. The driver reads it
// once, when it finds the chip; who holds a line now has to be asked again.
type lineInfo struct {
	name     [32]byte
	consumer [32]byte
	offset   uint32
	attrs    uint32
	flags    uint64
	attr     [10][2]uint64
	padding  [4]uint32
}

// Flags of a line: GPIO_V2_LINE_FLAG_USED and GPIO_V2_LINE_FLAG_OUTPUT.
const (
	lineUsed   = 1 << 0
	lineOutput = 1 << 3
)

// getLineInfo is GPIO_V2_GET_LINEINFO_IOCTL: _IOWR(0xB4, 0x05, 256 bytes).
const getLineInfo = 3<<30 | 256<<16 | 0xB4<<8 | 0x05

var _ [256]byte = [unsafe.Sizeof(lineInfo{})]byte{}

// holder returns the name that the program or driver that holds a line gave
// itself, or "" if nobody does or it cannot be told.
func holder(device string, offset uint32) string {
	line := lineInfo{offset: offset}
	if askChip(device, getLineInfo, unsafe.Pointer(&line)) != nil {
		return ""
	}
	return text(line.consumer[:])
}

// askChip opens a chip's device for one question.
func askChip(device string, request uintptr, answer unsafe.Pointer) error {
	f, err := os.Open(device)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), request, uintptr(answer)); errno != 0 {
		return &fs.PathError{Op: "ask", Path: device, Err: errno}
	}
	return nil
}

func text(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

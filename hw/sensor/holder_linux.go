package sensor

import (
	"bytes"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

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

// getLineInfo is GPIO_V2_GET_LINEINFO_IOCTL: _IOWR(0xB4, 0x05, 256 bytes).
const getLineInfo = 3<<30 | 256<<16 | 0xB4<<8 | 0x05

var _ [256]byte = [unsafe.Sizeof(lineInfo{})]byte{}

// holder returns the name that the program or driver that holds a line gave
// itself, or "" if nobody does or it cannot be told.
func holder(chipPath string, offset uint32) string {
	f, err := os.Open(chipPath)
	if err != nil {
		return ""
	}
	defer f.Close()
	info := lineInfo{offset: offset}
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), getLineInfo, uintptr(unsafe.Pointer(&info)))
	runtime.KeepAlive(&info)
	if errno != 0 {
		return ""
	}
	name, _, _ := bytes.Cut(info.consumer[:], []byte{0})
	return string(name)
}

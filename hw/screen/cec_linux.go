package screen

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The structures and numbers of linux/cec.h.
type cecMessage struct {
	_, _     uint64 // when it was sent, and answered
	length   uint32
	timeout  uint32 // ms to wait for the answer
	_, _     uint32 // sequence, flags
	msg      [16]byte
	reply    byte // the opcode of the answer
	rxStatus byte
	txStatus byte
	_        [5]byte // counters, and what aligns the structure
}

type cecAddresses struct {
	logical     [4]byte
	mask        uint16
	version     byte
	count       byte
	vendor      uint32
	flags       uint32
	name        [15]byte
	primaryType [4]byte
	logicalType [4]byte
	allTypes    [4]byte
	features    [4][12]byte
	_           byte
}

// ioctl numbers: _IOR is 2<<30, _IOW 1<<30; then the size, 'a' and the number. So
// on every machine Go builds for but MIPS and PowerPC.
const (
	cecPhysical     = 2<<30 | 2<<16 | 'a'<<8 | 1
	cecGetAddresses = 2<<30 | unsafe.Sizeof(cecAddresses{})<<16 | 'a'<<8 | 3
	cecSetAddresses = 3<<30 | unsafe.Sizeof(cecAddresses{})<<16 | 'a'<<8 | 4
	cecTransmit     = 3<<30 | unsafe.Sizeof(cecMessage{})<<16 | 'a'<<8 | 5

	txOK, txNack, txAborted     = 1 << 0, 1 << 2, 1 << 6
	rxOK, rxAbort               = 1 << 0, 1 << 2
	version14                   = 5
	playbackType, playbackClaim = 4, 3
	playbackAll                 = 0x10
	noVendor                    = 0xffffffff
	answerMS                    = 1000 // what the specification gives a television
)

// cecDevice is an adapter of the kernel.
type cecDevice struct{ file *os.File }

func openAdapters(path string) ([]adapter, error) {
	paths := []string{path}
	if path == "" {
		paths, _ = filepath.Glob("/dev/cec[0-9]*")
	}
	var all []adapter
	var refused error
	for _, p := range paths {
		f, err := os.OpenFile(p, os.O_RDWR, 0)
		if err != nil {
			refused = err
			continue
		}
		all = append(all, cecDevice{f})
	}
	switch {
	case len(all) > 0:
		return all, nil
	case errors.Is(refused, fs.ErrPermission):
		return nil, fmt.Errorf("%w: this user may not open %s\nhint: sudo usermod -aG video %s, then log in again", ErrAbsent, strings.Join(paths, ", "), "$USER")
	case refused != nil && !errors.Is(refused, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %w", ErrAbsent, refused)
	}
	return nil, fmt.Errorf("%w: there is no /dev/cec*\nhint: on a Pi check that dtoverlay=vc4-kms-v3d is in config.txt; most other computers have no CEC", ErrAbsent)
}

func (d cecDevice) Close() error { return d.file.Close() }

func (d cecDevice) ioctl(request uintptr, argument unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, d.file.Fd(), request, uintptr(argument)); errno != 0 {
		return errno
	}
	return nil
}

// addresses claims the address of a player where there is none yet; the kernel
// keeps it.
func (d cecDevice) addresses() (uint16, byte, bool, error) {
	var physical uint16
	if err := d.ioctl(cecPhysical, unsafe.Pointer(&physical)); err != nil {
		return 0, 0, false, fmt.Errorf("%s does not say where it is: %w", d.file.Name(), err)
	}
	var as cecAddresses
	if err := d.ioctl(cecGetAddresses, unsafe.Pointer(&as)); err != nil {
		return 0, 0, false, fmt.Errorf("%s does not say its address: %w", d.file.Name(), err)
	}
	if as.count == 0 {
		as = cecAddresses{version: version14, count: 1, vendor: noVendor}
		copy(as.name[:], videoOutputName)
		as.primaryType[0], as.logicalType[0], as.allTypes[0] = playbackType, playbackClaim, playbackAll
		// Another program may have been quicker: then it is not ours to change.
		if err := d.ioctl(cecSetAddresses, unsafe.Pointer(&as)); err != nil && !errors.Is(err, unix.EBUSY) {
			return 0, 0, false, fmt.Errorf("%s takes no address: %w", d.file.Name(), err)
		}
	}
	return physical, as.logical[0], physical != noPhysical && as.mask != 0, nil
}

// transmit judges by what became of the message, not by the addresses: those of a
// cable that was pulled out may still stand.
func (d cecDevice) transmit(message []byte, answer byte) ([]byte, error) {
	m := cecMessage{length: uint32(len(message)), reply: answer}
	if answer != 0 {
		m.timeout = answerMS
	}
	copy(m.msg[:], message)
	err := d.ioctl(cecTransmit, unsafe.Pointer(&m))
	switch {
	case errors.Is(err, unix.ENONET): // for want of an address
		return nil, errNoCable
	case err != nil:
		return nil, fmt.Errorf("%s does not send: %w", d.file.Name(), err)
	}
	switch {
	case m.txStatus&txOK == 0 && m.txStatus&txNack != 0:
		return nil, errNotTaken
	case m.txStatus&txOK == 0 && m.txStatus&txAborted != 0:
		return nil, errNoCable
	case m.txStatus&txOK == 0:
		return nil, fmt.Errorf("%s could not send (status %#x)", d.file.Name(), m.txStatus)
	case answer == 0:
		return nil, nil
	case m.rxStatus&rxAbort != 0:
		return nil, errNoFeature
	case m.rxStatus&rxOK == 0:
		return nil, errNoAnswer
	}
	return m.msg[:min(int(m.length), len(m.msg))], nil
}

package radar

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// OpenPort opens a serial device for 8 bits without parity at any rate that its
// hardware can do, and for nobody else. What it had received before is dropped.
func OpenPort(path string, baud int) (Port, error) {
	// O_NONBLOCK: do not wait for a modem's carrier, and let deadlines work.
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("the serial port cannot be opened: %w\nhint: %s", &fs.PathError{Op: "open", Path: path, Err: err}, openHint(err))
	}
	if err := makeRaw(fd, baud); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("%s cannot be a radar's port: %w", path, err)
	}
	return os.NewFile(uintptr(fd), path), nil
}

func openHint(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "add the user to the group dialout with `sudo adduser $USER dialout`, then log in again"
	case errors.Is(err, unix.EBUSY):
		return "another program has the port; stop it"
	}
	return "see `ls -l /dev/serial* /dev/ttyAMA* /dev/ttyUSB*`; a port on the header needs its overlay in config.txt, such as dtoverlay=uart2"
}

// makeRaw sets the line by termios2, because 256000 is none of the rates that
// have a name (tty_ioctl(4): TCSETS2 and BOTHER).
func makeRaw(fd, baud int) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS2)
	if err != nil {
		return fmt.Errorf("it is no serial device: %w\nhint: port is a path such as /dev/ttyAMA2 or /dev/ttyUSB0", err)
	}
	t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
	t.Cflag &^= unix.CSIZE | unix.CSTOPB | unix.PARENB | unix.CRTSCTS | unix.CBAUD | unix.CIBAUD
	t.Cflag |= unix.CS8 | unix.CREAD | unix.CLOCAL | unix.BOTHER
	t.Ispeed, t.Ospeed = uint32(baud), uint32(baud)
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, unix.TCSETS2, t); err != nil {
		return fmt.Errorf("it refuses %d baud: %w\nhint: use another port or adapter, or set the module to 115200 with the maker's app and baud = 115200 here", baud, err)
	}
	// The driver puts in what it could do.
	if t, err = unix.IoctlGetTermios(fd, unix.TCGETS2); err != nil {
		return err
	}
	if off := int(t.Ospeed) - baud; 33*max(off, -off) > baud {
		return fmt.Errorf("it does %d baud instead of %d\nhint: use another port or adapter, or set the module to 115200 with the maker's app and baud = 115200 here", t.Ospeed, baud)
	}
	if err := unix.IoctlSetInt(fd, unix.TIOCEXCL, 0); err != nil {
		return err
	}
	return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIOFLUSH)
}

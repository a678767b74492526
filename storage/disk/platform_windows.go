package disk

import (
	"errors"
	"syscall"
)

// syncFolder does nothing: Windows has no way to sync a folder.
func syncFolder(string) error { return nil }

// full reports whether err is ERROR_DISK_FULL or ERROR_HANDLE_DISK_FULL
// (winerror.h).
func full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.Errno(112)) || errors.Is(err, syscall.Errno(39))
}

// readOnly reports whether err is ERROR_WRITE_PROTECT (winerror.h).
func readOnly(err error) bool { return errors.Is(err, syscall.Errno(19)) }

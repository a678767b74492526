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

// overQuota reports whether err is ERROR_DISK_QUOTA_EXCEEDED (winerror.h).
func overQuota(err error) bool { return errors.Is(err, syscall.Errno(1295)) }

// broken reports whether err is ERROR_CRC or ERROR_IO_DEVICE (winerror.h).
func broken(err error) bool {
	return errors.Is(err, syscall.Errno(23)) || errors.Is(err, syscall.Errno(1117))
}

// gone reports whether err is ERROR_NOT_READY, ERROR_NO_SUCH_DEVICE or
// ERROR_DEVICE_NOT_CONNECTED (winerror.h).
func gone(err error) bool {
	return errors.Is(err, syscall.Errno(21)) || errors.Is(err, syscall.Errno(433)) || errors.Is(err, syscall.Errno(1167))
}

// notFolder reports whether err is ERROR_DIRECTORY (winerror.h), or our own word.
func notFolder(err error) bool {
	return errors.Is(err, syscall.Errno(267)) || errors.Is(err, syscall.ENOTDIR)
}

//go:build !windows

package storage

import (
	"errors"
	"os"
	"syscall"
)

// syncFolder makes renames and removals in a folder durable. Some network and
// FUSE file systems refuse to sync a folder; there is nothing better to do then.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// release lets go of the lock and closes the file. Closing alone is not enough:
// a memory map keeps the lock alive.
func release(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	f.Close()
}

func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func readOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

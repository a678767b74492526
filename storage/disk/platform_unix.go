//go:build !windows

package disk

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

func full(err error) bool { return errors.Is(err, syscall.ENOSPC) }

func overQuota(err error) bool { return errors.Is(err, syscall.EDQUOT) }

func readOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

// broken reports whether the medium failed.
func broken(err error) bool { return errors.Is(err, syscall.EIO) }

// notFolder reports whether a file is where a folder should be.
func notFolder(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// gone reports whether the medium is not there any more.
func gone(err error) bool { return errors.Is(err, syscall.ENODEV) || errors.Is(err, syscall.ENXIO) }

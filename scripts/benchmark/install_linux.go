package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// forgetCached makes the system forget what it has read of a folder's files.
func forgetCached(dir string) error {
	return filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := f.Sync(); err != nil {
			return err
		}
		return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
	})
}

// slowDown makes the group that reads the device of a file slowly.
func slowDown(path string) error {
	var s unix.Stat_t
	if err := unix.Stat(path, &s); err != nil {
		return err
	}
	if err := os.Mkdir(throttled, 0o755); err != nil && !os.IsExist(err) {
		return fmt.Errorf("reading cannot be slowed down here: %w", err)
	}
	limit := fmt.Sprintf("%d:%d %d", unix.Major(uint64(s.Dev)), unix.Minor(uint64(s.Dev)), throttle)
	if err := os.WriteFile(filepath.Join(throttled, "blkio.throttle.read_bps_device"), []byte(limit), 0o644); err != nil {
		return fmt.Errorf("reading cannot be slowed down here: %w", err)
	}
	return nil
}

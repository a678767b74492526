//go:build !windows

package storage

import (
	"os"
	"syscall"
)

// release lets go of the lock and closes the file. Closing alone is not enough:
// a memory map keeps the lock alive.
func release(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	f.Close()
}

package disk

import "golang.org/x/sys/unix"

// Begin lets the card begin to write n bytes of a file from an offset, and does not
// wait for it: a later sync has less to do, and what is read meanwhile is not held up.
// It promises nothing; on a disk that is none of the system's it does nothing.
func Begin(f File, from, n int64) {
	if f, ok := f.(osFile); ok {
		_ = unix.SyncFileRange(int(f.Fd()), from, n, unix.SYNC_FILE_RANGE_WRITE)
	}
}

package storage

import (
	"errors"

	"entracte/storage/disk"
)

// The kinds of trouble a caller can tell apart with [errors.Is]. The error that
// carries one names the file and ends with a hint.
var (
	// ErrInUse: another process has the data folder open.
	ErrInUse = errors.New("in use")
	// ErrNoSpace: the card is full, or a quota is reached.
	ErrNoSpace = disk.ErrNoSpace
	// ErrDamaged: cache.db cannot be read, or holds something else than was
	// written.
	ErrDamaged = errors.New("damaged")
	// ErrTooBig: a file is larger than allowed.
	ErrTooBig = errors.New("too big")
	// ErrClosed: the cache was closed.
	ErrClosed = errors.New("closed")
)

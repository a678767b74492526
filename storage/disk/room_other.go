//go:build !linux && !darwin

package disk

import "errors"

// Room returns how many bytes the file system of a folder has free for this user,
// and how large it is. The error wraps [errors.ErrUnsupported] where the system
// does not say.
func Room(string) (free, total int64, err error) { return 0, 0, errors.ErrUnsupported }

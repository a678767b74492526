package storage

import (
	"errors"
	"fmt"
	"io/fs"
)

// The kinds of trouble a caller can tell apart with [errors.Is]. The error that
// carries one names the file and ends with a hint.
var (
	// ErrInUse: another process has the data folder open.
	ErrInUse = errors.New("in use")
	// ErrNoSpace: the card is full, or a quota is reached.
	ErrNoSpace = errors.New("no space left")
	// ErrDamaged: cache.db cannot be read, or holds something else than was
	// written.
	ErrDamaged = errors.New("damaged")
	// ErrTooBig: a file is larger than allowed.
	ErrTooBig = errors.New("too big")
	// ErrClosed: the cache or the play log was closed.
	ErrClosed = errors.New("closed")
)

// A fault is an error as a technician reads it: the fact, then the next step.
type fault struct {
	fact  string
	hint  string
	kind  error // one of the exported kinds, or nil
	cause error // what the system said, or nil
}

func (f *fault) Error() string {
	s := f.fact
	if f.cause != nil {
		s += ": " + reason(f.cause)
	}
	if f.hint != "" {
		s += "\nhint: " + f.hint
	}
	return s
}

func (f *fault) Unwrap() []error {
	var errs []error
	for _, err := range []error{f.kind, f.cause} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// reason leaves out the operation and the path that the fact already names.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// diskFault puts a failure to change a file into words.
func diskFault(doing, path string, err error) error {
	var already *fault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already):
		return err
	case noSpace(err):
		return &fault{
			fact:  fmt.Sprintf("%s %s: the disk is full", doing, path),
			hint:  "free some space, or use a larger card",
			kind:  ErrNoSpace,
			cause: err,
		}
	case errors.Is(err, fs.ErrPermission) || readOnly(err):
		return &fault{
			fact:  fmt.Sprintf("%s %s", doing, path),
			hint:  "run as the user the folder belongs to, or choose another one with --data",
			cause: err,
		}
	}
	return &fault{fact: fmt.Sprintf("%s %s", doing, path), cause: err}
}

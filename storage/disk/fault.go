package disk

import (
	"errors"
	"fmt"
	"io/fs"
)

// ErrNoSpace: the disk is full, or a quota is reached.
var ErrNoSpace = errors.New("no space left")

// A Fault is an error as a technician reads it: the fact, then the next step.
type Fault struct {
	// Fact names the file. Hint may be empty.
	Fact, Hint string
	// Kind is what a caller tells it apart by, with [errors.Is]; Cause is what the
	// system said. Either may be nil.
	Kind, Cause error
}

func (f *Fault) Error() string {
	s := f.Fact
	if f.Cause != nil {
		s += ": " + Reason(f.Cause)
	}
	if f.Hint != "" {
		s += "\nhint: " + f.Hint
	}
	return s
}

// Unwrap returns the kind and the cause.
func (f *Fault) Unwrap() []error {
	var errs []error
	for _, err := range []error{f.Kind, f.Cause} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Reason is an error's text without the operation and the path, which the fact
// names already.
func Reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// Explain puts a failure to change a file into words: what could not be done
// ("cannot write"), to which path, and what to do about it. nil stays nil, and a
// [Fault] stays as it is.
func Explain(doing, path string, err error) error {
	var already *Fault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already):
		return err
	case full(err):
		return &Fault{
			Fact:  fmt.Sprintf("%s %s: the disk is full", doing, path),
			Hint:  "free some space, or use a larger card",
			Kind:  ErrNoSpace,
			Cause: err,
		}
	case errors.Is(err, fs.ErrPermission) || readOnly(err):
		return &Fault{
			Fact:  fmt.Sprintf("%s %s", doing, path),
			Hint:  "run as the user the folder belongs to, or choose another one with --data",
			Cause: err,
		}
	}
	return &Fault{Fact: fmt.Sprintf("%s %s", doing, path), Cause: err}
}

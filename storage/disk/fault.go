package disk

import (
	"errors"
	"io/fs"
)

// ErrNoSpace: the disk is full, or a quota is reached.
var ErrNoSpace = errors.New("no space left")

// ErrReadOnly: the file system can only be read.
var ErrReadOnly = errors.New("read-only")

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

// Explain puts a failure with a file into words: what could not be done ("cannot
// write"), to which path, and what to do about it. nil stays nil, and a [Fault] stays
// as it is. Whether the path is on a card, a stick or a server's disk is not known
// here, so the sentences speak of the place itself.
func Explain(doing, path string, err error) error {
	var already *Fault
	if err == nil || errors.As(err, &already) {
		return err
	}
	f := &Fault{Fact: doing + " " + path, Cause: err}
	switch {
	case overQuota(err):
		f.Fact += ": this user may store no more there"
		f.Hint, f.Kind = "remove files of this user from it, or have the quota raised", ErrNoSpace
	case full(err):
		f.Fact += ": the disk is full"
		f.Hint, f.Kind = "make room where "+path+" is: remove old files there, or use a larger card or stick", ErrNoSpace
	case readOnly(err):
		f.Fact += ": it is on a card or stick that can only be read"
		f.Hint, f.Kind = "look for a lock switch; a card also locks itself after an error: turn the machine off and on, and replace the card if it comes back", ErrReadOnly
	case errors.Is(err, fs.ErrPermission):
		f.Fact += ": this user may not"
		f.Hint = "run as the user that " + path + " belongs to, or choose another folder"
	case broken(err):
		f.Fact += ": the card or stick it is on cannot be read or written there"
		f.Hint = "it may be worn out or loose: copy what matters from it, and replace it"
	case notFolder(err):
		f.Fact += ": something that is no folder is in its place"
		f.Hint = "move that away, or choose another folder"
	case gone(err):
		f.Fact += ": the card or stick it was on is gone"
		f.Hint = "put it in again, and firmly"
	}
	return f
}

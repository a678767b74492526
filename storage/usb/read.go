package usb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"entracte/storage/pack"
)

// ErrUnreadable: a stick is there and cannot be read: its memory or its file system is
// worn, or this user may not read it.
var ErrUnreadable = errors.New("the stick cannot be read")

// unreadable marks an error as the stick's, if it says more than that something is not
// there, or is not what it should be.
func unreadable(err error) error {
	for _, other := range []error{
		nil, io.EOF, fs.ErrNotExist, errors.ErrUnsupported, pack.ErrNotPack, pack.ErrDamaged, context.Canceled, context.DeadlineExceeded, ErrUnreadable,
	} {
		if errors.Is(err, other) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrUnreadable, err)
}

// A reading is a source on a stick: its errors are marked.
type reading struct{ from pack.Source }

func (r reading) Open(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	f, err := r.from.Open(ctx, name, from)
	if err != nil {
		return nil, unreadable(err)
	}
	if s, ok := f.(interface{ Size() int64 }); ok {
		return sizedFile{readFile{f}, s.Size()}, nil
	}
	return readFile{f}, nil
}

func (r reading) List(ctx context.Context, dir string) ([]string, error) {
	names, err := r.from.List(ctx, dir)
	return names, unreadable(err)
}

type readFile struct{ io.ReadCloser }

func (f readFile) Read(b []byte) (int, error) {
	n, err := f.ReadCloser.Read(b)
	if err != nil && err != io.EOF { // as it is: some compare it
		err = unreadable(err)
	}
	return n, err
}

// sizedFile says how long the whole file claims to be.
type sizedFile struct {
	readFile
	size int64
}

func (f sizedFile) Size() int64 { return f.size }

//go:build !windows

package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Every failure that a technician meets says what is the matter, where, and what to
// do that helps there, whether it is a card, a stick or any folder.
func TestExplain(t *testing.T) {
	t.Parallel()
	const path = "/media/stick/ENTRACTE"
	for _, c := range []struct {
		err        syscall.Errno
		fact, hint string
		kind       error
	}{
		{syscall.ENOSPC, "the disk is full: no space left on device", "make room where " + path + " is", ErrNoSpace},
		{syscall.EDQUOT, "this user may store no more there", "quota", ErrNoSpace},
		{syscall.EROFS, "can only be read: read-only file system", "lock switch", ErrReadOnly},
		{syscall.EACCES, "this user may not: permission denied", "the user that " + path + " belongs to", fs.ErrPermission},
		{syscall.EPERM, "this user may not: operation not permitted", "the user that " + path + " belongs to", fs.ErrPermission},
		{syscall.EIO, "cannot be read or written there", "replace it", syscall.EIO},
		{syscall.ENODEV, "is gone", "put it in again", syscall.ENODEV},
		{syscall.ENXIO, "is gone", "put it in again", syscall.ENXIO},
		{syscall.ENOTDIR, "no folder is in its place", "move that away", syscall.ENOTDIR},
		{syscall.EINVAL, "cannot write " + path + ": invalid argument", "", syscall.EINVAL},
	} {
		err := Explain("cannot write", path, &fs.PathError{Op: "write", Path: "/other", Err: c.err})
		fact, hint, _ := strings.Cut(err.Error(), "\nhint: ")
		if !strings.HasPrefix(fact, "cannot write "+path+": ") || !strings.Contains(fact, c.fact) || !strings.Contains(hint, c.hint) || (hint == "") != (c.hint == "") {
			t.Errorf("%v: %q, hint %q", c.err, fact, hint)
		}
		if strings.Contains(err.Error(), "/other") || strings.Contains(err.Error(), "--data") {
			t.Errorf("%v speaks of something else: %q", c.err, err)
		}
		for _, kind := range []error{ErrNoSpace, ErrReadOnly} {
			if errors.Is(err, kind) != (kind == c.kind) {
				t.Errorf("%v is %v: %v", c.err, kind, errors.Is(err, kind))
			}
		}
		if !errors.Is(err, c.kind) || !errors.Is(err, c.err) || Explain("later", "/else", err) != err {
			t.Errorf("%v is not itself any more: %v", c.err, err)
		}
	}
	if Explain("cannot write", path, nil) != nil {
		t.Error("nothing was the matter")
	}
}

// A file that may only be read says so when it is written, and not what becomes of
// its descriptor.
func TestWriteDenied(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("one"), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	f := osFile{r, syscall.EROFS}
	defer f.Close()
	_, write := f.Write([]byte("x"))
	_, writeAt := f.WriteAt([]byte("x"), 0)
	for what, err := range map[string]error{"Write": write, "WriteAt": writeAt, "Truncate": f.Truncate(0), "Allocate": f.Allocate(9)} {
		if !errors.Is(err, syscall.EROFS) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if b, err := ReadFile(OS, path, 3); err != nil || string(b) != "one" {
		t.Errorf("%q, %v", b, err)
	}
}

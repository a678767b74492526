package storage

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"
)

// A flaky disk fails its nth change, counted from 0, and all that follow.
type flaky struct {
	disk
	left atomic.Int64 // changes that still succeed
	err  error
}

func newFlaky(n int64, err error) *flaky {
	d := &flaky{disk: osDisk{}, err: err}
	d.left.Store(n)
	return d
}

func (d *flaky) fails() error {
	if d.left.Add(-1) < 0 {
		return d.err
	}
	return nil
}

func (d *flaky) mkdir(path string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.disk.mkdir(path)
}

func (d *flaky) temp(dir string) (file, error) {
	if err := d.fails(); err != nil {
		return nil, err
	}
	f, err := d.disk.temp(dir)
	return &flakyFile{f, d}, err
}

func (d *flaky) append(path string) (file, error) {
	if err := d.fails(); err != nil {
		return nil, err
	}
	f, err := d.disk.append(path)
	return &flakyFile{f, d}, err
}

func (d *flaky) rename(from, to string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.disk.rename(from, to)
}

func (d *flaky) sync(dir string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.disk.sync(dir)
}

// A flakyFile writes half of what it is given when it fails.
type flakyFile struct {
	file
	d *flaky
}

func (f *flakyFile) Write(b []byte) (int, error) {
	if err := f.d.fails(); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f *flakyFile) Sync() error {
	if err := f.d.fails(); err != nil {
		return err
	}
	return f.file.Sync()
}

// TestInstallOnFailingDisk lets every change to the disk fail in turn: the old
// feed stays in force, and nothing half written lies about.
func TestInstallOnFailingDisk(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c := open(t, data)
	old, _ := mustInstall(t, c, feedOf("0", "old"), fstest.MapFS{"old": {Data: []byte("old")}}, nil)
	fsys := fstest.MapFS{"a": {Data: []byte("aaaa")}, "b": {Data: []byte("bbbb")}}
	for n := int64(0); ; n++ {
		c.disk = newFlaky(n, syscall.ENOSPC)
		feed, _, err := c.Install(context.Background(), feedOf("1", "a", "b"), fsys, nil)
		now, ok, feedErr := c.Feed("local")
		if !ok || feedErr != nil {
			t.Fatal(feedErr)
		}
		if err == nil {
			if n < 8 {
				t.Errorf("only %d changes were made", n)
			}
			if !reflect.DeepEqual(now, feed) {
				t.Errorf("in force is %+v, not %+v", now, feed)
			}
			break
		}
		wantHint(t, err, ErrNoSpace)
		if !reflect.DeepEqual(now, old) {
			t.Fatalf("change %d failed, and in force is %+v", n, now)
		}
		for _, name := range stored(t, c) {
			b, err := os.ReadFile(filepath.Join(c.mediaDir(), name[:min(2, len(name))], name))
			if err != nil || len(b) != 4 && string(b) != "old" {
				t.Fatalf("change %d failed, and left %s with %q, %v", n, name, b, err)
			}
		}
	}
}

func TestSaveChecksLength(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := save(shrinking{osDisk{}}, dir, func(w io.Writer) (string, error) {
		_, err := w.Write([]byte("content"))
		return "name", err
	})
	entries, _ := os.ReadDir(dir)
	if err == nil || len(entries) != 0 {
		t.Errorf("a file that lost bytes was saved: %v, %v", err, entries)
	}
}

// A shrinking disk says that it wrote, and did not.
type shrinking struct{ disk }

type shrinkingFile struct{ file }

func (d shrinking) temp(dir string) (file, error) {
	f, err := d.disk.temp(dir)
	return shrinkingFile{f}, err
}

func (f shrinkingFile) Write(b []byte) (int, error) { return len(b), nil }

func TestDiskFault(t *testing.T) {
	t.Parallel()
	wrap := func(err error) error { return &fs.PathError{Op: "write", Path: "/p", Err: err} }
	wantHint(t, diskFault("cannot write", "/p", wrap(syscall.ENOSPC)), ErrNoSpace)
	wantHint(t, diskFault("cannot write", "/p", wrap(syscall.EACCES)), fs.ErrPermission)
	err := diskFault("cannot write", "/p", wrap(syscall.EIO))
	if errors.Is(err, ErrNoSpace) || !errors.Is(err, syscall.EIO) || err.Error() != "cannot write /p: "+syscall.EIO.Error() {
		t.Errorf("got %v", err)
	}
	if again := diskFault("cannot do", "/q", err); again != err {
		t.Errorf("said twice: %v", again)
	}
}

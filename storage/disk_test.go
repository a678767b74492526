package storage

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"

	"entracte/storage/disk"
)

// A failing disk fails its nth change, counted from 0, and all that follow.
type failing struct {
	disk.Disk
	left atomic.Int64 // changes that still succeed
	err  error
}

func failAfter(n int64, err error) *failing {
	d := &failing{Disk: disk.OS, err: err}
	d.left.Store(n)
	return d
}

func (d *failing) fails() error {
	if d.left.Add(-1) < 0 {
		return d.err
	}
	return nil
}

func (d *failing) Mkdir(path string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.Disk.Mkdir(path)
}

func (d *failing) Create(path string) (disk.File, error) {
	if err := d.fails(); err != nil {
		return nil, err
	}
	f, err := d.Disk.Create(path)
	if err != nil {
		return nil, err
	}
	return &failingFile{f, d}, nil
}

func (d *failing) Rename(from, to string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.Disk.Rename(from, to)
}

func (d *failing) SyncDir(dir string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.Disk.SyncDir(dir)
}

func (d *failing) SyncFiles(dir string, paths []string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.Disk.SyncFiles(dir, paths)
}

// A failingFile writes half of what it is given when it fails.
type failingFile struct {
	disk.File
	d *failing
}

func (f *failingFile) Write(b []byte) (int, error) {
	if err := f.d.fails(); err != nil {
		n, _ := f.File.Write(b[:len(b)/2])
		return n, err
	}
	return f.File.Write(b)
}

func (f *failingFile) Allocate(size int64) error {
	if err := f.d.fails(); err != nil {
		return err
	}
	return f.File.Allocate(size)
}

func (f *failingFile) Sync() error {
	if err := f.d.fails(); err != nil {
		return err
	}
	return f.File.Sync()
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
		c.disk = failAfter(n, syscall.ENOSPC)
		feed, _, err := c.Install(context.Background(), feedOf("1", "a", "b"), fsys, nil)
		now, ok, feedErr := c.Feed("local")
		if !ok || feedErr != nil {
			t.Fatal(feedErr)
		}
		if err == nil {
			if n < 6 {
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

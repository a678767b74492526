package storage

import (
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"testing/fstest"

	"entracte/storage/disk"
	"entracte/storage/disk/disktest"
)

// A real file system that turns read-only under an open cache: what is in force is
// still read, and what is kept is kept again as soon as that is possible.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	disktest.Mount(t, dir, 8<<20)
	data := filepath.Join(dir, "data")
	c := open(t, data)
	was, _ := mustInstall(t, c, feedOf("1", "a"), fstest.MapFS{"a": {Data: []byte("a")}}, nil)
	must(t, c.Close())
	disktest.Remount(t, dir, true)
	_, err := Open(data)
	wantHint(t, err, disk.ErrReadOnly)
	if err := Check(data); err != nil {
		t.Errorf("a cache that cannot be written is not damaged: %v", err)
	}
	x := &boltIndex{path: filepath.Join(data, indexFile)}
	must(t, x.open())
	c.index = x
	for range 2 {
		wantHint(t, c.Put("acks", 1), disk.ErrReadOnly)
		if f, ok, err := c.Feed("local"); !ok || err != nil || !reflect.DeepEqual(f, was) {
			t.Fatalf("in force: %+v, %v", f, err)
		}
	}
	disktest.Remount(t, dir, false)
	must(t, c.Put("acks", 1))
	must(t, x.close())
	c = open(t, data)
	n := 0
	if ok, err := c.Get("acks", &n); !ok || err != nil || n != 1 {
		t.Errorf("kept: %d, %v", n, err)
	}
	if errors.Is(c.Put("acks", 2), disk.ErrReadOnly) {
		t.Error("it stays read-only")
	}
}

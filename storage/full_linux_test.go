package storage

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"entracte/storage/disk/disktest"
)

// TestFullDisk runs everything on a real file system that is full.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	disktest.Mount(t, dir, 512<<10)
	data := filepath.Join(dir, "data")
	c := open(t, data)
	old, _ := mustInstall(t, c, feedOf("1", "a"), fstest.MapFS{"a": {Data: []byte("a")}}, nil)

	big := fstest.MapFS{"b": {Data: bytes.Repeat([]byte("b"), 600<<10)}}
	_, _, err := c.Install(context.Background(), feedOf("2", "b"), big, nil)
	wantHint(t, err, ErrNoSpace)
	if got := stored(t, c); len(got) != 1 {
		t.Errorf("a copy that did not fit left %q", got)
	}

	fill := disktest.Fill(t, dir)
	db := c.index.(*boltIndex).db
	wantHint(t, c.Put("waits", strings.Repeat("w", 300<<10)), ErrNoSpace)
	if c.index.(*boltIndex).db == db {
		t.Error("the cache goes on from memory after a commit that failed")
	}
	if f, _, err := c.Feed("local"); err != nil || !reflect.DeepEqual(f, old) {
		t.Errorf("in force is %+v, %v", f, err)
	}
	_, err = Open(filepath.Join(dir, "another"))
	wantHint(t, err, ErrNoSpace)

	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	if err := c.Put("waits", strings.Repeat("w", 50<<10)); err != nil {
		t.Errorf("with space again: %v", err)
	}
	c.Close()
	c = open(t, data)
	var waits string
	if ok, err := c.Get("waits", &waits); !ok || err != nil || len(waits) != 50<<10 {
		t.Errorf("after a restart: %d bytes, %v", len(waits), err)
	}
}

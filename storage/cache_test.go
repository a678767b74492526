package storage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"entracte/storage/disk"
)

// open opens a cache that is closed at the end of the test.
func open(t testing.TB, dir string) *Cache {
	t.Helper()
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// wantHint fails unless err is of a kind and tells a technician what to do.
func wantHint(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("got %v, want %v", err, kind)
	}
	if !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("no hint in %q", err)
	}
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "data")
	first := open(t, dir)
	_, err := Open(dir)
	wantHint(t, err, ErrInUse)
	if !strings.Contains(err.Error(), filepath.Join(dir, "cache.db")) {
		t.Errorf("the error does not name the file: %q", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if err := first.Put("a", 1); !errors.Is(err, ErrClosed) {
		t.Errorf("Put on a closed cache: %v", err)
	}
	open(t, dir)
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	type opened struct {
		c   *Cache
		err error
	}
	results := make(chan opened)
	for range 4 {
		go func() { c, err := Open(dir); results <- opened{c, err} }()
	}
	winners := 0
	var all []opened
	for range 4 {
		all = append(all, <-results)
	}
	for _, r := range all {
		if r.err == nil {
			winners++
			r.c.Close()
		} else if !errors.Is(r.err, ErrInUse) {
			t.Errorf("a loser got %v", r.err)
		}
	}
	if winners != 1 {
		t.Errorf("%d of 4 got the cache", winners)
	}
	open(t, dir)
	if _, err := os.Stat(filepath.Join(dir, "cache.db.new")); err == nil {
		t.Error("the unfinished cache.db.new is still there")
	}
}

// TestCreateSparesTheFirst: who comes second to make the cache finds the first
// one's and leaves it alone.
func TestCreateSparesTheFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	if err := c.Put("a", 1); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, indexFile)
	if err := createIndex(disk.OS, path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".new"); err == nil {
		t.Error("the needless cache.db.new is still there")
	}
	c.Close()
	c = open(t, dir)
	if ok, err := c.Get("a", new(int)); !ok || err != nil {
		t.Errorf("the first cache was replaced: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{file, filepath.Join(file, "data")} {
		if c, err := Open(where); err == nil {
			c.Close()
			t.Errorf("%s was opened", where)
		} else if !strings.Contains(err.Error(), where) {
			t.Errorf("the error does not name %s: %q", where, err)
		}
	}
	if os.Getuid() <= 0 {
		return // root, or Windows: no folder refuses us
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := Open(closed)
	wantHint(t, err, fs.ErrPermission)
}

func TestOpenAfterHalfMadeCache(t *testing.T) {
	t.Parallel()
	for name, half := range map[string][]byte{
		"empty": {}, "short": make([]byte, 100), "zeros": make([]byte, 4*pageSize), "noise": []byte(strings.Repeat("noise", 9999)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "cache.db.new"), half, 0o600); err != nil {
				t.Fatal(err)
			}
			c := open(t, dir)
			if err := c.Put("a", 1); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenOtherVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	if err := c.index.(*boltIndex).update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(schemaBucket)).Put(versionKey, seal([]byte("2")))
	}); err != nil {
		t.Fatal(err)
	}
	c.Close()
	_, err := Open(dir)
	if err == nil || errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "version 2") {
		t.Fatalf("got %v", err)
	}
	if _, err := Open(dir); errors.Is(err, ErrInUse) {
		t.Error("a refused cache stays locked")
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	want := make(map[string]float64)
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]string{"device", "glass", "waits", "é/…"}).Draw(t, "key")
		v := rapid.Float64().Draw(t, "v")
		if err := c.Put(key, v); err != nil {
			t.Fatal(err)
		}
		want[key] = v
		for k, v := range want {
			var got float64
			if ok, err := c.Get(k, &got); !ok || err != nil || got != v {
				t.Fatalf("Get %q: %v %v %v, want %v", k, got, ok, err, v)
			}
		}
	})
	c.Close()
	c = open(t, dir)
	for k, v := range want {
		var got float64
		if ok, err := c.Get(k, &got); !ok || err != nil || got != v {
			t.Errorf("after a restart, Get %q: %v %v %v, want %v", k, got, ok, err, v)
		}
	}
	if ok, err := c.Get("nothing", new(int)); ok || err != nil {
		t.Errorf("Get of nothing: %v %v", ok, err)
	}
	if ok, err := c.Get("device", new([]string)); ok || err == nil {
		t.Error("a number was read as a list")
	}
	for _, key := range []string{"", strings.Repeat("k", 201)} {
		if c.Put(key, 1) == nil {
			t.Errorf("Put took a key of %d bytes", len(key))
		}
		if _, err := c.Get(key, new(int)); err == nil {
			t.Errorf("Get took a key of %d bytes", len(key))
		}
	}
	if c.Put("f", func() {}) == nil {
		t.Error("Put took a function")
	}
}

func TestPutSameValueWritesNothing(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	if err := c.Put("glass", "1920x1080"); err != nil {
		t.Fatal(err)
	}
	transactions := func() (id int) {
		c.index.(*boltIndex).view(func(tx *bolt.Tx) error { id = tx.ID(); return nil })
		return id
	}
	before := transactions()
	if err := c.Put("glass", "1920x1080"); err != nil {
		t.Fatal(err)
	}
	if transactions() != before {
		t.Error("an unchanged value was written again")
	}
}

// Another process that has the file for a moment, when it is opened again after a failed
// write, does not end the index.
func TestIndexInUseForAMoment(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	must(t, c.Put("k", 1))
	x := c.index.(*boltIndex)
	must(t, x.db.Close())
	x.db = nil
	other, _, err := readBolt(x.path)
	must(t, err)
	var got int
	if _, err := c.Get("k", &got); !errors.Is(err, ErrInUse) {
		t.Errorf("while another has it: %v", err)
	}
	must(t, other.Close())
	if ok, err := c.Get("k", &got); !ok || err != nil || got != 1 {
		t.Errorf("afterwards: %v, %v, %d", ok, err, got)
	}
	must(t, c.Put("k", 2))
}

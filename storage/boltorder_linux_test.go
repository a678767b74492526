package storage

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"entracte/storage/disk"
)

// TestBoltOrder looks at what bbolt really does in a transaction, which
// TestPowerCutInBolt takes from its source: data pages in the order of their numbers,
// all of them clean in the page cache before the meta page is written, and that one
// clean too before Update returns. The kernel tells what is dirty since 6.5
// (cachestat).
func TestBoltOrder(t *testing.T) {
	t.Parallel()
	x, err := openIndex(disk.OS, filepath.Join(t.TempDir(), indexFile))
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	var data []int64
	meta, seen := 0, false
	inner := writeAt(x)
	write := *inner
	*inner = func(b []byte, at int64) (int, error) {
		if at > pageSize {
			if len(data) > 0 && data[len(data)-1] >= at {
				t.Errorf("a page at %d after those at %v", at, data)
			}
			data = append(data, at)
			n, err := write(b, at)
			seen = seen || waiting(t, x.file) > 0
			return n, err
		}
		meta++
		if n := waiting(t, x.file); n > 0 {
			t.Errorf("the meta page at %d is written while %d others wait for their sync", at, n)
		}
		return write(b, at)
	}
	all := make(map[string]string)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		data, meta = nil, 0
		before, err := os.ReadFile(x.path)
		if err != nil {
			t.Fatal(err)
		}
		if err := change(x, all, rng, func() {}); err != nil {
			t.Fatal(err)
		}
		if n := waiting(t, x.file); n > 0 {
			t.Errorf("%d pages still wait for their sync after the transaction", n)
		}
		if len(data) == 0 || meta != 1 {
			t.Errorf("%d data pages and %d meta pages were written", len(data), meta)
		}
		onlyThese(t, x.path, before, data)
	}
	if !seen {
		t.Skip("this file system does not tell which pages wait to be written")
	}
}

// writeAt is where bbolt writes through (db.go, "test hooks").
func writeAt(x *boltIndex) *func([]byte, int64) (int, error) {
	ops := reflect.ValueOf(x.db).Elem().FieldByName("ops").FieldByName("writeAt")
	return (*func([]byte, int64) (int, error))(unsafe.Pointer(ops.UnsafeAddr()))
}

// waiting is how many pages of a file are dirty or on their way.
func waiting(t *testing.T, f *os.File) uint64 {
	var is unix.Cachestat_t
	if err := unix.Cachestat(uint(f.Fd()), &unix.CachestatRange{}, &is, 0); err != nil {
		t.Skip("the kernel does not tell which pages wait to be written: ", err)
	}
	return is.Dirty + is.Writeback
}

// onlyThese looks that nothing changed but the pages written and a meta page.
func onlyThese(t *testing.T, path string, before []byte, data []int64) {
	now, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before = append(before, make([]byte, max(0, len(now)-len(before)))...)
	for at := int64(2 * pageSize); at < int64(len(now)); at += pageSize {
		if string(now[at:at+pageSize]) == string(before[at:at+pageSize]) {
			continue
		}
		i, exact := slices.BinarySearch(data, at) // an overflow page is written with the one before
		if !exact && i == 0 {
			t.Errorf("the page at %d changed, and only those at %v were written", at, data)
		}
	}
}

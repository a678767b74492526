package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"io"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"entracte/storage/disk"
)

// pageSize is bbolt's page here, whatever the machine's is: with the 16 KiB pages
// of a Pi 5 every transaction would write three times as much to the card.
const pageSize = 4096

// lockWait is how long Open waits for another process to let go of cache.db.
const lockWait = time.Second

// errPanic: bbolt panicked, or faulted on its memory map.
var errPanic = errors.New("unreadable structure")

// guard runs fn and turns a panic into an error. bbolt trusts its file: a
// damaged page makes it panic, or read outside its memory map, which is a fault
// the runtime turns into a panic only when asked, and only on this goroutine.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w (%v)", errPanic, p)
		}
	}()
	return fn()
}

// openBolt opens a database file, or makes it. The file comes back too: after a
// panic it is the only way to let go of the lock.
func openBolt(path string, create bool) (db *bolt.DB, f *os.File, err error) {
	return openBoltFor(path, create, false)
}

// readBolt opens a database file that cannot be written.
func readBolt(path string) (db *bolt.DB, f *os.File, err error) {
	return openBoltFor(path, false, true)
}

func openBoltFor(path string, create, readOnly bool) (db *bolt.DB, f *os.File, err error) {
	options := &bolt.Options{
		PageSize:     pageSize,
		Timeout:      lockWait,
		ReadOnly:     readOnly,
		FreelistType: bolt.FreelistMapType,
		// The freelist stays on disk: without it one bad page kills the process
		// in a goroutine of bbolt's own.
		NoFreelistSync: false,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			if !create {
				flag &^= os.O_CREATE
			}
			var err error
			f, err = os.OpenFile(name, flag, mode)
			return f, err
		},
	}
	err = guard(func() (err error) {
		db, err = bolt.Open(path, 0o600, options)
		return err
	})
	if err != nil {
		if errors.Is(err, errPanic) && f != nil {
			release(f) // any other time bbolt has closed it
		}
		return nil, nil, err
	}
	return db, f, nil
}

// inspect looks at the head of a database file before bbolt maps it: a file that
// is shorter than its newest meta page says would be read beyond its end. It may
// run while another process writes: bbolt never rewrites both meta pages at once
// and grows the file first.
//
// The layout is that of bbolt 1.4, internal/common/page.go and meta.go: a page
// header of 16 bytes, then magic, version, page size and flags in 4 bytes each,
// root, sequence, freelist, page count, transaction and FNV-1a checksum in 8, in
// the machine's byte order.
func inspect(path string) error {
	i, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !i.Mode().IsRegular() {
		return errors.New("it is not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var newest, pages uint64
	found := false
	for at := int64(0); at <= pageSize; at += pageSize {
		var b [80]byte
		if _, err := f.ReadAt(b[:], at); errors.Is(err, io.EOF) {
			return errors.New("it is too short")
		} else if err != nil {
			return err
		}
		m := b[16:]
		sum := fnv.New64a()
		sum.Write(m[:56])
		o := binary.NativeEndian
		if o.Uint32(m) != 0xED0CDAED || o.Uint32(m[8:]) != pageSize || o.Uint64(m[56:]) != sum.Sum64() {
			continue
		}
		if tx := o.Uint64(m[48:]); !found || tx > newest {
			found, newest, pages = true, tx, o.Uint64(m[40:])
		}
	}
	if !found {
		return errors.New("it is not a cache, or its first pages are broken")
	}
	i, err = f.Stat()
	if err != nil {
		return err
	}
	if pages > uint64(i.Size())/pageSize {
		return fmt.Errorf("it is cut off: %d bytes of at least %d", i.Size(), pages*pageSize)
	}
	return nil
}

// boltFault puts a failure to open cache.db into words.
func boltFault(path string, err error) error {
	var system syscall.Errno
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return &disk.Fault{
			Fact: "another player has " + path + " open",
			Hint: "ask the running player instead (entracte status), or stop it first",
			Kind: ErrInUse,
		}
	case errors.As(err, &system):
		return disk.Explain("cannot open", path, err)
	}
	return damaged(path, err)
}

func damaged(path string, err error) error {
	return &disk.Fault{
		Fact:  path + " is damaged",
		Hint:  "move the file away and start again: the ads are installed anew from where they came from, and the plays are kept elsewhere",
		Kind:  ErrDamaged,
		Cause: err,
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal puts a CRC-32C before a value. bbolt has checksums on its two meta pages
// only: without it a flipped bit comes back as a value.
func seal(value []byte) []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(value)), crc32.Checksum(value, castagnoli))
	return append(b, value...)
}

// unseal checks and takes off what seal put on. The result is valid as long as b.
func unseal(b []byte) ([]byte, error) {
	if len(b) < 4 || binary.LittleEndian.Uint32(b) != crc32.Checksum(b[4:], castagnoli) {
		return nil, errors.New("a value does not match its checksum")
	}
	return b[4:], nil
}

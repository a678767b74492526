package storage

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	bolt "go.etcd.io/bbolt"

	"entracte/storage/disk"
)

// indexFile is the name of the index in the data folder.
const indexFile = "cache.db"

// schemaVersion is the version of what the buckets hold. A cache with another
// one is refused.
const schemaVersion = 1

const schemaBucket = "schema"

var (
	versionKey = []byte("version")
	totalKey   = []byte("total")
)

// A boltIndex is an index in a file of bbolt's.
type boltIndex struct {
	path string

	mu   sync.Mutex // guards the rest
	db   *bolt.DB
	file *os.File // db's own, to let go of the lock when bbolt cannot
	// dead says why the index cannot be used any more; nil while it can.
	dead error
	// denied says why the file is open for reading only; nil while it is not.
	denied error
}

// openIndex opens an index and makes it if need be.
func openIndex(d disk.Disk, path string) (*boltIndex, error) {
	if !exists(d, path) {
		if err := createIndex(d, path); err != nil {
			return nil, err
		}
	}
	x := &boltIndex{path: path}
	if err := x.open(); err != nil {
		return nil, err
	}
	if x.denied != nil {
		return nil, errors.Join(x.denied, x.close())
	}
	return x, nil
}

// createIndex makes the file under another name and renames it: a power cut during
// bbolt's own first writes leaves a file that cannot be opened, or cannot be used.
// Two processes that do so at once share the lock of the new file, and whoever
// comes second finds the first one's result.
func createIndex(d disk.Disk, path string) error {
	name := path + ".new"
	err := fillIndex(d, name, path)
	if err != nil && !errors.Is(err, ErrInUse) {
		// Half made when the power went.
		_ = d.Remove(name)
		if err = fillIndex(d, name, path); err != nil && !errors.Is(err, ErrInUse) {
			_ = d.Remove(name)
		}
	}
	if err != nil || !exists(d, name) {
		return err
	}
	if err := d.Rename(name, path); err != nil && !exists(d, path) {
		return disk.Explain("cannot make", path, err)
	}
	return disk.Explain("cannot make", path, d.SyncDir(filepath.Dir(path)))
}

// fillIndex makes an index without values under a name, unless there is one at path
// by now.
func fillIndex(d disk.Disk, name, path string) error {
	db, f, err := openBolt(name, true)
	if err != nil {
		return boltFault(name, err)
	}
	if exists(d, path) {
		return errors.Join(db.Close(), d.Remove(name))
	}
	err = guard(func() error { return db.Update(makeBuckets) })
	if errors.Is(err, errPanic) {
		release(f)
		return damaged(name, err)
	}
	return disk.Explain("cannot make", name, errors.Join(err, db.Close()))
}

func makeBuckets(tx *bolt.Tx) error {
	for _, name := range []string{schemaBucket, feedsBucket, valuesBucket} {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	if err := tx.Bucket([]byte(schemaBucket)).Put(versionKey, seal(fmt.Appendf(nil, "%d", schemaVersion))); err != nil {
		return err
	}
	return putTotal(tx)
}

// open opens the existing file and reads all of it. Where it cannot be written it is
// open for reading, and denied says so.
func (x *boltIndex) open() error {
	if err := inspect(x.path); err != nil {
		return boltFault(x.path, err)
	}
	x.denied = nil
	db, f, err := openBolt(x.path, false)
	if err != nil {
		err = boltFault(x.path, err)
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, disk.ErrReadOnly) {
		x.denied = err
		if db, f, err = readBolt(x.path); err != nil {
			err = boltFault(x.path, err)
		}
	}
	if err != nil {
		return err
	}
	x.db, x.file = db, f
	if err := guard(func() error { return db.View(x.readAll) }); err != nil {
		x.db = nil
		if errors.Is(err, errPanic) {
			release(f)
		} else {
			db.Close()
		}
		var already *disk.Fault
		if errors.As(err, &already) {
			return err
		}
		return damaged(x.path, err)
	}
	return nil
}

// readAll fails if any value is not what was written.
func (x *boltIndex) readAll(tx *bolt.Tx) error {
	for _, name := range []string{schemaBucket, feedsBucket, valuesBucket} {
		b := tx.Bucket([]byte(name))
		if b == nil {
			return fmt.Errorf("it has no %s", name)
		}
		if err := b.ForEach(func(k, v []byte) error {
			_, err := unseal(v)
			return err
		}); err != nil {
			return err
		}
	}
	schema := tx.Bucket([]byte(schemaBucket))
	b, err := unseal(schema.Get(versionKey))
	if err != nil {
		return err
	}
	var version int
	if err := json.Unmarshal(b, &version); err != nil {
		return err
	}
	if version != schemaVersion {
		return &disk.Fault{
			Fact: fmt.Sprintf("%s has version %d, and this entracte reads version %d", x.path, version, schemaVersion),
			Hint: "run the entracte that wrote it, or move the file away to start anew",
		}
	}
	if !bytes.Equal(schema.Get(totalKey), total(tx)) {
		return errors.New("something that was stored is missing")
	}
	return tx.Bucket([]byte(feedsBucket)).ForEach(func(_, v []byte) error {
		b, err := unseal(v)
		if err == nil {
			_, err = decodeRecord(b)
		}
		return err
	})
}

// total is a sealed digest of what keys there are and of their checksums. It ends
// every transaction: a page that reads as empty loses keys, which no checksum of
// theirs can tell.
func total(tx *bolt.Tx) []byte {
	sum := crc32.New(castagnoli)
	for _, name := range []string{feedsBucket, valuesBucket} {
		_ = tx.Bucket([]byte(name)).ForEach(func(k, v []byte) error {
			fmt.Fprintf(sum, "%s %q %x\n", name, k, v[:min(4, len(v))])
			return nil
		})
	}
	return seal(sum.Sum(nil))
}

func putTotal(tx *bolt.Tx) error { return tx.Bucket([]byte(schemaBucket)).Put(totalKey, total(tx)) }

func (x *boltIndex) close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.dead != nil {
		return nil
	}
	x.dead = fmt.Errorf("%s is %w", x.path, ErrClosed)
	if x.db == nil {
		return nil
	}
	return guard(x.db.Close)
}

func (x *boltIndex) get(bucket, key string) (value []byte, err error) {
	err = x.view(func(tx *bolt.Tx) error {
		sealed := tx.Bucket([]byte(bucket)).Get([]byte(key))
		if sealed == nil {
			return nil
		}
		b, err := unseal(sealed)
		if err != nil {
			return damaged(x.path, err)
		}
		value = append([]byte{}, b...) // bbolt's memory ends with the transaction
		return nil
	})
	return value, err
}

func (x *boltIndex) each(bucket string, fn func(value []byte) error) error {
	return x.view(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bucket)).ForEach(func(_, sealed []byte) error {
			b, err := unseal(sealed)
			if err != nil {
				return damaged(x.path, err)
			}
			return fn(b)
		})
	})
}

// put writes nothing if the value is there already: the card wears.
func (x *boltIndex) put(bucket, key string, value []byte) error {
	var sealed []byte
	if value != nil {
		sealed = seal(value)
	}
	same := false
	if err := x.view(func(tx *bolt.Tx) error {
		same = bytes.Equal(tx.Bucket([]byte(bucket)).Get([]byte(key)), sealed)
		return nil
	}); err != nil || same {
		return err
	}
	return x.update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		if sealed == nil {
			return b.Delete([]byte(key))
		}
		return b.Put([]byte(key), sealed)
	})
}

// view runs fn in a reading transaction.
func (x *boltIndex) view(fn func(*bolt.Tx) error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.usable(); err != nil {
		return err
	}
	err := guard(func() error { return x.db.View(fn) })
	if errors.Is(err, errPanic) {
		return x.die(err)
	}
	return err
}

// update runs fn in a transaction that is written whole or not at all. When the
// commit itself fails nobody knows which of the two reached the card, so the
// file is closed and read again.
func (x *boltIndex) update(fn func(*bolt.Tx) error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.usable(); err != nil {
		return err
	}
	if x.denied != nil { // perhaps no longer
		if err := x.reopen(); err != nil {
			return err
		}
	}
	var own error
	err := guard(func() error {
		return x.db.Update(func(tx *bolt.Tx) error {
			if own = fn(tx); own == nil {
				own = putTotal(tx)
			}
			return own
		})
	})
	switch {
	case errors.Is(err, errPanic):
		return x.die(err)
	case err == nil || own != nil:
		return err
	}
	_ = x.reopen()
	return disk.Explain("cannot write", x.path, err)
}

// usable opens the file where that failed the last time: another process may have had
// it for a moment.
func (x *boltIndex) usable() error {
	if x.dead != nil || x.db != nil {
		return x.dead
	}
	return x.again()
}

// again opens the file. Only what is damaged is given up for good.
func (x *boltIndex) again() error {
	err := x.open()
	if errors.Is(err, ErrDamaged) {
		x.dead = err
	}
	return err
}

// reopen closes the file and reads it again. An error says why it cannot be written,
// or not even read.
func (x *boltIndex) reopen() error {
	closed := guard(x.db.Close)
	if errors.Is(closed, errPanic) {
		return x.die(closed)
	}
	x.db = nil
	return cmp.Or(x.again(), x.denied)
}

// die gives the index up after bbolt panicked. bbolt may hold locks of its own
// for ever now, so only the file is let go of; the memory map stays.
func (x *boltIndex) die(err error) error {
	release(x.file)
	x.dead = damaged(x.path, err)
	return x.dead
}

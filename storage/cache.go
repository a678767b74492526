package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// schemaVersion is the version of what the buckets hold. A cache with another
// one is refused.
const schemaVersion = 1

var (
	schemaBucket = []byte("schema")
	feedsBucket  = []byte("feeds")
	valuesBucket = []byte("values")
	versionKey   = []byte("version")
	totalKey     = []byte("total")
)

// A Cache is the data folder of one player, open for writing. Its methods may be
// called from any goroutine.
type Cache struct {
	dir  string
	disk disk

	// store is held for reading while media are added that no feed refers to yet,
	// and for writing while such media are swept.
	store sync.RWMutex

	mu   sync.Mutex // guards the rest
	db   *bolt.DB
	file *os.File // db's own, to let go of the lock when bbolt cannot
	// dead says why the cache cannot be used any more; nil while it can.
	dead error
}

// Open opens the cache in a data folder and makes both if need be. It waits up to
// a second for another process to close it, then fails with [ErrInUse]. Every
// stored value is read once; a cache that does not read well is [ErrDamaged].
func Open(dir string) (*Cache, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	c := &Cache{dir: dir, disk: osDisk{}}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, diskFault("cannot make the data folder", dir, err)
	}
	for _, d := range []string{dir, c.mediaDir()} {
		if err := c.disk.mkdir(d); err != nil {
			return nil, diskFault("cannot make the data folder", d, err)
		}
	}
	if _, err := os.Lstat(c.path()); errors.Is(err, fs.ErrNotExist) {
		if err := c.create(); err != nil {
			return nil, err
		}
	}
	if err := c.open(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Cache) path() string     { return filepath.Join(c.dir, "cache.db") }
func (c *Cache) mediaDir() string { return filepath.Join(c.dir, "media") }

// create makes cache.db under another name and renames it: a power cut during
// bbolt's own first writes leaves a file that can never be opened. Two processes
// that do so at once share the lock of the new file, and whoever comes second
// finds the first one's result.
func (c *Cache) create() error {
	name := c.path() + ".new"
	db, _, err := openBolt(name, true)
	if err != nil && !errors.Is(err, berrors.ErrTimeout) {
		// Half made when the power went.
		_ = c.disk.remove(name)
		db, _, err = openBolt(name, true)
	}
	if err != nil {
		return boltFault(name, err)
	}
	if c.exists() {
		return errors.Join(db.Close(), c.disk.remove(name))
	}
	err = guard(func() error { return db.Update(makeBuckets) })
	if err = errors.Join(err, db.Close()); err != nil {
		return diskFault("cannot make", name, err)
	}
	if err := c.disk.rename(name, c.path()); err != nil && !c.exists() {
		return diskFault("cannot make", c.path(), err)
	}
	return diskFault("cannot make", c.path(), c.disk.sync(c.dir))
}

func (c *Cache) exists() bool {
	_, err := os.Lstat(c.path())
	return err == nil
}

func makeBuckets(tx *bolt.Tx) error {
	for _, name := range [][]byte{schemaBucket, feedsBucket, valuesBucket} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	if err := tx.Bucket(schemaBucket).Put(versionKey, seal(fmt.Appendf(nil, "%d", schemaVersion))); err != nil {
		return err
	}
	return putTotal(tx)
}

// open opens the existing cache.db and reads all of it.
func (c *Cache) open() error {
	if err := inspect(c.path()); err != nil {
		return boltFault(c.path(), err)
	}
	db, f, err := openBolt(c.path(), false)
	if err != nil {
		return boltFault(c.path(), err)
	}
	c.db, c.file = db, f
	if err := guard(func() error { return db.View(c.readAll) }); err != nil {
		if errors.Is(err, errPanic) {
			release(f)
		} else {
			db.Close()
		}
		var already *fault
		if errors.As(err, &already) {
			return err
		}
		return damaged(c.path(), err)
	}
	return nil
}

// readAll fails if any value is not what was written.
func (c *Cache) readAll(tx *bolt.Tx) error {
	for _, name := range [][]byte{schemaBucket, feedsBucket, valuesBucket} {
		b := tx.Bucket(name)
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
	b, err := unseal(tx.Bucket(schemaBucket).Get(versionKey))
	if err != nil {
		return err
	}
	var version int
	if err := json.Unmarshal(b, &version); err != nil {
		return err
	}
	if version != schemaVersion {
		return &fault{
			fact: fmt.Sprintf("%s has version %d, and this entracte reads version %d", c.path(), version, schemaVersion),
			hint: "run the entracte that wrote it, or move the file away to start anew",
		}
	}
	if !bytes.Equal(tx.Bucket(schemaBucket).Get(totalKey), total(tx)) {
		return errors.New("something that was stored is missing")
	}
	return tx.Bucket(feedsBucket).ForEach(func(_, v []byte) error {
		_, err := decodeRecord(v)
		return err
	})
}

// total is a sealed digest of what keys there are and of their checksums. It ends
// every transaction: a page that reads as empty loses keys, which no checksum of
// theirs can tell.
func total(tx *bolt.Tx) []byte {
	sum := crc32.New(castagnoli)
	for _, name := range [][]byte{feedsBucket, valuesBucket} {
		_ = tx.Bucket(name).ForEach(func(k, v []byte) error {
			fmt.Fprintf(sum, "%s %q %x\n", name, k, v[:min(4, len(v))])
			return nil
		})
	}
	return seal(sum.Sum(nil))
}

func putTotal(tx *bolt.Tx) error { return tx.Bucket(schemaBucket).Put(totalKey, total(tx)) }

// Close closes the cache. It may be called more than once.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead != nil {
		return nil
	}
	c.dead = fmt.Errorf("%s is %w", c.path(), ErrClosed)
	return guard(c.db.Close)
}

// view runs fn in a reading transaction.
func (c *Cache) view(fn func(*bolt.Tx) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead != nil {
		return c.dead
	}
	err := guard(func() error { return c.db.View(fn) })
	if errors.Is(err, errPanic) {
		return c.die(err)
	}
	return err
}

// update runs fn in a transaction that is written whole or not at all. When the
// commit itself fails nobody knows which of the two reached the card, so the
// file is closed and read again.
func (c *Cache) update(fn func(*bolt.Tx) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead != nil {
		return c.dead
	}
	var own error
	err := guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error {
			if own = fn(tx); own == nil {
				own = putTotal(tx)
			}
			return own
		})
	})
	switch {
	case errors.Is(err, errPanic):
		return c.die(err)
	case err == nil || own != nil:
		return err
	}
	if again := errors.Join(guard(c.db.Close), c.open()); again != nil {
		c.dead = again
	}
	return diskFault("cannot write", c.path(), err)
}

// write puts a value in a bucket, unless it is there already: the card wears.
func (c *Cache) write(bucket []byte, key string, value []byte) error {
	sealed, same := seal(value), false
	if err := c.view(func(tx *bolt.Tx) error {
		same = bytes.Equal(tx.Bucket(bucket).Get([]byte(key)), sealed)
		return nil
	}); err != nil || same {
		return err
	}
	return c.update(func(tx *bolt.Tx) error {
		return tx.Bucket(bucket).Put([]byte(key), sealed)
	})
}

// die gives the cache up after bbolt panicked. bbolt may hold locks of its own
// for ever now, so only the file is let go of; the memory map stays.
func (c *Cache) die(err error) error {
	release(c.file)
	c.dead = damaged(c.path(), err)
	return c.dead
}

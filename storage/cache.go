package storage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// The buckets of the index.
const (
	feedsBucket  = "feeds"
	valuesBucket = "values"
)

// An index holds the few records of a cache by bucket and key. Its methods may be
// called from any goroutine.
type index interface {
	// get returns the value of a key, which the caller owns, or nil.
	get(bucket, key string) ([]byte, error)
	// each calls fn with every value of a bucket in the byte order of their keys.
	// A value is valid until fn returns.
	each(bucket string, fn func(value []byte) error) error
	// put replaces the value of a key, or removes it when value is nil. The old
	// value or the new one is there whenever the power goes, and the new one once
	// put returned.
	put(bucket, key string, value []byte) error
	close() error
}

// A Cache is the data folder of one player: open for writing, but for those of [Look]
// and [OpenUnkept]. Its methods may be called from any goroutine.
type Cache struct {
	dir   string
	disk  disk.Disk
	index index
	// room is [disk.Room].
	room func(dir string) (free, total int64, err error)
	// trust are the keys of the config; nil where nobody said.
	trust *pack.Keys
	// lending is what is in force and could not be stored.
	lending lending
	// statesEvery, buffer and batch are statesEvery, bufferSize and batchFiles, but
	// for tests.
	statesEvery   int64
	buffer, batch int

	// receiving holds the one reception there may be.
	receiving chan struct{}
	closed    atomic.Bool
	// store is held for reading while media are added that no feed refers to yet,
	// and for writing while such media are swept.
	store sync.RWMutex
}

// Open opens the cache in a data folder and makes both if need be. It waits up to
// a second for another process to close it, then fails with [ErrInUse]. Every
// stored value is read once; a cache that does not read well is [ErrDamaged].
func Open(dir string) (*Cache, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, disk.Explain("cannot make the data folder", dir, err)
	}
	c := newCache(dir)
	if err := c.makeFolders(); err != nil {
		return nil, err
	}
	if c.index, err = openIndex(c.disk, filepath.Join(dir, indexFile)); err != nil {
		return nil, err
	}
	c.mark()
	return c, nil
}

func newCache(dir string) *Cache {
	return &Cache{
		dir: dir, disk: disk.OS, room: disk.Room,
		statesEvery: statesEvery, buffer: bufferSize, batch: batchFiles, receiving: make(chan struct{}, 1),
	}
}

func (c *Cache) mediaDir() string { return filepath.Join(c.dir, "media") }

// makeFolders makes the folders of a cache.
func (c *Cache) makeFolders() error {
	for _, d := range []string{c.dir, c.mediaDir()} {
		if err := mkdir(c.disk, d); err != nil {
			return disk.Explain("cannot make the data folder", d, err)
		}
	}
	return nil
}

// Close closes the cache. It may be called more than once.
func (c *Cache) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	// What turned out to be damaged is to be checked before it is opened again. The mark
	// goes while the lock is ours.
	if _, err := c.index.get(valuesBucket, "-"); !errors.Is(err, ErrDamaged) {
		c.unmark()
	}
	return c.index.close()
}

// mkdir makes one folder, durably. It syncs it also when it is there: the process
// that made it may have died before it could.
func mkdir(d disk.Disk, path string) error {
	return errors.Join(d.Mkdir(path), d.SyncDir(filepath.Dir(path)))
}

// exists reports whether there is anything at path.
func exists(d disk.Disk, path string) bool {
	_, err := d.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

package storage

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// OpenUnkept opens what there is of a cache that [Recover] could not open for writing,
// so that a screen shows something all the same. why and found are what Recover said.
//
// Nothing in the data folder is changed, not even if it could be by now: what would
// change it fails with why. What is put in force, and what [Cache.Put] keeps, is
// forgotten when the cache is closed. Of the feeds that cache.db does not have, or that
// nobody may read, those that came in packs are put in force again as Recover does it.
func OpenUnkept(dir string, why error, found Recovered, o Recovery) (*Cache, Recovered) {
	c, err := look(dir, why, found.Damage == nil)
	if err != nil {
		found.Lost = append(found.Lost, err)
	}
	c.trust = &o.Trust
	feeds, lost := c.rebuild(o.Trust)
	found.Feeds, found.Lost = append(found.Feeds, feeds...), append(found.Lost, lost...)
	return c, found
}

// Look opens a cache for reading only. trust are the keys of the config; nil where
// nobody said. The cache of a running player is [ErrInUse]: it knows more. A folder
// without a cache is one without feeds and values.
func Look(dir string, trust *pack.Keys) (*Cache, error) {
	c, err := look(dir, nil, true)
	if err != nil {
		return nil, err
	}
	c.trust = trust
	return c, nil
}

// look returns a cache without its file, and with what the file holds if it is sound
// and can be read; the error says that it cannot.
func look(dir string, why error, sound bool) (*Cache, error) {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if why == nil {
		why = &disk.Fault{Fact: dir + " is open for reading only"}
	}
	if errors.Is(why, fs.ErrExist) {
		// A name that is taken would be tried again under another one.
		why = &disk.Fault{Fact: why.Error()}
	}
	c, x := newCache(dir), memoryIndex{values: map[string]map[string][]byte{}}
	c.disk, c.index = unwritten{disk.OS, why}, &x
	if !sound {
		return c, nil
	}
	err := x.read(filepath.Join(dir, indexFile))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return c, err
}

// unwritten is a disk that nothing is written to.
type unwritten struct {
	disk.Disk
	why error
}

func (d unwritten) Create(string) (disk.File, error) { return nil, d.why }
func (d unwritten) Mkdir(string) error               { return d.why }
func (d unwritten) Rename(string, string) error      { return d.why }
func (d unwritten) Remove(string) error              { return d.why }

// A memoryIndex is an index that lasts as long as the process.
type memoryIndex struct {
	mu sync.Mutex
	// values are sound: only those of cache.db are sealed.
	values map[string]map[string][]byte
}

// read takes over what an index in a file holds: all of it, or nothing and why.
func (m *memoryIndex) read(path string) error {
	file := &boltIndex{path: path}
	if err := file.open(); err != nil {
		return err
	}
	values := map[string]map[string][]byte{}
	err := file.view(func(tx *bolt.Tx) error {
		for _, name := range []string{feedsBucket, valuesBucket} {
			values[name] = map[string][]byte{}
			if err := tx.Bucket([]byte(name)).ForEach(func(k, sealed []byte) error {
				v, err := unseal(sealed)
				values[name][string(k)] = bytes.Clone(v)
				return err
			}); err != nil {
				return damaged(path, err)
			}
		}
		return nil
	})
	if err = errors.Join(err, file.close()); err == nil {
		m.values = values
	}
	return err
}

func (m *memoryIndex) get(bucket, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.values[bucket][key]), nil
}

func (m *memoryIndex) each(bucket string, fn func(value []byte) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(m.values[bucket])) {
		if err := fn(m.values[bucket][key]); err != nil {
			return err
		}
	}
	return nil
}

func (m *memoryIndex) put(bucket, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values[bucket] == nil {
		m.values[bucket] = map[string][]byte{}
	}
	if m.values[bucket][key] = bytes.Clone(value); value == nil {
		delete(m.values[bucket], key)
	}
	return nil
}

func (m *memoryIndex) close() error { return nil }

package storage

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"entracte/storage/disk"
)

// Sweep removes the media that neither a feed in force nor a pack refers to that is
// kept or waits for the rest of its media, and what interrupted copies left behind;
// keep names media to spare, such as those on the glass at this moment. It waits for
// installs to end. It returns what it removed; if a feed cannot be read it removes
// nothing.
func (c *Cache) Sweep(keep ...string) (files int, bytes int64, err error) {
	c.store.Lock()
	defer c.store.Unlock()
	wanted, err := c.wanted()
	if err != nil {
		return 0, 0, err
	}
	for _, sha := range keep {
		wanted[sha] = 0
	}
	remove := func(path string, e fs.DirEntry) error {
		i, err := e.Info()
		if err == nil {
			err = c.disk.Remove(path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // its copy ended just now
		}
		if err != nil {
			return err
		}
		files, bytes = files+1, bytes+i.Size()
		return nil
	}
	if err = c.eachMedium(func(path string, e fs.DirEntry) error {
		name := e.Name()
		if _, ok := wanted[name]; ok || !validSHA(name) && !strings.HasPrefix(name, disk.TempPrefix) {
			return nil
		}
		return remove(path, e)
	}); err != nil {
		return files, bytes, disk.Explain("cannot sweep", c.mediaDir(), err)
	}
	// Temporary files there belong to a copy that may be going on.
	err = eachFile(c.disk, c.incomingDir(), func(path string, e fs.DirEntry) error {
		sha := strings.TrimSuffix(strings.TrimSuffix(e.Name(), partSuffix), stateSuffix)
		if size, ok := wanted[sha]; !validSHA(sha) || ok && !c.has(sha, size) {
			return nil
		}
		return remove(path, e)
	})
	return files, bytes, disk.Explain("cannot sweep", c.incomingDir(), err)
}

// wanted are the digests that something refers to, with the sizes that are known.
func (c *Cache) wanted() (map[string]int64, error) {
	wanted := make(map[string]int64)
	records, err := c.records()
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		for sha := range r.media() {
			wanted[sha] = 0
		}
	}
	shelves, err := c.shelves()
	if err != nil {
		return nil, disk.Explain("cannot read", c.packsDir(), err)
	}
	for _, s := range shelves {
		versions, err := s.versions(blobsSuffix)
		if err != nil {
			return nil, disk.Explain("cannot read", s.dir, err)
		}
		for _, v := range versions {
			blobs, err := s.blobs(v)
			if err != nil {
				return nil, disk.Explain("cannot read", s.path(v, blobsSuffix), err)
			}
			for _, b := range blobs {
				wanted[b.SHA256] = b.Size
			}
		}
	}
	return wanted, nil
}

// eachMedium calls fn with every file of the store, unfinished ones included.
func (c *Cache) eachMedium(fn func(path string, e fs.DirEntry) error) error {
	subs, err := folders(c.disk, c.mediaDir())
	if err != nil {
		return err
	}
	if err := eachFile(c.disk, c.mediaDir(), fn); err != nil {
		return err
	}
	for _, sub := range subs {
		if err := eachFile(c.disk, filepath.Join(c.mediaDir(), sub), fn); err != nil {
			return err
		}
	}
	return nil
}

// eachFile calls fn with every file in a folder that is none itself.
func eachFile(d disk.Disk, dir string, fn func(path string, e fs.DirEntry) error) error {
	entries, err := d.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !e.IsDir() {
			err = errors.Join(err, fn(filepath.Join(dir, e.Name()), e))
		}
	}
	return err
}

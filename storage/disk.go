package storage

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A disk is every change this package makes to files and folders, so that faults,
// and one day a crash model, can be put in its place. bbolt writes cache.db
// itself; only its creation comes through here.
type disk interface {
	// mkdir makes one folder, durably; one that is there already is fine.
	mkdir(path string) error
	// temp makes a new file in a folder, under a name that [tempPrefix] begins.
	temp(dir string) (file, error)
	// append opens a file for adding to its end, and makes it if need be.
	append(path string) (file, error)
	rename(from, to string) error
	remove(path string) error
	// sync makes the names in a folder durable.
	sync(dir string) error
}

// A file is what the disk hands out for writing. [os.File] is one.
type file interface {
	io.Writer
	Name() string
	Stat() (fs.FileInfo, error)
	Truncate(size int64) error
	Sync() error
	Close() error
}

// tempPrefix begins the name of every unfinished file.
const tempPrefix = ".new-"

// osDisk is the real disk.
type osDisk struct{}

func (osDisk) mkdir(path string) error {
	err := os.Mkdir(path, 0o755)
	if errors.Is(err, fs.ErrExist) {
		if i, statErr := os.Stat(path); statErr == nil && i.IsDir() {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func (osDisk) temp(dir string) (file, error) {
	f, err := os.CreateTemp(dir, tempPrefix+"*")
	if err != nil {
		return nil, err
	}
	// A decoder may run as another user. Where modes mean nothing, no harm.
	_ = f.Chmod(0o644)
	return f, nil
}

func (osDisk) append(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) remove(path string) error     { return os.Remove(path) }
func (osDisk) sync(dir string) error        { return syncFolder(dir) }

// save writes a file that is there whole or not at all, whenever the power goes:
// a temporary file in dir, its length checked, synced, renamed, the folder of its
// new name synced. fill writes the content and then says under which name in dir
// it belongs; a folder in that name must be there. With the empty name nothing is
// kept.
func save(d disk, dir string, fill func(io.Writer) (name string, err error)) (err error) {
	f, err := d.temp(dir)
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept {
			err = errors.Join(err, f.Close(), d.remove(f.Name()))
		}
	}()
	count := &counter{w: f}
	name, err := fill(count)
	if err != nil || name == "" {
		return err
	}
	i, err := f.Stat()
	if err != nil {
		return err
	}
	if i.Size() != count.n {
		return fmt.Errorf("%d bytes were written and %d arrived", count.n, i.Size())
	}
	if err := f.Sync(); err != nil {
		return err
	}
	path := filepath.Join(dir, name)
	kept = true
	if err := f.Close(); err != nil {
		return errors.Join(err, d.remove(f.Name()))
	}
	if err := d.rename(f.Name(), path); err != nil {
		return errors.Join(err, d.remove(f.Name()))
	}
	return d.sync(filepath.Dir(path))
}

// A counter counts what went through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// TempPrefix begins the name of every unfinished file. One that a power cut left
// behind may be removed by whoever owns its folder.
const TempPrefix = ".new-"

var temps atomic.Uint64

// Temp makes a new file in a folder, under a name of its own that [TempPrefix]
// begins.
func Temp(d Disk, dir string) (File, error) {
	for {
		name := fmt.Sprintf("%s%d-%d", TempPrefix, os.Getpid(), temps.Add(1))
		f, err := d.Create(filepath.Join(dir, name))
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// Save writes a file that is there whole or not at all, whenever the power goes: a
// temporary file in dir, its length checked, synced, renamed, the folder of its new
// name synced. fill writes the content and then says under which name in dir it
// belongs; a folder in that name must be there. With the empty name nothing is
// kept.
func Save(d Disk, dir string, fill func(io.Writer) (name string, err error)) error {
	f, err := Temp(d, dir)
	if err != nil {
		return err
	}
	return fillAndName(d, dir, f, fill)
}

// SavePrivate is Save for a secret: nobody but the user of this process can read
// the file at any time, where the system knows users.
func SavePrivate(d Disk, dir string, fill func(io.Writer) (name string, err error)) error {
	f, err := Temp(d, dir)
	if err != nil {
		return err
	}
	if p, ok := f.(interface{ Chmod(fs.FileMode) error }); ok {
		if err := p.Chmod(0o600); err != nil {
			return errors.Join(err, f.Close(), d.Remove(f.Name()))
		}
	}
	return fillAndName(d, dir, f, fill)
}

func fillAndName(d Disk, dir string, f File, fill func(io.Writer) (name string, err error)) error {
	count := &counter{w: f}
	name, err := fill(count)
	if err != nil || name == "" {
		return errors.Join(err, f.Close(), d.Remove(f.Name()))
	}
	if err := errors.Join(finish(f, count.n), f.Close()); err != nil {
		return errors.Join(err, d.Remove(f.Name()))
	}
	path := filepath.Join(dir, name)
	if err := d.Rename(f.Name(), path); err != nil {
		return errors.Join(err, d.Remove(f.Name()))
	}
	return d.SyncDir(filepath.Dir(path))
}

// finish syncs a file that must have n bytes.
func finish(f File, n int64) error {
	i, err := f.Stat()
	if err != nil {
		return err
	}
	if i.Size() != n {
		return fmt.Errorf("%d bytes were written and %d arrived", n, i.Size())
	}
	return f.Sync()
}

// ReadFile returns the bytes of a file of at most limit bytes; a longer one is an
// error.
func ReadFile(d Disk, path string, limit int64) ([]byte, error) {
	f, err := d.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("it has more than %d bytes", limit)}
	}
	return b, err
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

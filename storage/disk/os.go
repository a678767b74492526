package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// OS is the real disk.
var OS Disk = osDisk{}

type osDisk struct{}

type osFile struct {
	*os.File
	// denied is why the file is open for reading only; nil where it is not. The
	// system's own word for a write to it would be "bad file descriptor".
	denied error
}

func (osDisk) Open(path string) (File, error) {
	f, err := open(path, os.O_RDWR)
	if !errors.Is(err, fs.ErrPermission) && !readOnly(err) {
		return f, err
	}
	r, e := os.Open(path)
	if e != nil {
		return nil, e
	}
	return osFile{r, err}, nil
}

func (osDisk) Create(path string) (File, error) {
	return open(path, os.O_RDWR|os.O_CREATE|os.O_EXCL)
}

// open leaves files readable for a decoder that runs as another user.
func open(path string, flag int) (File, error) {
	f, err := os.OpenFile(path, flag, 0o644)
	if err != nil {
		return nil, err
	}
	return osFile{f, nil}, nil
}

func (osDisk) Stat(path string) (fs.FileInfo, error)      { return os.Lstat(path) }
func (osDisk) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }

func (osDisk) Mkdir(path string) error {
	err := os.Mkdir(path, 0o755)
	if errors.Is(err, fs.ErrExist) {
		if i, statErr := os.Stat(path); statErr == nil && i.IsDir() {
			return nil
		}
		return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR} // "file exists" would be no help
	}
	return err
}

func (osDisk) Rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) Remove(path string) error     { return os.Remove(path) }
func (osDisk) SyncDir(path string) error    { return syncFolder(path) }

func (osDisk) SyncFiles(dir string, paths []string) error {
	if len(paths) > 1 {
		if err := syncSystem(dir); !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	for _, path := range paths {
		f, err := open(path, os.O_RDWR)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (f osFile) Allocate(size int64) error {
	if f.denied != nil {
		return f.denied
	}
	return allocate(f.File, size)
}

func (f osFile) Write(b []byte) (int, error) {
	if f.denied != nil {
		return 0, f.denied
	}
	return f.File.Write(b)
}

func (f osFile) WriteAt(b []byte, at int64) (int, error) {
	if f.denied != nil {
		return 0, f.denied
	}
	return f.File.WriteAt(b, at)
}

func (f osFile) Truncate(size int64) error {
	if f.denied != nil {
		return f.denied
	}
	return f.File.Truncate(size)
}

func (f osFile) Sync() error { return syncFile(f.File) }

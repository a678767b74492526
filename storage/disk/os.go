package disk

import (
	"errors"
	"io/fs"
	"os"
)

// OS is the real disk.
var OS Disk = osDisk{}

type osDisk struct{}

type osFile struct{ *os.File }

func (osDisk) Open(path string) (File, error) {
	f, err := open(path, os.O_RDWR)
	if errors.Is(err, fs.ErrPermission) || readOnly(err) {
		return open(path, os.O_RDONLY)
	}
	return f, err
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
	return osFile{f}, nil
}

func (osDisk) Stat(path string) (fs.FileInfo, error)      { return os.Lstat(path) }
func (osDisk) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }

func (osDisk) Mkdir(path string) error {
	err := os.Mkdir(path, 0o755)
	if errors.Is(err, fs.ErrExist) {
		if i, statErr := os.Stat(path); statErr == nil && i.IsDir() {
			return nil
		}
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

func (f osFile) Allocate(size int64) error { return allocate(f.File, size) }

func (f osFile) Sync() error { return syncFile(f.File) }

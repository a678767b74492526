package storage

import (
	"io"
	"io/fs"
	"os"

	"entracte/storage/disk"
)

// A playsDisk is every change the play log makes to files and folders.
type playsDisk interface {
	mkdir(path string) error
	append(path string) (file, error)
	remove(path string) error
	sync(dir string) error
}

type file interface {
	io.Writer
	Stat() (fs.FileInfo, error)
	Truncate(size int64) error
	Sync() error
	Close() error
}

type osDisk struct{}

func (osDisk) mkdir(path string) error { return mkdir(disk.OS, path) }

func (osDisk) append(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (osDisk) remove(path string) error { return disk.OS.Remove(path) }
func (osDisk) sync(dir string) error    { return disk.OS.SyncDir(dir) }

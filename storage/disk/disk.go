// Package disk is every change that the storage packages make to files and folders,
// behind one small interface, so that a model of a card that loses power can be put
// in its place and every step of a protocol can be cut.
//
// It promises nothing that POSIX does not: what was written is in the file at once
// for every reader, but only [File.Sync] or [Disk.SyncFiles] makes it last through a
// power cut; a name that was made, renamed or removed lasts only after
// [Disk.SyncDir] of its folder, and may be lost or kept in any order with others
// before that. [Save] is the one way to write a file that is there whole or not at
// all.
//
// It must not know what the files are. bbolt writes its own file itself; only the
// creation of that file comes through here.
//
// Example:
//
//	err := disk.Save(disk.OS, "/var/lib/entracte/packs", func(w io.Writer) (string, error) {
//		_, err := w.Write(manifest)
//		return "0001-00000042.json", err
//	})
package disk

import (
	"io"
	"io/fs"
)

// A Disk is where files are. Paths are the system's own. Errors are *[fs.PathError]
// or *[os.LinkError], as those of package os. Methods may be called from any
// goroutine.
type Disk interface {
	// Open opens an existing file, for reading and for writing in place; only for
	// reading where writing is not allowed.
	Open(path string) (File, error)
	// Create makes a new, empty file; one that is there already is
	// [fs.ErrExist].
	Create(path string) (File, error)
	// Stat tells what is at path, without following a link.
	Stat(path string) (fs.FileInfo, error)
	// ReadDir lists a folder, sorted by name.
	ReadDir(path string) ([]fs.DirEntry, error)
	// Mkdir makes one folder; one that is there already is fine.
	Mkdir(path string) error
	// Rename replaces what is at to, as one step.
	Rename(from, to string) error
	Remove(path string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(path string) error
	// SyncFiles makes the bytes of many files in a folder's file system durable,
	// in one go where the system can.
	SyncFiles(dir string, paths []string) error
}

// A File is what a Disk hands out. Reads and writes without an offset go on from
// where the last one ended, as with [os.File].
type File interface {
	io.ReadWriteSeeker
	io.ReaderAt
	io.WriterAt
	io.Closer
	Name() string
	Stat() (fs.FileInfo, error)
	Truncate(size int64) error
	// Allocate keeps room for a file of size bytes, so that a full disk is known
	// before the bytes are there. The size of the file stays as it is. A file
	// system that cannot do so is fine.
	Allocate(size int64) error
	// Sync makes the bytes and the size of the file durable. Its name is the
	// folder's.
	Sync() error
}

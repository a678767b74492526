package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// maxListed bounds a listing of a folder on a stick: FAT holds 65,536 entries.
const maxListed = 65_536

// Dir is the tree in a folder that is named [Folder], as on a stick. Whatever lies
// there, it opens regular files only, never waits for a pipe, and follows no link.
func Dir(root *os.Root) Source { return dir{root} }

type dir struct{ root *os.Root }

// OpenDir opens the tree at a path: a folder that holds [Folder], or Folder itself.
// The caller closes the root. [ErrNotPack] if there is none.
func OpenDir(name string) (*os.Root, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be opened: %w\nhint: check its name, and that this user may read it", name, err)
	}
	folder, errFolder := root.Lstat(Folder)
	if errFolder == nil && folder.IsDir() {
		defer root.Close()
		return root.OpenRoot(Folder)
	}
	feeds, errFeeds := root.Lstat("feeds")
	if errFeeds == nil && feeds.IsDir() {
		return root, nil
	}
	if keys, err := root.Lstat(keysetPath(1)); err == nil && keys.Mode().IsRegular() {
		return root, nil
	}
	root.Close()
	for _, err := range []error{errFolder, errFeeds} {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			// A medium that cannot be read does not lack anything.
			return nil, fmt.Errorf("the folder %s cannot be read: %w\nhint: check the stick or the card, and copy the pack again", name, err)
		}
	}
	return nil, refuse(ErrNotPack, "choose the folder that holds "+Folder+", as `entracte pack build` writes it", "there is no pack in %s", name)
}

// An irregular is something in a tree that is no file.
func irregular(name string, mode fs.FileMode) error {
	what := "not a regular file"
	if mode&fs.ModeSymlink != 0 {
		what = "a link"
	}
	return refuse(ErrNotPack, hintAgain, "%s is %s", name, what)
}

// Open refuses links in every folder of the path: a Root follows those that stay
// inside, and no writer of packs makes any.
func (d dir) Open(_ context.Context, name string, from int64) (io.ReadCloser, error) {
	before, err := d.plain(name)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, irregular(name, before.Mode())
	}
	f, err := d.root.OpenFile(path.Clean(name), os.O_RDONLY|noWait, 0)
	if err != nil {
		return nil, err
	}
	now, err := f.Stat()
	if err == nil && (!now.Mode().IsRegular() || !os.SameFile(before, now)) {
		err = irregular(name, now.Mode())
	}
	if err == nil && (from < 0 || from > now.Size()) {
		err = refuse(ErrDamaged, hintAgain, "%s has %d bytes, and was to be read from byte %d", name, now.Size(), from)
	}
	if err == nil {
		_, err = f.Seek(from, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return sized{f, now.Size()}, nil
}

// plain is what is at name, after no folder on the way to it was a link.
func (d dir) plain(name string) (fs.FileInfo, error) {
	parts := strings.Split(name, "/")
	for i := range parts {
		at, err := d.root.Lstat(strings.Join(parts[:i+1], "/"))
		if err != nil {
			return nil, err
		}
		if i == len(parts)-1 {
			return at, nil
		}
		if !at.IsDir() {
			return nil, irregular(name, at.Mode())
		}
	}
	return nil, fs.ErrInvalid
}

// sized is an open file that tells its size.
type sized struct {
	*os.File
	size int64
}

func (s sized) Size() int64 { return s.size }

func (d dir) List(_ context.Context, name string) ([]string, error) {
	at, err := d.plain(name)
	if err != nil {
		return nil, err
	}
	if !at.IsDir() {
		return nil, irregular(name, at.Mode())
	}
	f, err := d.root.OpenFile(name, os.O_RDONLY|noWait, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(maxListed)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, err
}

package usb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
)

// OwnFolder is the folder of a stick that holds the owner's own pictures, and
// CodeFile the file in it that says whose they are.
const (
	OwnFolder = "ENTRACTE-OWN"
	CodeFile  = "venue.txt"
)

// maxOwn bounds how many files of one stick are taken.
const maxOwn = 500

// Own copies the owner's own pictures and clips from a stick into their folder,
// where the player finds them. What is there already stays: files go by hand only.
type Own struct {
	Disk disk.Disk
	// Folder is where they go; "" takes none.
	Folder string
	// Code is the venue's, which the stick has to carry.
	Code string
}

// OwnNews is what became of the owner's own pictures.
type OwnNews struct {
	// Found says that the stick has a folder of them.
	Found bool
	// Coded says that it carries this venue's code. Without it nothing is taken.
	Coded bool
	// Copied and Known files are new, and were there before.
	Copied, Known int
	// Left are the files that were left out, and Err is why the rest could not be
	// copied.
	Left []string
	Err  error
}

func (o Own) take(ctx context.Context, s Stick) (n OwnNews) {
	if o.Folder == "" {
		return n
	}
	root, err := os.OpenRoot(s.Path)
	if err != nil {
		return n
	}
	defer root.Close()
	stick := pack.Dir(root)
	names, err := stick.List(ctx, OwnFolder)
	if err != nil {
		return n // none, or not a folder
	}
	n.Found = true
	if n.Coded = o.coded(ctx, stick); !n.Coded {
		return n
	}
	slices.Sort(names)
	for _, name := range names {
		if ctx.Err() != nil || n.Err != nil || !s.Present() {
			break
		}
		o.copy(ctx, stick, name, &n)
	}
	return n
}

// coded reports whether the stick carries the venue's code, however it was typed.
func (o Own) coded(ctx context.Context, stick pack.Source) bool {
	f, err := stick.Open(ctx, OwnFolder+"/"+CodeFile, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 1024))
	text := strings.TrimPrefix(string(b), "\ufeff") // as Windows' editor writes it
	for word := range strings.FieldsSeq(text) {
		if strings.EqualFold(word, o.Code) {
			return o.Code != ""
		}
	}
	return false
}

// copy copies one file, unless one of that name and size is there.
func (o Own) copy(ctx context.Context, stick pack.Source, name string, n *OwnNews) {
	if name == CodeFile || strings.HasPrefix(name, ".") {
		return
	}
	size, f, err := o.open(ctx, stick, name)
	if err != nil || n.Copied+n.Known+len(n.Left) >= maxOwn {
		n.Left = append(n.Left, name)
		return
	}
	defer f.Close()
	if at, err := o.Disk.Stat(filepath.Join(o.Folder, name)); err == nil && at.Size() == size {
		n.Known++
		return
	}
	if n.Err = o.room(size); n.Err != nil {
		return
	}
	err = disk.Save(o.Disk, o.Folder, func(w io.Writer) (string, error) {
		copied, err := io.Copy(w, io.LimitReader(f, size+1))
		if err == nil && copied != size {
			err = errors.New("its size changed while it was copied")
		}
		return name, err
	})
	err = disk.Explain("cannot copy to", o.Folder, err)
	switch {
	case errors.Is(err, disk.ErrNoSpace):
		n.Err = err
	case err != nil:
		n.Left = append(n.Left, name)
	default:
		n.Copied++
	}
}

// open opens a file that may become the owner's.
func (o Own) open(ctx context.Context, stick pack.Source, name string) (int64, io.ReadCloser, error) {
	if !sayable(name) {
		return 0, nil, fs.ErrInvalid
	}
	f, err := stick.Open(ctx, OwnFolder+"/"+name, 0)
	if err != nil {
		return 0, nil, err
	}
	size := int64(-1)
	if s, ok := f.(interface{ Size() int64 }); ok {
		size = s.Size()
	}
	if size < 1 || size > storage.MaxMedia {
		f.Close()
		return 0, nil, fs.ErrInvalid
	}
	return size, f, nil
}

// room fails if the file would take what the play log needs.
func (o Own) room(size int64) error {
	free, total, err := disk.Room(o.Folder)
	if err != nil || size+reserve(total) <= free {
		return nil // where nobody can tell, the write will
	}
	return &disk.Fault{
		Fact: fmt.Sprintf("%s are needed in %s and %s are free", storage.Megabytes(size+reserve(total)), o.Folder, storage.Megabytes(free)),
		Hint: "remove some of the owner's own files, or use a larger card",
		Kind: disk.ErrNoSpace,
	}
}

// reserve is how much of a disk of that size stays free.
func reserve(total int64) int64 { return min(total/20, 512<<20) }

// sayable reports whether a file name can be one everywhere and be read by people.
func sayable(name string) bool {
	return len(name) <= 120 && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune(`/\:*?"<>|`, r)
	})
}

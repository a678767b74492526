package usb

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/own"
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
// where the player finds them. Another one of the same name takes its place; nothing
// else goes but by hand.
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
	// Left are the files that were left out: no picture and no film, or not to be
	// read. Err is why the rest could not be copied.
	Left []string
	Err  error
}

func (o Own) take(ctx context.Context, s Stick, stick pack.Source) (n OwnNews) {
	if o.Folder == "" {
		return n
	}
	names, err := stick.List(ctx, OwnFolder)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, pack.ErrNotPack):
		return n // none, or not a folder
	case err != nil:
		return OwnNews{Found: true, Coded: true, Err: err}
	}
	n.Found = true
	if n.Coded = o.coded(ctx, stick, names); !n.Coded {
		return n
	}
	o.tidy()
	names = slices.DeleteFunc(names, func(name string) bool { return isCode(name) || own.PassedOver(name) })
	slices.Sort(names)
	if len(names) > maxOwn { // to look at so many takes minutes
		n.Left, names = names[maxOwn:], names[:maxOwn]
	}
	for _, name := range names {
		if ctx.Err() != nil || n.Err != nil || !s.Present() {
			break
		}
		o.copy(ctx, stick, name, &n)
	}
	return n
}

// unfinished are names of files that were being copied when the power went: see
// [disk.TempPrefix].
var unfinished = regexp.MustCompile(`^` + regexp.QuoteMeta(disk.TempPrefix) + `[0-9]+-[0-9]+$`)

// tidy removes what an earlier copy left unfinished; each may have gigabytes.
func (o Own) tidy() {
	entries, _ := o.Disk.ReadDir(o.Folder) // what cannot be listed is found out soon
	for _, e := range entries {
		if e.Type().IsRegular() && unfinished.MatchString(e.Name()) {
			_ = o.Disk.Remove(filepath.Join(o.Folder, e.Name()))
		}
	}
}

// isCode reports whether a file is [CodeFile]. Windows hides the ends of names, so that
// who names it in full may get it twice.
func isCode(name string) bool {
	return strings.EqualFold(name, CodeFile) || strings.EqualFold(name, CodeFile+filepath.Ext(CodeFile))
}

// coded reports whether one of the stick's files carries the venue's code, however it
// was typed.
func (o Own) coded(ctx context.Context, stick pack.Source, names []string) bool {
	for _, name := range names {
		if !isCode(name) {
			continue
		}
		f, err := stick.Open(ctx, OwnFolder+"/"+name, 0)
		if err != nil {
			continue
		}
		b, _ := io.ReadAll(io.LimitReader(f, 1024))
		f.Close()
		for word := range strings.FieldsSeq(textOf(b)) {
			if strings.EqualFold(word, o.Code) {
				return o.Code != ""
			}
		}
	}
	return false
}

// textOf is what an editor saved: in UTF-8, or as some of Windows' do in UTF-16, with or
// without a byte order mark.
func textOf(b []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return strings.TrimPrefix(string(b), "\ufeff")
	}
	var units []uint16
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// copy copies one file, unless it is there.
func (o Own) copy(ctx context.Context, stick pack.Source, name string, n *OwnNews) {
	f, err := openOwn(ctx, stick, name)
	if err != nil {
		n.Left = append(n.Left, name)
		return
	}
	defer f.Close()
	if o.has(ctx, stick, name, f.size) {
		n.Known++
		return
	}
	if n.Err = o.room(f.size); n.Err != nil {
		return
	}
	err = disk.Save(o.Disk, o.Folder, func(w io.Writer) (string, error) {
		copied, err := io.Copy(w, io.LimitReader(f, f.size+1))
		if err == nil && copied != f.size {
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

// An ownFile is a picture or a film on the stick. What it gives ends with its context.
type ownFile struct {
	ctx  context.Context
	file io.ReadCloser
	from io.Reader
	size int64
}

func (f *ownFile) Close() error { return f.file.Close() }

func (f *ownFile) Read(b []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.from.Read(b)
}

// openOwn opens a file that may become the owner's.
func openOwn(ctx context.Context, stick pack.Source, name string) (*ownFile, error) {
	if !sayable(name) {
		return nil, fs.ErrInvalid
	}
	file, err := stick.Open(ctx, OwnFolder+"/"+name, 0)
	if err != nil {
		return nil, err
	}
	f := &ownFile{ctx: ctx, file: file, size: -1}
	if s, ok := file.(interface{ Size() int64 }); ok {
		f.size = s.Size()
	}
	head := make([]byte, 16)
	got, _ := io.ReadFull(file, head)
	if f.from = io.MultiReader(bytes.NewReader(head[:got]), file); f.size < 1 || f.size > storage.MaxMedia || !looks(head[:got]) {
		file.Close()
		return nil, fs.ErrInvalid
	}
	return f, nil
}

// looks reports whether a file that begins so may be one of [pack.Media]: a program, or
// a telephone's picture that the player does not show, would fill the card for nothing.
func looks(head []byte) bool {
	for _, begins := range []string{"\xff\xd8\xff", "\x89PNG\r\n", "GIF8", "\x1a\x45\xdf\xa3"} {
		if bytes.HasPrefix(head, []byte(begins)) {
			return true
		}
	}
	if len(head) < 12 {
		return false
	}
	switch kind, brand := string(head[4:8]), string(head[8:12]); kind {
	case "ftyp":
		return !slices.Contains([]string{"heic", "heix", "hevc", "mif1", "msf1", "avif", "avis", "M4A "}, brand)
	case "moov", "mdat", "wide", "free", "skip":
		return true
	default:
		return string(head[:4]) == "RIFF" && brand == "WEBP"
	}
}

// room fails if the file would take what the play log needs.
func (o Own) room(size int64) error {
	free, total, err := disk.Room(o.Folder)
	if err != nil || size+storage.Reserve(total) <= free {
		return nil // where nobody can tell, the write will
	}
	return &disk.Fault{
		Fact: fmt.Sprintf("%s are needed in %s and %s are free", storage.Megabytes(size+storage.Reserve(total)), o.Folder, storage.Megabytes(free)),
		Hint: "remove some of the owner's own files, or use a larger card",
		Kind: disk.ErrNoSpace,
	}
}

// sayable reports whether a file name can be one everywhere and be read by people.
func sayable(name string) bool {
	return name != "" && len(name) <= 120 && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune(`/\:*?"<>|`, r)
	})
}

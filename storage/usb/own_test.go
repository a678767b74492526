package usb

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

const (
	jpeg = "\xff\xd8\xff\xe0 and so on"
	code = "4F7K2M"
)

func TestOwn(t *testing.T) {
	t.Parallel()
	v := newDesk(t).visitor(t)
	s, _ := plugged(t)
	folder := filepath.Join(s.Path, OwnFolder)
	put := func(name, text string) {
		t.Helper()
		write(t, filepath.Join(folder, name), text)
	}
	put("window.jpg", jpeg)
	if n := last(t, v, s); !n.Own.Found || n.Own.Coded || n.Own.Copied > 0 || n.Foreign {
		t.Fatalf("without a code: %+v", n.Own)
	}
	put(CodeFile, "other 4F7K2")
	if n := last(t, v, s); n.Own.Coded {
		t.Fatalf("with another's code: %+v", n.Own)
	}
	put(CodeFile, "\ufeffChez Martin\r\n 4f7k2m \r\n")
	put("empty.jpg", "")
	put("a\nb.jpg", jpeg)
	put("setup.exe", "MZ and a program")
	put("telephone.heic", "\x00\x00\x00\x18ftypheic and so on")
	for _, name := range []string{".hidden", "Thumbs.db", "half.jpg.part"} {
		put(name, jpeg)
	}
	if err := os.Mkdir(filepath.Join(folder, "more"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(folder, "link.jpg")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(v.Own.Folder, disk.TempPrefix+"12-3"), "left by a power cut")
	write(t, filepath.Join(v.Own.Folder, disk.TempPrefix+"mine"), "")
	n := last(t, v, s).Own
	if want := []string{"a\nb.jpg", "empty.jpg", "link.jpg", "more", "setup.exe", "telephone.heic"}; n.Copied != 1 || !slices.Equal(n.Left, want) || n.Err != nil {
		t.Errorf("%+v", n)
	}
	if n := last(t, v, s).Own; n.Copied != 0 || n.Known != 1 {
		t.Errorf("again: %+v", n)
	}
	put("window.jpg", jpeg+"on")
	if n := last(t, v, s).Own; n.Copied != 1 {
		t.Errorf("changed: %+v", n)
	}
	put("window.jpg", jpeg+"no")
	if n := last(t, v, s).Own; n.Copied != 1 || n.Known != 0 {
		t.Errorf("corrected, of the same size: %+v", n)
	}
	b, err := os.ReadFile(filepath.Join(v.Own.Folder, "window.jpg"))
	if err != nil || string(b) != jpeg+"no" {
		t.Errorf("%q, %v", b, err)
	}
	names, err := os.ReadDir(v.Own.Folder)
	if err != nil || len(names) != 2 || names[0].Name() != disk.TempPrefix+"mine" {
		t.Errorf("%v, %v", names, err)
	}
}

// What is compared of a file is all of it, or of a long one its begin, its end, and much
// between, and never a byte that it has not.
func TestSpots(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{1, pieceSize - 1, pieceSize, pieceSize + 1, pieces * pieceSize, pieces*pieceSize + 1, 700 << 20, 1<<32 - 1} {
		all := spots(size)
		if len(all) > pieces || all[0] != 0 || all[len(all)-1]+pieceSize < size {
			t.Errorf("of %d bytes: %v", size, all)
		}
		for i, at := range all {
			if at >= size || i > 0 && (at <= all[i-1] || size <= pieces*pieceSize && at != all[i-1]+pieceSize) {
				t.Errorf("of %d bytes: %v", size, all)
			}
		}
	}
}

// A film that differs in one place only, however far from its begin, is another one.
func TestOwnFilmThatWasCorrected(t *testing.T) {
	t.Parallel()
	o := Own{Disk: disk.OS, Folder: t.TempDir(), Code: code}
	s, _ := plugged(t)
	film := []byte("\x1a\x45\xdf\xa3" + strings.Repeat("film", 700_000))
	stick := &listing{files: map[string]string{CodeFile: code, "a.webm": string(film)}}
	if n := o.take(t.Context(), s, stick); n.Copied != 1 {
		t.Fatalf("%+v", n)
	}
	if n := o.take(t.Context(), s, stick); n.Copied != 0 || n.Known != 1 {
		t.Errorf("again: %+v", n)
	}
	film[len(film)-1]++
	stick.files["a.webm"] = string(film)
	if n := o.take(t.Context(), s, stick); n.Copied != 1 || n.Known != 0 {
		t.Errorf("corrected: %+v", n)
	}
}

// The code is found however an owner's editor and file manager wrote it.
func TestCode(t *testing.T) {
	t.Parallel()
	utf16 := func(s string) string {
		return "\xff\xfe" + strings.Join(strings.Split(s, ""), "\x00") + "\x00"
	}
	for _, c := range []struct {
		name, text string
		coded      bool
	}{
		{"venue.txt", code, true},
		{"VENUE.TXT", "4f7k2m\r\n", true},
		{"venue.txt.txt", "Chez Martin: 4F7K2M", true},
		{"venue.txt", utf16("4f7k2m\r\n"), true},
		{"venue.txt", "\xfe\xff\x004\x00F\x007\x00K\x002\x00M", true},
		{"venue.txt", "4F7K2", false},
		{"venue.txt", "4F7K2MX", false},
		{"venue.txt", "", false},
		{"venue.txt", "\xff\xfe", false},
		{"venue.txt", strings.Repeat(" ", 2000) + code, false},
		{"code.txt", code, false},
	} {
		s, _ := plugged(t)
		v := newDesk(t).visitor(t)
		write(t, filepath.Join(s.Path, OwnFolder, c.name), c.text)
		write(t, filepath.Join(s.Path, OwnFolder, "a.jpg"), jpeg)
		n := last(t, v, s).Own
		if !n.Found || n.Coded != c.coded || len(n.Left) > 0 || (n.Copied == 1) != c.coded {
			t.Errorf("%s with %.20q: %+v", c.name, c.text, n)
		}
	}
}

// No more than so many files are even looked at, and a copy ends with its context.
func TestOwnIsBounded(t *testing.T) {
	t.Parallel()
	o := Own{Disk: disk.OS, Folder: t.TempDir(), Code: code}
	s, _ := plugged(t)
	many := &listing{files: map[string]string{CodeFile: code}}
	for i := range 60_000 {
		many.files[fmt.Sprintf("%06d.jpg", i)] = "no picture"
	}
	n := o.take(t.Context(), s, many)
	if n.Copied > 0 || len(n.Left) != 60_000 || many.opened > maxOwn+1 {
		t.Errorf("%d copied, %d left, %d opened", n.Copied, len(n.Left), many.opened)
	}
	ctx, cancel := context.WithCancel(t.Context())
	endless := &listing{files: map[string]string{CodeFile: code, "a.jpg": jpeg}, opens: func(name string) {
		if name == "a.jpg" {
			cancel()
		}
	}}
	if n := o.take(ctx, s, endless); n.Copied > 0 {
		t.Errorf("%+v", n)
	}
	if left, err := os.ReadDir(o.Folder); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// Whatever a file is called and whatever it holds, it comes under its own name into the
// owner's folder, or not at all.
func FuzzOwn(f *testing.F) {
	f.Add("a.jpg", jpeg)
	f.Add("../a.jpg", jpeg)
	f.Add("..", jpeg)
	f.Add("", jpeg)
	f.Add(".new-1-1", jpeg)
	f.Add("a\u202egpj.exe", "MZ")
	f.Add("e\u0301t\u00e9.png", "\x89PNG\r\n")
	f.Add(strings.Repeat("x", 300), jpeg)
	f.Add("venue.txt", "\xff\xfeA")
	dir := f.TempDir()
	outer := filepath.Join(dir, "outer")
	f.Fuzz(func(t *testing.T, name, text string) {
		folder := filepath.Join(outer, "own")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(outer)
		s := Stick{Device: "/dev/x", number: "1:1", sys: filepath.Join(dir, "sys")}
		write(t, filepath.Join(s.sys, "class/block/x/dev"), "1:1\n")
		o := Own{Disk: disk.OS, Folder: folder, Code: code}
		n := o.take(t.Context(), s, &listing{files: map[string]string{"VENUE.TXT": code, name: text}})
		var got []string
		err := filepath.WalkDir(outer, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				got = append(got, path)
			}
			return err
		})
		if err != nil || len(got) != n.Copied {
			t.Fatalf("%q: %q, %+v, %v", name, got, n, err)
		}
		if len(got) == 1 && (got[0] != folder+"/"+name || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' })) {
			t.Errorf("%q came as %q", name, got)
		}
	})
}

// What any text is when a Windows editor saved it is that text again.
func FuzzTextOf(f *testing.F) {
	f.Add("4F7K2M")
	f.Add("Chez L\u00e9a \U0001F48D 4f7k2m\r\n")
	f.Add("\xff\xfe\x00\xd8")
	f.Add("\xfe\xff\x00")
	f.Fuzz(func(t *testing.T, text string) {
		if got := textOf([]byte(text)); len(got) > 3*len(text) {
			t.Errorf("%q became %q", text, got)
		}
		if text = strings.ToValidUTF8(text, ""); strings.HasPrefix(text, "\ufeff") {
			return // that is a mark
		}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			b := order.AppendUint16(nil, 0xfeff)
			for _, u := range utf16.Encode([]rune(text)) {
				b = order.AppendUint16(b, u)
			}
			if got := textOf(b); got != text {
				t.Errorf("%q became %q", text, got)
			}
		}
	})
}

// A listing is a folder of own files that nobody has on a disk.
type listing struct {
	files  map[string]string
	opens  func(name string)
	opened int
}

func (l *listing) Open(_ context.Context, name string, from int64) (io.ReadCloser, error) {
	name = strings.TrimPrefix(name, OwnFolder+"/")
	if l.opened++; l.opens != nil {
		l.opens(name)
	}
	file := memory{strings.NewReader(l.files[name])}
	_, err := file.Seek(from, io.SeekStart)
	return file, err
}

func (l *listing) List(context.Context, string) (names []string, err error) {
	for name := range l.files {
		names = append(names, name)
	}
	return names, nil
}

var _ pack.Source = (*listing)(nil)

// A memory is a file that tells its size.
type memory struct{ *strings.Reader }

func (memory) Close() error { return nil }

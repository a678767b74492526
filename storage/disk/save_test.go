package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestSave(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(text, name string, err error) error {
		return Save(OS, dir, func(w io.Writer) (string, error) {
			_, werr := io.WriteString(w, text)
			return name, errors.Join(werr, err)
		})
	}
	if err := write("one", "a", nil); err != nil {
		t.Fatal(err)
	}
	if err := write("two", "a", errors.New("no")); err == nil {
		t.Error("an error of fill is not told")
	}
	if err := write("three", "", nil); err != nil {
		t.Error(err)
	}
	if err := write("four", "missing/a", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, TempPrefix+"*"))
	if len(names) != 1 || len(hidden) != 0 {
		t.Errorf("left behind: %v %v", names, hidden)
	}
	b, err := ReadFile(OS, filepath.Join(dir, "a"), 3)
	if err != nil || string(b) != "one" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := ReadFile(OS, filepath.Join(dir, "a"), 2); err == nil {
		t.Error("a file over the limit was read")
	}
}

func TestSavePrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	modes := func(name string, kept fs.FileMode) {
		path := filepath.Join(dir, name)
		i, err := os.Stat(path)
		if err != nil || runtime.GOOS != "windows" && i.Mode().Perm() != kept {
			t.Errorf("%s: %v, %v", name, i, err)
		}
	}
	write := func(w io.Writer) (string, error) {
		temps, _ := filepath.Glob(filepath.Join(dir, TempPrefix+"*"))
		for _, temp := range temps {
			modes(filepath.Base(temp), 0o600) // before the first byte
		}
		_, err := io.WriteString(w, "secret")
		return "key", err
	}
	if err := SavePrivate(OS, dir, write); err != nil {
		t.Fatal(err)
	}
	modes("key", 0o600)
	if err := SavePrivate(OS, dir, func(io.Writer) (string, error) { return "", nil }); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestOpenReadOnly(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may write every file")
	}
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("one"), 0o444); err != nil {
		t.Fatal(err)
	}
	if b, err := ReadFile(OS, path, 3); err != nil || string(b) != "one" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestOS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := errors.Join(OS.Mkdir(filepath.Join(dir, "sub")), OS.Mkdir(filepath.Join(dir, "sub"))); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, name := range []string{"x", "y"} {
		f, err := OS.Create(filepath.Join(dir, "sub", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Allocate(1 << 16); err != nil {
			t.Error(err)
		}
		if i, err := f.Stat(); err != nil || i.Size() != 0 {
			t.Errorf("after Allocate: %v, %v", i, err)
		}
		if _, err := f.WriteAt([]byte("z"), 9); err != nil {
			t.Error(err)
		}
		paths = append(paths, f.Name())
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := OS.Create(paths[0]); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made again: %v", err)
	}
	for _, some := range [][]string{paths, paths[:1], nil} {
		if err := OS.SyncFiles(dir, some); err != nil {
			t.Error(err)
		}
	}
	if i, err := os.Stat(paths[1]); err != nil || i.Size() != 10 {
		t.Errorf("%v, %v", i, err)
	}
}

// A shrinking disk says that it wrote, and did not.
type shrinking struct{ Disk }

type shrinkingFile struct{ File }

func (d shrinking) Create(path string) (File, error) {
	f, err := d.Disk.Create(path)
	return shrinkingFile{f}, err
}

func (f shrinkingFile) Write(b []byte) (int, error) { return len(b), nil }

func TestSaveChecksLength(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := Save(shrinking{OS}, dir, func(w io.Writer) (string, error) {
		_, err := w.Write([]byte("content"))
		return "name", err
	})
	entries, _ := os.ReadDir(dir)
	if err == nil || len(entries) != 0 {
		t.Errorf("a file that lost bytes was saved: %v, %v", err, entries)
	}
}

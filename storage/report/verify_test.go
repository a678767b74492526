package report

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"

	"entracte/storage/disk"
)

// Whatever one byte of a receipt or of its signature is changed to, and wherever it
// is cut, it is refused, and a cut one is told from a forged one.
func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	_, files := give(t, g, stick, newShow().some(1).plays, Mark{}, later)
	for _, path := range []string{files[0], files[2]} {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := os.ReadFile(path + signed)
		if err != nil {
			t.Fatal(err)
		}
		d := shelf{files: map[string][]byte{path: whole, path + signed: signature}}
		if _, err := Verify(d, path, g.Key.Public()); err != nil {
			t.Fatal(err)
		}
		for i := range whole {
			d.files[path] = whole[:i]
			if _, err := Verify(d, path, g.Key.Public()); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "\nhint: ") {
				t.Fatalf("%s cut at %d: %v", path, i, err)
			}
			d.files[path] = bytes.Clone(whole)
			d.files[path][i] ^= 1
			if _, err := Verify(d, path, g.Key.Public()); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s changed at %d: %v", path, i, err)
			}
		}
		d.files[path] = whole
		for i := range signature {
			d.files[path+signed] = bytes.Clone(signature)
			d.files[path+signed][i] ^= 1
			_, err := Verify(d, path, g.Key.Public())
			comment := i < bytes.IndexByte(signature, '\n') && i >= len("untrusted comment: ")
			if !comment && err == nil {
				t.Fatalf("with byte %d of its signature changed %s is accepted", i, path)
			}
		}
	}
}

// A shelf is a disk in memory, for reading.
type shelf struct {
	disk.Disk
	files map[string][]byte
}

func (d shelf) Open(path string) (disk.File, error) {
	b, ok := d.files[path]
	if !ok {
		return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrNotExist}
	}
	return &memory{r: bytes.NewReader(b)}, nil
}

type memory struct {
	disk.File
	r *bytes.Reader
}

func (m *memory) Read(b []byte) (int, error)               { return m.r.Read(b) }
func (m *memory) Seek(to int64, whence int) (int64, error) { return m.r.Seek(to, whence) }
func (m *memory) Close() error                             { return nil }

func TestVerifySaysWhy(t *testing.T) {
	t.Parallel()
	g, other, stick := newGiver(t), newGiver(t), t.TempDir()
	_, files := give(t, g, stick, newShow().some(4).plays, Mark{}, later)
	path := files[0]
	check := func(what, path, key string, kind error, sentence string) {
		t.Helper()
		_, err := Verify(disk.OS, path, key)
		if !errors.Is(err, kind) || !strings.Contains(err.Error(), sentence) || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
	check("another key", path, other.Key.Public(), ErrUntrusted, "is signed by another key: "+g.Key.Public())
	// Its owner's own rows, with the right digest and another's signature.
	forged := filepath.Join(stick, "forged.csv")
	rows := rowsOf(t, disk.OS, path, Receipt{})
	rows[0].Interrupted, rows[0].Completed = 0, rows[0].Records()
	copyFile(t, path+signed, forged+signed)
	if err := os.WriteFile(forged, writeAll(t, csvForm, csvHead, rows), 0o644); err != nil {
		t.Fatal(err)
	}
	if rows[0].Completed == rowsOf(t, disk.OS, path, Receipt{})[0].Completed {
		rows[0].Shown++
		if err := os.WriteFile(forged, writeAll(t, csvForm, csvHead, rows), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check("forged", forged, g.Key.Public(), ErrUntrusted, "was changed after it was signed")
	// The other form's signature, and none.
	crossed := filepath.Join(stick, "crossed.csv")
	copyFile(t, path, crossed)
	check("unsigned", crossed, "", ErrUntrusted, "has no signature beside it")
	copyFile(t, files[3], crossed+signed)
	check("crossed", crossed, "", ErrUntrusted, "was changed after it was signed")
	letter := filepath.Join(stick, "letter.txt")
	if err := os.WriteFile(letter, []byte("Dear shop\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	check("a letter", letter, "", ErrNotReceipt, "is not a receipt")
	if _, err := Verify(disk.OS, path, "RWno"); err == nil || !strings.Contains(err.Error(), "not a minisign public key") {
		t.Errorf("a bad key: %v", err)
	}
	if _, err := Verify(disk.OS, filepath.Join(stick, "gone.csv"), ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// A signature that is not prehashed is none of ours: common tools would need the
// whole file in memory, and one of the two must not pass for the other.
func TestVerifyWantsThePrehash(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	_, files := give(t, g, stick, newShow().some(4).plays, Mark{}, later)
	rows, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(files[0] + signed)
	if err != nil {
		t.Fatal(err)
	}
	var s minisign.Signature
	if err := s.UnmarshalText(text); err != nil {
		t.Fatal(err)
	}
	whole := minisign.SignWithComments(g.Key.private, rows, s.TrustedComment, "")
	s.Algorithm = minisign.EdDSA
	for what, text := range map[string][]byte{"of the whole file": whole, "by another name": []byte(s.String())} {
		d := shelf{files: map[string][]byte{"r.csv": rows, "r.csv" + signed: text}}
		if _, err := Verify(d, "r.csv", g.Key.Public()); !errors.Is(err, ErrUntrusted) {
			t.Errorf("a signature %s: %v", what, err)
		}
	}
}

// What is signed and is no receipt is not taken for one.
func TestVerifyAddsUp(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	r, files := give(t, g, stick, newShow().some(12).plays, Mark{}, later)
	rows, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(rows)
	for what, change := range map[string]func(*Receipt){
		"one play more":      func(r *Receipt) { r.Completed++ },
		"one missing less":   func(r *Receipt) { r.Missing-- },
		"a record more":      func(r *Receipt) { r.To++ },
		"an earlier hour":    func(r *Receipt) { r.First = r.First.Add(-time.Hour) },
		"another's key":      func(r *Receipt) { r.Key = newGiver(t).Key.Public() },
		"from the beginning": func(r *Receipt) { r.From-- },
		"nothing":            func(*Receipt) {},
	} {
		says := r
		change(&says)
		hashed := minisign.NewReader(bytes.NewReader(rows))
		if _, err := io.Copy(io.Discard, hashed); err != nil {
			t.Fatal(err)
		}
		text := hashed.SignWithComments(g.Key.private, says.comment(fmt.Sprintf("%x", sum)), "")
		d := shelf{files: map[string][]byte{"r.csv": rows, "r.csv" + signed: text}}
		if _, err := Verify(d, "r.csv", g.Key.Public()); errors.Is(err, ErrNotReceipt) == (what == "nothing") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

package report

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

// testKey signs the golden receipts; it signs nothing else.
const testKey = "untrusted comment: minisign encrypted secret key\n" +
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJB0KGPxa/8DqeYfFqUY0qJjYifYGhb95Z5gHccMHwT/uidBuOKNqOaTViHbF+ahFDlpG+wyKVQbZr1K+hp1dJMCSD4FSEFb8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

// newGiver is a screen with a data folder and a key of its own.
func newGiver(t testing.TB) Giver {
	t.Helper()
	data := t.TempDir()
	key, err := OpenKey(disk.OS, data)
	if err != nil {
		t.Fatal(err)
	}
	return Giver{Disk: disk.OS, Data: data, Key: key, Device: "dev-9f3a", Venue: "Bijouterie Martin & Fils, Lyon"}
}

// later is long after every show.
var later = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)

func give(t testing.TB, g Giver, stick string, plays []plan.Play, acked Mark, now time.Time) (Receipt, []string) {
	t.Helper()
	r, names, err := g.Give(stick, sequence(plays), acked, now)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		names[i] = filepath.Join(stick, "ENTRACTE", "reports", g.Device, name)
	}
	return r, names
}

func rowsOf(t testing.TB, d disk.Disk, path string, r Receipt) []Row {
	t.Helper()
	b, err := disk.ReadFile(d, path, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	form, head := csvForm, csvHead
	if strings.HasSuffix(path, ".jsonl") {
		form, head = jsonForm, r.jsonHead()
	}
	rows, err := readAll(form, head, b)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	s := newShow().some(40)
	s.seq += 2 // two records are lost
	s.some(5)
	r, files := give(t, g, stick, s.plays, Mark{}, later)
	if len(files) != 4 || filepath.Base(files[0]) != "0000000001-0000000047.csv" {
		t.Fatalf("files %q", files)
	}
	want := Receipt{
		Device: g.Device, Venue: g.Venue, Key: g.Key.Public(), From: 1, To: 47, Boot: "b-1",
		First: hourOf(s.plays[0].StartedAt), Last: hourOf(s.at), Completed: 36, Interrupted: 9, Missing: 2,
	}
	if r != want {
		t.Errorf("got  %+v\nwant %+v", r, want)
	}
	for _, path := range []string{files[0], files[2], files[1]} {
		for _, key := range []string{"", g.Key.Public()} {
			if got, err := Verify(disk.OS, path, key); err != nil || got != want {
				t.Errorf("%s: %+v, %v", path, got, err)
			}
		}
	}
	for _, path := range []string{files[0], files[2]} {
		if err := differ(rowsOf(t, disk.OS, path, r), s.plays); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Whatever one byte of a receipt or of its signature is changed to, and wherever it
// is cut, it is refused, and a cut one is told from a forged one.
func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	_, files := give(t, g, stick, newShow().some(4).plays, Mark{}, later)
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

// Until a receipt is acknowledged the next one has its hours again; after that it
// begins where that one ended. The hour that is not over comes later.
func TestAcknowledgement(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	s := newShow().some(30)
	first, _ := give(t, g, stick, s.plays, Mark{}, s.at)
	if open := s.plays[first.To].StartedAt; first.To >= s.seq || !hourOf(open).Equal(hourOf(s.at)) || !first.Last.Before(hourOf(s.at)) {
		t.Errorf("the hour that is not over: to %d of %d, %v", first.To, s.seq, first.Last)
	}
	s.some(10)
	second, _ := give(t, g, stick, s.plays, Mark{}, later)
	if second.From != 1 || second.To != s.seq {
		t.Errorf("not acknowledged: %d to %d", second.From, second.To)
	}
	for _, unknown := range []Mark{{Boot: "b-1", Seq: 17}, {Boot: "b-0", Seq: first.To}} {
		if r, _ := give(t, g, stick, s.plays, unknown, later); r.From != 1 {
			t.Errorf("%+v was never given, and the next receipt begins at %d", unknown, r.From)
		}
	}
	third, files := give(t, g, stick, s.plays, first.Mark(), later)
	if third.From != first.To+1 || third.To != s.seq {
		t.Errorf("acknowledged to %d: %d to %d", first.To, third.From, third.To)
	}
	if err := differ(rowsOf(t, disk.OS, files[0], third), s.plays[first.To:]); err != nil {
		t.Error(err)
	}
	if r, _ := give(t, g, stick, s.plays, Mark{Seq: first.To}, later); r != third {
		t.Errorf("acknowledged without a boot: %+v", r)
	}
	if r, files := give(t, g, stick, s.plays, third.Mark(), later); len(files) != 0 || r != (Receipt{}) {
		t.Errorf("nothing new: %+v, %q", r, files)
	}
}

// An acknowledgement fits though the hours were dated anew since, and rolled up.
func TestAcknowledgementOfHoursDatedAnew(t *testing.T) {
	t.Parallel()
	key := newGiver(t).Key
	rapid.Check(t, func(rt *rapid.T) {
		g := Giver{Disk: crash.New(), Data: "/data", Key: key, Device: "d", Venue: "Martin"}
		const stick = "/stick"
		if err := makeData(g.Disk); err != nil {
			rt.Fatal(err)
		}
		s := newShow().some(rapid.IntRange(20, 60).Draw(rt, "plays"))
		first, _ := give(t, g, stick, s.plays, Mark{}, s.at)
		if first.To == 0 {
			rt.Skip("all in one hour")
		}
		shift := time.Duration(rapid.IntRange(1, 59).Draw(rt, "minutes")) * time.Minute
		for i := range s.plays {
			s.plays[i].StartedAt = s.plays[i].StartedAt.Add(shift)
		}
		l := tinyLog{disk: g.Disk, data: g.Data, plays: s.plays}
		if rapid.Bool().Draw(rt, "rolled") {
			if err := l.roll(len(l.plays)); err != nil {
				rt.Fatal(err)
			}
			l.plays = nil
		}
		second, files := give(t, g, stick, l.plays, first.Mark(), later)
		if second.From != first.To+1 || second.To != s.seq || second.Missing != 0 {
			rt.Fatalf("acknowledged to %d of %d: %+v", first.To, s.seq, second)
		}
		if err := differ(rowsOf(t, g.Disk, files[0], second), s.plays[first.To:]); err != nil {
			rt.Fatal(err)
		}
	})
}

// Nothing that was given is replaced by something else.
func TestReceiptsStay(t *testing.T) {
	t.Parallel()
	stick := t.TempDir()
	a, b := newGiver(t), newGiver(t) // the same device after it lost its card
	_, ofA := give(t, a, stick, newShow().some(12).plays, Mark{}, later)
	before, err := os.ReadFile(ofA[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, again := give(t, a, stick, newShow().some(12).plays, Mark{}, later); !slices.Equal(again, ofA) {
		t.Errorf("the same again is %q, not %q", again, ofA)
	}
	other := newShow()
	other.play(0, "z", plan.Completed)
	other.some(11)
	_, ofB := give(t, b, stick, other.plays, Mark{}, later)
	if after, err := os.ReadFile(ofA[0]); err != nil || !bytes.Equal(before, after) || slices.Contains(ofB, ofA[0]) {
		t.Errorf("%q took the place of %q", ofB, ofA)
	}
	for i, key := range []string{a.Key.Public(), b.Key.Public()} {
		if _, err := Verify(disk.OS, [][]string{ofA, ofB}[i][2], key); err != nil {
			t.Error(err)
		}
	}
}

func TestGiveFails(t *testing.T) {
	t.Parallel()
	g := newGiver(t)
	bad := g
	bad.Device = "../x"
	if _, _, err := bad.Give(t.TempDir(), sequence(newShow().some(3).plays), Mark{}, later); err == nil || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("a bad device id: %v", err)
	}
	if _, _, err := g.Give(filepath.Join(t.TempDir(), "gone"), sequence(newShow().some(3).plays), Mark{}, later); err == nil {
		t.Error("no stick is no error")
	}
	if err := os.WriteFile(givenPath(g.Data), []byte("nonsense"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readGiven(disk.OS, g.Data); !errors.Is(err, ErrDamaged) {
		t.Errorf("nonsense for a list of receipts: %v", err)
	}
	if r, _ := give(t, g, t.TempDir(), newShow().some(3).plays, Mark{Boot: "b-1", Seq: 3}, later); r.From != 1 {
		t.Errorf("with a damaged list the receipt begins at %d", r.From)
	}
}

func TestGivenIsBounded(t *testing.T) {
	t.Parallel()
	var m marks
	for i := range uint64(keptMarks + 10) {
		m = m.with(Mark{Boot: "b,\"=1", Seq: i + 1})
	}
	m = m.with(m[5])
	got, err := parseGiven(m.encode())
	if err != nil || !slices.Equal(got, m) || len(m) != keptMarks || m.since(Mark{}) != 0 {
		t.Errorf("%d marks, %v", len(got), err)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if _, err := PublicKey(disk.OS, data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no key: %v", err)
	}
	k, err := OpenKey(disk.OS, data)
	if err != nil {
		t.Fatal(err)
	}
	if i, err := os.Stat(filepath.Join(data, keyName)); err != nil || i.Mode().Perm()&0o077 != 0 && filepath.Separator == '/' {
		t.Errorf("%v, %v", i.Mode(), err)
	}
	for range 2 {
		again, err := OpenKey(disk.OS, data)
		public, pubErr := PublicKey(disk.OS, data)
		if err != nil || pubErr != nil || again.Public() != k.Public() || public != k.Public() || !strings.HasPrefix(public, "RW") || len(public) != 56 {
			t.Errorf("%q %q, %v, %v", again.Public(), public, err, pubErr)
		}
		if err := os.Remove(filepath.Join(data, publicName)); err != nil { // it is made again
			t.Fatal(err)
		}
	}
	for _, bad := range []string{"", "nonsense", testKey[:100]} {
		if err := os.WriteFile(filepath.Join(data, keyName), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKey(disk.OS, data); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%q: %v", bad, err)
		}
		if b, _ := os.ReadFile(filepath.Join(data, keyName)); string(b) != bad {
			t.Error("a key that cannot be read was replaced")
		}
	}
}

// The C minisign and sha256sum say the same as Verify.
func TestCommonTools(t *testing.T) {
	t.Parallel()
	minisignC, err := exec.LookPath("minisign")
	if err != nil {
		t.Skip("minisign is not installed here; scripts/test installs it")
	}
	g, stick := newGiver(t), t.TempDir()
	r, files := give(t, g, stick, newShow().some(30).plays, Mark{}, later)
	for _, path := range []string{files[0], files[2]} {
		out, err := exec.Command(minisignC, "-V", "-H", "-m", path, "-P", g.Key.Public()).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "Trusted comment: "+ReceiptFormat+" device=dev-9f3a venue=Bijouterie%20Martin%20&%20Fils%2C%20Lyon key=") {
			t.Errorf("%v: %s", err, out)
		}
		sum, err := exec.Command("sha256sum", path).Output()
		if err != nil || !strings.Contains(string(out), " sha256="+string(sum[:64])) {
			t.Errorf("sha256sum says %q, %v; the comment %s", sum, err, out)
		}
	}
	out, err := exec.Command("sh", "-c", "head -n -1 "+files[0]+" | sha256sum").Output()
	last, _ := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(last), "\nEND "+string(out[:64])+",") {
		t.Errorf("head | sha256sum says %q, %v", out, err)
	}
	// And the other way round: a signature of its own, over rows of ours, is one that
	// we read, with a comment that is none of ours.
	out, err = exec.Command(minisignC, "-S", "-s", filepath.Join(g.Data, keyName), "-m", files[0]).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := Verify(disk.OS, files[0], r.Key); !errors.Is(err, ErrNotReceipt) {
		t.Errorf("signed by hand: %v", err)
	}
}

// The receipt as the package comment specifies it, byte by byte.
func TestReceiptGolden(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	if err := g.Key.private.UnmarshalText([]byte(testKey)); err != nil {
		t.Fatal(err)
	}
	_, files := give(t, g, stick, newShow().some(12).plays, Mark{}, later)
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Base(path), b)
	}
	if _, err := Verify(disk.OS, filepath.Join("testdata", filepath.Base(files[0])), g.Key.Public()); err != nil {
		t.Error(err)
	}
	for _, field := range []string{"started_at", "mono_ms", "reasons"} {
		if b, _ := os.ReadFile(files[2]); strings.Contains(string(b), field) {
			t.Errorf("a receipt tells %s", field)
		}
	}
}

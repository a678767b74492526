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

	"entracte/scheduler/plan"
	"entracte/storage/disk"
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
	return giveTo(t, g, stick, "acme", plays, acked, now)
}

func giveTo(t testing.TB, g Giver, stick, org string, plays []plan.Play, acked Mark, now time.Time) (Receipt, []string) {
	t.Helper()
	r, names, err := g.Give(stick, org, sequence(plays), []Mark{acked}, now)
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
	if len(files) != 4 || filepath.Base(files[0]) != "acme-0000000001-0000000046.csv" {
		t.Fatalf("files %q", files)
	}
	want := Receipt{
		Device: g.Device, Org: "acme", Venue: g.Venue, Key: g.Key.Public(), From: 1, To: 46, Boot: "b-1",
		First: hourOf(s.plays[0].StartedAt), Last: hourOf(s.at), Completed: 36, Interrupted: 9, Missing: 1,
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
	if _, _, err := bad.Give(t.TempDir(), "acme", sequence(newShow().some(3).plays), nil, later); err == nil || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("a bad device id: %v", err)
	}
	if _, _, err := g.Give(t.TempDir(), "../x", sequence(newShow().some(3).plays), nil, later); err == nil {
		t.Error("a bad name of an organisation is no error")
	}
	if _, _, err := g.Give(filepath.Join(t.TempDir(), "gone"), "acme", sequence(newShow().some(3).plays), nil, later); err == nil {
		t.Error("no stick is no error")
	}
	if err := os.WriteFile(filepath.Join(hoursDir(g.Data), givenName), []byte("nonsense"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readMarks(disk.OS, g.Data, givenName); !errors.Is(err, ErrDamaged) {
		t.Errorf("nonsense for a list of receipts: %v", err)
	}
	if r, _ := give(t, g, t.TempDir(), newShow().some(3).plays, Mark{Boot: "b-1", Seq: 3}, later); r.From != 1 {
		t.Errorf("with a damaged list the receipt begins at %d", r.From)
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
		if err != nil || !strings.Contains(string(out), "Trusted comment: "+ReceiptFormat+" device=dev-9f3a org=acme venue=Bijouterie%20Martin%20&%20Fils%2C%20Lyon key=") {
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

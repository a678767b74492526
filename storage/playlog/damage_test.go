package playlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// playOfOneDay is a play before midnight.
func playOfOneDay(i int) plan.Play {
	p := somePlay(i)
	p.StartedAt = started
	return p
}

// written is a data folder with plays in commits of four, and a memory.
func written(t testing.TB, plays int) string {
	t.Helper()
	data := t.TempDir()
	l := openTiny(t, data)
	for i := range plays {
		mustAppend(t, l, playOfOneDay(i))
		if i == 1 {
			if err := errors.Join(l.Checkpoint("memory", []byte("two")), l.Sync()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

func change(t testing.TB, path string, f func(b []byte)) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f(b)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// seqs are the numbers read back, and the errors between them.
func seqs(data string) string {
	var b strings.Builder
	last := uint64(0)
	for p, err := range tiny.on(disk.OS, data).read(math.MaxUint64) {
		switch {
		case err != nil:
			fmt.Fprintf(&b, "[%v]", err)
		case p.Seq != last+1 || last == 0:
			fmt.Fprintf(&b, "%d…", p.Seq)
		}
		if err == nil {
			last = p.Seq
		}
	}
	return b.String() + fmt.Sprint(last)
}

func TestDamageCostsItsCommit(t *testing.T) {
	t.Parallel()
	// Plays 1 and 2 and the memory are in block 1, 3 to 6 in block 2, and so on; 14
	// commits fill a segment, for the last block is for other things.
	flip := func(at int) func(b []byte) { return func(b []byte) { b[at] ^= 1 } }
	lastRecord := func(b []byte) {
		at := 8*block + commitSize
		at += 1 + widthOf(b[at:]) + bodyOf(b[at:]) + crcSize
		b[at+10] ^= 1
	}
	for name, k := range map[string]struct {
		segment uint64
		change  func(b []byte)
		read    string
		verify  string
		next    uint64
	}{
		"nothing":                 {1, func([]byte) {}, "1…80", "", 81},
		"a record":                {1, flip(3*block + 300), "1…[plays/000001.seg: block 3 is damaged: plays 8 to 10 are lost]11…80", "000001.seg: block 3 is damaged", 81},
		"a commit's head":         {1, flip(3*block + 5), "1…[plays/000001.seg: block 3 is damaged: plays 7 to 10 are lost]11…80", "000001.seg: block 3 is damaged", 81},
		"a block of zeros":        {1, func(b []byte) { clear(b[3*block : 4*block]) }, "1…[plays/000001.seg: block 3 is damaged: plays 7 to 10 are lost]11…80", "000001.seg: block 3 is damaged", 81},
		"a segment's head":        {1, flip(20), "[plays/000001.seg: block 0 is damaged]1…80", "000001.seg: block 0 is damaged", 81},
		"the last of a segment":   {1, flip(14*block + 5), "1…[plays/000002.seg: plays 51 to 54 are lost]55…80", "block 0 does not continue", 81},
		"a segment":               {1, func(b []byte) { clear(b) }, "[plays/000001.seg: block 0 is damaged]55…80", "000001.seg: block 0 is damaged", 81},
		"in the last segment":     {2, flip(3*block + 300), "1…[plays/000002.seg: block 3 is damaged: plays 60 to 62 are lost]63…80", "000002.seg: block 3 is damaged", 81},
		"the last segment":        {2, func(b []byte) { clear(b) }, "1…[plays/000002.seg: block 0 is damaged]54", "000002.seg: block 0 is damaged", 55},
		"the last segment's head": {2, flip(20), "1…[plays/000002.seg: block 0 is damaged]80", "000002.seg: block 0 is damaged", 81},
		"the last commit":         {2, flip(8*block + 5), "1…78", "", 79},
		"its last record":         {2, lastRecord, "1…79", "", 80},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := written(t, 80)
			change(t, filepath.Join(data, "plays", segmentName(k.segment)), k.change)
			if got := seqs(data); got != k.read {
				t.Errorf("read %s, want %s", got, k.read)
			}
			if _, err := tiny.on(disk.OS, data).verify(); (k.verify == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), k.verify) || !errors.Is(err, ErrDamaged)) {
				t.Errorf("verified: %v, want %q", err, k.verify)
			}
			l := openTiny(t, data)
			if got := mustAppend(t, l, playOfOneDay(100)); got.Seq != k.next {
				t.Errorf("went on with %d, want %d", got.Seq, k.next)
			}
			if string(l.Kept("memory")) != "two" {
				t.Errorf("kept %q", l.Kept("memory"))
			}
			if err := l.Sync(); err != nil {
				t.Fatal(err)
			}
			if got := seqs(data); !strings.HasSuffix(got, fmt.Sprint(k.next)) {
				t.Errorf("after it: %s", got)
			}
		})
	}
}

// Any bit that changes is noticed, or belongs to nothing.
func TestEveryFlipIsNoticed(t *testing.T) {
	t.Parallel()
	d := card()
	l, err := open(d, data, nil, tiny)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		mustAppend(t, l, playOfOneDay(i))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := d.Open(l.path(1))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	noticed := 0
	for range 400 {
		at, bit := rng.Int64N(9*block), byte(1)<<rng.IntN(8)
		flip := func() {
			b := make([]byte, 1)
			if _, err := f.ReadAt(b, at); err != nil {
				t.Fatal(err)
			}
			b[0] ^= bit
			if _, err := f.WriteAt(b, at); err != nil {
				t.Fatal(err)
			}
		}
		flip()
		if c, err := tiny.on(d, data).verify(); err != nil || c.Last < 30 {
			noticed++
		} else {
			n := uint64(0)
			for p, err := range tiny.on(d, data).read(math.MaxUint64) {
				if n++; err != nil || p.Seq != n || p.Creative != playOfOneDay(int(n-1)).Creative {
					t.Fatalf("byte %d changed: %+v, %v", at, p, err)
				}
			}
		}
		flip()
	}
	if noticed < 40 {
		t.Errorf("%d flips were noticed", noticed)
	}
}

// forge changes words in the commit at block 3 and computes all its checksums anew;
// with its seal also what that says.
func forge(t *testing.T, data, from, to string, seal bool) {
	change(t, filepath.Join(data, "plays", segmentName(1)), func(b []byte) {
		at := 3 * block
		begin := at
		copy(b[at+strings.Index(string(b[at:]), from):], to)
		copy(b[at:], sum(bytes.Clone(b[at:at+commitSize-crcSize]), 0))
		crc := headSum(b[at:])
		for at += commitSize; b[at] != noRecord; {
			body := at + 1 + widthOf(b[at:])
			end := body + bodyOf(b[at:])
			if b[at] == sealRecord && seal {
				hash := sha256.Sum256(b[begin:at])
				copy(b[body:end], hash[:])
			}
			var record []byte
			record, crc = appendRecord(nil, crc, b[at], bytes.Clone(b[body:end]))
			copy(b[at:], record)
			at = end + crcSize
		}
	})
}

// Somebody who changes a play and computes the checksums anew is found by the chain;
// who writes all of it anew by the hash that was noted down.
func TestChangedOnPurpose(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		seal bool
		want string
	}{
		"checksums":          {false, "block 3 does not have the hash its seal says"},
		"checksums and seal": {true, "block 4 does not continue the commit before"},
	} {
		data := written(t, 30)
		noted := verified(t, data)
		forge(t, data, "Studio", "Editor", k.seal)
		if got := seqs(data); got != "1…30" {
			t.Fatalf("%s: the forger is no good: %s", name, got)
		}
		if _, err := tiny.on(disk.OS, data).verify(); err == nil || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%s: verified: %v", name, err)
		}
		if other := verified(t, written(t, 29)); other.Hash == noted.Hash {
			t.Error("two logs have one hash")
		}
	}
}

// A commit that says it is of the past is none: numbers only go up.
func TestCommitOfThePast(t *testing.T) {
	t.Parallel()
	data := written(t, 30)
	change(t, filepath.Join(data, "plays", segmentName(1)), func(b []byte) {
		at := 3 * block // plays 7 to 10
		copy(b[at+16:], make([]byte, 8))
		copy(b[at:], sum(bytes.Clone(b[at:at+commitSize-crcSize]), 0))
	})
	if got := seqs(data); got != "1…[plays/000001.seg: block 3 is damaged: plays 7 to 10 are lost]11…30" {
		t.Errorf("read %s", got)
	}
}

// A reader whose two halves are of different times does not take that for damage.
func TestReadWhileWriting(t *testing.T) {
	t.Parallel()
	d := &slowDisk{Disk: card()}
	l, err := open(d.Disk, data, nil, tiny)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		mustAppend(t, l, playOfOneDay(i))
	}
	torn := 0
	d.split = func() int { return l.commit.start + 100 }
	d.meanwhile = func() {
		if torn++; torn > 4 {
			return
		}
		for i := range 8 {
			mustAppend(t, l, playOfOneDay(i))
		}
	}
	n := uint64(0)
	for p, err := range tiny.on(d, data).read(math.MaxUint64) {
		if n++; err != nil || p.Seq != n {
			t.Fatalf("play %d: %+v, %v", n, p, err)
		}
	}
	if n != 42 || torn < 5 {
		t.Errorf("%d plays, %d reads", n, torn)
	}
}

// A slowDisk lets something happen in the middle of each long read.
type slowDisk struct {
	disk.Disk
	split     func() int
	meanwhile func()
}

type slowFile struct {
	disk.File
	d *slowDisk
}

func (d *slowDisk) Open(path string) (disk.File, error) {
	f, err := d.Disk.Open(path)
	return slowFile{f, d}, err
}

func (f slowFile) ReadAt(b []byte, at int64) (int, error) {
	split := f.d.split()
	if len(b) <= split {
		return f.File.ReadAt(b, at)
	}
	n, err := f.File.ReadAt(b[:split], at)
	if err != nil {
		return n, err
	}
	f.d.meanwhile()
	m, err := f.File.ReadAt(b[split:], at+int64(split))
	return n + m, err
}

// bodyOf and widthOf are the length of the body of the record b begins with, and the
// length of that length.
func bodyOf(b []byte) int  { n, _ := binary.Uvarint(b[1:]); return int(n) }
func widthOf(b []byte) int { _, width := binary.Uvarint(b[1:]); return width }

// A segment under another's name is a break, and its plays are missed.
func TestSegmentsSwapped(t *testing.T) {
	t.Parallel()
	data := written(t, 150)
	one, two := filepath.Join(data, "plays", segmentName(1)), filepath.Join(data, "plays", segmentName(2))
	if err := errors.Join(os.Rename(one, one+"~"), os.Rename(two, one), os.Rename(one+"~", two)); err != nil {
		t.Fatal(err)
	}
	if got := seqs(data); got != "107…150" {
		t.Errorf("read %s", got)
	}
	if _, err := tiny.on(disk.OS, data).verify(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "000001.seg: block 0 is that of another segment") {
		t.Error(err)
	}
	if err := os.Remove(one); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(two, one); err != nil { // now the second one is missing
		t.Fatal(err)
	}
	if _, err := tiny.on(disk.OS, data).verify(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "000002.seg: the segment is missing") {
		t.Error(err)
	}
	if got := seqs(data); got != "1…[plays/000003.seg: plays 55 to 106 are lost]107…150" {
		t.Errorf("read %s", got)
	}
}

func TestWithoutLog(t *testing.T) {
	t.Parallel()
	n := 0
	for _, err := range tiny.on(disk.OS, t.TempDir()).read(math.MaxUint64) {
		if n++; !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "\nhint: ") {
			t.Error(err)
		}
	}
	if n != 1 {
		t.Errorf("yielded %d times", n)
	}
	if _, err := tiny.on(disk.OS, t.TempDir()).verify(); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	data := written(t, 3)
	for _, name := range []string{"1.seg", "0000002.seg", "000000.seg", "000003.seg.bak", "-00004.seg", "notes"} {
		if err := os.WriteFile(filepath.Join(data, "plays", name), []byte("nonsense\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := seqs(data); got != "1…3" {
		t.Error(got)
	}
	for p := range tiny.on(disk.OS, data).read(math.MaxUint64) { // a reader may stop
		if p.Seq == 1 {
			break
		}
	}
}

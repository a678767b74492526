package playlog

import (
	"errors"
	"io/fs"
	"math"
	"slices"
	"strings"
	"syscall"
	"testing"

	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

// A flakyDisk fails with err for some changes after the first left ones.
type flakyDisk struct {
	disk.Disk
	left, fails int
	err         error
}

type flakyFile struct {
	disk.File
	d *flakyDisk
}

// change counts one change and returns the error it is to have.
func (d *flakyDisk) change() error {
	if d.left--; d.left < 0 && d.left >= -d.fails {
		return d.err
	}
	return nil
}

func (d *flakyDisk) Open(path string) (disk.File, error) {
	f, err := d.Disk.Open(path)
	return flakyFile{f, d}, err
}

func (d *flakyDisk) Create(path string) (disk.File, error) {
	if err := d.change(); err != nil {
		return nil, err
	}
	f, err := d.Disk.Create(path)
	return flakyFile{f, d}, err
}

func (d *flakyDisk) Rename(from, to string) error {
	if err := d.change(); err != nil {
		return err
	}
	return d.Disk.Rename(from, to)
}

func (d *flakyDisk) Remove(path string) error {
	if err := d.change(); err != nil {
		return err
	}
	return d.Disk.Remove(path)
}

func (d *flakyDisk) SyncDir(path string) error { return errors.Join(d.change(), d.Disk.SyncDir(path)) }

func (f flakyFile) WriteAt(b []byte, at int64) (int, error) {
	if err := f.d.change(); err != nil {
		n, _ := f.File.WriteAt(b[:len(b)/2], at)
		return n, err
	}
	return f.File.WriteAt(b, at)
}

func (f flakyFile) Truncate(size int64) error {
	if err := f.d.change(); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f flakyFile) Sync() error { return f.d.change() }

// card is a disk in memory with a folder for the data.
func card() disk.Disk {
	d := crash.New()
	if err := d.Mkdir(data); err != nil {
		panic(err)
	}
	return d
}

// TestFailingDisk lets one change, or a few, fail at every place in turn, and then
// lets the disk recover: what Append numbered is there in order, and nothing else.
func TestFailingDisk(t *testing.T) {
	t.Parallel()
	for _, fails := range []int{1, 7} {
		for n := 0; n < 100; n += fails {
			d := &flakyDisk{Disk: card(), left: n, fails: fails, err: syscall.ENOSPC}
			l, err := open(d, data, nil, tiny)
			if err != nil {
				if !errors.Is(err, disk.ErrNoSpace) || !strings.Contains(err.Error(), "\nhint: ") {
					t.Fatal(err)
				}
				d.left = 1 << 30
				if l, err = open(d, data, nil, tiny); err != nil {
					t.Fatal(err)
				}
			}
			var want []uint64
			for i := range 160 {
				p, err := l.Append(playOfOneDay(i))
				if err != nil && !errors.Is(err, disk.ErrNoSpace) {
					t.Fatal(err)
				}
				if p.Seq != 0 {
					want = append(want, p.Seq)
				} else if err == nil {
					t.Fatal("no number and no error")
				}
				if i%50 == 0 {
					_ = l.Checkpoint("memory", make([]byte, 9000+i))
				}
			}
			var got []uint64
			for p, err := range tiny.on(d.Disk, data).read(math.MaxUint64) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, p.Seq)
			}
			if len(got) < 60 || !slices.Equal(got, want[len(want)-len(got):]) || want[len(want)-1] != uint64(len(want)) {
				t.Fatalf("change %d failed: %v in the log, want %v", n, got, want)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := tiny.on(d.Disk, data).verify(); err != nil {
				t.Fatal(err)
			}
			if l, err = open(d.Disk, data, nil, tiny); err != nil || len(l.Found()) > 0 || l.seq != uint64(len(want)) || len(l.Kept("memory")) == 0 {
				t.Fatal(l.Found(), l.seq, len(want))
			}
		}
	}
}

// A sync that failed is made good: all that it was for is written once more.
func TestSyncIsMadeGood(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	counted := &countedDisk{Disk: disk.OS}
	d := &flakyDisk{Disk: counted, left: 1 << 30, err: syscall.EIO}
	l, err := open(d, data, nil, tiny)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, somePlay(0))
	d.left, d.fails = 1, 1 // the seal is written, the sync fails
	if err := l.Sync(); !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	mustAppend(t, l, somePlay(1))
	counted.bytes = 0
	if err := l.Sync(); err != nil || counted.bytes < commitSize+2*40 {
		t.Errorf("%d bytes were written again, %v", counted.bytes, err)
	}
	if c := verified(t, data); c.Commits != 1 || c.Plays != 2 {
		t.Errorf("%+v", c)
	}
}

// A lockedDisk can only be read while locked is set, and so can for ever the files that
// were opened then, as a card's that was mounted read-only.
type lockedDisk struct {
	disk.Disk
	locked bool
}

type lockedFile struct {
	disk.File
	locked bool
}

func (d *lockedDisk) Open(path string) (disk.File, error) {
	f, err := d.Disk.Open(path)
	return lockedFile{f, d.locked}, err
}

func (d *lockedDisk) Create(path string) (disk.File, error) {
	if d.locked {
		return nil, syscall.EROFS
	}
	return d.Disk.Create(path)
}

func (f lockedFile) WriteAt(b []byte, at int64) (int, error) {
	if f.locked {
		return 0, syscall.EROFS
	}
	return f.File.WriteAt(b, at)
}

// A log on a card that can only be read says so when it is opened, can be read, and one
// that is open goes on when the card takes writes again.
func TestReadOnlyCard(t *testing.T) {
	t.Parallel()
	d := &lockedDisk{Disk: card()}
	l, err := open(d, data, nil, tiny)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, playOfOneDay(0))
	if err := errors.Join(l.Checkpoint("clock", []byte("noon")), l.Sync()); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, playOfOneDay(1)) // not safe yet
	d.locked = true
	l.f = lockedFile{l.f, true}
	for range 2 {
		if p, err := l.Append(playOfOneDay(2)); p.Seq != 0 || !errors.Is(err, disk.ErrReadOnly) {
			t.Fatal(p.Seq, err)
		}
	}
	if err := l.Sync(); !errors.Is(err, disk.ErrReadOnly) {
		t.Error(err)
	}
	if _, err := open(d, data, nil, tiny); !errors.Is(err, disk.ErrReadOnly) || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("opened on a card that can only be read: %v", err)
	}
	if b, err := ReadKept(d, data, "clock"); string(b) != "noon" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	d.locked = false
	if p := mustAppend(t, l, playOfOneDay(3)); p.Seq != 3 {
		t.Errorf("play %d", p.Seq)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err := tiny.on(d.Disk, data).verify(); err != nil || c.Plays != 3 || c.Unsealed != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := ReadKept(d, "/elsewhere", "clock"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

package playlog

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entracte/storage/disk"
)

// A segment gets its name when it is whole: one that is shorter was cut, wherever that
// is, and is never called whole. What is behind it goes on.
func TestSegmentCutShort(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		size       int64
		read, want string
	}{
		"in its head":    {20, "[plays/000001.seg: block 0 is damaged][plays/000001.seg: its last 65516 bytes are cut off]0", "block 0 is damaged"},
		"behind it":      {2000, "[plays/000001.seg: its last 63536 bytes are cut off: what it had after play 0 is lost]0", "its last 63536 bytes are cut off"},
		"in a commit":    {20000, "1…[plays/000001.seg: its last 45536 bytes are cut off: what it had after play 14 is lost]14", "its last 45536 bytes are cut off"},
		"behind a block": {5 * block, "1…[plays/000001.seg: its last 45056 bytes are cut off: what it had after play 14 is lost]14", "its last 45056 bytes are cut off"},
		"in the zeros":   {60000, "1…[plays/000001.seg: its last 5536 bytes are cut off: what it had after play 30 is lost]30", "its last 5536 bytes are cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := written(t, 30)
			if err := os.Truncate(filepath.Join(data, "plays", segmentName(1)), k.size); err != nil {
				t.Fatal(err)
			}
			if got := seqs(data); got != k.read {
				t.Errorf("read %s, want %s", got, k.read)
			}
			_, err := tiny.on(disk.OS, data).verify()
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), k.want) {
				t.Errorf("verified: %v", err)
			}
			l := openTiny(t, data)
			if len(l.Found()) == 0 {
				t.Error("nothing was found")
			}
			l.Above(30)
			if p := mustAppend(t, l, playOfOneDay(30)); p.Seq != 31 {
				t.Errorf("went on with %d", p.Seq)
			}
		})
	}
}

// A loss stays visible where the log goes on above it, and where its first segment is
// gone before its plays were forgotten.
func TestLossStaysVisible(t *testing.T) {
	t.Parallel()
	data := written(t, 3)
	l := openTiny(t, data)
	l.Above(20)
	mustAppend(t, l, playOfOneDay(3))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if c := verified(t, data); c.Missing != 17 || c.End != 21 || c.Plays != 4 {
		t.Errorf("%+v", c)
	}
	data = written(t, 80)
	if err := os.Remove(filepath.Join(data, "plays", segmentName(1))); err != nil {
		t.Fatal(err)
	}
	if _, err := tiny.on(disk.OS, data).verify(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "plays 1 to 54 are lost") {
		t.Error(err)
	}
}

// A log that is there and cannot be read is not one that is missing.
func TestUnreadableFolder(t *testing.T) {
	t.Parallel()
	n := 0
	for _, err := range tiny.on(shutDisk{disk.OS}, t.TempDir()).read(math.MaxUint64) {
		if n++; errors.Is(err, fs.ErrNotExist) || !errors.Is(err, fs.ErrPermission) || strings.Contains(err.Error(), "there is no") {
			t.Error(err)
		}
	}
	if _, err := tiny.on(shutDisk{disk.OS}, t.TempDir()).verify(); n != 1 || !errors.Is(err, fs.ErrPermission) {
		t.Error(n, err)
	}
}

// A shutDisk is another user's.
type shutDisk struct{ disk.Disk }

func (shutDisk) ReadDir(path string) ([]fs.DirEntry, error) {
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
}

package playlog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entracte/storage/disk"
	"entracte/storage/disk/disktest"
)

// TestFullDisk writes on a real file system that is full: the segment that is there
// has room, the next one has not; recording goes on when there is some.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	disktest.Mount(t, dir, 512<<10)
	data := filepath.Join(dir, "data")
	l := openTiny(t, data)
	fill := disktest.Fill(t, dir)
	last, refused := uint64(0), 0
	for i := range 80 {
		p, err := l.Append(playOfOneDay(i))
		if p.Seq != 0 {
			last = p.Seq
			continue
		}
		if refused++; !errors.Is(err, disk.ErrNoSpace) || !strings.Contains(err.Error(), "\nhint: ") {
			t.Fatal(err)
		}
	}
	if refused == 0 || last < 40 || seqs(data) != "1…56" {
		t.Errorf("%d plays were taken and %d refused, %s are there", last, refused, seqs(data))
	}
	if _, err := os.Stat(filepath.Join(data, "plays", spare)); err == nil {
		t.Error("half a segment was left behind")
	}
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	if p := mustAppend(t, l, playOfOneDay(0)); p.Seq != last+1 || seqs(data) != "1…57" {
		t.Errorf("with space again: play %d after %d, %s", p.Seq, last, seqs(data))
	}
	verified(t, data)
	if _, err := Open(disk.OS, filepath.Join(dir, "another"), nil); !errors.Is(err, disk.ErrNoSpace) {
		t.Errorf("no room for a log: %v", err)
	}
}

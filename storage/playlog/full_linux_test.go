package playlog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"entracte/storage/disk"
)

// TestFullDisk writes on a real file system that is full: the segment that is there
// has room, the next one has not; recording goes on when there is some.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		t.Skip("a small file system cannot be mounted here: " + err.Error())
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	data := filepath.Join(dir, "data")
	l := openTiny(t, data)
	fill, err := os.Create(filepath.Join(dir, "fill"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = fill.Write(make([]byte, 1024))
	}
	fill.Close()
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
	if err := os.Remove(fill.Name()); err != nil {
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

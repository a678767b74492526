package playlog

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

var update = flag.Bool("update", false, "write testdata anew")

// A log in a shop was written by an older version: what is in testdata must read as
// it was meant, and the same plays must be written as the same bytes.
func TestFormatStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openTiny(t, dir)
	var want []plan.Play
	for i := range 5 {
		p := somePlay(i)
		if i < 2 {
			p.Clock, p.Outcome, p.Counted = plan.ClockFloor, plan.Interrupted, false
		}
		want = append(want, mustAppend(t, l, p))
	}
	if err := errors.Join(l.Checkpoint("memory", []byte("{}")), l.Close()); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(dir, "plays", segmentName(1)))
	if err != nil {
		t.Fatal(err)
	}
	written = bytes.TrimRight(written, "\x00")
	const golden = "testdata/000001.seg"
	if *update {
		if err := os.WriteFile(golden, written, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, written) {
		t.Error("plays are written as other bytes than before")
	}
	old := t.TempDir()
	if err := os.Mkdir(filepath.Join(old, "plays"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, "plays", segmentName(1)), append(kept, make([]byte, tiny.size-len(kept))...), 0o644); err != nil {
		t.Fatal(err)
	}
	for i, p := range readAll(t, old) {
		w := want[i]
		if i < 2 { // the third play knows when they were
			w.Clock = plan.ClockTrusted
			if w.StartedAt.Sub(p.StartedAt).Abs() > time.Millisecond {
				t.Errorf("play %d is dated %v", i, p.StartedAt)
			}
			w.StartedAt = p.StartedAt
		}
		if p.Seq != w.Seq || p.Creative != w.Creative || p.SHA256 != w.SHA256 || !p.StartedAt.Equal(w.StartedAt) || p.Outcome != w.Outcome || p.Clock != w.Clock {
			t.Errorf("play %d reads as %+v", i, p)
		}
	}
	c, err := tiny.on(disk.OS, old).verify()
	if err != nil || c.Plays != 5 {
		t.Errorf("%+v, %v", c, err)
	}
	l = openTiny(t, old)
	if string(l.Kept("memory")) != "{}" {
		t.Errorf("kept %q", l.Kept("memory"))
	}
}

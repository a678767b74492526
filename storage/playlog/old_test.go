package playlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// oldLog writes plays as an earlier build did, in files of a hundred.
func oldLog(t *testing.T, data string, plays []plan.Play) {
	t.Helper()
	dir := filepath.Join(data, "plays")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	n := 0
	for some := range slices.Chunk(plays, 100) {
		var b strings.Builder
		for _, p := range some {
			line, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
		n++
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d.jsonl", n)), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func oldPlays(n int) []plan.Play {
	var all []plan.Play
	for i := range n {
		p, _ := settle(playOfOneDay(i))
		p.Seq = uint64(i + 41)
		all = append(all, p)
	}
	return all
}

func TestTakesOverAnOldLog(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	want := oldPlays(250)
	want = slices.Delete(want, 30, 35) // once damaged
	oldLog(t, data, want)
	path := filepath.Join(data, "plays", "000003.jsonl")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	noise := "{\"seq\":\n" + strings.Repeat("x", 2*maxLine) + "\n\x00\x00\n{}\n{\"seq\":3,\"started_at\":\"9999-12-31T23:59:59-23:00\"}\n"
	if err := os.WriteFile(path, []byte(noise+string(b)+"{\"seq\":999,\"boo"), 0o644); err != nil {
		t.Fatal(err)
	}
	good := func() []plan.Play {
		var all []plan.Play
		for p, err := range tiny.on(disk.OS, data).read(math.MaxUint64) {
			if err == nil {
				all = append(all, p)
			}
		}
		return all
	}
	if got := good(); !reflect.DeepEqual(got, want) {
		t.Errorf("before the player ran: %d plays", len(got))
	}
	l, err := Open(disk.OS, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Found()) != 1 || !strings.HasPrefix(l.Found()[0], "5 lines ") {
		t.Errorf("found %q", l.Found())
	}
	if got := readAll(t, data); !reflect.DeepEqual(got, want) {
		t.Errorf("after it: %d plays, want %d", len(got), len(want))
	}
	if p := mustAppend(t, l, somePlay(0)); p.Seq != want[len(want)-1].Seq+1 {
		t.Errorf("went on with %d", p.Seq)
	}
	if left, _ := filepath.Glob(filepath.Join(data, "plays", "*.jsonl")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	l.Close()
	verified(t, data)
}

// It may be ended anywhere and begin again.
func TestTakesOverInPieces(t *testing.T) {
	t.Parallel()
	want := oldPlays(120)
	for n := range 40 {
		data := t.TempDir()
		oldLog(t, data, want)
		l, err := open(&flakyDisk{Disk: disk.OS, left: n, fails: 1 << 30, err: syscall.EIO}, data, nil, limits{16 * block, 9, 4})
		if err == nil {
			l.Close()
		} else if !errors.Is(err, syscall.EIO) {
			t.Fatal(err)
		}
		if l, err = open(disk.OS, data, nil, limits{16 * block, 9, 4}); err != nil {
			t.Fatal(err)
		}
		if got := readAll(t, data); !reflect.DeepEqual(got, want) {
			t.Fatalf("ended at change %d: %d plays", n, len(got))
		}
		l.Close()
	}
}

package storage

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
)

var started = time.Date(2026, 11, 22, 9, 30, 0, 123456789, time.FixedZone("CET", 3600))

func somePlay() plan.Play {
	return plan.Play{
		Boot: "b-1", Venue: "Bijouterie Martin", Screen: "s-1", Feed: "acme/shop-17", Campaign: "lens-2026",
		Creative: "lens-couple", Advertiser: "Studio Lens", Category: 1021, SHA256: strings.Repeat("ab", 32),
		StartedAt: started, MonoMS: 12_345, PlannedMS: 10_000, ShownMS: 10_000, Outcome: plan.Completed, Counted: true,
		Reasons: []string{"occasion:165", "near"}, Plan: "r-1", Clock: plan.ClockTrusted,
	}
}

func openLog(t testing.TB, d playsDisk, dir string, size int64, count int) *Plays {
	t.Helper()
	p, err := openPlays(d, dir, size, count)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func readAll(t testing.TB, dir string) (plays []plan.Play) {
	t.Helper()
	for p, err := range ReadPlays(dir) {
		if err != nil {
			t.Fatal(err)
		}
		plays = append(plays, p)
	}
	return plays
}

// TestPlaysComeBack appends, closes and opens at random and expects everything
// back, but for the segments that were one too many.
func TestPlaysComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "plays")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		log, err := openPlays(osDisk{}, dir, 1000, 3)
		if err != nil {
			t.Fatal(err)
		}
		var want []plan.Play
		for range rapid.IntRange(0, 16).Draw(t, "plays") {
			if rapid.IntRange(0, 5).Draw(t, "reopen") == 0 {
				if err := log.Close(); err != nil {
					t.Fatal(err)
				}
				if log, err = openPlays(osDisk{}, dir, 1000, 3); err != nil || log.Torn() != 0 {
					t.Fatal(err, log.Torn())
				}
			}
			play := somePlay()
			play.Advertiser = rapid.String().Draw(t, "advertiser")
			play.MonoMS = rapid.Int64().Draw(t, "mono")
			got, err := log.Append(play)
			if err != nil || got.Seq != uint64(len(want)+1) {
				t.Fatal(got.Seq, err)
			}
			got.Advertiser = strings.ToValidUTF8(got.Advertiser, "\uFFFD")
			want = append(want, got)
		}
		defer log.Close()
		var got []plan.Play
		for p, err := range ReadPlays(dir) { // beside the open log
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p)
		}
		if len(got) > len(want) || len(want) > 0 && len(got) == 0 {
			t.Fatalf("%d plays of %d came back", len(got), len(want))
		}
		numbers, err := segments(playsDir(dir))
		if err != nil || len(numbers) > 3 || len(numbers) < 3 && len(got) < len(want) {
			t.Fatalf("segments %v hold %d of %d plays, %v", numbers, len(got), len(want), err)
		}
		if want = want[len(want)-len(got):]; !reflect.DeepEqual(got, want) && len(want) > 0 {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}

func TestAppendNormalises(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := openLog(t, osDisk{}, dir, segmentSize, segmentCount)
	play := somePlay()
	play.Reasons, play.Seq = nil, 99
	got, err := log.Append(play)
	if err != nil || got.Seq != 1 || got.StartedAt.String() != "2026-11-22 08:30:00.123 +0000 UTC" {
		t.Fatal(got, err)
	}
	line, err := os.ReadFile(filepath.Join(dir, "plays", "000001.jsonl"))
	if err != nil || !strings.HasSuffix(string(line), "}\n") || !strings.Contains(string(line), `"reasons":[]`) {
		t.Errorf("%s %v", line, err)
	}
	play.StartedAt = time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC)
	if got, err := log.Append(play); err == nil || got.Seq != 0 {
		t.Error("a year that JSON cannot hold was taken")
	}
	if got, err := log.Append(somePlay()); err != nil || got.Seq != 2 {
		t.Error("a refused play used up a number:", got.Seq, err)
	}
}

func TestOpenPlaysAfterPowerCut(t *testing.T) {
	t.Parallel()
	line := func(seq uint64) string {
		p := somePlay()
		p.Seq = seq
		b, err := encodePlay(p)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	cases := map[string]struct {
		segments []string // from 000007
		torn     int64
		next     uint64
		read     []uint64 // numbers read back after one more Append
	}{
		"no log":            {nil, 0, 1, []uint64{1}},
		"empty":             {[]string{""}, 0, 1, []uint64{1}},
		"whole":             {[]string{line(4) + line(5)}, 0, 6, []uint64{4, 5, 6}},
		"half a line":       {[]string{line(4) + line(5)[:50]}, 50, 5, []uint64{4, 5}},
		"no line end":       {[]string{line(4) + strings.TrimSuffix(line(5), "\n")}, int64(len(line(5)) - 1), 5, []uint64{4, 5}},
		"zeros":             {[]string{line(4) + strings.Repeat("\x00", 4096)}, 4096, 5, []uint64{4, 5}},
		"zeros with ends":   {[]string{line(4) + "\x00\x00\n\x00\n"}, 5, 5, []uint64{4, 5}},
		"only half a line":  {[]string{line(4), line(5)[:9]}, 9, 5, []uint64{4, 5}},
		"fresh segment":     {[]string{line(3), line(4), ""}, 0, 5, []uint64{3, 4, 5}},
		"numbers begin off": {[]string{line(1 << 40)}, 0, 1<<40 + 1, []uint64{1 << 40, 1<<40 + 1}},
		"a very long line":  {[]string{line(4) + strings.Repeat("x", 3*maxLine) + "\n"}, 3*maxLine + 1, 5, []uint64{4, 5}},
		"other JSON":        {[]string{line(4) + "{}\n[]\nnull\n"}, 11, 5, []uint64{4, 5}},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.Mkdir(playsDir(dir), 0o755); err != nil {
				t.Fatal(err)
			}
			for i, s := range k.segments {
				if err := os.WriteFile(segmentPath(playsDir(dir), 7+i), []byte(s), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			log := openLog(t, osDisk{}, dir, segmentSize, segmentCount)
			if log.Torn() != k.torn {
				t.Errorf("cut off %d bytes, want %d", log.Torn(), k.torn)
			}
			if got, err := log.Append(somePlay()); err != nil || got.Seq != k.next {
				t.Errorf("went on with %d, %v, want %d", got.Seq, err, k.next)
			}
			var read []uint64
			for _, p := range readAll(t, dir) {
				read = append(read, p.Seq)
			}
			if !slices.Equal(read, k.read) {
				t.Errorf("read back %v, want %v", read, k.read)
			}
		})
	}
}

// TestAppendOnFailingDisk lets every change fail in turn, then lets the disk
// recover: what Append numbered is there in order, and nothing else.
func TestAppendOnFailingDisk(t *testing.T) {
	t.Parallel()
	for n := range int64(40) {
		dir := t.TempDir()
		openLog(t, osDisk{}, dir, 1500, 99).Close()
		d := newFlaky(n+2, syscall.ENOSPC) // the two folders are there
		log, err := openPlays(d, dir, 1500, 99)
		var want []uint64
		failures := 0
		for i := 0; err == nil && i < 24; i++ {
			if failures == 2 {
				d.left.Store(1000)
			}
			play, err := log.Append(somePlay())
			if err != nil {
				failures++
				wantHint(t, err, ErrNoSpace)
			}
			if play.Seq != 0 {
				want = append(want, play.Seq)
			} else if err == nil {
				t.Fatal("no number and no error")
			}
			var got []uint64
			whole, readErr := os.ReadFile(log.path(log.number))
			if readErr != nil || len(whole) > 0 && whole[len(whole)-1] != '\n' {
				t.Fatalf("change %d failed and left half a line: %v", n, readErr)
			}
			if err == nil && i < 23 {
				continue
			}
			for _, p := range readAll(t, dir) {
				got = append(got, p.Seq)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("change %d failed: %v in the log, want %v", n, got, want)
			}
		}
		if err == nil {
			log.Close()
			if len(want) < 22 || want[len(want)-1] != uint64(len(want)) {
				t.Fatalf("change %d failed: %v", n, want)
			}
		} else {
			wantHint(t, err, ErrNoSpace)
		}
	}
}

// TestHalfLineThatCannotBeCutOff: even the truncation fails at first.
func TestHalfLineThatCannotBeCutOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := openLog(t, osDisk{}, dir, segmentSize, segmentCount)
	f := &stubbornFile{file: log.f, stubborn: true}
	log.f = f
	for range 3 {
		if p, err := log.Append(somePlay()); err == nil || p.Seq != 0 {
			t.Fatal(p.Seq, err)
		}
	}
	f.stubborn = false
	if p, err := log.Append(somePlay()); err != nil || p.Seq != 1 {
		t.Fatal(p.Seq, err)
	}
	if got := readAll(t, dir); len(got) != 1 {
		t.Errorf("%d plays in the log", len(got))
	}
}

type stubbornFile struct {
	file
	stubborn bool
}

func (f *stubbornFile) Write(b []byte) (int, error) {
	if f.stubborn {
		n, _ := f.file.Write(b[:10])
		return n, syscall.EIO
	}
	return f.file.Write(b)
}

func (f *stubbornFile) Truncate(size int64) error {
	if f.stubborn {
		return syscall.EIO
	}
	return f.file.Truncate(size)
}

// A countedFile counts writes and syncs.
type countedFile struct {
	file
	writes, syncs int
}

func (f *countedFile) Write(b []byte) (int, error) { f.writes++; return f.file.Write(b) }
func (f *countedFile) Sync() error                 { f.syncs++; return f.file.Sync() }

func TestSyncIsGrouped(t *testing.T) {
	t.Parallel()
	log := openLog(t, osDisk{}, t.TempDir(), segmentSize, segmentCount)
	f := &countedFile{file: log.f}
	log.f = f
	for i := range 2*syncEvery + 5 {
		if _, err := log.Append(somePlay()); err != nil {
			t.Fatal(err)
		}
		if f.syncs != (i+1)/syncEvery {
			t.Fatalf("%d syncs after %d plays", f.syncs, i+1)
		}
	}
	if f.writes != 2*syncEvery+5 || f.syncs != 2 {
		t.Errorf("%d writes and %d syncs", f.writes, f.syncs)
	}
	for range 3 { // only the first has anything to do
		if err := log.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if f.syncs != 3 {
		t.Errorf("%d syncs", f.syncs)
	}
	if err := log.Close(); err != nil || f.syncs != 3 {
		t.Error(f.syncs, err)
	}
	if _, err := log.Append(somePlay()); !errors.Is(err, ErrClosed) {
		t.Errorf("Append after Close: %v", err)
	}
	if err := errors.Join(log.Close(), log.Sync()); err != nil {
		t.Error(err)
	}
}

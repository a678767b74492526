package playlog

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// tiny is a log of few and small segments.
var tiny = limits{size: 16 * block, count: 3, syncEvery: 4}

// on is the shelf of a log with these limits.
func (l limits) on(d disk.Disk, data string) shelf {
	s := shelfOf(d, data)
	s.length = l.size
	return s
}

var started = time.Date(2026, 11, 22, 9, 30, 0, 123456789, time.FixedZone("CET", 3600))

// somePlay is the i-th play of an ordinary day: one every eight seconds, of 30 ads.
func somePlay(i int) plan.Play {
	ad := i % 30
	return plan.Play{
		Boot: "0e9a4b1c-7f4e-4d55-9c3f-0123456789ab", Venue: "Bijouterie Martin", Screen: "s-1", Feed: "acme/shop-17",
		Campaign: fmt.Sprintf("campaign-of-2026-%d", ad), Creative: fmt.Sprintf("creative-%d", ad), Advertiser: fmt.Sprintf("Studio Photo Lens %d", ad),
		Category: 1021 + ad, SHA256: fmt.Sprintf("%064x", ad+1), StartedAt: started.Add(time.Duration(i) * 8640 * time.Millisecond),
		MonoMS: int64(12_345 + 8640*i), PlannedMS: 10_000, ShownMS: 10_016, Outcome: plan.Completed, Counted: true,
		Reasons: []string{"share:1/30", fmt.Sprintf("occasion:%d", ad%5), "near"}, Plan: "0001-00000042", Clock: plan.ClockTrusted,
	}
}

func openTiny(t testing.TB, data string) *Log {
	t.Helper()
	l, err := open(disk.OS, data, nil, tiny)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func mustAppend(t testing.TB, l *Log, p plan.Play) plan.Play {
	t.Helper()
	p, err := l.Append(p)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func readAll(t testing.TB, data string) []plan.Play {
	t.Helper()
	var all []plan.Play
	for p, err := range tiny.on(disk.OS, data).read(math.MaxUint64) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func verified(t testing.TB, data string) Chain {
	t.Helper()
	c, err := tiny.on(disk.OS, data).verify()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestPlaysComeBack appends, syncs, keeps, closes and opens at random and expects
// everything back, but for the segments that were one too many.
func TestPlaysComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := card()
		l, err := open(d, data, nil, tiny)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { l.Close() }()
		var want []plan.Play
		kept := map[string]string{}
		for range rapid.IntRange(0, 120).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
				if l, err = open(d, data, nil, tiny); err != nil || len(l.Found()) > 0 {
					t.Fatal(err, l.Found())
				}
			case 1:
				if l, err = open(d, data, nil, tiny); err != nil || len(l.Found()) > 0 { // killed
					t.Fatal(err, l.Found())
				}
			case 2:
				kind := rapid.SampledFrom([]string{"memory", "clock"}).Draw(t, "kind")
				// Two of the longest and the log's own would be too many for its tiny segments.
				kept[kind] = strings.Repeat("x", rapid.IntRange(0, 15<<10).Draw(t, "length"))
				if err := l.Checkpoint(kind, []byte(kept[kind])); err != nil {
					t.Fatal(err)
				}
			case 3:
				if err := l.Sync(); err != nil {
					t.Fatal(err)
				}
			default:
				p := somePlay(rapid.IntRange(0, 1000).Draw(t, "play"))
				p.StartedAt = started // of one day
				p.Advertiser = rapid.String().Draw(t, "advertiser")
				p.MonoMS = rapid.Int64().Draw(t, "mono")
				p.Reasons = rapid.SliceOfN(rapid.StringN(0, 40, -1), 0, 5).Draw(t, "reasons")
				p.Boot = rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "boot")
				got, err := l.Append(p)
				if err != nil || got.Seq != uint64(len(want)+1) {
					t.Fatal(got.Seq, err)
				}
				want = append(want, got)
			}
		}
		var got []plan.Play
		for p, err := range tiny.on(d, data).read(math.MaxUint64) { // beside the open log
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p)
		}
		if len(got) > len(want) || len(want) > 0 && len(got) == 0 || len(l.numbers) < tiny.count && len(got) < len(want) {
			t.Fatalf("%d plays of %d came back from segments %v", len(got), len(want), l.numbers)
		}
		if want = want[len(want)-len(got):]; len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
		if _, err := tiny.on(d, data).verify(); err != nil {
			t.Fatal(err)
		}
		for kind, value := range kept {
			if string(l.Kept(kind)) != value {
				t.Fatalf("kept of %s %d bytes, want %d", kind, len(l.Kept(kind)), len(value))
			}
		}
		if files, _ := d.ReadDir(l.dir); len(files) > tiny.count {
			t.Fatalf("segments %v", files)
		}
	})
}

func TestAppendNormalises(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := openTiny(t, data)
	p := somePlay(0)
	p.Reasons, p.Seq = nil, 99
	got := mustAppend(t, l, p)
	if got.Seq != 1 || got.Reasons == nil || got.StartedAt.String() != "2026-11-22 08:30:00.123 +0000 UTC" {
		t.Error(got)
	}
	for name, wrong := range map[string]func(*plan.Play){
		"a year that JSON cannot hold":    func(p *plan.Play) { p.StartedAt = time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"an outcome that has no name":     func(p *plan.Play) { p.Outcome = 3 },
		"a clock that has no name":        func(p *plan.Play) { p.Clock = 3 },
		"a name larger than the segments": func(p *plan.Play) { p.Venue = strings.Repeat("x", tiny.size) },
	} {
		p := somePlay(1)
		wrong(&p)
		if got, err := l.Append(p); err == nil || got.Seq != 0 {
			t.Errorf("%s was taken", name)
		}
	}
	if got := mustAppend(t, l, somePlay(2)); got.Seq != 2 {
		t.Error("a refused play used up a number:", got.Seq)
	}
	if got := readAll(t, data); len(got) != 2 {
		t.Errorf("%d plays are there", len(got))
	}
	if err := errors.Join(l.Close(), l.Close(), l.Sync()); err != nil {
		t.Error(err)
	}
	if _, err := l.Append(somePlay(3)); !errors.Is(err, ErrClosed) {
		t.Errorf("Append after Close: %v", err)
	}
}

// A countedDisk counts the writes and syncs of files.
type countedDisk struct {
	disk.Disk
	writes, syncs, bytes int
}

type countedFile struct {
	disk.File
	d *countedDisk
}

func (d *countedDisk) Open(path string) (disk.File, error) {
	f, err := d.Disk.Open(path)
	return &countedFile{f, d}, err
}

func (d *countedDisk) Create(path string) (disk.File, error) {
	f, err := d.Disk.Create(path)
	return &countedFile{f, d}, err
}

func (f *countedFile) WriteAt(b []byte, at int64) (int, error) {
	f.d.writes++
	f.d.bytes += len(b)
	return f.File.WriteAt(b, at)
}

func (f *countedFile) Sync() error { f.d.syncs++; return f.File.Sync() }

func TestSyncIsGrouped(t *testing.T) {
	t.Parallel()
	d := &countedDisk{Disk: disk.OS}
	l, err := Open(d, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	d.syncs, d.writes = 0, 0
	for i := range 2*syncEvery + 5 {
		mustAppend(t, l, somePlay(i))
		if d.syncs != (i+1)/syncEvery {
			t.Fatalf("%d syncs after %d plays", d.syncs, i+1)
		}
	}
	if d.writes != 2*syncEvery+5+2 || d.syncs != 2 {
		t.Errorf("%d writes and %d syncs", d.writes, d.syncs)
	}
	for range 3 { // only the first has anything to do
		if err := l.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil || d.syncs != 3 {
		t.Errorf("%d syncs, %v", d.syncs, err)
	}
}

// TestDayOfShow counts what a day of 10,000 plays with a sync a minute, and an hourly
// memory, gives the file system to write: whole blocks, without its own journal.
func TestDayOfShow(t *testing.T) {
	t.Parallel()
	l, err := Open(card(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	written, number, from := 0, l.number(), l.commit.start
	memory := []byte(strings.Repeat("{}", 1500))
	for minute := range 12 * 60 {
		for i := range 14 {
			mustAppend(t, l, somePlay(minute*14+i))
		}
		if minute%60 == 0 {
			memory[0]++
			if err := l.Checkpoint("memory", memory); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Sync(); err != nil {
			t.Fatal(err)
		}
		if l.number() != number {
			number, from = l.number(), 0 // its head is written too
		}
		written += l.commit.start - from
		from = l.commit.start
	}
	t.Logf("%d bytes in blocks", written)
	if written > 32e5 {
		t.Errorf("%d bytes a day", written)
	}
}

func TestManySegments(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := openTiny(t, data)
	if err := l.Checkpoint("memory", []byte("early")); err != nil {
		t.Fatal(err)
	}
	var last plan.Play
	for i := range 2000 {
		last = mustAppend(t, l, somePlay(i))
	}
	got := readAll(t, data)
	if last.Seq != 2000 || got[len(got)-1].Seq != 2000 || len(l.numbers) != tiny.count || l.number() < 10 {
		t.Errorf("segments %v hold plays %d to %d", l.numbers, got[0].Seq, got[len(got)-1].Seq)
	}
	if !slices.IsSortedFunc(got, func(a, b plan.Play) int { return int(a.Seq) - int(b.Seq) }) || got[0].Seq+uint64(len(got)) != 2001 {
		t.Error("there are gaps")
	}
	l.Close()
	if l = openTiny(t, data); string(l.Kept("memory")) != "early" {
		t.Errorf("kept %q", l.Kept("memory"))
	}
	c := verified(t, data)
	if c.Segments != tiny.count || c.Last != 2000 || c.First != got[0].Seq || c.Plays != len(got) {
		t.Errorf("%+v", c)
	}
}

func TestCheckpointLimits(t *testing.T) {
	t.Parallel()
	l := openTiny(t, t.TempDir())
	for _, kind := range []string{"", ".log", strings.Repeat("k", 33)} {
		if l.Checkpoint(kind, nil) == nil {
			t.Errorf("%q was taken", kind)
		}
	}
	if l.Checkpoint("a", make([]byte, tiny.size/4+1)) == nil {
		t.Error("one that is too long was taken")
	}
	big := make([]byte, tiny.size/4)
	if err := errors.Join(l.Checkpoint("a", big), l.Checkpoint("b", big)); err != nil {
		t.Fatal(err)
	}
	if l.Checkpoint("c", big) == nil {
		t.Error("too many were taken")
	}
	for i := range 200 { // the largest head leaves room for plays
		mustAppend(t, l, somePlay(i))
	}
	if l.Kept("none") != nil || len(l.Kept("a")) != len(big) {
		t.Error("kept is not what was given")
	}
}

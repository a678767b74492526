package report

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

// A show makes records as a player would: one after the other, with now and then a
// pause, an interruption, a clock that is set, and a record that is lost.
type show struct {
	at    time.Time
	plays []plan.Play
	seq   uint64
}

func newShow() *show { return &show{at: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)} }

// play records one showing that began some seconds after the last one.
func (s *show) play(after time.Duration, creative string, outcome plan.Outcome) {
	s.at = s.at.Add(after)
	s.seq++
	p := somePlay()
	p.Seq, p.StartedAt, p.Creative, p.Outcome, p.Counted = s.seq, s.at, creative, outcome, outcome == plan.Completed
	if outcome != plan.Completed {
		p.ShownMS = 4321
	}
	s.plays = append(s.plays, p)
}

// some records n showings of the ordinary kind, 7 minutes apart.
func (s *show) some(n int) *show {
	for i := range n {
		outcome := plan.Completed
		if i%5 == 4 {
			outcome = plan.Interrupted
		}
		s.play(7*time.Minute, []string{"a", "b", "c"}[i%3], outcome)
	}
	return s
}

// anyShow is a show of chance, of which a few records may be lost.
func anyShow(t *rapid.T) *show {
	s := newShow()
	n := rapid.IntRange(1, 120).Draw(t, "plays")
	for range n {
		switch rapid.SampledFrom([]string{"", "", "", "", "night", "back", "lost"}).Draw(t, "between") {
		case "night":
			s.at = s.at.Add(15 * time.Hour)
		case "back":
			s.at = s.at.Add(-50 * time.Hour)
		case "lost":
			s.seq += 3
		}
		s.play(rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Minute, time.Hour}).Draw(t, "after"),
			rapid.SampledFrom([]string{"a", "b", "=c"}).Draw(t, "creative"), plan.Outcome(rapid.IntRange(0, 2).Draw(t, "outcome")))
	}
	return s
}

// shared gives the records to feeds by turns that are not quite regular.
func (s *show) shared(feeds ...string) *show {
	for i := range s.plays {
		s.plays[i].Feed = feeds[(i+i/7)%len(feeds)]
	}
	return s
}

// playsOf are those of an organisation's feeds.
func playsOf(plays []plan.Play, org string) []plan.Play {
	return slices.DeleteFunc(slices.Clone(plays), func(p plan.Play) bool { return !strings.HasPrefix(p.Feed, org+"/") })
}

// A tinyLog forgets days as the play log does: whole days in the order they were
// played, handed to Roll before.
type tinyLog struct {
	disk  disk.Disk
	data  string
	plays []plan.Play
}

func (l *tinyLog) read() iter.Seq2[plan.Play, error] { return sequence(l.plays) }

// roll hands the first n plays over, a day at a time.
func (l *tinyLog) roll(n int) error {
	gone := l.plays[:n]
	for len(gone) > 0 {
		day := gone[0].StartedAt.UTC().Truncate(24 * time.Hour)
		k := 1
		for k < len(gone) && gone[k].StartedAt.UTC().Truncate(24*time.Hour).Equal(day) {
			k++
		}
		if err := Roll(l.disk, l.data)(day, sequence(gone[:k])); err != nil {
			return err
		}
		gone = gone[k:]
	}
	return nil
}

// counts is what a show's rows must add up to: one entry for each hour and
// creative, counted without regard to how rows are made.
func counts(plays []plan.Play) map[string][5]int64 {
	all := map[string][5]int64{}
	for _, p := range plays {
		k := p.StartedAt.UTC().Format("2006-01-02T15") + p.Creative
		c := all[k]
		c[2-p.Outcome]++
		c[3] += p.ShownMS
		c[4] += p.PlannedMS
		all[k] = c
	}
	return all
}

// differ compares what rows count with what played, in few words.
func differ(rows []Row, plays []plan.Play) error {
	got, want := rowCounts(rows), counts(plays)
	for k, n := range want {
		if got[k] != n {
			return fmt.Errorf("%s: %v in rows, %v played", k, got[k], n)
		}
	}
	if len(got) > len(want) {
		return fmt.Errorf("%d hours and creatives in rows, %d played", len(got), len(want))
	}
	return nil
}

func rowCounts(rows []Row) map[string][5]int64 {
	all := map[string][5]int64{}
	for _, r := range rows {
		k := r.Hour.Format("2006-01-02T15") + r.Creative
		c := all[k]
		for i, n := range []int64{r.Completed, r.Interrupted, r.Failed, r.Shown, r.Planned} {
			c[i] += n
		}
		all[k] = c
	}
	return all
}

func collect[T any](items iter.Seq2[T, error]) (all []T, errs []error) {
	for item, err := range items {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, item)
	}
	return all, errs
}

// sound checks the numbers of rows: hours do not overlap, and records that are in
// none are those that are lost.
func sound(rows []Row) error {
	var o order
	for _, r := range rows {
		if err := o.follow(&r); err != nil {
			return fmt.Errorf("%+v: %w", r, err)
		}
	}
	return nil
}

// Rows count every record once, whenever a log forgets and however much of it.
func TestHoursCountOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anyShow(t)
		l := tinyLog{disk: crash.New(), data: "/data", plays: s.plays}
		if err := makeData(l.disk); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 3).Draw(t, "rolls") {
			k := rapid.IntRange(0, len(l.plays)).Draw(t, "rolled")
			if err := l.roll(k); err != nil {
				t.Fatal(err)
			}
			// The log may still have what was rolled, or some of it.
			l.plays = l.plays[rapid.IntRange(0, k).Draw(t, "forgotten"):]
			rows, errs := collect(Hours(l.disk, l.data, l.read()))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if err := sound(rows); err != nil {
				t.Fatal(err)
			}
			if err := differ(rows, s.plays); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A day that is rolled up while somebody reads is neither left out nor read twice.
func TestHoursWhileRolling(t *testing.T) {
	t.Parallel()
	s := newShow().some(600)
	for _, after := range []int{0, 1, 3, 50} { // rows that were read before
		l := tinyLog{disk: disk.OS, data: t.TempDir(), plays: s.plays}
		forgotten := 0
		read := func(yield func(plan.Play, error) bool) {
			for i := 0; i < len(s.plays); i++ {
				if i < forgotten {
					continue
				}
				if !yield(s.plays[i], nil) {
					return
				}
			}
		}
		var rows []Row
		for r, err := range Hours(l.disk, l.data, read) {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, r)
			if len(rows) > after && forgotten == 0 {
				forgotten = 400
				if err := l.roll(forgotten); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := sound(rows); err != nil {
			t.Error(err)
		}
		if err := differ(rows, s.plays); err != nil {
			t.Errorf("after %d rows: %v", after, err)
		}
	}
}

func TestHoursOfDamage(t *testing.T) {
	t.Parallel()
	l := tinyLog{disk: disk.OS, data: t.TempDir(), plays: newShow().some(600).plays}
	if err := l.roll(500); err != nil {
		t.Fatal(err)
	}
	l.plays = l.plays[500:]
	whole, _ := collect(Hours(l.disk, l.data, l.read()))
	files, _ := dayFiles(l.disk, l.data, nil)
	if len(files) < 3 {
		t.Fatalf("only %d day files", len(files))
	}
	path := filepath.Join(hoursDir(l.data), files[1].name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	rows, errs := collect(Hours(l.disk, l.data, l.read()))
	if len(errs) != 1 || !errors.Is(errs[0], ErrDamaged) || !strings.Contains(errs[0].Error(), files[1].name) || !strings.Contains(errs[0].Error(), "\nhint: ") {
		t.Errorf("a damaged day: %v", errs)
	}
	if len(rows) >= len(whole) || len(rows) == 0 {
		t.Errorf("%d rows of %d", len(rows), len(whole))
	}
	if err := sound(rows); err != nil {
		t.Error(err)
	}
	var out strings.Builder
	if err := WriteHours(&out, Hours(l.disk, l.data, l.read())); !errors.Is(err, ErrDamaged) || strings.Count(out.String(), "\n") != len(rows)+1 {
		t.Errorf("written: %v, %d lines", err, strings.Count(out.String(), "\n"))
	}
}

func TestHoursOfNothing(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	missing := &fs.PathError{Op: "open", Path: "plays", Err: fs.ErrNotExist}
	if rows, errs := collect(Hours(disk.OS, data, sequence(nil, missing))); len(rows) != 0 || len(errs) != 1 || !errors.Is(errs[0], fs.ErrNotExist) {
		t.Errorf("no log: %v, %v", rows, errs)
	}
	l := tinyLog{disk: disk.OS, data: data, plays: newShow().some(3).plays}
	if err := l.roll(3); err != nil {
		t.Fatal(err)
	}
	if rows, errs := collect(Hours(disk.OS, data, sequence(nil, missing))); len(rows) != 3 || len(errs) != 0 {
		t.Errorf("day files only: %v, %v", rows, errs)
	}
	if held, err := Held(disk.OS, data); held != 3 || err != nil {
		t.Errorf("held %d, %v", held, err)
	}
}

// What was rolled before is not rolled again, and nothing that is there changes.
func TestRollAgain(t *testing.T) {
	t.Parallel()
	s := newShow().some(100)
	day := s.plays[0].StartedAt.Truncate(24 * time.Hour)
	data := t.TempDir()
	roll := Roll(disk.OS, data)
	for range 3 {
		if err := roll(day, sequence(s.plays[:60], errors.New("damage"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := roll(day, sequence(s.plays)); err != nil { // the rest of the same day
		t.Fatal(err)
	}
	if err := roll(time.Time{}, sequence(newShow().some(100).plays[:0])); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(hoursDir(data))
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if want := []string{"2026-11-20-2.csv", "2026-11-20.csv"}; err != nil || !slices.Equal(names, want) {
		t.Fatalf("%v, %v", names, err)
	}
	rows, errs := collect(Hours(disk.OS, data, sequence(s.plays)))
	if err := differ(rows, s.plays); err != nil || len(errs) > 0 {
		t.Errorf("%v, %v", err, errs)
	}
}

// Old days go by how many days of play came after them, whatever the clock says.
func TestRollForgets(t *testing.T) {
	t.Parallel()
	d, data := crash.New(), "/data"
	if err := errors.Join(makeData(d), makeHours(d, data)); err != nil {
		t.Fatal(err)
	}
	s := newShow()
	s.at = time.Date(1970, 1, 1, 12, 0, 0, 0, time.UTC) // on a clock that nobody had set
	for n := range KeptDays + 3 {
		s.play(0, "a", plan.Completed)
		if s.at = s.at.Add(24 * time.Hour); n == 0 {
			s.at = time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)
		}
	}
	for _, p := range s.plays[:KeptDays] {
		var b builder
		b.add(&p)
		if err := saveDay(d, data, p.StartedAt.Format(time.DateOnly), []*block{b.take()}); err != nil {
			t.Fatal(err)
		}
	}
	for n, first := range []uint64{1, 2, 3, 4} {
		day := s.plays[KeptDays-1+n].StartedAt.Truncate(24 * time.Hour)
		if err := Roll(d, data)(day, sequence(s.plays[:KeptDays+n])); err != nil {
			t.Fatal(err)
		}
		rows, errs := collect(Hours(d, data, sequence(nil)))
		if len(rows) != KeptDays || rows[0].From != first || len(errs) > 0 {
			t.Errorf("%d days are kept, from record %d on, not %d; %v", len(rows), rows[0].From, first, errs)
		}
	}
}

// Old days go too when they would take too much of the card.
func TestRollForgetsWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	l := tinyLog{disk: disk.OS, data: t.TempDir(), plays: newShow().some(600).plays}
	if err := l.roll(400); err != nil {
		t.Fatal(err)
	}
	// Most of it is a hole, that takes no room on this machine.
	if err := os.Truncate(filepath.Join(hoursDir(l.data), "2026-11-20.csv"), keptSize); err != nil {
		t.Fatal(err)
	}
	if err := l.roll(600); err != nil {
		t.Fatal(err)
	}
	files, _ := dayFiles(l.disk, l.data, nil)
	if len(files) < 3 || files[0].day() != "2026-11-21" {
		t.Errorf("%v are kept", files)
	}
}

// Hostile texts and times become rows that can be read back.
func TestRollOfAnything(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := somePlay()
	p.Seq, p.StartedAt, p.ShownMS, p.PlannedMS = 7, time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC), -5, 1<<62
	p.Venue, p.Campaign, p.Clock, p.Outcome = "two\nlines\xff", strings.Repeat("x", 3000), 9, 9
	q := p
	q.Seq, q.StartedAt = 8, time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := Roll(disk.OS, data)(time.Time{}, sequence([]plan.Play{p, q, plan.Restart("b", 0, started, 0)})); err != nil {
		t.Fatal(err)
	}
	rows, errs := collect(Hours(disk.OS, data, sequence(nil)))
	if len(rows) != 1 || len(errs) > 0 || rows[0].Failed != 2 || rows[0].Shown != 0 || rows[0].Planned != 2*maxShown {
		t.Errorf("%+v, %v", rows, errs)
	}
}

package report

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

// Until a receipt is acknowledged the next one has its hours again; after that it
// begins where that one ended. The hour that is not over comes later.
func TestAcknowledgement(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	s := newShow().some(30)
	first, _ := give(t, g, stick, s.plays, Mark{}, s.at)
	if open := s.plays[first.To].StartedAt; first.To >= s.seq || !hourOf(open).Equal(hourOf(s.at)) || !first.Last.Before(hourOf(s.at)) {
		t.Errorf("the hour that is not over: to %d of %d, %v", first.To, s.seq, first.Last)
	}
	s.some(10)
	second, _ := give(t, g, stick, s.plays, Mark{}, later)
	if second.From != 1 || second.To != s.seq {
		t.Errorf("not acknowledged: %d to %d", second.From, second.To)
	}
	for _, unknown := range []Mark{{Boot: "b-1", Seq: 17}, {Boot: "b-0", Seq: first.To}} {
		if r, _ := give(t, g, stick, s.plays, unknown, later); r.From != 1 {
			t.Errorf("%+v was never given, and the next receipt begins at %d", unknown, r.From)
		}
	}
	third, files := give(t, g, stick, s.plays, first.Mark(), later)
	if third.From != first.To+1 || third.To != s.seq {
		t.Errorf("acknowledged to %d: %d to %d", first.To, third.From, third.To)
	}
	if err := differ(rowsOf(t, disk.OS, files[0], third), s.plays[first.To:]); err != nil {
		t.Error(err)
	}
	if r, _ := give(t, g, stick, s.plays, Mark{Seq: first.To}, later); r != third {
		t.Errorf("acknowledged without a boot: %+v", r)
	}
	if r, files := give(t, g, stick, s.plays, third.Mark(), later); len(files) != 0 || r != (Receipt{}) {
		t.Errorf("nothing new: %+v, %q", r, files)
	}
}

// An acknowledgement fits though the hours were dated anew since, and rolled up.
func TestAcknowledgementOfHoursDatedAnew(t *testing.T) {
	t.Parallel()
	key := newGiver(t).Key
	rapid.Check(t, func(rt *rapid.T) {
		g := Giver{Disk: crash.New(), Data: "/data", Key: key, Device: "d", Venue: "Martin"}
		const stick = "/stick"
		if err := makeData(g.Disk); err != nil {
			rt.Fatal(err)
		}
		s := newShow().some(rapid.IntRange(20, 60).Draw(rt, "plays"))
		first, _ := give(t, g, stick, s.plays, Mark{}, s.at)
		if first.To == 0 {
			rt.Skip("all in one hour")
		}
		shift := time.Duration(rapid.IntRange(1, 59).Draw(rt, "minutes")) * time.Minute
		for i := range s.plays {
			s.plays[i].StartedAt = s.plays[i].StartedAt.Add(shift)
		}
		l := tinyLog{disk: g.Disk, data: g.Data, plays: s.plays}
		if rapid.Bool().Draw(rt, "rolled") {
			if err := l.roll(len(l.plays)); err != nil {
				rt.Fatal(err)
			}
			l.plays = nil
		}
		second, files := give(t, g, stick, l.plays, first.Mark(), later)
		if second.From != first.To+1 || second.To != s.seq || second.Missing != 0 {
			rt.Fatalf("acknowledged to %d of %d: %+v", first.To, s.seq, second)
		}
		if err := differ(rowsOf(t, g.Disk, files[0], second), s.plays[first.To:]); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestGivenIsBounded(t *testing.T) {
	t.Parallel()
	var m marks
	for i := range uint64(keptMarks + 10) {
		m = m.with(mark{"acme", i + 1, 2 * i, "b,\"=1"})
	}
	other := mark{"other", 1, 3, ""}
	m = m.with(m[5]).with(other)
	got, err := parseMarks(m.encode())
	if err != nil || !slices.Equal(got, m) || len(m) != keptMarks+1 || m.since("acme", []Mark{{}}) != (mark{}) {
		t.Errorf("%d marks, %v", len(got), err)
	}
	if m[0].number != 11 || m[keptMarks-1].number != 16 || m.since("other", []Mark{{Seq: 1}}) != other {
		t.Errorf("%+v", m)
	}
}

// A receipt outlives the records it counts: where the log ends before it, its last ones
// are missing on the page and in the figures, and never called whole.
func TestRecordsLostAfterAReceipt(t *testing.T) {
	t.Parallel()
	for _, kept := range []int{0, 9, 22} {
		g := newGiver(t)
		s := newShow().some(40)
		first, _ := give(t, g, t.TempDir(), s.plays, Mark{}, later)
		if first.To != 40 {
			t.Fatalf("%+v", first)
		}
		if _, errs := collect(Hours(g.Disk, g.Data, sequence(s.plays))); errs != nil {
			t.Fatal("whole, and still: ", errs)
		}
		_, errs := collect(Hours(g.Disk, g.Data, sequence(s.plays[:kept])))
		var lost *Lost
		if len(errs) != 1 || !errors.As(errs[0], &lost) || !errors.Is(errs[0], ErrDamaged) || *lost != (Lost{uint64(kept + 1), 40}) {
			t.Fatalf("%d kept: %v", kept, errs)
		}
		f, err := Sum(Hours(g.Disk, g.Data, sequence(s.plays[:kept])), Page{})
		if err != nil || f.Missing != int64(40-kept) || f.Unread != 0 {
			t.Errorf("%d kept: %+v, %v", kept, f, err)
		}
		var b strings.Builder
		if err := WritePage(&b, Hours(g.Disk, g.Data, sequence(s.plays[:kept])), Page{}); err != nil || strings.Contains(b.String(), "No record") ||
			!strings.Contains(b.String(), "The last ones were lost after a receipt had counted them") {
			t.Errorf("%d kept: %v\n%s", kept, err, &b)
		}
	}
}

package report

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

// sharedShow is a show of chance of two organisations and of the shop itself. Names
// say whose they are. Between two records of acme nothing is lost that is acme's,
// unless it may be.
func sharedShow(t *rapid.T, lossy bool) *show {
	s := newShow()
	for range rapid.IntRange(1, 100).Draw(t, "plays") {
		switch rapid.SampledFrom([]string{"", "", "", "", "night", "back", "lost"}).Draw(t, "between") {
		case "night":
			s.at = s.at.Add(15 * time.Hour)
		case "back":
			s.at = s.at.Add(-50 * time.Hour)
		case "lost":
			if lossy {
				s.seq += 3
			}
		}
		feed := rapid.SampledFrom([]string{"acme/shop-17", "acme/corner", "rival/window", "rival/shop-17", "own"}).Draw(t, "feed")
		s.play(rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Minute, time.Hour}).Draw(t, "after"),
			"of-"+strings.ReplaceAll(feed, "/", "-"), plan.Outcome(rapid.IntRange(0, 2).Draw(t, "outcome")))
		p := &s.plays[len(s.plays)-1]
		p.Feed, p.Campaign, p.Advertiser = feed, "campaign-of-"+feed, "The "+feed
		p.Boot = fmt.Sprintf("b-%d", len(s.plays)/10)
	}
	return s
}

// A desk is a shop whose log is on a disk in memory, with a stick.
type desk struct {
	Giver
	tinyLog
}

const deskStick = "/stick"

func newDesk(t *rapid.T, key *Key, plays []plan.Play) *desk {
	d := crash.New()
	if err := makeData(d); err != nil {
		t.Fatal(err)
	}
	return &desk{Giver{Disk: d, Data: "/data", Key: key, Device: "dev-9f3a", Venue: "Martin"}, tinyLog{disk: d, data: "/data", plays: plays}}
}

// receipt gives one, and reads it back from the stick.
func (k *desk) receipt(t *rapid.T, org string, acked ...Mark) (r Receipt, rows []Row, text []byte) {
	r, names, err := k.Give(deskStick, org, k.read(), acked, later)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := disk.ReadFile(k.Disk, path.Join(deskStick, "ENTRACTE/reports", k.Device, name), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(text, name...), b...)
	}
	if names == nil {
		return r, nil, nil
	}
	file := path.Join(deskStick, "ENTRACTE/reports", k.Device, names[0])
	if got, err := Verify(k.Disk, file, k.Key.Public()); err != nil || got != r {
		t.Fatalf("%+v\n%+v, %v", r, got, err)
	}
	b, err := disk.ReadFile(k.Disk, file, 1<<20)
	if err == nil {
		rows, err = readAll(csvForm, csvHead, b)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r, rows, text
}

// Each organisation is told of its own plays, all of them and each once, whatever the
// other one acknowledges, and whenever the log goes to the hours.
func TestEachIsToldOfItsOwn(t *testing.T) {
	t.Parallel()
	key := newGiver(t).Key
	rapid.Check(t, func(t *rapid.T) {
		lossy := rapid.Bool().Draw(t, "lossy")
		s := sharedShow(t, lossy)
		k := newDesk(t, key, nil)
		orgs := []string{"acme", "rival"}
		told, acked := map[string][]Row{}, map[string]Mark{}
		for done := 0; done < len(s.plays); {
			n := rapid.IntRange(1, len(s.plays)-done).Draw(t, "more")
			k.plays = append(k.plays, s.plays[done:done+n]...)
			done += n
			if rapid.Bool().Draw(t, "rolled") {
				if err := k.roll(rapid.IntRange(0, len(k.plays)).Draw(t, "to the hours")); err != nil {
					t.Fatal(err)
				}
				held, _ := rolled(k.Disk, k.Data)
				k.plays = slices.DeleteFunc(k.plays, func(p plan.Play) bool { return p.Seq <= held })
			}
			for _, org := range orgs {
				r, rows, text := k.receipt(t, org, acked[org], Mark{Boot: "b-0", Seq: 1 << 20})
				if text == nil {
					continue
				}
				if r.Org != org || r.From != acked[org].Seq+1 {
					t.Fatalf("acknowledged %+v: %+v", acked[org], r)
				}
				mine := playsOf(s.plays[:done], org)
				if err := differ(slices.Concat(told[org], rows), mine); err != nil {
					t.Fatalf("%s: %v", org, err)
				}
				if !lossy && (r.Missing != 0 || r.To != uint64(len(mine))) {
					t.Fatalf("%d plays of %s: %+v", len(mine), org, r)
				}
				if org == "acme" && rapid.Bool().Draw(t, "acknowledges") {
					told[org], acked[org] = append(told[org], rows...), r.Mark()
				}
			}
		}
		for _, org := range orgs {
			_, rows, _ := k.receipt(t, org, acked[org])
			if err := differ(slices.Concat(told[org], rows), playsOf(s.plays, org)); err != nil {
				t.Fatalf("%s in the end: %v", org, err)
			}
		}
	})
}

// What others do changes no byte of a receipt: it is the same as in a shop that plays
// nothing else, though the others get receipts and acknowledge them too.
func TestOthersChangeNothing(t *testing.T) {
	t.Parallel()
	key := newGiver(t).Key
	rapid.Check(t, func(t *rapid.T) {
		s := sharedShow(t, false)
		mine := playsOf(s.plays, "acme")
		for i := range mine {
			mine[i].Seq = uint64(i + 1)
		}
		all, alone := newDesk(t, key, nil), newDesk(t, key, nil)
		var acked, ofRival Mark
		at := rapid.IntRange(0, len(s.plays)).Draw(t, "first stick")
		for _, n := range []int{at, len(s.plays)} {
			all.plays, alone.plays = s.plays[:n], mine[:len(playsOf(s.plays[:n], "acme"))]
			if rapid.Bool().Draw(t, "rival first") {
				r, _, _ := all.receipt(t, "rival", ofRival)
				ofRival = r.Mark()
			}
			r, _, text := all.receipt(t, "acme", acked)
			if _, _, want := alone.receipt(t, "acme", acked); !bytes.Equal(text, want) {
				t.Fatalf("others made\n%s\nof\n%s", text, want)
			}
			for _, foreign := range []string{"rival", "of-own", "of-rival", `"own"`, ",own,"} {
				if bytes.Contains(text, []byte(foreign)) {
					t.Fatalf("%q is in\n%s", foreign, text)
				}
			}
			if rapid.Bool().Draw(t, "rolled") {
				gone := rapid.IntRange(0, n).Draw(t, "to the hours")
				if err := all.roll(gone); err != nil {
					t.Fatal(err)
				}
				if err := alone.roll(len(playsOf(s.plays[:gone], "acme"))); err != nil {
					t.Fatal(err)
				}
			}
			if rapid.Bool().Draw(t, "acknowledged") {
				acked = r.Mark()
			}
		}
	})
}

// An organisation that acknowledges nothing is told of what is kept, in numbers that
// go on though the first days are gone; what it was told and is damaged since shows as
// missing, and no number is given twice.
func TestNumbersGoOn(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	s := newShow().some(600).shared("acme/shop-17", "rival/window", "own")
	total := uint64(len(playsOf(s.plays, "acme")))
	l := tinyLog{disk: g.Disk, data: g.Data, plays: s.plays}
	first, _ := give(t, g, stick, s.plays[:300], Mark{}, later)
	if err := l.roll(500); err != nil {
		t.Fatal(err)
	}
	l.plays = s.plays[500:]
	whole, _ := give(t, g, stick, l.plays, Mark{}, later)
	if whole.From != 1 || whole.To != total || whole.Missing != 0 {
		t.Fatalf("%d plays: %+v", total, whole)
	}
	files, _ := dayFiles(g.Disk, g.Data, nil)
	if err := drop(g.Disk, g.Data, files, 1); err != nil {
		t.Fatal(err)
	}
	gone := uint64(len(playsOf(s.plays[:files[1].from-1], "acme")))
	if r, _ := give(t, g, stick, l.plays, Mark{}, later); r.From != gone+1 || r.To != total || r.Missing != 0 {
		t.Errorf("after %d were forgotten: %+v", gone, r)
	}
	if r, _ := give(t, g, stick, l.plays, first.Mark(), later); r.From != first.To+1 || r.To != total || r.Missing != 0 {
		t.Errorf("acknowledged to %d: %+v", first.To, r)
	}
	lost := l.plays[10:40] // of both and of the shop, and all within what was told
	l.plays = slices.Delete(slices.Clone(l.plays), 10, 40)
	r, files2 := give(t, g, stick, l.plays, Mark{}, later)
	if n := len(playsOf(lost, "acme")); r.To != total || r.Missing < 1 || r.Missing > int64(n) || r.records() != int64(total-gone)-int64(n) {
		t.Errorf("%d of its own are lost: %+v", n, r)
	}
	if err := differ(rowsOf(t, disk.OS, files2[0], r), playsOf(slices.Concat(s.plays[files[1].from-1:500], l.plays), "acme")); err != nil {
		t.Error(err)
	}
}

// A lost record leaves out one number, however many were lost and whoever's they were;
// none before the first play of its own.
func TestLossIsSeen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		gone    []uint64
		missing int64
	}{
		{"nothing", nil, 0},
		{"its own", []uint64{4}, 1},
		{"another's", []uint64{5}, 1},
		{"both, in two hours", []uint64{4, 5, 6, 7, 8, 12, 13}, 2},
		{"before its first play", []uint64{1}, 0},
	} {
		s := newShow()
		for i := range 20 {
			s.play(13*time.Minute, "a", plan.Completed)
			s.plays[i].Feed = []string{"rival/window", "acme/shop-17"}[min(1, i%3)]
		}
		s.plays = slices.DeleteFunc(s.plays, func(p plan.Play) bool { return slices.Contains(c.gone, p.Seq) })
		g := newGiver(t)
		if r, _ := give(t, g, t.TempDir(), s.plays, Mark{}, later); r.Missing != c.missing || r.records() != int64(len(playsOf(s.plays, "acme"))) {
			t.Errorf("%s is lost: %+v", c.name, r)
		}
	}
}

// A row of another organisation is in no receipt.
func TestVerifyRefusesOthers(t *testing.T) {
	t.Parallel()
	g, stick := newGiver(t), t.TempDir()
	s := newShow().some(12).shared("acme/shop-17", "rival/window")
	r, _ := give(t, g, stick, s.plays, Mark{}, later)
	_, names := giveTo(t, g, stick, "rival", s.plays, Mark{}, later)
	if got := rowsOf(t, disk.OS, names[0], Receipt{}); len(playsOf(s.plays, "rival")) == 0 || differ(got, playsOf(s.plays, "rival")) != nil {
		t.Errorf("%+v", got)
	}
	rows := rowsOf(t, disk.OS, names[0], Receipt{})
	r.From, r.To = rows[0].From, rows[len(rows)-1].To
	if _, err := addUp(bytes.NewReader(writeAll(t, csvForm, csvHead, rows)), &r); err != errOther {
		t.Errorf("rows of rival in a receipt of acme: %v", err)
	}
}

// The receipts of an earlier build's list are given again.
func TestEarlierListOfReceipts(t *testing.T) {
	t.Parallel()
	g := newGiver(t)
	if err := makeHours(g.Disk, g.Data); err != nil {
		t.Fatal(err)
	}
	err := disk.Save(g.Disk, hoursDir(g.Data), func(w io.Writer) (string, error) {
		_, err := io.WriteString(w, "to_seq,boot\n12,b-1\nEND 00,\n")
		return givenName, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := give(t, g, t.TempDir(), newShow().some(14).plays, Mark{Boot: "b-1", Seq: 12}, later); r.From != 1 || r.To != 14 {
		t.Errorf("%+v", r)
	}
	if held, err := Held(g.Disk, g.Data); held != 14 || err != nil {
		t.Errorf("a log that is lost goes on above %d, %v", held, err)
	}
}

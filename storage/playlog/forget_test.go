package playlog

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// A ledger is a Roll that notes down what it is handed, "22:1-5" for a day of the
// month and the numbers.
type ledger struct {
	notes []string
	fails error
	log   *Log
}

func (g *ledger) roll(day time.Time, plays iter.Seq2[plan.Play, error]) error {
	if g.fails != nil {
		return g.fails
	}
	if g.log.commit.plays > 0 {
		return errors.New("plays are handed over that a power cut may number anew")
	}
	var from, to uint64
	for p, err := range plays {
		if err != nil {
			return err
		}
		if from == 0 {
			from = p.Seq
		}
		to = p.Seq
	}
	name := "?"
	if !day.IsZero() {
		name = fmt.Sprint(day.Day())
		if !day.Equal(day.Truncate(24 * time.Hour)) {
			return errors.New("not midnight")
		}
	}
	g.notes = append(g.notes, fmt.Sprintf("%s:%d-%d", name, from, to))
	return nil
}

func (g *ledger) String() string { return strings.Join(g.notes, " ") }

func openWith(t testing.TB, data string, g *ledger) *Log {
	t.Helper()
	l, err := open(disk.OS, data, g.roll, tiny)
	if err != nil {
		t.Fatal(err)
	}
	g.log = l
	t.Cleanup(func() { l.Close() })
	return l
}

// on is a play of the n-th of the month on a clock.
func on(day int, c plan.Clock) plan.Play {
	p := somePlay(day)
	p.StartedAt = time.Date(2026, 11, day, 10, 0, 0, 0, time.UTC)
	p.Clock, p.Boot = c, fmt.Sprint("boot-", day)
	return p
}

// A week after its last play a day is handed over, once, and is gone for readers.
func TestForgetsAfterAWeek(t *testing.T) {
	t.Parallel()
	data, g := t.TempDir(), &ledger{}
	l := openWith(t, data, g)
	for _, day := range []int{1, 1, 1, 2, 2, 3, 8} {
		mustAppend(t, l, on(day, plan.ClockTrusted))
	}
	if g.String() != "" {
		t.Errorf("forgot too early: %s", g)
	}
	mustAppend(t, l, on(9, plan.ClockTrusted)) // all of the first is older than 7 days
	mustAppend(t, l, on(9, plan.ClockTrusted))
	if g.String() != "1:1-3" || seqs(data) != "4…9" {
		t.Errorf("handed over %s, left %s", g, seqs(data))
	}
	l.Close()
	l = openWith(t, data, g)
	mustAppend(t, l, on(9, plan.ClockTrusted))
	mustAppend(t, l, on(30, plan.ClockFloor)) // nobody knows
	if g.String() != "1:1-3" || seqs(data) != "4…11" {
		t.Errorf("handed over %s, left %s", g, seqs(data))
	}
	mustAppend(t, l, on(11, plan.ClockTrusted))
	if g.String() != "1:1-3 2:4-5 3:6-6" || seqs(data) != "7…12" {
		t.Errorf("handed over %s, left %s", g, seqs(data))
	}
	if err := l.Forget(time.Date(2026, 11, 9, 12, 0, 0, 0, time.UTC)); err != nil || seqs(data) != "8…12" {
		t.Errorf("handed over %s, left %s, %v", g, seqs(data), err)
	}
	verified(t, data)
}

// What cannot be handed over stays, and the show goes on.
func TestRollFails(t *testing.T) {
	t.Parallel()
	data, g := t.TempDir(), &ledger{fails: errors.New("no")}
	l := openWith(t, data, g)
	mustAppend(t, l, on(1, plan.ClockTrusted))
	mustAppend(t, l, on(20, plan.ClockTrusted))
	if err := l.Forget(time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)); err == nil || seqs(data) != "1…2" {
		t.Errorf("left %s, %v", seqs(data), err)
	}
	g.fails = nil
	mustAppend(t, l, on(21, plan.ClockTrusted))
	if g.String() != "1:1-1" || seqs(data) != "2…3" {
		t.Errorf("handed over %s, left %s", g, seqs(data))
	}
}

// A screen that never knows the time forgets by size, whole segments and oldest
// first; one that does forgets the whole day of the oldest segment.
func TestForgetsBySize(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		clock plan.Clock
		first string
	}{
		"untrusted": {plan.ClockUnknown, "?:1-56"},
		"trusted":   {plan.ClockTrusted, "1:1-100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, g := t.TempDir(), &ledger{}
			l := openWith(t, data, g)
			for i := range 200 {
				p := on(1+i/100, k.clock)
				mustAppend(t, l, p)
			}
			if len(g.notes) == 0 || g.notes[0] != k.first || len(l.numbers) != tiny.count {
				t.Errorf("handed over %s, segments %v", g, l.numbers)
			}
			g.fails = errors.New("no")
			failed := 0
			for range 200 {
				if p, err := l.Append(on(2, k.clock)); err != nil && p.Seq == 0 {
					failed++
				}
			}
			if failed == 0 {
				t.Error("plays were given up that could not be handed over")
			}
			g.fails = nil
			last := mustAppend(t, l, on(2, k.clock))
			if got := seqs(data); !strings.HasSuffix(got, fmt.Sprint("…", last.Seq)) || strings.Contains(got, "[") {
				t.Errorf("left %s", got)
			}
			verified(t, data)
		})
	}
}

// Numbers go on above what is known elsewhere; that is no damage.
func TestAbove(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := openTiny(t, data)
	mustAppend(t, l, somePlay(0))
	l.Above(10)
	for want := range uint64(2) {
		if p := mustAppend(t, l, somePlay(1)); p.Seq != 11+want {
			t.Errorf("number %d", p.Seq)
		}
	}
	l.Above(3)
	l.Close()
	if c := verified(t, data); c.Last != 12 || seqs(data) != "1…11…12" {
		t.Errorf("%+v, %s", c, seqs(data))
	}
}

// Plays from before the clock was trusted are dated, in this boot alone, also in a
// segment that ended before.
func TestDated(t *testing.T) {
	t.Parallel()
	for name, explicit := range map[string]bool{"by a play": false, "by the clock": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			l := openTiny(t, data)
			play := func(boot string, second int64, c plan.Clock) {
				p := somePlay(0)
				p.Boot, p.MonoMS, p.Clock, p.StartedAt = boot, second*1000, c, time.Unix(0, 0)
				if c == plan.ClockTrusted {
					p.StartedAt = started.Add(time.Duration(second) * time.Second)
				}
				mustAppend(t, l, p)
			}
			play("a", 10, plan.ClockFloor)
			for i := range int64(80) {
				play("b", i, plan.ClockUnknown)
			}
			if len(l.numbers) < 2 {
				t.Fatal("that was one segment")
			}
			l.Close()
			l = openTiny(t, data) // another process of the same boot
			if explicit {
				if err := l.Dated("b", 90*time.Second, started.Add(90*time.Second)); err != nil {
					t.Fatal(err)
				}
				play("b", 90, plan.ClockTrusted)
			} else {
				play("b", 90, plan.ClockTrusted)
			}
			if err := l.Dated("b", time.Hour, started); err != nil { // too late
				t.Fatal(err)
			}
			play("b", 100, plan.ClockFloor)
			play("c", 5, plan.ClockFloor)
			l.Close()
			l = openTiny(t, data)
			for k, p := range readAll(t, data) {
				switch {
				case p.Boot != "b" || p.MonoMS == 100_000:
					if p.Clock == plan.ClockTrusted {
						t.Errorf("play %d is dated %v", k, p.StartedAt)
					}
				case p.Clock != plan.ClockTrusted || p.StartedAt.Sub(started.Add(time.Duration(p.MonoMS)*time.Millisecond)).Abs() > time.Millisecond:
					t.Errorf("play %d of second %d is dated %v, %s", k, p.MonoMS/1000, p.StartedAt, p.Clock)
				}
			}
		})
	}
}

// The memo never outgrows its block: the oldest boots go.
func TestManyBoots(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	l := openTiny(t, data)
	for i := range 300 {
		if err := l.Dated(fmt.Sprintf("0e9a4b1c-7f4e-4d55-9c3f-%012d", i), time.Duration(i)<<30, started); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(l.memo.bytes()); n > memoSize || len(l.memo.boots) < 50 || !strings.HasSuffix(l.memo.boots[len(l.memo.boots)-1].boot, "299") {
		t.Errorf("%d bytes, %d boots", n, len(l.memo.boots))
	}
	if err := errors.Join(l.Dated("", 0, started), l.Dated(strings.Repeat("b", 300), 0, started), l.Dated("m", -1, started)); err != nil {
		t.Error(err)
	}
}

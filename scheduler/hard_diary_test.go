package scheduler_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
)

// A diary is a day as a person would retell it: what is kept of each of the ten
// hard days under testdata/days, to be read and nodded at.
type diary struct{ strings.Builder }

func (d *diary) say(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// An event is a stretch of the glass: one showing, or the idle look.
type event struct {
	civil   time.Time // at the venue
	lasted  time.Duration
	what    string // the campaign, or "idle"
	outcome string
	reasons string
}

func eventOf(civil time.Time, p *plan.Play) event {
	outcome := p.Outcome.String()
	if p.Outcome == plan.Completed {
		outcome = "completed"
	}
	return event{civil, time.Duration(p.ShownMS) * time.Millisecond, p.Campaign, outcome, strings.Join(p.Reasons, " ")}
}

func idleFor(civil time.Time, d time.Duration) event {
	return event{civil: civil, lasted: d, what: "idle"}
}

// eventsOf makes events of the steps of a simulation.
func eventsOf(steps []simulation.Step) []event {
	var es []event
	for _, s := range steps {
		if s.Idle() {
			es = append(es, idleFor(s.Civil, s.Lasted))
		} else {
			es = append(es, eventOf(s.Civil, &s.Play))
		}
	}
	return es
}

// within keeps the events that began in a stretch of civil time.
func within(es []event, from time.Time, d time.Duration) []event {
	return slices.DeleteFunc(slices.Clone(es), func(e event) bool {
		return e.civil.Before(from) || !e.civil.Before(from.Add(d))
	})
}

// runs writes a line for each run of showings that are alike.
func (d *diary) runs(es []event) {
	for len(es) > 0 {
		n := 1
		for n < len(es) && es[n].what == es[0].what && es[n].outcome == es[0].outcome && es[n].reasons == es[0].reasons {
			n++
		}
		shown := time.Duration(0)
		for _, e := range es[:n] {
			shown += e.lasted
		}
		times := "  "
		if n > 1 {
			times = fmt.Sprintf("×%d", n)
		}
		line := fmt.Sprintf("%s  %-9s %-4s %6s  %-11s  %s", es[0].civil.Format("Mon 15:04:05 MST"), es[0].what, times,
			shown.Round(100*time.Millisecond), es[0].outcome, es[0].reasons)
		d.say("%s", strings.TrimRight(line, " "))
		es = es[n:]
	}
}

// hours writes a line for each civil hour, and one for several hours that are
// alike: how often each campaign completed, how often it was broken off, and how
// long the idle look stood.
func (d *diary) hours(es []event) {
	type row struct {
		from, to, text string
		hours          int
	}
	var rows []row
	for len(es) > 0 {
		hour := es[0].civil.Format("Mon 02 Jan 15h MST")
		n := 0
		for n < len(es) && es[n].civil.Format("Mon 02 Jan 15h MST") == hour {
			n++
		}
		text := tally(es[:n])
		if last := len(rows) - 1; last >= 0 && rows[last].text == text {
			rows[last].to, rows[last].hours = hour, rows[last].hours+1
		} else {
			rows = append(rows, row{hour, hour, text, 1})
		}
		es = es[n:]
	}
	for _, r := range rows {
		span := r.from
		if r.hours > 1 {
			span = fmt.Sprintf("%s to %s, each of %d hours", r.from, r.to[len("Mon 02 Jan "):], r.hours)
			if r.from[:10] != r.to[:10] {
				span = fmt.Sprintf("%s to %s, each of %d hours", r.from, r.to, r.hours)
			}
		}
		d.say("%s: %s", span, r.text)
	}
}

// tally is "a 4, b 12 (3 broken off), idle 40m0s".
func tally(es []event) string {
	done, off := make(map[string]int), make(map[string]int)
	idle := time.Duration(0)
	for _, e := range es {
		switch {
		case e.what == "idle":
			idle += e.lasted
		case e.outcome == "completed":
			done[e.what]++
		default:
			off[e.what]++
		}
	}
	names := make(map[string]bool)
	for _, m := range []map[string]int{done, off} {
		for name := range m {
			names[name] = true
		}
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		part := fmt.Sprintf("%s %d", name, done[name])
		if off[name] > 0 {
			part += fmt.Sprintf(" (%d broken off)", off[name])
		}
		parts = append(parts, part)
	}
	if idle > 0 {
		parts = append(parts, "idle "+idle.Round(time.Second).String())
	}
	return strings.Join(parts, ", ")
}

// golden compares the diary with the file, or writes it anew with -update.
func (d *diary) golden(t *testing.T, name string) {
	t.Helper()
	path := filepath.Join("testdata", "days", name+".golden")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(d.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err, "- write it with go test -update")
	}
	if got := d.String(); got != string(want) {
		t.Errorf("the day differs from %s: %s", path, difference(got, string(want)))
	}
}

// difference is the first line that differs.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		line := func(ls []string) string {
			if i < len(ls) {
				return ls[i]
			}
			return "(the end)"
		}
		if line(g) != line(w) {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, line(g), line(w))
		}
	}
	return "nowhere"
}

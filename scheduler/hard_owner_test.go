package scheduler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/scheduler"
	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

// ownersPlan has three photographers, who compete with nobody until the shop
// becomes one of them.
func ownersPlan() plan.Plan {
	near := &plan.Place{Commune: "Lyon 2e", Postcode: "69002", Latitude: 45.756, Longitude: 4.83, Located: true}
	return planned(
		booked("lens", photographers, func(c *plan.Campaign) { c.Place, c.Clientele = near, []string{"couples"} }),
		booked("focus", photographers, weighing(2)),
		booked("studio", photographers, func(c *plan.Campaign) { c.Offers = []string{"engraving"} }),
		booked("dresses", 1066, atMost(12, plan.PerHour)),
		booked("tattoo", 1095), booked("food", 1360, weighing(3)),
		own("own"))
}

// The owner turns targeting off and on and takes up another trade, and twice the
// program is killed.
func TestOwnerChangesHisMind(t *testing.T) {
	t.Parallel()
	o := jewellers()
	o.Venue.Targeting = false
	m := plugged(ownersPlan(), o, local("2026-11-05 09:00"), 0, plan.ClockTrusted)
	var d diary
	d.say("An owner who changes his mind. Thursday 5 November 2026, a wait of 50 s each minute.\n" +
		"lens, focus (weight 2) and studio are photographers; dresses: 12 an hour; food weighs 3.")
	begun, events := 0, 0
	chapter := func(format string, args ...any) {
		d.say("\n"+format, args...)
		d.runs(m.events[events:min(events+12, len(m.events))])
		d.say("All of it: %s", tally(m.events[events:]))
		for _, f := range audit.Check(shopOf(m.plan, m.options), m.plays) {
			if f.Play >= begun { // what was before was of another profile
				t.Errorf("in the chapter %q: %s", format, f)
			}
		}
		begun, events = len(m.plays), len(m.events)
	}

	m.waits(20, time.Minute, 50*time.Second)
	another := o
	another.Venue.Clientele, another.Venue.Offers = []string{"couples"}, []string{"engraving"}
	another.Venue.Name, another.Venue.NAF = "Other", plan.NAF{Scheme: "naf-r2", Code: "47.77Z"}
	m2 := plugged(ownersPlan(), another, local("2026-11-05 09:00"), 0, plan.ClockTrusted)
	m2.waits(20, time.Minute, 50*time.Second)
	if !equalPlays(m.plays, m2.plays) {
		t.Error("with targeting off the profile changes the plays")
	}
	chapter("A jeweller with targeting off.")

	m.until(local("2026-11-05 09:20"))
	m.options.Venue.Targeting = true
	m.restart()
	m.waits(20, time.Minute, 50*time.Second)
	chapter("At 09:20 he turns it on.")

	m.until(local("2026-11-05 09:40"))
	m.options.Venue.Activity = "photographer"
	m.restart()
	m.waits(20, time.Minute, 50*time.Second)
	for _, id := range []string{"lens", "focus", "studio"} {
		if n := m.since(begun, id); n != 0 {
			t.Errorf("%s plays %d times at a photographer's", id, n)
		}
	}
	_, counts := whyNot(m.plan, m.options, m.real)
	chapter("At 09:40 he becomes a photographer. Refused: %s.", counts)

	m.until(local("2026-11-05 10:00"))
	killed(t, m, 4*time.Second, 0)
	m.waits(10, time.Minute, 50*time.Second)
	chapter("At 10:00 the program is killed four seconds into a showing, and begins again from its log.")

	m.until(local("2026-11-05 10:10"))
	killed(t, m, 4*time.Second, 3)
	m.waits(10, time.Minute, 50*time.Second)
	// Not in the diary: house content does not yet find its turn after a power cut.
	for _, f := range audit.Check(shopOf(m.plan, m.options), m.plays) {
		if f.Play >= begun {
			t.Errorf("after the power cut: %s", f)
		}
	}

	ids := make(map[uint64]bool)
	for _, p := range m.plays {
		if ids[p.Seq] {
			t.Errorf("record %d is there twice", p.Seq)
		}
		ids[p.Seq] = true
	}
	d.golden(t, "owner")
}

// killed kills the program while a showing has been on the glass for so long. The
// last plays are lost, if any, with the power; otherwise the machine stays on.
// What begins again from the log must go on as the old one would have, had it
// never begun what was on the glass.
func killed(t *testing.T, m *machine, into time.Duration, lost int) {
	t.Helper()
	if lost == 0 {
		// As if the lease had never been: the same scheduler, asked instead of told.
		witness := scheduler.New(m.plan, m.options, m.plays, m.moment())
		want, plays := m.sched, len(m.plays)
		m.pass(into)
		expected := next(want, m.moment(), 100)
		if l, ok := witness.Pick(m.moment()); !ok || l.Ref != expected[0] {
			t.Errorf("it was to be %s and is %s", expected[0], l.Ref)
		}
		m.restart() // the lease of the witness dies with it
		if got := next(m.sched, m.moment(), 100); !slices.Equal(got, expected) {
			t.Errorf("after the kill it goes on otherwise: %s", firstDifference(got, expected))
		}
		if len(m.plays) != plays {
			t.Errorf("%d plays, %d before", len(m.plays), plays)
		}
		return
	}
	if _, ok := m.sched.Pick(m.moment()); !ok {
		t.Error("nothing to kill")
	}
	m.pass(into)
	kept := len(m.plays) - lost
	m.plays, m.reals = m.plays[:kept], m.reals[:kept]
	m.cut(2*time.Minute, 20*time.Second)
	m.restart()
	again := scheduler.New(m.plan, m.options, m.plays, m.moment())
	if a, b := next(m.sched, m.moment(), 100), next(again, m.moment(), 100); !slices.Equal(a, b) {
		t.Errorf("the same log is not read the same: %s", firstDifference(a, b))
	}
}

func firstDifference(got, want []plan.Ref) string {
	for k := range max(len(got), len(want)) {
		if k >= len(got) || k >= len(want) || got[k] != want[k] {
			name := func(rs []plan.Ref) string {
				var ids []string
				for _, r := range rs[min(k, len(rs)):min(k+5, len(rs))] {
					ids = append(ids, r.Campaign)
				}
				return strings.Join(ids, " ")
			}
			return fmt.Sprintf("from choice %d %s, want %s", k+1, name(got), name(want))
		}
	}
	return "nowhere"
}

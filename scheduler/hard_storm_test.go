package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
)

// storm is a day of waits too short for any ad: of 1 to 8 s, then a minute of a
// sensor that chatters five times a second, then one wait of ten minutes.
func storm(from time.Time) (waits []simulation.Wait, calm time.Time) {
	at := from
	for k := range 1800 {
		length := time.Duration(1+(k*5)%8) * time.Second
		waits = append(waits, simulation.Wait{Start: at, Length: length})
		at = at.Add(length + time.Duration(8+(k*7)%9)*time.Second)
	}
	waits = append(waits, every(at, 200*time.Millisecond, 100*time.Millisecond, time.Minute)...)
	calm = at.Add(5 * time.Minute)
	return append(waits, simulation.Wait{Start: calm, Length: 10 * time.Minute}), calm
}

// A day on which nothing is ever shown to its end charges nobody, tires nobody out
// and owes nobody anything afterwards.
func TestStormOfInterruptedWaits(t *testing.T) {
	t.Parallel()
	p := planned(
		booked("short", photographers, lasting(10*time.Second), atMost(20, plan.PerHour)),
		booked("middle", 1066, lasting(15*time.Second)),
		booked("long", 1372, lasting(60*time.Second)),
		own("own"))
	from := local("2026-11-02 09:00")
	waits, calm := storm(from)
	var d diary
	d.say("A storm of interrupted waits: a Monday from 09:00, 1,800 waits of 1 to 8 s; then a sensor that chatters five times a second\n" +
		"for a minute; then one wait of ten minutes. short: 10 s, 20 an hour. middle: 15 s. long: 60 s. own: the shop's, 10 s.")
	for _, learns := range []bool{false, true} {
		o := jewellers()
		if learns {
			o.Waits = &plan.Waits{}
		}
		r := simulate(p, o, from, 12*time.Hour, waits)
		r.audited(t)
		began := slices.IndexFunc(r.plays, func(p plan.Play) bool { return !p.StartedAt.Before(calm) })
		for _, p := range r.plays[:began] {
			if p.Counted || p.Outcome != plan.Interrupted {
				t.Fatalf("at %s %s was %s after %d ms", p.StartedAt, p.Campaign, p.Outcome, p.ShownMS)
			}
		}
		if began > len(waits) {
			t.Errorf("%d records of %d waits", began, len(waits))
		}
		// When everybody stands back, as when a sensor chatters, one may be tried again.
		chatter := slices.IndexFunc(r.plays, func(p plan.Play) bool { return p.ShownMS < 1000 })
		run := longestRun(r.plays[:chatter])
		if k := audit.FairShares(r.shop, from).Repeat; run > k {
			t.Errorf("one ad was tried %d times in a row, want at most %d", run, k)
		}
		shares := audit.MeasureShares(r.shop, r.plays[began:])
		for _, f := range shares.Faults() {
			t.Errorf("after the storm: %s", f)
		}
		d.say("\n%s", map[bool]string{false: "Where nobody learns how long waits are", true: "Where the shop learns how long its waits are"}[learns])
		d.runs(within(r.events, from, 2*time.Minute))
		d.say("")
		d.runs(within(r.events, from.Add(4*time.Hour), 2*time.Minute))
		d.say("The storm: %s; at most %d tries of one ad in a row before the chatter", tally(within(r.events, from, calm.Sub(from))), run)
		d.runs(within(r.events, calm, time.Hour))
		d.say("The calm: %s", tally(within(r.events, calm, time.Hour)))
	}
	d.golden(t, "storm")
}

// longestRun is how often the same campaign was tried in a row.
func longestRun(plays []plan.Play) int {
	longest, run := 0, 0
	for k, p := range plays {
		if k == 0 || p.Campaign != plays[k-1].Campaign {
			run = 0
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

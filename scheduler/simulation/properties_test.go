package simulation

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
)

// anyShop draws a plan, hours and waits in order.
func anyShop(t *rapid.T) (Simulation, []Wait) {
	var cs []plan.Campaign
	categories := []int{1021, 1066, 1357, 1360, 1073, 1340}
	for k := range rapid.IntRange(0, 6).Draw(t, "campaigns") {
		c := booking(fmt.Sprintf("c%d", k), rapid.SampledFrom(categories).Draw(t, "category"))
		c.Weight = rapid.IntRange(1, 10).Draw(t, "weight")
		c.Creatives[0].Length = time.Duration(rapid.IntRange(1, 60).Draw(t, "seconds")) * second
		if rapid.Bool().Draw(t, "capped") {
			c.Caps = []plan.Cap{{Plays: rapid.IntRange(1, 5).Draw(t, "plays"), Per: plan.CapPeriod(rapid.IntRange(0, 1).Draw(t, "per"))}}
		}
		cs = append(cs, c)
	}
	s := shop(time.Duration(rapid.Int64Range(0, int64(36*hour)).Draw(t, "for")), cs...)
	s.Options.Seed = rapid.Uint64().Draw(t, "seed")
	if rapid.Bool().Draw(t, "hours") {
		s.Options.Venue.Hours[time.Monday] = []plan.Window{{From: 10 * 60, To: 12 * 60}, {From: 14 * 60, To: 90}}
		s.Options.Venue.Hours[time.Tuesday] = []plan.Window{}
	}
	var ws []Wait
	at := monday.Add(-hour)
	for range rapid.IntRange(0, 30).Draw(t, "waits") {
		at = at.Add(time.Duration(rapid.Int64Range(0, int64(3*hour)).Draw(t, "gap")))
		ws = append(ws, Wait{at, time.Duration(rapid.Int64Range(0, int64(hour)).Draw(t, "length"))})
	}
	if rapid.Bool().Draw(t, "sensor") {
		s.Waits = slices.Values(ws)
		s.Options.Waits = &plan.Waits{}
	}
	return s, ws
}

func steps(s Simulation) []Step { return slices.Collect(s.Run()) }

// The steps fill the time in which somebody waits and the shop is open, and
// nothing else; the records are numbered; two runs are one.
func TestStepsFillTheWaits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, ws := anyShop(t)
		all := steps(s)
		if again := steps(s); !reflect.DeepEqual(all, again) {
			t.Fatal("two runs differ")
		}
		shows := func(at time.Time) bool {
			if at.Before(s.From) || !at.Before(s.From.Add(s.For)) || !s.Options.Venue.Open(at) {
				return false
			}
			return s.Waits == nil || slices.ContainsFunc(ws, func(w Wait) bool { return !at.Before(w.Start) && at.Before(w.Start.Add(w.Length)) })
		}
		var total time.Duration
		seq, last := uint64(0), s.From
		for _, step := range all {
			if step.Lasted <= 0 || step.Civil.Before(last) {
				t.Fatalf("a step of %s at %s, after one that ended at %s", step.Lasted, step.Civil, last)
			}
			last = step.Civil.Add(step.Lasted)
			total += step.Lasted
			if !shows(step.Civil) || !shows(last.Add(-1)) {
				t.Fatalf("it shows from %s to %s", step.Civil, last)
			}
			if !step.Idle() {
				if seq++; step.Play.Seq != seq || step.Play.MonoMS != step.Civil.Sub(s.From).Milliseconds() || step.Play.ShownMS != step.Lasted.Milliseconds() {
					t.Fatalf("record %d is %+v", seq, step.Play)
				}
			}
		}
		var want time.Duration
		for _, w := range slices.Collect(s.spans(openings(&s.Options.Venue, s.From, s.For))) {
			want += w.to - w.from
		}
		if total != want {
			t.Fatalf("%s of steps in %s of waits", total, want)
		}
	})
}

// A showing is broken off by the end of its wait only, and the idle look stands
// only while nothing may play.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, _ := anyShop(t)
		all := steps(s)
		completed := map[string][]time.Time{}
		for i, step := range all {
			lastOfWait := i+1 == len(all) || all[i+1].Wait != step.Wait
			switch {
			case step.Idle():
				if i > 0 && all[i-1].Wait == step.Wait && all[i-1].Idle() {
					t.Fatal("two idle steps in a row")
				}
			case step.Play.Counted:
				if step.Play.Outcome != plan.Completed || step.Play.ShownMS != step.Play.PlannedMS {
					t.Fatalf("counted: %+v", step.Play)
				}
				completed[step.Play.Campaign] = append(completed[step.Play.Campaign], step.Civil)
			case !lastOfWait || step.Play.Outcome != plan.Interrupted || step.Play.ShownMS > step.Play.PlannedMS:
				t.Fatalf("interrupted in the middle of a wait: %+v", step.Play)
			}
		}
		for _, c := range s.Plan.Feeds[0].Campaigns {
			for _, limit := range c.Caps {
				for k, at := range completed[c.ID] {
					if limit.Per == plan.PerHour && k >= limit.Plays && at.Sub(completed[c.ID][k-limit.Plays]) < hour {
						t.Fatalf("%s: more than %d an hour", c.ID, limit.Plays)
					}
				}
			}
		}
	})
}

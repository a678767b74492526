package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

// nights is what runs in the two nights when clocks change.
func nights() plan.Plan {
	return planned(
		booked("a", photographers, during(0, "02:00-03:00"), atMost(5, plan.PerDay)),
		booked("b", 1066, during(0, "01:30-02:30"), atMost(5, plan.PerDay)),
		booked("c", 1357, during(0, "02:00-03:00"), atMost(4, plan.PerHour)),
		booked("d", 1372, atMost(4, plan.PerHour)), booked("e", 1360, during(0, "02:00-02:10")))
}

const nightsText = "Somebody waits ten seconds at every full minute. a: 02:00-03:00, 5 a day. b: 01:30-02:30, 5 a day.\n" +
	"c: 02:00-03:00, 4 an hour. d: all day, 4 an hour. e: 02:00-02:10."

// The night without an hour from two to three, and the day after.
func TestNightThatLosesAnHour(t *testing.T) {
	t.Parallel()
	from, next := local("2027-03-28 00:00"), local("2027-03-29 00:00")
	r := simulate(nights(), jewellers(), from, 27*time.Hour, every(from, time.Minute, 10*time.Second, 27*time.Hour))
	r.audited(t)
	if got := next.Sub(from); got != 23*time.Hour {
		t.Fatalf("the day has %s", got)
	}
	if n := r.count("a", from, next) + r.count("c", from, next) + r.count("e", from, next); n != 0 {
		t.Errorf("what runs from two to three played %d times", n)
	}
	if n := r.count("b", from, next); n != 5 {
		t.Errorf("b played %d times that day, want 5", n)
	}
	// Nothing is caught up the night after.
	end := next.Add(24 * time.Hour)
	if a, b := r.count("a", next, end), r.count("b", next, end); a != 5 || b != 5 {
		t.Errorf("the night after a played %d times and b %d, want 5 each", a, b)
	}
	if c, d := r.most(time.Hour, "c"), r.most(time.Hour, "d"); c != 4 || d != 4 {
		t.Errorf("in an hour c played %d times and d %d, want 4 at most", c, d)
	}
	var d diary
	d.say("The night without an hour from two to three: Paris, 28 March 2027, and the night after.\n%s\n", nightsText)
	d.runs(within(r.events, local("2027-03-28 01:00"), 3*time.Hour))
	d.say("\nThe whole of it, by the hour:")
	d.hours(r.events)
	d.golden(t, "dst-spring")
}

// The night with two hours from two to three.
func TestNightThatWinsAnHour(t *testing.T) {
	t.Parallel()
	from, next := local("2026-10-25 00:00"), local("2026-10-26 00:00")
	r := simulate(nights(), jewellers(), from, 25*time.Hour, every(from, time.Minute, 10*time.Second, 25*time.Hour))
	r.audited(t)
	if got := next.Sub(from); got != 25*time.Hour {
		t.Fatalf("the day has %s", got)
	}
	for _, id := range []string{"a", "b"} {
		if n := r.count(id, from, next); n != 5 {
			t.Errorf("%s played %d times that day, want 5", id, n)
		}
	}
	first := from.Add(2 * time.Hour) // 02:00 CEST
	for k := range 2 {
		hour := first.Add(time.Duration(k) * time.Hour)
		if n := r.count("c", hour, hour.Add(time.Hour)); n != 4 {
			t.Errorf("c played %d times from %s, want 4", n, hour.Format("15:04 MST"))
		}
		if n := r.count("e", hour, hour.Add(time.Hour)); n == 0 {
			t.Errorf("e played %d times from %s", n, hour.Format("15:04 MST"))
		}
	}
	if c, d := r.most(time.Hour, "c"), r.most(time.Hour, "d"); c != 4 || d != 4 {
		t.Errorf("in an hour c played %d times and d %d, want 4 at most", c, d)
	}
	var d diary
	d.say("The night with two hours from two to three: Paris, 25 October 2026.\n%s\n", nightsText)
	d.runs(within(r.events, local("2026-10-25 01:00"), 4*time.Hour))
	d.say("\nThe whole of it, by the hour:")
	d.hours(r.events)
	d.golden(t, "dst-autumn")
}

// A window past midnight belongs to the day it began on, and a play to the day it
// began on.
func TestWindowPastMidnight(t *testing.T) {
	t.Parallel()
	weekend := plan.Weekdays(0).With(time.Friday).With(time.Saturday)
	never := booked("c", 1357, during(0, "10:00-10:00"))
	if err := never.Validate(); err == nil || err.Error() != `campaign "c": a daypart from and to the same time never plays` {
		t.Errorf("a daypart 10:00-10:00 is imported: %v", err)
	}
	p := planned(booked("a", photographers, during(weekend, "22:00-02:00")), booked("b", 1066, during(0, "00:00-24:00")), never)
	for _, c := range p.Feeds[0].Campaigns {
		if err := c.Validate(); err != nil && c.ID != "c" {
			t.Error(err)
		}
	}
	from := local("2026-11-05 22:00") // a Thursday
	r := simulate(p, jewellers(), from, 76*time.Hour, every(from, time.Minute, 20*time.Second, 76*time.Hour))
	r.audited(t)
	minute := func(s string) []string {
		var in []string
		for _, p := range r.plays {
			if at := local(s); !p.StartedAt.Before(at) && p.StartedAt.Before(at.Add(time.Minute)) {
				in = append(in, p.Campaign)
			}
		}
		return in
	}
	for at, want := range map[string]bool{
		"2026-11-06 01:59": false, "2026-11-06 21:59": false, "2026-11-06 22:00": true, "2026-11-07 01:59": true,
		"2026-11-07 02:00": false, "2026-11-07 22:00": true, "2026-11-08 01:59": true, "2026-11-08 02:00": false, "2026-11-08 22:01": false,
	} {
		if in := minute(at); slices.Contains(in, "a") != want || !slices.Contains(in, "b") || slices.Contains(in, "c") {
			t.Errorf("in the minute of %s %v played", at, in)
		}
	}
	var d diary
	d.say("Windows past midnight: Thursday 5 November 2026, 22:00, to Monday 02:00.\n" +
		"Somebody waits twenty seconds at every full minute.\n" +
		"a: 22:00-02:00 on Fridays and Saturdays. b: 00:00-24:00. c, 10:00-10:00, is refused at import.\n")
	for _, around := range []string{"2026-11-06 01:59", "2026-11-06 21:59", "2026-11-06 23:59", "2026-11-07 01:59", "2026-11-07 21:59", "2026-11-08 01:59", "2026-11-08 21:59"} {
		d.runs(within(r.events, local(around), 3*time.Minute))
		d.say("")
	}
	d.say("The whole of it, by the hour:")
	d.hours(r.events)
	d.golden(t, "midnight")
}

// A play that runs over midnight is one of the day it began on.
func TestPlayOverMidnight(t *testing.T) {
	t.Parallel()
	from := local("2026-11-05 23:00")
	p := planned(booked("a", photographers, atMost(2, plan.PerDay)))
	r := simulate(p, jewellers(), from, 72*time.Hour, every(from.Add(59*time.Minute+55*time.Second), 24*time.Hour, 30*time.Second, 72*time.Hour))
	r.audited(t)
	var got []string
	for _, p := range r.plays {
		got = append(got, p.StartedAt.In(paris).Format("02 15:04:05"))
	}
	// On the 6th it had its two just after midnight, and nothing is left at 23:59.
	want := []string{"05 23:59:55", "06 00:00:05", "06 00:00:15", "07 00:00:00", "07 00:00:10", "08 00:00:00", "08 00:00:10"}
	if !slices.Equal(got, want) {
		t.Errorf("it played at %q, want %q", got, want)
	}
	var d diary
	d.say("A play over midnight. a: 2 a day. Somebody waits half a minute at 23:59:55.\n")
	d.runs(r.events)
	d.golden(t, "over-midnight")
}

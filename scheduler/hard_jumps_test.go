package scheduler_test

import (
	"strings"
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

// A machine without a clock of its own boots three days late, is set right, then
// wrong by a day, and loses its power.
func TestClockThatJumps(t *testing.T) {
	t.Parallel()
	play := func(c *plan.Campaign) { c.UntrustedClock = plan.UntrustedPlay }
	p := planned(
		booked("ended", photographers, flown("2026-10-20", "2026-11-04")),
		booked("running", 1066, flown("2026-11-01", "2026-11-20")),
		booked("begun", 1357, flown("2026-11-03", ""), atMost(4, plan.PerDay)),
		booked("open", 1360, during(0, "09:00-18:00")),
		booked("brave", 1372, during(0, "09:00-18:00"), play),
		booked("daily", 1015, atMost(5, plan.PerDay)),
		booked("hourly", 1095, atMost(3, plan.PerHour)),
		own("own"))
	for k := range p.Feeds[0].Campaigns {
		if err := p.Feeds[0].Campaigns[k].Validate(); err != nil {
			t.Fatal(err)
		}
	}
	var d diary
	d.say("A clock that jumps. Thursday 5 November 2026, without a clock of the machine's own; a wait of 20 s each minute.\n" +
		"ended: until the 3rd. running: 1st to 19th. begun: from the 3rd, 4 a day. open: 09:00-18:00. brave: the same, and plays when\n" +
		"the clock is not trusted. daily: 5 a day. hourly: 3 an hour.")
	m := plugged(p, jewellers(), local("2026-11-05 09:00"), -72*time.Hour, plan.ClockFloor)
	chapter := 0
	tell := func(from time.Time, until int, format string, args ...any) {
		for len(m.plays) < until {
			m.waits(1, time.Minute, 20*time.Second)
		}
		d.say("\n"+format, args...)
		d.say("It was really %s, and the clock showed %s (%s).", from.Format("Mon 02 Jan 15:04"), from.Add(m.wrong).Format("Mon 02 Jan 2006 15:04"), m.clock)
		d.runs(m.events[chapter:min(chapter+12, len(m.events))])
		d.say("All of it: %s", tally(m.events[chapter:]))
		chapter = len(m.events)
	}
	tell(m.real, 40, "Booted three days late, with a time it is at least.")
	synced := len(m.plays)
	if n := m.since(0, "ended"); n == 0 {
		t.Error("nothing is tested: what ended did not even play under the late clock")
	}
	if n := m.since(0, "begun") + m.since(0, "open"); n != 0 {
		t.Errorf("what needs a better clock played %d times", n)
	}

	m.until(local("2026-11-05 09:30"))
	m.wrong, m.clock = 0, plan.ClockTrusted
	tell(m.real, 80, "The network sets the clock right.")

	m.until(local("2026-11-05 10:15"))
	m.wrong = -24 * time.Hour
	setBack := len(m.plays)
	tell(m.real, 120, "Somebody sets it back by a day.")

	m.until(local("2026-11-05 11:00"))
	m.cut(20*time.Minute, 30*time.Second)
	m.wrong, m.clock = time.Date(1970, 1, 1, 0, 0, 30, 0, time.UTC).Sub(m.real), plan.ClockUnknown
	m.restart()
	unknown := len(m.plays)
	tell(m.real, 160, "The power was off for twenty minutes, and the clock begins in 1970.")
	for _, id := range []string{"ended", "running", "begun", "open", "brave"} {
		if n := m.since(unknown, id); n != 0 {
			t.Errorf("%s needs a clock and played %d times in 1970", id, n)
		}
	}
	for _, id := range []string{"daily", "begun"} {
		if n := m.since(setBack, id); n != 0 {
			t.Errorf("%s had its day's plays, and %d more since the clock was set back", id, n)
		}
	}

	m.until(local("2026-11-05 12:00"))
	m.wrong, m.clock = 0, plan.ClockTrusted
	tell(m.real, 200, "The network sets it right again.")

	m.until(local("2026-11-06 10:30")) // 24 hours of powered time after what played under the late clock
	friday := len(m.plays)
	tell(m.real, 240, "The next morning.")
	if n := m.since(friday, "daily"); n != 5 {
		t.Errorf("on Friday daily played %d times, want 5", n)
	}

	if n := m.since(synced, "ended"); n != 0 {
		t.Errorf("what ended on the 3rd played %d times after the clock was right", n)
	}
	if hour, _ := m.really("hourly"); hour != 3 {
		t.Errorf("hourly played %d times in a real hour, want 3", hour)
	}
	for id, want := range map[string]int{"daily": 5, "begun": 4} {
		if _, day := m.really(id); day != want {
			t.Errorf("%s played %d times on a real day, want %d", id, day, want)
		}
	}
	m.auditedBut(t, func(f audit.Fault) bool {
		// The auditor has read on, knows how long the power was off, and so when the
		// hour of hourly was over; the machine did not.
		return f.Play >= unknown && f.Play < friday && strings.HasSuffix(f.What, "acme/shop/hourly could have played")
	})
	d.golden(t, "clock-jumps")
}

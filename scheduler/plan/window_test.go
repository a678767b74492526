package plan

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDaypart(t *testing.T) {
	t.Parallel()
	weekend := Weekdays(0).With(time.Saturday).With(time.Sunday)
	friday := Weekdays(0).With(time.Friday)
	for _, c := range []struct {
		what   string
		days   Weekdays
		window string
		at     string
		want   bool
	}{
		{"the first minute", 0, "10:00-12:00", "2026-11-22 10:00", true},
		{"the minute before", 0, "10:00-12:00", "2026-11-22 09:59", false},
		{"the last minute", 0, "10:00-12:00", "2026-11-22 11:59", true},
		{"the end is exclusive", 0, "10:00-12:00", "2026-11-22 12:00", false},
		{"until midnight", 0, "10:00-24:00", "2026-11-22 23:59", true},
		{"24:00 does not reach into the next day", friday, "10:00-24:00", "2026-11-21 00:00", false},
		{"all day, at midnight", 0, "00:00-24:00", "2026-11-22 00:00", true},
		{"a day of the set", weekend, "10:00-12:00", "2026-11-22 11:00", true},
		{"a day not of the set", weekend, "10:00-12:00", "2026-11-23 11:00", false},
		{"past midnight, the evening it begins", friday, "22:00-02:00", "2026-11-20 22:00", true},
		{"past midnight, the morning after belongs to Friday", friday, "22:00-02:00", "2026-11-21 01:59", true},
		{"past midnight, over", friday, "22:00-02:00", "2026-11-21 02:00", false},
		{"past midnight, Saturday evening is not Friday's", friday, "22:00-02:00", "2026-11-21 22:00", false},
		{"past midnight, Friday morning is Thursday's", friday, "22:00-02:00", "2026-11-20 01:00", false},
		{"past midnight over the turn of the week", Weekdays(0).With(time.Saturday), "22:00-02:00", "2026-11-22 01:00", true},
		{"past midnight over the turn of the year", Weekdays(0).With(time.Thursday), "22:00-02:00", "2027-01-01 01:00", true},
		{"until midnight written as 00:00", friday, "22:00-00:00", "2026-11-20 23:59", true},
		{"00:00 as an end does not spill", friday, "22:00-00:00", "2026-11-21 00:00", false},
		{"no length, at the minute", 0, "10:00-10:00", "2026-11-22 10:00", false},
		{"no length, later", 0, "10:00-10:00", "2026-11-22 18:00", false},
		{"no length, earlier", 0, "10:00-10:00", "2026-11-22 09:00", false},
		{"the zero daypart", 0, "00:00-00:00", "2026-11-22 12:00", false},
	} {
		w := window(c.window)
		d := Daypart{Days: c.days, From: w.From, To: w.To}
		if got := d.Contains(on(t, c.at, paris)); got != c.want {
			t.Errorf("%s: %s on days %b holds %s: %v", c.what, c.window, c.days, c.at, got)
		}
	}
}

// Where no clock changes, a daypart is the instants it seems to be.
func TestDaypartProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := anyWindow().Draw(t, "window")
		d := Daypart{Weekdays(evenly(t, "days", 127)), w.From, w.To}
		for n := range 8 {
			today := Date{2026, 12, 27}.AddDays(n)
			for _, m := range []Minute{0, 720, 1439, w.From - 1, w.From, w.To - 1, w.To} {
				at := spanOf(today, Window{m, m}).from
				want := false
				for _, begins := range []Date{DateOf(at).AddDays(-1), DateOf(at)} {
					want = want || d.Days.Has(begins.Weekday()) && spanOf(begins, w).holds(at)
				}
				if got := d.Contains(at); got != want {
					t.Fatalf("%s on days %b holds %s %s: %v", w, d.Days, at.Weekday(), at, got)
				}
			}
		}
	})
}

func TestWeekdays(t *testing.T) {
	t.Parallel()
	var none Weekdays
	only := none.With(time.Saturday)
	for day := time.Sunday; day <= time.Saturday; day++ {
		if !none.Has(day) {
			t.Errorf("no days given, and not on %s", day)
		}
		if only.Has(day) != (day == time.Saturday) {
			t.Errorf("Saturday only, and %s: %v", day, only.Has(day))
		}
		if again := only.With(day).With(day); !again.Has(day) || !again.Has(time.Saturday) {
			t.Errorf("Saturday with %s is %b", day, again)
		}
	}
}

// A run counts how often something opened, and for how many minutes it was open,
// while a wall clock went from noon to noon two days later.
func run(z *time.Location, from string, t fataler, open func(time.Time) bool) (opened, minutes int) {
	begin := on(t, from+" 12:00", z)
	end, before := begin.AddDate(0, 0, 2), open(begin.Add(-time.Minute))
	for at := begin; at.Before(end); at = at.Add(time.Minute) {
		now := open(at)
		if now {
			minutes++
		}
		if now && !before {
			opened++
		}
		before = now
	}
	return opened, minutes
}

// In the night of 25 October 2026 the clocks of Paris show 02:00 to 03:00 twice,
// and in that of 28 March 2027 not at all. The same days in UTC are ordinary.
const (
	autumn = "2026-10-24"
	spring = "2027-03-27"
)

func TestWindowInTheNightWithAnHourMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := anyWindow().Draw(t, "window")
		inside := func(m Minute) bool { return m > 120 && m < 180 }
		if inside(w.From) || inside(w.To) {
			t.Skip("begins or ends in the hour that comes twice")
		}
		d := Daypart{From: w.From, To: w.To}
		opened, minutes := run(paris, autumn, t, d.Contains)
		usually, as := run(time.UTC, autumn, t, d.Contains)
		if d.Contains(on(t, autumn+" 02:00", time.UTC)) {
			as += 60
		}
		if opened != usually || minutes != as {
			t.Fatalf("%s opened %d times for %d minutes, want %d for %d", w, opened, minutes, usually, as)
		}
	})
}

func TestWindowInTheNightWithAnHourLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := anyWindow().Draw(t, "window")
		inside := func(m Minute) bool { return m >= 120 && m <= 180 }
		if inside(w.From) && inside(w.To) {
			t.Skip("it, or all that is not it, lies in the hour left out")
		}
		d := Daypart{From: w.From, To: w.To}
		opened, minutes := run(paris, spring, t, d.Contains)
		usually, as := run(time.UTC, spring, t, d.Contains)
		for m := range 60 {
			if d.Contains(on(t, autumn+" 02:00", time.UTC).Add(time.Duration(m) * time.Minute)) {
				as--
			}
		}
		if opened != usually || minutes != as {
			t.Fatalf("%s opened %d times for %d minutes, want %d for %d", w, opened, minutes, usually, as)
		}
	})
}

// The two exceptions that the package comment names.
func TestWindowInsideTheHourThatChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		night, window   string
		opened, minutes int
	}{
		{autumn, "02:15-02:45", 3, 90}, // twice on Sunday, once on Monday
		{autumn, "22:00-02:30", 3, 2*270 + 30},
		{autumn, "02:30-04:00", 3, 30 + 90 + 90},
		{autumn, "02:00-03:00", 2, 180}, // once, for two hours
		{autumn, "01:00-02:00", 2, 120},
		{autumn, "03:00-04:00", 2, 120},
		{spring, "02:15-02:45", 1, 30}, // Monday only
		{spring, "02:00-03:00", 1, 60},
		{spring, "22:00-02:30", 2, 2*270 - 30},
		{spring, "02:30-04:00", 2, 60 + 90},
		{spring, "03:00-02:00", 1, 2*24*60 - 60 - 60}, // shut on Monday only
	} {
		w := window(c.window)
		opened, minutes := run(paris, c.night, t, Daypart{From: w.From, To: w.To}.Contains)
		if opened != c.opened || minutes != c.minutes {
			t.Errorf("%s from %s: opened %d times for %d minutes, want %d for %d", c.window, c.night, opened, minutes, c.opened, c.minutes)
		}
	}
}

func TestWindowString(t *testing.T) {
	t.Parallel()
	if got := window("09:30-24:00").String(); got != "09:30-24:00" {
		t.Errorf("written %q", got)
	}
}

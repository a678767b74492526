package plan

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// week are hours from Sunday on; a day left out is nil.
func week(days map[time.Weekday][]string) Hours {
	var h Hours
	for day, windows := range days {
		h[day] = []Window{}
		for _, s := range windows {
			h[day] = append(h[day], window(s))
		}
	}
	return h
}

func TestHours(t *testing.T) {
	t.Parallel()
	// Sunday is left out, Monday shut, Friday a long night.
	h := week(map[time.Weekday][]string{
		time.Monday:    {},
		time.Tuesday:   {"09:30-12:30", "14:00-19:00"},
		time.Wednesday: {"00:00-24:00"},
		time.Thursday:  {},
		time.Friday:    {"09:30-12:30", "18:00-03:00"},
		time.Saturday:  {"14:00-19:00"},
	})
	for _, c := range []struct {
		what, at string
		closed   []string
		want     bool
	}{
		{"a day left out is open all day", "2026-11-22 00:00", nil, true},
		{"a day left out is open all day", "2026-11-22 23:59", nil, true},
		{"a day left out does not spill", "2026-11-23 00:00", nil, false},
		{"an empty day is shut", "2026-11-23 11:00", nil, false},
		{"before the first window", "2026-11-24 09:29", nil, false},
		{"in the first window", "2026-11-24 09:30", nil, true},
		{"at noon", "2026-11-24 12:30", nil, false},
		{"in the second window", "2026-11-24 18:59", nil, true},
		{"after it", "2026-11-24 19:00", nil, false},
		{"until midnight", "2026-11-25 23:59", nil, true},
		{"midnight is the next day, which is shut", "2026-11-26 00:00", nil, false},
		{"a long night begins", "2026-11-27 18:00", nil, true},
		{"a long night ends on the next day", "2026-11-28 02:59", nil, true},
		{"a long night is over", "2026-11-28 03:00", nil, false},
		{"no long night the day after", "2026-11-29 02:59", []string{"2026-11-29"}, false},

		{"closed on a day left out", "2026-11-22 11:00", []string{"2026-11-22"}, false},
		{"closed on a day with hours", "2026-11-24 11:00", []string{"2026-12-25", "2026-11-24"}, false},
		{"closed on another day", "2026-11-24 11:00", []string{"2026-11-23", "2026-11-25", "2027-11-24"}, true},
		{"the evening of a closed day", "2026-11-27 18:00", []string{"2026-11-27"}, false},
		{"the evening of a closed day does not spill", "2026-11-28 02:59", []string{"2026-11-27"}, false},
		{"the evening before spills into a closed day", "2026-11-28 02:59", []string{"2026-11-28"}, true},
		{"and no further", "2026-11-28 14:00", []string{"2026-11-28"}, false},
		{"no date closes nothing", "2026-11-24 11:00", []string{""}, true},
	} {
		var closed []Date
		for _, s := range c.closed {
			var d Date
			if s != "" {
				d = mustDate(t, s)
			}
			closed = append(closed, d)
		}
		if got := h.Open(on(t, c.at, paris), closed); got != c.want {
			t.Errorf("%s: at %s, closed on %v: open %v", c.what, c.at, c.closed, got)
		}
	}
}

// Where no clock changes, hours are the instants they seem to be.
func TestHoursProperty(t *testing.T) {
	t.Parallel()
	days := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []Window {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return nil
		case 1:
			return []Window{}
		}
		return rapid.SliceOfN(anyWindow(), 1, 3).Draw(t, "windows")
	}), 7, 7)
	rapid.Check(t, func(t *rapid.T) {
		h := Hours(days.Draw(t, "week"))
		at := on(t, "2026-11-22 00:00", time.UTC).Add(time.Duration(60*evenly(t, "hour", 14*24)) * time.Minute)
		today := DateOf(at)
		var closed []Date
		for _, n := range rapid.SliceOfN(rapid.IntRange(-2, 2), 0, 3).Draw(t, "closed") {
			closed = append(closed, today.AddDays(n))
		}
		want := false
		for _, begins := range []Date{today.AddDays(-1), today} {
			windows := h[begins.Weekday()]
			if windows == nil {
				windows = []Window{{0, 1440}}
			}
			for _, c := range closed {
				if c == begins {
					windows = nil
				}
			}
			for _, w := range windows {
				want = want || spanOf(begins, w).holds(at)
			}
		}
		if got := h.Open(at, closed); got != want {
			t.Fatalf("%v, closed on %v: open at %s %s: %v", h, closed, at.Weekday(), at, got)
		}
	})
}

func TestHoursInTheNightsWhenClocksChange(t *testing.T) {
	t.Parallel()
	bar := week(map[time.Weekday][]string{
		time.Saturday: {"18:00-04:00"}, time.Sunday: {}, time.Monday: {},
	})
	open := func(at time.Time) bool { return bar.Open(at, nil) }
	for from, want := range map[string]int{autumn: 11 * 60, spring: 9 * 60, "2026-11-21": 10 * 60} {
		if opened, minutes := run(paris, from, t, open); opened != 1 || minutes != want {
			t.Errorf("the night of %s: opened %d times for %d minutes, want once for %d", from, opened, minutes, want)
		}
	}
	// A day left out is one opening too, however long it is.
	always := week(map[time.Weekday][]string{time.Saturday: {}, time.Monday: {}})
	for from, want := range map[string]int{autumn: 25 * 60, spring: 23 * 60} {
		opened, minutes := run(paris, from, t, func(at time.Time) bool { return always.Open(at, nil) })
		if opened != 1 || minutes != want {
			t.Errorf("the Sunday after %s: opened %d times for %d minutes, want once for %d", from, opened, minutes, want)
		}
	}
}

func TestVenueOpen(t *testing.T) {
	t.Parallel()
	night := week(map[time.Weekday][]string{time.Friday: {"18:00-08:00"}, time.Saturday: {}})
	for _, c := range []struct {
		what   string
		venue  Venue
		at     string
		street bool
		want   bool
	}{
		{"no hours at all", Venue{}, "2026-11-28 03:00", false, true},
		{"seen from the street, dark from one", Venue{}, "2026-11-28 01:00", true, false},
		{"seen from the street, until six", Venue{}, "2026-11-28 05:59", true, false},
		{"seen from the street, before one", Venue{}, "2026-11-28 00:59", true, true},
		{"seen from the street, after six", Venue{}, "2026-11-28 06:00", true, true},
		{"dark in the middle of opening hours", Venue{Hours: night}, "2026-11-28 03:00", true, false},
		{"the same seen from inside only", Venue{Hours: night}, "2026-11-28 03:00", false, true},
		{"light again before they end", Venue{Hours: night}, "2026-11-28 07:59", true, true},
		{"the street does not open a shop", Venue{Hours: night}, "2026-11-28 09:00", true, false},
		{"closed on the day it began", Venue{Hours: night, ClosedOn: []Date{{2026, 11, 27}}}, "2026-11-28 07:00", false, false},
	} {
		v := c.venue
		v.Timezone, v.VisibleFromStreet = paris, c.street
		// The instant is the same, whatever zone the caller reads it in.
		at := on(t, c.at, paris).In(time.UTC)
		if got := v.Open(at); got != c.want {
			t.Errorf("%s: open at %s: %v", c.what, c.at, got)
		}
		v.Timezone = nil
		if got := v.Open(on(t, c.at, time.UTC)); got != c.want {
			t.Errorf("%s, without a zone: open at %s: %v", c.what, c.at, got)
		}
	}
}

// Five hours dark in an ordinary night, by the wall clock in the two others.
func TestDarkHoursWhenClocksChange(t *testing.T) {
	t.Parallel()
	v := Venue{Timezone: paris, VisibleFromStreet: true}
	for from, dark := range map[string]int{autumn: 6 + 5, spring: 4 + 5, "2026-11-21": 5 + 5} {
		times, minutes := run(paris, from, t, func(at time.Time) bool { return !v.Open(at) })
		if times != 2 || minutes != dark*60 {
			t.Errorf("the nights of %s: dark %d times for %d minutes, want twice for %d", from, times, minutes, dark*60)
		}
	}
}

package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"entracte/scheduler/plan"
)

// hoursTable is [venue.hours]. A day left out stays nil, which is open all day.
type hoursTable struct {
	Mon []window `toml:"mon" most:"12"`
	Tue []window `toml:"tue" most:"12"`
	Wed []window `toml:"wed" most:"12"`
	Thu []window `toml:"thu" most:"12"`
	Fri []window `toml:"fri" most:"12"`
	Sat []window `toml:"sat" most:"12"`
	Sun []window `toml:"sun" most:"12"`
}

// week names the days by [time.Weekday].
var week = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (h *hoursTable) days() [7][]window {
	return [7][]window{h.Sun, h.Mon, h.Tue, h.Wed, h.Thu, h.Fri, h.Sat}
}

// A window is a stretch of opening hours as the file writes it.
type window plan.Window

// UnmarshalText reads "09:30-12:30". The end may be earlier than the beginning:
// such a window crosses midnight.
func (w *window) UnmarshalText(b []byte) error {
	const hint = "\nhint: write hours like \"09:30-12:30\"; \"18:00-02:00\" closes the next morning"
	begin, end, ok := strings.Cut(string(b), "-")
	if !ok {
		return fmt.Errorf("%q is not a window of hours%s", b, hint)
	}
	from, err := plan.ParseMinute(strings.TrimSpace(begin))
	if err != nil {
		return fmt.Errorf("%w%s", err, hint)
	}
	to, err := plan.ParseMinute(strings.TrimSpace(end))
	if err != nil {
		return fmt.Errorf("%w%s", err, hint)
	}
	if from == to {
		return fmt.Errorf("%q begins when it ends\nhint: leave the day out if it is open all day, write [] if it is closed", b)
	}
	if from == dayMinutes {
		return fmt.Errorf("%q begins at 24:00, which is the next day\nhint: write it under the next day, from 00:00", b)
	}
	*w = window{From: from, To: to}
	return nil
}

const (
	dayMinutes  plan.Minute = 24 * 60
	weekMinutes             = 7 * dayMinutes
)

// A stretch is a window on the circle of the week, in minutes since Sunday 00:00.
type stretch struct {
	from, to plan.Minute
	path     string
	day      string
	plan.Window
}

// hours checks that no two windows of the week overlap, the spill past midnight
// included, and returns them by day.
func (c *checker) hours(t *hoursTable) plan.Hours {
	var hours plan.Hours
	var all []stretch
	for day, windows := range t.days() {
		if windows != nil {
			hours[day] = []plan.Window{}
		}
		for i, w := range windows {
			hours[day] = append(hours[day], plan.Window(w))
			s := stretch{path: fmt.Sprintf("venue.hours.%s[%d]", week[day], i), day: week[day], Window: plan.Window(w)}
			s.from, s.to = w.From+plan.Minute(day)*dayMinutes, w.To+plan.Minute(day)*dayMinutes
			if w.To < w.From {
				s.to += dayMinutes
			}
			all = append(all, s)
		}
	}
	c.overlaps(all)
	for _, windows := range hours {
		slices.SortFunc(windows, func(a, b plan.Window) int { return cmp.Compare(a.From, b.From) })
	}
	return hours
}

func (c *checker) overlaps(all []stretch) {
	for i, a := range all {
		for _, b := range all[:i] {
			// A window that could not be read is all zero, and its fault is told.
			if a.from == a.to || b.from == b.to || !a.meets(b) {
				continue
			}
			c.Fault(a.path, fmt.Sprintf("opening hours overlap: %s %s and %s %s", b.day, b.Window, a.day, a.Window),
				"join the two windows, or let one end before the other begins")
		}
	}
}

// meets reports whether two stretches share a minute, seen around the week.
func (a stretch) meets(b stretch) bool {
	for _, turn := range []plan.Minute{-weekMinutes, 0, weekMinutes} {
		if a.from < b.to+turn && b.from+turn < a.to {
			return true
		}
	}
	return false
}

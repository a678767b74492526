package plan

import (
	"fmt"
	"time"
)

// A Date is a civil date at the venue, of the years 0 to 9999. The zero Date
// means "not given"; it is no day, and has neither a weekday nor a day after.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the date of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads "2006-01-02" and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date like 2026-12-25", s)
	}
	return DateOf(t), nil
}

// IsZero reports whether the date was not given.
func (d Date) IsZero() bool { return d == Date{} }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// AddDays returns the date n days later.
func (d Date) AddDays(n int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+n, 12, 0, 0, 0, time.UTC))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
}

// String returns "2006-01-02", or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes the date as String does, and refuses a day that does not
// exist, which could not be read back.
func (d Date) MarshalText() ([]byte, error) {
	if !d.exists() {
		return nil, fmt.Errorf("%s is not a day of the calendar", d)
	}
	return []byte(d.String()), nil
}

// exists reports whether the date is a day that can be written, or not given.
func (d Date) exists() bool {
	if d.IsZero() {
		return true
	}
	_, err := ParseDate(d.String())
	return err == nil
}

// UnmarshalText reads what MarshalText writes; nothing is the zero Date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	p, err := ParseDate(string(b))
	*d = p
	return err
}

// A Flight is the date range of a campaign. To is exclusive. A zero date leaves
// that end open.
type Flight struct {
	From Date `json:",omitzero"`
	To   Date `json:",omitzero"`
}

// Dated reports whether the flight has any bound.
func (f Flight) Dated() bool { return !f.From.IsZero() || !f.To.IsZero() }

// Active reports whether d lies in the flight.
func (f Flight) Active(d Date) bool {
	return (f.From.IsZero() || !d.Before(f.From)) && (f.To.IsZero() || d.Before(f.To))
}

// A Minute is a minute of the local day, 0 (00:00) to 1440 (24:00).
type Minute int

// endOfDay is 24:00, where a window may end but none may begin.
const endOfDay Minute = 24 * 60

// MinuteOf returns the minute of the day in t's own location.
func MinuteOf(t time.Time) Minute { return Minute(t.Hour()*60 + t.Minute()) }

// ParseMinute reads "09:30"; "24:00" is the end of the day.
func ParseMinute(s string) (Minute, error) {
	if len(s) != 5 || s[2] != ':' || !digits(s[:2]) || !digits(s[3:]) {
		return 0, fmt.Errorf("%q is not a time like 09:30", s)
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if h > 24 || m > 59 || h == 24 && m != 0 {
		return 0, fmt.Errorf("%q is not a time of day: the last one is 24:00", s)
	}
	return Minute(h*60 + m), nil
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// String returns "09:30".
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// MarshalText writes the minute as String does, and refuses one that is not of
// the day, which could not be read back.
func (m Minute) MarshalText() ([]byte, error) {
	if !m.exists() {
		return nil, fmt.Errorf("minute %d is not one of the day's %d", int(m), int(endOfDay))
	}
	return []byte(m.String()), nil
}

// exists reports whether the minute is one of the day, its end included.
func (m Minute) exists() bool { return m >= 0 && m <= endOfDay }

// UnmarshalText reads what MarshalText writes.
func (m *Minute) UnmarshalText(b []byte) error {
	p, err := ParseMinute(string(b))
	*m = p
	return err
}

// A Window is a stretch of the day from From until just before To. One whose From
// is later than its To crosses midnight and belongs to the day it began on. One
// that ends when it begins holds nothing.
type Window struct{ From, To Minute }

// on reports whether the window holds minute m of the day it began on, and
// spill whether it holds minute m of the day after.
func (w Window) on(m Minute) bool {
	return m >= w.From && (m < w.To || w.From > w.To)
}

func (w Window) spill(m Minute) bool { return w.From > w.To && m < w.To }

// String returns "09:30-12:30".
func (w Window) String() string { return w.From.String() + "-" + w.To.String() }

// Weekdays is a set of days; bit i is [time.Weekday] i, and bit 7 stays clear.
// The zero value means every day.
type Weekdays uint8

// Has reports whether the set holds d.
func (s Weekdays) Has(d time.Weekday) bool { return s == 0 || s&(1<<d) != 0 }

// With returns the set with d added.
func (s Weekdays) With(d time.Weekday) Weekdays { return s | 1<<d }

// A Daypart is weekdays and a window inside a flight. A window past midnight
// belongs to the weekday it began on. One with From == To holds no time at all.
type Daypart struct {
	Days Weekdays `json:",omitzero"`
	From Minute
	To   Minute
}

// Contains reports whether t, taken in its own location, lies in the daypart.
func (d Daypart) Contains(t time.Time) bool {
	w, m := Window{d.From, d.To}, MinuteOf(t)
	today := t.Weekday()
	return d.Days.Has(today) && w.on(m) || d.Days.Has((today+6)%7) && w.spill(m)
}

// Hours are a venue's opening hours by [time.Weekday]. A nil day is open all
// day, an empty one is closed but for what the evening before spills into it.
type Hours [7][]Window

// Open reports whether the venue is open at t, taken in its own location;
// closed lists exceptional closing days, which close the windows that begin on
// them: the evening before still ends in their small hours, and their own evening
// does not spill into the day after.
func (h *Hours) Open(t time.Time, closed []Date) bool {
	m, today := MinuteOf(t), DateOf(t)
	if h.holds(today, closed, func(w Window) bool { return w.on(m) }, true) {
		return true
	}
	return h.holds(today.AddDays(-1), closed, func(w Window) bool { return w.spill(m) }, false)
}

// holds reports whether a window of day d is in; allDay is the answer for a day
// without hours.
func (h *Hours) holds(d Date, closed []Date, in func(Window) bool, allDay bool) bool {
	for _, c := range closed {
		if c == d {
			return false
		}
	}
	windows := h[d.Weekday()]
	if windows == nil {
		return allDay
	}
	for _, w := range windows {
		if in(w) {
			return true
		}
	}
	return false
}

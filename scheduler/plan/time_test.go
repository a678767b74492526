package plan

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyDate draws days of the calendar that can still be added to.
func anyDate() *rapid.Generator[Date] {
	return rapid.Custom(func(t *rapid.T) Date {
		return DateOf(time.Unix(rapid.Int64Range(-58e9, 245e9).Draw(t, "seconds"), 0).UTC())
	})
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Date{
		"2026-12-25": {2026, time.December, 25},
		"2028-02-29": {2028, time.February, 29},
		"0000-01-01": {0, time.January, 1},
		"9999-12-31": {9999, time.December, 31},
	} {
		if got, err := ParseDate(s); err != nil || got != want {
			t.Errorf("ParseDate(%q) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-2", "26-01-02",
		"2026/01/02", "02-01-2026", " 2026-01-02", "2026-01-02 ", "2026-01-02T00:00:00Z", "-001-01-01", "+026-01-01", "10000-01-01", "２026-01-02"} {
		if got, err := ParseDate(s); err == nil || !got.IsZero() {
			t.Errorf("ParseDate(%q) = %v, %v, want an error", s, got, err)
		}
	}
}

func TestDateOfIsTheDateOnTheWall(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
	if got := DateOf(at.In(paris)).String(); got != "2027-01-01" {
		t.Errorf("half past midnight in Paris is on %s", got)
	}
	if got := DateOf(at).String(); got != "2026-12-31" {
		t.Errorf("half past eleven in London is on %s", got)
	}
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
		day  time.Weekday
	}{
		{"2026-10-24", 1, "2026-10-25", time.Sunday}, // the day of 25 hours
		{"2026-03-28", 1, "2026-03-29", time.Sunday}, // the day of 23
		{"2026-12-31", 1, "2027-01-01", time.Friday},
		{"2028-02-28", 1, "2028-02-29", time.Tuesday},
		{"2027-02-28", 1, "2027-03-01", time.Monday},
		{"2027-01-01", -1, "2026-12-31", time.Thursday},
		{"2026-11-22", 0, "2026-11-22", time.Sunday},
	} {
		got := mustDate(t, c.from).AddDays(c.n)
		if got.String() != c.want || got.Weekday() != c.day {
			t.Errorf("%s and %d days is %s %s, want %s %s", c.from, c.n, got.Weekday(), got, c.day, c.want)
		}
	}
}

func TestDateProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "d")
		n := rapid.IntRange(-40_000, 40_000).Draw(t, "n")
		e := d.AddDays(n)
		if back := e.AddDays(-n); back != d {
			t.Fatalf("%v and %d days and back is %v", d, n, back)
		}
		if want := time.Weekday(((int(d.Weekday())+n)%7 + 7) % 7); e.Weekday() != want {
			t.Fatalf("%d days after a %s is a %s", n, d.Weekday(), e.Weekday())
		}
		if d.Before(e) != (n > 0) || e.Before(d) != (n < 0) {
			t.Fatalf("%v and %v, %d days apart, are out of order", d, e, n)
		}
		if d.Before(e) != (d.String() < e.String()) {
			t.Fatalf("%v and %v sort otherwise than what is written", d, e)
		}
		if again, err := ParseDate(d.String()); err != nil || again != d {
			t.Fatalf("%v reads back as %v, %v", d, again, err)
		}
	})
}

func TestDateInJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type pair struct {
			Given Date
			Maybe Date `json:",omitzero"`
		}
		p := pair{Given: anyDate().Draw(t, "given")}
		if rapid.Bool().Draw(t, "both") {
			p.Maybe = anyDate().Draw(t, "maybe")
		}
		var again pair
		if err := json.Unmarshal(marshal(t, p), &again); err != nil || again != p {
			t.Fatalf("%v reads back as %v, %v", p, again, err)
		}
	})
	if got := string(marshal(t, Date{})); got != `""` {
		t.Errorf("no date is written %s", got)
	}
	d := Date{2026, time.May, 1}
	if err := json.Unmarshal([]byte(`""`), &d); err != nil || !d.IsZero() {
		t.Errorf("nothing reads as %v, %v", d, err)
	}
	for _, bad := range []string{`"2026-02-30"`, `"soon"`, `20260101`, `{}`} {
		if err := json.Unmarshal([]byte(bad), &d); err == nil {
			t.Errorf("%s reads as %v", bad, d)
		}
	}
}

// What could not be read back must not be written: a cache with it is damaged.
func TestImpossibleTimesAreNotWritten(t *testing.T) {
	t.Parallel()
	for _, d := range []Date{{2026, 2, 29}, {2026, 13, 1}, {2026, 1, 0}, {10_000, 1, 1}, {-1, 1, 1}, {0, 0, 1}} {
		if b, err := d.MarshalText(); err == nil {
			t.Errorf("%#v is written %q", d, b)
		}
	}
	for _, m := range []Minute{-1, 1441, 6000} {
		if b, err := m.MarshalText(); err == nil {
			t.Errorf("minute %d is written %q", int(m), b)
		}
	}
}

func TestMinute(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Minute{"00:00": 0, "09:30": 570, "23:59": 1439, "24:00": 1440} {
		if got, err := ParseMinute(s); err != nil || got != want {
			t.Errorf("ParseMinute(%q) = %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "9:30", "09:60", "24:01", "25:00", "09.30", "09:3", "09:300", "-9:30", "+9:30", " 9:30", "0930", "٠٩:٣٠", "ab:cd"} {
		if got, err := ParseMinute(s); err == nil {
			t.Errorf("ParseMinute(%q) = %d, want an error", s, got)
		}
	}
	for m := Minute(0); m <= 1440; m++ {
		b := marshal(t, m)
		var again Minute
		if err := json.Unmarshal(b, &again); err != nil || again != m {
			t.Errorf("%s reads back as %s, %v", b, again, err)
		}
	}
	if got := MinuteOf(time.Date(2026, 7, 1, 21, 59, 59, 0, time.UTC).In(paris)); got != 23*60+59 {
		t.Errorf("the wall in Paris shows %s", got)
	}
}

// There is one spelling of every date and minute.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "2026-12-25", "2028-02-29", "2026-02-29", "09:30", "24:00", "24:01", "9:30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Errorf("%q reads as %s", s, d)
		}
		if m, err := ParseMinute(s); err == nil && (m.String() != s || m < 0 || m > 1440) {
			t.Errorf("%q reads as %s", s, m)
		}
	})
}

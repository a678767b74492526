package plan

import (
	"encoding/json"
	"fmt"
	"time"
	_ "time/tzdata" // the machine that tests may have no time zones

	"pgregory.net/rapid"
)

var paris = zone("Europe/Paris")

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return z
}

// fataler is what tests and properties have in common.
type fataler interface {
	Helper()
	Fatal(...any)
}

func marshal(t fataler, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustDate(t fataler, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// on reads "2026-11-06 22:00" on the wall of a zone.
func on(t fataler, s string, z *time.Location) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, z)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// window reads "10:00-12:00" and the like.
func window(s string) Window {
	var w Window
	var err error
	if len(s) != 11 {
		panic(fmt.Sprintf("%q is not a window", s))
	}
	if w.From, err = ParseMinute(s[:5]); err != nil {
		panic(err)
	}
	if w.To, err = ParseMinute(s[6:]); err != nil {
		panic(err)
	}
	return w
}

// evenly draws 0 to most, at most 2047, all alike: the integers of rapid lean to
// the small ones, where few windows cross midnight.
func evenly(t *rapid.T, name string, most int) int {
	n := 0
	for _, bit := range rapid.SliceOfN(rapid.Bool(), 11, 11).Draw(t, name) {
		n <<= 1
		if bit {
			n++
		}
	}
	return n % (most + 1)
}

// anyMinute prefers full hours, where windows meet.
func anyMinute() *rapid.Generator[Minute] {
	return rapid.Custom(func(t *rapid.T) Minute {
		if rapid.Bool().Draw(t, "full hour") {
			return Minute(evenly(t, "hour", 24) * 60)
		}
		return Minute(evenly(t, "minute", 1440))
	})
}

func anyWindow() *rapid.Generator[Window] {
	return rapid.Custom(func(t *rapid.T) Window {
		return Window{anyMinute().Draw(t, "from"), anyMinute().Draw(t, "to")}
	})
}

// A span is a stretch of instants. Building instants is what the package must
// not do; where no clock ever changes it is the plainest oracle there is.
type span struct{ from, to time.Time }

func (s span) holds(t time.Time) bool { return !t.Before(s.from) && t.Before(s.to) }

// spanOf is the window that begins on day d in UTC.
func spanOf(d Date, w Window) span {
	midnight := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	s := span{midnight.Add(time.Duration(w.From) * time.Minute), midnight.Add(time.Duration(w.To) * time.Minute)}
	if w.To < w.From {
		s.to = s.to.Add(24 * time.Hour)
	}
	return s
}

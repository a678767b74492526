package presence

import (
	"testing"
	"time"
)

// Service that goes on at closing time needs the screen until it ends or lasts for
// too long; service that begins later does not.
func TestAfterHours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		served, closes  time.Duration
		dark, untrusted time.Duration // from when on; never
	}{
		{"served at closing time", 20 * time.Minute, time.Hour, 110 * time.Minute, never},
		{"served since the morning", 0, 5 * time.Hour, 5 * time.Hour, never},
		{"served after closing time", 2 * time.Hour, time.Hour, 2 * time.Hour, never},
		{"the clock loses trust", 2 * time.Hour, time.Hour, 2 * time.Hour, 3 * time.Hour},
	} {
		m := New(Config{Inputs: []Input{{Name: "mat", Role: RoleService}}})
		m.SetHours(0, true, true)
		for now := time.Duration(0); now < 8*time.Hour; now += time.Minute {
			if now == c.closes {
				m.SetHours(now, false, true)
			}
			if now == c.untrusted {
				m.SetHours(now, false, false)
			}
			level := Low
			if now >= c.served {
				level = High
			}
			m.Observe(now, Reading{Input: "mat", Level: level})
			b := m.Belief()
			if want := now >= c.dark && now < c.untrusted; b.AfterHours != want || now >= c.served && b.State != Serving {
				t.Fatalf("%s: at %v it is %v, after hours %v, want %v", c.name, now, b.State, b.AfterHours, want)
			}
			if d, ok := m.Deadline(); now >= max(c.served, c.closes) && now < c.dark && (!ok || d > c.dark) {
				t.Fatalf("%s: at %v the deadline is %v, %v, later than %v", c.name, now, d, ok, c.dark)
			}
		}
	}
}

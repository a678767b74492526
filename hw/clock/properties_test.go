package clock

import (
	"encoding/json"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"pgregory.net/rapid"
)

// Whatever networks, battery clocks and power cuts do: the floor is what was
// signed and the powered time since, what was seen never falls, and what is
// trusted is not before the floor.
func TestNoLieRaisesTheFloor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hours := func(label string, from, to int) time.Duration {
			return time.Duration(rapid.IntRange(from, to).Draw(t, label)) * time.Hour
		}
		reading := func(mono time.Duration) Reading {
			r := Reading{Mono: mono, System: built.Add(hours("system", -1000, 40_000)), By: rapid.SampledFrom([]Source{Nobody, Network, Hardware}).Draw(t, "by")}
			if r.By == Hardware || rapid.Bool().Draw(t, "battery") {
				r.Hardware = r.System
			}
			return r
		}
		boot, mono, floor, seen := 0, time.Duration(0), built, time.Time{}
		c := New(built, "0", Kept{}, reading(0))
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			was := mono
			switch rapid.SampledFrom([]string{"read", "cut", "again", "vouch", "sign"}).Draw(t, "step") {
			case "read":
				mono += hours("on", 0, 100)
				floor = floor.Add(mono - was)
				c.Read(reading(mono))
			case "cut", "again":
				b, err := json.Marshal(c.Keep(mono))
				if err != nil {
					t.Fatal(err)
				}
				var k Kept
				if err := json.Unmarshal(b, &k); err != nil {
					t.Fatal(err)
				}
				if boot++; rapid.Bool().Draw(t, "same") {
					boot--
					mono += hours("on", 0, 100)
					floor = floor.Add(mono - was)
				} else {
					mono = hours("started", 0, 10)
					floor = floor.Add(mono)
				}
				c = New(built, string(rune('0'+boot)), k, reading(mono))
			case "vouch":
				_ = c.Vouch(mono, built.Add(hours("vouched", -1000, 100_000)), false)
			case "sign":
				issued := built.Add(hours("issued", 0, 5000))
				c.Signed(mono, issued, "a pack")
				if issued.After(floor) {
					floor = issued
				}
			}
			s := c.State(mono)
			if !s.Floor.Equal(floor) {
				t.Fatalf("the floor is %v, want %v", s.Floor, floor)
			}
			if s.Seen.Before(seen) {
				t.Fatalf("seen fell from %v to %v", seen, s.Seen)
			}
			seen = s.Seen
			if s.Trust == plan.ClockTrusted && s.By == Nobody || s.Trust != plan.ClockTrusted && !s.Now.Equal(floor) {
				t.Fatalf("%+v", s)
			}
			if s.Trust == plan.ClockTrusted && s.By != Person && s.Now.After(s.Seen) {
				t.Fatalf("trusted and not seen: %+v", s)
			}
		}
	})
}

package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"entracte/hw/clock"
	"entracte/player/control"
	"entracte/scheduler/plan"
)

// A time too far ahead to be kept is not called the latest that was ever trusted.
func TestClockTooFarToKeep(t *testing.T) {
	t.Parallel()
	now := time.Date(2029, 3, 1, 10, 0, 0, 0, time.UTC)
	built := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for seen, want := range map[time.Time]string{
		now:         "is the latest that was ever trusted",
		built:       "Sun 2026-11-22 00:00:00 is the latest that is kept: a time more than 400 days after the floor is believed until the power goes, and not kept",
		time.Time{}: "none is the latest that is kept",
	} {
		var b bytes.Buffer
		err := printClock(&b, control.Time{State: clock.State{Now: now, Trust: plan.ClockTrusted, By: clock.Person, Seen: seen, Floor: built}, Zone: "UTC"})
		if err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%v: %v\n%s", seen, err, &b)
		}
	}
}

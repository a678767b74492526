package main

import (
	"time"

	"entracte/hw/board"
	"entracte/scheduler/plan"
)

// clock tells the venue's civil time and how far to trust it.
type clock struct {
	zone *time.Location
	// floor is a time that has surely passed: when this program was built.
	floor time.Time
	begun time.Time
}

func newClock(zone *time.Location) clock {
	floor, err := time.Parse(time.RFC3339, thisBuild().Time)
	if err != nil {
		floor = time.Time{}
	}
	return clock{zone: zone, floor: floor, begun: time.Now()}
}

// now is the system's time when it can be trusted, else the floor plus the time
// this player has been running.
func (c clock) now() (time.Time, plan.Clock) {
	now := time.Now()
	switch {
	case board.Synchronised():
		return now.In(c.zone), plan.ClockTrusted
	case c.floor.IsZero() || now.Before(c.floor):
		return now.In(c.zone), plan.ClockUnknown
	}
	return c.floor.Add(time.Since(c.begun)).In(c.zone), plan.ClockFloor
}

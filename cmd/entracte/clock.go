package main

import (
	"sync"
	"time"

	"entracte/hw/board"
	"entracte/scheduler/plan"
)

// clock tells the venue's civil time and how far to trust it. Any goroutine may
// ask.
type clock struct {
	zone *time.Location
	// floor is a time that has surely passed: when this program was built.
	floor time.Time
	begun time.Time
	// synchronised asks the machine.
	synchronised func() bool

	mu sync.Mutex
	// known is the last reading that could be trusted, with the monotonic time it
	// was taken at; zero before there was one.
	known time.Time
}

func newClock(zone *time.Location) *clock {
	floor, err := time.Parse(time.RFC3339, thisBuild().Time)
	if err != nil {
		floor = time.Time{}
	}
	return &clock{zone: zone, floor: floor, begun: time.Now(), synchronised: board.Synchronised}
}

// now is the system's time while the machine vouches for it. Once it was trusted
// it stays so while the player runs: a network that goes away does not make a
// clock wrong, and what has passed since is measured, not read. Before that it is
// the floor and the time this player has been running.
func (c *clock) now() (time.Time, plan.Clock) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !now.Before(c.floor) && c.synchronised():
		c.known = now
		return now.In(c.zone), plan.ClockTrusted
	case !c.known.IsZero():
		return c.known.Add(now.Sub(c.known)).In(c.zone), plan.ClockTrusted
	case c.floor.IsZero() || now.Before(c.floor):
		return now.In(c.zone), plan.ClockUnknown
	}
	return c.floor.Add(now.Sub(c.begun)).In(c.zone), plan.ClockFloor
}

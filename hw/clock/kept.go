package clock

import (
	"time"

	"entracte/scheduler/plan"
)

// Kept is what outlives a power cut. The fields hold as of Mono in Boot.
type Kept struct {
	// Floor has surely passed. FloorFrom is what says so: "build", or a pack.
	Floor     time.Time `json:"floor,omitzero"`
	FloorFrom string    `json:"floor_from,omitempty"`
	// Seen is the latest time that was trusted.
	Seen time.Time `json:"seen,omitzero"`
	// Vouched is the last word of a person.
	Vouched time.Time `json:"vouched,omitzero"`
	// Now is the time that was trusted, and By who vouched for it; for the same
	// start of the machine only.
	Now time.Time `json:"now,omitzero"`
	By  Source    `json:"by,omitempty"`
	// HardwareAt is what the battery clock read; HardwareRan says that it was
	// found running on while the power was off.
	HardwareAt  time.Time `json:"hardware_at,omitzero"`
	HardwareRan bool      `json:"hardware_ran,omitzero"`
	// Powered is for how long the machine has been on in all while this was kept.
	Powered time.Duration `json:"powered"`
	// Boot names the start of the machine, Mono the time since.
	Boot string        `json:"boot,omitempty"`
	Mono time.Duration `json:"mono"`
}

func (k Kept) utc() Kept {
	for _, t := range []*time.Time{&k.Floor, &k.Seen, &k.Vouched, &k.Now, &k.HardwareAt} {
		*t = t.UTC()
	}
	return k
}

// early reports whether a time is before the floor, beyond what clocks differ.
func (k *Kept) early(t time.Time) bool {
	return !k.Floor.IsZero() && t.Before(k.Floor.Add(-Slack))
}

// late reports whether a time is too far ahead to be believed from one source.
func (k *Kept) late(t time.Time) bool {
	from := k.Floor
	if k.Vouched.After(from) {
		from = k.Vouched
	}
	return !k.Floor.IsZero() && t.After(from.Add(Reach))
}

func (k *Kept) floorSource() string {
	if k.FloorFrom == "build" {
		return "this program was built then"
	}
	return k.FloorFrom + " was signed then"
}

// Keep is what to keep at a moment.
func (c *Clock) Keep(mono time.Duration) Kept {
	c.to(mono)
	k := c.kept
	k.Boot, k.Mono = c.boot, c.mono
	return k
}

// State is all that is known at one moment, for a person to read.
type State struct {
	Now   time.Time  `json:"time"`
	Trust plan.Clock `json:"clock"`
	// By is who vouches for Now; empty when nobody does.
	By Source `json:"by,omitempty"`
	// System is the machine's own clock, SystemBy who set it, and Doubt why it is
	// not believed; with a person's word it may be doubted and not matter.
	System   time.Time `json:"system"`
	SystemBy Source    `json:"system_by,omitempty"`
	Doubt    Doubt     `json:"doubt,omitempty"`
	// Floor has surely passed, as FloorFrom says: "build" or a pack; zero if
	// nothing does.
	Floor     time.Time `json:"floor,omitzero"`
	FloorFrom string    `json:"floor_from,omitempty"`
	// Seen is the latest time that was ever trusted; zero if none was.
	Seen time.Time `json:"seen,omitzero"`
	// Powered is for how long the machine has been on in all, in nanoseconds.
	Powered time.Duration `json:"powered_ns"`
}

// State returns all that is known at a moment.
func (c *Clock) State(mono time.Duration) State {
	c.to(mono)
	k := &c.kept
	now, trust := c.At(mono)
	return State{
		Now: now, Trust: trust, By: k.By,
		System: c.last.System.Add(mono - c.last.Mono), SystemBy: c.last.By, Doubt: c.doubt,
		Floor: k.Floor, FloorFrom: k.FloorFrom, Seen: k.Seen, Powered: k.Powered,
	}
}

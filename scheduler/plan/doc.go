// Package plan is the vocabulary of Entracte: the venue, the campaigns booked
// for it, their creatives, and the plays that really happened. It holds values
// and the small questions a value can answer about itself ("is this flight
// active on that date?"), so that the scheduler, the storage and the player
// exchange the same words.
//
// It promises that a value which passes [Campaign.Validate] can be scheduled,
// and that every civil-time question is answered from the local minute of the
// day, never by building instants, so that the two nights a year when clocks
// change cannot open or close a window twice.
//
// It must not know a clock, a disk, a pin or a screen; it imports the standard
// library only. It must never hold anything about a person.
//
//	c := plan.Campaign{ID: "lens-2026", Advertiser: "Studio Lens", Weight: 2, ...}
//	c.Flight.Active(plan.DateOf(now)) // is it booked today?
package plan

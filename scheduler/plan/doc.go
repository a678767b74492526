// Package plan is the vocabulary of Entracte: the venue, the campaigns booked
// for it, their creatives, and the plays that really happened. It holds values
// and the small questions a value can answer about itself ("is this flight
// active on that date?"), so that the scheduler, the storage and the player
// exchange the same words.
//
// It promises that a value which passes [Campaign.Validate] can be scheduled,
// and that every civil-time question is answered from the date and the minute on
// the shop's wall clock, never by building instants. So a window opens and closes
// once in the nights when clocks change too. Two exceptions are the wall clock's
// own: a window that begins or ends inside the hour that comes twice holds its
// minutes both times, and one that lies inside the hour left out does not come.
//
// It must not know a clock, a disk, a pin or a screen; it imports the standard
// library only. It must never hold anything about a person.
//
//	c := plan.Campaign{ID: "lens-2026", Advertiser: "Studio Lens", Weight: 2, ...}
//	c.Flight.Active(plan.DateOf(now)) // is it booked today?
package plan

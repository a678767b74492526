package plan

import (
	"math"
	"time"
)

// Waits is what a shop has learned of its waits: how many began in each hour of
// the week, and how long they were. Counts only: no wait of anybody can be read
// from it. The zero value is empty and ready.
//
// It tells how many waits an open hour brings: the sum of Hours by Watched.
type Waits struct {
	// Hours counts the waits by the venue's hour in which they began: 24 for each
	// [time.Weekday], Sunday first. Those that began while the clock could not be
	// trusted are not in it.
	Hours [7 * 24]uint32 `json:"hours"`
	// Lengths counts the waits by length: bin i holds those of at least
	// i·WaitBin and less than (i+1)·WaitBin; the last one holds all that are longer.
	Lengths [361]uint32 `json:"lengths"`
	// Watched is for how long waits that began were counted in Hours: the venue was
	// open on a trusted clock, and a presence sensor could be believed. Service and
	// the sleep of an empty shop are part of it, closing time is not.
	Watched time.Duration `json:"watched"`
}

// WaitBin is the width of a bin of [Waits.Lengths].
const WaitBin = 5 * time.Second

// Count adds a wait that began at a time, taken in its own location, and lasted
// that long; a negative length counts as none. A zero began says that nobody knows
// the hour, as with a clock that is not trusted: only the length is counted. Counts
// stay at the top.
func (w *Waits) Count(began time.Time, length time.Duration) {
	if !began.IsZero() {
		bump(&w.Hours[int(began.Weekday())*24+began.Hour()])
	}
	bump(&w.Lengths[min(max(length, 0)/WaitBin, time.Duration(len(w.Lengths)-1))])
}

// bump stays at the top rather than starting again from nothing.
func bump(n *uint32) {
	if *n+1 != 0 {
		*n++
	}
}

// Watch adds time to Watched; none when d is negative.
func (w *Waits) Watch(d time.Duration) {
	w.Watched += min(max(d, 0), math.MaxInt64-w.Watched)
}

// A Delivery is how many counted plays a campaign has had.
type Delivery struct {
	Feed     string `json:"feed"`
	Campaign string `json:"campaign"`
	// From is the first day of the flight they are counted for: a campaign that is
	// booked anew under its old name begins anew.
	From  Date `json:"from,omitzero"`
	Plays int  `json:"plays"`
}

// Has reports whether a play of the campaign is of this flight and not of an earlier
// one under the same name, by when it began at the venue and on which clock. In its
// flight a campaign never plays before From: under a floor that day must have come, and
// a clock that is unknown, on which none with dates may play, tells nothing.
func (d Delivery) Has(began time.Time, c Clock) bool {
	return c == ClockUnknown || !DateOf(began).Before(d.From)
}

// A Memory is what a screen remembers besides its plays, so that neither a restart
// nor a log that was cut to its last days forgets it.
type Memory struct {
	// Waits is nil where none are counted.
	Waits *Waits `json:"waits,omitempty"`
	// Delivered are the guaranteed campaigns' counted plays up to a play of the log,
	// that one included: Boot and MonoMS name it. An empty Boot says that there was
	// none yet.
	Delivered []Delivery `json:"delivered,omitempty"`
	Boot      string     `json:"boot,omitempty"`
	MonoMS    int64      `json:"mono_ms,omitzero"`
	// Restarts are the latest starts of the machine after a power cut ([Restart]).
	Restarts []Restarted `json:"restarts,omitempty"`
}

// Restarted is a start after a power cut and the play of the log it came after,
// named by AfterBoot and AfterMonoMS.
type Restarted struct {
	Play        Play   `json:"play"`
	AfterBoot   string `json:"after_boot"`
	AfterMonoMS int64  `json:"after_mono_ms"`
}

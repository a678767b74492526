package presence

import "time"

// Waits is all that lasts of the people who waited: how many waits began in
// each hour of the week, and how long waits were. It holds no time at which
// anything happened. The zero value is empty and ready.
type Waits struct {
	// Hours counts the waits by the local hour in which they began: 24 for each
	// [time.Weekday], Sunday first.
	Hours [7 * 24]uint32 `json:"hours"`
	// Lengths counts the waits by length: bin i holds those of at least i·5 s
	// and less than (i+1)·5 s; the last one holds all of half an hour or more.
	Lengths [361]uint32 `json:"lengths"`
}

// LengthBin is the width of a bin of [Waits.Lengths].
const LengthBin = 5 * time.Second

// Count adds a wait that began at a time, taken in its own location, and lasted
// that long. [Belief.Waited] says which waits count.
func (w *Waits) Count(began time.Time, length time.Duration) {
	bump(&w.Hours[int(began.Weekday())*24+began.Hour()])
	bump(&w.Lengths[min(max(length, 0)/LengthBin, time.Duration(len(w.Lengths)-1))])
}

// bump stays at the top rather than starting again from nothing.
func bump(n *uint32) {
	if *n+1 != 0 {
		*n++
	}
}

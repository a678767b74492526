package plan

import "time"

// Waits is what a shop has learned of its waits: how many began in each hour of
// the week, and how long they were. Counts only: no wait of anybody can be read
// from it.
type Waits struct {
	// Hours counts the waits by the venue's hour in which they began: 24 for each
	// [time.Weekday], Sunday first.
	Hours [7 * 24]uint32
	// Lengths counts the waits by length: bin i holds those of at least
	// i·WaitBin and less than (i+1)·WaitBin; the last one holds all that are longer.
	Lengths [361]uint32
}

// WaitBin is the width of a bin of [Waits.Lengths].
const WaitBin = 5 * time.Second

// A Delivery is how many counted plays a campaign has had.
type Delivery struct {
	Feed, Campaign string
	Plays          int
}

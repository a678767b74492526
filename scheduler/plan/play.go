package plan

import "time"

// A Play is the record of one lease that reached the glass, house and demo
// content included. It is the same type in simulation, in the log and in every
// export. Why a showing was interrupted is not recorded: that would tell when a
// customer was served.
type Play struct {
	// Seq counts the records of this screen from 1, without gaps.
	Seq uint64 `json:"seq"`
	// Boot identifies the start of the machine MonoMS counts from.
	Boot       string `json:"boot"`
	Venue      string `json:"venue"`
	Screen     string `json:"screen"`
	Feed       string `json:"feed"`
	Campaign   string `json:"campaign"`
	Creative   string `json:"creative"`
	Advertiser string `json:"advertiser"`
	Category   int    `json:"category"`
	SHA256     string `json:"sha256"`
	// StartedAt is when the first frame reached the glass, in UTC; how far it
	// can be believed is Clock's to say.
	StartedAt time.Time `json:"started_at"`
	MonoMS    int64     `json:"mono_ms"`
	PlannedMS int64     `json:"planned_ms"`
	ShownMS   int64     `json:"shown_ms"`
	Outcome   Outcome   `json:"outcome"`
	// Counted is true for completed showings and nothing else.
	Counted bool `json:"counted"`
	// Reasons are the scheduler's reason codes for the pick.
	Reasons []string `json:"reasons"`
	// Plan is the revision of the feed the creative came from.
	Plan  string `json:"plan"`
	Clock Clock  `json:"clock"`
}

// Restart is the record of a start of the machine after a power cut, to stand among
// the plays of the past: up to a minute of show before it may be missing from them.
// It is no play and is never counted.
func Restart(boot string, mono time.Duration, civil time.Time, clock Clock) Play {
	return Play{Boot: boot, MonoMS: mono.Milliseconds(), StartedAt: civil.UTC(), Clock: clock}
}

// IsRestart reports whether the record is a [Restart].
func (p *Play) IsRestart() bool { return p.Feed == "" && p.Campaign == "" }

package presence

import "time"

// An Input describes one sensor. Names are unique in a [Config]; of two with
// one name only the first is fed. Negative durations count as 0.
type Input struct {
	Name string
	Role Role
	// Mode matters for RoleService only.
	Mode Mode
	// Lasts is how long a press counts: 3 min for service, 10 min for pause
	// when it is 0. Unused by ModeToggle.
	Lasts time.Duration
	// AssertAfter is how long a high level must be stable to be believed.
	AssertAfter time.Duration
	// ReleaseAfter is how long a low level must be stable to be believed.
	ReleaseAfter time.Duration
	// Hold is how long a belief in "high" outlives the last high reading. It is
	// meant for presence; on service it delays the end of service.
	Hold time.Duration
	// WarmUp counts from the first level ever read; until it is over the input
	// is low, without a fault.
	WarmUp time.Duration
	// OnFault is what an unknown service input does; the default is Quiet.
	// Other roles ignore it.
	OnFault Policy
	// MaxAge is how old the last reading may become before the input is
	// unknown; 0 means that silence is no news.
	MaxAge time.Duration
}

// Defaults returns the conditioning of a sensor kind ("gpio", "ld2410", "mqtt",
// "signal", "key") in a role; a kind it does not know gets no delays at all.
// Name and Mode are left to the caller.
//
// The figures: an AM312 or SR501 motion sensor settles within 50 ms, is blind
// for up to 2.5 s after each pulse and pulses falsely for its first minute; a
// push button bounces for up to 10 ms and must be believed within 5; the
// LD2410 radar sends 10 frames a second, and is dead after 2 s of silence;
// network sensors do their own filtering.
func Defaults(kind string, role Role) Input {
	in := Input{Role: role}
	switch role {
	case RoleService:
		in.Lasts = serviceLasts
	case RolePause:
		in.Lasts = pauseLasts
	}
	switch kind {
	case "gpio":
		in.AssertAfter, in.ReleaseAfter = 5*time.Millisecond, 50*time.Millisecond
		if role == RolePresence {
			in.AssertAfter, in.Hold, in.WarmUp = 50*time.Millisecond, 15*time.Second, time.Minute
		}
	case "ld2410":
		in.AssertAfter, in.ReleaseAfter = 300*time.Millisecond, time.Second
		in.WarmUp, in.MaxAge = 5*time.Second, 2*time.Second
		if role == RolePresence {
			in.Hold = 3 * time.Second
		}
	case "mqtt":
		if role == RolePresence {
			in.Hold = 15 * time.Second
		}
	}
	return in
}

const (
	serviceLasts = 3 * time.Minute
	pauseLasts   = 10 * time.Minute
)

// A Reading is what a sensor said last.
type Reading struct {
	// Input is the name of the input. The empty name is the owner's pause from
	// the local API, which every machine has. Other names are ignored.
	Input string
	Level Level
	// Still says that a high level is a motionless target: it can sustain
	// presence but not start it. Only radars say so.
	Still bool
	// Pulse is a momentary press, or a single sign of motion, of a sensor that
	// has no level; Level and Still are ignored. It also proves that the sensor
	// works: an unknown level becomes low.
	Pulse bool
	// Lasts is how long this pulse counts instead of the input's own Lasts: a
	// positive one never resumes a pause, a negative one ends what is on.
	Lasts time.Duration
	// Taken is when the look began that found this level, for a sensor that looks
	// again and again, such as a pin. Such a level must be found once more when
	// its AssertAfter or ReleaseAfter is over: what was seen before the process
	// slept is no news, and neither is what waited in a queue. Zero is for sensors
	// that tell of changes; their level stands until the next reading.
	Taken time.Time
	// Edges says that the level was another one since the look before, whatever
	// it is now. It begins ReleaseAfter anew.
	Edges bool
	// Fault says in a sentence why the level is unknown; it is ignored when the
	// level is known. A second line may begin with "hint: ".
	Fault string
}

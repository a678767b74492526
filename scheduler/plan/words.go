package plan

import "fmt"

// A Tier ranks campaigns: a lower tier plays only what the higher ones leave.
type Tier uint8

// The tiers, from the ordinary to the most urgent. The zero value is weighted,
// which is what a booking gets that asks for nothing.
const (
	TierWeighted Tier = iota
	TierHouse
	TierGuaranteed
	TierTakeover
	TierEmergency
)

var tierNames = []string{"weighted", "house", "guaranteed", "takeover", "emergency"}

// UntrustedClock is what a day-parted campaign does while the clock cannot be
// trusted.
type UntrustedClock uint8

// Skipping is the default: a daypart that cannot be checked is not played.
const (
	UntrustedSkip UntrustedClock = iota
	UntrustedPlay
)

var untrustedNames = []string{"skip", "play"}

// Clock is how far the civil time can be trusted.
type Clock uint8

// The zero value trusts nothing.
const (
	// ClockUnknown: the clock is before the floor; it may be any time.
	ClockUnknown Clock = iota
	// ClockFloor: it is at least this late.
	ClockFloor
	// ClockTrusted: synchronised, a proven RTC, or vouched for by a person.
	ClockTrusted
)

var clockNames = []string{"unknown", "floor", "trusted"}

// CapPeriod is the window of a cap.
type CapPeriod uint8

// A cap counts in any sliding hour, or in the venue's civil day.
const (
	PerHour CapPeriod = iota
	PerDay
)

var capNames = []string{"hour", "day"}

// Outcome is how a showing ended.
type Outcome uint8

// Only a completed showing is a play and is counted.
const (
	Failed Outcome = iota
	Interrupted
	Completed
)

var outcomeNames = []string{"failed", "interrupted", "completed"}

// A Cap is the most plays in a period.
type Cap struct {
	Plays int
	Per   CapPeriod
}

func (t Tier) String() string           { return name(tierNames, t) }
func (u UntrustedClock) String() string { return name(untrustedNames, u) }
func (c Clock) String() string          { return name(clockNames, c) }
func (p CapPeriod) String() string      { return name(capNames, p) }
func (o Outcome) String() string        { return name(outcomeNames, o) }

// MarshalText writes the tier's name.
func (t Tier) MarshalText() ([]byte, error) { return text(t, "tier", tierNames) }

// MarshalText writes "skip" or "play".
func (u UntrustedClock) MarshalText() ([]byte, error) {
	return text(u, "untrusted_clock", untrustedNames)
}

// MarshalText writes "unknown", "floor" or "trusted".
func (c Clock) MarshalText() ([]byte, error) { return text(c, "clock", clockNames) }

// MarshalText writes "hour" or "day".
func (p CapPeriod) MarshalText() ([]byte, error) { return text(p, "per", capNames) }

// MarshalText writes "failed", "interrupted" or "completed".
func (o Outcome) MarshalText() ([]byte, error) { return text(o, "outcome", outcomeNames) }

// UnmarshalText reads a tier's name.
func (t *Tier) UnmarshalText(b []byte) error { return parse(t, "tier", tierNames, b) }

// UnmarshalText reads "skip" or "play".
func (u *UntrustedClock) UnmarshalText(b []byte) error {
	return parse(u, "untrusted_clock", untrustedNames, b)
}

// UnmarshalText reads "unknown", "floor" or "trusted".
func (c *Clock) UnmarshalText(b []byte) error { return parse(c, "clock", clockNames, b) }

// UnmarshalText reads "hour" or "day".
func (p *CapPeriod) UnmarshalText(b []byte) error { return parse(p, "per", capNames, b) }

// UnmarshalText reads "failed", "interrupted" or "completed".
func (o *Outcome) UnmarshalText(b []byte) error { return parse(o, "outcome", outcomeNames, b) }

func name[E ~uint8](names []string, e E) string {
	if int(e) < len(names) {
		return names[e]
	}
	return fmt.Sprintf("%d", uint8(e))
}

// text refuses a value without a name: it could not be read back.
func text[E ~uint8](e E, what string, names []string) ([]byte, error) {
	if int(e) >= len(names) {
		return nil, fmt.Errorf("%s is %d, which has no name", what, uint8(e))
	}
	return []byte(names[e]), nil
}

func parse[E ~uint8](e *E, what string, names []string, b []byte) error {
	for i, n := range names {
		if n == string(b) {
			*e = E(i)
			return nil
		}
	}
	return fmt.Errorf("%s is %q, not one of %q", what, b, names)
}

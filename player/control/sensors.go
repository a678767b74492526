package control

import "entracte/hw/presence"

// Sensors is what the inputs say at one moment and what is made of it. It holds a
// minute at most, comes from memory only, and must never be stored.
type Sensors struct {
	// State is the presence state, Since how long it has lasted in seconds, and
	// Cause why.
	State  presence.State `json:"state"`
	Since  float64        `json:"since_seconds"`
	Cause  string         `json:"cause,omitempty"`
	Paused bool           `json:"paused,omitempty"`
	Inputs []Sensor       `json:"inputs"`
	// Unused are pins of the header that are in no sensor of the config and are
	// watched nevertheless. A running player watches none.
	Unused []Pin `json:"unused,omitempty"`
}

// A Sensor is one input on its way from the wire to the belief.
type Sensor struct {
	presence.InputBelief
	Kind string `json:"kind"`
	// Pin is the line of a sensor on a pin, and HeaderPin where it is on the
	// 40-pin header.
	Pin       string `json:"pin,omitempty"`
	HeaderPin int    `json:"header_pin,omitempty"`
	// ActiveLow says that 0 V on the pin is a high Raw.
	ActiveLow bool `json:"active_low,omitempty"`
	// Minute has a character for each of the last 60 seconds, the newest last:
	// "#" high and believed, "=" believed although low (its hold, or a press that
	// lasts), "~" high but not believed, "_" low, "?" unknown, " " not yet known.
	// The first that was so at any time in the second counts.
	Minute string `json:"minute"`
	// Moves counts the changes of Raw since the start.
	Moves uint64 `json:"moves"`
}

// A Pin is a line of the header without a sensor. High means 3.3 V.
type Pin struct {
	Pin       string         `json:"pin"`
	HeaderPin int            `json:"header_pin"`
	Level     presence.Level `json:"level"`
	// Moves counts the changes of Level since the start.
	Moves uint64 `json:"moves"`
}

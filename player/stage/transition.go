package stage

import (
	"time"

	"entracte/player"
)

// A passage is one frame replacing another, as a function of time.
type passage struct {
	kind  player.Transition
	start time.Time
	take  time.Duration
}

// progress runs from 0 to 1, eased so that it neither starts nor stops with a
// jolt (smoothstep, 3p² − 2p³). A cut is over at once.
func (p passage) progress(now time.Time) float32 {
	if p.kind == player.Cut || p.take <= 0 {
		return 1
	}
	x := float32(now.Sub(p.start)) / float32(p.take)
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	}
	return x * x * (3 - 2*x)
}

// offset is how far, in glass widths, the incoming frame still is from its
// place, and how far the outgoing one has moved.
func (p passage) offset(progress float32) (in, out float32) {
	if p.kind != player.Slide {
		return 0, 0
	}
	return 1 - progress, -progress
}

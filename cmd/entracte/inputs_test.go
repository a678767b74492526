package main

import (
	"testing"

	"entracte/hw/presence"
)

// A pin says its level at every look; only what differs is a move.
func TestLooksAreNoMoves(t *testing.T) {
	t.Parallel()
	var u unused
	for _, l := range []presence.Level{presence.Low, presence.Low, presence.High, presence.High, presence.High, presence.Low} {
		u.take(presence.Reading{Input: "GPIO17", Level: l})
	}
	if p := u.pins(); len(p) != 1 || p[0].Moves != 2 || p[0].Level != presence.Low {
		t.Errorf("after two moves: %+v", p)
	}
}

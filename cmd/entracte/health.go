package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"entracte/hw/board"
	"entracte/player"
)

// health keeps what was read of the machine last. Any goroutine may ask.
type health struct {
	log    *slog.Logger
	latest atomic.Pointer[[]board.Health]
	// told is the count of plays that this hour's metrics carry.
	told struct {
		sync.Mutex
		hour  time.Time
		plays uint64
	}
}

// watch reads the machine every minute until ctx ends, and logs what got worse.
func (h *health) watch(ctx context.Context, data string) {
	m := board.Machine{Data: data}
	was := map[string]board.Level{}
	m.Watch(ctx, func(all []board.Health) {
		h.latest.Store(&all)
		for _, r := range all {
			if r.Level > was[r.What] {
				h.log.Warn(r.English.Fact, "about", r.What, "level", r.Level, "hint", r.English.Hint)
			}
			was[r.What] = r.Level
		}
	})
}

// readings are the last ones; nil before there are any.
func (h *health) readings() []board.Health {
	if all := h.latest.Load(); all != nil {
		return *all
	}
	return nil
}

// faults are the sentences about what somebody should see to.
func (h *health) faults(language string) []string {
	var out []string
	for _, r := range h.readings() {
		if r.Level != board.Fine {
			out = append(out, r.What+": "+r.In(language).String())
		}
	}
	return out
}

// sentence is what the service manager may know, and its journal keep: nothing
// of what is on the glass, which tells whether somebody is there.
func (h *health) sentence() string {
	if n := len(h.faults("en")); n > 0 {
		return fmt.Sprintf("running; things of this machine that need attention: %d (entracte doctor)", n)
	}
	return "running"
}

// A healthy player's status includes what is known of its machine.
type healthy struct {
	*player.Player
	health *health
}

// Status reports what is going on.
func (p healthy) Status(ctx context.Context) (player.Status, error) {
	s, err := p.Player.Status(ctx)
	s.Faults = append(s.Faults, p.health.faults("en")...)
	return s, err
}

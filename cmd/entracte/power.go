package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"entracte/hw/presence"
	"entracte/hw/screen"
)

// power follows the beliefs with the screen's power, beside the player and never
// in its way.
type power struct {
	screen *screen.Switch
	out    func(presence.Belief)
	log    *slog.Logger

	mu    sync.Mutex
	last  presence.Belief // the newest, without fault
	known bool
	fault string
	// told says that the glass has something to say, whoever is there.
	told bool
}

// followPower returns what passes each belief on to out, and the power that has to
// run meanwhile. out is told a fault of the screen as one of the belief.
func followPower(layers []screen.Layer, out func(presence.Belief), log *slog.Logger) *power {
	p := &power{out: out, log: log}
	p.screen = screen.New(layers, p.report)
	return p
}

// wish is what the screen should be. A service input that was left on, or that the
// cleaner leans on, does not light it in a closed venue.
func wish(b presence.Belief) screen.Wish {
	if b.AfterHours {
		return screen.Rest
	}
	return wishes[b.State]
}

// wishes are what the screen should be in each state but the first, in which
// nothing is known yet. The presence machine never sleeps because of a fault.
var wishes = map[presence.State]screen.Wish{
	presence.Asleep: screen.Rest, presence.Closed: screen.Rest, presence.Empty: screen.Ready,
	presence.Waiting: screen.Needed, presence.Serving: screen.Needed,
}

func (p *power) believe(b presence.Belief) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last, p.known = b, true
	p.out(p.withFault())
	p.follow()
}

// light keeps the screen on while there is something to say on it.
func (p *power) light(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = on
	if p.known {
		p.follow()
	}
}

func (p *power) follow() {
	if p.told {
		p.screen.Wish(screen.Needed)
		return
	}
	p.screen.Wish(wish(p.last))
}

func (p *power) report(fault string) {
	if fault != "" {
		p.log.Warn("screen power", "err", fault)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
	if p.known {
		p.out(p.withFault())
	}
}

func (p *power) withFault() presence.Belief {
	b := p.last
	if p.fault != "" {
		b.Faults = append(b.Faults[:len(b.Faults):len(b.Faults)], presence.Fault{Input: screenInput, Sentence: p.fault})
	}
	return b
}

// keepAwake stops the X server's own screen saver, where there is one. It says so
// twice, for an X server forgets what its only client said; by the second time the
// glass is another. No later: it would light a screen that is off.
func keepAwake(ctx context.Context, log *slog.Logger) {
	for _, wait := range []time.Duration{0, time.Minute} {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		if err := new(screen.DPMS).KeepAwake(ctx); err != nil && !errors.Is(err, screen.ErrAbsent) && ctx.Err() == nil {
			log.Warn("the X server may blank the screen", "err", err)
		}
	}
}

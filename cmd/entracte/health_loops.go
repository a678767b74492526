package main

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"

	"entracte/cmd/entracte/config"
	"entracte/hw/board"
	"entracte/hw/mqtt"
	"entracte/hw/presence"
	"entracte/hw/radar"
	"entracte/hw/sensor"
	"entracte/player"
)

const (
	// tickEvery is how often the loops that wait for news are asked to come round.
	tickEvery = time.Second
	// loopRest is how long a loop may take: the glass comes round every 5 s when
	// nothing moves, and a pin that cannot be opened is tried again after 5 s.
	loopRest = 8 * time.Second
	// radarRest: a port that cannot be opened is tried again after 10 s.
	radarRest = 15 * time.Second
)

// rounds counts how often the loops of a show came round, for the watchdog.
//
// The glass is counted by what the stage tells after each round of its engine,
// drawn or not: a still that stays for an hour is not a hang. The way from a sensor
// to the glass is counted in three places: the pins and ports are looked at, the
// presence machine takes what they say, and the player answers. Without any one of
// them a screen would show an ad while a customer is served.
type rounds struct {
	glass, belief, player atomic.Uint64
	// broker counts the rounds of the connection to a broker, which is no sensor's
	// own. That the broker is away, or silent, is no hang.
	broker atomic.Uint64
	// sensors has a counter for each sensor that a loop looks at.
	sensors map[string]*atomic.Uint64
}

func newRounds(c *config.Config) *rounds {
	r := &rounds{sensors: map[string]*atomic.Uint64{}}
	for _, s := range c.Sensors {
		if s.Kind == config.GPIO || s.Kind == config.LD2410 {
			r.sensors[s.Name] = &atomic.Uint64{}
		}
	}
	return r
}

// loops are what must come round here: a venue without sensors has three.
func (r *rounds) loops(c *config.Config) []board.Loop {
	all := []board.Loop{
		{Name: "the glass", Rounds: r.glass.Load, Rest: loopRest},
		{Name: "the presence machine", Rounds: r.belief.Load, Rest: loopRest},
		{Name: "the player", Rounds: r.player.Load, Rest: loopRest},
	}
	for _, s := range c.Sensors {
		if count := r.sensors[s.Name]; count != nil {
			rest := loopRest
			if s.Kind == config.LD2410 {
				rest = radarRest
			}
			all = append(all, board.Loop{Name: "sensor " + s.Name, Rounds: count.Load, Rest: rest})
		}
	}
	if usesBroker(c) {
		all = append(all, board.Loop{Name: "the connection to the broker", Rounds: r.broker.Load, Rest: mqtt.LongestRound})
	}
	return all
}

// pass hands readings on to a presence machine, one by one, and every second one
// that is about no input: the machine came round each time it takes one.
func (r *rounds) pass(ctx context.Context, from <-chan presence.Reading, to chan<- presence.Reading) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		var next presence.Reading
		select {
		case next = <-from:
		case <-tick.C:
			next = presence.Reading{Input: noInput}
		case <-ctx.Done():
			return
		}
		select {
		case to <- next:
			r.belief.Add(1)
		case <-ctx.Done():
			return
		}
	}
}

// noInput is a name that no sensor has: names are printable.
const noInput = "\x00"

// ask asks the player every second whether it is there, until ctx ends.
func (r *rounds) ask(ctx context.Context, p *player.Player) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		if _, err := p.Waits(ctx); err != nil {
			return
		}
		r.player.Add(1)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// supervise keeps the service manager, if one started this process, told of how
// the show is, until ctx ends.
func (s *show) supervise(ctx context.Context, parts *sync.WaitGroup, p *player.Player, in *inputs, h *health) {
	manager, err := board.FindSupervisor()
	if err != nil {
		s.log.Warn("the show goes on without a watchdog", "err", err)
	}
	if manager == nil {
		return
	}
	if w := manager.Watchdog; w > 0 && w < board.ShortestWatchdog {
		s.log.Warn("the watchdog of the unit is shorter than an idle screen rests; set WatchdogSec= higher", "is", w, "at_least", board.ShortestWatchdog)
	}
	parts.Go(func() { in.rounds.ask(ctx, p) })
	parts.Go(func() {
		defer manager.Close()
		manager.Attend(ctx, in.rounds.loops(s.config), h.sentence, s.log)
	})
}

// openPin opens a pin whose looks are counted.
func (r *rounds) openPin(input string) func(name string) (gpio.PinIn, error) {
	count := r.sensors[input]
	return func(name string) (gpio.PinIn, error) {
		count.Add(1)
		pin, err := sensor.OpenPin(name)
		if err != nil {
			return nil, err
		}
		return countedPin{pin, count}, nil
	}
}

// A countedPin counts the looks at its level, which come four times a second or
// more often.
type countedPin struct {
	gpio.PinIn
	count *atomic.Uint64
}

// ReadLevel reads the level, as [sensor.GPIO] wants it.
func (p countedPin) ReadLevel() (gpio.Level, error) {
	p.count.Add(1)
	if r, ok := p.PinIn.(interface{ ReadLevel() (gpio.Level, error) }); ok {
		return r.ReadLevel()
	}
	return p.PinIn.Read(), nil
}

// Close gives the line back.
func (p countedPin) Close() error {
	if c, ok := p.PinIn.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// openPort opens a port whose reads are counted.
func (r *rounds) openPort(input string) func(path string, baud int) (radar.Port, error) {
	count := r.sensors[input]
	return func(path string, baud int) (radar.Port, error) {
		count.Add(1)
		port, err := radar.OpenPort(path, baud)
		if err != nil {
			return nil, err
		}
		return countedPort{port, count}, nil
	}
}

// A countedPort counts its reads, which end after 250 ms at the latest.
type countedPort struct {
	radar.Port
	count *atomic.Uint64
}

// Read reads what has come.
func (p countedPort) Read(b []byte) (int, error) {
	p.count.Add(1)
	return p.Port.Read(b)
}

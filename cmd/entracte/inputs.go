package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"

	"entracte/cmd/entracte/config"
	"entracte/hw/presence"
	"entracte/hw/radar"
	"entracte/hw/screen"
	"entracte/hw/sensor"
	"entracte/player"
	"entracte/player/control"
)

// inputs carries what sensors, keys and signals say to the presence machine, and
// its belief to the player.
type inputs struct {
	config   *config.Config
	log      *slog.Logger
	readings chan presence.Reading
	// keys says that the keyboard is a sensor here.
	keys   bool
	hours  func() (open, trusted bool)
	begun  time.Time
	rounds *rounds
	// picture is the last minute, for `entracte sensors`.
	picture picture
	// switches says that the screen's power follows the belief.
	switches bool
	// power follows it, once it runs, and lit says that it is to keep the screen on.
	// mu guards both.
	mu    sync.Mutex
	power *power
	lit   bool

	// For the broker: where the config is, the screen's id, and the pins that
	// cannot be read.
	configPath, device string
	deadPins           atomic.Pointer[[]string]
}

func newInputs(c *config.Config, log *slog.Logger) *inputs {
	if slices.ContainsFunc(c.Sensors, func(s config.Sensor) bool { return s.Kind == config.GPIO }) {
		// Before any file of ours is open; what is missing is reported by the
		// sensor that misses it.
		_ = sensor.Prepare()
	}
	in := &inputs{
		config: c, log: log, begun: time.Now(), rounds: newRounds(c),
		readings: make(chan presence.Reading, len(c.Sensors)+64),
		keys:     slices.ContainsFunc(c.Sensors, func(s config.Sensor) bool { return s.Kind == config.Key }),
	}
	for _, s := range c.Sensors {
		switch s.Kind {
		case config.Key, config.Signal:
			// Off until something says otherwise; said first, so that a till that
			// is quick is not overruled.
			in.readings <- presence.Reading{Input: s.Name, Level: presence.Low}
		case config.OnMQTT:
			if c.MQTT.Broker == "" {
				in.readings <- presence.Reading{Input: s.Name, Fault: noBroker}
			}
		}
	}
	return in
}

var pulls = map[config.Pull]gpio.Pull{config.PullUp: gpio.PullUp, config.PullDown: gpio.PullDown, config.PullNone: gpio.Float}

// run watches until ctx ends.
func (in *inputs) run(ctx context.Context, p *player.Player) {
	var parts sync.WaitGroup
	defer parts.Wait()
	in.listen(ctx, &parts)
	if c := in.connection(p); c != nil {
		parts.Go(func() { c.Run(ctx, in.readings) })
	}
	out := in.sensed(in.believe(p))
	if in.switches {
		power := followPower(screen.Layers(), out, in.log)
		in.lights(power)
		parts.Go(func() { power.screen.Run(ctx) })
		out = power.believe
	}
	passed := make(chan presence.Reading)
	parts.Go(func() { in.rounds.pass(ctx, in.readings, passed) })
	presence.Watch(ctx, presence.New(in.config.Machine()), in.begun, passed, in.hours, out)
}

// light keeps the screen on while there is something to say on it, whoever is there.
func (in *inputs) light(on bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.lit = on; in.power != nil {
		in.power.light(on)
	}
}

// lights gives light a power. What is to be said may be older: a stick was in before
// the machine was on.
func (in *inputs) lights(p *power) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.power = p
	p.light(in.lit)
}

// listen starts what reads pins and ports.
func (in *inputs) listen(ctx context.Context, parts *sync.WaitGroup) {
	for _, s := range in.config.Sensors {
		switch s.Kind {
		case config.GPIO:
			pin := sensor.GPIO{Input: s.Name, Pin: s.Pin, ActiveLow: s.Active == config.ActiveLow, Pull: pulls[s.Pull], Open: in.rounds.openPin(s.Name)}
			parts.Go(func() { pin.Watch(ctx, in.readings) })
		case config.LD2410:
			r := in.radar(s)
			r.Open = in.rounds.openPort(s.Name)
			parts.Go(func() { r.Watch(ctx, in.readings) })
		}
	}
}

func (in *inputs) radar(s config.Sensor) *radar.Radar {
	return &radar.Radar{
		Input: s.Name, Port: s.Port, Baud: s.Baud, NearCM: s.NearCM, FarCM: s.FarCM, Moving: s.SensitivityMoving, Still: s.SensitivityStill,
		Notice: func(err error) { in.log.Warn("radar", "sensor", s.Name, "err", err) },
	}
}

func (in *inputs) send(ctx context.Context, r presence.Reading) {
	select {
	case in.readings <- r:
	case <-ctx.Done():
	}
}

// key is the keyboard as the customer: W waits, S is served, E nobody. It is
// called from the glass and must not block.
func (in *inputs) key(key rune) {
	present, served := presence.Low, presence.Low
	switch key {
	case 'W':
		present = presence.High
	case 'S':
		present, served = presence.High, presence.High
	case 'E':
	default:
		return
	}
	for _, s := range in.config.Sensors {
		if s.Kind != config.Key {
			continue
		}
		level := present
		if s.Role == config.RoleService {
			level = served
		}
		select {
		case in.readings <- presence.Reading{Input: s.Name, Level: level}:
		default:
			in.log.Warn("key lost", "key", string(key))
		}
	}
}

// signal sets a sensor of kind "signal", for the control socket.
func (in *inputs) signal(ctx context.Context, name string, act control.Act) error {
	var known []string
	for _, s := range in.config.Sensors {
		if s.Kind != config.Signal {
			continue
		}
		if s.Name != name {
			known = append(known, fmt.Sprintf("%q", s.Name))
			continue
		}
		r := presence.Reading{Input: name}
		switch act {
		case control.On:
			r.Level = presence.High
		case control.Off:
			r.Level = presence.Low
		default:
			r.Pulse = true
		}
		in.send(ctx, r)
		return ctx.Err()
	}
	hint := "add a [[sensor]] with kind = \"signal\" to the config"
	if known != nil {
		hint = "the signals here are " + strings.Join(known, ", ")
	}
	return fmt.Errorf("%w: %q\nhint: %s", control.ErrNoInput, name, hint)
}

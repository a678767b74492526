package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"entracte/cmd/entracte/config"
	"entracte/hw/presence"
	"entracte/hw/sensor"
	"entracte/player/control"
	"entracte/scheduler/plan"
)

// A bench is a presence machine without a player: what `entracte sensors` looks
// at while none is running.
type bench struct {
	in     *inputs
	clock  *wallClock
	unused unused
	// open finds a pin that no sensor uses.
	open func(name string) (gpio.PinIn, error)
}

func newBench(c *config.Config, configPath string, log *slog.Logger) *bench {
	in := newInputs(c, log)
	in.configPath, in.device = configPath, "sensors"
	clock := newClock(c.Venue().Timezone)
	venue := c.Venue()
	in.hours = func() (open, trusted bool) {
		now, trust := clock.now()
		return venue.Open(now), trust == plan.ClockTrusted
	}
	return &bench{in: in, clock: clock, open: sensor.OpenUnused}
}

// run reads the inputs until ctx ends. It announces nothing to anybody.
func (b *bench) run(ctx context.Context) {
	var parts sync.WaitGroup
	defer parts.Wait()
	b.in.listen(ctx, &parts)
	parts.Go(func() { b.clock.run(ctx) })
	if c := b.in.connection(nil); c != nil && len(c.Inputs) > 0 {
		c.Announce = nil
		parts.Go(func() { c.Run(ctx, b.in.readings) })
	}
	parts.Go(func() { b.listenElsewhere(ctx) })
	presence.Watch(ctx, presence.New(b.in.config.Machine()), b.in.begun, b.in.readings, b.in.hours, b.in.sensed(func(presence.Belief) {}))
}

func (b *bench) sensors(context.Context) (control.Sensors, error) {
	s := b.in.sensors()
	s.Unused = b.unused.pins()
	return s, nil
}

// plainPins are the lines of the header that do nothing but what a program asks
// of them. The others may be in use without Linux saying so: to read GPIO14 is to
// take it from the serial port, and the radar goes dumb. So the rows of I2C,
// SPI, the five serial ports, sound and PWM are left alone, and those of the HAT's
// memory (Raspberry Pi documentation, "GPIO and the 40-pin header"; BCM2711
// peripherals, table "GPIO pins alternative function assignment").
var plainPins = []string{"GPIO6", "GPIO16", "GPIO17", "GPIO22", "GPIO23", "GPIO24", "GPIO25", "GPIO26", "GPIO27"}

// elsewherePull is the resistor that a wire of one of the sensors needs to show on
// another pin. Nothing else is changed: what is connected there may be no sensor,
// and the pin of a Pi keeps its resistor when it is given back.
func elsewherePull(sensors []config.Sensor) gpio.Pull {
	for _, pull := range []config.Pull{config.PullUp, config.PullDown} {
		if slices.ContainsFunc(sensors, func(s config.Sensor) bool { return s.Kind == config.GPIO && s.Pull == pull }) {
			return pulls[pull]
		}
	}
	return gpio.PullNoChange
}

// elsewhere are the plain pins that no sensor of the config has.
func (b *bench) elsewhere() []string {
	return slices.DeleteFunc(slices.Clone(plainPins), func(name string) bool {
		return slices.ContainsFunc(b.in.config.Sensors, func(s config.Sensor) bool { return s.Kind == config.GPIO && s.Pin == name })
	})
}

// listenElsewhere watches them, as far as nobody holds them and they are inputs.
func (b *bench) listenElsewhere(ctx context.Context) {
	readings := make(chan presence.Reading)
	var parts sync.WaitGroup
	defer parts.Wait()
	pull := elsewherePull(b.in.config.Sensors)
	for _, name := range b.elsewhere() {
		pin := sensor.GPIO{Input: name, Pin: name, Pull: pull, Open: b.open}
		parts.Go(func() { pin.Watch(ctx, readings) })
	}
	for {
		select {
		case r := <-readings:
			b.unused.take(r)
		case <-ctx.Done():
			return
		}
	}
}

// unused are the pins that nobody listens to. Any goroutine may use it.
type unused struct {
	mu    sync.Mutex
	all   []control.Pin
	heard map[string]bool // also of those that cannot be watched
}

// take takes a reading; a pin that another program holds is left out.
func (u *unused) take(r presence.Reading) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.heard == nil {
		u.heard = map[string]bool{}
	}
	u.heard[r.Input] = true
	i := slices.IndexFunc(u.all, func(p control.Pin) bool { return p.Pin == r.Input })
	switch {
	case r.Level == presence.Unknown && i >= 0:
		u.all = slices.Delete(u.all, i, i+1)
	case r.Level == presence.Unknown:
	case i < 0:
		u.all = append(u.all, control.Pin{Pin: r.Input, HeaderPin: sensor.HeaderPin(r.Input), Level: r.Level})
		slices.SortFunc(u.all, func(a, b control.Pin) int { return a.HeaderPin - b.HeaderPin })
	case u.all[i].Level != r.Level:
		u.all[i].Level = r.Level
		u.all[i].Moves++
	}
}

// tried is how many pins were tried.
func (u *unused) tried() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.heard)
}

func (u *unused) pins() []control.Pin {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.all)
}

// settle waits until every input and every other pin was read, for as long as
// that may take.
func (b *bench) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if s := b.in.sensors(); s.State != presence.Starting && b.unused.tried() == len(b.elsewhere()) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// settleWithin is a little more than the machine stays starting.
const settleWithin = 6 * time.Second

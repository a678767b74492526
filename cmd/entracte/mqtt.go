package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"entracte/cmd/entracte/config"
	"entracte/hw/mqtt"
	"entracte/hw/presence"
	"entracte/player"
)

// noBroker is what sensors on a broker report without one.
const noBroker = "no broker is set\nhint: add broker = \"mqtt://…\" under [mqtt]"

// brokerOf is the broker of a config that is in the file at path.
func brokerOf(c *config.Config, path, device string) mqtt.Broker {
	beside := func(file string) string {
		if file == "" || filepath.IsAbs(file) {
			return file
		}
		return filepath.Join(filepath.Dir(path), file)
	}
	m := c.MQTT
	return mqtt.Broker{Address: m.Broker, User: m.User, PasswordFile: beside(m.PasswordFile), CAFile: beside(m.CAFile), Device: device}
}

// onBroker are the sensors that report to the broker.
func onBroker(c *config.Config) []mqtt.Input {
	var all []mqtt.Input
	for _, s := range c.Sensors {
		if s.Kind == config.OnMQTT {
			all = append(all, mqtt.Input{
				Name: s.Name, Topic: s.Topic, JSONPath: s.JSONPath, True: s.TrueValues, False: s.FalseValues,
				Availability: s.AvailabilityTopic, ActiveLow: s.Active == config.ActiveLow, Press: s.Pressed(),
			})
		}
	}
	return all
}

// slowService says, of each service sensor whose level comes by Zigbee, that it
// will be late.
func slowService(c *config.Config) []string {
	var out []string
	for _, s := range c.Sensors {
		if s.Kind == config.OnMQTT && s.Role == config.RoleService && !s.Pressed() && mqtt.Zigbee(s.Topic) {
			out = append(out, fmt.Sprintf("%s: Zigbee tells seconds late that service began, and an ad runs on until then\nhint: wire a button or a mat to the pins, or use Zigbee for presence only", s.Name))
		}
	}
	return out
}

// brokerNotices are sentences about the broker and what is on it that are known
// from the config alone.
func brokerNotices(c *config.Config, path string) []string {
	b := brokerOf(c, path, "")
	out := slowService(c)
	if b.Address != "" {
		out = append(out, b.Warnings()...)
	}
	return out
}

// usesBroker reports whether anything goes over a broker.
func usesBroker(c *config.Config) bool {
	return c.MQTT.Broker != "" && (c.MQTT.Discovery || len(onBroker(c)) > 0)
}

// connection is what goes over the broker, nil if nothing does.
func (in *inputs) connection(p *player.Player) *mqtt.Connection {
	if !usesBroker(in.config) {
		return nil
	}
	c := &mqtt.Connection{
		Broker: brokerOf(in.config, in.configPath, in.device), Inputs: onBroker(in.config), Log: in.log,
		Round: func() { in.rounds.broker.Add(1) },
	}
	if in.config.MQTT.Discovery {
		c.Announce = &mqtt.Announcement{
			Name: in.config.Venue().Name, Version: thisBuild().Version,
			Facts: func(ctx context.Context) (mqtt.Facts, bool) { return in.facts(ctx, p) },
		}
	}
	return c
}

// facts are what everybody on the broker may know. They are made of the plan,
// the hours, the clock and deadPins, and of nothing else: see package mqtt.
func (in *inputs) facts(ctx context.Context, p *player.Player) (mqtt.Facts, bool) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	s, err := p.Status(ctx)
	if err != nil {
		return mqtt.Facts{}, false
	}
	open, trusted := in.hours()
	f := mqtt.Facts{Open: open || !trusted, Campaigns: s.Campaigns}
	if !trusted {
		f.Faults = append(f.Faults, "the clock cannot be trusted, so the venue counts as open")
	}
	if pins := in.deadPins.Load(); pins != nil {
		f.Faults = append(f.Faults, *pins...)
	}
	return f, true
}

// believe passes a belief on, and keeps of it what facts may say.
func (in *inputs) believe(p *player.Player) func(presence.Belief) {
	return func(b presence.Belief) {
		p.Believe(b)
		pins := in.unread(b)
		in.deadPins.Store(&pins)
	}
}

// unread names the pins that cannot be read. A pin is read all the time, whoever
// is there. Other sensors are left out: a radar that repeats an echo of somebody
// who left, and a sensor on the broker that is silent until somebody moves, are
// faults that tell of people; so is a pin that is stuck on.
func (in *inputs) unread(b presence.Belief) []string {
	var out []string
	for i, s := range in.config.Sensors {
		if s.Kind == config.GPIO && i < len(b.Inputs) && b.Inputs[i].Raw == presence.Unknown && b.Inputs[i].Fault != "" {
			out = append(out, s.Name+": "+b.Inputs[i].Fault)
		}
	}
	return out
}

// examineBroker is the doctor's look at the broker and the sensors on it.
func examineBroker(ctx context.Context, c *config.Config, path string) []finding {
	var list []finding
	for _, s := range c.Sensors {
		if s.Kind == config.OnMQTT {
			list = append(list, finding{What: "sensor", State: fine, Fact: fmt.Sprintf("%q (%s) on topic %s", s.Name, s.Role, s.Topic)})
		}
	}
	inputs := onBroker(c)
	if c.MQTT.Broker == "" {
		if len(inputs) > 0 {
			list = append(list, troubled("broker", noBroker))
		}
		return list
	}
	for _, warning := range brokerNotices(c, path) {
		list = append(list, troubled("broker", warning))
	}
	b := brokerOf(c, path, cmp.Or(c.Device.ID, "new"))
	if err := mqtt.Reach(ctx, b, inputs); err != nil {
		return append(list, troubled("broker", err.Error()))
	}
	return append(list, finding{What: "broker", State: fine, Fact: b.Address + " answers and lets us in"})
}

// troubled is a finding about a sentence with a hint.
func troubled(what, said string) finding {
	fact, hint, _ := strings.Cut(said, "\nhint: ")
	return finding{What: what, State: attention, Fact: fact, Hint: hint}
}

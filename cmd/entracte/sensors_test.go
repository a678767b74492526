package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/presence"
	"entracte/player/control"
)

func believed(state presence.State, inputs ...presence.InputBelief) presence.Belief {
	for i := range inputs {
		inputs[i].Name = string(rune('a' + i))
	}
	return presence.Belief{State: state, Inputs: inputs}
}

func TestPicture(t *testing.T) {
	t.Parallel()
	unread := presence.InputBelief{}
	low := presence.InputBelief{Raw: presence.Low, Level: presence.Low}
	raw := presence.InputBelief{Raw: presence.High, Level: presence.Low}
	high := presence.InputBelief{Raw: presence.High, Level: presence.High}
	held := presence.InputBelief{Raw: presence.Low, Level: presence.High}
	const ms, s = time.Millisecond, time.Second
	var p picture
	if got := p.sensors(0); len(got.Inputs) != 0 || got.State != presence.Starting {
		t.Errorf("before anything is known: %+v", got)
	}
	for _, x := range []struct {
		at time.Duration
		b  presence.Belief
	}{
		{100 * ms, believed(presence.Starting, unread, unread)},
		{1100 * ms, believed(presence.Empty, low, unread)},
		{3 * s, believed(presence.Empty, raw, unread)},
		{3050 * ms, believed(presence.Waiting, high, low)},
		{3900 * ms, believed(presence.Waiting, held, low)},
		{6 * s, believed(presence.Empty, low, low)},
		{7100 * ms, believed(presence.Empty, raw, low)}, // a spike
		{7101 * ms, believed(presence.Empty, low, low)},
	} {
		p.believe(x.at, x.b)
	}
	got := p.sensors(9 * s)
	// In each second the most that was seen.
	for i, want := range []string{"??_#===~__", "????______"} {
		if m := got.Inputs[i].Minute; len(m) != 60 || strings.TrimLeft(m, " ") != want {
			t.Errorf("input %d was %q, want %q", i, m, want)
		}
	}
	if a, b := got.Inputs[0].Moves, got.Inputs[1].Moves; a != 4 || b != 1 {
		t.Errorf("moves %d and %d, want 4 and 1", a, b)
	}
	if m := p.sensors(64 * s).Inputs[0].Minute; m != "==~"+strings.Repeat("_", 57) {
		t.Errorf("55 s later: %q", m)
	}
	if m := p.sensors(500 * s).Inputs[0].Minute; m != strings.Repeat("_", 60) {
		t.Errorf("minutes later: %q", m)
	}
	p.believe(501*s, believed(presence.Waiting, high, low))
	if m := p.sensors(501 * s).Inputs[0].Minute; m != strings.Repeat("_", 59)+"#" {
		t.Errorf("a sign after minutes: %q", m)
	}
}

func TestMovesInWords(t *testing.T) {
	t.Parallel()
	at := func(moves uint64, raw presence.Level, activeLow bool, pin string, header int) control.Sensors {
		return control.Sensors{Inputs: []control.Sensor{{
			InputBelief: presence.InputBelief{Name: "button", Raw: raw}, Pin: pin, HeaderPin: header, ActiveLow: activeLow, Moves: moves,
		}}}
	}
	elsewhere := func(moves uint64, l presence.Level) control.Sensors {
		return control.Sensors{Unused: []control.Pin{{Pin: "GPIO27", HeaderPin: 13, Level: l, Moves: moves}}}
	}
	wiredWrong := func(moves, bench, till uint64) control.Sensors {
		s := elsewhere(moves, presence.Low)
		s.Inputs = []control.Sensor{
			{InputBelief: presence.InputBelief{Name: "bench"}, Pin: "GPIO17", HeaderPin: 11, Moves: bench},
			{InputBelief: presence.InputBelief{Name: "till"}, Pin: "GPIO22", HeaderPin: 15, Moves: till},
			{InputBelief: presence.InputBelief{Name: "phone"}},
		}
		return s
	}
	for _, c := range []struct {
		was, is control.Sensors
		want    string
	}{
		{at(1, presence.Low, false, "GPIO17", 11), at(1, presence.Low, false, "GPIO17", 11), ""},
		{at(1, presence.Low, false, "GPIO17", 11), at(2, presence.High, false, "GPIO17", 11), `GPIO17 (pin 11) just went high: "button" says yes`},
		{at(1, presence.Low, true, "GPIO17", 11), at(2, presence.High, true, "GPIO17", 11), `GPIO17 (pin 11) just went low: "button" says yes`},
		{at(1, presence.Low, true, "GPIO17", 11), at(3, presence.Low, true, "GPIO17", 11), `GPIO17 (pin 11) just went high (2 changes): "button" says no`},
		{at(1, presence.Low, true, "GPIO17", 11), at(2, presence.Unknown, true, "GPIO17", 11), `"button" cannot be read`},
		{at(1, presence.Low, false, "", 0), at(2, presence.High, false, "", 0), `"button" just said yes`},
		{at(9, presence.High, false, "", 0), at(2, presence.Low, false, "", 0), ""}, // another player
		{elsewhere(0, presence.High), elsewhere(1, presence.Low), "GPIO27 (header pin 13) moved, and no sensor is configured there"},
		{wiredWrong(0, 0, 0), wiredWrong(1, 0, 0), `GPIO27 (header pin 13) moved, and no sensor is configured there; "bench" expects GPIO17 (pin 11), "till" expects GPIO22 (pin 15)`},
		{wiredWrong(1, 0, 1), wiredWrong(3, 0, 1), `GPIO27 (header pin 13) moved, and no sensor is configured there; "bench" expects GPIO17 (pin 11)`},
		{wiredWrong(1, 2, 1), wiredWrong(2, 2, 1), `GPIO27 (header pin 13) moved, and no sensor is configured there`},
		{elsewhere(0, presence.High), elsewhere(0, presence.High), ""},
		{control.Sensors{}, elsewhere(3, presence.High), ""},
		{elsewhere(3, presence.High), control.Sensors{}, ""},
	} {
		if got := strings.Join(moves(c.was, c.is), "; "); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

var (
	glance = control.Sensors{
		State: presence.Waiting, Since: 12.2, Cause: "bench sees somebody",
		Inputs: []control.Sensor{
			{InputBelief: presence.InputBelief{Name: "bench", Raw: presence.Low, Level: presence.High}, Kind: "gpio", Pin: "GPIO17", HeaderPin: 11,
				Minute: strings.Repeat(" ", 50) + "??__~###==", Moves: 1},
			{InputBelief: presence.InputBelief{Name: "till", Role: presence.RoleService, Fault: "no broker\nhint: plug it in"}, Kind: "mqtt", Minute: strings.Repeat("?", 60)},
		},
		Unused: []control.Pin{{Pin: "GPIO27", HeaderPin: 13, Level: presence.High}},
	}
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// second is glance a moment later.
func second() control.Sensors {
	s := glance
	s.Inputs = slices.Clone(glance.Inputs)
	s.Inputs[0].Raw, s.Inputs[0].Moves = presence.High, 2
	s.Unused = []control.Pin{{Pin: "GPIO27", HeaderPin: 13, Level: presence.Low, Moves: 1}}
	return s
}

func TestSensorsAsLines(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	v := &sensorsView{w: &b}
	for i, s := range []control.Sensors{glance, glance, second()} {
		if err := v.show(noon.Add(time.Duration(i)*glanceEvery), s); err != nil {
			t.Fatal(err)
		}
	}
	want := `12:00:00.000 waiting for 12s: bench sees somebody
12:00:00.000 bench, presence, GPIO17 (pin 11): low → high
12:00:00.000 till, service, mqtt: unknown → unknown: no broker; hint: plug it in
12:00:00.000 nobody listens to GPIO27 (pin 13) high
12:00:00.500 GPIO17 (pin 11) just went high: "bench" says yes
12:00:00.500 GPIO27 (header pin 13) moved, and no sensor is configured there
12:00:00.500 bench: high → high
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", &b, want)
	}
}

func TestSensorsAsPicture(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	v := &sensorsView{w: &b, live: true}
	for range 2 * saidLines {
		b.Reset()
		for _, s := range []control.Sensors{glance, second()} {
			if err := v.show(noon, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	lines := strings.Split(b.String(), "\x1b[K\r\n")
	for _, want := range []string{strings.Repeat(" ", 50) + "??▁▁▄███▓▓", strings.Repeat("?", 60), "  no broker; hint: plug it in",
		"12:00:00 GPIO27 (header pin 13) moved, and no sensor is configured there"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %q in %q", want, lines)
		}
	}
	if n := strings.Count(b.String(), "says yes"); n > saidLines {
		t.Errorf("%d sentences stay", n)
	}
	for _, l := range lines {
		if n := len([]rune(strings.TrimPrefix(l, "\x1b[H"))); n > 80 {
			t.Errorf("%d columns: %q", n, l)
		}
	}
}

const benchConfig = `
[venue]
name = "Bijouterie Martin"
activity = "jeweller"
[[sensor]]
name = "door"
role = "presence"
kind = "key"
[[sensor]]
name = "hush"
role = "pause"
kind = "key"
[[sensor]]
name = "quiet"
role = "pause"
kind = "key"
`

// buttonConfig is a button that nobody pressed yet.
const buttonConfig = benchConfig + `
[[sensor]]
name = "button"
role = "service"
kind = "gpio"
pin = "GPIO17"
active = "low"
`

func benchOf(t *testing.T, text string) *bench {
	t.Helper()
	c, err := config.Parse("bench.toml", []byte(text), assets.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	return newBench(c, "bench.toml", slog.New(slog.NewTextHandler(io.Discard, nil)))
}

// A wire on the wrong pin is seen there, and a pin that somebody holds is no news.
func TestPinsThatNobodyListensTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := benchOf(t, buttonConfig)
		pins := map[string]*gpiotest.Pin{}
		for _, name := range plainPins {
			pins[name] = &gpiotest.Pin{N: name, L: gpio.High, EdgesChan: make(chan gpio.Level)}
		}
		b.open = func(name string) (gpio.PinIn, error) {
			if name == "GPIO22" {
				return nil, io.ErrUnexpectedEOF
			}
			return pins[name], nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); b.run(ctx) }()
		b.settle(ctx)
		time.Sleep(time.Second)
		s, err := b.sensors(ctx)
		if err != nil || len(s.Unused) != len(plainPins)-2 || len(s.Inputs) != 4 || s.State == presence.Starting {
			t.Errorf("at first: %+v, %v", s, err)
		}
		if pins["GPIO27"].P != gpio.PullUp {
			t.Error("a contact to ground would not show")
		}
		pins["GPIO27"].EdgesChan <- gpio.Low
		time.Sleep(time.Second)
		is, _ := b.sensors(ctx)
		if got := moves(s, is); len(got) != 1 || got[0] != `GPIO27 (header pin 13) moved, and no sensor is configured there; "button" expects GPIO17 (pin 11)` {
			t.Errorf("the news is %q", got)
		}
		cancel()
		<-done
	})
}

func TestPauseOfTheAPI(t *testing.T) {
	t.Parallel()
	in := benchOf(t, benchConfig).in
	for range 3 {
		<-in.readings // every key is up
	}
	taken := func() (all []presence.Reading) {
		for len(in.readings) > 0 {
			all = append(all, <-in.readings)
		}
		return all
	}
	if err := in.pause(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := taken(); !slices.Equal(got, []presence.Reading{{Pulse: true, Lasts: time.Hour}}) {
		t.Errorf("a pause is %+v", got)
	}
	if err := in.pause(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	over := presence.Reading{Pulse: true, Lasts: -1}
	hush, quiet := over, over
	hush.Input, quiet.Input = "hush", "quiet"
	if got := taken(); !slices.Equal(got, []presence.Reading{over, hush, quiet}) {
		t.Errorf("the end of a pause is %+v", got)
	}
}

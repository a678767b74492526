package presence

import (
	"slices"
	"testing"
	"time"
)

var faultRows = []struct{ name, script, want string }{
	{"service unknown is quiet where it would wait", open + `
		00:00:00 door high
		00:00:10 till unknown
		00:00:30 till low
		00:01:00 end`, "0.000 waiting 10.000 serving 32.000 waiting"},
	{"service unknown keeps nobody awake", open + `
		00:00:00 door low
		00:00:10 till unknown
		00:10:00 end`, "0.000 empty 300.000 asleep"},
	{"service unknown does not open the venue", open + `
		00:00:00 door high
		00:00:10 till unknown
		00:01:00 hours closed
		00:10:00 end`, "0.000 waiting 10.000 serving 62.000 closed"},
	{"service unknown, on_fault show", `
		input door signal presence
		input till signal service on_fault=show
		00:00:00 hours open
		00:00:00 door high
		00:00:00 till low
		00:00:10 till unknown
		00:01:00 end`, "0.000 waiting"},
	{"service never read, on_fault show", `
		input door signal presence
		input till signal service on_fault=show
		00:00:00 hours open
		00:00:00 door high
		00:01:00 end`, "5.000 waiting"},
	{"serving_max: quiet until it releases", `
		venue serving_max=10m
		input till signal service` + `
		00:00:00 hours open
		00:00:00 till high
		01:00:00 till low
		02:00:00 end`, "0.000 serving 3602.000 waiting"},

	{"presence lost: show", open + `
		00:00:00 door low
		00:00:10 door unknown
		00:01:00 end`, "0.000 empty 10.000 waiting"},
	{"presence lost: quiet, and never asleep", `
		venue on_sensor_loss=quiet
		input door signal presence
		00:00:00 hours open
		00:00:00 door high
		00:00:10 door unknown
		01:00:00 end`, "0.000 waiting 10.000 empty"},
	{"presence lost while asleep: quiet wakes the idle look", `
		venue on_sensor_loss=quiet
		input door signal presence
		00:00:00 hours open
		00:00:00 door low
		00:10:00 door unknown
		01:00:00 door low
		02:00:00 end`, "0.000 empty 300.000 asleep 600.000 empty 3930.000 asleep"},
	{"presence lost: never past closing time", open + `
		00:00:00 door unknown
		00:00:10 hours closed
		01:00:00 end`, "0.000 waiting 10.000 closed"},
	{"presence back for 30 s ends the loss", open + `
		00:00:00 door unknown
		00:00:10 door low
		00:00:39.999 door unknown
		00:01:00 door low
		00:02:00 end`, "0.000 waiting 90.000 empty"},
	{"one dead presence input of two is dropped", `
		input mat signal presence` + open + `
		00:00:00 mat unknown
		00:00:00 door low
		00:00:10 door high
		00:00:20 door low`, "0.000 empty 10.000 waiting 20.000 empty"},
	{"the hold outlives a dead input", `
		input mat signal presence hold=5s` + open + `
		00:00:00 door low
		00:00:00 mat high
		00:00:10 mat unknown
		00:00:20 end`, "0.000 waiting 15.000 empty"},
	{"silence past max_age is unknown", `
		input door signal presence max_age=1m
		00:00:00 hours open
		00:00:00 door low
		00:02:00 end`, "0.000 empty 60.000 waiting"},

	{"stuck on for 8 h, dropped beside a healthy one", `
		input mat signal presence` + open + `
		00:00:00 door low
		00:00:00 mat high
		09:00:00 end`, "0.000 waiting 28800.000 empty 29100.000 asleep"},
	{"stuck on for 8 h, alone: on_sensor_loss", `
		venue on_sensor_loss=quiet` + open + `
		00:00:00 door high
		09:00:00 door low
		10:00:00 door high`, "0.000 waiting 28800.000 empty 32730.000 asleep 36000.000 waiting"},
	{"stuck on for 30 min while closed", `
		input mat signal presence` + open + `
		00:00:00 door low
		00:00:00 mat high
		00:10:00 hours closed
		00:41:00 hours open`, "0.000 waiting 600.000 closed 2460.000 empty"},
	{"on for less than 30 min while closed", `
		input mat signal presence` + open + `
		00:00:00 door low
		00:00:00 mat high
		00:10:00 hours closed
		00:39:59 hours open`, "0.000 waiting 600.000 closed 2399.000 waiting"},
	{"a suspect is cleared by its next edge", `
		input mat signal presence` + open + `
		00:00:00 door low
		00:00:00 mat high
		09:00:00 mat low
		09:00:01 mat high`, "0.000 waiting 28800.000 empty 29100.000 asleep 32401.000 waiting"},

	{"warming up is low without fault", `
		input pir gpio presence
		00:00:00 hours open
		00:00:00 pir low
		00:00:20 pir high
		00:00:25 pir low
		00:00:58 pir high
		00:01:30 end`, "0.000 empty 60.050 waiting"},
	{"a press while warming up is nobody", `
		input radar signal presence warm_up=1m hold=10s
		00:00:00 hours open
		00:00:00 radar low
		00:00:20 radar press
		00:01:10 radar press
		00:01:30 end`, "0.000 empty 70.000 waiting 80.000 empty"},
	{"nobody waits before the inputs have settled", bare + `
		00:00:00 hours closed
		00:00:01 door high
		00:00:02 hours untrusted
		00:00:03 till low`, "0.000 closed 2.000 empty 3.000 waiting"},
	{"a still target starts nothing", `
		input radar signal presence
		00:00:00 hours open
		00:00:00 radar still
		00:01:00 end`, "0.000 empty"},
	{"a still target sustains, for a quarter of an hour", `
		input radar signal presence
		00:00:00 hours open
		00:00:00 radar high
		00:01:00 radar still
		01:00:00 end`, "0.000 waiting 960.000 empty 1260.000 asleep"},
	{"motion elsewhere proves the still target", `
		input pir signal presence
		input radar signal presence
		00:00:00 hours open
		00:00:00 pir low
		00:00:00 radar high
		00:01:00 radar still
		00:15:00 pir high
		00:15:01 pir low
		00:30:00 end`, "0.000 waiting"},
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range faultRows {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkStates(t, c.script, c.want)
		})
	}
}

func TestFaultSentences(t *testing.T) {
	t.Parallel()
	m := New(Config{ServingMax: time.Minute, Inputs: []Input{
		{Name: "mat"}, {Name: "bench", WarmUp: time.Hour}, {Name: "till", Role: RoleService},
	}})
	m.SetHours(0, true, false)
	m.Observe(0, Reading{Input: "mat", Fault: "no chip"})
	m.Observe(0, Reading{Input: "bench", Level: High})
	m.Observe(0, Reading{Input: "till", Level: High})
	m.Advance(time.Minute)
	b := m.Belief()
	want := []Fault{
		{"mat", "no chip"},
		{"till", "service for more than 1m0s: the screen stays quiet until it ends"},
	}
	if !slices.Equal(b.Faults, want) {
		t.Errorf("faults %q, want %q", b.Faults, want)
	}
	if !b.ClockUntrusted || b.NoService {
		t.Errorf("clock untrusted %t, no service %t; want true, false", b.ClockUntrusted, b.NoService)
	}
	if in := b.Inputs[1]; !in.WarmingUp || in.Level != Low || in.Raw != High || in.Fault != "" {
		t.Errorf("bench is %+v, want a high level that is warming up", in)
	}
	if !New(Config{Inputs: []Input{{Name: "mat"}}}).Belief().NoService {
		t.Error("a venue without a service input does not say so")
	}
}

func TestWaitsOfBelief(t *testing.T) {
	t.Parallel()
	m := New(Config{Inputs: []Input{{Name: "mat"}}})
	m.SetHours(0, true, true)
	m.Observe(0, Reading{Input: "mat", Level: High})
	first := m.Belief()
	m.Observe(40*time.Second, Reading{Input: "mat", Level: Low})
	empty := m.Belief()
	if d, ok := first.Waited(empty); !ok || d != 40*time.Second || first.Wait != 1 || empty.Wait != 0 {
		t.Errorf("the first wait lasted %v, %t; want 40 s", d, ok)
	}
	m.Observe(50*time.Second, Reading{Input: "mat", Level: High})
	m.Observe(60*time.Second, Reading{Input: "mat"})
	second := m.Belief()
	if d, ok := second.Waited(empty); ok || second.Wait != 2 || !second.Assumed {
		t.Errorf("a wait through a sensor loss counts as %v", d)
	}
	m.Observe(70*time.Second, Reading{Input: "mat", Level: High})
	if !m.Belief().Assumed {
		t.Error("the wait was partly assumed, and that is forgotten")
	}
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	m := New(Config{Inputs: []Input{{Name: "mat"}}})
	m.SetHours(0, true, true)
	for i := range 2000 {
		m.Observe(time.Duration(i)*time.Second, Reading{Input: "mat", Level: Level(1 + i%2)})
	}
	h := m.History()
	if len(h) != 512 || h[511].At != 1999*time.Second {
		t.Errorf("%d transitions, the last at %v; want 512 and 1999 s", len(h), h[len(h)-1].At)
	}
}

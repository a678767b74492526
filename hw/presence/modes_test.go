package presence

import (
	"fmt"
	"testing"
	"time"
)

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

const toggle = `
input door signal presence
input button gpio service mode=toggle
00:00:00 hours open
00:00:00 door high
00:00:00 button low
`

var modeRows = []struct{ name, script, want string }{
	{"toggle: press, press", toggle + `
		00:00:10 button high
		00:00:11 button low
		00:05:00 button high
		00:05:01 button low
		00:06:00 end`, "0.000 waiting 10.005 serving 302.005 waiting"},
	{"toggle: bounce is one press", toggle + `
		00:00:10.000 button high
		00:00:10.006 button low
		00:00:10.008 button high
		00:00:10.012 button low
		00:00:10.030 button high
		00:00:10.200 button low
		00:06:00 end`, "0.000 waiting 10.005 serving"},
	{"toggle: a spike is no press", toggle + `
		00:00:10.000 button high
		00:00:10.004 button low
		00:01:00 end`, "0.000 waiting"},
	{"toggle: held from the start is no press", `
		input door signal presence
		input button gpio service mode=toggle
		00:00:00 hours open
		00:00:00 door high
		00:00:00 button high
		00:01:00 end`, "0.005 waiting"},
	{"toggle: high after unknown is no press", toggle + `
		00:00:10 button unknown
		00:00:20 button high
		00:01:00 end`, "0.000 waiting 10.000 serving 22.000 waiting"},
	{"toggle: gone for a minute clears it", toggle + `
		00:00:10 button high
		00:00:11 button low
		00:01:00 door low
		00:05:00 end`, "0.000 waiting 10.005 serving 122.000 empty"},
	{"toggle: gone for less does not", toggle + `
		00:00:10 button high
		00:00:11 button low
		00:01:00 door low
		00:01:59.999 door high
		00:02:30 door low
		00:03:00 door high
		00:05:00 end`, "0.000 waiting 10.005 serving"},
	{"toggle: pressed while nobody is there lasts a minute", toggle + `
		00:00:05 door low
		00:10:00 button high
		00:10:01 button low
		00:15:00 end`, "0.000 waiting 5.000 empty 305.000 asleep 600.005 serving 662.005 empty"},
	{"toggle: unknown presence clears nothing", toggle + `
		00:00:10 button high
		00:00:11 button low
		00:01:00 door unknown
		00:30:00 end`, "0.000 waiting 10.005 serving"},
	{"toggle: one dead input of two clears nothing", `
		input mat signal presence` + toggle + `
		00:00:00 mat unknown
		00:00:10 button high
		00:00:11 button low
		00:01:00 door low
		00:30:00 end`, "0.000 waiting 10.005 serving"},
	{"toggle: a suspect that is alone clears nothing", `
		venue on_sensor_loss=quiet` + toggle + `
		00:00:10 button high
		00:00:11 button low
		09:00:00 end`, "0.000 waiting 10.005 serving"},
	{"toggle: without presence inputs only a press clears it", `
		input button gpio service mode=toggle
		00:00:00 hours open
		00:00:00 button low
		00:00:10 button high
		00:00:11 button low
		03:00:00 end`, "0.000 waiting 10.005 serving"},

	{"pulse: lasts", `
		input bell signal service mode=pulse lasts=3m
		00:00:00 hours open
		00:00:00 bell low
		00:01:00 bell high
		00:01:01 bell low
		00:02:00 bell high
		00:30:00 end`, "0.000 waiting 60.000 serving 302.000 waiting"},
	{"pulse: a press without a level", `
		input bell signal service mode=pulse
		00:00:00 hours open
		00:00:00 bell low
		00:01:00 bell press
		00:30:00 end`, "0.000 waiting 60.000 serving 242.000 waiting"},
	{"pulse: a press proves the sensor works", `
		input bell signal service mode=pulse lasts=1m
		00:00:00 hours open
		00:01:00 bell press
		00:30:00 end`, "5.000 serving 122.000 waiting"},
	{"level: a pulse counts for a while, off ends it", `
		input till signal service lasts=1m
		00:00:00 hours open
		00:00:00 till low
		00:01:00 till press
		00:05:00 till press
		00:05:20 till low
		00:30:00 end`, "0.000 waiting 60.000 serving 122.000 waiting 300.000 serving 322.000 waiting"},

	{"pause: ten minutes", `
		input hush gpio pause
		00:00:00 hours open
		00:00:00 hush low
		00:01:00 hush high
		00:01:01 hush low
		01:00:00 end`, "0.000 waiting 60.005 serving 662.005 waiting"},
	{"pause: again resumes", `
		input hush gpio pause
		00:00:00 hours open
		00:00:00 hush low
		00:01:00 hush high
		00:01:01 hush low
		00:02:00 hush high
		00:02:01 hush low
		01:00:00 end`, "0.000 waiting 60.005 serving 122.005 waiting"},
	{"pause: a dead button silences nobody", `
		input hush gpio pause
		00:00:00 hours open
		00:00:00 hush unknown
		01:00:00 end`, "0.000 waiting"},
	{"pause: the owner's own", `
		00:00:00 hours open
		00:01:00 owner press
		01:00:00 end`, "0.000 waiting 60.000 serving 662.000 waiting"},
}

func TestModes(t *testing.T) {
	t.Parallel()
	for _, c := range modeRows {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkStates(t, c.script, c.want)
		})
	}
}

func TestPauseFor(t *testing.T) {
	t.Parallel()
	m := New(Config{})
	m.SetHours(0, true, true)
	m.Observe(1*time.Second, Reading{Pulse: true, Lasts: time.Minute})
	m.Observe(2*time.Second, Reading{Pulse: true, Lasts: 5 * time.Minute})
	b := m.Belief()
	if !b.Paused || b.State != Serving || b.PausedUntil != 302*time.Second {
		t.Errorf("after pausing twice: %+v, want a pause until 302 s", b)
	}
	m.Observe(10*time.Second, Reading{Pulse: true, Lasts: -1})
	if b := m.Belief(); b.Paused || b.State != Serving {
		t.Errorf("after ending the pause: %+v, want serving for 2 s more", b)
	}
	m.Advance(12 * time.Second)
	if b := m.Belief(); b.State != Waiting {
		t.Errorf("2 s after the pause: %v, want waiting", b.State)
	}
}

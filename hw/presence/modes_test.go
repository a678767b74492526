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
	{"toggle: a customer who walks past in that minute starts it anew", toggle + `
		00:00:10 button high
		00:00:11 button low
		00:01:00 door low
		00:01:50 door high
		00:01:51 door low
		00:05:00 end`, "0.000 waiting 10.005 serving 173.000 empty"},
	{"toggle: presence that is only held has not gone", `
		input door signal presence hold=30s
		input button gpio service mode=toggle
		00:00:00 hours open
		00:00:00 door high
		00:00:00 button low
		00:00:10 button high
		00:00:11 button low
		00:01:00 door low
		00:05:00 end`, "0.000 waiting 10.005 serving 152.000 empty"},
	{"toggle: a still target holds it for a quarter of an hour", `
		input radar signal presence
		input button gpio service mode=toggle
		00:00:00 hours open
		00:00:00 radar high
		00:00:00 button low
		00:00:10 button high
		00:00:11 button low
		00:01:00 radar still
		01:00:00 end`, "0.000 waiting 10.005 serving 1022.000 empty 1322.000 asleep"},
	{"toggle: past serving_max only presence or a press clears it", "venue serving_max=30m" + toggle + `
		00:00:10 button high
		00:00:11 button low
		02:00:00 door low
		03:00:00 end`, "0.000 waiting 10.005 serving 7262.000 empty 7562.000 asleep"},
	{"toggle: past serving_max the press clears it", "venue serving_max=30m" + toggle + `
		00:00:10 button high
		00:00:11 button low
		02:00:00 button high
		02:30:00 end`, "0.000 waiting 10.005 serving 7202.005 waiting"},
	{"toggle: closing time does not clear it, the empty shop does", toggle + `
		00:00:10 button high
		00:00:11 button low
		00:01:00 hours closed
		00:10:00 door low
		00:20:00 end`, "0.000 waiting 10.005 serving 662.000 closed"},
	{"toggle: a suspect beside a healthy input clears it", `
		input mat signal presence` + toggle + `
		00:00:00 mat high
		00:00:10 button high
		00:00:11 button low
		00:01:00 door low
		09:00:00 end`, "0.000 waiting 10.005 serving 28862.000 empty 29162.000 asleep"},
	{"toggle: losing the button's wire does not clear it", `
		venue on_sensor_loss=quiet` + toggle + `
		00:00:10 button high
		00:00:11 button low
		00:01:00 button unknown
		00:02:00 button low
		00:10:00 end`, "0.000 waiting 10.005 serving"},
	{"toggle: a signal on is a press, off is its release", `
		input till signal service mode=toggle
		00:00:00 hours open
		00:00:00 till low
		00:01:00 till high
		00:02:00 till low
		00:03:00 till high
		00:10:00 end`, "0.000 waiting 60.000 serving 182.000 waiting"},

	{"level: the release clears it", `
		input till signal service
		00:00:00 hours open
		00:00:00 till low
		00:01:00 till high
		00:02:00 till low
		00:10:00 end`, "0.000 waiting 60.000 serving 122.000 waiting"},
	{"level: nothing but the release clears it", open + `
		00:00:00 door low
		00:01:00 till high
		12:00:00 end`, "0.000 empty 60.000 serving"},
	{"level: unknown after high clears nothing while somebody waits", open + `
		00:00:00 door high
		00:01:00 till high
		00:02:00 till unknown
		03:00:00 till low
		04:00:00 end`, "0.000 waiting 60.000 serving 10802.000 waiting"},
	{"pulse: nobody there does not clear it", `
		input door signal presence
		input bell signal service mode=pulse lasts=10m
		00:00:00 hours open
		00:00:00 door high
		00:00:00 bell low
		00:01:00 bell high
		00:02:00 door low
		00:30:00 end`, "0.000 waiting 60.000 serving 662.000 empty 962.000 asleep"},
	{"pulse: held down is one press", `
		input bell signal service mode=pulse lasts=3m
		00:00:00 hours open
		00:00:00 bell low
		00:01:00 bell high
		02:00:00 end`, "0.000 waiting 60.000 serving 242.000 waiting"},
	{"pulse: losing its wire does not clear it", `
		input bell signal service mode=pulse lasts=3m on_fault=show
		00:00:00 hours open
		00:00:00 bell low
		00:01:00 bell high
		00:01:30 bell unknown
		02:00:00 end`, "0.000 waiting 60.000 serving 242.000 waiting"},
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
	{"pause: lasts as long as the config says", `
		input hush gpio pause lasts=2m
		00:00:00 hours open
		00:00:00 hush low
		00:01:00 hush high
		01:00:00 end`, "0.000 waiting 60.005 serving 182.005 waiting"},
	{"pause: nobody there does not clear it", `
		input door signal presence
		input hush gpio pause
		00:00:00 hours open
		00:00:00 hush low
		00:00:00 door high
		00:01:00 hush high
		00:02:00 door low
		01:00:00 end`, "0.000 waiting 60.005 serving 662.005 empty 962.005 asleep"},
	{"pause: closing time waits for its end", `
		input hush gpio pause
		00:00:00 hours open
		00:00:00 hush low
		00:01:00 hush high
		00:02:00 hours closed
		01:00:00 end`, "0.000 waiting 60.005 serving 662.005 closed"},
	{"pause: losing its wire does not clear it", `
		input hush gpio pause
		00:00:00 hours open
		00:00:00 hush low
		00:01:00 hush high
		00:02:00 hush unknown
		01:00:00 end`, "0.000 waiting 60.005 serving 662.005 waiting"},
	{"pause: the end of a sale does not clear it", `
		input till signal service
		input hush gpio pause
		00:00:00 hours open
		00:00:00 hush low
		00:00:00 till low
		00:01:00 hush high
		00:02:00 till high
		00:03:00 till low
		01:00:00 end`, "0.000 waiting 60.005 serving 662.005 waiting"},
	{"pause: the button ends the owner's", `
		input hush gpio pause
		00:00:00 hours open
		00:00:00 hush low
		00:01:00 owner press
		00:02:00 hush high
		01:00:00 end`, "0.000 waiting 60.000 serving 122.005 waiting"},
	{"pause: one button ends the other's", `
		input hush gpio pause
		input quiet gpio pause
		00:00:00 hours open
		00:00:00 hush low
		00:00:00 quiet low
		00:01:00 hush high
		00:02:00 quiet high
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

package mqtt

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/hw/presence"
)

var start = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// A script drives a desk and reads what it reports as words.
type script struct {
	t   *testing.T
	d   *desk
	now time.Time
}

func play(t *testing.T, in Input) *script {
	t.Helper()
	t.Parallel()
	if in.Name == "" {
		in.Name = "door"
	}
	return &script{t, newDesk([]Input{in}, usual), start}
}

func (s *script) up() *script {
	s.d.connected(s.now)
	s.d.subscribed(s.now, nil, nil)
	return s
}
func (s *script) down(ago time.Duration) *script {
	s.d.lost(s.now, s.now.Add(-ago), "the broker is gone")
	return s
}
func (s *script) never() *script { s.d.lost(s.now, time.Time{}, "no broker"); return s }
func (s *script) live(topic, payload string) *script {
	s.d.hear(topic, []byte(payload), false)
	return s
}
func (s *script) kept(topic, payload string) *script {
	s.d.hear(topic, []byte(payload), true)
	return s
}
func (s *script) after(d time.Duration) *script { s.now = s.now.Add(d); return s }

// says wants these reports and no others: levels, "press", or for unknown a part
// of the fault.
func (s *script) says(want ...string) *script {
	s.t.Helper()
	var got []string
	for _, r := range s.d.report(s.now) {
		switch {
		case r.Pulse:
			got = append(got, "press")
		case r.Level == presence.Unknown:
			if !strings.Contains(r.Fault, "\nhint: ") && !strings.Contains(r.Fault, "broker") {
				s.t.Errorf("no hint: %q", r.Fault)
			}
			got = append(got, r.Fault)
		default:
			got = append(got, r.Level.String())
		}
	}
	ok := len(got) == len(want)
	for i := range got {
		ok = ok && (got[i] == want[i] || len(want[i]) > 5 && strings.Contains(got[i], want[i]))
	}
	if !ok {
		s.t.Errorf("after %v it says %q, want %q", s.now.Sub(start), got, want)
	}
	return s
}

const (
	door   = "zigbee2mqtt/door"
	avail  = door + "/availability"
	bridge = "zigbee2mqtt/bridge/state"
	yesZ   = `{"occupancy":true}`
	noZ    = `{"occupancy":false}`
)

func TestZigbeeMotion(t *testing.T) {
	play(t, Input{Topic: door}).up().says().
		live(door, yesZ).says("high").
		live(door, yesZ).says("high"). // max_age begins anew
		says().
		live(door, noZ).says("low").
		live(door, `{"occupancy":null}`).says("does not know").
		live(door, `{"occupancy":null}`).says().
		live(door, yesZ).says("high").
		live(door, `{"battery":90}`).says(). // not about people
		live(door, `{"occupancy":"perhaps"}`).says("neither a yes nor a no").
		live(door, `{"occupancy":[]}`).says("no single value").
		live(door, `{"occupancy"`).says("no single value")
}

func TestESPHome(t *testing.T) {
	const topic = "radar/binary_sensor/counter/state"
	play(t, Input{Topic: topic}).up().
		kept(topic, "ON").says(). // nothing tells yet whether it is still so
		kept("radar/status", "online").says("high").after(usual.grace).
		live(topic, "OFF").says("low").
		live("radar/status", "offline").says("out of reach").
		live("radar/status", "online").says("no message on").
		live(topic, "OFF").says("low")
}

func TestRetainedCountsOnlyWithAvailability(t *testing.T) {
	t.Run("silent", func(t *testing.T) {
		play(t, Input{Topic: "pir/state", Availability: "pir/up"}).up().
			kept("pir/state", "on").says().
			after(usual.grace-1).says().
			after(1).says("stored value only").
			kept("pir/up", "online").says("high")
	})
	t.Run("none", func(t *testing.T) {
		play(t, Input{Topic: "pir/state"}).up().
			kept("pir/state", "on").after(time.Hour).says("stored value only").
			live("pir/state", "on").says("high")
	})
	t.Run("offline", func(t *testing.T) {
		play(t, Input{Topic: door}).up().
			kept(door, yesZ).kept(avail, "offline").says("out of reach").
			live(avail, `{"state":"online"}`).says().after(usual.grace).says("no message on")
	})
	t.Run("the bridge alone vouches for no device", func(t *testing.T) {
		play(t, Input{Topic: door}).up().
			kept(bridge, `{"state":"online"}`).kept(door, yesZ).after(time.Minute).says("stored value only")
	})
}

func TestBridgeState(t *testing.T) {
	play(t, Input{Topic: door}).up().
		live(door, yesZ).kept(bridge, "online").says("high").
		live(bridge, `{"state":"offline"}`).says("not running").
		live(door, yesZ).says().
		live(bridge, `{"state":"online"}`).says("high") // said since
}

func TestBrokerLost(t *testing.T) {
	t.Run("for a moment", func(t *testing.T) {
		play(t, Input{Topic: door}).up().live(door, yesZ).says("high").
			after(time.Hour).down(6 * time.Second).says().
			after(4*time.Second - 1).says().up().says().
			after(time.Hour).says()
	})
	t.Run("for 10 s since its last sign of life", func(t *testing.T) {
		s := play(t, Input{Topic: door}).up().live(door, yesZ).says("high").
			after(time.Hour).down(6 * time.Second).says()
		at, ok := s.d.deadline(s.now)
		if want := s.now.Add(4 * time.Second); !ok || !at.Equal(want) {
			t.Errorf("the deadline is %v, want %v", at, want)
		}
		s.after(4*time.Second).says("the broker is gone").
			down(10*time.Second).says().
			up().says().after(usual.grace).says("no message on").
			live(door, noZ).says("low")
	})
	t.Run("never there", func(t *testing.T) {
		s := play(t, Input{Topic: door}).says()
		if _, ok := s.d.deadline(s.now); ok {
			t.Error("a deadline before anything was tried")
		}
		s.never().says("no broker").after(time.Minute).never().says().
			up().live(door, yesZ).says("high")
	})
	t.Run("between sessions nothing is heard", func(t *testing.T) {
		play(t, Input{Topic: door}).never().live(door, yesZ).says("no broker").up().after(time.Minute).says("no message on")
	})
	t.Run("a stored value is no younger than what we hold", func(t *testing.T) {
		play(t, Input{Topic: door}).up().live(door, noZ).says("low").
			down(time.Second).says().after(time.Second).up().kept(door, yesZ).after(time.Minute).says().
			kept(avail, "online").kept(door, yesZ).says("high")
	})
}

func TestButtons(t *testing.T) {
	const button = "zigbee2mqtt/button"
	t.Run("action", func(t *testing.T) {
		play(t, Input{Topic: button, JSONPath: "action", Press: true}).up().
			kept(button, `{"action":"single"}`).says("low"). // of yesterday
			live(button, `{"action":"single"}`).says("low", "press").
			live(button, `{"action":""}`).says("low").
			live(button, `{"battery":80}`).says("low").
			live(button, `{"action":"hold"}`).says("low").
			live(button, `{"action":"single"}`).live(button, `{"action":"single"}`).says("low", "press", "press").
			live(button, `{"action":null}`).says("low")
	})
	t.Run("without a path", func(t *testing.T) {
		play(t, Input{Topic: button, Press: true}).up().live(button, `{"action":"single"}`).says("low", "press")
	})
	t.Run("own words", func(t *testing.T) {
		play(t, Input{Topic: "bell", True: []string{"ring"}, Press: true}).up().
			live("bell", "RING").says("low", "press").live("bell", "on").says("low").live("bell", "").says("low")
	})
	t.Run("who presses is there", func(t *testing.T) {
		play(t, Input{Topic: button, Press: true}).up().kept(button+"/availability", "offline").says("out of reach").
			live(button, `{"action":"single"}`).says("low", "press")
	})
	t.Run("lost broker", func(t *testing.T) {
		play(t, Input{Topic: button, Press: true}).up().says("low").after(time.Hour).down(11 * time.Second).says("the broker is gone").up().says("low")
	})
	t.Run("a level that is pressed", func(t *testing.T) {
		// The rise is found by the machine; here levels are levels.
		play(t, Input{Topic: "esp/b", Press: true}).up().says().
			live("esp/b", "OFF").says("low").live("esp/b", "ON").says("high").live("esp/b", "ON").says("high")
	})
	t.Run("two keys are a level", func(t *testing.T) {
		play(t, Input{Topic: button, JSONPath: "action", True: []string{"on"}, False: []string{"off"}}).up().
			live(button, `{"action":"on"}`).says("high").
			live(button, `{"action":""}`).live(button, `{"action":"brightness_move_up"}`).says().
			live(button, `{"action":"off"}`).says("low")
	})
}

func TestWords(t *testing.T) {
	t.Run("own", func(t *testing.T) {
		play(t, Input{Topic: "till", True: []string{"sale"}, False: []string{"idle"}}).up().
			live("till", "Sale").says("high").live("till", "idle").says("low").live("till", "on").says("neither a yes nor a no")
	})
	t.Run("swapped", func(t *testing.T) {
		play(t, Input{Topic: door, JSONPath: "contact", ActiveLow: true}).up().
			live(door, `{"contact":false}`).says("high").live(door, `{"contact":true}`).says("low").live(door, `{"contact":null}`).says("does not know")
	})
	t.Run("wrong path", func(t *testing.T) {
		play(t, Input{Topic: door, JSONPath: "ocupancy"}).up().live(door, yesZ).says().
			after(usual.grace).says(`no "ocupancy"` + "\nhint: set json_path to one of what they have: \"occupancy\"")
	})
	t.Run("statestream", func(t *testing.T) {
		const topic = "homeassistant/binary_sensor/hall/state"
		play(t, Input{Topic: topic}).up().live(topic, "on").says("high").live(topic, "unavailable").says("does not know")
	})
}

func TestRefusedTopic(t *testing.T) {
	s := play(t, Input{Topic: door}).up()
	s.d.subscribed(s.now, map[string]bool{door: true}, (&Broker{Address: "mqtt://host", User: "shop"}).denied)
	s.says(`does not let user "shop" read zigbee2mqtt/door`)
	s.d.subscribed(s.now, map[string]bool{avail: true}, (&Broker{}).denied)
	s.live(door, yesZ).says("high")
}

// Whatever happens in whatever order, a desk believes in a level only if the
// broker lives, nobody calls the device offline, and somebody said so: live, or
// from the store while the device is online.
func TestLevelsAreVouchedFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDesk([]Input{{Name: "door", Topic: door}}, usual)
		now := start
		type heardSo struct {
			level          presence.Level
			live           bool
			device, bridge string
		}
		said := heardSo{}
		up, heard, ever := false, time.Time{}, false
		told := presence.Reading{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if up {
				heard = now
			}
			steps := []string{"up", "down", "time"}
			if up {
				steps = append(steps, "value", "null", "device", "bridge")
			}
			retained := rapid.Bool().Draw(t, "retained")
			switch rapid.SampledFrom(steps).Draw(t, "step") {
			case "up":
				d.connected(now)
				up, ever, heard = true, true, now
			case "down":
				d.lost(now, heard, "gone")
				up, ever = false, true
			case "value":
				level := rapid.SampledFrom([]presence.Level{presence.Low, presence.High}).Draw(t, "level")
				d.hear(door, fmt.Appendf(nil, `{"occupancy":%t}`, level == presence.High), retained)
				if !retained || !said.live || said.device == "online" {
					said.level, said.live = level, !retained
				}
			case "null":
				d.hear(door, []byte(`{"occupancy":null}`), false)
				said.level, said.live = presence.Unknown, false
			case "device":
				was := said.device
				said.device = rapid.SampledFrom([]string{"online", "offline"}).Draw(t, "device")
				said.live = said.live && (was == "offline" || said.device == "online")
				d.hear(avail, []byte(said.device), retained)
			case "bridge":
				was := said.bridge
				said.bridge = rapid.SampledFrom([]string{"online", "offline"}).Draw(t, "bridge")
				said.live = said.live && (was == "offline" || said.bridge == "online")
				d.hear(bridge, fmt.Appendf(nil, `{"state":%q}`, said.bridge), retained)
			case "time":
				now = now.Add(time.Duration(rapid.IntRange(1, 15000).Draw(t, "ms")) * time.Millisecond)
				if up {
					heard = now
				}
			}
			for _, r := range d.report(now) {
				told = r
			}
			alive := ever && (up || now.Before(heard.Add(10*time.Second)))
			if !alive {
				said = heardSo{}
			}
			if told.Level == presence.Unknown {
				continue
			}
			if !alive || said.device == "offline" || said.bridge == "offline" || told.Level != said.level || !said.live && said.device != "online" {
				t.Fatalf("it says %v; up %v, heard %v ago, said %+v", told.Level, up, now.Sub(heard), said)
			}
		}
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		device := rapid.StringMatching(`[a-z0-9-]{1,32}`).Draw(t, "device")
		n := rapid.IntRange(1, 1<<30).Draw(t, "n")
		p, full := usual.pause(device, n), usual.most
		if n <= 5 {
			full = usual.first << (n - 1)
		}
		if p < full/2 || p > full || p != usual.pause(device, n) {
			t.Fatalf("pause %d of %q is %v, want %v to %v", n, device, p, full/2, full)
		}
	})
	n := 0
	for i, took := range []time.Duration{0, time.Second, usual.steady - 1, usual.steady, 0, time.Hour} {
		n = usual.failures(n, took)
		if want := []int{1, 2, 3, 1, 2, 1}[i]; n != want {
			t.Errorf("after %d failures there are %d in a row, want %d", i+1, n, want)
		}
	}
	different := map[time.Duration]bool{}
	for i := range 100 {
		different[usual.pause(fmt.Sprint("shop-", i), 3)] = true
	}
	if len(different) < 90 {
		t.Errorf("100 devices have %d different pauses", len(different))
	}
}

package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"pgregory.net/rapid"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/mqtt"
	"entracte/hw/presence"
	"entracte/player"
)

func inputsOf(t *testing.T, text string) *inputs {
	t.Helper()
	c, err := config.Parse("entracte.toml", []byte("[venue]\nname = \"Bijouterie Martin\"\nactivity = \"jeweller\"\n"+text), assets.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	in := newInputs(c, slog.New(slog.NewTextHandler(io.Discard, nil)))
	in.configPath, in.device = "/boot/firmware/entracte.toml", "shop-17"
	return in
}

// What entracte.toml says of the broker is what the connection is told.
func TestConnectionOfConfig(t *testing.T) {
	t.Parallel()
	in := inputsOf(t, `
[[sensor]]
name = "door"
role = "presence"
kind = "mqtt"
topic = "esp/door"
json_path = "a.b"
active = "low"
availability_topic = "esp/up"
true_values = ["open"]
false_values = ["closed"]
[[sensor]]
name = "bell"
role = "service"
mode = "toggle"
kind = "mqtt"
topic = "zigbee2mqtt/bell"
[[sensor]]
name = "till"
role = "service"
kind = "mqtt"
topic = "zigbee2mqtt/till"
[mqtt]
broker = "mqtts://host"
user = "shop"
password_file = "pw"
ca_file = "/etc/ca.pem"
`)
	c := in.connection(nil)
	if want := (mqtt.Broker{Address: "mqtts://host", User: "shop", PasswordFile: "/boot/firmware/pw", CAFile: "/etc/ca.pem", Device: "shop-17"}); c.Broker != want {
		t.Errorf("the broker is %+v", c.Broker)
	}
	want := []mqtt.Input{
		{Name: "door", Topic: "esp/door", JSONPath: "a.b", True: []string{"open"}, False: []string{"closed"}, Availability: "esp/up", ActiveLow: true},
		{Name: "bell", Topic: "zigbee2mqtt/bell", Press: true},
		{Name: "till", Topic: "zigbee2mqtt/till"},
	}
	if !reflect.DeepEqual(c.Inputs, want) {
		t.Errorf("the inputs are %+v", c.Inputs)
	}
	if c.Announce == nil || c.Announce.Name != "Bijouterie Martin" {
		t.Errorf("the announcement is %+v", c.Announce)
	}
	if n := brokerNotices(in.config, in.configPath); len(n) != 1 || !strings.HasPrefix(n[0], "till: Zigbee tells seconds late") {
		t.Errorf("the notices are %q", n)
	}
	if len(in.readings) != 0 {
		t.Errorf("before it is read, a sensor says %+v", <-in.readings)
	}
}

func TestNoConnectionWithoutUse(t *testing.T) {
	t.Parallel()
	for text, wanted := range map[string]bool{
		"":                                   false,
		"[mqtt]\nbroker = \"mqtt://host\"\n": true,
		"[mqtt]\nbroker = \"mqtt://host\"\ndiscovery = false\n": false,
	} {
		if got := inputsOf(t, text).connection(nil) != nil; got != wanted {
			t.Errorf("%q connects: %v, want %v", text, got, wanted)
		}
	}
	in := inputsOf(t, "[[sensor]]\nname = \"door\"\nrole = \"presence\"\nkind = \"mqtt\"\ntopic = \"x\"\n")
	if in.connection(nil) != nil {
		t.Error("it connects without a broker")
	}
	if r := <-in.readings; r.Input != "door" || r.Level != presence.Unknown || r.Fault != noBroker {
		t.Errorf("without a broker the sensor says %+v", r)
	}
}

// What is announced of the sensors is the same whoever comes and goes: nobody
// can tell from it when a person was there.
func TestNothingAnnouncedTellsOfPeople(t *testing.T) {
	t.Parallel()
	in := inputsOf(t, `
[[sensor]]
name = "bench"
role = "presence"
kind = "gpio"
pin = "GPIO17"
[[sensor]]
name = "counter"
role = "service"
kind = "gpio"
pin = "GPIO27"
[[sensor]]
name = "pause"
role = "pause"
kind = "gpio"
pin = "GPIO22"
[[sensor]]
name = "radar"
role = "presence"
kind = "ld2410"
[[sensor]]
name = "door"
role = "presence"
kind = "mqtt"
topic = "zigbee2mqtt/door"
max_age = "1m"
[[sensor]]
name = "till"
role = "service"
kind = "signal"
`)
	rapid.Check(t, func(t *rapid.T) {
		m := presence.New(in.config.Machine())
		m.SetHours(0, true, true)
		broken := rapid.Bool().Draw(t, "broken")
		var want []string
		for _, s := range in.config.Sensors {
			r := presence.Reading{Input: s.Name, Level: presence.Low}
			if broken && s.Name == "bench" {
				r.Level, r.Fault = presence.Unknown, "GPIO17 cannot be read"
				want = []string{"bench: GPIO17 cannot be read"}
			}
			m.Observe(0, r)
		}
		now := time.Duration(0)
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			now += time.Duration(rapid.IntRange(0, 4*60*60*1000).Draw(t, "ms")) * time.Millisecond
			s := rapid.SampledFrom(in.config.Sensors).Draw(t, "sensor")
			r := presence.Reading{Input: s.Name, Level: presence.Level(rapid.IntRange(1, 2).Draw(t, "level")), Still: rapid.Bool().Draw(t, "still"), Pulse: rapid.Bool().Draw(t, "pulse")}
			if s.Kind != config.GPIO && rapid.Bool().Draw(t, "lost") {
				r = presence.Reading{Input: s.Name, Fault: "somebody left"}
			}
			if !broken || s.Name != "bench" {
				m.Observe(now, r)
			}
			m.SetHours(now, rapid.Bool().Draw(t, "open"), true)
			if got := in.unread(m.Belief()); !reflect.DeepEqual(got, want) {
				t.Fatalf("announced: %q, want %q", got, want)
			}
		}
	})
}

// From a message on the broker to the screen, with the real player.
func TestSensorsOnABroker(t *testing.T) {
	v := newVenue(t)
	port := mosquitto(t)
	v.write("shop.toml", fmt.Sprintf(`
[venue]
name = "Bijouterie Martin"
activity = "jeweller"
[[sensor]]
name = "door"
role = "presence"
kind = "mqtt"
topic = "zigbee2mqtt/door"
hold = "0s"
[[sensor]]
name = "bell"
role = "service"
kind = "mqtt"
mode = "toggle"
topic = "zigbee2mqtt/bell"
[mqtt]
broker = "mqtt://127.0.0.1:%d"
[device]
id = "shop-17"
`, port))
	v.play()
	all := make(chan paho.Message, 100)
	client := paho.NewClient(paho.NewClientOptions().AddBroker(fmt.Sprintf("tcp://127.0.0.1:%d", port)).SetClientID("zigbee2mqtt"))
	done := func(token paho.Token) {
		t.Helper()
		if !token.WaitTimeout(patience) || token.Error() != nil {
			t.Fatalf("the other program fails: %v", token.Error())
		}
	}
	done(client.Connect())
	defer client.Disconnect(0)
	done(client.Subscribe("entracte/#", 1, func(_ paho.Client, m paho.Message) { all <- m }))
	says := func(topic, payload string) { done(client.Publish("zigbee2mqtt/"+topic, 1, false, payload)) }

	v.until("the bell is heard", func(s player.Status) bool { return s.Inputs[1].Raw == presence.Low })
	says("door", `{"occupancy":true}`)
	v.until("somebody waits", func(s player.Status) bool { return s.State == "waiting" })
	says("bell", `{"action":"single"}`)
	v.until("service", func(s player.Status) bool { return s.State == "serving" && s.OnGlass == "neutral" })
	says("bell", `{"action":"single"}`)
	v.until("service ends", func(s player.Status) bool { return s.State == "waiting" })
	says("door", `{"occupancy":false}`)
	v.until("nobody", func(s player.Status) bool { return s.State == "empty" })

	for len(all) > 0 {
		m := <-all
		switch text := m.Topic() + " " + string(m.Payload()); text {
		case "entracte/shop-17/status online",
			`entracte/shop-17/state {"hours":"open","campaigns":0,"problem":"OFF","faults":[]}`,
			`entracte/shop-17/state {"hours":"open","campaigns":0,"problem":"ON","faults":["the clock cannot be trusted, so the venue counts as open"]}`:
		default:
			t.Errorf("it announced %s", text)
		}
	}
}

// mosquitto starts a broker and returns its port. It skips the test where there
// is none.
func mosquitto(t *testing.T) int {
	t.Helper()
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		if path = "/usr/sbin/mosquitto"; !exists(path) {
			t.Skip("mosquitto is not installed: apt install mosquitto")
		}
	}
	port := 10000 + os.Getpid()%10000                    // below the ports that connections take
	broker := exec.Command(path, "-p", fmt.Sprint(port)) // without a config it serves this machine only
	if err := broker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { broker.Process.Kill(); broker.Wait() })
	return port
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

package mqtt

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"entracte/hw/presence"
)

func TestOverABroker(t *testing.T) {
	t.Parallel()
	m := newBroker(t, open).start()
	z := m.joins("zigbee2mqtt")
	z.keeps(bridge, `{"state":"online"}`)
	z.keeps(avail, `{"state":"online"}`)
	z.keeps(door, yesZ)
	z.keeps("zigbee2mqtt/button", `{"action":"single"}`)
	r := run(t, Connection{Broker: Broker{Address: m.address("mqtt")}, Inputs: []Input{{Name: "door", Topic: door}}})
	r.reads("high") // from the store
	z.says(door, noZ)
	r.reads("low")
	z.says(door, `{"occupancy":null}`)
	r.reads("does not know")
	z.says(door, yesZ)
	r.reads("high")
	z.keeps(avail, `{"state":"offline"}`)
	r.reads("out of reach")

	b := run(t, Connection{Broker: Broker{Address: m.address("mqtt"), Device: "other"}, Inputs: []Input{{Name: "bell", Topic: "zigbee2mqtt/button", Press: true}}})
	b.reads("low")
	z.says("zigbee2mqtt/button", `{"action":"single"}`)
	b.reads("press")
	for len(b.readings) > 0 {
		if got := <-b.readings; got.Pulse {
			t.Error("the press of yesterday, which the broker kept, counts")
		}
	}
}

// What was pressed while we were away is over.
func TestPressWhileAway(t *testing.T) {
	t.Parallel()
	m := newBroker(t, open).start()
	c := Connection{Broker: Broker{Address: m.address("mqtt")}, Inputs: []Input{{Name: "bell", Topic: "zigbee2mqtt/bell", Press: true}}}
	r := run(t, c)
	r.reads("low")
	r.end()
	z := m.joins("zigbee2mqtt")
	z.says("zigbee2mqtt/bell", `{"action":"single"}`)
	r = run(t, c)
	for _, when := range []string{"first", "then"} {
		if got := <-r.readings; got.Pulse || got.Level != presence.Low {
			t.Errorf("%s it reads %+v", when, got)
		}
		z.says("zigbee2mqtt/bell", `{"battery":90}`)
	}
}

func TestRetainedWithoutAvailability(t *testing.T) {
	t.Parallel()
	m := newBroker(t, open).start()
	z := m.joins("pir")
	z.keeps("pir/state", "ON")
	r := run(t, Connection{Broker: Broker{Address: m.address("mqtt")}, Inputs: []Input{{Name: "pir", Topic: "pir/state"}}})
	r.reads("stored value only")
	z.keeps("pir/state", "ON") // live now, though it is stored too
	r.reads("high")
}

func TestBrokerKilledAndBack(t *testing.T) {
	t.Parallel()
	m := newBroker(t, open).start()
	r := run(t, Connection{Broker: Broker{Address: m.address("mqtt")}, Inputs: []Input{{Name: "pir", Topic: "pir/state"}}})
	r.reads("no message on pir/state")
	m.joins("pir").says("pir/state", "ON")
	r.reads("high")
	m.kill()
	r.reads("nothing listens at") // after quick.lost
	m.start()
	r.reads("no message on pir/state")
	m.joins("pir").says("pir/state", "OFF")
	r.reads("low")
}

func TestPassword(t *testing.T) {
	t.Parallel()
	m := newBroker(t, "listener PORT 127.0.0.1\npassword_file DIR/users\n")
	if out, err := exec.Command("mosquitto_passwd", "-c", "-b", filepath.Join(m.dir, "users"), "shop", "correct horse").CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v: %s", err, out)
	}
	m.start()
	inputs := []Input{{Name: "pir", Topic: "pir/state"}}
	b := Broker{Address: m.address("mqtt"), Device: "shop-17"}
	if err := Reach(t.Context(), b, inputs); err == nil || !strings.Contains(err.Error(), "wants a user and a password\nhint: ") {
		t.Errorf("without a user: %v", err)
	}
	b.User, b.PasswordFile = "shop", m.write("pw", "wrong\n")
	r := run(t, Connection{Broker: b, Inputs: inputs})
	r.reads(`refuses user "shop" with this password`)
	m.write("pw", "correct horse\r\n") // corrected with Notepad, and no restart
	r.reads("no message on pir/state")
	if err := Reach(t.Context(), b, inputs); err != nil {
		t.Errorf("with the right password: %v", err)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	m := newBroker(t, "listener PORT 127.0.0.1\nallow_anonymous true\ncertfile DIR/broker.pem\nkeyfile DIR/broker.key\n")
	m.certificate("broker", time.Now().Add(time.Hour))
	m.certificate("stranger", time.Now().Add(time.Hour))
	m.start()
	inputs := []Input{{Name: "pir", Topic: "pir/state"}}
	pem := func(name string) string { return filepath.Join(m.dir, name) }
	run(t, Connection{Broker: Broker{Address: m.address("mqtts"), CAFile: pem("broker.pem")}, Inputs: inputs}).reads("no message on")
	for _, c := range []struct {
		b    Broker
		want string
	}{
		{Broker{Address: m.address("mqtts")}, "somebody this machine does not trust\nhint: set ca_file"},
		{Broker{Address: m.address("mqtts"), CAFile: pem("stranger.pem")}, "does not trust"},
		{Broker{Address: m.address("mqtts"), CAFile: pem("broker.key")}, "holds no certificate"},
		{Broker{Address: m.address("mqtts"), CAFile: pem("none.pem")}, "ca_file cannot be read"},
		{Broker{Address: strings.Replace(m.address("mqtts"), "127.0.0.1", "localhost", 1), CAFile: pem("broker.pem")}, "not made out to that name"},
		{Broker{Address: m.address("mqtt")}, "wants TLS on this port"},
	} {
		if err := Reach(t.Context(), c.b, inputs); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.b, err, c.want)
		}
	}
	plain := newBroker(t, open).start()
	if err := Reach(t.Context(), Broker{Address: plain.address("mqtts")}, nil); err == nil || !strings.Contains(err.Error(), "does not speak TLS on this port") {
		t.Errorf("a broker without TLS: %v", err)
	}
}

func TestExpiredCertificate(t *testing.T) {
	t.Parallel()
	m := newBroker(t, "listener PORT 127.0.0.1\nallow_anonymous true\ncertfile DIR/broker.pem\nkeyfile DIR/broker.key\n")
	m.certificate("broker", time.Now().Add(-time.Hour))
	m.start()
	b := Broker{Address: m.address("mqtts"), CAFile: filepath.Join(m.dir, "broker.pem")}
	if err := Reach(t.Context(), b, nil); err == nil || !strings.Contains(err.Error(), "not valid today") || !strings.Contains(err.Error(), "clock") {
		t.Errorf("got %v", err)
	}
}

// mosquitto's access list drops messages and refuses no subscription; other
// brokers refuse.
func TestRefusedSubscription(t *testing.T) {
	t.Parallel()
	address := fakeBroker(t, func(p packets.ControlPacket) packets.ControlPacket {
		switch p := p.(type) {
		case *packets.ConnectPacket:
			return packets.NewControlPacket(packets.Connack)
		case *packets.SubscribePacket:
			answer := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
			answer.MessageID = p.MessageID
			for _, topic := range p.Topics {
				answer.ReturnCodes = append(answer.ReturnCodes, map[bool]byte{true: 0x80, false: 1}[strings.HasPrefix(topic, "other/")])
			}
			return answer
		}
		return nil
	})
	inputs := []Input{{Name: "pir", Topic: "pir/state"}, {Name: "secret", Topic: "other/state"}}
	b := Broker{Address: address, Device: "shop-17", User: "shop"}
	if err := Reach(t.Context(), b, inputs[:1]); err != nil {
		t.Errorf("a topic that may be read: %v", err)
	}
	const want = `does not let user "shop" read other/state`
	if err := Reach(t.Context(), b, inputs); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a topic that may not: %v", err)
	}
	run(t, Connection{Broker: b, Inputs: inputs}).reads(want)
}

// A refusal is one refusal: brokers and those who watch their logs count.
func TestOneTryAtATime(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	address := fakeBroker(t, func(packets.ControlPacket) packets.ControlPacket {
		tries.Add(1)
		no := packets.NewControlPacket(packets.Connack).(*packets.ConnackPacket)
		no.ReturnCode = packets.ErrRefusedNotAuthorised
		return no
	})
	if err := Reach(t.Context(), Broker{Address: address}, nil); err == nil || tries.Load() != 1 {
		t.Errorf("%d tries, %v", tries.Load(), err)
	}
}

// A broker that hangs halfway answers pings, and nothing else.
func TestMuteBroker(t *testing.T) {
	t.Parallel()
	address := fakeBroker(t, func(p packets.ControlPacket) packets.ControlPacket {
		switch p.(type) {
		case *packets.ConnectPacket:
			return packets.NewControlPacket(packets.Connack)
		case *packets.PingreqPacket:
			return packets.NewControlPacket(packets.Pingresp)
		}
		return nil
	})
	slow := quick
	slow.first, slow.most, slow.connect = 4*quick.lost, 4*quick.lost, 200*time.Millisecond
	run(t, Connection{Broker: Broker{Address: address}, Inputs: []Input{{Name: "pir", Topic: "pir/state"}}, times: &slow}).reads("does not answer a request")
}

// A broker that answers more topics than were asked would end the program, if
// the client library were left alone with it.
func TestHostileBroker(t *testing.T) {
	t.Parallel()
	address := fakeBroker(t, func(p packets.ControlPacket) packets.ControlPacket {
		switch p := p.(type) {
		case *packets.ConnectPacket:
			return packets.NewControlPacket(packets.Connack)
		case *packets.SubscribePacket:
			answer := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
			answer.MessageID, answer.ReturnCodes = p.MessageID, make([]byte, 9)
			return answer
		}
		return nil
	})
	slow := quick
	slow.first, slow.most = 4*quick.lost, 4*quick.lost
	run(t, Connection{Broker: Broker{Address: address}, Inputs: []Input{{Name: "pir", Topic: "pir/state"}}, times: &slow}).reads("topics that nobody asked for")
}

// What is on the line when there is no broker behind the address.
func TestNoBroker(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "mqtt://" + l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			c.Close()
		}
	}()
	reach := func(address, want string) {
		t.Helper()
		err := Reach(t.Context(), Broker{Address: address}, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "\nhint: ") != 1 || strings.Contains(err.Error(), "network Error") {
			t.Errorf("%s: %v, want %q and one hint", address, err, want)
		}
	}
	defer l.Close()
	reach(address, "")
	reach("mqtt://127.0.0.1:1", "nothing listens at")
	reach("mqtt://no-such-host.invalid", "name is not known")
	reach("http://host", "not one")
	reach("", "not one")
}

// A broker that takes the connection and says nothing must not keep the program.
func TestEndsWhileConnecting(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r := run(t, Connection{Broker: Broker{Address: "mqtt://" + l.Addr().String()}})
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	began := time.Now()
	r.end()
	if d := time.Since(began); d > quick.connect/2 {
		t.Errorf("it took %v to end", d)
	}
}

func TestEndsWhileIdle(t *testing.T) {
	t.Parallel()
	m := newBroker(t, open).start()
	calm := quick
	calm.keepAlive = patience // the end must not wait for it
	r := run(t, Connection{Broker: Broker{Address: m.address("mqtt")}, Inputs: []Input{{Name: "pir", Topic: "pir/state"}}, times: &calm})
	r.reads("no message on")
	r.end()
}

func TestEndsWhileNobodyReads(t *testing.T) {
	t.Parallel()
	m := newBroker(t, open).start()
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := make(chan presence.Reading), make(chan struct{})
	c := Connection{Broker: Broker{Address: m.address("mqtt")}, Inputs: []Input{{Name: "pir", Topic: "pir/state"}}, times: &quick}
	go func() {
		defer close(ended)
		c.Run(ctx, out)
	}()
	<-out // it is connected; nobody reads from here on
	z := m.joins("pir")
	for range 50 {
		z.says("pir/state", "ON")
	}
	cancel()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps permissions elsewhere")
	}
	path := filepath.Join(t.TempDir(), "pw")
	b := Broker{PasswordFile: path}
	if w := b.Warnings(); w != nil {
		t.Errorf("a missing file is a fault, not a warning: %q", w)
	}
	for mode, warned := range map[os.FileMode]bool{0o600: false, 0o640: false, 0o644: true, 0o604: true, 0o755: true} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if w := b.Warnings(); (len(w) == 1) != warned {
			t.Errorf("%o: %q", mode, w)
		}
	}
}

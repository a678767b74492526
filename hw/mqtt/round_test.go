package mqtt

import (
	"context"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"entracte/hw/presence"
)

// A polite broker does what it is asked, and has no sensors.
func politeBroker(t *testing.T) string {
	return fakeBroker(t, func(p packets.ControlPacket) packets.ControlPacket {
		switch p := p.(type) {
		case *packets.ConnectPacket:
			return packets.NewControlPacket(packets.Connack)
		case *packets.SubscribePacket:
			answer := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
			answer.MessageID, answer.ReturnCodes = p.MessageID, make([]byte, len(p.Topics))
			return answer
		case *packets.PublishPacket:
			answer := packets.NewControlPacket(packets.Puback).(*packets.PubackPacket)
			answer.MessageID = p.MessageID
			return answer
		case *packets.PingreqPacket:
			return packets.NewControlPacket(packets.Pingresp)
		}
		return nil
	})
}

// goesRound fails the test unless the connection comes round many times.
func goesRound(t *testing.T, what string, rounds <-chan struct{}) {
	t.Helper()
	enough := time.After(patience)
	for n := range 20 {
		select {
		case <-rounds:
		case <-enough:
			t.Fatalf("%s: it came round %d times", what, n)
		}
	}
}

// standsStill fails the test if the connection comes round once more, but for what
// was under way.
func standsStill(t *testing.T, what string, rounds <-chan struct{}) {
	t.Helper()
	for n := 0; ; n++ {
		select {
		case <-rounds:
			if n > 5 {
				t.Fatalf("%s: it comes round", what)
			}
		case <-time.After(40 * quick.beat):
			return
		}
	}
}

func counted() (count func(), rounds chan struct{}) {
	rounds = make(chan struct{})
	return func() {
		select {
		case rounds <- struct{}{}:
		case <-time.After(quick.beat):
		}
	}, rounds
}

// Whatever becomes of the broker, the connection comes round: a watchdog that
// counts the rounds must not punish a shop for a broker that is away.
func TestRoundsWithoutABroker(t *testing.T) {
	t.Parallel()
	inputs := []Input{{Name: "pir", Topic: "pir/state"}}
	patient := quick
	patient.first, patient.most = patience, patience // all it does is wait
	for what, address := range map[string]string{"nobody listens": "mqtt://127.0.0.1:1", "it waits for messages": politeBroker(t), "no address": "http://host"} {
		count, rounds := counted()
		r := run(t, Connection{Broker: Broker{Address: address}, Inputs: inputs, Round: count, times: &patient})
		goesRound(t, what, rounds)
		r.end()
	}
}

// A part that hangs ends the rounds, whichever it is.
func TestRoundsEndWithAHang(t *testing.T) {
	t.Parallel()
	t.Run("the link", func(t *testing.T) {
		t.Parallel()
		count, rounds := counted()
		hang, hangs := make(chan struct{}), make(chan struct{})
		n := 0
		run(t, Connection{Broker: Broker{Address: politeBroker(t)}, Round: count, Announce: &Announcement{Facts: func(context.Context) (Facts, bool) {
			if n++; n == 10 {
				close(hangs)
				<-hang
			}
			return Facts{}, true
		}}})
		goesRound(t, "the link", rounds)
		for ended := false; !ended; {
			select {
			case <-hangs:
				ended = true
			case <-rounds:
			}
		}
		standsStill(t, "the link", rounds)
		close(hang)
		goesRound(t, "the link again", rounds)
	})
	t.Run("whoever takes the readings", func(t *testing.T) {
		t.Parallel()
		count, rounds := counted()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		out := make(chan presence.Reading)
		c := Connection{Broker: Broker{Address: "mqtt://127.0.0.1:1", Device: "shop-17"}, Inputs: []Input{{Name: "pir", Topic: "pir/state"}}, Round: count, times: &quick}
		go c.Run(ctx, out)
		standsStill(t, "the readings", rounds)
		<-out
		goesRound(t, "the readings are taken", rounds)
	})
}

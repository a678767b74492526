package mqtt

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// bytesOf is a stream of packets as the client library writes them.
func bytesOf(t testing.TB, all ...packets.ControlPacket) []byte {
	var b bytes.Buffer
	for _, p := range all {
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func publishOf(size int) *packets.PublishPacket {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.TopicName, p.Payload = "t", bytes.Repeat([]byte("x"), size-3)
	return p
}

func subackOf(codes int) *packets.SubackPacket {
	p := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
	p.ReturnCodes = make([]byte, codes)
	return p
}

// The packets are followed however the network cuts them.
func TestWireFollowsPackets(t *testing.T) {
	t.Parallel()
	good := bytesOf(t, packets.NewControlPacket(packets.Connack), subackOf(2), publishOf(3), publishOf(200), publishOf(mostBytes), packets.NewControlPacket(packets.Pingresp), publishOf(127))
	for _, c := range []struct {
		name string
		then []byte
		want string
	}{
		{"fine", bytesOf(t, publishOf(5)), ""},
		{"too long", bytesOf(t, publishOf(mostBytes+1)), "65537 bytes"},
		{"huge", []byte{0x30, 0xFF, 0xFF, 0xFF, 0x7F}, "268435455 bytes"},
		{"not MQTT", []byte{0x30, 0xFF, 0xFF, 0xFF, 0xFF}, "not MQTT"},
		{"more answers than questions", bytesOf(t, subackOf(3)), "nobody asked"},
	} {
		for cut, reader := range map[string]func([]byte) int{"whole": func(b []byte) int { return len(b) }, "byte by byte": func([]byte) int { return 1 }} {
			w := &wire{topics: 2}
			var err error
			for rest := append(bytes.Clone(good), c.then...); len(rest) > 0 && err == nil; {
				n := reader(rest)
				err = w.scan(rest[:n])
				rest = rest[n:]
			}
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %s: %v, want %q", c.name, cut, err, c.want)
			}
		}
	}
}

// FuzzWire: whatever the wire lets through, the client library reads without
// making room for more than the limit, and finds the same packets.
func FuzzWire(f *testing.F) {
	f.Add(bytesOf(f, packets.NewControlPacket(packets.Connack), subackOf(2), publishOf(300)))
	f.Add([]byte{0x30, 0xFF, 0xFF, 0xFF, 0x7F})
	f.Add([]byte{0x90, 2, 0, 1, 0x20, 2, 0, 0, 0xD0, 0})
	f.Fuzz(func(t *testing.T, stream []byte) {
		w := &wire{topics: 2}
		if w.scan(stream) != nil {
			return
		}
		r := iotest.OneByteReader(bytes.NewReader(stream))
		for {
			p, err := packets.ReadPacket(r)
			if err != nil {
				return
			}
			if s, ok := p.(*packets.SubackPacket); ok && len(s.ReturnCodes) > 2 {
				t.Fatalf("%d answers for 2 topics", len(s.ReturnCodes))
			}
			if s, ok := p.(*packets.PublishPacket); ok && len(s.Payload) > mostBytes {
				t.Fatalf("a payload of %d bytes", len(s.Payload))
			}
		}
	})
}

package mqtt

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"

	"entracte/hw/presence"
)

// patience bounds each wait; a test that passes waits for a fraction of it.
const patience = 20 * time.Second

// A mosquitto is a real broker on a port of its own.
type mosquitto struct {
	t    *testing.T
	dir  string
	port int
	cmd  *exec.Cmd
	log  strings.Builder
	done chan struct{}
}

// newBroker starts a mosquitto with these lines in its config; PORT and DIR are
// filled in. It skips the test where mosquitto is not installed.
func newBroker(t *testing.T, config string) *mosquitto {
	t.Helper()
	if _, err := exec.LookPath(mosquittoPath()); err != nil {
		t.Skip("mosquitto is not installed: apt install mosquitto")
	}
	m := &mosquitto{t: t, dir: t.TempDir(), port: freePort(t)}
	m.write("broker.conf", "user root\nlog_dest stderr\nlog_type all\n"+
		strings.NewReplacer("PORT", fmt.Sprint(m.port), "DIR", m.dir).Replace(config))
	t.Cleanup(func() {
		m.kill()
		if t.Failed() {
			t.Logf("mosquitto says:\n%s", m.log.String())
		}
	})
	return m
}

var lastPort atomic.Int32

// freePort returns a port that no other test is given, and below those that
// connections take: who tries again and again to reach a port of his own range
// may one day reach himself.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := 20000 + (os.Getpid()*61+int(lastPort.Add(1)))%10000
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// mosquittoPath is where Debian has it, which is not in everybody's PATH.
func mosquittoPath() string {
	if p, err := exec.LookPath("mosquitto"); err == nil {
		return p
	}
	return "/usr/sbin/mosquitto"
}

const open = "listener PORT 127.0.0.1\nallow_anonymous true\n"

func (m *mosquitto) write(name, text string) string {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// start runs the broker and waits until it listens.
func (m *mosquitto) start() *mosquitto {
	m.t.Helper()
	m.cmd = exec.Command(mosquittoPath(), "-c", filepath.Join(m.dir, "broker.conf"))
	news, err := m.cmd.StderrPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := m.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	ready, done := make(chan struct{}), make(chan struct{})
	m.done = done
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(news); lines.Scan(); {
			m.log.WriteString(lines.Text() + "\n")
			if strings.HasSuffix(lines.Text(), " running") {
				close(ready)
			}
		}
	}()
	select {
	case <-ready:
	case <-done:
		m.t.Fatal("mosquitto ended at once")
	case <-time.After(patience):
		m.t.Fatal("mosquitto does not start")
	}
	return m
}

func (m *mosquitto) kill() {
	if m.done == nil {
		return
	}
	_ = m.cmd.Process.Kill()
	<-m.done
	_ = m.cmd.Wait()
	m.done = nil
}

func (m *mosquitto) address(scheme string) string {
	return fmt.Sprintf("%s://127.0.0.1:%d", scheme, m.port)
}

// A sender is another program on the broker.
type sender struct {
	t      *testing.T
	client paho.Client
	heard  chan paho.Message
}

// joins connects another program to a broker that lets everybody in.
func (m *mosquitto) joins(id string) *sender {
	m.t.Helper()
	s := &sender{t: m.t, heard: make(chan paho.Message, 100)}
	o := paho.NewClientOptions().AddBroker(m.address("tcp")).SetClientID(id).SetAutoReconnect(false)
	s.client = paho.NewClient(o)
	s.done(s.client.Connect())
	m.t.Cleanup(func() { s.client.Disconnect(0) })
	return s
}

func (s *sender) done(token paho.Token) {
	s.t.Helper()
	if !token.WaitTimeout(patience) || token.Error() != nil {
		s.t.Fatalf("the other program fails: %v", token.Error())
	}
}

func (s *sender) says(topic, payload string)  { s.done(s.client.Publish(topic, 1, false, payload)) }
func (s *sender) keeps(topic, payload string) { s.done(s.client.Publish(topic, 1, true, payload)) }

func (s *sender) listens(topic string) *sender {
	s.done(s.client.Subscribe(topic, 1, func(_ paho.Client, m paho.Message) { s.heard <- m }))
	return s
}

func (s *sender) hears() paho.Message {
	s.t.Helper()
	select {
	case m := <-s.heard:
		return m
	case <-time.After(patience):
		s.t.Fatal("nothing is published")
		return nil
	}
}

// fakeBroker answers each packet as told, for what no real broker does on
// request. It returns its address.
func fakeBroker(t *testing.T, answer func(packets.ControlPacket) packets.ControlPacket) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for {
					p, err := packets.ReadPacket(c)
					if err != nil {
						return
					}
					if a := answer(p); a != nil && a.Write(c) != nil {
						return
					}
				}
			}()
		}
	}()
	return "mqtt://" + l.Addr().String()
}

// quick is usual for people without patience.
var quick = timing{
	lost: 300 * time.Millisecond, grace: 100 * time.Millisecond,
	keepAlive: time.Second, ping: 500 * time.Millisecond, connect: 5 * time.Second,
	first: 20 * time.Millisecond, most: 100 * time.Millisecond, steady: time.Hour,
	facts: 20 * time.Millisecond, beat: 5 * time.Millisecond,
}

// A running is a connection under test.
type running struct {
	t        *testing.T
	readings chan presence.Reading
	end      func()
}

func run(t *testing.T, c Connection) *running {
	t.Helper()
	if c.times == nil {
		c.times = &quick
	}
	if c.Broker.Device == "" {
		c.Broker.Device = "shop-17"
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, readings: make(chan presence.Reading, 100)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.Run(ctx, r.readings)
	}()
	r.end = func() {
		t.Helper()
		cancel()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatal("the connection does not end")
		}
	}
	t.Cleanup(r.end)
	return r
}

// reads waits for a reading: a level, "press", or a part of a fault. What comes
// before it is not looked at.
func (r *running) reads(want string) {
	r.t.Helper()
	var seen []string
	for deadline := time.After(patience); ; {
		select {
		case got := <-r.readings:
			is := got.Level.String()
			switch {
			case got.Pulse:
				is = "press"
			case got.Level == presence.Unknown:
				is = got.Fault
			}
			if is == want || len(want) > 5 && strings.Contains(is, want) {
				return
			}
			seen = append(seen, is)
		case <-deadline:
			r.t.Fatalf("it reads %q, want %q", seen, want)
		}
	}
}

// certificate makes an authority and a certificate for 127.0.0.1, in PEM files.
func (m *mosquitto) certificate(name string, notAfter time.Time) {
	m.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		m.t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: notAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		m.t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		m.t.Fatal(err)
	}
	m.write(name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	m.write(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})))
}

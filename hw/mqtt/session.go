package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// A session is one connection to the broker, from CONNECT to its end. The client
// library's own reconnecting is not used: it sleeps by its own clock, and tells
// nobody why.
type session struct {
	client paho.Client
	wire   *wire
	// lost gets the reason when the connection has ended and all the client's
	// goroutines with it.
	lost chan error
	stop func() bool
	// patience bounds the broker's answer to a request.
	patience time.Duration
}

// errMute is a broker that keeps the connection and does not do what is asked.
var errMute = errors.New("the broker does not answer a request\nhint: see its log; restart it if it hangs")

// A message is what is published, retained and acknowledged.
type message struct{ topic, payload string }

// A plea is what a session is opened for.
type plea struct {
	broker *Broker
	times  timing
	topics []string
	// will is published by the broker when the connection ends in any way.
	will *message
	// hear is called for each message, on the client's goroutine.
	hear func(topic string, payload []byte, retained bool)
}

// open connects. The session ends with ctx, and without a word to the broker, so
// that the broker publishes the will: one way for all ends.
//
// The session is clean: the broker forgets it with the connection. A kept one
// would hand over, after a night without power, every press of yesterday as if it
// were now, and would stay at the broker for as long as the broker lives. What
// must outlive a gap is what the senders retain.
func (p *plea) open(ctx context.Context) (*session, error) {
	address, secure, err := p.broker.endpoint()
	if err != nil {
		return nil, err
	}
	password, err := p.broker.password()
	if err != nil {
		return nil, err
	}
	var security *tls.Config
	if secure {
		if security, err = p.broker.tlsConfig(address.Hostname()); err != nil {
			return nil, err
		}
	}
	s := &session{lost: make(chan error, 1), patience: p.times.connect}
	o := paho.NewClientOptions()
	o.Servers = []*url.URL{address}
	o.SetClientID(p.broker.clientID()).SetUsername(p.broker.User).SetPassword(password)
	// Without the version the library tries a second time, with MQTT 3.1, after
	// any refusal.
	o.SetProtocolVersion(4).SetCleanSession(true).SetAutoReconnect(false).SetConnectRetry(false)
	o.SetKeepAlive(p.times.keepAlive).SetPingTimeout(p.times.ping)
	o.SetConnectTimeout(p.times.connect).SetWriteTimeout(p.times.ping)
	if p.will != nil {
		o.SetWill(p.will.topic, p.will.payload, 1, true)
	}
	o.SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) { p.hear(m.Topic(), m.Payload(), m.Retained()) })
	o.SetConnectionLostHandler(func(_ paho.Client, err error) { s.lost <- err })
	o.SetCustomOpenConnectionFn(func(*url.URL, paho.ClientOptions) (net.Conn, error) {
		c, err := dial(ctx, address.Host, security, p.times.connect)
		if err != nil {
			return nil, err
		}
		s.wire = newWire(c, len(p.topics))
		s.stop = context.AfterFunc(ctx, func() { c.Close() })
		return s.wire, nil
	})
	s.client = paho.NewClient(o)
	token := s.client.Connect()
	<-token.Done() // within connect, or sooner if ctx ends
	if err := token.Error(); err != nil {
		if s.stop != nil {
			s.stop()
		}
		return nil, err
	}
	return s, nil
}

// dial opens the network connection itself: the library would go through
// whatever proxy the environment names, and would not end with ctx.
func dial(ctx context.Context, address string, security *tls.Config, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if security != nil {
		return (&tls.Dialer{Config: security}).DialContext(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

// subscribe asks for the topics and returns those that the broker refuses.
// Quality 1: on a slow network a broker drops what was sent with quality 0.
func (s *session) subscribe(topics []string) (refused map[string]bool, err error) {
	if len(topics) == 0 {
		return nil, nil
	}
	filters := map[string]byte{}
	for _, t := range topics {
		filters[t] = 1
	}
	token := s.client.SubscribeMultiple(filters, nil)
	if err := s.wait(token); err != nil {
		return nil, err
	}
	refused = map[string]bool{}
	for topic, answer := range token.(*paho.SubscribeToken).Result() {
		if answer > 2 { // 0x80, MQTT 3.1.1, 3.9.3
			refused[topic] = true
		}
	}
	return refused, nil
}

// publish hands a message to the broker, retained, and waits until it has it.
func (s *session) publish(m message) error {
	return s.wait(s.client.Publish(m.topic, 1, true, m.payload))
}

// wait waits until the broker did what was asked, or the connection ends.
func (s *session) wait(t paho.Token) error {
	timer := time.NewTimer(s.patience)
	defer timer.Stop()
	select {
	case <-t.Done():
		return t.Error()
	case <-timer.C:
		return errMute
	}
}

// close ends the connection, if err did not, waits for the client to be done,
// and returns why the connection ended. err is what failed, or nil.
func (s *session) close(err error) error {
	s.stop()
	s.wire.Close()
	reason := <-s.lost
	if err == nil || err == errMute {
		return err
	}
	return reason // it says more than the request that failed with it
}

package mqtt

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"entracte/hw/presence"
)

// A Connection carries the inputs that come over one broker and, if wanted, our
// own announcement. Its fields are set before Run and left alone after.
type Connection struct {
	Broker Broker
	Inputs []Input
	// Announce is what other programs on the broker may know of this screen; nil
	// publishes nothing at all.
	Announce *Announcement
	// Log hears of the broker's coming and going; nil is silent.
	Log *slog.Logger
	// Round is called on Run's goroutine each time the connection came round, with
	// a broker or without one: once a second, and at least every [LongestRound] on
	// a network that is slow. It stops when a part of the connection hangs, or when
	// nobody takes the readings. Nil is fine.
	Round func()

	times *timing // for tests; nil is usual
}

// LongestRound is how long a connection may take to come round: one try to
// connect, or one request, and some air.
const LongestRound = 30 * time.Second

// Run reports readings until ctx ends, and returns once every goroutine of the
// connection has. It reconnects for as long as it takes; no fault ends it. It
// blocks while nobody takes a reading, and nothing else waits for it.
func (c *Connection) Run(ctx context.Context, out chan<- presence.Reading) {
	times := &usual
	if c.times != nil {
		times = c.times
	}
	d := newDesk(c.Inputs, *times)
	l := &link{
		plea:     plea{broker: &c.Broker, times: *times, topics: d.topics()},
		announce: c.Announce, log: c.Log, events: make(chan event),
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.run(ctx)
	}()
	defer func() { <-ended }()

	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if at, ok := d.deadline(time.Now()); ok {
			timer.Reset(time.Until(at))
		} else {
			timer.Stop()
		}
		heard := false
		select {
		case happen := <-l.events:
			happen(d, time.Now())
			heard = true
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		for _, r := range d.report(time.Now()) {
			select {
			case out <- r:
			case <-ctx.Done():
				return
			}
		}
		if heard && c.Round != nil {
			c.Round()
		}
	}
}

// An event is something that the desk must be told, on the goroutine that owns it.
type event func(*desk, time.Time)

// A link keeps one session after the other open.
type link struct {
	plea
	announce *Announcement
	log      *slog.Logger
	events   chan event
	said     string
}

func (l *link) tell(ctx context.Context, e event) {
	select {
	case l.events <- e:
	case <-ctx.Done():
	}
}

// beat shows that the link is alive, and waits until that was seen.
func (l *link) beat(ctx context.Context) { l.tell(ctx, func(*desk, time.Time) {}) }

// rest waits for d, alive.
func (l *link) rest(ctx context.Context, d time.Duration) {
	end := time.After(d)
	tick := time.NewTicker(l.times.beat)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.beat(ctx)
		case <-end:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (l *link) run(ctx context.Context) {
	l.plea.hear = func(topic string, payload []byte, retained bool) {
		l.tell(ctx, func(d *desk, _ time.Time) { d.hear(topic, payload, retained) })
	}
	if l.announce != nil {
		l.will = &message{l.announce.statusTopic(l.broker), "offline"}
	}
	for failures := 0; ; {
		l.beat(ctx)
		began := time.Now()
		heard, err := l.once(ctx)
		if ctx.Err() != nil {
			return
		}
		fault := l.broker.explain(err)
		l.say(fault)
		l.tell(ctx, func(d *desk, now time.Time) { d.lost(now, heard, fault) })
		failures = l.times.failures(failures, time.Since(began))
		l.rest(ctx, l.times.pause(l.broker.Device, failures))
	}
}

// once holds one session until it ends, and returns why and the last sign of
// life from the broker.
func (l *link) once(ctx context.Context) (heard time.Time, err error) {
	s, err := l.open(ctx)
	if err != nil {
		return time.Time{}, err
	}
	l.say("")
	l.tell(ctx, func(d *desk, now time.Time) { d.connected(now) })
	err = l.serve(ctx, s)
	return s.wire.heard(), err
}

// serve uses a session until it ends.
func (l *link) serve(ctx context.Context, s *session) error {
	refused, err := s.subscribe(l.topics)
	if err == nil {
		l.tell(ctx, func(d *desk, now time.Time) { d.subscribed(now, refused, l.broker.denied) })
		err = l.publish(ctx, s)
	}
	return s.close(err)
}

// publish announces the screen for as long as the session lasts. It returns why
// it ended; nil is returned for the end of ctx.
func (l *link) publish(ctx context.Context, s *session) error {
	var facts <-chan time.Time
	told := ""
	if l.announce != nil {
		for _, m := range append(l.announce.configs(l.broker), message{l.announce.statusTopic(l.broker), "online"}) {
			if err := s.publish(m); err != nil {
				return err
			}
			l.beat(ctx)
		}
		t := time.NewTicker(l.times.facts)
		defer t.Stop()
		facts = t.C
	}
	alive := time.NewTicker(l.times.beat)
	defer alive.Stop()
	for due := l.announce != nil; ; {
		if due {
			if m, ok := l.announce.state(ctx, l.broker); ok && m.payload != told {
				if err := s.publish(m); err != nil {
					return err
				}
				told = m.payload
			}
			due = false
		}
		select {
		case <-facts:
			due = true
		case <-alive.C:
			l.beat(ctx)
		case err := <-s.lost:
			s.lost <- err // for close
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

// say logs the broker's coming and going, each news once.
func (l *link) say(fault string) {
	if fault == l.said && fault != "" {
		return
	}
	l.said = fault
	if fault == "" {
		l.log.Info("connected to the broker", "broker", l.broker.Address)
		return
	}
	fact, hint, _ := strings.Cut(fault, "\nhint: ")
	l.log.Warn(fact, "hint", hint)
}

// Reach tries to connect once and returns what Run would report: nil if the
// broker can be reached and lets us read every topic of the inputs. It connects
// under a name of its own, so that a player that runs is not thrown out, and
// publishes nothing.
func Reach(ctx context.Context, b Broker, inputs []Input) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b.Device += "-doctor"
	topics := newDesk(inputs, usual).topics()
	p := plea{broker: &b, times: usual, topics: topics, hear: func(string, []byte, bool) {}}
	p.times.connect = 5 * time.Second
	s, err := p.open(ctx)
	if err != nil {
		return sentence(b.explain(err))
	}
	refused, err := s.subscribe(topics)
	if err = s.close(err); err != nil {
		return sentence(b.explain(err))
	}
	for _, in := range inputs {
		if refused[in.Topic] {
			return sentence(b.denied(in.Topic))
		}
	}
	return nil
}

// A sentence is a fault as an error.
type sentence string

func (s sentence) Error() string { return string(s) }

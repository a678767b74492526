package main

import (
	"sync"
	"time"

	"entracte/cmd/entracte/config"
	"entracte/hw/presence"
	"entracte/hw/sensor"
	"entracte/player/control"
)

// pictureSeconds is how far back a technician sees, and how far back anything is
// kept.
const pictureSeconds = 60

// A picture is what the inputs said in the last minute. It lives in memory only.
// Any goroutine may use it.
type picture struct {
	mu     sync.Mutex
	known  bool
	last   presence.Belief
	second int64 // the newest that is drawn, counted from the start
	rows   []pictureRow
}

type pictureRow struct {
	seconds [pictureSeconds]seen // second s is at s % pictureSeconds
	moves   uint64
}

// seen is all that an input was within a second.
type seen uint8

const (
	seenLow seen = 1 << iota
	seenUnknown
	seenRaw      // high, not believed
	seenHeld     // believed, not high
	seenBelieved // both
)

func look(in presence.InputBelief) seen {
	switch raw, level := in.Raw == presence.High, in.Level == presence.High; {
	case raw && level:
		return seenBelieved
	case level:
		return seenHeld
	case raw:
		return seenRaw
	case in.Raw == presence.Unknown:
		return seenUnknown
	}
	return seenLow
}

// mark is the character of [control.Sensor.Minute].
func (s seen) mark() byte {
	switch {
	case s&seenBelieved != 0:
		return '#'
	case s&seenHeld != 0:
		return '='
	case s&seenRaw != 0:
		return '~'
	case s&seenUnknown != 0:
		return '?'
	case s&seenLow != 0:
		return '_'
	}
	return ' '
}

// believe takes a belief at a time since the start.
func (p *picture) believe(now time.Duration, b presence.Belief) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draw(now)
	if !p.known {
		p.known, p.second = true, int64(now/time.Second)
		p.rows = make([]pictureRow, len(b.Inputs))
	}
	for i, in := range b.Inputs {
		row := &p.rows[i]
		if p.last.State != presence.Starting && p.last.Inputs[i].Raw != in.Raw {
			row.moves++
		}
		row.seconds[p.second%pictureSeconds] |= look(in)
	}
	p.last = b
}

// draw fills the seconds until now with what was believed last.
func (p *picture) draw(now time.Duration) {
	if !p.known {
		return
	}
	newest := int64(now / time.Second)
	for s := max(p.second+1, newest-pictureSeconds+1); s <= newest; s++ {
		for i, in := range p.last.Inputs {
			p.rows[i].seconds[s%pictureSeconds] = look(in)
		}
	}
	p.second = max(p.second, newest)
}

// sensors says what it is now.
func (p *picture) sensors(now time.Duration) control.Sensors {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draw(now)
	b := p.last
	out := control.Sensors{State: b.State, Since: max(0, now-b.Since).Seconds(), Cause: b.Cause, Paused: b.Paused, Inputs: []control.Sensor{}}
	for i, in := range b.Inputs {
		minute := make([]byte, pictureSeconds)
		for k := range minute {
			// Before the start there was nothing, and nothing is at these places.
			minute[k] = p.rows[i].seconds[(p.second+1+int64(k))%pictureSeconds].mark()
		}
		out.Inputs = append(out.Inputs, control.Sensor{InputBelief: in, Minute: string(minute), Moves: p.rows[i].moves})
	}
	return out
}

// sensed passes beliefs on and keeps the picture.
func (in *inputs) sensed(out func(presence.Belief)) func(presence.Belief) {
	return func(b presence.Belief) {
		out(b)
		in.picture.believe(time.Since(in.begun), b)
	}
}

// sensors says what the inputs say now, with where they are wired.
func (in *inputs) sensors() control.Sensors {
	out := in.picture.sensors(time.Since(in.begun))
	for i := range out.Inputs {
		s, c := &out.Inputs[i], in.config.Sensors[i]
		s.Kind = string(c.Kind)
		if c.Kind == config.GPIO {
			s.Pin, s.HeaderPin, s.ActiveLow = c.Pin, sensor.HeaderPin(c.Pin), c.Active == config.ActiveLow
		}
	}
	return out
}

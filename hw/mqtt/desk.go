package mqtt

import (
	"time"

	"entracte/hw/presence"
)

// A desk is where messages become readings. It is pure: times are arguments, and
// one goroutine owns it.
type desk struct {
	ears  []*ear
	times timing

	up    bool
	since time.Time // of being subscribed, if ready
	heard time.Time // the last sign of life, while not up
	fault string    // why not up
	gone  bool      // not up for so long that nothing heard can be believed
	tried bool      // the first try to connect has ended
	ready bool      // what we asked for is subscribed
}

func newDesk(inputs []Input, t timing) *desk {
	d := &desk{times: t}
	for _, in := range inputs {
		d.ears = append(d.ears, newEar(in))
	}
	return d
}

// topics lists what must be subscribed to, each once.
func (d *desk) topics() []string {
	var all []string
	seen := map[string]bool{}
	for _, e := range d.ears {
		for _, t := range e.topics() {
			if !seen[t] {
				seen[t] = true
				all = append(all, t)
			}
		}
	}
	return all
}

// connected notes that the broker was reached. Messages may follow.
func (d *desk) connected(now time.Time) {
	d.advance(now)
	d.up, d.gone, d.tried, d.ready = true, false, true, false
}

// lost notes that the broker cannot be reached or was lost, and why; heard is
// its last sign of life, zero if there never was one.
func (d *desk) lost(now, heard time.Time, fault string) {
	if d.up || d.heard.Before(heard) {
		d.heard = heard
	}
	d.up, d.tried, d.fault = false, true, fault
	d.advance(now)
}

// subscribed notes that the broker took the subscriptions but those it refused.
// An availability that may not be read is as good as none.
func (d *desk) subscribed(now time.Time, refused map[string]bool, why func(topic string) string) {
	d.ready, d.since = true, now
	for _, e := range d.ears {
		e.refused = ""
		if refused[e.Topic] {
			e.refused = why(e.Topic)
		}
	}
}

// hear takes a message; retained says that the broker had it in store. Between
// sessions there is none.
func (d *desk) hear(topic string, payload []byte, retained bool) {
	if !d.up {
		return
	}
	for _, e := range d.ears {
		e.hear(topic, payload, retained)
	}
}

// advance forgets everything once the broker is away for too long.
func (d *desk) advance(now time.Time) {
	if d.up || d.gone || !d.tried || now.Before(d.heard.Add(d.times.lost)) {
		return
	}
	d.gone = true
	for _, e := range d.ears {
		e.forget()
	}
}

// report returns what is new at now.
func (d *desk) report(now time.Time) []presence.Reading {
	d.advance(now)
	if !d.tried {
		return nil
	}
	gone := ""
	if d.gone {
		gone = d.fault
	}
	var out []presence.Reading
	for _, e := range d.ears {
		out = e.report(out, gone, d.ready, d.ready && !now.Before(d.since.Add(d.times.grace)))
	}
	return out
}

// deadline is when report would return something without a new event; ok is
// false if never.
func (d *desk) deadline(now time.Time) (at time.Time, ok bool) {
	switch settled := d.since.Add(d.times.grace); {
	case !d.tried || d.gone:
		return at, false
	case !d.up:
		return d.heard.Add(d.times.lost), true
	case d.ready && now.Before(settled):
		return settled, true
	}
	return at, false
}

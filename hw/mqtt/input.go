package mqtt

import (
	"fmt"
	"slices"
	"strings"

	"entracte/hw/presence"
)

// An Input is one sensor on one topic.
type Input struct {
	// Name is the name its readings carry.
	Name string
	// Topic is the full topic, without wildcards.
	Topic string
	// JSONPath is where the value stands in a JSON payload: keys and list indexes
	// joined by dots. Empty means the payload itself, and "presence" or
	// "occupancy" (for a Press: "action") where zigbee2mqtt sends an object.
	JSONPath string
	// True and False are the words for yes and no, compared without regard to
	// case. Both empty: on, true, 1, yes, detected, occupied, present and off,
	// false, 0, no, clear, unoccupied, absent.
	True, False []string
	// Availability is the topic that says "online" or "offline", plain or as
	// {"state": …}. Empty: where zigbee2mqtt, ESPHome and Home Assistant say it,
	// if the topic looks like one of theirs.
	Availability string
	// ActiveLow swaps yes and no.
	ActiveLow bool
	// Press says that a momentary press is what matters. If the value is an event
	// (its path ends in "action", or there are words for yes and none for no),
	// each live message with a word for yes is a press; True then defaults to
	// single, press, on, toggle, short_press, on_press, button_short_press.
	// Otherwise the value is a level, and its rise is the press.
	Press bool
}

// An ear is an input and what was heard of it.
type ear struct {
	Input
	path           []string
	events         bool // each message is a press
	action         bool // zigbee2mqtt's event key: words of other buttons are nobody's affair
	device, bridge string

	value   presence.Level // Unknown: none
	stored  bool           // value was retained: nothing tells how old it is
	doubt   string         // why the last message told nothing
	missing string         // why messages that came were not about this value
	refused string         // the broker does not let us read the topic

	deviceState, bridgeState liveState

	fresh   bool // a live message came since the last report
	presses int  // and so many presses
	told    presence.Reading
	any     bool
}

func newEar(in Input) *ear {
	e := &ear{Input: in}
	if in.JSONPath == "" && in.Press && Zigbee(in.Topic) {
		e.JSONPath = "action"
	}
	if e.JSONPath != "" {
		e.path = strings.Split(e.JSONPath, ".")
		e.action = e.path[len(e.path)-1] == "action"
	}
	e.events = in.Press && len(in.False) == 0 && (e.action || len(in.True) > 0)
	if len(in.True) == 0 && len(in.False) == 0 {
		e.True, e.False = yes, no
		if e.events {
			e.True, e.False = press, nil
		}
	}
	e.device, e.bridge = liveness(in.Topic)
	if in.Availability != "" {
		e.device = in.Availability
	}
	return e
}

// topics lists what the ear must be subscribed to.
func (e *ear) topics() []string {
	return slices.DeleteFunc([]string{e.Topic, e.device, e.bridge}, func(t string) bool { return t == "" })
}

// forget drops what was heard: it may no longer be so.
func (e *ear) forget() {
	e.value, e.stored, e.doubt, e.missing = presence.Unknown, false, "", ""
	e.deviceState, e.bridgeState = unsaid, unsaid
}

// hear takes a message. retained says that the broker had it in store, so that
// nothing tells how old it is.
func (e *ear) hear(topic string, payload []byte, retained bool) {
	if topic == e.device {
		e.live(&e.deviceState, payload)
	}
	if topic == e.bridge {
		e.live(&e.bridgeState, payload)
	}
	if topic != e.Topic {
		return
	}
	f := find(payload, e.path)
	if e.events {
		e.event(f, retained)
		return
	}
	if f.kind == missing {
		e.missing = e.noSuchKey(f)
		return
	}
	level := presence.Unknown
	switch {
	case f.kind == aWord && among(e.True, f.word):
		level = presence.High
	case f.kind == aWord && among(e.False, f.word):
		level = presence.Low
	case e.action:
		return
	}
	if retained && e.value != presence.Unknown && !e.stored && e.deviceState != online {
		return // what we hold is younger
	}
	if e.ActiveLow && level != presence.Unknown {
		level = presence.Low + presence.High - level
	}
	e.value, e.stored, e.doubt = level, retained, e.why(f)
	e.fresh = e.fresh || !retained
}

// event takes a message of a button. One from the store was pressed some time
// ago, and is no press.
func (e *ear) event(f finding, retained bool) {
	if retained {
		return
	}
	e.fresh = true
	if f.kind == aWord && among(e.True, f.word) {
		e.presses++
		if e.deviceState == offline {
			e.deviceState = unsaid // who presses is there
		}
	}
}

// live takes a message about a device or a bridge. What was heard before one of
// them went away is over.
func (e *ear) live(state *liveState, payload []byte) {
	was := *state
	if *state = life(payload); *state == offline && was != offline {
		e.value, e.stored, e.doubt = presence.Unknown, false, ""
	}
}

// level returns what is to be believed, or why nothing is. ready says that the
// topics are subscribed, settled that what the broker has in store has had time
// to arrive; ok is false where it is too early to tell.
func (e *ear) level(ready, settled bool) (l presence.Level, fault string, ok bool) {
	switch {
	case e.refused != "":
		return presence.Unknown, e.refused, true
	case e.bridgeState == offline:
		return presence.Unknown, fmt.Sprintf("%s says that zigbee2mqtt is not running\nhint: look at the machine that runs it, and at its Zigbee stick", e.bridge), true
	case e.deviceState == offline:
		return presence.Unknown, fmt.Sprintf("%s says that the device is out of reach\nhint: check its battery or plug, and how far it is", e.device), true
	case e.events:
		return presence.Low, "", ready // nobody presses, and we would hear it
	case e.value != presence.Unknown && (!e.stored || e.deviceState == online):
		return e.value, "", true
	case e.value == presence.Unknown && e.doubt != "":
		return presence.Unknown, e.doubt, true
	case !settled:
		return presence.Unknown, "", false
	case e.value != presence.Unknown:
		return presence.Unknown, fmt.Sprintf("%s has a stored value only, and nothing tells how old it is\nhint: it counts from the next message on; set availability_topic to the one that says whether the device is there", e.Topic), true
	case e.missing != "":
		return presence.Unknown, e.missing, true
	}
	return presence.Unknown, fmt.Sprintf("no message on %s since the broker was reached\nhint: make the sensor report once; if nothing comes, compare the topic with the sender's, and see whether the broker lets us read it", e.Topic), true
}

// why says in a sentence why a finding is no level.
func (e *ear) why(f finding) string {
	switch {
	case f.kind == unknown:
		return fmt.Sprintf("%s says %s: it does not know\nhint: the device may still be starting, or have lost its sensor", e.Topic, quote(f.word))
	case f.kind == aWord:
		return fmt.Sprintf("%s says %s, which is neither a yes nor a no\nhint: name its words with true_values and false_values", e.Topic, quote(f.word))
	case len(e.path) > 0:
		return fmt.Sprintf("%s says %s, which has no single value at %q\nhint: correct json_path", e.Topic, quote(f.word), e.JSONPath)
	}
	return fmt.Sprintf("%s says %s, which is no single value\nhint: set json_path to the key that counts", e.Topic, quote(f.word))
}

func (e *ear) noSuchKey(f finding) string {
	keys := "nothing"
	if len(f.keys) > 0 {
		keys = quote(strings.Join(f.keys, ", "))
	}
	at := quote(e.JSONPath)
	if e.JSONPath == "" {
		at = strings.Join(zigbeeKeys, " or ")
	}
	return fmt.Sprintf("messages on %s have no %s\nhint: set json_path to one of what they have: %s", e.Topic, at, keys)
}

// report appends what the presence machine must be told since the last report.
// gone is why nothing from the broker can be believed, or "".
func (e *ear) report(out []presence.Reading, gone string, ready, settled bool) []presence.Reading {
	level, fault, ok := presence.Unknown, gone, true
	if gone == "" {
		level, fault, ok = e.level(ready, settled)
	}
	r := presence.Reading{Input: e.Name, Level: level, Fault: fault}
	// A live message is news even if it says the same: it starts max_age anew.
	if ok && (!e.any || r != e.told || e.fresh && level != presence.Unknown) {
		out = append(out, r)
		e.told, e.any = r, true
	}
	for range e.presses {
		out = append(out, presence.Reading{Input: e.Name, Pulse: true})
	}
	e.fresh, e.presses = false, 0
	return out
}

package trace

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"entracte/hw/presence"
)

// An outlook is all that a day may expect: what a person in front of the screen,
// and one who reads its faults, can tell.
type outlook struct {
	state  presence.State
	paused bool
	faults string // names, sorted and each in quotes, or ""
}

func (o outlook) String() string {
	s := o.state.String()
	if o.paused {
		s += " paused"
	}
	if o.faults != "" {
		s += " with a fault of " + o.faults
	}
	return s
}

// happen reads a line that begins with a time.
func (p *parser) happen(words []string) error {
	from, err := timeOf(words[0])
	if err != nil {
		return err
	}
	to, every := from, time.Millisecond
	words = words[1:]
	if len(words) > 0 && words[0] == "to" {
		if to, every, err = span(words); err != nil {
			return err
		}
		words = words[4:]
	}
	what, expected := words, []string(nil)
	if i := slices.Index(words, "="); i >= 0 {
		what, expected = words[:i], words[i+1:]
		o, err := p.outlook(expected)
		if err != nil {
			return err
		}
		p.add(event{at: from, expect: &o})
	}
	switch {
	case len(what) == 0 && expected == nil, len(what) == 0 && to != from:
		return fmt.Errorf("nothing happens\nhint: 10:05:00 bench high = waiting")
	case len(what) == 0:
		return nil
	}
	e, err := p.event(from, what)
	if err != nil {
		return err
	}
	if (to-from)/every >= time.Duration(maxEvents-len(p.day.events)) {
		return fmt.Errorf("more than %d things happen on this day\nhint: repeat them less often", maxEvents)
	}
	for e.at = from; e.at <= to; e.at += every {
		p.add(e)
	}
	return nil
}

func (p *parser) add(e event) {
	e.line = p.line
	p.day.events = append(p.day.events, e)
}

// span reads "to TIME every DURATION".
func span(words []string) (to, every time.Duration, err error) {
	const hint = "\nhint: 10:00:00 to 10:05:00 every 100ms radar still"
	if len(words) < 5 || words[2] != "every" {
		return 0, 0, fmt.Errorf("it is not said how often this happens" + hint)
	}
	if to, err = timeOf(words[1]); err != nil {
		return 0, 0, fmt.Errorf("%q is no time"+hint, words[1])
	}
	if every, err = time.ParseDuration(words[3]); err != nil || every < time.Millisecond {
		return 0, 0, fmt.Errorf("%q is no duration of 1ms or more"+hint, words[3])
	}
	return to, every, nil
}

// event reads what happens at a time or from that time on.
func (p *parser) event(from time.Duration, words []string) (event, error) {
	is := func(want ...string) bool { return slices.Equal(words, want) }
	trusted := is("clock", "trusted")
	switch {
	case is("end") && p.ended >= 0:
		return event{}, fmt.Errorf("the day ends twice\nhint: leave one of the lines out")
	case is("end"):
		p.ended = from
		return event{}, nil
	case trusted, is("clock", "untrusted"):
		return event{trusted: &trusted}, nil
	case is(owner, "press"):
		return event{reading: &presence.Reading{Pulse: true}}, nil
	case !p.known(words[0]):
		return event{}, fmt.Errorf("there is no sensor %q\nhint: write its line, sensor NAME role=... kind=..., above", words[0])
	}
	r := presence.Reading{Input: words[0]}
	rest := words[1:]
	if len(rest) > 1 && rest[0] == "fault" {
		r.Fault = strings.Join(rest[1:], " ")
		return event{reading: &r}, nil
	}
	switch strings.Join(rest, " ") {
	case "high":
		r.Level = presence.High
	case "low":
		r.Level = presence.Low
	case "still":
		r.Level, r.Still = presence.High, true
	case "press":
		r.Pulse = true
	default:
		return event{}, fmt.Errorf("a sensor does not say %q\nhint: high, low, still, press, or fault and why", strings.Join(rest, " "))
	}
	return event{reading: &r}, nil
}

func (p *parser) outlook(words []string) (outlook, error) {
	const hint = "\nhint: = waiting, = serving paused, = empty fault radar fault door"
	var o outlook
	if len(words) == 0 || o.state.UnmarshalText([]byte(words[0])) != nil {
		return o, fmt.Errorf("no state is expected" + hint)
	}
	words = words[1:]
	if len(words) > 0 && words[0] == "paused" {
		o.paused, words = true, words[1:]
	}
	var names []string
	for ; len(words) >= 2 && words[0] == "fault"; words = words[2:] {
		if !p.known(words[1]) || slices.Contains(names, words[1]) {
			return o, fmt.Errorf("%q is no sensor, or is named twice"+hint, words[1])
		}
		names = append(names, words[1])
	}
	if len(words) > 0 {
		return o, fmt.Errorf("%q cannot be expected"+hint, strings.Join(words, " "))
	}
	o.faults = inQuotes(names)
	return o, nil
}

func inQuotes(names []string) string {
	slices.Sort(names)
	for i, n := range names {
		names[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(names, ", ")
}

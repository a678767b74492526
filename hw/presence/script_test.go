package presence

import (
	"fmt"
	"strings"
	"time"
)

// A script is a case of the tables: a venue and what happens in it, one line each.
// Whole days, with what is expected of them, are the affair of package trace.
//
//	venue off_after=5m serving_max=90m on_sensor_loss=quiet
//	input NAME KIND ROLE [mode=toggle] [on_fault=show] [hold=3s] ...
//	12:30:00.050 NAME low|high|still|unknown|press [words of the fault]
//	12:30:00 hours open|closed|untrusted
//	12:30:00 to 12:40:00 every 1s NAME still
//	13:00:00 end
//
// Lines that begin with # tell the story.
type script struct {
	config Config
	events []event
}

type event struct {
	at      time.Duration
	hours   string
	reading Reading
}

func parseScript(text string) (*script, error) {
	s := &script{}
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		var err error
		switch words[0] {
		case "venue":
			err = s.venue(words[1:])
		case "input":
			err = s.input(words[1:])
		default:
			err = s.happen(words)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %q: %w", n+1, line, err)
		}
	}
	return s, nil
}

func (s *script) venue(words []string) error {
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		if k == "on_sensor_loss" {
			s.config.OnSensorLoss = policies[v]
			continue
		}
		d, err := time.ParseDuration(v)
		if err != nil {
			return err
		}
		switch k {
		case "off_after":
			s.config.OffAfter = d
		case "serving_max":
			s.config.ServingMax = d
		default:
			return fmt.Errorf("unknown key %q", k)
		}
	}
	return nil
}

var policies = map[string]Policy{"show": Show, "quiet": Quiet}

func (s *script) input(words []string) error {
	if len(words) < 3 {
		return fmt.Errorf("an input needs a name, a kind and a role")
	}
	var role Role
	if err := role.UnmarshalText([]byte(words[2])); err != nil {
		return err
	}
	in := Defaults(words[1], role)
	in.Name = words[0]
	for _, w := range words[3:] {
		k, v, _ := strings.Cut(w, "=")
		switch k {
		case "mode":
			in.Mode = map[string]Mode{"level": ModeLevel, "toggle": ModeToggle, "pulse": ModePulse}[v]
			continue
		case "on_fault":
			in.OnFault = policies[v]
			continue
		}
		d, err := time.ParseDuration(v)
		if err != nil {
			return err
		}
		*map[string]*time.Duration{
			"lasts": &in.Lasts, "assert_after": &in.AssertAfter, "release_after": &in.ReleaseAfter,
			"hold": &in.Hold, "warm_up": &in.WarmUp, "max_age": &in.MaxAge,
		}[k] = d
	}
	s.config.Inputs = append(s.config.Inputs, in)
	return nil
}

func (s *script) happen(words []string) error {
	from, err := parseTime(words[0])
	if err != nil || len(words) < 2 {
		return fmt.Errorf("not a time and an event: %v", err)
	}
	to, every := from, time.Duration(1)
	if words[1] == "to" {
		if to, err = parseTime(words[2]); err != nil {
			return err
		}
		if every, err = time.ParseDuration(words[4]); err != nil {
			return err
		}
		words = words[4:]
	}
	for at := from; at <= to; at += every {
		e := event{at: at, hours: "", reading: Reading{Input: words[1]}}
		switch {
		case words[1] == "hours":
			e.hours = words[2]
		case words[1] == "end":
			e.hours = "end"
		default:
			e.reading.Level, e.reading.Still, e.reading.Pulse = said(words[2])
			e.reading.Fault = strings.Join(words[3:], " ")
			if e.reading.Input == "owner" {
				e.reading.Input = ""
			}
		}
		// Lines may overlap; events of one time stay in the order of the lines.
		i := len(s.events)
		for i > 0 && s.events[i-1].at > at {
			i--
		}
		s.events = append(s.events[:i], append([]event{e}, s.events[i:]...)...)
	}
	return nil
}

func said(w string) (l Level, still, pulse bool) {
	switch w {
	case "high":
		return High, false, false
	case "still":
		return High, true, false
	case "low":
		return Low, false, false
	case "press":
		return Unknown, false, true
	}
	return Unknown, false, false
}

func parseTime(w string) (time.Duration, error) {
	t, err := time.Parse("15:04:05", w)
	return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), err
}

func (m *Machine) happens(e event) {
	switch e.hours {
	case "":
		m.Observe(e.at, e.reading)
	case "end":
		m.Advance(e.at)
	default:
		m.SetHours(e.at, e.hours != "closed", e.hours != "untrusted")
	}
}

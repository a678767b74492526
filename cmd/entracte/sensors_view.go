package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"entracte/hw/presence"
	"entracte/player/control"
)

// A sensorsView writes what the sensors say, as a picture that changes in place or
// as lines that follow each other.
type sensorsView struct {
	w       io.Writer
	live    bool
	running bool // a player is asked

	known bool
	last  control.Sensors
	// said are the lines of the last sentences, the newest last.
	said []string
}

// saidLines is how many lines of sentences stay below the picture.
const saidLines = 8

// show writes what is new at a time.
func (v *sensorsView) show(now time.Time, s control.Sensors) error {
	var news []string
	if v.known {
		news = moves(v.last, s)
	}
	var b bytes.Buffer
	if v.live {
		for _, n := range news {
			v.said = append(v.said, fold(now.Format("15:04:05 ")+n)...)
		}
		v.said = v.said[max(0, len(v.said)-saidLines):]
		v.picture(&b, s)
	} else {
		v.lines(&b, now, s, news)
	}
	v.known, v.last = true, s
	_, err := v.w.Write(b.Bytes())
	return err
}

// blocks draw the marks of [control.Sensor.Minute].
var blocks = strings.NewReplacer("#", "█", "=", "▓", "~", "▄", "_", "▁", "?", "?")

const legend = "█ high  ▓ held  ▄ not believed  ▁ low  ? unknown    a column a second, now right"

func (v *sensorsView) picture(b *bytes.Buffer, s control.Sensors) {
	const home, lineEnd, below = "\x1b[H", "\x1b[K\r\n", "\x1b[J"
	if !v.known {
		b.WriteString("\x1b[2J")
	}
	b.WriteString(home)
	line := func(format string, args ...any) { fmt.Fprintf(b, format+lineEnd, args...) }
	line("%s", belief(s))
	line("")
	for _, in := range s.Inputs {
		line("%-20s %-9s %-18s %s", in.Name, in.Role, wired(in), path(in))
		line("%s", blocks.Replace(in.Minute))
		if in.Fault != "" {
			line("  %s", inOneLine(in.Fault))
		}
	}
	line("%s", legend)
	for _, part := range fold(v.elsewhere(s)) {
		line("%s", part)
	}
	line("")
	for _, said := range v.said {
		line("%s", said)
	}
	b.WriteString(below)
}

// fold breaks a sentence between words, for a terminal of 80 columns.
func fold(text string) []string {
	const most, indent = 80, "  "
	var out []string
	for {
		at := len(text)
		if utf8.RuneCountInString(text) > most {
			at = strings.LastIndex(text[:most], " ")
		}
		if at <= len(indent) {
			at = len(text) // one long word
		}
		out = append(out, text[:at])
		if at == len(text) {
			return out
		}
		text = indent + text[at+1:]
	}
}

// elsewhere says which pins without a sensor are watched.
func (v *sensorsView) elsewhere(s control.Sensors) string {
	if v.running {
		return "the player is running: pins without a sensor are watched only while it is stopped"
	}
	if len(s.Unused) == 0 {
		return "no other pins can be watched here"
	}
	var names []string
	for _, p := range s.Unused {
		names = append(names, fmt.Sprintf("%s (pin %d) %s", p.Pin, p.HeaderPin, p.Level))
	}
	return "nobody listens to " + strings.Join(names, ", ")
}

func (v *sensorsView) lines(b *bytes.Buffer, now time.Time, s control.Sensors, news []string) {
	line := func(text string) { fmt.Fprintf(b, "%s %s\n", now.Format("15:04:05.000"), text) }
	if !v.known {
		line(belief(s))
		for _, in := range s.Inputs {
			line(fmt.Sprintf("%s, %s, %s: %s", in.Name, in.Role, wired(in), path(in)) + faultOf(in))
		}
		line(v.elsewhere(s))
		return
	}
	for _, n := range news {
		line(n)
	}
	for i, in := range s.Inputs {
		if i < len(v.last.Inputs) && (path(in) != path(v.last.Inputs[i]) || in.Fault != v.last.Inputs[i].Fault) {
			line(fmt.Sprintf("%s: %s%s", in.Name, path(in), faultOf(in)))
		}
	}
	if s.State != v.last.State || s.Cause != v.last.Cause || s.Paused != v.last.Paused {
		line(belief(s))
	}
}

// belief is the state and why.
func belief(s control.Sensors) string {
	text := fmt.Sprintf("%s for %s", s.State, seconds(s.Since))
	if s.Paused {
		text += ", paused by the owner"
	}
	if s.Cause != "" {
		text += ": " + s.Cause
	}
	return text
}

// path is an input's way from the wire to what is believed.
func path(in control.Sensor) string {
	raw := in.Raw.String()
	if in.Still {
		raw += ", still"
	}
	text := raw + " → " + in.Level.String()
	if in.WarmingUp {
		text += " (warming up)"
	}
	return text
}

func inOneLine(fault string) string { return strings.ReplaceAll(fault, "\n", "; ") }

func faultOf(in control.Sensor) string {
	if in.Fault == "" {
		return ""
	}
	return ": " + inOneLine(in.Fault)
}

// wired says where an input comes from.
func wired(in control.Sensor) string {
	if in.Pin == "" {
		return in.Kind
	}
	return onHeader(in.Pin, in.HeaderPin)
}

func onHeader(line string, pin int) string {
	if pin == 0 {
		return line
	}
	return fmt.Sprintf("%s (pin %d)", line, pin)
}

// moves are sentences about what changed between two looks: the pins first in
// volts, for a technician who holds their wires, then what that means.
func moves(was, is control.Sensors) []string {
	var out []string
	for i, in := range is.Inputs {
		// Fewer moves are those of a player that was started anew.
		if i >= len(was.Inputs) || in.Moves <= was.Inputs[i].Moves {
			continue
		}
		means := map[presence.Level]string{presence.High: "yes", presence.Low: "no"}[in.Raw]
		switch {
		case in.Raw == presence.Unknown:
			out = append(out, fmt.Sprintf("%q cannot be read", in.Name))
		case in.Pin == "":
			out = append(out, fmt.Sprintf("%q just said %s%s", in.Name, means, times(in.Moves-was.Inputs[i].Moves)))
		default:
			volts := in.Raw
			if in.ActiveLow {
				volts = presence.Low + presence.High - in.Raw
			}
			out = append(out, fmt.Sprintf("%s just went %s%s: %q says %s", wired(in), volts, times(in.Moves-was.Inputs[i].Moves), in.Name, means))
		}
	}
	for _, p := range is.Unused {
		for _, q := range was.Unused {
			if q.Pin == p.Pin && p.Moves > q.Moves {
				out = append(out, fmt.Sprintf("%s (header pin %d) moved, and no sensor is configured there%s", p.Pin, p.HeaderPin, expected(is.Inputs)))
			}
		}
	}
	return out
}

// expected names the pins that did not move yet: the wire that just did on a pin
// without a sensor may be one of theirs.
func expected(inputs []control.Sensor) string {
	var pins []string
	for _, in := range inputs {
		if in.Pin != "" && in.Moves == 0 {
			pins = append(pins, fmt.Sprintf("%q expects %s", in.Name, wired(in)))
		}
	}
	if pins == nil {
		return ""
	}
	return "; " + strings.Join(pins, ", ")
}

func times(n uint64) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" (%d changes)", n)
}

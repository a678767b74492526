package mqtt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A finding is what a payload was found to say.
type finding struct {
	kind findingKind
	// word is the value as text, for aWord and unclear.
	word string
	// keys are what there is instead, for missing.
	keys []string
}

type findingKind uint8

const (
	// missing: the payload says nothing about this value.
	missing findingKind = iota
	// unknown: the sender says that it does not know.
	unknown
	// aWord is a value to be compared with the words for yes and no.
	aWord
	// unclear is an object, a list, or not what the path expects.
	unclear
)

// zigbeeKeys are where zigbee2mqtt tells of people, mmWave sensors and motion
// sensors, in this order.
var zigbeeKeys = []string{"presence", "occupancy"}

// find looks up a value in a payload. Without a path the payload itself is the
// value; an object is then searched for zigbee2mqtt's own keys.
func find(payload []byte, path []string) finding {
	text := bytes.TrimSpace(payload)
	if len(path) == 0 && (len(text) == 0 || text[0] != '{') {
		return word(string(text))
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return finding{kind: unclear, word: string(text)}
	}
	if _, err := d.Token(); err != io.EOF {
		return finding{kind: unclear, word: string(text)} // two values, or half of one
	}
	if len(path) > 0 {
		return walk(v, path)
	}
	fields, _ := v.(map[string]any)
	for _, k := range zigbeeKeys {
		if v, ok := fields[k]; ok {
			return value(v)
		}
	}
	return finding{kind: missing, keys: slices.Sorted(maps.Keys(fields))}
}

// walk follows a path into decoded JSON: keys of objects, indexes of lists.
func walk(v any, path []string) finding {
	if len(path) == 0 {
		return value(v)
	}
	switch v := v.(type) {
	case map[string]any:
		if next, ok := v[path[0]]; ok {
			return walk(next, path[1:])
		}
		return finding{kind: missing, keys: slices.Sorted(maps.Keys(v))}
	case []any:
		if i, err := strconv.Atoi(path[0]); err == nil && i >= 0 && i < len(v) {
			return walk(v[i], path[1:])
		}
		return finding{kind: missing}
	case nil:
		return finding{kind: unknown, word: "null"}
	}
	return finding{kind: unclear, word: fmt.Sprint(v)}
}

func value(v any) finding {
	switch v := v.(type) {
	case nil:
		return finding{kind: unknown, word: "null"}
	case bool:
		return word(strconv.FormatBool(v))
	case json.Number:
		return word(v.String())
	case string:
		return word(strings.TrimSpace(v))
	}
	b, _ := json.Marshal(v) // it was JSON a moment ago
	return finding{kind: unclear, word: string(b)}
}

func word(s string) finding {
	switch strings.ToLower(s) {
	case "", "null", "none", "unknown", "unavailable":
		return finding{kind: unknown, word: s}
	}
	return finding{kind: aWord, word: s}
}

// The words for yes and no where the config names none, and what zigbee2mqtt
// and Home Assistant call one press of a button.
var (
	yes   = []string{"on", "true", "1", "yes", "detected", "occupied", "present"}
	no    = []string{"off", "false", "0", "no", "clear", "unoccupied", "absent"}
	press = []string{"single", "press", "on", "toggle", "short_press", "on_press", "button_short_press"}
)

// among compares without regard to case: the same firmware writes "ON" and "on".
func among(words []string, w string) bool {
	return slices.ContainsFunc(words, func(s string) bool { return strings.EqualFold(s, w) })
}

// life reads an availability payload: "online", or {"state":"online"}, in any
// case. Other words tell nothing.
func life(payload []byte) liveState {
	f := find(payload, nil)
	if t := bytes.TrimSpace(payload); len(t) > 0 && t[0] == '{' {
		f = find(payload, []string{"state"})
	}
	switch strings.ToLower(f.word) {
	case "online":
		return online
	case "offline":
		return offline
	}
	return unsaid
}

type liveState uint8

const (
	unsaid liveState = iota
	online
	offline
)

// quote shows a payload in a sentence for a person: short, and on one line.
func quote(s string) string {
	const most = 40
	if len(s) > most {
		cut := most
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return strconv.Quote(s)
}

package mqtt

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		payload, path, want string
	}{
		{"ON", "", "word ON"},
		{" off\r\n", "", "word off"},
		{"1", "", "word 1"},
		{"true", "", "word true"},
		{"", "", "unknown"},
		{"null", "", "unknown null"},
		{"None", "", "unknown None"},
		{"unavailable", "", "unknown unavailable"},
		{"[1]", "", "word [1]"},

		// zigbee2mqtt without a path.
		{`{"occupancy":true,"battery":90}`, "", "word true"},
		{`{"occupancy":true,"presence":false}`, "", "word false"},
		{`{"presence":null,"occupancy":true}`, "", "unknown null"},
		{`{"battery":90,"contact":true}`, "", "missing [battery contact]"},
		{`{}`, "", "missing []"},

		{`{"occupancy":false}`, "occupancy", "word false"},
		{`{"a":{"b":[{"c":"ON"}]}}`, "a.b.0.c", "word ON"},
		{`{"a":{"b":[{"c":"ON"}]}}`, "a.b.1.c", "missing []"},
		{`{"a":{"b":[1]}}`, "a.b.-1", "missing []"},
		{`{"a":{"b":[1]}}`, "a.b.x", "missing []"},
		{`{"a":null}`, "a.b", "unknown null"},
		{`{"a":5}`, "a.b", "unclear 5"},
		{`{"a":{"b":1}}`, "a", `unclear {"b":1}`},
		{`{"a":""}`, "a", "unknown"},
		{`{"a":1.0}`, "a", "word 1.0"},
		{`{"a":1,"a":2}`, "a", "word 2"},
		{`["x","on"]`, "1", "word on"},
		{`null`, "a", "unknown null"},
		{`{"a":1`, "a", `unclear {"a":1`},
		{`{"a":1}}`, "a", `unclear {"a":1}}`},
		{`{"a":1}{"a":2}`, "a", `unclear {"a":1}{"a":2}`},
		{``, "a", "unclear"},
		{`ON`, "a", "unclear ON"},
		{"\xff\xfe", "", "word \xff\xfe"},
	} {
		if got := shown(find([]byte(c.payload), pathOf(c.path))); got != c.want {
			t.Errorf("%q at %q is %q, want %q", c.payload, c.path, got, c.want)
		}
	}
}

func pathOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ".")
}

func shown(f finding) string {
	if f.kind == missing {
		return fmt.Sprint("missing ", f.keys)
	}
	return strings.TrimSpace([]string{"", "unknown", "word", "unclear"}[f.kind] + " " + f.word)
}

func TestLife(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]liveState{
		"online": online, "offline": offline, "Online": online, "Offline": offline,
		`{"state":"online"}`: online, `{"state": "offline"}`: offline,
		"": unsaid, "maybe": unsaid, `{"state":null}`: unsaid, `{"state":{}}`: unsaid, `{"online":true}`: unsaid, `{"state":`: unsaid,
	} {
		if got := life([]byte(payload)); got != want {
			t.Errorf("%q is %v, want %v", payload, got, want)
		}
	}
}

func TestLiveness(t *testing.T) {
	t.Parallel()
	for topic, want := range map[string][2]string{
		"zigbee2mqtt/door":                           {"zigbee2mqtt/door/availability", "zigbee2mqtt/bridge/state"},
		"zigbee2mqtt/shop/door":                      {"zigbee2mqtt/shop/door/availability", "zigbee2mqtt/bridge/state"},
		"zigbee2mqtt":                                {},
		"radar/binary_sensor/counter/state":          {"radar/status", ""},
		"shop/radar/binary_sensor/counter/state":     {"shop/radar/status", ""},
		"homeassistant/binary_sensor/hall_pir/state": {"homeassistant/status", ""},
		"binary_sensor/counter/state":                {},
		"radar/light/counter/state":                  {},
		"tele/pir/STATE":                             {},
		"":                                           {},
	} {
		device, bridge := liveness(topic)
		if got := [2]string{device, bridge}; got != want2(want) {
			t.Errorf("%q is told alive on %q, want %q", topic, got, want)
		}
	}
}

func want2(w [2]string) [2]string { return w }

// What is put somewhere into JSON is found there, whatever is around it.
func TestFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom([]any{true, false, nil, "ON", "off", 1, 0, 2.5, "idle"}).Draw(t, "value")
		path := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9_é -]{1,6}`), 1, 6).Draw(t, "path")
		noise := rapid.StringMatching(`[A-Z]{1,4}`).Draw(t, "noise")
		var v any = value
		for i := len(path) - 1; i >= 0; i-- {
			v = map[string]any{path[i]: v, noise: []any{1, nil, map[string]any{}}}
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		want := finding{kind: aWord, word: fmt.Sprint(value)}
		if value == nil {
			want = finding{kind: unknown, word: "null"}
		}
		if got := find(text, path); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s at %q is %+v, want %+v", text, path, got, want)
		}
	})
}

func TestQuote(t *testing.T) {
	t.Parallel()
	if got := quote(strings.Repeat("é", 100)); !utf8.ValidString(got) || len(got) > 60 {
		t.Errorf("quote gives %q", got)
	}
	if got := quote("a\nhint: call 0900\x1b[2J"); strings.ContainsAny(got, "\n\x1b") {
		t.Errorf("quote gives %q, which a payload could use to write lines of its own", got)
	}
}

// FuzzInput: no payload and no path panics or invents a level.
func FuzzInput(f *testing.F) {
	for _, s := range []string{"ON", `{"occupancy":true}`, `{"presence":null}`, `{"action":"single"}`, `{"state":"offline"}`, `[[[[`, `{"a":`, "\x00", strings.Repeat("[", 5000)} {
		for _, path := range []string{"", "occupancy", "a.0.b", "action", "."} {
			f.Add([]byte(s), path, false)
			f.Add([]byte(s), path, true)
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte, path string, pressing bool) {
		d := newDesk([]Input{{Name: "x", Topic: "zigbee2mqtt/x", JSONPath: path, Press: pressing}}, usual)
		e := d.ears[0]
		word := find(payload, e.path)
		if again := find(payload, e.path); !reflect.DeepEqual(word, again) {
			t.Fatalf("two readings differ: %+v, %+v", word, again)
		}
		d.connected(start)
		d.subscribed(start, nil, nil)
		for _, topic := range d.topics() {
			d.hear(topic, payload, false)
		}
		for _, r := range d.report(start.Add(usual.grace)) {
			known := word.kind == aWord && (among(e.True, word.word) || among(e.False, word.word))
			if !e.events && (r.Level != 0) && !known || r.Pulse && (!e.events || !known) {
				t.Fatalf("%q at %q gives %+v", payload, path, r)
			}
			if r.Level == 0 && !r.Pulse && !strings.Contains(r.Fault, "\nhint: ") {
				t.Fatalf("no hint: %q", r.Fault)
			}
			if strings.Count(r.Fault, "\n") > 1 {
				t.Fatalf("a payload wrote into the fault: %q", r.Fault)
			}
		}
	})
}

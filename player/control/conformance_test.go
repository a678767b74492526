package control

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler/plan"
)

// everywhere runs a test over the socket and over the port: whoever can use one
// can use the other.
func everywhere(t *testing.T, test func(t *testing.T, d *desk, at string)) {
	t.Run("socket", func(t *testing.T) {
		t.Parallel()
		d, path := newDesk(), place(t)
		d.open(t, path)
		test(t, d, path)
	})
	t.Run("port", func(t *testing.T) {
		t.Parallel()
		d := newDesk()
		test(t, d, d.openPort(t))
	})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d *desk, at string) {
		d.status = player.Status{Venue: "Bijouterie <Martin> & fils", State: "waiting"}
		d.why = refusals()
		d.plays = []plan.Play{
			{Seq: 7, Advertiser: "<b>&", StartedAt: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)},
			{Seq: 8, Reasons: []string{"share:1/9"}, Counted: true},
		}
		d.sensors = Sensors{State: presence.Waiting, Since: 2.5, Inputs: []Sensor{{
			InputBelief: presence.InputBelief{Name: "bench", Raw: presence.High, Level: presence.High},
			Kind:        "gpio", Pin: "GPIO17", HeaderPin: 11, Minute: " _~#", Moves: 3,
		}}}
		for _, c := range []struct{ method, what, body, answer, arrived string }{
			{"GET", "status", "", `{"venue":"Bijouterie <Martin> & fils","screen":"","state":"waiting"`, ""},
			{"GET", "status?a=b", "", `{"venue":`, ""},
			{"GET", "why", "", `[{"feed":"local","campaign":"lens","code":"no_category","fr":"`, ""},
			{"GET", "plays", "", `[{"seq":7,`, ""},
			{"GET", "plays", "", `"advertiser":"<b>&"`, ""},
			{"GET", "plays", "", `"reasons":[],`, ""},
			{"GET", "plays", "", "}\n,{\"seq\":8,", ""},
			{"GET", "sensors", "", `{"state":"waiting","since_seconds":2.5,"inputs":[{"name":"bench","role":"presence","raw":"high","level":"high","kind":"gpio","pin":"GPIO17","header_pin":11,"minute":" _~#","moves":3}]}`, ""},
			{"POST", "signal", `{"input": "till", "on": true}`, "{}\n", "till on"},
			{"POST", "signal", `{"input": "till", "on": false}`, "{}\n", "till off"},
			{"POST", "signal", `{"input": "bell", "pulse": true}`, "{}\n", "bell pulse"},
			{"POST", "pause", `{"minutes": 10}`, "{}\n", "pause 10m0s"},
			{"POST", "pause", `{"minutes": 1440}`, "{}\n", "pause 24h0m0s"},
			{"POST", "pause", `{"minutes": 0}`, "{}\n", "pause 0s"},
		} {
			r := speak(t, at, c.method, "/api/v1/"+c.what, c.body)
			if r.status != http.StatusOK || !strings.Contains(r.body, c.answer) {
				t.Errorf("%s %s %s answers %d %s, want %s", c.method, c.what, c.body, r.status, r.body, c.answer)
			}
			if got := d.taken(); got != c.arrived {
				t.Errorf("%s %s %s arrived as %q, want %q", c.method, c.what, c.body, got, c.arrived)
			}
			if r.header.Get("Content-Type") != "application/json" || r.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s is headed %v", c.what, r.header)
			}
		}
	})
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, d *desk, at string) {
		r := speak(t, at, "GET", "/api/v1/metrics", "")
		if r.status != http.StatusOK || r.body != "entracte_up 1\n" || r.header.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("got %d %q, headed %v", r.status, r.body, r.header)
		}
		d.err = player.ErrNotRunning
		r = speak(t, at, "GET", "/api/v1/metrics", "")
		if r.status != http.StatusServiceUnavailable || !strings.Contains(r.body, `{"error":"the player has ended"`) || r.header.Get("Content-Type") != "application/json" {
			t.Errorf("a player that has ended answers %d %q, headed %v", r.status, r.body, r.header)
		}
	})
}

func TestNoPlays(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, _ *desk, at string) {
		if r := speak(t, at, "GET", "/api/v1/plays", ""); r.status != http.StatusOK || r.body != "[]\n" {
			t.Errorf("no plays are %d %q", r.status, r.body)
		}
	})
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	everywhere(t, senseless)
}

func senseless(t *testing.T, d *desk, at string) {
	const signal, pause = "/api/v1/signal", "/api/v1/pause"
	for _, c := range []struct {
		method, target, body string
		status               int
		fact                 string
	}{
		{"GET", "/", "", 404, `nothing at "/"`},
		{"GET", "//api/v1/status", "", 404, "nothing at"},
		{"GET", "/api/v1/status/", "", 404, "nothing at"},
		{"GET", "/api/v1/../v1/status", "", 404, "nothing at"},
		{"GET", "/api/v2/status", "", 404, "nothing at"},
		{"POST", "/api/v1/plays", "{}", 405, "does not take POST"},
		{"GET", "/api/v1/pause", "", 405, "does not take GET"},
		{"POST", "/api/v1/sensors", "{}", 405, "does not take POST"},
		{"POST", "/api/v1/status", "", 405, "does not take POST"},
		{"DELETE", "/api/v1/why", "", 405, "does not take DELETE"},
		{"OPTIONS", "/api/v1/why", "", 405, "does not take OPTIONS"},
		{"GET", signal, "", 405, "does not take GET"},
		{"PUT", signal, `{"input": "till", "on": true}`, 405, "does not take PUT"},
		{"POST", signal, ``, 400, "it is empty"},
		{"POST", signal, `   `, 400, "it is empty"},
		{"POST", signal, `till on`, 400, "invalid character"},
		{"POST", signal, `{"input": "till", "on": tr`, 400, "ends in the middle"},
		{"POST", signal, `{"input": "till", "on": true`, 400, "ends in the middle"},
		{"POST", signal, `{"input": "till", "on": true} {"input": "till", "on": false}`, 400, "something follows"},
		{"POST", signal, `{"input": "till", "on": true}}`, 400, "something follows"},
		{"POST", signal, `{"input": "till", "on": "true"}`, 400, `"on" is of type string`},
		{"POST", signal, `{"input": "till", "on": 1}`, 400, `"on" is of type number`},
		{"POST", signal, `{"input": 17, "on": true}`, 400, `"input" is of type number`},
		{"POST", signal, `["till", true]`, 400, "it is of type array"},
		{"POST", signal, `"till"`, 400, "it is of type string"},
		{"POST", signal, `null`, 400, "names no input"},
		{"POST", signal, `{}`, 400, "names no input"},
		{"POST", signal, `{"on": true}`, 400, "names no input"},
		{"POST", signal, `{"input": "", "on": true}`, 400, "names no input"},
		{"POST", signal, `{"input": "till"}`, 400, `neither "on" nor "pulse"`},
		{"POST", signal, `{"input": "till", "on": null}`, 400, `neither "on" nor "pulse"`},
		{"POST", signal, `{"input": "till", "pulse": false}`, 400, `neither "on" nor "pulse"`},
		{"POST", signal, `{"input": "till", "on": false, "pulse": true}`, 400, "or both"},
		{"POST", signal, `{"input": "till", "on": true, "level": 3}`, 400, `unknown field "level"`},
		{"POST", signal, `{"input": "` + strings.Repeat("x", maxBody) + `", "on": true}`, 413, "longer than 4096 bytes"},
		{"POST", signal, strings.Repeat(" ", maxBody+1000), 413, "longer than 4096 bytes"},
		{"POST", pause, ``, 400, "the pause cannot be read: it is empty"},
		{"POST", pause, `{}`, 400, "does not say how long"},
		{"POST", pause, `{"minutes": null}`, 400, "does not say how long"},
		{"POST", pause, `{"minutes": -1}`, 400, "0 to 1440 minutes, not -1"},
		{"POST", pause, `{"minutes": 1441}`, 400, "0 to 1440 minutes, not 1441"},
		{"POST", pause, `{"minutes": 1e99}`, 400, `"minutes" is of type number`},
		{"POST", pause, `{"minutes": "10"}`, 400, `"minutes" is of type string`},
		{"POST", pause, `{"minutes": 10, "hours": 1}`, 400, `unknown field "hours"`},
		{"POST", pause, `{"minutes": 10}{"minutes": 0}`, 400, "something follows"},
	} {
		r := speak(t, at, c.method, c.target, c.body)
		what := c.method + " " + c.target + " " + c.body[:min(len(c.body), 70)]
		if r.status != c.status || !strings.Contains(r.Error, c.fact) || r.Hint == "" {
			t.Errorf("%s answers %d %+v, want %d %q with a hint", what, r.status, r.failure, c.status, c.fact)
		}
		if strings.Contains(r.Error, "Go ") || strings.Contains(r.Error, "json:") || strings.Contains(r.Error, "hint:") {
			t.Errorf("%s answers in the words of the machine: %q", what, r.Error)
		}
		if got := r.header.Get("Content-Type"); got != "application/json" {
			t.Errorf("%s answers with %s", what, got)
		}
		if allow := r.header.Get("Allow"); (allow != "") != (c.status == 405) || allow == c.method {
			t.Errorf("%s allows %q", what, allow)
		}
	}
	if got := d.taken(); got != "" {
		t.Errorf("%q arrived", got)
	}
	if r := speak(t, at, "HEAD", "/api/v1/status", ""); r.status != 405 {
		t.Errorf("HEAD answers %d", r.status)
	}
}

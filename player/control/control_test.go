package control

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

func TestStatus(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	d.status = player.Status{
		Venue: "Bijouterie <Martin> & fils", Screen: "s-1", State: "waiting", Since: 12.5, Paused: true, OnGlass: "local/lens/couple",
		Why: "Parce que.", Next: "local/lens/offer", Language: "fr", Clock: "trusted",
		Shown: &player.Chosen{Feed: "local", Campaign: "lens", Creative: "couple", Reasons: []string{"share:1/9"}, French: "Parce que.", English: "Because."},
		Width: 1920, Height: 1080, Campaigns: 3, Plays: 17, Uptime: 99,
		Faults: []string{"one"}, Inputs: []presence.InputBelief{{Name: "till"}},
	}
	got, err := d.open(t, path).Status(soon(t))
	if err != nil || !reflect.DeepEqual(got, d.status) {
		t.Errorf("got %+v, %v", got, err)
	}
	r := speak(t, path, "GET", "/api/v1/status", "")
	if r.status != http.StatusOK || !strings.Contains(r.body, `"venue":"Bijouterie <Martin> & fils"`) {
		t.Errorf("another program reads %d %s", r.status, r.body)
	}
	if r.header.Get("Content-Type") != "application/json" || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer is headed %v", r.header)
	}
}

// refusals are what a scheduler without a vocabulary says of every paid campaign.
func refusals() []scheduler.Refusal {
	p := plan.Plan{Feeds: []plan.Feed{{Name: "local", Campaigns: []plan.Campaign{
		{ID: "lens", Advertiser: "Studio Lens", Category: 1021, Weight: 1, Creatives: []plan.Creative{{ID: "a", Card: &plan.Card{Title: "x"}}}},
		{ID: "rings", Advertiser: "Assureur", Category: 1340, Weight: 1, Creatives: []plan.Creative{{ID: "b"}}},
	}}}}
	now := scheduler.Moment{Clock: plan.ClockTrusted}
	return scheduler.New(p, scheduler.Options{}, nil, now).WhyNot(now)
}

func TestWhy(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	d.why = refusals()
	got, err := d.open(t, path).Why(soon(t))
	if err != nil || len(got) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	for i, r := range d.why {
		want := Refusal{r.Feed, r.Campaign.ID, r.Code(), r.Sentence("fr"), r.Sentence("en")}
		if got[i] != want || want.French == "" || want.French == want.English {
			t.Errorf("got %+v, want %+v", got[i], want)
		}
	}
	if got[0].Code != "no_category" || got[1].Code != "format" {
		t.Errorf("refused by %s and %s", got[0].Code, got[1].Code)
	}
	if r := speak(t, path, "GET", "/api/v1/why", ""); !strings.Contains(r.body, `"campaign":"lens","code":"no_category","fr":"`) {
		t.Errorf("another program reads %s", r.body)
	}
}

func TestWhyWithoutRefusals(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	got, err := d.open(t, path).Why(soon(t))
	if err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
	if r := speak(t, path, "GET", "/api/v1/why", ""); r.body != "[]\n" {
		t.Errorf("nothing refused is %q", r.body)
	}
}

func TestSignal(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	c := d.open(t, path)
	for _, s := range []struct {
		input string
		act   Act
		want  string
	}{{"till", On, "till on"}, {"till", Off, "till off"}, {"bell", Pulse, "bell pulse"}} {
		if err := c.Signal(soon(t), s.input, s.act); err != nil {
			t.Error(err)
		}
		// It was delivered before the answer was sent.
		if got := d.taken(); got != s.want {
			t.Errorf("%s %s arrived as %q", s.input, s.act, got)
		}
	}
	for body, want := range map[string]string{
		`{"input": "till", "on": true}`:                     "till on",
		`{"input": "till", "on": false}`:                    "till off",
		`{"input": "till", "on": false, "pulse": false}`:    "till off",
		`{"pulse": true, "input": "bell"}`:                  "bell pulse",
		` {"input":"bell","pulse":true,"on":null}` + "\n\n": "bell pulse",
	} {
		if r := speak(t, path, "POST", "/api/v1/signal", body); r.status != http.StatusOK || r.body != "{}\n" {
			t.Errorf("%s answers %d %s", body, r.status, r.body)
		}
		if got := d.taken(); got != want {
			t.Errorf("%s arrived as %q", body, got)
		}
	}
}

func TestSignalOfNoInput(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	says(t, d.open(t, path).Signal(soon(t), "tlil", On), `no such signal: "tlil"`, `the signals here are "till", "bell"`)
	r := speak(t, path, "POST", "/api/v1/signal", `{"input": "tlil", "on": true}`)
	if r.status != http.StatusNotFound || r.Error != `no such signal: "tlil"` || r.Hint != `the signals here are "till", "bell"` {
		t.Errorf("another program reads %d %+v", r.status, r.failure)
	}
	if got := d.taken(); got != "" {
		t.Errorf("%q arrived", got)
	}
}

// An act that is none must not turn something off.
func TestSignalOfNoAct(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	c := d.open(t, path)
	for _, a := range []Act{"", "ON", "toggle"} {
		says(t, c.Signal(soon(t), "till", a), "a signal is on, off or pulse", "")
	}
	if got := d.taken(); got != "" {
		t.Errorf("%q arrived", got)
	}
}

func TestLongestSignal(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	d.open(t, path)
	body := `{"input": "till", "on": true}`
	body += strings.Repeat(" ", maxBody-len(body))
	if r := speak(t, path, "POST", "/api/v1/signal", body); r.status != http.StatusOK {
		t.Errorf("%d bytes: %d %+v", len(body), r.status, r.failure)
	}
	if r := speak(t, path, "POST", "/api/v1/signal", body+" "); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("one byte more: %d %+v", r.status, r.failure)
	}
}

func TestPlayerThatCannotAnswer(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	d.err = player.ErrNotRunning
	c := d.open(t, path)
	_, err := c.Status(soon(t))
	says(t, err, player.ErrNotRunning.Error(), "")
	_, err = c.Why(soon(t))
	says(t, err, player.ErrNotRunning.Error(), "")
	says(t, c.Signal(soon(t), "till", On), player.ErrNotRunning.Error(), "")
	if r := speak(t, path, "GET", "/api/v1/status", ""); r.status != http.StatusServiceUnavailable {
		t.Errorf("it answers %d", r.status)
	}
}

// What JSON cannot hold is a failure, and not half an answer.
func TestAnswerThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	d.status.Since = math.NaN()
	_, err := d.open(t, path).Status(soon(t))
	says(t, err, "unsupported value", "")
	if r := speak(t, path, "GET", "/api/v1/status", ""); r.status != http.StatusServiceUnavailable || r.Error == "" {
		t.Errorf("it answers %d %q", r.status, r.body)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	c := d.open(t, path)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := c.Signal(soon(t), "bell", Pulse); err != nil {
				t.Error(err)
			}
			if _, err := c.Status(soon(t)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := strings.Count(d.taken(), "bell pulse"); got != 20 {
		t.Errorf("%d of 20 pulses arrived", got)
	}
}

// What our client writes is what the server reads, and nothing else is read.
func FuzzReadSignal(f *testing.F) {
	for _, s := range []string{"", "null", "{}", `{"input":"till","on":true}`, `{"input":"till","on":false}`, `{"input":"bell","pulse":true}`,
		`{"input":"till","on":true}{}`, `{"input":"till","on":1}`, `{"input":"\ud800","pulse":true}`, `{"input":"till","level":3}`, `["till"]`, `{"input":`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		input, act, err := readSignal(strings.NewReader(body))
		if err != nil {
			var bad *badRequest
			if !errors.As(err, &bad) || bad.status < 400 || bad.status > 499 || bad.fact == "" || bad.hint == "" || strings.Contains(bad.fact, "\nhint: ") {
				t.Fatalf("%q is refused with %#v", body, err)
			}
			if input != "" || act != "" {
				t.Fatalf("%q is refused and read as %q %q", body, input, act)
			}
			return
		}
		if input == "" || len(body) > maxBody {
			t.Fatalf("%q is read as %q %s", body, input, act)
		}
		q, err := signalOf(input, act)
		if err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		// Written out, an input of odd characters may be longer than a signal can be.
		if i, a, err := readSignal(strings.NewReader(string(again))); len(again) <= maxBody && (i != input || a != act || err != nil) {
			t.Fatalf("%s reads as %q %s, %v", again, i, a, err)
		}
	})
}

var _ interface {
	Status(context.Context) (player.Status, error)
	Why(context.Context) ([]scheduler.Refusal, error)
} = (*player.Player)(nil)

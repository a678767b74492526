package main

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/board"
	"entracte/hw/presence"
	"entracte/hw/sensor"
	"entracte/player"
)

func shopWith(t *testing.T, sensors string) *config.Config {
	t.Helper()
	c, err := config.Parse("shop.toml", []byte("[venue]\nname = \"Martin\"\nactivity = \"jeweller\"\n"+sensors), assets.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A shop's loops run in virtual time: how long after the start the watchdog was
// fed last, and what stands still in the end. The glass stops to come round, the
// presence machine's way to the player is blocked, or a pin hangs, at stop.
func fedUntil(t *testing.T, c *config.Config, hangs string, stop time.Duration) (last time.Duration, stalled string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	in := newInputs(c, slog.New(slog.DiscardHandler))
	stands := func(what string) bool { return hangs == what && time.Since(in.begun) >= stop }
	round := func(what string, every time.Duration, count func()) {
		for !stands(what) {
			count()
			select {
			case <-time.After(every):
			case <-ctx.Done():
				return
			}
		}
	}
	go round("the glass", 5*time.Second, func() { in.rounds.glass.Add(1) })
	go round("the player", time.Second, func() { in.rounds.player.Add(1) })
	go round("the connection to the broker", 20*time.Second, func() { in.rounds.broker.Add(1) })
	for name, count := range in.rounds.sensors {
		go round("sensor "+name, 5*time.Second, func() { count.Add(1) })
	}
	passed := make(chan presence.Reading)
	go in.rounds.pass(ctx, in.readings, passed)
	go presence.Watch(ctx, presence.New(c.Machine()), in.begun, passed, func() (bool, bool) {
		if stands("the presence machine") {
			<-ctx.Done() // as if the player took no belief
		}
		return true, true
	}, func(presence.Belief) {})

	pulse := board.NewPulse(5*time.Second, in.rounds.loops(c), in.begun)
	for time.Since(in.begun) < 2*time.Minute {
		time.Sleep(pulse.Every())
		synctest.Wait()
		b := pulse.Look(time.Now())
		if b.Feed {
			last = time.Since(in.begun)
		}
		stalled = b.Stalled
	}
	cancel()
	synctest.Wait()
	return last, stalled
}

func TestWatchdogIsFedOnlyByALivingShow(t *testing.T) {
	t.Parallel()
	const pin = "[[sensor]]\nname = \"mat\"\nrole = \"presence\"\nkind = \"gpio\"\npin = \"GPIO17\"\n"
	const broker = "[mqtt]\nbroker = \"mqtt://127.0.0.1:1\"\n[[sensor]]\nname = \"door\"\nrole = \"presence\"\nkind = \"mqtt\"\ntopic = \"door\"\n"
	for _, tt := range []struct{ name, sensors, hangs string }{
		{"well", pin, ""},
		{"well, without a sensor", "", ""},
		{"the render loop stops", pin, "the glass"},
		{"the render loop stops, without a sensor", "", "the glass"},
		{"a sensor loop stops", pin, "sensor mat"},
		{"readings are not taken", "", "the presence machine"},
		{"the player does not answer", pin, "the player"},
		{"well, with a broker", broker, ""},
		{"the connection to the broker hangs", broker, "the connection to the broker"},
	} {
		c := shopWith(t, tt.sensors)
		synctest.Test(t, func(t *testing.T) {
			const stop = 30 * time.Second
			last, stalled := fedUntil(t, c, tt.hangs, stop)
			// The presence machine asks for the hours every 30 s only.
			if tt.hangs != "" && (last < stop-10*time.Second || last > 2*stop+loopRest) || tt.hangs == "" && last < 110*time.Second || stalled != tt.hangs {
				t.Errorf("%s: fed last after %v, stands still: %q", tt.name, last, stalled)
			}
		})
	}
}

// A pin is counted at each look, also while its level stays.
func TestPinIsCounted(t *testing.T) {
	t.Parallel()
	in := newRounds(shopWith(t, "[[sensor]]\nname = \"mat\"\nrole = \"presence\"\nkind = \"gpio\"\npin = \"GPIO17\"\n"))
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		out := make(chan presence.Reading, 1000)
		pin := sensor.GPIO{Input: "mat", Pin: "GPIO17", Open: func(string) (gpio.PinIn, error) {
			return countedPin{steady{&gpiotest.Pin{N: "GPIO17"}}, in.sensors["mat"]}, nil
		}}
		pin.Watch(ctx, out)
		if n := in.sensors["mat"].Load(); n < 30 || n > uint64(cap(out)) {
			t.Errorf("%d looks in 10 s", n)
		}
	})
}

// steady is a pin without edges.
type steady struct{ *gpiotest.Pin }

func (steady) In(gpio.Pull, gpio.Edge) error { return nil }
func (steady) WaitForEdge(d time.Duration) bool {
	time.Sleep(d)
	return false
}

func TestHealthSpeaksOfTheMachineOnly(t *testing.T) {
	t.Parallel()
	h := &health{log: slog.New(slog.DiscardHandler)}
	if h.sentence() != "running" || h.faults("fr") != nil {
		t.Errorf("before the first reading: %q, %q", h.sentence(), h.faults("fr"))
	}
	h.latest.Store(&[]board.Health{
		{What: "temperature", English: board.Sentence{Fact: "48 °C"}},
		{What: "space", Level: board.Bad, French: board.Sentence{Fact: "plein", Hint: "videz"}, English: board.Sentence{Fact: "full", Hint: "empty it"}},
	})
	if got := h.faults("fr"); len(got) != 1 || got[0] != "space: plein\nhint: videz" {
		t.Errorf("in French: %q", got)
	}
	if got := h.faults("en"); len(got) != 1 || got[0] != "space: full\nhint: empty it" {
		t.Errorf("in English: %q", got)
	}
	if !strings.Contains(h.sentence(), ": 1 (entracte doctor)") {
		t.Errorf("the manager hears %q", h.sentence())
	}
}

// What a monitoring system collects is the same whoever stands before the screen.
func TestMetricsTellNothingOfPeople(t *testing.T) {
	t.Parallel()
	root := &board.Machine{Data: t.TempDir()}
	all := append(root.Read(), board.Health{What: "power", Level: board.Bad, Figures: []board.Figure{{Name: "entracte_undervoltage_dips_total", Value: 3}}})
	tell := func(h *health, now time.Time, s player.Status) string {
		t.Helper()
		var b strings.Builder
		if err := h.metrics(&b, now, s); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	h := &health{}
	h.latest.Store(&all)
	now := time.Date(2026, 11, 22, 10, 5, 0, 0, time.UTC)
	quiet := player.Status{State: "empty", OnGlass: "idle", Clock: "trusted", Uptime: 99.5, Campaigns: 3, Plays: 17}
	busy := quiet
	busy.State, busy.Since, busy.OnGlass, busy.Why, busy.Plays = "waiting", 3, "local/lens/couple", "because", 18
	busy.Faults, busy.Inputs = []string{"mat: stuck on"}, []presence.InputBelief{{Name: "mat", Level: presence.High}}
	first := tell(h, now, quiet)
	if again := tell(h, now.Add(54*time.Minute), busy); again != first {
		t.Errorf("somebody waits, and it says\n%s\ninstead of\n%s", again, first)
	}
	if next := tell(h, now.Add(55*time.Minute), busy); !strings.Contains(next, "\nentracte_plays_completed_total 18\n") {
		t.Errorf("an hour later:\n%s", next)
	}
	for _, want := range []string{"\nentracte_uptime_seconds 99.5\n", "\nentracte_campaigns 3\n", "\nentracte_plays_completed_total 17\n", "\nentracte_clock_trusted 1\n", "\nentracte_health{of=\"power\"} 2\n", "# TYPE entracte_undervoltage_dips_total counter\nentracte_undervoltage_dips_total 3\n"} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is missing in\n%s", want, first)
		}
	}
	line := regexp.MustCompile(`^(# (HELP|TYPE) entracte_[a-z_]+ .+|entracte_[a-z_]+(\{[a-z]+="[^"\\\n]*"\})? [-+.e0-9]+)$`)
	types := map[string]bool{}
	for text := range strings.Lines(first) {
		text = strings.TrimSuffix(text, "\n")
		if !line.MatchString(text) {
			t.Errorf("%q is no line of the format", text)
		}
		if strings.HasPrefix(text, "# TYPE") && types[text] {
			t.Errorf("%q comes twice", text)
		}
		types[text] = true
	}
}

// The connection's rounds reach the watchdog where there is a connection.
func TestBrokerIsCounted(t *testing.T) {
	t.Parallel()
	const sensor = "[[sensor]]\nname = \"door\"\nrole = \"presence\"\nkind = \"mqtt\"\ntopic = \"door\"\n"
	for text, counted := range map[string]bool{
		"":     false,
		sensor: false,
		"[mqtt]\nbroker = \"mqtt://127.0.0.1:1\"\ndiscovery = false\n": false,
		"[mqtt]\nbroker = \"mqtt://127.0.0.1:1\"\n" + sensor:           true,
		"[mqtt]\nbroker = \"mqtt://127.0.0.1:1\"\n":                    true,
	} {
		in := newInputs(shopWith(t, text), slog.New(slog.DiscardHandler))
		c, loops := in.connection(nil), in.rounds.loops(in.config)
		if last := loops[len(loops)-1]; (c != nil) != counted || (last.Name == "the connection to the broker") != counted {
			t.Errorf("%q: a connection %v, the last loop is %q", text, c != nil, last.Name)
		} else if counted {
			c.Round()
			if last.Rounds() != 1 {
				t.Errorf("%q: %d rounds", text, last.Rounds())
			}
		}
	}
}

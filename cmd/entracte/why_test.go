package main

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"testing"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// onAir answers for a player.
type onAir struct {
	status player.Status
	why    []scheduler.Refusal
	left   []control.Refusal
}

func (o onAir) Status(context.Context) (player.Status, error)     { return o.status, nil }
func (o onAir) Why(context.Context) ([]scheduler.Refusal, error)  { return o.why, nil }
func (o onAir) signal(context.Context, string, control.Act) error { return control.ErrNoInput }

// air serves a player on the socket of a data folder until the test ends.
func air(t *testing.T, o onAir) (data string) {
	t.Helper()
	data = t.TempDir()
	srv, err := control.Listen(socketPath(data), control.API{Player: o, LeftOut: func() []control.Refusal { return o.left }, Signal: o.signal})
	if err != nil {
		t.Skipf("no socket can be opened here: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := srv.Serve(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); serving.Wait() })
	return data
}

// spoke runs a command line and returns its exit code and what it printed.
func spoke(args ...string) (code int, stdout, stderr string) {
	var out, complaints bytes.Buffer
	code = run(context.Background(), args, &out, &complaints)
	return code, out.String(), complaints.String()
}

func TestWhyAsksThePlayer(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Feeds: []plan.Feed{{Name: "local", Campaigns: []plan.Campaign{
		{ID: "rings", Advertiser: "Assureur", Category: 1340, Weight: 1, Creatives: []plan.Creative{{ID: "b"}}},
	}}}}
	now := scheduler.Moment{Clock: plan.ClockTrusted}
	data := air(t, onAir{
		status: player.Status{
			State: "waiting", OnGlass: "local/lens/couple", Language: "fr", Campaigns: 3,
			Shown:     &player.Chosen{Feed: "local", Campaign: "lens", Creative: "couple", Reasons: []string{"share:1/9"}, French: "Parce que.", English: "Because."},
			Following: &player.Chosen{Feed: "local", Campaign: "dress", Creative: "fitting", Reasons: []string{"share:1/4"}, French: "Ensuite.", English: "Then."},
		},
		why: scheduler.New(p, scheduler.Options{}, nil, now).WhyNot(now),
	})
	for args, want := range map[string]string{
		"": `présence   quelqu'un attend
à l'écran  local/lens/couple
pourquoi   Parce que.
ensuite    local/dress/fitting
pourquoi   Ensuite.
`,
		"--lang en": `presence   waiting
on glass   local/lens/couple
why        Because.
next       local/dress/fitting
why        Then.
`,
		"--lang en --why-not": `presence   waiting
on glass   local/lens/couple
why        Because.
next       local/dress/fitting
why        Then.
why not    local/rings (format): Assureur: none of its media are installed on this screen.
`,
	} {
		code, out, complaints := spoke(append([]string{"why", "--data", data}, strings.Fields(args)...)...)
		if code != exitFine || out != want || complaints != "" {
			t.Errorf("why %s: %d %s\ngot\n%s\nwant\n%s", args, code, complaints, out, want)
		}
	}
	_, out, _ := spoke("why", "--data", data, "--why-not", "--json")
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := map[string]any{
		"state": "waiting", "on_glass": "local/lens/couple", "campaigns": 3.,
		"shown":   map[string]any{"feed": "local", "campaign": "lens", "creative": "couple", "reasons": []any{"share:1/9"}, "sentence": "Parce que."},
		"next":    map[string]any{"feed": "local", "campaign": "dress", "creative": "fitting", "reasons": []any{"share:1/4"}, "sentence": "Ensuite."},
		"why_not": []any{map[string]any{"feed": "local", "campaign": "rings", "filter": "format", "sentence": "Assureur : aucun de ses médias n'est installé sur cet écran."}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// During service there is nothing to explain, and it says so rather than inventing. That
// nothing is in force is not that everything may play.
func TestWhyWhileNothingPlays(t *testing.T) {
	t.Parallel()
	left := refuse("acme/shop-17", "", codeNoPack, "")
	over := refuse("local", "lens", codeStaysOver, "Lens", words{"hier", "yesterday"})
	for _, tt := range []struct {
		campaigns int
		left      []control.Refusal
		lang      string
		want      string
	}{
		{3, nil, "en", "presence   serving\non glass   neutral\nwhy not    every campaign may play\n"},
		{3, nil, "fr", "présence   un client est servi\nà l'écran  l'écran neutre\npas        chaque campagne peut passer\n"},
		{0, nil, "en", "presence   serving\non glass   neutral\nwhy not    no campaign is in force\n           hint: put the operator's stick in, or give `entracte play --ads` a folder; content.feeds names the feeds that are wanted\n"},
		{0, []control.Refusal{left}, "fr", "présence   un client est servi\nà l'écran  l'écran neutre\npas        aucune campagne n'est en place\n" +
			"           que faire\u00a0: branchez la clé de la régie, ou donnez un dossier à `entracte play --ads`\u00a0; content.feeds nomme les flux attendus\n" +
			"pas        acme/shop-17 (no_pack)\u00a0: Aucun lot n'est installé\u00a0; branchez la clé de la régie.\n"},
		{0, []control.Refusal{over}, "en", "presence   serving\non glass   neutral\nwhy not    no campaign is in force\n" +
			"           hint: put the screen's clock right (`entracte clock` says what it has); if the later time was wrong: entracte clock set TIME --forget-later\n" +
			"why not    local/lens (stays_over): Lens: its last day, yesterday, has passed, although the clock went back since.\n"},
	} {
		data := air(t, onAir{status: player.Status{State: "serving", OnGlass: "neutral", Language: tt.lang, Campaigns: tt.campaigns}, left: tt.left})
		code, out, _ := spoke("why", "--data", data, "--why-not")
		if code != exitFine || out != tt.want {
			t.Errorf("%d %q, want %q", code, out, tt.want)
		}
		if _, out, _ = spoke("why", "--data", data, "--json"); strings.Contains(out, "shown") || strings.Contains(out, "why_not") {
			t.Errorf("got %s", out)
		}
	}
}

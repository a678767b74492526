package main

import (
	"testing"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler"
)

// The status is a technician's, in English whatever the shop speaks: one campaign is one,
// a hint has its own line, and what is left out is named once.
func TestStatusSpeaksEnglish(t *testing.T) {
	t.Parallel()
	said := refuse("local", "greedy", codeStaysOver, "Studio Greedy", words{"hier", "yesterday"})
	data := air(t, onAir{
		status: player.Status{
			Venue: "Martin", Screen: "s-1", State: "waiting", Since: 3, OnGlass: "local/lens/a", Why: "Because.", Language: "fr",
			Clock: "trusted", Width: 1280, Height: 720, Campaigns: 1, Faults: []string{"a fact\nhint: a step", "another\nhint: a step", said.English},
		},
		left: []control.Refusal{
			refuse("acme/shop", "", codeNoPack, ""), refuse("local", "dress", codeFormat, "", words{"a.png", "a.png: it is damaged"}), said,
			{Feed: "local", Campaign: "rings", Code: scheduler.Competitor.String(), English: "A competitor."},
		},
	})
	const want = `venue      Martin (screen s-1)
presence   waiting for 3s
on glass   local/lens/a
           Because.
plan       1 campaign in force
plays      0 since the start 0s ago
clock      trusted
screen     1280 × 720
code       A3E46W, for own pictures on a stick: in ENTRACTE-OWN/venue.txt
attention  a fact
           hint: a step
attention  another
attention  Studio Greedy: its last day, yesterday, has passed, although the clock went back since.
left out   local/dress (format): None of its pictures and films can be shown here (a.png: it is damaged).
`
	if code, out, complaints := spoke("status", "--data", data); code != exitFine || out != want || complaints != "" {
		t.Errorf("%d %s\n%s\nwant\n%s", code, complaints, out, want)
	}
}

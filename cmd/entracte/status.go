package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/player"
	"entracte/player/control"
	"entracte/storage/disk"
	"entracte/storage/report"
)

func newStatus() *cobra.Command {
	var data string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Ask the running player what is going on",
		Args:  exactly(0, "entracte status"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), answerWithin)
			defer cancel()
			client := control.Dial(socketPath(data))
			s, err := client.Status(ctx)
			if err != nil {
				return err
			}
			refused, err := client.Why(ctx)
			if err != nil {
				return err
			}
			left := slices.DeleteFunc(refused, func(r control.Refusal) bool { return !slices.Contains(leftOutCodes, r.Code) })
			key, err := report.PublicKey(disk.OS, data)
			if err != nil {
				key = "" // a player of an older version
			}
			if asJSON {
				return printJSON(cmd, struct {
					player.Status
					Key  string            `json:"device_key,omitempty"`
					Code string            `json:"venue_code"`
					Left []control.Refusal `json:"left_out"`
				}{s, key, venueCode(s.Screen), left})
			}
			return printStatus(cmd.OutOrStdout(), s, key, left)
		},
	}
	dataFlag(cmd, &data)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// printStatus prints a status, in English as all that is for technicians. key is the
// public half of the screen's key, "" if it is not known; left are the campaigns that
// are not in the plan.
func printStatus(w io.Writer, s player.Status, key string, left []control.Refusal) error {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("venue", "%s (screen %s)", s.Venue, s.Screen)
	paused := ""
	if s.Paused {
		paused = ", paused by the owner"
	}
	row("presence", "%s for %s%s", s.State, seconds(s.Since), paused)
	row("on glass", "%s", s.OnGlass)
	if s.Why != "" {
		row("", "%s", s.Why)
	}
	if s.Next != "" {
		row("next", "%s", s.Next)
	}
	row("plan", "%s in force", nounCampaign.counted("en", s.Campaigns))
	row("plays", "%d since the start %s ago", s.Plays, seconds(s.Uptime))
	row("clock", "%s", s.Clock)
	row("screen", "%d × %d", s.Width, s.Height)
	if key != "" {
		row("key", "%s signs its receipts", key)
	}
	row("code", "%s, for own pictures on a stick: in ENTRACTE-OWN/venue.txt", venueCode(s.Screen))
	for _, in := range s.Inputs {
		row("input", "%s (%s): %s", in.Name, in.Role, in.Level)
	}
	var said []string // one bad card brings several matters, and one thing to do
	for _, f := range s.Faults {
		fact, hint, _ := strings.Cut(f, "\nhint: ")
		row("attention", "%s", fact)
		if !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, hint) }) && hint != "" {
			row("", "hint: %s", hint)
		}
		said = append(said, hint)
	}
	for _, r := range left {
		if r.Campaign == "" || slices.Contains(s.Faults, r.English) {
			continue // said above
		}
		row("left out", "%s (%s): %s", refusedName(r.Feed, r.Campaign), r.Code, r.English)
	}
	return nil
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Second)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

// A finding is one line of the doctor's report.
type finding struct {
	What string `json:"what"`
	// State is "fine", "attention", "bad" for what spoils the show now, or what
	// keeps the player from running: "missing" or "wrong".
	State string `json:"state"`
	Fact  string `json:"fact"`
	Hint  string `json:"hint,omitempty"`
}

const (
	fine      = "fine"
	missing   = "missing"
	wrong     = "wrong"
	attention = "attention"
	bad       = "bad"
)

func newDoctor() *cobra.Command {
	var configPath, data, ads string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine has, and what it lacks",
		Long: `Looks at the display, GL, ffmpeg, the screen's power, GPIO and serial ports, the
clock, power supply, temperature, memory, the data folder and its card, the play
log's chain, the stored content and key, the config, the broker, the ads folder,
a running player and its systemd unit. It
changes nothing, takes three seconds at most, and says what to do about what it
finds. Ends with 1 if the player could not run here.`,
		Args: exactly(0, "entracte doctor"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list := examine(cmd.Context(), configPath, data, ads)
			if asJSON {
				if err := printJSON(cmd, list); err != nil {
					return err
				}
			} else {
				printFindings(cmd.OutOrStdout(), list)
			}
			for _, f := range list {
				if f.State == missing || f.State == wrong {
					return errors.New("the player cannot run here\nhint: the lines marked \"missing\" or \"wrong\" say why")
				}
			}
			return nil
		},
	}
	configFlag(cmd, &configPath)
	dataFlag(cmd, &data)
	cmd.Flags().StringVar(&ads, "ads", "", "look at this ads folder too")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func printFindings(w io.Writer, list []finding) {
	for _, f := range list {
		fmt.Fprintf(w, "%-11s %-9s %s\n", f.What, f.State, f.Fact)
		if f.Hint != "" {
			fmt.Fprintf(w, "%-21s hint: %s\n", "", f.Hint)
		}
	}
}

// A check is one thing the doctor looks at.
type check struct {
	what string
	look func(context.Context) []finding
}

const (
	// lookWithin is how long a check may take before it is asked to end, and
	// waitWithin when the doctor no longer waits for it: a card that dies keeps
	// whoever reads it.
	lookWithin = 2400 * time.Millisecond
	waitWithin = 2700 * time.Millisecond
)

func examine(ctx context.Context, configPath, data, ads string) []finding {
	one := func(f func() finding) func(context.Context) []finding {
		return func(context.Context) []finding { return []finding{f()} }
	}
	// Before any file of ours is open: see sensor.Prepare.
	gpio := pins()
	checks := []check{
		{"display", one(display)}, {"gl", one(openGL)},
		{"ffmpeg", func(ctx context.Context) []finding { return []finding{program(ctx, "ffmpeg")} }},
		{"ffprobe", func(ctx context.Context) []finding { return []finding{program(ctx, "ffprobe")} }},
		{"screen", func(ctx context.Context) []finding { return []finding{switching(ctx)} }},
		{"gpio", one(func() finding { return gpio })},
		{"clock", func(ctx context.Context) []finding { return []finding{timekeeping(ctx, data)} }},
		{"machine", func(context.Context) []finding { return machine(data) }},
		{"data", one(func() finding { return dataFolder(data) })},
		{"content", func(context.Context) []finding { return keptBeside(data) }},
		{"plays", func(ctx context.Context) []finding { return []finding{playChain(ctx, data)} }},
	}
	checks = append(checks, shopChecks(configPath)...)
	if ads != "" {
		checks = append(checks, check{"ads", one(func() finding { return adsFolder(ads) })})
	}
	checks = append(checks, check{"player", func(ctx context.Context) []finding { return []finding{running(ctx, data)} }}, check{"unit", unit})
	return ask(ctx, checks)
}

// ask runs all checks at the same time and keeps their order. One that does not
// answer in time is left behind.
func ask(ctx context.Context, checks []check) []finding {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	answers := make([]chan []finding, len(checks))
	for i, c := range checks {
		answers[i] = make(chan []finding, 1)
		go func() { answers[i] <- c.look(ctx) }()
	}
	enough := time.After(waitWithin)
	late := false
	var list []finding
	for i, c := range checks {
		if !late {
			select {
			case f := <-answers[i]:
				list = append(list, f...)
				continue
			case <-enough:
				late = true
			}
		}
		select {
		case f := <-answers[i]:
			list = append(list, f...)
		default:
			list = append(list, finding{What: c.what, State: attention, Fact: fmt.Sprintf("did not answer within %v", lookWithin), Hint: "ask again; if it stays so, this part of the machine hangs"})
		}
	}
	return list
}

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"entracte/cmd/entracte/config"
	"entracte/scheduler"
	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
)

const simulateExample = "entracte simulate --config entracte.toml --ads FOLDER --from 2026-11-02T00:00:00+01:00 --for 7d"

// simulated is what the flags of simulate say.
type simulated struct {
	config, ads, waits string
	from               string
	length             time.Duration
	seed               uint64
	whyNot, json       bool
}

func newSimulate() *cobra.Command {
	s := simulated{length: 7 * 24 * time.Hour}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Play a plan in virtual time and print what would have shown",
		Long: `Plays the ads of a folder as this shop's player would, in virtual time, and
prints what it would record. Nothing is written and no clock is read: the same
command prints the same bytes.

  ` + simulateExample + `
  … --waits waits.csv      people wait when the file says, instead of always
  … --json                 one play record a line, as plays export --format jsonl
  … --why-not              for each play, the filter that refused each other campaign

waits.csv begins with the line start,seconds; then one wait a line, such as
2026-11-02T09:41:00+01:00,95.5. Order does not matter, and waits that overlap are
one: somebody waits. They are what the sensor has made of it: a wait that ends,
by service or by leaving, breaks the ad off. Outside opening hours the screen is
closed and nothing plays, whoever waits. Without --waits the shop waits through
its opening hours, as it does without a presence sensor.

The screen starts at --from with no past and a trusted clock, and stops after
--for with what is on the glass. The ads folder is all that plays: no packs, not
the owner's folder. Media are examined where they are; a file that play would skip
is refused by the filter "format". With --waits the shop learns how long its waits
are, if the config has a presence sensor and the screen is not seen from the street.

--json with --why-not adds "why_not": [{"campaign": …, "filter": …}] to each record.`,
		Args: exactly(0, simulateExample),
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd) },
	}
	configFlag(cmd, &s.config)
	cmd.Flags().StringVar(&s.ads, "ads", "", "the folder with an ads.toml (needed)")
	cmd.Flags().StringVar(&s.from, "from", "", "when the screen starts, RFC 3339 (needed)")
	cmd.Flags().Var((*duration)(&s.length), "for", "how long it runs (90m, 12h, 7d)")
	cmd.Flags().StringVar(&s.waits, "waits", "", "a CSV of waits: start,seconds")
	cmd.Flags().Uint64Var(&s.seed, "seed", 0, "settles the order of equal claims; 0 is what play uses")
	cmd.Flags().BoolVar(&s.whyNot, "why-not", false, "say for each play why each other campaign could not play")
	jsonFlag(cmd, &s.json)
	return cmd
}

func (s *simulated) run(cmd *cobra.Command) error {
	if s.ads == "" {
		return usageError{errors.New("simulate needs the ads to play\nhint: " + simulateExample)}
	}
	from, err := moment("--from", s.from)
	if err != nil {
		return err
	}
	if end := from.Add(s.length).UTC(); from.UTC().Year() < 1 || end.Year() > 9998 {
		return usageError{fmt.Errorf("--from %s and --for %s leave the calendar\nhint: %s", s.from, s.length, simulateExample)}
	}
	r, err := rehearse(cmd.Context(), s.config, s.ads)
	if err != nil {
		return err
	}
	r.options.Seed = s.seed
	sim := simulation.Simulation{Plan: r.plan, Unplayable: r.unplayable, From: from, For: s.length, Boot: "simulation", WhyNot: s.whyNot}
	if s.waits != "" {
		waits, err := openWaits(s.waits)
		if err != nil {
			return err
		}
		r.notes = append(r.notes, waits.notes...)
		sim.Waits = slices.Values(waits.list)
		r.learn()
	}
	sim.Options = r.options
	r.say(cmd.ErrOrStderr())

	out := bufio.NewWriterSize(cmd.OutOrStdout(), 1<<16)
	var to writer = newTable(out, r, &sim)
	if s.json {
		to = newLines(out, s.whyNot)
	}
	for step := range sim.Run() {
		if cmd.Context().Err() != nil {
			out.Flush()
			return errors.New("the simulation was broken off: what is printed is not all of it")
		}
		if err := to.step(&step); err != nil {
			return err
		}
	}
	if err := to.end(); err != nil {
		return err
	}
	return out.Flush()
}

// learn lets the shop learn of its waits where a real one would.
func (r *rehearsal) learn() {
	switch {
	case !slices.ContainsFunc(r.config.Sensors, func(s config.Sensor) bool { return s.Role == config.RolePresence }):
		r.note("the config has no presence sensor: the waits are taken as they are, and nothing is learned of them")
	case !r.options.Venue.VisibleFromStreet:
		r.options.Waits = &plan.Waits{}
	}
}

// moment reads the RFC 3339 time of a flag.
func moment(flag, text string) (time.Time, error) {
	const hint = "\nhint: %s 2026-11-02T09:30:00+01:00, with the offset to UTC, or Z for UTC"
	if text == "" {
		return time.Time{}, usageError{fmt.Errorf("%s is not given, and no clock is read\n"+hint[1:], flag, flag)}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, usageError{fmt.Errorf("%s %q is not a time"+hint, flag, text, flag)}
	}
	return t, nil
}

// openWaits reads the file of --waits.
func openWaits(name string) (waits, error) {
	f, err := os.Open(name)
	if err != nil {
		return waits{}, fmt.Errorf("the waits cannot be read: %w\nhint: --waits takes a CSV file that begins with the line start,seconds", err)
	}
	defer f.Close()
	return readWaits(name, f)
}

// A writer prints the steps of a simulation.
type writer interface {
	step(*simulation.Step) error
	end() error
}

// lines writes one play record a line.
type lines struct {
	enc    *json.Encoder
	whyNot bool
}

func newLines(w io.Writer, whyNot bool) *lines {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return &lines{enc, whyNot}
}

// explained is a play record with what could not play in its place.
type explained struct {
	plan.Play
	WhyNot []refused `json:"why_not"`
}

type refused struct {
	Campaign string `json:"campaign"`
	Filter   string `json:"filter"`
}

func (l *lines) step(s *simulation.Step) error {
	switch {
	case s.Idle():
		return nil
	case !l.whyNot:
		return l.enc.Encode(&s.Play)
	}
	return l.enc.Encode(explained{s.Play, refusals(s.Refused)})
}

func refusals(list []scheduler.Refusal) []refused {
	out := make([]refused, len(list))
	for i, r := range list {
		out[i] = refused{r.Campaign.ID, r.Code()}
	}
	return out
}

func (l *lines) end() error { return nil }

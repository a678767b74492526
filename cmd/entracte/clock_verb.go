package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/clock"
	"entracte/player/control"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

func newClockVerb() *cobra.Command {
	var f clockFlags
	cmd := &cobra.Command{
		Use:   "clock",
		Short: "Say what time it is, how far that is trusted, and why",
		Long: `Asks the running player what time it is; without one it looks at this machine
and at what was kept in the data folder.

  trusted   a network, a proven battery clock or a person vouches for the time
  floor     it is at least so late: this program was built, or a pack was signed
            then, and the machine was powered for a while since
  unknown   the machine's clock is before that, and may say anything

  entracte clock set "2026-11-22 14:05"   vouch for the time, until the power goes`,
		Args: exactly(0, "entracte clock"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			t, err := f.ask(cmd)
			if err != nil {
				return err
			}
			return f.print(cmd, t)
		},
	}
	f.add(cmd)
	cmd.AddCommand(newClockSet())
	return cmd
}

func newClockSet() *cobra.Command {
	var f clockFlags
	var forget bool
	cmd := &cobra.Command{
		Use:   "set TIME",
		Short: "Vouch for the time, until the power goes",
		Long: `Tells the player what time it is. TIME is the venue's ("2026-11-22 14:05") or has
its own zone (2026-11-22T14:05:00+01:00). The player believes it until the power
goes, and before a network. The machine's own clock is left alone.

What was over by the latest time this screen has seen stays over. If that time was
wrong, a mistyped year for instance, say so with --forget-later.`,
		Args: exactly(1, `entracte clock set "2026-11-22 14:05"`),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := f.set(cmd, args[0], forget)
			if err != nil {
				return err
			}
			return f.print(cmd, t)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&forget, "forget-later", false, "a later time that this screen has seen was wrong")
	return cmd
}

type clockFlags struct {
	data, config string
	json         bool
}

func (f *clockFlags) add(cmd *cobra.Command) {
	dataFlag(cmd, &f.data)
	configFlag(cmd, &f.config)
	jsonFlag(cmd, &f.json)
}

func (f *clockFlags) print(cmd *cobra.Command, t control.Time) error {
	if f.json {
		return printJSON(cmd, t)
	}
	return printClock(cmd.OutOrStdout(), t)
}

// ask asks the player, or else this machine and what is kept.
func (f *clockFlags) ask(cmd *cobra.Command) (control.Time, error) {
	ctx, cancel := context.WithTimeout(cmd.Context(), answerWithin)
	defer cancel()
	t, err := control.Dial(socketPath(f.data)).Clock(ctx)
	if !errors.Is(err, control.ErrNoPlayer) {
		return t, err
	}
	zone, trust, err := f.shop()
	if err != nil {
		return control.Time{}, err
	}
	kept, err := lookClock(f.data)
	if err != nil {
		return control.Time{}, err
	}
	cache, err := storage.Look(f.data, trust)
	if err != nil {
		return control.Time{}, err
	}
	packs, err := cache.Packs()
	if err != nil {
		return control.Time{}, err
	}
	w := openClock(zone, kept)
	for _, of := range packs {
		w.signed(of.IssuedAt, of.Feed+" "+of.Version)
	}
	return w.state(), nil
}

// lookClock reads what a player kept of the time, which changes nothing.
func lookClock(data string) (clock.Kept, error) {
	b, err := playlog.ReadKept(disk.OS, data, clockKey)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return clock.Kept{}, err
	}
	return parseClock(b)
}

// set tells the player, or else keeps what the next one on this start of the
// machine begins with.
func (f *clockFlags) set(cmd *cobra.Command, word string, forget bool) (control.Time, error) {
	ctx, cancel := context.WithTimeout(cmd.Context(), answerWithin)
	defer cancel()
	client := control.Dial(socketPath(f.data))
	running, err := client.Clock(ctx)
	if err != nil && !errors.Is(err, control.ErrNoPlayer) {
		return control.Time{}, err
	}
	player := err == nil
	var zone *time.Location
	if player {
		zone, err = time.LoadLocation(running.Zone)
	} else {
		zone, _, err = f.shop()
	}
	if err != nil {
		return control.Time{}, err
	}
	to, err := venueTime(word, zone)
	if err != nil {
		return control.Time{}, usageError{err}
	}
	if player {
		return client.SetClock(ctx, to, forget)
	}
	var t control.Time
	err = f.offline(func(plays *playlog.Log) error {
		kept, err := keptClock(plays)
		if err != nil {
			return err
		}
		w := openClock(zone, kept)
		w.keep = keepClock(plays)
		t, err = w.set(to, forget)
		return err
	})
	return t, err
}

// offline does something with the play log of a data folder that no player has
// open: the cache is the lock.
func (f *clockFlags) offline(do func(*playlog.Log) error) error {
	cache, err := storage.Open(f.data)
	if err != nil {
		return notKept(err)
	}
	defer cache.Close()
	plays, err := playlog.Open(disk.OS, f.data, report.Roll(disk.OS, f.data))
	if err != nil {
		return notKept(err)
	}
	return errors.Join(do(plays), plays.Close())
}

// notKept says what else can be done where the data folder takes nothing.
func notKept(err error) error {
	if errors.Is(err, storage.ErrInUse) || errors.Is(err, storage.ErrDamaged) {
		return err
	}
	fact, hint, _ := strings.Cut(err.Error(), "\nhint: ")
	const player = "or start the player first: one that runs goes by your word although it cannot keep it"
	return &disk.Fault{Fact: "the time is not kept: " + fact, Hint: strings.TrimPrefix(hint+"; "+player, "; "), Kind: err}
}

// shop is the venue's zone and the keys it trusts; without a config they are the
// config's default and nobody's.
func (f *clockFlags) shop() (*time.Location, *pack.Keys, error) {
	path, err := findConfig(f.config)
	if err != nil {
		zone, err := time.LoadLocation("Europe/Paris")
		return zone, nil, err
	}
	c, err := config.Load(path, assets.Vocabulary())
	if err != nil {
		return nil, nil, err
	}
	keys, err := pack.ParseKeys(c.Content.Trust)
	if err != nil {
		return nil, nil, fmt.Errorf("content.trust: %w", err)
	}
	return cmp.Or(c.Venue().Timezone, time.UTC), &keys, nil
}

// venueTime reads a time as a person writes it.
func venueTime(word string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, word); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		t, err := time.ParseInLocation(layout, word, zone)
		if err != nil {
			continue
		}
		if t.Format(layout) != word {
			return t, fmt.Errorf("%s does not exist in %s: the clocks go forward over it\nhint: write an hour later", word, zone)
		}
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time\nhint: write the venue's time like \"2026-11-22 14:05\", or with its zone like 2026-11-22T14:05:00+01:00", word)
}

const clockLayout = "Mon 2006-01-02 15:04:05"

func printClock(w io.Writer, t control.Time) error {
	var b strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("time", "%s (%s)", t.Now.Format(clockLayout), t.Zone)
	row("clock", "%s: %s", t.Trust, whyTrusted(t.State))
	row("machine", "%s, %s", t.System.Format(clockLayout), ofMachine(t.State))
	switch {
	case t.Floor.IsZero():
		row("floor", "none: this build does not know when it was made")
	default:
		row("floor", "%s has surely passed: %s, and the time powered since", t.Floor.Format(clockLayout), floorFrom(t.FloorFrom))
	}
	switch {
	case t.Trust == plan.ClockTrusted && t.Now.Sub(t.Seen) > clock.Slack:
		latest := "none"
		if !t.Seen.IsZero() {
			latest = t.Seen.Format(clockLayout)
		}
		row("seen", "%s is the latest that is kept: a time more than 400 days after the floor is believed until the power goes, and not kept", latest)
	case t.Seen.IsZero():
		row("seen", "no time was ever trusted here")
	default:
		row("seen", "%s is the latest that was ever trusted: what was over by then stays over", t.Seen.Format(clockLayout))
	}
	row("powered", "%s in all", t.Powered.Round(time.Minute))
	if hint := clockHint(t.State); hint != "" {
		row("hint", "%s", hint)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func whyTrusted(s clock.State) string {
	switch s.By {
	case clock.Network:
		return "set by a network, and measured since"
	case clock.Hardware:
		return "from a battery clock that was found running without power"
	case clock.Person:
		return "a person vouched for it; it holds until the power goes"
	}
	if s.Trust == plan.ClockFloor {
		return "it is at least so late; campaigns that have not surely begun wait, and dayparts do as they ask"
	}
	return "it may be any time: campaigns with dates or dayparts wait"
}

// ofMachine says of the machine's own clock why it is used, or not.
func ofMachine(s clock.State) string {
	switch s.Doubt {
	case clock.NoSource:
		return "not used: nobody vouches for it"
	case clock.TooEarly:
		return "not used: it is before the floor"
	case clock.TooLate:
		return "not used: it is more than 400 days after the floor, and no second source agrees"
	case clock.Unproven:
		return "not used: its battery clock was not yet found running without power"
	}
	if s.By == clock.Person {
		return "not used: a person's word goes before it"
	}
	return "used"
}

func floorFrom(from string) string {
	if from == "build" {
		return "this program was built"
	}
	return "the pack " + from + " was signed"
}

// clockHint is the next step.
func clockHint(s clock.State) string {
	switch {
	case s.Trust == plan.ClockTrusted && s.Seen.Sub(s.Now) > clock.Slack:
		return "ads that were over by " + s.Seen.Format(time.DateOnly) + " stay off; if that date was wrong: entracte clock set TIME --forget-later"
	case s.Trust == plan.ClockTrusted:
		return ""
	case s.Doubt == clock.TooLate:
		return "if the machine is right, say so: entracte clock set \"" + s.System.Format("2006-01-02 15:04") + "\""
	}
	return "connect the network once, fit a clock with a battery, or: entracte clock set \"2026-11-22 14:05\""
}

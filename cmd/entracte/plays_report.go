package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/board"
	"entracte/player/control"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/adsfile"
	"entracte/storage/disk"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

const reportExample = "entracte plays report --from 2026-11-01 --to 2026-12-01 --out november.html"

// reportFlags are what the flags of plays report say.
type reportFlags struct {
	data, config, ads, out, from, to string
	json                             bool
}

func newPlaysReport() *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write a page of what played, to read or to print",
		Long: `Writes one HTML page: plays by day and hour, by advertiser and campaign, against
promised goals, how far the clock could be trusted, and what is missing. It loads
nothing from elsewhere and prints on A4. It may run while the player does.

  ` + reportExample + `

The language, the time zone and the opening hours are the config's. Goals are
those of the ads in force, or of the ads folder that --ads names. --json prints the
page's figures; with --out it writes the page too. What cannot be read is said on
the page and here: exit code 12, and the rest is written.`,
		Args: exactly(0, reportExample),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	dataFlag(cmd, &f.data)
	configFlag(cmd, &f.config)
	cmd.Flags().StringVar(&f.ads, "ads", "", "the ads folder whose goals count (default the ads in force)")
	cmd.Flags().StringVar(&f.out, "out", "", "the HTML file to write (needed without --json)")
	cmd.Flags().StringVar(&f.from, "from", "", "the first day, such as 2026-11-01 (default all that is kept)")
	cmd.Flags().StringVar(&f.to, "to", "", "the day after the last one")
	jsonFlag(cmd, &f.json)
	return cmd
}

func (f *reportFlags) run(cmd *cobra.Command) error {
	if f.out == "" && !f.json {
		return usageError{errors.New("plays report needs a file to write\nhint: " + reportExample)}
	}
	p := report.Page{Made: f.made(cmd.Context())}
	var err error
	if p.From, err = dateFlag("--from", f.from); err != nil {
		return err
	}
	if p.To, err = dateFlag("--to", f.to); err != nil {
		return err
	}
	if !p.From.IsZero() && !p.To.IsZero() && !p.From.Before(p.To) {
		return usageError{fmt.Errorf("--from %s is not before --to %s\nhint: --to is the day after the last one", p.From, p.To)}
	}
	if p.Venue, err = f.venue(); err != nil {
		return err
	}
	if p.Plan, err = f.plan(); err != nil && f.ads != "" {
		return err
	} else if err != nil {
		fact := disk.Reason(err)
		p.Notes = append(p.Notes, words{"Les passages promis ne sont pas connus.", "Promised plays are not known."}.in(p.Venue.Language))
		fmt.Fprintf(cmd.ErrOrStderr(), "note: the ads in force cannot be read, and no goals are shown: %s\n", fact)
	}
	if p.Key, err = report.PublicKey(disk.OS, f.data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: the screen's key is not on the page: %s\n", disk.Reason(err))
	}
	var unread report.Unread
	rows := func() iter.Seq2[report.Row, error] {
		unread = report.Unread{}
		return unread.In(report.Hours(disk.OS, f.data, playlog.Read(disk.OS, f.data)))
	}
	if f.out != "" {
		if err := f.write(rows(), p); err != nil {
			return err
		}
	}
	if !f.json {
		return unread.Err("the play log")
	}
	figures, err := report.Sum(rows(), p)
	if err != nil {
		return err
	}
	return errors.Join(printJSON(cmd, figures), unread.Err("the play log"))
}

// write writes the page.
func (f *reportFlags) write(rows iter.Seq2[report.Row, error], p report.Page) error {
	err := disk.Save(disk.OS, filepath.Dir(f.out), func(w io.Writer) (string, error) {
		return filepath.Base(f.out), report.WritePage(w, rows, p)
	})
	var path *fs.PathError
	if errors.As(err, &path) {
		return disk.Explain("cannot write", f.out, err)
	}
	return err
}

// made is the time as far as it can be trusted, zero where it cannot: a player that runs
// on the data knows best, else something must keep this machine's clock right.
func (f *reportFlags) made(ctx context.Context) time.Time {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	t, err := control.Dial(socketPath(f.data)).Clock(ctx)
	switch {
	case err == nil && t.Trust == plan.ClockTrusted:
		return t.Now
	case err != nil && board.Synchronised():
		return time.Now()
	}
	return time.Time{}
}

// dateFlag reads a date; none is the zero one.
func dateFlag(flag, text string) (plan.Date, error) {
	if text == "" {
		return plan.Date{}, nil
	}
	d, err := plan.ParseDate(text)
	if err != nil {
		return d, usageError{fmt.Errorf("%s: %w\nhint: %s", flag, err, reportExample)}
	}
	return d, nil
}

// venue is the config's. Without one the page speaks English and UTC.
func (f *reportFlags) venue() (plan.Venue, error) {
	path, err := findConfig(f.config)
	if err != nil {
		return plan.Venue{}, nil
	}
	c, err := config.Load(path, assets.Vocabulary())
	if err != nil {
		return plan.Venue{}, err
	}
	return c.Venue(), nil
}

// plan is what has goals: the ads folder that was named, else what is in force.
func (f *reportFlags) plan() (plan.Plan, error) {
	if f.ads == "" {
		return planInForce(f.data)
	}
	root, err := folder(f.ads)
	if err != nil {
		return plan.Plan{}, err
	}
	text, err := fs.ReadFile(root.FS(), adsfile.Name)
	if err != nil {
		return plan.Plan{}, err
	}
	campaigns, err := adsfile.Parse(filepath.Join(f.ads, adsfile.Name), text, assets.Vocabulary())
	return plan.Plan{Feeds: []plan.Feed{{Name: localFeed, Campaigns: campaigns}}}, err
}

// planInForce reads a copy of the cache, because a running player holds the cache
// itself. A copy that was taken in the middle of a change is seen to be damaged, and
// taken again.
func planInForce(data string) (p plan.Plan, err error) {
	if _, err := os.Stat(filepath.Join(data, "cache.db")); errors.Is(err, fs.ErrNotExist) {
		return plan.Plan{}, nil
	}
	for range 3 {
		if p, err = copiedPlan(data); err == nil {
			break
		}
	}
	return p, err
}

func copiedPlan(data string) (p plan.Plan, err error) {
	dir, err := os.MkdirTemp("", "entracte-")
	if err != nil {
		return plan.Plan{}, err
	}
	defer os.RemoveAll(dir)
	b, err := os.ReadFile(filepath.Join(data, "cache.db"))
	if err != nil {
		return plan.Plan{}, err
	}
	if err := os.WriteFile(filepath.Join(dir, "cache.db"), b, 0o600); err != nil {
		return plan.Plan{}, err
	}
	cache, err := storage.Open(dir)
	if err != nil {
		return plan.Plan{}, err
	}
	defer cache.Close()
	return cache.Plan()
}

// Command entracte is the signage player and its technician's tool: one binary,
// one verb for each thing a person does with it. `entracte help` lists them.
//
// This package is the only place where the parts of the tree meet: each verb
// reads its flags, wires what it needs, and closes it in reverse. main.go holds
// what all verbs share; every other file is named for its verb, or for the part
// it wires. What is printed follows three rules: answers go to standard output
// and are JSON with --json; news and errors go to standard error; an error
// states the fact, and a line that begins with "hint: " the next step.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"entracte/player/stage"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

// Exit codes.
const (
	exitFine       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitNotPack    = 10
	exitUntrusted  = 11
	exitDamaged    = 12
	exitRunning    = 13
	exitOlder      = 14
	exitOtherVenue = 15
	exitNoSpace    = 16
	exitHardware   = 20
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A second signal ends the process even if something hangs.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitFine
	}
	fmt.Fprintln(stderr, "entracte: "+strings.TrimRight(err.Error(), "\n"))
	return exitCode(err)
}

// A usageError is a command line that cannot be meant.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func exitCode(err error) int {
	var usage usageError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	// A pack with several faults is called by the gravest.
	case errors.Is(err, pack.ErrUntrusted), errors.Is(err, report.ErrUntrusted):
		return exitUntrusted
	case errors.Is(err, pack.ErrNotPack), errors.Is(err, report.ErrNotReceipt):
		return exitNotPack
	case errors.Is(err, pack.ErrDamaged), errors.Is(err, storage.ErrDamaged), errors.Is(err, report.ErrDamaged), errors.Is(err, playlog.ErrDamaged):
		return exitDamaged
	case errors.Is(err, pack.ErrOlder):
		return exitOlder
	case errors.Is(err, pack.ErrOtherVenue):
		return exitOtherVenue
	case errors.Is(err, storage.ErrInUse):
		return exitRunning
	case errors.Is(err, storage.ErrNoSpace), errors.Is(err, disk.ErrNoSpace):
		return exitNoSpace
	case errors.Is(err, stage.ErrNoDisplay), errors.Is(err, errNoSwitch):
		return exitHardware
	}
	return exitFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "entracte",
		Short: "A signage player that speaks only while a customer waits",
		Long: `Entracte plays complementary ads on a shop's screen while a customer waits,
and goes quiet the moment service starts.

  entracte demo                          see it, with a shop and ads of our own
  entracte play --config entracte.toml --ads FOLDER
  entracte signal till on                tell the player that a sale is open
  entracte plays export --format csv     what really played

Exit codes: 0 fine, 1 failed, 2 usage, 10 not a pack, 11 not trusted, 12 damaged
or incomplete, 13 the player is running, 14 older than what is in force, 15 not for this venue,
16 no space, 20 hardware missing.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no verb %q\nhint: `entracte help` lists them", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w\nhint: `%s --help` lists the flags", err, cmd.CommandPath())}
	})
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(newPlay(), newDemo(), newSimulate(), newWhy(), newActivities(), newSensors(), newSignal(), newPlays(), newInstall(), newKeygen(), newPack(), newStatus(), newScreen(), newClockVerb(), newPrivacy(), newNotice(), newDoctor(), newVersion())
	root.AddCommand(newChildren()...)
	return root
}

// exactly is cobra.ExactArgs with our exit code and a hint.
func exactly(n int, example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			words := map[int]string{0: "no words", 1: "one word"}[n]
			if words == "" {
				words = fmt.Sprintf("%d words", n)
			}
			return usageError{fmt.Errorf("%s takes %s, not %d\nhint: %s", cmd.CommandPath(), words, len(args), example)}
		}
		return nil
	}
}

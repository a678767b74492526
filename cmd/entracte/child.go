package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/player/media"
	"entracte/storage"
	"entracte/storage/disk"
)

// Two things are done in a process of their own, because they may end the process
// that does them: to open a database file that a power cut may have damaged, and to
// decode a picture that anybody may have made. The program starts itself for that,
// with a verb that `help` does not list.

const (
	checkVerb  = "cache-check"
	decodeVerb = "decode-still"
)

// The limits of the process that decodes a still.
const (
	decodeMemory = 512 << 20 // bytes
	decodeTime   = 5         // seconds of processor time
	// decodeWait is how long it may take in all, on a machine that is busy.
	decodeWait = 20 * time.Second
)

// child is this program with another verb. The environment it gets is empty but for
// where programs are found.
func child(ctx context.Context, args ...string) (*exec.Cmd, error) {
	path := "/proc/self/exe" // also when an update has replaced the file
	if runtime.GOOS != "linux" {
		var err error
		if path, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Args[0] = "entracte"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	if runtime.GOOS == "windows" {
		cmd.Env = nil // nothing starts without some of it
	}
	cmd.WaitDelay = time.Second
	return cmd, nil
}

// newChildren are the verbs of the processes that the program starts itself.
func newChildren() []*cobra.Command {
	return []*cobra.Command{
		{
			Use: checkVerb + " DIR", Short: "Read all of a cache.db", Hidden: true,
			Args: exactly(1, "entracte "+checkVerb+" DIR"),
			RunE: func(_ *cobra.Command, args []string) error { return storage.Check(args[0]) },
		},
		{
			Use: decodeVerb + " FILE", Short: "Decode a picture within limits", Hidden: true,
			Args: exactly(1, "entracte "+decodeVerb+" FILE"),
			RunE: func(cmd *cobra.Command, args []string) error {
				if err := confine(decodeMemory, decodeTime); err != nil {
					return err
				}
				content, err := media.Open(cmd.Context(), args[0], media.Options{Glass: image.Pt(1920, 1080)})
				if err != nil {
					// The sentence is the parent's to say.
					fmt.Fprintln(cmd.OutOrStdout(), err)
					return errUndecoded
				}
				return content.Close()
			},
		},
	}
}

var errUndecoded = errors.New("the file cannot be decoded")

// decodes is nil if a picture decodes in a process of its own.
func decodes(ctx context.Context, path string) error {
	within, cancel := context.WithTimeout(ctx, decodeWait)
	defer cancel()
	cmd, err := child(within, decodeVerb, path)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd.Stdout = &said
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.As(err, &ended) && within.Err() == nil:
		return fmt.Errorf("it could not be decoded: %w\nhint: restart the player, or the machine if that does not help", err)
	case said.Len() > 0:
		return errors.New(strings.TrimSpace(said.String()))
	}
	return &disk.Fault{
		Kind: within.Err(), // a time-out may be the machine's fault
		Fact: fmt.Sprintf("decoding it takes more than %d s or %d MB of memory", decodeTime, decodeMemory>>20),
		Hint: "save it smaller: a screen of 3840 × 2160 has 8 million pixels",
	}
}

// checkCache reads all of a cache.db in a process of its own. An error means that it is
// damaged; what else can go wrong is found out, and said, when it is opened.
func checkCache(ctx context.Context, dir string) error {
	cmd, err := child(ctx, checkVerb, dir)
	if err != nil {
		return nil
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("reading it takes too long: %w", ctx.Err())
	case !errors.As(err, &ended), ended.ExitCode() == exitRunning, ended.ExitCode() == exitFailed:
		return nil
	}
	if ended.ExitCode() != exitDamaged {
		return fmt.Errorf("reading it ended the process: %w", err)
	}
	fact, _, _ := strings.Cut(said.String(), "\n")
	_, reason, _ := strings.Cut(fact, " is damaged: ")
	return errors.New(reason)
}

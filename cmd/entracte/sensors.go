package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/player/control"
)

// glanceEvery is how often a technician sees something new.
const glanceEvery = 250 * time.Millisecond

func newSensors() *cobra.Command {
	var configPath, data string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "sensors",
		Short: "Watch what the sensors say, and what is made of it",
		Long: `Shows every input with its last minute: as it comes from the wire, as it is
believed after debounce, warm-up and hold, and the state that follows. A sentence
names each pin that moves, so that crossed wires show.

It asks the running player. Without one it reads the inputs itself, and watches
the header's other plain pins too, where nobody holds them and nothing is driven:
a wire on the wrong pin is named with the pin that it should be on. Nothing is
recorded. Ctrl-C ends it; into a file or a pipe it writes a line for each change.`,
		Args: exactly(0, "entracte sensors"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithCancel(cmd.Context())
			var parts sync.WaitGroup
			defer parts.Wait()
			defer cancel()
			ask, running, err := sensorSource(ctx, &parts, cmd, configPath, data)
			if err != nil {
				return err
			}
			if asJSON {
				s, err := ask(ctx)
				if err != nil {
					return err
				}
				return printJSON(cmd, s)
			}
			return watchSensors(ctx, cmd.OutOrStdout(), ask, running)
		},
	}
	configFlag(cmd, &configPath)
	dataFlag(cmd, &data)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// A sensorAsk says what the inputs say now.
type sensorAsk func(context.Context) (control.Sensors, error)

// sensorSource asks the running player, else a bench of its own that works until
// ctx ends.
func sensorSource(ctx context.Context, parts *sync.WaitGroup, cmd *cobra.Command, configPath, data string) (sensorAsk, bool, error) {
	client := control.Dial(socketPath(data))
	ask := func(ctx context.Context) (control.Sensors, error) {
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		return client.Sensors(ctx)
	}
	_, err := ask(ctx)
	if !errors.Is(err, control.ErrNoPlayer) {
		return ask, true, err
	}
	path, err := findConfig(configPath)
	if err != nil {
		return nil, false, err
	}
	cfg, err := config.Load(path, assets.Vocabulary())
	if err != nil {
		return nil, false, err
	}
	b := newBench(cfg, path, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)))
	parts.Go(func() { b.run(ctx) })
	b.settle(ctx)
	return b.sensors, false, nil
}

// watchSensors writes until ctx ends: a picture to a terminal, else lines.
func watchSensors(ctx context.Context, w io.Writer, ask sensorAsk, running bool) error {
	v := &sensorsView{w: w, live: terminal(w), running: running}
	tick := time.NewTicker(glanceEvery)
	defer tick.Stop()
	for {
		s, err := ask(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		if err := v.show(time.Now(), s); err != nil {
			return fmt.Errorf("the picture cannot be written: %w", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// terminal reports whether somebody looks at w as it comes.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

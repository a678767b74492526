package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"entracte/player/control"
)

// answerWithin is how long a running player may take to answer.
const answerWithin = 5 * time.Second

func newSignal() *cobra.Command {
	var data string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "signal NAME on|off|pulse",
		Short: "Tell the running player what a till or a script knows",
		Long: `Sets a sensor of kind "signal": the way a till on this machine tells that a
sale is open. A [[sensor]] with that name and kind must be in the config.

  entracte signal till on      a sale is open: the screen goes quiet
  entracte signal till off     it is over
  entracte signal bell pulse   somebody pressed once`,
		Args: exactly(2, "entracte signal till on"),
		RunE: func(cmd *cobra.Command, args []string) error {
			act := control.Act(args[1])
			switch act {
			case control.On, control.Off, control.Pulse:
			default:
				return usageError{fmt.Errorf("a signal is on, off or pulse, not %q\nhint: entracte signal %s on", args[1], args[0])}
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), answerWithin)
			defer cancel()
			if err := control.Dial(socketPath(data)).Signal(ctx, args[0], act); err != nil || !asJSON {
				return err
			}
			return printJSON(cmd, struct {
				Input string      `json:"input"`
				Act   control.Act `json:"act"`
			}{args[0], act})
		},
	}
	dataFlag(cmd, &data)
	jsonFlag(cmd, &asJSON)
	return cmd
}

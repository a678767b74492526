package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"entracte/hw/screen"
	"entracte/player/control"
)

// errNoSwitch is what `screen` ends with where nothing can switch the screen.
var errNoSwitch = errors.New("nothing here can switch the screen; the player shows black instead")

// An attempt is what one layer made of a request.
type attempt struct {
	Layer string `json:"layer"`
	// Asked is "on" or "off", and Says what the screen answered in the end.
	Asked string       `json:"asked"`
	Says  screen.Power `json:"says"`
	// Fact is what went wrong, "" for nothing.
	Fact   string  `json:"fact,omitempty"`
	Hint   string  `json:"hint,omitempty"`
	Took   float64 `json:"took_s"`
	absent bool
}

// screenVerbs are what can be asked of layers. Each reports what became of it, and
// whether any layer did it.
var screenVerbs = map[string]func(context.Context, []screen.Layer) ([]attempt, bool){"on": allOn, "off": firstOff, "test": offAndOn}

func newScreen() *cobra.Command {
	var data string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "screen on|off|test",
		Short: "Switch the screen's power, and say what it answers",
		Long: `Switches the screen by HDMI-CEC or by the X server's DPMS, as the player does
when nobody is there for long, and prints what each of them answered.

  entracte screen off    by the first that works
  entracte screen on     by all of them
  entracte screen test   off and on again by each of them, a minute at most

It ends with 20 if none can. A running player switches again by itself when
somebody comes or the venue closes.`,
		Args: exactly(1, "entracte screen test"),
		RunE: func(cmd *cobra.Command, args []string) error {
			do, ok := screenVerbs[args[0]]
			if !ok {
				return usageError{fmt.Errorf("a screen goes on, off or is put to the test, not %q\nhint: entracte screen test", args[0])}
			}
			list, worked := do(cmd.Context(), screen.Layers())
			if asJSON {
				if err := printJSON(cmd, list); err != nil {
					return err
				}
			} else {
				printAttempts(cmd, list)
			}
			if !worked {
				return errNoSwitch
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), answerWithin)
			defer cancel()
			if _, err := control.Dial(socketPath(data)).Status(ctx); err == nil {
				fmt.Fprintln(cmd.ErrOrStderr(), "a player is running: it switches the screen again when somebody comes or the venue closes")
			}
			return nil
		},
	}
	dataFlag(cmd, &data)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func try(ctx context.Context, l screen.Layer, on bool) attempt {
	a := attempt{Layer: l.Name(), Asked: "off"}
	if on {
		a.Asked = "on"
	}
	begun := time.Now()
	err := screen.Try(ctx, l, on)
	a.Took = time.Since(begun).Seconds()
	if err == nil {
		a.Says = screen.Off
		if on {
			a.Says = screen.On
		}
		return a
	}
	var other screen.Contradiction
	if errors.As(err, &other) {
		a.Says = other.Says
	}
	a.absent = errors.Is(err, screen.ErrAbsent)
	a.Fact, a.Hint, _ = strings.Cut(err.Error(), "\nhint: ")
	return a
}

func (a attempt) worked() bool { return a.Fact == "" }

// allOn asks every layer at the same time to be on.
func allOn(ctx context.Context, layers []screen.Layer) ([]attempt, bool) {
	list := make([]attempt, len(layers))
	var all sync.WaitGroup
	for i, l := range layers {
		all.Go(func() { list[i] = try(ctx, l, true) })
	}
	all.Wait()
	worked := false
	for _, a := range list {
		worked = worked || a.worked()
	}
	return list, worked
}

// firstOff stops at the first layer that works.
func firstOff(ctx context.Context, layers []screen.Layer) ([]attempt, bool) {
	var list []attempt
	for _, l := range layers {
		a := try(ctx, l, false)
		list = append(list, a)
		if a.worked() {
			return list, true
		}
	}
	return list, false
}

// offAndOn tries each layer by itself.
func offAndOn(ctx context.Context, layers []screen.Layer) ([]attempt, bool) {
	var list []attempt
	worked := false
	for _, l := range layers {
		off := try(ctx, l, false)
		list = append(list, off)
		if off.absent {
			continue
		}
		on := try(ctx, l, true) // even if it did not say that it went off
		list = append(list, on)
		worked = worked || off.worked() && on.worked()
	}
	return list, worked
}

func printAttempts(cmd *cobra.Command, list []attempt) {
	w := cmd.OutOrStdout()
	for _, a := range list {
		said := a.Fact
		if a.worked() {
			said = fmt.Sprintf("it says it is %s, after %.1f s", a.Says, a.Took)
		}
		fmt.Fprintf(w, "%-6s %-4s %s\n", a.Layer, a.Asked, said)
		if a.Hint != "" {
			fmt.Fprintf(w, "%-11s hint: %s\n", "", a.Hint)
		}
	}
}

// switching is the doctor's look at the layers; it switches nothing.
func switching(ctx context.Context) finding {
	f := finding{What: "screen", State: fine}
	var hints []string
	for _, l := range screen.Layers() {
		says, err := l.Power(ctx)
		if err == nil {
			f.Fact = fmt.Sprintf("its power can be switched by %s; it says it is %s", l.Name(), says)
			return f
		}
		fact, _, _ := strings.Cut(err.Error(), "\n")
		hints = append(hints, l.Name()+": "+fact)
	}
	f.State, f.Hint = attention, "`entracte screen test` says more"
	f.Fact = "its power cannot be switched: it shows black instead (" + strings.Join(hints, "; ") + ")"
	return f
}

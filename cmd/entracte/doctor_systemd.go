package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"entracte/hw/board"
)

// playerUnit is the unit of the image and of the package.
const playerUnit = "entracte.service"

// unit looks at the player's unit and its watchdog.
func unit(ctx context.Context) []finding {
	if runtime.GOOS != "linux" {
		return nil
	}
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		return []finding{{What: "unit", State: attention, Fact: "systemd does not run here: nothing starts the player again if it ends", Hint: "fine for a test; the image and the package bring " + playerUnit}}
	}
	out, err := exec.CommandContext(ctx, "systemctl", "show", playerUnit, "--property=LoadState,ActiveState,UnitFileState,Type,WatchdogUSec,NRestarts").Output()
	if err != nil {
		return []finding{{What: "unit", State: attention, Fact: fmt.Sprintf("systemctl does not answer: %v", err), Hint: "systemctl status " + playerUnit}}
	}
	return []finding{judgeUnit(string(out))}
}

// judgeUnit reads what `systemctl show` prints.
func judgeUnit(text string) finding {
	is := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		is[name] = value
	}
	f := finding{What: "unit", State: attention}
	watchdog := span(is["WatchdogUSec"])
	switch {
	case is["LoadState"] == "not-found" || is["LoadState"] == "":
		f.Fact, f.Hint = "there is no "+playerUnit+": nothing starts the player at boot", "install the package, or start the player by hand for a test"
	case is["LoadState"] == "masked":
		f.Fact, f.Hint = playerUnit+" is masked", "systemctl unmask "+playerUnit
	case is["ActiveState"] == "failed":
		f.State, f.Fact, f.Hint = bad, playerUnit+" has failed", "journalctl -u "+playerUnit+" says why; then systemctl restart "+playerUnit
	case is["UnitFileState"] == "disabled":
		f.Fact, f.Hint = playerUnit+" does not start at boot", "systemctl enable "+playerUnit
	case is["Type"] != "notify" || watchdog == 0:
		f.Fact, f.Hint = playerUnit+" has no watchdog: a screen that hangs stays so", "set Type=notify and WatchdogSec=20 in it"
	case watchdog < board.ShortestWatchdog:
		f.Fact = fmt.Sprintf("the watchdog of %s is %v; an idle screen rests almost as long", playerUnit, watchdog)
		f.Hint = fmt.Sprintf("set WatchdogSec=20 in it, and no less than %.0f", board.ShortestWatchdog.Seconds())
	default:
		f.State, f.Fact = fine, fmt.Sprintf("%s is %s, its watchdog waits %v", playerUnit, is["ActiveState"], watchdog)
	}
	if n := is["NRestarts"]; n != "" && n != "0" {
		f.Fact += "; restarts since boot: " + n
		if f.State == fine {
			f.State, f.Hint = attention, "journalctl -u "+playerUnit+" says why"
		}
	}
	return f
}

// span reads a time as systemctl prints it: "20s", "1min 30s", "0", "infinity".
func span(text string) time.Duration {
	d, err := time.ParseDuration(strings.NewReplacer("min", "m", " ", "").Replace(text))
	if err != nil {
		return 0
	}
	return d
}

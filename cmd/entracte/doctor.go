package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/board"
	"entracte/hw/presence"
	"entracte/hw/sensor"
)

// A finding is one line of the doctor's report.
type finding struct {
	What string `json:"what"`
	// State is "fine", "attention", or what keeps the player from running:
	// "missing" or "wrong".
	State string `json:"state"`
	Fact  string `json:"fact"`
	Hint  string `json:"hint,omitempty"`
}

const (
	fine      = "fine"
	missing   = "missing"
	wrong     = "wrong"
	attention = "attention"
)

func newDoctor() *cobra.Command {
	var configPath, data string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine has, and what it lacks",
		Long: `Looks at the display, GL, ffmpeg, GPIO, the clock, the data folder and the
config, changes nothing, and says what to do about what is missing. Ends with 1
if the player could not run here.`,
		Args: exactly(0, "entracte doctor"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list := examine(cmd.Context(), configPath, data)
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
	jsonFlag(cmd, &asJSON)
	return cmd
}

func printFindings(w io.Writer, list []finding) {
	for _, f := range list {
		fmt.Fprintf(w, "%-10s %-9s %s\n", f.What, f.State, f.Fact)
		if f.Hint != "" {
			fmt.Fprintf(w, "%-20s hint: %s\n", "", f.Hint)
		}
	}
}

func examine(ctx context.Context, configPath, data string) []finding {
	list := []finding{display(), openGL()}
	list = append(list, program(ctx, "ffmpeg"), program(ctx, "ffprobe"), switching(ctx), pins(), timekeeping(), dataFolder(data))
	return append(list, settings(ctx, configPath)...)
}

func display() finding {
	f := finding{What: "display", State: fine}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		f.Fact = "the system's own"
		return f
	}
	name := os.Getenv("DISPLAY")
	if name == "" {
		f.State, f.Fact, f.Hint = missing, "DISPLAY is not set: no X server is known", "start one (startx, or Xvfb :99 for a test), then set DISPLAY=:0"
		return f
	}
	number, _, _ := strings.Cut(strings.TrimPrefix(name, ":"), ".")
	if strings.HasPrefix(name, ":") {
		c, err := net.Dial("unix", "/tmp/.X11-unix/X"+number)
		if err != nil {
			f.State, f.Fact, f.Hint = missing, fmt.Sprintf("DISPLAY is %s, but no X server answers there", name), "start it, or set DISPLAY to the one that runs (ls /tmp/.X11-unix)"
			return f
		}
		c.Close()
	}
	f.Fact = "an X server answers on " + name
	if !strings.HasPrefix(name, ":") {
		f.State, f.Fact, f.Hint = attention, "DISPLAY is "+name+", on another machine; it was not asked", "the player belongs on the machine its screen is wired to"
	}
	return f
}

// libraryFolders are where Linux systems keep shared libraries; the globs cover
// Debian's folder of the architecture.
var libraryFolders = []string{"/usr/lib/*-linux-gnu*", "/lib/*-linux-gnu*", "/usr/lib", "/usr/lib64", "/usr/local/lib"}

func openGL() finding {
	f := finding{What: "gl", State: fine}
	if runtime.GOOS != "linux" {
		f.Fact = "the system's own"
		return f
	}
	found := library("libGL.so.1")
	if found == "" {
		found = library("libEGL.so.1")
	}
	if found == "" {
		f.State, f.Fact, f.Hint = missing, "no OpenGL library", "apt install libgl1 libgl1-mesa-dri"
		return f
	}
	f.Fact = found
	if cards, _ := filepath.Glob("/dev/dri/card*"); len(cards) == 0 {
		f.State, f.Fact, f.Hint = attention, found+", without a graphics card: everything is drawn by the processor", "fine for a test; on a Pi check that dtoverlay=vc4-kms-v3d is in config.txt"
	}
	return f
}

func library(name string) string {
	for _, dir := range libraryFolders {
		if hits, _ := filepath.Glob(filepath.Join(dir, name)); len(hits) > 0 {
			return hits[0]
		}
	}
	return ""
}

func program(ctx context.Context, name string) finding {
	f := finding{What: name, State: fine}
	path, err := exec.LookPath(name)
	if err != nil {
		f.State, f.Fact, f.Hint = attention, name+" is not installed: films are skipped, pictures play", "apt install ffmpeg"
		return f
	}
	f.Fact = path
	if out, err := exec.CommandContext(ctx, path, "-hide_banner", "-version").Output(); err == nil {
		line, _, _ := strings.Cut(string(out), "\n")
		line, _, _ = strings.Cut(line, " Copyright")
		f.Fact = path + " (" + line + ")"
	}
	return f
}

func pins() finding {
	f := finding{What: "gpio", State: fine, Fact: "the pins of the 40-pin header can be read"}
	if err := sensor.Prepare(); err != nil {
		fact, hint, _ := strings.Cut(err.Error(), "\nhint: ")
		f.State, f.Fact, f.Hint = attention, fact, hint
	}
	return f
}

func timekeeping() finding {
	f := finding{What: "clock", State: fine, Fact: "synchronised, or set from a hardware clock"}
	if !board.Synchronised() {
		f.State, f.Fact = attention, "not synchronised: campaigns with dates or dayparts may wait, and the venue counts as open"
		f.Hint = "connect the network once, or fit a real-time clock"
	}
	return f
}

func dataFolder(dir string) finding {
	f := finding{What: "data", State: fine, Fact: dir + " can be written"}
	test, err := os.CreateTemp(dir, ".doctor-*")
	if err == nil {
		test.Close()
		os.Remove(test.Name())
		return f
	}
	if errors.Is(err, os.ErrNotExist) {
		f.State, f.Fact, f.Hint = attention, dir+" does not exist yet; `play` makes it", "name another with --data"
		return f
	}
	f.State, f.Fact, f.Hint = wrong, fmt.Sprintf("%s cannot be written: %v", dir, err), "run as the user it belongs to, or name another with --data"
	return f
}

func settings(ctx context.Context, path string) []finding {
	f := finding{What: "config", State: fine}
	path, err := findConfig(path)
	if err != nil {
		f.State = attention
		f.Fact, f.Hint, _ = strings.Cut(err.Error(), "\nhint: ")
		return []finding{f}
	}
	cfg, err := config.Load(path, assets.Vocabulary())
	if err != nil {
		f.State, f.Fact = wrong, err.Error()
		return []finding{f}
	}
	f.Fact = fmt.Sprintf("%s: %s, sensors: %d", path, cfg.Venue().Name, len(cfg.Sensors))
	list := []finding{f}
	for _, s := range cfg.Sensors {
		switch s.Kind {
		case config.GPIO:
			list = append(list, finding{What: "sensor", State: fine, Fact: fmt.Sprintf("%q (%s) on %s, header pin %d, active %s", s.Name, s.Role, s.Pin, sensor.HeaderPin(s.Pin), s.Active)})
		case config.LD2410:
			list = append(list, finding{What: "sensor", State: fine, Fact: fmt.Sprintf("%q (%s) on %s at %d baud, zone %d to %d cm", s.Name, s.Role, s.Port, s.Baud, s.NearCM, s.FarCM)})
		}
	}
	list = append(list, examineBroker(ctx, cfg, path)...)
	if presence.New(cfg.Machine()).Belief().NoService {
		list = append(list, finding{What: "service", State: attention, Fact: presence.NoServiceSentence, Hint: "wire a button or a mat and add a [[sensor]] with role = \"service\""})
	}
	return list
}

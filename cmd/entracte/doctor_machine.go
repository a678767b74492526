package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"entracte/hw/board"
	"entracte/hw/sensor"
	"entracte/player/control"
	"entracte/storage/disk"
)

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

// timekeeping asks the running player, which may go by a person's word, else the machine.
func timekeeping(ctx context.Context, data string) finding {
	f := finding{What: "clock", State: fine, Fact: "synchronised, or set from a hardware clock"}
	if t, err := control.Dial(socketPath(data)).Clock(ctx); err == nil {
		f.Fact = fmt.Sprintf("the player's is %s: %s", t.Trust, whyTrusted(t.State))
		if f.Hint = clockHint(t.State); f.Hint != "" {
			f.State = attention
		}
		return f
	}
	if !board.Synchronised() {
		f.State, f.Fact = attention, "not synchronised: campaigns with dates or dayparts may wait, and the venue counts as open"
		f.Hint = "connect the network once, fit a real-time clock, or `entracte clock set TIME`"
	}
	return f
}

func dataFolder(dir string) finding {
	f := finding{What: "data", State: fine, Fact: dir + " can be written"}
	test, err := os.CreateTemp(dir, ".doctor-*")
	if err == nil {
		_, full := test.Write(make([]byte, 4096)) // a full card still takes names
		err = errors.Join(full, test.Close(), os.Remove(test.Name()))
	}
	if err == nil {
		return f
	}
	if errors.Is(err, os.ErrNotExist) {
		f.State, f.Fact, f.Hint = attention, dir+" does not exist yet; `play` makes it", "name another with --data"
		return f
	}
	f.State = wrong
	f.Fact, f.Hint, _ = strings.Cut(disk.Explain("nothing can be stored in", dir, err).Error(), "\nhint: ")
	return f
}

// machine is what the board knows of itself. Nothing is said of what this kernel
// does not tell, but for the supply voltage of a Pi: everybody looks for it.
func machine(data string) []finding {
	states := map[board.Level]string{board.Fine: fine, board.Attention: attention, board.Bad: bad}
	m := board.Machine{Data: data}
	var list []finding
	pi, told := false, false
	for _, h := range m.Read() {
		list = append(list, finding{What: h.What, State: states[h.Level], Fact: h.English.Fact, Hint: h.English.Hint})
		pi = pi || h.What == "board" && strings.Contains(h.English.Fact, "Raspberry Pi")
		told = told || h.What == "power"
	}
	if pi && !told {
		list = append(list, finding{What: "power", State: fine, Fact: "not known: this kernel does not tell the supply voltage"})
	}
	return list
}

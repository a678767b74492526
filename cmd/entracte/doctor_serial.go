package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A raspberry is what decides where a Pi's serial ports are.
type raspberry struct {
	// model is the device tree's, such as "Raspberry Pi 5 Model B Rev 1.0"; empty
	// on other computers.
	model string
	// config is the text of config.txt, empty if it cannot be read.
	config string
	// ports are the serial devices that are here.
	ports []string
}

func thisRaspberry() raspberry {
	var r raspberry
	text, _ := os.ReadFile("/proc/device-tree/model")
	r.model = strings.TrimRight(string(text), "\x00\n")
	for _, path := range []string{"/boot/firmware/config.txt", "/boot/config.txt"} {
		if text, err := os.ReadFile(path); err == nil {
			r.config = string(text)
			break
		}
	}
	for _, pattern := range []string{"/dev/serial0", "/dev/ttyAMA*", "/dev/ttyUSB*", "/dev/ttyACM*"} {
		here, _ := filepath.Glob(pattern)
		r.ports = append(r.ports, here...)
	}
	return r
}

func (r raspberry) five() bool {
	return strings.HasPrefix(r.model, "Raspberry Pi 5") || strings.HasPrefix(r.model, "Raspberry Pi Compute Module 5") || strings.HasPrefix(r.model, "Raspberry Pi 500")
}

// four reports whether the chip is a BCM2711, which has the serial ports 2 to 5.
func (r raspberry) four() bool {
	return strings.HasPrefix(r.model, "Raspberry Pi 4") || strings.HasPrefix(r.model, "Raspberry Pi Compute Module 4")
}

// overlay is the line of config.txt that makes a port, and the port that it makes;
// both are empty where there is no such line. The header's own port is the same
// on every Pi, pins 8 and 10, and has two names. Source: the README of the
// overlays in raspberrypi/firmware, "uart0-pi5", "uart2", "disable-bt".
func (r raspberry) overlay(port string) (line, makes string) {
	number := strings.TrimPrefix(port, "/dev/ttyAMA")
	own := port == "/dev/serial0" || port == "/dev/ttyS0" || number == "0"
	switch {
	case r.five() && own:
		return "dtoverlay=uart0-pi5", "/dev/ttyAMA0"
	case r.five() && slices.Contains([]string{"1", "2", "3", "4"}, number):
		return "dtoverlay=uart" + number + "-pi5", port
	case r.four() && slices.Contains([]string{"2", "3", "4", "5"}, number):
		return "dtoverlay=uart" + number, port
	case strings.HasPrefix(r.model, "Raspberry Pi") && !r.five() && own:
		return "enable_uart=1", "/dev/serial0"
	}
	return "", ""
}

// sets reports whether config.txt has a line, be it for some models only.
func (r raspberry) sets(line string) bool {
	return slices.ContainsFunc(strings.Split(r.config, "\n"), func(l string) bool {
		l, _, _ = strings.Cut(strings.TrimSpace(l), "#")
		l, _, _ = strings.Cut(l, ",")
		return strings.TrimSpace(l) == line
	})
}

// lacks says what to do about a port that is not here.
func (r raspberry) lacks(port string) string {
	line, makes := r.overlay(port)
	var steps []string
	switch {
	case strings.HasPrefix(port, "/dev/ttyUSB"), strings.HasPrefix(port, "/dev/ttyACM"), strings.HasPrefix(port, "/dev/serial/"):
		steps = append(steps, "plug the adapter in; /dev/serial/by-id lists adapters")
	case line == "":
		steps = append(steps, "a port on the header needs its overlay in config.txt, such as dtoverlay=uart2 on a Pi 4; /dev/serial/by-id lists adapters")
	case r.sets(line), line == "dtoverlay=uart0-pi5" && r.sets("dtparam=uart0=on"):
		steps = append(steps, line+" is in config.txt: restart the Pi")
	default:
		steps = append(steps, "put "+line+" into /boot/firmware/config.txt and restart the Pi")
	}
	switch {
	case r.five() && r.sets("enable_uart=1") && line == "dtoverlay=uart0-pi5":
		steps = append(steps, "take enable_uart=1 out of it")
	case line == "enable_uart=1" && !r.sets("dtoverlay=disable-bt"):
		steps = append(steps, "dtoverlay=disable-bt gives it the better port, which 256000 baud need")
	}
	if makes != "" && makes != port {
		steps = append(steps, "set port = \""+makes+"\"")
	}
	if len(r.ports) > 0 {
		steps = append(steps, "here are "+strings.Join(r.ports, ", "))
	}
	return strings.Join(steps, "; ")
}

// serialPort looks at the port of a radar without opening it, which would disturb
// a player that reads from it.
func serialPort(r raspberry, port string) finding {
	f := finding{What: "serial", State: fine, Fact: port + " is there"}
	device, err := filepath.EvalSymlinks(port)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.State, f.Fact, f.Hint = attention, "there is no "+port, r.lacks(port)
		return f
	case err != nil:
		f.State, f.Fact, f.Hint = attention, fmt.Sprintf("%s cannot be looked at: %v", port, err), "run as the user of the player"
		return f
	}
	if r.five() && filepath.Base(device) == "ttyAMA10" {
		f.State, f.Fact = attention, port+" is the debug connector of a Pi 5, not pins 8 and 10"
		f.Hint = r.lacks("/dev/serial0")
		return f
	}
	if err := mayUse(device); err != nil {
		f.State, f.Fact, f.Hint = attention, fmt.Sprintf("this user may not use %s: %v", port, err), "add the user of the player to the group dialout"
		return f
	}
	if text, err := os.ReadFile("/sys/class/tty/console/active"); err == nil && slices.Contains(strings.Fields(string(text)), filepath.Base(device)) {
		f.State, f.Fact, f.Hint = attention, "the kernel writes its messages to "+port, "take console=serial0,… or console="+filepath.Base(device)+",… out of cmdline.txt"
	}
	return f
}

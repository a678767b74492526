package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A port that is missing has its line in config.txt, which is another one on each
// model.
func TestMissingSerialPort(t *testing.T) {
	t.Parallel()
	const five, four, zero = "Raspberry Pi 5 Model B Rev 1.0", "Raspberry Pi 4 Model B Rev 1.4", "Raspberry Pi Zero 2 W Rev 1.0"
	for _, c := range []struct {
		model, port, config string
		ports               []string
		hint                string
	}{
		{five, "/dev/serial0", "", nil, `put dtoverlay=uart0-pi5 into /boot/firmware/config.txt and restart the Pi; set port = "/dev/ttyAMA0"`},
		{five, "/dev/ttyAMA0", "# radar\n", nil, "put dtoverlay=uart0-pi5 into /boot/firmware/config.txt and restart the Pi"},
		{five, "/dev/ttyAMA0", "dtoverlay=uart0-pi5\r\n", nil, "dtoverlay=uart0-pi5 is in config.txt: restart the Pi"},
		{five, "/dev/ttyAMA0", "#dtoverlay=uart0-pi5\nenable_uart=1\n", nil, "put dtoverlay=uart0-pi5 into /boot/firmware/config.txt and restart the Pi; take enable_uart=1 out of it"},
		{five, "/dev/ttyAMA2", "", nil, "put dtoverlay=uart2-pi5 into /boot/firmware/config.txt and restart the Pi"},
		{"Raspberry Pi Compute Module 5 Rev 1.0", "/dev/serial0", "", []string{"/dev/ttyAMA10"}, `put dtoverlay=uart0-pi5 into /boot/firmware/config.txt and restart the Pi; set port = "/dev/ttyAMA0"; here are /dev/ttyAMA10`},
		{four, "/dev/serial0", "", nil, "put enable_uart=1 into /boot/firmware/config.txt and restart the Pi; dtoverlay=disable-bt gives it the better port, which 256000 baud need"},
		{four, "/dev/serial0", "enable_uart=1\ndtoverlay=disable-bt", nil, "enable_uart=1 is in config.txt: restart the Pi"},
		{four, "/dev/ttyAMA3", "dtoverlay=uart3,ctsrts\n", nil, "dtoverlay=uart3 is in config.txt: restart the Pi"},
		{zero, "/dev/ttyAMA3", "", nil, "a port on the header needs its overlay in config.txt, such as dtoverlay=uart2 on a Pi 4; /dev/serial/by-id lists adapters"},
		{zero, "/dev/ttyUSB0", "", []string{"/dev/serial0"}, "plug the adapter in; /dev/serial/by-id lists adapters; here are /dev/serial0"},
		{"", "/dev/serial0", "", nil, "a port on the header needs its overlay in config.txt, such as dtoverlay=uart2 on a Pi 4; /dev/serial/by-id lists adapters"},
	} {
		if got := (raspberry{model: c.model, config: c.config, ports: c.ports}).lacks(c.port); got != c.hint {
			t.Errorf("%s without %s, config %q:\n got %s\nwant %s", c.model, c.port, c.config, got, c.hint)
		}
	}
}

func TestSerialPort(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	five := raspberry{model: "Raspberry Pi 5 Model B Rev 1.0"}
	for _, name := range []string{"ttyAMA0", "ttyAMA10"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("ttyAMA10", filepath.Join(dir, "serial0")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	for _, c := range []struct {
		r                 raspberry
		port, state, fact string
	}{
		{five, "ttyAMA0", fine, "is there"},
		{five, "serial0", attention, "the debug connector"},
		{five, "ttyAMA10", attention, "the debug connector"},
		{five, "ttyNone", attention, "there is no"},
		{raspberry{}, "serial0", fine, "is there"},
	} {
		f := serialPort(c.r, filepath.Join(dir, c.port))
		if f.State != c.state || !strings.Contains(f.Fact, c.fact) || (f.Hint == "") != (f.State == fine) {
			t.Errorf("%s: %+v", c.port, f)
		}
	}
}

//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"entracte/hw/presence"
	"entracte/hw/sensor"
	"entracte/player/control"
	"entracte/scripts/rig/guest"
)

// twoContacts are a mat and a till, both contacts to ground.
const twoContacts = `
[venue]
name = "Bijouterie Martin"
activity = "jeweller"
[[sensor]]
name = "bench"
role = "service"
kind = "gpio"
pin = "GPIO17"
active = "low"
[[sensor]]
name = "till"
role = "service"
kind = "gpio"
pin = "GPIO27"
active = "low"
`

// A technician is somebody with a screwdriver who reads what `entracte sensors`
// writes.
type technician struct {
	watch *exec.Cmd
	lines chan string
	read  []string
}

func newTechnician(t *testing.T, arguments ...string) *technician {
	t.Helper()
	w := &technician{watch: exec.Command("entracte", append([]string{"sensors"}, arguments...)...), lines: make(chan string)}
	w.watch.Stderr = os.Stderr
	out, err := w.watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.watch.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.watch.Process.Kill()
		for range w.lines {
		}
	})
	go func() {
		defer close(w.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			w.lines <- s.Text()
		}
	}()
	return w
}

// reads waits for a line, without the time that it begins with.
func (w *technician) reads(t *testing.T, want string) {
	t.Helper()
	for late := time.After(time.Minute); ; {
		select {
		case line, ok := <-w.lines:
			if !ok {
				t.Fatalf("it ended without saying %q, but %q", want, w.read)
			}
			_, line, _ = strings.Cut(line, " ")
			w.read = append(w.read, line)
			if line == want {
				return
			}
		case <-late:
			t.Fatalf("it does not say %q, but %q", want, w.read)
		}
	}
}

// leaves ends the verb as Ctrl-C does.
func (w *technician) leaves(t *testing.T) {
	t.Helper()
	if err := w.watch.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for line := range w.lines {
		_, line, _ = strings.Cut(line, " ")
		w.read = append(w.read, line)
	}
	if err := w.watch.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// Wires on the wrong pins, as a technician sees them: each is named with the pin
// that it is on, and with the one that it should be on.
func TestRigCrossedWires(t *testing.T) {
	guest.Need(t)
	chip := guest.Header(t, "pinctrl-bcm2711", 58)
	file := filepath.Join(t.TempDir(), "shop.toml")
	if err := os.WriteFile(file, []byte(twoContacts), 0o600); err != nil {
		t.Fatal(err)
	}
	// Another program has a line, which is nobody else's business.
	held, err := sensor.OpenPin("GPIO24")
	if err != nil {
		t.Fatal(err)
	}
	if err := held.In(gpio.PullUp, gpio.NoEdge); err != nil {
		t.Fatal(err)
	}
	defer held.Halt()

	arguments := []string{"--config", file, "--data", t.TempDir()}
	w := newTechnician(t, arguments...)
	w.reads(t, "nobody listens to GPIO22 (pin 15) high, GPIO23 (pin 16) high, GPIO25 (pin 22) high, GPIO6 (pin 31) high, GPIO16 (pin 36) high, GPIO26 (pin 37) high")
	touch := func(line int) {
		chip.Set(t, line, false)
	}
	const astray = "GPIO22 (header pin 15) moved, and no sensor is configured there"
	touch(24)
	// The bench's wire is on a pin of nobody.
	touch(22)
	w.reads(t, astray+`; "bench" expects GPIO17 (pin 11), "till" expects GPIO27 (pin 13)`)
	// It is on the till's: somebody steps on the mat, and the till answers.
	touch(27)
	w.reads(t, `GPIO27 (pin 13) just went low: "till" says yes`)
	// It is back on the first, and now only the bench's own pin was never heard of.
	chip.Set(t, 22, true)
	w.reads(t, astray+`; "bench" expects GPIO17 (pin 11)`)
	// It is where it should be.
	touch(17)
	w.reads(t, `GPIO17 (pin 11) just went low: "bench" says yes`)
	touch(22)
	w.reads(t, astray)
	w.leaves(t)
	if text := strings.Join(w.read, "\n"); strings.Contains(text, "GPIO24") {
		t.Errorf("it speaks of a pin that another program holds:\n%s", text)
	}

	out, err := exec.Command("entracte", append([]string{"sensors", "--json"}, arguments...)...).Output()
	var s control.Sensors
	if err != nil || json.Unmarshal(out, &s) != nil {
		t.Fatalf("as JSON: %v\n%s", err, out)
	}
	// The simulated lines forget what is connected when they are taken anew.
	if len(s.Inputs) != 2 || s.Inputs[1].HeaderPin != 13 || s.Inputs[1].Raw != presence.Low || len(s.Unused) != 6 || s.Unused[0].HeaderPin != 15 {
		t.Errorf("as JSON: %s", out)
	}
}

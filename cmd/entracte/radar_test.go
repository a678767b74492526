package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/radar"
)

// What entracte.toml says of a radar is what the radar is told.
func TestRadarOfConfig(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("entracte.toml", []byte(`[venue]
name = "Bijouterie Martin"
activity = "jeweller"
[[sensor]]
name = "bench"
role = "presence"
kind = "ld2410"
port = "/dev/ttyUSB7"
baud = 115200
near_cm = 40
far_cm = 250
sensitivity_moving = [50, 50, 40, 30, 20, 15, 15, 15, 14]
sensitivity_still = [0, 0, 40, 40, 30, 30, 20, 20, 19]
[[sensor]]
name = "second"
role = "presence"
kind = "ld2410"
`), assets.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	in := newInputs(c, slog.New(slog.NewTextHandler(&log, nil)))
	if len(in.readings) != 0 {
		t.Errorf("before it is read, a radar says %+v", <-in.readings)
	}
	r := in.radar(c.Sensors[0])
	if r.Input != "bench" || r.Port != "/dev/ttyUSB7" || r.Baud != 115200 || r.NearCM != 40 || r.FarCM != 250 || r.Open != nil ||
		!slices.Equal(r.Moving, []int{50, 50, 40, 30, 20, 15, 15, 15, 14}) || !slices.Equal(r.Still, []int{0, 0, 40, 40, 30, 30, 20, 20, 19}) {
		t.Errorf("the radar is %v", r)
	}
	if r.Notice(errors.New("as you were")); !strings.Contains(log.String(), "sensor=bench") || !strings.Contains(log.String(), "as you were") {
		t.Errorf("the log says %s", &log)
	}
	r = in.radar(c.Sensors[1])
	if got := fmt.Sprint(r.Port, r.Baud, r.NearCM, r.FarCM, len(r.Moving), len(r.Still)); got != fmt.Sprint(config.DefaultPort, radar.DefaultBaud, 0, 600, 0, 0) {
		t.Errorf("by default it is %s", got)
	}
}

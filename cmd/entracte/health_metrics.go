package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"entracte/player"
)

// metrics writes what a monitoring system may collect, in Prometheus's text format
// 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
//
// Nothing in it tells of people, for such systems keep what they collect, for
// years and elsewhere. So there is no presence, no label of the frame, no fault of
// a sensor, no count of interrupted showings, and no count of frames: sixty a
// second are a film, and a film is a customer who waits. Plays are counted, as the
// record is, but told once an hour.
func (h *health) metrics(w io.Writer, now time.Time, s player.Status) error {
	var b bytes.Buffer
	family := func(name, kind, help string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	}
	one := func(name, kind, help string, value float64) {
		family(name, kind, help)
		fmt.Fprintf(&b, "%s %s\n", name, strconv.FormatFloat(value, 'g', -1, 64))
	}
	family("entracte_build", "gauge", "Always 1, with the version.")
	fmt.Fprintf(&b, "entracte_build{version=%q} 1\n", thisBuild().Version)
	one("entracte_uptime_seconds", "gauge", "Time since the player started.", s.Uptime)
	one("entracte_campaigns", "gauge", "Campaigns in force.", float64(s.Campaigns))
	one("entracte_plays_completed_total", "counter", "Showings that ran to their end since the player started, as of the first question in this hour.", float64(h.playsOf(now, s.Plays)))
	trusted := 0.0
	if s.Clock == "trusted" {
		trusted = 1
	}
	one("entracte_clock_trusted", "gauge", "1 if the civil time can be believed.", trusted)

	readings := h.readings()
	if len(readings) > 0 {
		family("entracte_health", "gauge", "0 fine, 1 attention, 2 bad.")
		for _, r := range readings {
			fmt.Fprintf(&b, "entracte_health{of=%q} %d\n", r.What, r.Level)
		}
	}
	for _, r := range readings {
		for _, f := range r.Figures {
			kind := "gauge"
			if strings.HasSuffix(f.Name, "_total") {
				kind = "counter"
			}
			one(f.Name, kind, "See the reading "+r.What+" in entracte doctor.", f.Value)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// playsOf is the count of plays as it was when it was asked for first in this
// hour.
func (h *health) playsOf(now time.Time, plays uint64) uint64 {
	h.told.Lock()
	defer h.told.Unlock()
	if hour := now.Truncate(time.Hour); !hour.Equal(h.told.hour) {
		h.told.hour, h.told.plays = hour, plays
	}
	return h.told.plays
}

// collect answers a monitoring system.
func (p healthy) collect(ctx context.Context, w io.Writer) error {
	s, err := p.Player.Status(ctx)
	if err != nil {
		return err
	}
	return p.health.metrics(w, time.Now(), s)
}

package main

import (
	"encoding/json"
	"iter"
	"os"
	"slices"
	"time"

	"entracte/cmd/entracte/config"
	"entracte/player"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

// record opens the play log, now or as soon as the card lets it.
func (s *show) record() *recording {
	r := &recording{data: s.data, open: s.openPlays, slog: s.log}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = r.opened() // the player says why not
	return r
}

// openPlays opens the play log. What it forgets goes to the hours, and numbers go on
// above those.
func (s *show) openPlays() (*playlog.Log, error) {
	if err := os.MkdirAll(s.data, 0o755); err != nil {
		return nil, disk.Explain("cannot make the data folder", s.data, err)
	}
	roll := report.Roll(disk.OS, s.data)
	plays, err := playlog.Open(disk.OS, s.data, func(day time.Time, past iter.Seq2[plan.Play, error]) error {
		err := roll(day, past)
		if err != nil {
			s.log.Error("old plays are not counted by the hour; they stay as they are until that is possible", "err", err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, what := range plays.Found() {
		s.log.Warn("play log: " + what)
	}
	held, err := report.Held(disk.OS, s.data)
	if err != nil {
		s.log.Error("hours of the past cannot be read", "err", err)
	}
	plays.Above(held)
	return plays, nil
}

// openKey makes the screen's key if there is none, so that `status` shows it before a
// receipt needs it.
func (s *show) openKey() {
	if s.unkept {
		return // it is made when a stick wants a receipt
	}
	if _, err := report.OpenKey(disk.OS, s.data); err != nil {
		s.log.Error("receipts cannot be signed", "err", err)
		s.found = append(s.found, player.Notice{Concern: unsigned, Details: []string{"receipts cannot be signed: " + err.Error()}})
	}
}

// memoryKey is the checkpoint of the play log that holds what the player counted.
const memoryKey = "memory"

// memory is what the player counted before. A screen that people pass by in the
// street learns nothing of them, and forgets what it knew; nor does one without a
// sensor learn.
func (s *show) memory(plays checkpointer, cache *storage.Cache, venue plan.Venue) plan.Memory {
	m, err := keptMemory(plays, cache)
	if err != nil {
		s.log.Error("what was counted cannot be read; counting begins anew", "err", err)
		m = plan.Memory{}
	}
	sensed := slices.ContainsFunc(s.config.Sensors, func(s config.Sensor) bool { return s.Role == config.RolePresence })
	switch {
	case !sensed || venue.VisibleFromStreet:
		m.Waits = nil
	case m.Waits == nil:
		m.Waits = &plan.Waits{}
	}
	return m
}

// keepMemory keeps what the player counted beside the plays that it counted.
func keepMemory(plays checkpointer) func(plan.Memory) error {
	return func(m plan.Memory) error {
		b, err := json.Marshal(m)
		if err == nil {
			err = plays.Checkpoint(memoryKey, b)
		}
		if err == nil {
			err = plays.Sync()
		}
		return err
	}
}

// keptMemory reads what was counted. An earlier build kept it in the cache, from where it
// is moved.
func keptMemory(plays checkpointer, cache *storage.Cache) (m plan.Memory, err error) {
	if b := plays.Kept(memoryKey); b != nil {
		err = json.Unmarshal(b, &m)
		return m, err
	}
	var old *plan.Memory
	if ok, err := cache.Get(memoryKey, &old); !ok || err != nil || old == nil {
		return m, err
	}
	if keepMemory(plays)(*old) == nil {
		_ = cache.Put(memoryKey, (*plan.Memory)(nil)) // what stays is not read again
	}
	return *old, nil
}

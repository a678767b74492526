package main

import (
	"encoding/json"
	"iter"
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

// openPlays opens the play log. What it forgets goes to the hours, and numbers go on
// above those.
func (s *show) openPlays() (*playlog.Log, error) {
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
func (s *show) memory(plays *playlog.Log, cache *storage.Cache, venue plan.Venue) plan.Memory {
	var m plan.Memory
	err := moveMemory(plays, cache)
	if b := plays.Kept(memoryKey); err == nil && b != nil {
		err = json.Unmarshal(b, &m)
	}
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
func keepMemory(plays *playlog.Log) func(plan.Memory) error {
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

// moveMemory takes what an earlier build kept in the cache.
func moveMemory(plays *playlog.Log, cache *storage.Cache) error {
	if plays.Kept(memoryKey) != nil {
		return nil
	}
	var m *plan.Memory
	if ok, err := cache.Get(memoryKey, &m); !ok || err != nil || m == nil {
		return err
	}
	if err := keepMemory(plays)(*m); err != nil {
		return err
	}
	m = nil
	return cache.Put(memoryKey, m)
}

package main

import (
	"testing"
	"testing/synctest"
	"time"

	"entracte/scheduler/plan"
)

func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		synchronised := false
		begun := time.Now()
		c := &clock{zone: time.UTC, begun: begun, synchronised: func() bool { return synchronised }}
		wants := func(what string, civil time.Time, trust plan.Clock) {
			t.Helper()
			if now, got := c.now(); !now.Equal(civil) || got != trust {
				t.Errorf("%s: %v %v, want %v %v", what, now, got, civil, trust)
			}
		}
		time.Sleep(time.Hour)
		wants("no floor", time.Now(), plan.ClockUnknown)
		c.floor = begun.Add(-24 * time.Hour)
		wants("the floor and an hour", c.floor.Add(time.Hour), plan.ClockFloor)
		c.floor = begun.Add(24 * time.Hour)
		wants("before the floor", time.Now(), plan.ClockUnknown)
		synchronised = true
		wants("a machine that vouches for the past", time.Now(), plan.ClockUnknown)
		c.floor = begun
		wants("synchronised", time.Now(), plan.ClockTrusted)
		synchronised = false
		time.Sleep(48 * time.Hour)
		wants("the network is gone for two days", begun.Add(49*time.Hour), plan.ClockTrusted)
	})
}

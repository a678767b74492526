package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"entracte/hw/clock"
	"entracte/scheduler/plan"
	"entracte/storage"
)

// acceptedKey is where the cache holds since when packs that end unless they are
// renewed have been in force, by feed.
const acceptedKey = "accepted"

// accepted is when a pack came into force, by how long the machine had been powered
// until then: a machine without a clock knows no other age.
type accepted struct {
	Version string        `json:"version"`
	Powered time.Duration `json:"powered_ns"`
}

// staleEvery is how often the age of packs is looked at.
const staleEvery = time.Hour

// rest takes the feeds out of a plan whose packs were not renewed in time, and says so.
func (c *content) rest(p *plan.Plan, packs []storage.InForce) {
	c.resting = nil
	if c.powered == nil {
		return
	}
	since := map[string]accepted{}
	if _, err := c.cache.Get(acceptedKey, &since); err != nil {
		c.log.Error("the age of packs cannot be read; it begins anew", "err", err)
		since = map[string]accepted{}
	}
	before, now := maps.Clone(since), c.powered()
	for _, of := range packs {
		if of.StaleAfter <= 0 {
			delete(since, of.Feed)
			continue
		}
		// Where the count of powered time was lost, and begins anew, so does the age.
		if was := since[of.Feed]; was.Version != of.Version || was.Powered > now {
			since[of.Feed] = accepted{of.Version, now}
		}
		if clock.Stale(now, since[of.Feed].Powered, of.StaleAfter) {
			p.Feeds = slices.DeleteFunc(p.Feeds, func(f plan.Feed) bool { return f.Name == of.Feed })
			c.resting = append(c.resting, fmt.Sprintf("pack %s of %s was to be renewed within %.0f hours of operation, and was not: its ads rest\nhint: put a newer stick of the operator in",
				of.Version, of.Feed, of.StaleAfter.Hours()))
		}
	}
	if maps.Equal(before, since) {
		return
	}
	if err := c.cache.Put(acceptedKey, since); err != nil {
		c.log.Error("the age of packs cannot be kept", "err", err)
	}
}

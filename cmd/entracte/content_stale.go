package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"entracte/hw/clock"
	"entracte/player"
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
func (c *content) rest(p *plan.Plan, packs []storage.InForce) (out absence) {
	if c.powered == nil {
		return out
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
			out.add(tooOld(p, of))
		}
	}
	if maps.Equal(before, since) {
		return out
	}
	if err := c.cache.Put(acceptedKey, since); err != nil {
		c.log.Error("the age of packs cannot be kept", "err", err)
	}
	return out
}

// tooOld takes the feed of a pack out of a plan.
func tooOld(p *plan.Plan, of storage.InForce) (out absence) {
	hours := fmt.Sprintf("%.0f", of.StaleAfter.Hours())
	n := player.Notice{Concern: packOld, Names: []string{of.Feed}, Details: []string{
		fmt.Sprintf("pack %s of %s was to be renewed within %s hours of operation, and was not: its ads rest\nhint: put a newer stick of the operator in", of.Version, of.Feed, hours)}}
	p.Feeds = slices.DeleteFunc(p.Feeds, func(f plan.Feed) bool {
		if f.Name != of.Feed {
			return false
		}
		n.Ads = len(f.Campaigns)
		out.refusals = refuseAll(f, codeStale, of.Version, hours)
		return true
	})
	out.notices = []player.Notice{n}
	return out
}

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage"
)

// packsChanged says that a pack came into force or waits for media. Any goroutine may.
func (c *content) packsChanged() {
	select {
	case c.packs <- struct{}{}:
	default: // it will look soon
	}
}

// examinePacks looks at the media of packs that were put in force again from what is
// stored: nobody remembers whether they can be shown.
func (c *content) examinePacks(ctx context.Context) {
	changed, err := c.cache.Reexamine(ctx, probe)
	if err != nil && ctx.Err() == nil {
		c.log.Error("media of packs could not be looked at", "err", err)
	}
	if changed {
		c.update(ctx)
	}
}

// endBy lets no campaign of a feed play after the day its pack ends.
func endBy(f *plan.Feed, end time.Time) {
	to := plan.DateOf(end)
	if h, m, s := end.Clock(); h+m+s > 0 {
		to = plan.DateOf(end.AddDate(0, 0, 1))
	}
	for i := range f.Campaigns {
		if flight := &f.Campaigns[i].Flight; flight.To.IsZero() || to.Before(flight.To) {
			flight.To = to
		}
	}
}

// packNotices are the sentences about the feeds that the config names.
func packNotices(cache *storage.Cache, feeds []string) []string {
	if len(feeds) == 0 {
		return nil
	}
	packs, err := cache.Packs()
	if err != nil {
		return []string{err.Error()}
	}
	skips, err := cache.LeftOut()
	if err != nil {
		return []string{err.Error()}
	}
	waiting, err := cache.Waiting()
	if err != nil {
		return []string{err.Error()}
	}
	var all []string
	for _, feed := range feeds {
		there := slices.ContainsFunc(packs, func(p storage.InForce) bool { return p.Feed == feed })
		for _, w := range waiting {
			if w.Feed == feed {
				all = append(all, waitingSentence(w)+"\nhint: bring another stick, or the same one again")
				there = true
			}
		}
		if !there {
			all = append(all, fmt.Sprintf("no pack of the feed %s is installed\nhint: put the operator's stick in, or `entracte install FOLDER`", feed))
		}
		for _, s := range skips {
			if s.Feed == feed {
				all = append(all, feed+": "+sentence(s))
			}
		}
	}
	return all
}

// waitingSentence says what is missing of a pack.
func waitingSentence(w storage.Waiting) string {
	return fmt.Sprintf("pack %s of %s is waiting for media: %d files, %s", w.Version, w.Feed, w.Files, storage.Megabytes(w.Bytes))
}

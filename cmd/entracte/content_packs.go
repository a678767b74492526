package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"entracte/player"
	"entracte/player/control"
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

// lastDay is the day in which an end falls: midnight ends the day before.
func lastDay(end time.Time) plan.Date {
	d := plan.DateOf(end)
	if h, m, s := end.Clock(); h+m+s == 0 {
		d = d.AddDays(-1)
	}
	return d
}

// endBy lets no campaign of a feed play from a day on.
func endBy(f *plan.Feed, to plan.Date) {
	for i := range f.Campaigns {
		if flight := &f.Campaigns[i].Flight; flight.To.IsZero() || to.Before(flight.To) {
			flight.To = to
		}
	}
}

// packsLeft is about the feeds that the config names: what is missing of them, and what
// of them cannot be shown.
func packsLeft(cache *storage.Cache, feeds []string) absence {
	if len(feeds) == 0 {
		return absence{}
	}
	packs, err1 := cache.Packs()
	skips, err2 := cache.LeftOut()
	waiting, err3 := cache.Waiting()
	barred, err4 := cache.Distrusted()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return absence{notices: []player.Notice{{Concern: unread, Details: []string{err.Error()}}}}
	}
	var out absence
	for _, feed := range feeds {
		there := slices.ContainsFunc(packs, func(p storage.InForce) bool { return p.Feed == feed })
		for _, w := range waiting {
			if w.Feed == feed {
				out.add(waitingFor(w))
				there = true
			}
		}
		for _, b := range barred {
			if b.Feed == feed {
				out.add(noLongerTrusted(b))
				there = true
			}
		}
		if !there {
			out.refusals = append(out.refusals, refuse(feed, "", codeNoPack, ""))
			out.notices = append(out.notices, player.Notice{Concern: noPack, Names: []string{feed}, Details: []string{
				fmt.Sprintf("no pack of the feed %s is installed\nhint: put the operator's stick in, or `entracte install FOLDER`", feed)}})
		}
		of := slices.DeleteFunc(slices.Clone(skips), func(s storage.Skip) bool { return s.Feed != feed })
		out.add(leftOf(feed, feed+": ", of))
	}
	return out
}

// noLongerTrusted is about a pack whose key was taken out of the config.
func noLongerTrusted(of storage.InForce) absence {
	return absence{
		[]player.Notice{{Concern: distrusted, Names: []string{of.Feed}, Details: []string{
			fmt.Sprintf("pack %s of %s rests: content.trust names its key no more\nhint: put the operator's key back into content.trust, or a pack of the new key in", of.Version, of.Feed)}}},
		[]control.Refusal{refuse(of.Feed, "", codeUntrusted, "", of.Version)},
	}
}

// waitingFor is about a pack of which something is missing.
func waitingFor(w storage.Waiting) absence {
	return absence{
		[]player.Notice{{Concern: packWaits, Files: w.Files, Names: []string{w.Feed}, Details: []string{
			waitingSentence(w) + "\nhint: bring another stick, or the same one again"}}},
		[]control.Refusal{refuse(w.Feed, "", codeWaiting, "", w.Version,
			words{nounFile.counted("fr", w.Files), nounFile.counted("en", w.Files)}, words{sizeIn("fr", w.Bytes), sizeIn("en", w.Bytes)})},
	}
}

// waitingSentence says what is missing of a pack.
func waitingSentence(w storage.Waiting) string {
	return fmt.Sprintf("pack %s of %s is waiting for media: %s, %s", w.Version, w.Feed, nounFile.counted("en", w.Files), storage.Megabytes(w.Bytes))
}

package storage

import (
	"context"
	"slices"

	"entracte/scheduler/plan"
)

// An examiner asks a probe about media, one after the other, while others are still
// being copied.
type examiner struct {
	cache *Cache
	probe Probe
	// known are media that have passed before.
	known map[string]origin
	todo  chan string
	done  chan struct{}
	asked map[string]result
}

// examiner starts one that is told of at most n media. ctx ends it.
func (c *Cache) examiner(ctx context.Context, probe Probe, known map[string]origin, n int) *examiner {
	e := &examiner{c, probe, known, make(chan string, n), make(chan struct{}), make(map[string]result)}
	go func() {
		defer close(e.done)
		for sha := range e.todo {
			if ctx.Err() == nil {
				_, _ = e.ask(ctx, sha) // it is asked again if ctx ended it
			}
		}
	}()
	return e
}

// wait waits for the answers about all media it was told of.
func (e *examiner) wait() {
	close(e.todo)
	<-e.done
}

// ask asks about one medium, once; the error is ctx's.
func (e *examiner) ask(ctx context.Context, sha string) (result, error) {
	if known, ok := e.asked[sha]; ok {
		return known, nil
	}
	r := result{origin: origin{SHA256: sha}}
	if e.known[sha].SHA256 == sha {
		r.origin = e.known[sha]
	} else if e.probe != nil {
		var err error
		if r.origin.Runs, err = e.probe(ctx, e.cache.mediaPath(sha)); ctx.Err() != nil {
			return r, ctx.Err()
		} else if err != nil {
			r.reason = err.Error()
		}
	}
	e.asked[sha] = r
	return r, nil
}

// examine leaves out of the feed of a pack what the probe refuses, and notes what
// passed.
func (e *examiner) examine(ctx context.Context, r *record) error {
	all := r.Feed.Campaigns
	r.Feed.Campaigns, r.LeftOut, r.Sources = nil, nil, make(map[string]origin)
	for _, campaign := range all {
		skips, err := leaveOut(&campaign, r.Feed.Name, func(sha string) (result, error) {
			one, err := e.ask(ctx, sha)
			if one.reason == "" {
				r.Sources[sha] = one.origin
			}
			return one, err
		})
		if err != nil {
			return err
		}
		r.LeftOut = append(r.LeftOut, skips...)
		if len(campaign.Creatives) > 0 {
			r.Feed.Campaigns = append(r.Feed.Campaigns, campaign)
		}
	}
	return nil
}

// Reexamine asks probe about the media of the feeds that [Recover] put in force again,
// and reports whether it left anything out. ctx may end it; then what was not asked
// about yet is by the next call.
func (c *Cache) Reexamine(ctx context.Context, probe Probe) (changed bool, err error) {
	// Mostly there are none, and a reception may take hours.
	all, err := c.records()
	if err != nil || !slices.ContainsFunc(all, (*record).unprobed) {
		return false, err
	}
	select {
	case c.receiving <- struct{}{}:
		defer func() { <-c.receiving }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	all, err = c.records()
	for _, r := range all {
		if !r.unprobed() {
			continue
		}
		e := c.examiner(ctx, probe, r.Sources, 0)
		e.wait()
		if err := e.examine(ctx, r); err != nil {
			return changed, err
		}
		r.Pack.Unprobed = false
		if err := c.put(r); err != nil {
			return changed, err
		}
		changed = changed || len(r.LeftOut) > 0
	}
	return changed, err
}

// unprobed reports whether nobody asked about the media of a pack since cache.db was lost.
func (r *record) unprobed() bool { return r.Pack != nil && r.Pack.Unprobed }

// LeftOut is what of the packs in force cannot be shown, by feed.
func (c *Cache) LeftOut() ([]Skip, error) {
	all, err := c.records()
	var skips []Skip
	for _, r := range all {
		skips = append(skips, r.LeftOut...)
	}
	return skips, err
}

// leaveOut takes the creatives out of a campaign whose medium was refused, and says
// why.
func leaveOut(c *plan.Campaign, feed string, ask func(sha string) (result, error)) (skips []Skip, err error) {
	all := c.Creatives
	c.Creatives = nil
	for _, cr := range all {
		sha, file := cr.SHA256, cr.File
		if cr.Card != nil {
			sha, file = cr.Card.PictureSHA256, cr.Card.Picture
		}
		var r result
		if sha != "" {
			if r, err = ask(sha); err != nil {
				return nil, err
			}
		}
		if r.reason != "" {
			skips = append(skips, Skip{Feed: feed, Campaign: c.ID, Creative: cr.ID, File: file, Reason: r.reason})
			continue
		}
		if runs := r.origin.Runs; runs > 0 && (cr.Length == 0 || runs < cr.Length) {
			cr.Length = runs // no film shows longer than it is
		}
		c.Creatives = append(c.Creatives, cr)
	}
	if len(c.Creatives) == 0 {
		skips = append(skips, Skip{Feed: feed, Campaign: c.ID, Reason: "none of its creatives can be shown"})
	}
	return skips, nil
}

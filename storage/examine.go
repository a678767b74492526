package storage

import (
	"context"
	"errors"
	"slices"
	"sync"

	"entracte/scheduler/plan"
)

// asking is how many media are asked about at once: each may take a processor and half
// a gigabyte, and the show goes on beside it.
const asking = 2

// An examiner asks a probe about media while others are still being copied.
type examiner struct {
	cache *Cache
	probe Probe
	// known are media that have passed before.
	known map[string]origin
	todo  chan string
	early sync.WaitGroup
	mu    sync.Mutex
	asked map[string]result
}

// examiner starts one that is told of at most n media. ctx ends it.
func (c *Cache) examiner(ctx context.Context, probe Probe, known map[string]origin, n int) *examiner {
	e := &examiner{cache: c, probe: probe, known: known, todo: make(chan string, n), asked: make(map[string]result)}
	for range min(asking, n) {
		e.early.Go(func() {
			for sha := range e.todo {
				// Who was too slow may have waited for the card that is copied to, and
				// who was ended by ctx said nothing: both are asked again.
				if ctx.Err() != nil {
					continue
				}
				if r, err := e.look(ctx, sha); err == nil && !r.slow {
					e.answer(sha, r)
				}
			}
		})
	}
	return e
}

// wait waits for the early answers about all media it was told of.
func (e *examiner) wait() {
	close(e.todo)
	e.early.Wait()
}

// ask asks about one medium, once; the error is ctx's.
func (e *examiner) ask(ctx context.Context, sha string) (result, error) {
	e.mu.Lock()
	r, ok := e.asked[sha]
	e.mu.Unlock()
	if ok {
		return r, nil
	}
	r, err := e.look(ctx, sha)
	if err == nil {
		e.answer(sha, r)
	}
	return r, err
}

func (e *examiner) answer(sha string, r result) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked[sha] = r
}

func (e *examiner) look(ctx context.Context, sha string) (result, error) {
	r := result{origin: origin{SHA256: sha}}
	if e.known[sha].SHA256 == sha {
		r.origin = e.known[sha]
		return r, nil
	}
	if e.probe == nil {
		return r, nil
	}
	var err error
	if r.origin.Runs, err = e.probe(ctx, e.cache.mediaPath(sha)); ctx.Err() != nil {
		return r, ctx.Err()
	} else if err != nil {
		var late interface{ Timeout() bool }
		r.reason, r.slow = err.Error(), errors.As(err, &late) && late.Timeout()
	}
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
	all, err := c.trusted()
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

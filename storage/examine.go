package storage

import (
	"context"

	"entracte/scheduler/plan"
)

// examine leaves out of the feed of a pack what the probe refuses. Its Sources are what
// is known to pass; after it they are what of this feed does.
func (c *Cache) examine(ctx context.Context, r *record, probe Probe) error {
	before, asked := r.Sources, make(map[string]result)
	r.Sources = make(map[string]origin)
	ask := func(sha string) (result, error) {
		if known, ok := asked[sha]; ok {
			return known, nil
		}
		one := result{origin: origin{SHA256: sha}}
		if before[sha].SHA256 == sha {
			one.origin = before[sha]
		} else if probe != nil {
			var err error
			if one.origin.Runs, err = probe(ctx, c.mediaPath(sha)); ctx.Err() != nil {
				return one, ctx.Err()
			} else if err != nil {
				one.reason = err.Error()
			}
		}
		if asked[sha] = one; one.reason == "" {
			r.Sources[sha] = one.origin
		}
		return one, nil
	}
	all := r.Feed.Campaigns
	r.Feed.Campaigns = nil
	for _, campaign := range all {
		skips, err := leaveOut(&campaign, r.Feed.Name, ask)
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
	select {
	case c.receiving <- struct{}{}:
		defer func() { <-c.receiving }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	all, err := c.records()
	for _, r := range all {
		if r.Pack == nil || !r.Pack.Unprobed {
			continue
		}
		if err := c.examine(ctx, r, probe); err != nil {
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

package storage

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"iter"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/pack"
)

// A record is what cache.db holds of one feed.
type record struct {
	Feed plan.Feed
	// Sources are the files the media came from, by name in the source folder.
	Sources map[string]origin `json:",omitempty"`
	// Pack is the pack it came with; nil if it came from a folder. Its sources are
	// named by their digests.
	Pack *accepted `json:",omitempty"`
	// LeftOut is what of the pack cannot be shown.
	LeftOut []Skip `json:",omitempty"`
}

// An origin is a source file as it was when its copy passed the probe: the same
// size and time mean that it need not be read again.
type origin struct {
	Size int64
	// Time is the modification time in Unix nanoseconds; 0 where the source has none.
	Time   int64
	SHA256 string
	// Runs is the length of a film.
	Runs time.Duration `json:",omitzero"`
}

// media yields the digests the feed refers to.
func (r *record) media() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range r.Feed.Campaigns {
			for _, cr := range c.Creatives {
				if cr.SHA256 != "" && !yield(cr.SHA256) {
					return
				}
				if cr.Card != nil && cr.Card.PictureSHA256 != "" && !yield(cr.Card.PictureSHA256) {
					return
				}
			}
		}
	}
}

func decodeRecord(b []byte) (*record, error) {
	r := new(record)
	if err := json.Unmarshal(b, r); err != nil {
		return nil, err
	}
	return r, nil
}

// put makes r the feed of its name in force: the commit point of every install.
func (c *Cache) put(r *record) error {
	if err := checkKey(r.Feed.Name); err != nil {
		return err
	}
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("feed %q: %w", r.Feed.Name, err)
	}
	if err := c.index.put(feedsBucket, r.Feed.Name, b); err != nil {
		return err
	}
	c.lending.release(r.Feed.Name)
	return nil
}

// record returns the feed of a name, or nil if there is none.
func (c *Cache) record(name string) (*record, error) {
	if err := checkKey(name); err != nil {
		return nil, err
	}
	if r := c.lending.feed(name); r != nil {
		return r, nil
	}
	b, err := c.index.get(feedsBucket, name)
	if err != nil || b == nil {
		return nil, err
	}
	return decodeRecord(b)
}

// records returns all feeds by name.
func (c *Cache) records() (all []*record, err error) {
	err = c.index.each(feedsBucket, func(b []byte) error {
		r, err := decodeRecord(b)
		if err != nil {
			return err
		}
		all = append(all, r)
		return nil
	})
	return c.lending.over(all), err
}

// Plan returns the plan in force: every installed feed, sorted by name, but those of
// [Cache.Distrusted]. The caller owns it.
func (c *Cache) Plan() (plan.Plan, error) {
	var p plan.Plan
	all, err := c.trusted()
	for _, r := range all {
		p.Feeds = append(p.Feeds, r.Feed)
	}
	if err != nil {
		return plan.Plan{}, err
	}
	return p, nil
}

// Feed returns the feed in force of that name, and whether there is one.
func (c *Cache) Feed(name string) (plan.Feed, bool, error) {
	r, err := c.record(name)
	if err != nil || r == nil || !c.trusts(r) {
		return plan.Feed{}, false, err
	}
	return r.Feed, true, nil
}

// RemoveFeed takes a feed out of force, with the packs that are kept of it. Its media
// stay until the next Sweep. A feed that is not there is fine.
func (c *Cache) RemoveFeed(name string) error {
	if err := checkKey(name); err != nil {
		return err
	}
	if n, err := pack.ParseName(name); err == nil {
		// First: a pack that is kept and not in force is put in force by Recover.
		s := c.shelf(n)
		if err := eachFile(c.disk, s.dir, func(path string, _ fs.DirEntry) error { return c.disk.Remove(path) }); err != nil {
			return disk.Explain("cannot remove the packs in", s.dir, err)
		}
	}
	c.lending.release(name)
	return c.index.put(feedsBucket, name, nil)
}

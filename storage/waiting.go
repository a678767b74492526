package storage

import (
	"cmp"
	"slices"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// Waiting is a pack that waits for media.
type Waiting struct {
	// Feed is "org/feed", Version "0001-00000042".
	Feed, Version string
	// Files and Bytes are what is missing.
	Files int
	Bytes int64
}

// Waiting returns the newest pack of each feed that waits for media, by feed.
func (c *Cache) Waiting() ([]Waiting, error) {
	var all []Waiting
	shelves, err := c.shelves()
	for n, s := range shelves {
		versions, err := s.versions(blobsSuffix)
		if err != nil {
			return nil, disk.Explain("cannot read", s.dir, err)
		}
		r, err := c.record(n.String())
		if err != nil {
			return nil, err
		}
		trusted := r != nil && r.Pack != nil && c.trusts(r)
		versions = slices.DeleteFunc(versions, func(v pack.Version) bool { return c.forsaken(s, v, r) })
		if len(versions) == 0 || trusted && versions[0].Compare(r.Pack.version()) <= 0 {
			continue
		}
		blobs, err := s.blobs(versions[0])
		if err != nil {
			return nil, disk.Explain("cannot read", s.dir, err)
		}
		w := Waiting{Feed: n.String(), Version: versions[0].String()}
		for _, b := range c.missing(blobs) {
			w.Files++
			w.Bytes += b.Size
		}
		if w.Files > 0 {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(a, b Waiting) int { return cmp.Compare(a.Feed, b.Feed) })
	return all, disk.Explain("cannot read", c.packsDir(), err)
}

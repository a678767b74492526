package storage

import (
	"errors"
	"fmt"
	"slices"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// Reserve is how much of a disk of that size stays free: for the play log, cache.db
// and the system. A twentieth, and at most 512 MB.
func Reserve(total int64) int64 { return min(total/20, 512<<20) }

// fits fails with [ErrNoSpace] if a file of so many bytes would take what is reserved. A
// folder of which nobody can say how much is free takes all.
func (c *Cache) fits(size int64) error {
	free, total, err := c.room(c.dir)
	if err != nil || size+Reserve(total) <= free {
		return nil
	}
	return &disk.Fault{
		Kind: ErrNoSpace,
		Fact: fmt.Sprintf("cannot store %s in %s: %s are free, of which %s stay free for everything else", Megabytes(size), c.mediaDir(), Megabytes(free), Megabytes(Reserve(total))),
		Hint: "remove what is not needed, or use a larger card",
	}
}

// makeRoom fails with [ErrNoSpace] if what is missing does not fit. Before it gives
// up it removes what nobody needs, then the packs before those in force, then those of
// feeds that this screen no longer listens to.
func (r *reception) makeRoom() error {
	var need int64
	for _, p := range r.parts {
		need += p.blob.Size - p.offset
	}
	if need == 0 {
		return nil
	}
	for _, remove := range []func() error{
		func() error { return nil },
		func() error { return r.sweep() },
		func() error { return errors.Join(r.forgetOlder(), r.sweep()) },
		func() error { return errors.Join(r.forgetOthers(), r.sweep()) },
	} {
		if err := remove(); err != nil {
			return err
		}
		free, total, err := r.cache.room(r.cache.dir)
		if errors.Is(err, errors.ErrUnsupported) {
			return nil
		}
		if err != nil {
			return disk.Explain("cannot see how much is free in", r.cache.dir, err)
		}
		r.free, r.reserved = free, Reserve(total)
		if need+r.reserved <= free {
			return nil
		}
	}
	return &disk.Fault{
		Kind: ErrNoSpace,
		Fact: fmt.Sprintf("pack %s of feed %s needs %s more; %s are free, of which %s stay free for everything else",
			r.pack.Version, r.pack.Name, Megabytes(need), Megabytes(r.free), Megabytes(r.reserved)),
		Hint: "what was in force stays in force; use a larger card, or ask the operator for a smaller pack",
	}
}

func (r *reception) sweep() error {
	_, _, err := r.cache.Sweep(r.Keep...)
	return err
}

// forgetOlder gives up the packs that are only kept because they were in force.
func (r *reception) forgetOlder() error {
	shelves, err := r.cache.shelves()
	if err != nil {
		return err
	}
	for n, s := range shelves {
		now, err := r.cache.record(n.String())
		if err != nil {
			return err
		}
		if now == nil || now.Pack == nil {
			continue
		}
		keep := []pack.Version{now.Pack.version()}
		if n == r.pack.Name {
			keep = append(keep, r.pack.Version)
		}
		if err := s.prune(false, keep...); err != nil {
			return disk.Explain("cannot remove old packs from", s.dir, err)
		}
	}
	return nil
}

// forgetOthers gives up the packs of feeds that this screen no longer listens to.
func (r *reception) forgetOthers() error {
	if len(r.Feeds) == 0 {
		return nil
	}
	shelves, err := r.cache.shelves()
	if err != nil {
		return err
	}
	for n := range shelves {
		if n == r.pack.Name || slices.Contains(r.Feeds, n.String()) {
			continue
		}
		if err := r.cache.RemoveFeed(n.String()); err != nil {
			return err
		}
	}
	return nil
}

// Megabytes writes a number of bytes as people say it: "312 MB", "1.4 GB".
func Megabytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1000_000:
		return fmt.Sprintf("%d kB", n/1000)
	case n < 1000_000_000:
		return fmt.Sprintf("%d MB", n/1000_000)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

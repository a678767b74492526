package storage

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

const (
	// openMark is a file that is there while a process has the cache open, and
	// after one that did not end in order.
	openMark = indexFile + ".open"
	// asidePrefix begins the names of damaged indexes, which a number ends.
	asidePrefix = indexFile + ".bad-"
	keptAside   = 2
	checkWithin = 20 * time.Second
)

// Check opens the cache of a data folder, reads every page and every value, and
// closes it. It is for a process of its own: bbolt trusts its file, and a damaged one
// may end the process that reads it. [ErrInUse] if a player has it open.
func Check(dir string) error {
	x := &boltIndex{path: filepath.Join(dir, indexFile)}
	if err := x.open(); err != nil {
		return err
	}
	err := x.view(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			return damaged(x.path, err)
		}
		return nil
	})
	return errors.Join(err, x.close())
}

// Recovery is how a cache is opened whatever state it was left in.
type Recovery struct {
	// Check examines the cache of a data folder in another process, with [Check];
	// it is asked after a process that had it open did not close it. An error means
	// that the file is damaged, unless it is [ErrInUse] or nobody could ask. nil:
	// the file is opened right away.
	Check func(ctx context.Context, dir string) error
	// Trust are the keys of the config, by which the manifests of packs are verified
	// again. A pack in force that goes back to another key is not shown any more, and
	// its number holds back no pack of these.
	Trust pack.Keys
}

// Recovered is what Recover had to do; the zero value is nothing.
type Recovered struct {
	// Aside is the damaged file under its new name, "" if there is none, and Damage
	// what was wrong with it.
	Aside  string
	Damage error
	// Feeds are the feeds put in force again from the packs that are stored.
	Feeds []string
	// Lost are errors about packs that could not be, one for each.
	Lost []error
}

// Recover opens a cache as Open does, also one that is damaged: that file is set
// aside, the last two such are kept, and the feeds that came in packs are put in
// force again, each the highest version that is stored with all its media, once its
// signature verified again. Feeds that came from folders and the named values are
// lost. The same file is never tried again.
//
// An error is one that no new file would help: another player is running, or the card
// cannot be written.
func Recover(ctx context.Context, dir string, o Recovery) (*Cache, Recovered, error) {
	var found Recovered
	var err error
	if o.Check != nil && exists(disk.OS, filepath.Join(dir, openMark)) && exists(disk.OS, filepath.Join(dir, indexFile)) {
		checkCtx, cancel := context.WithTimeout(ctx, checkWithin)
		err = o.Check(checkCtx, dir)
		cancel()
		switch {
		case ctx.Err() != nil:
			return nil, found, ctx.Err()
		case errors.Is(err, ErrInUse):
			return nil, found, err
		}
	}
	var c *Cache
	if err == nil {
		c, err = Open(dir)
	} else if !errors.Is(err, ErrDamaged) {
		err = damaged(filepath.Join(dir, indexFile), err)
	}
	if errors.Is(err, ErrDamaged) {
		found.Damage = err
		if found.Aside, err = setAside(disk.OS, dir); err != nil {
			return nil, found, err
		}
		c, err = Open(dir)
	}
	if err != nil {
		return nil, found, err
	}
	c.trust = &o.Trust
	for _, d := range []string{c.packsDir(), c.keysDir("")} {
		_ = c.tidy(d) // it may not be there; and what stays only takes room
	}
	found.Feeds, found.Lost = c.rebuild(o.Trust)
	return c, found, nil
}

// setAside gives a damaged index another name.
func setAside(d disk.Disk, dir string) (string, error) {
	entries, err := d.ReadDir(dir)
	if err != nil {
		return "", disk.Explain("cannot read", dir, err)
	}
	var numbers []int
	for _, e := range entries {
		if text, ok := strings.CutPrefix(e.Name(), asidePrefix); ok {
			if n, err := strconv.Atoi(text); err == nil && n > 0 {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	next := 1
	if n := len(numbers); n > 0 {
		next = numbers[n-1] + 1
	}
	aside := filepath.Join(dir, asidePrefix+strconv.Itoa(next))
	if err := d.Rename(filepath.Join(dir, indexFile), aside); err != nil {
		return "", disk.Explain("cannot set aside the damaged file", filepath.Join(dir, indexFile), err)
	}
	for len(numbers) >= keptAside {
		_ = d.Remove(filepath.Join(dir, asidePrefix+strconv.Itoa(numbers[0]))) // no harm if it stays
		numbers = numbers[1:]
	}
	return aside, disk.Explain("cannot set aside", aside, d.SyncDir(dir))
}

// rebuild puts the feeds in force that have packs and are in force in no version. It
// is done at every start: the power may go between the loss and the end of this.
func (c *Cache) rebuild(trust pack.Keys) (feeds []string, lost []error) {
	shelves, err := c.shelves()
	if err != nil {
		return nil, []error{disk.Explain("cannot read", c.packsDir(), err)}
	}
	names := make([]pack.Name, 0, len(shelves))
	for n := range shelves {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b pack.Name) int { return strings.Compare(a.String(), b.String()) })
	for _, n := range names {
		if r, err := c.record(n.String()); err != nil || r != nil {
			continue
		}
		r, errs := c.restore(shelves[n], n, trust)
		lost = append(lost, errs...)
		if r == nil {
			continue
		}
		if err := c.put(r); err != nil {
			lost = append(lost, err)
		} else if len(r.Feed.Campaigns) > 0 {
			feeds = append(feeds, n.String())
		}
	}
	return feeds, lost
}

// restore reads the packs that are stored of a feed, newest first. The newest that
// verifies is the version that others must follow; the newest with all its media is
// what is shown. nil if none verifies.
func (c *Cache) restore(s shelf, n pack.Name, trust pack.Keys) (r *record, lost []error) {
	versions, err := s.versions(manifestSuffix)
	if err != nil {
		return nil, []error{disk.Explain("cannot read", s.dir, err)}
	}
	all, err := c.generations(trust, n.Org)
	if err != nil {
		lost = append(lost, err)
	}
	for _, v := range versions {
		p, err := s.verify(n, v, all)
		if err != nil {
			lost = append(lost, fmt.Errorf("pack %s of feed %s is not restored: %w", v, n, err))
			continue
		}
		if r == nil {
			r = &record{Feed: p.Feed, Pack: acceptedFrom(p)}
			r.Feed.Campaigns, r.Feed.Revision = nil, ""
			r.Pack.Unprobed = true
		}
		if missing := c.missing(p.Blobs); len(missing) > 0 {
			lost = append(lost, fmt.Errorf("pack %s of feed %s is not restored: media that are gone: %d", v, n, len(missing)))
			continue
		}
		r.Feed = p.Feed
		return r, lost
	}
	return r, lost
}

// parse reads and verifies a pack that is stored.
func (s shelf) parse(n pack.Name, v pack.Version, keys pack.Keys) (*pack.Pack, error) {
	manifest, err := s.read(v, manifestSuffix)
	if err != nil {
		return nil, err
	}
	signature, err := s.read(v, signatureSuffix)
	if err != nil {
		return nil, err
	}
	return pack.Parse(manifest, signature, n, v, keys)
}

// mark says that a process has the cache open. Where a full card has no room for that,
// the next start does without the check.
func (c *Cache) mark() {
	f, err := c.disk.Create(filepath.Join(c.dir, openMark))
	if err == nil {
		f.Close()
		_ = c.disk.SyncDir(c.dir)
	}
}

// unmark says that the cache was closed in order. That need not last: without it the
// next start checks once more than it must.
func (c *Cache) unmark() { _ = c.disk.Remove(filepath.Join(c.dir, openMark)) }

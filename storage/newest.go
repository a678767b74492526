package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// maxTried bounds how many packs of one source are read until one verifies: a folder
// can name tens of thousands, and each manifest may have megabytes.
const maxTried = 16

// Newest reads the newest pack of a feed that a source has and that verifies, by the
// keys of the config and the generations of keys that were made of them. New
// generations that the source brings are kept, whatever becomes of its packs: they end a
// key that was lost, and that cannot wait for a pack. passed says why newer ones that the
// source has were passed over. If none of the newest 16 verifies, the error is that of
// the newest.
func (c *Cache) Newest(ctx context.Context, src pack.Source, n pack.Name, config pack.Keys) (p *pack.Pack, passed []error, err error) {
	// Kept keys that no longer verify, because the config names others now or a file
	// rotted, are as none: the source may bring them again. An old key that the config
	// still names gains nothing, for what is in force has a later generation.
	keys, keptErr := c.Keys(config, n.Org)
	if keptErr != nil {
		keptErr = fmt.Errorf("the keys of %s that were kept do not verify: %w", n.Org, keptErr)
	}
	keys, applied, keysErr := pack.Advance(ctx, src, n.Org, keys)
	for _, set := range applied {
		if err := c.KeepKeys(set); err != nil {
			return nil, nil, err
		}
	}
	versions, err := pack.Find(ctx, src, n)
	if err != nil {
		return nil, nil, err
	}
	for _, v := range versions[:min(len(versions), maxTried)] {
		p, err := pack.Read(ctx, src, n, v, keys)
		switch {
		case err == nil:
			return p, passed, nil
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			err = &disk.Fault{
				Kind: pack.ErrNotPack,
				Fact: fmt.Sprintf("pack %s of feed %s is named, but is not there", v, n),
				Hint: "the copy was not finished: copy the pack again",
			}
		}
		passed = append(passed, err)
	}
	if keysErr != nil && versions[0].Gen > max(1, keys.Generation(n.Org)) {
		return nil, nil, errors.Join(keysErr, keptErr) // the keys are there, and do not count
	}
	// Keys that do not apply may be why.
	return nil, nil, errors.Join(passed[0], keysErr, keptErr)
}

// InForce is a pack that is in force.
type InForce struct {
	// Feed is "org/feed", Version "0001-00000042".
	Feed, Version string
	// IssuedAt is when it was signed, NotAfter when it must no longer be shown,
	// zero if never.
	IssuedAt, NotAfter time.Time
	// StaleAfter is for how much powered-on time after it came into force it may be
	// shown; 0 if for ever.
	StaleAfter time.Duration
}

// Packs are the packs in force, by feed.
func (c *Cache) Packs() ([]InForce, error) {
	all, err := c.trusted()
	return packsOf(all), err
}

func packsOf(all []*record) (packs []InForce) {
	for _, r := range all {
		if a := r.Pack; a != nil {
			packs = append(packs, InForce{r.Feed.Name, a.version().String(), a.IssuedAt, a.NotAfter, a.StaleAfter})
		}
	}
	return packs
}

package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// A Probe says whether the medium at path can be shown, and how long it runs if it
// is a film, 0 for anything else; a nil error means it can. It is asked about the
// local copy, never about the source, and about two media at once. If the error has a
// Timeout method that says true, a medium that is copied meanwhile is asked about once
// more when the copy is over.
type Probe func(ctx context.Context, path string) (time.Duration, error)

// A Skip is content that was left out of the plan, and why. Creative and File are
// empty when a whole campaign was.
type Skip struct {
	Feed, Campaign, Creative, File string
	// Reason is a sentence without its full stop; it may end in a hint line.
	Reason string
}

// Install copies the media of a feed from fsys into the store, asks probe about
// each copy, and then puts the feed in force in one transaction, in place of the
// one of the same name. It returns the feed as it is in force: with the digests
// filled in, and without what was skipped.
//
// A creative whose file is missing, is no regular file, cannot be read, changes
// while it is copied, is larger than [MaxMedia] or fails the probe is skipped
// with its reason, and so is a campaign left without creatives. A file of the
// same name, size and time as at the last install is neither read nor probed
// again. A nil probe lets everything pass.
//
// Where the store cannot be written, a feed that is not stored yet is shown from where
// its files lie, if fsys is a folder of the system's, and [Cache.Lent] says so: an ad
// is worth more than its copy.
//
// An error means that nothing changed: the store could not be written, ctx ended,
// or the whole source folder is gone. Take fsys from an [os.Root], which no
// symbolic link leads out of.
func (c *Cache) Install(ctx context.Context, feed plan.Feed, fsys fs.FS, probe Probe) (plan.Feed, []Skip, error) {
	c.store.RLock()
	defer c.store.RUnlock()
	before, err := c.record(feed.Name)
	if err != nil {
		return plan.Feed{}, nil, err
	}
	in := &install{cache: c, fsys: fsys, probe: probe, feed: feed.Name, seen: make(map[string]result)}
	in.lends = before == nil || c.lending.feed(feed.Name) != nil
	if before != nil {
		in.before = before.Sources
	}
	after := &record{Feed: feed, Sources: make(map[string]origin)}
	after.Feed.Campaigns = nil
	for _, campaign := range feed.Campaigns {
		if err := in.campaign(ctx, &campaign); err != nil {
			return plan.Feed{}, nil, err
		}
		if len(campaign.Creatives) > 0 {
			after.Feed.Campaigns = append(after.Feed.Campaigns, campaign)
		}
	}
	if len(in.skips) > 0 {
		// One file that fails is skipped. All of them, with their folder, is a
		// drive that was pulled, and no reason to take ads off the screen.
		if _, err := fs.Stat(fsys, "."); err != nil {
			return plan.Feed{}, in.skips, &disk.Fault{
				Fact:  fmt.Sprintf("the folder of feed %q went away while it was copied", feed.Name),
				Hint:  "what was in force stays in force; bring the folder back and install again",
				Cause: err,
			}
		}
	}
	for name, r := range in.seen {
		if r.reason == "" && r.origin.Time != 0 {
			after.Sources[name] = r.origin
		}
	}
	if in.full == nil {
		err = c.put(after)
		if err == nil || !in.lends || !isOurs(err) {
			return after.Feed, in.skips, err
		}
		in.full = err
	}
	return after.Feed, in.skips, c.lending.hold(after, in.full)
}

// An install is one run of Install.
type install struct {
	cache  *Cache
	fsys   fs.FS
	probe  Probe
	feed   string
	before map[string]origin
	// lends: files may stay where they are; full is why they must, nil while they are
	// copied.
	lends bool
	full  error
	// seen holds what became of every file of this run.
	seen  map[string]result
	skips []Skip
}

// A result is what became of one source file: stored, or left out for a reason.
type result struct {
	origin origin
	// reason is why it is left out.
	reason string
	// slow says that the probe gave up waiting.
	slow bool
}

// campaign replaces the creatives of a campaign by those that can be shown.
func (in *install) campaign(ctx context.Context, c *plan.Campaign) error {
	creatives := c.Creatives
	c.Creatives = nil
	for _, cr := range creatives {
		skip := Skip{Feed: in.feed, Campaign: c.ID, Creative: cr.ID}
		var err error
		skip.File, skip.Reason, err = in.creative(ctx, &cr)
		if err != nil {
			return err
		}
		if skip.Reason != "" {
			in.skips = append(in.skips, skip)
			continue
		}
		c.Creatives = append(c.Creatives, cr)
	}
	if len(c.Creatives) == 0 {
		in.skips = append(in.skips, Skip{Feed: in.feed, Campaign: c.ID, Reason: "none of its creatives can be shown"})
	}
	return nil
}

// creative stores the media of a creative and fills in their digests, or returns
// the file it could not use and why.
func (in *install) creative(ctx context.Context, cr *plan.Creative) (name, reason string, err error) {
	if cr.Card != nil {
		card := *cr.Card // the caller's stays as it is
		cr.Card, cr.SHA256 = &card, ""
		if card.Picture == "" {
			card.PictureSHA256 = ""
			return "", "", nil
		}
		r, err := in.file(ctx, card.Picture)
		card.PictureSHA256 = r.origin.SHA256
		return card.Picture, r.reason, err
	}
	if cr.File == "" {
		return "", "it names neither a file nor a card", nil
	}
	r, err := in.file(ctx, cr.File)
	cr.SHA256 = r.origin.SHA256
	if runs := r.origin.Runs; runs > 0 && (cr.Length == 0 || runs < cr.Length) {
		cr.Length = runs // no film shows longer than it is, and turns are planned by it
	}
	return cr.File, r.reason, err
}

// file stores one source file, once a run.
func (in *install) file(ctx context.Context, name string) (result, error) {
	if r, ok := in.seen[name]; ok {
		return r, nil
	}
	o, err := in.fetch(ctx, name)
	r := result{origin: o}
	var from *sourceError
	var failed *probeError
	switch {
	case ctx.Err() != nil:
		return result{}, ctx.Err()
	case errors.As(err, &from):
		r = result{reason: sentence(from.err)}
	case errors.As(err, &failed):
		r = result{reason: failed.Error()}
	case err != nil:
		return result{}, err
	}
	in.seen[name] = r
	return r, nil
}

// fetch copies and probes one source file. Trouble with the file is a sourceError
// or a probeError; any other error is ours.
func (in *install) fetch(ctx context.Context, name string) (origin, error) {
	i, err := in.regular(name)
	if err != nil {
		return origin{}, &sourceError{err}
	}
	o := asOf(i)
	if b, ok := in.before[name]; ok && b.Size == o.Size && b.Time == o.Time && (in.cache.holds(b) || in.stays(b)) {
		return b, nil
	}
	f, err := in.fsys.Open(name)
	if err != nil {
		return origin{}, &sourceError{err}
	}
	defer f.Close()
	sha, size, path, err := in.copyOrLend(ctx, name, f, o.Size)
	if err != nil {
		return origin{}, err
	}
	if i, err = in.regular(name); err != nil {
		return origin{}, &sourceError{err}
	}
	if size != o.Size || asOf(i) != o {
		return origin{}, &sourceError{errors.New("it was changed while it was copied")}
	}
	o.SHA256 = sha
	if in.probe != nil {
		if o.Runs, err = in.probe(ctx, path); err != nil {
			return origin{}, &probeError{err}
		}
	}
	return o, nil
}

// asOf is a source file as it is now, but for its digest.
func asOf(i fs.FileInfo) origin {
	o := origin{Size: i.Size()}
	if t := i.ModTime(); !t.IsZero() {
		o.Time = t.UnixNano()
	}
	return o
}

// A probeError is why a medium cannot be shown, in the probe's own words.
type probeError struct{ error }

// regular returns what is known of a source file, and refuses all that is not
// plain and readable before it is opened: opening a FIFO would wait for ever.
func (in *install) regular(name string) (fs.FileInfo, error) {
	i, err := fs.Lstat(in.fsys, name)
	switch {
	case err != nil:
		return nil, err
	case i.Mode()&fs.ModeSymlink != 0:
		return nil, errors.New("it is a link; put the file itself there")
	case i.IsDir():
		return nil, errors.New("it is a folder, not a file")
	case !i.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case i.Size() == 0:
		return nil, errors.New("it is empty")
	case i.Size() > MaxMedia:
		return nil, fmt.Errorf("it has %d bytes, more than the %d allowed: %w", i.Size(), int64(MaxMedia), ErrTooBig)
	}
	return i, nil
}

// holds reports whether the store has the copy of a source file.
func (c *Cache) holds(o origin) bool { return validSHA(o.SHA256) && c.has(o.SHA256, o.Size) }

// sentence says for an owner why a file was left out.
func sentence(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it is missing"
	case errors.Is(err, fs.ErrPermission):
		return "it may not be read"
	case errors.Is(err, fs.ErrInvalid):
		return "its name is not a path inside the folder"
	}
	return disk.Reason(err)
}

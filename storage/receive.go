package storage

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/pack"
)

// A Source is where the blobs of a pack come from: a stick, a web server. Any
// [pack.Source] is one, and what is promised of its Open holds here.
type Source interface {
	Open(ctx context.Context, name string, from int64) (io.ReadCloser, error)
}

// Receiving is how a pack is received.
type Receiving struct {
	// Device and Tags are this screen's: a pack that is for others is refused.
	Device string
	Tags   []string
	// Feeds are all that this screen listens to: the packs of others are given up when
	// the card is full otherwise. Empty gives up none.
	Feeds []string
	// Probe is asked about every medium that was not in force before, on another
	// goroutine while the copy goes on; nil lets all pass.
	Probe Probe
	// Progress is told how far the copy is, five times a second and after each
	// file, on the goroutine that called Receive. It may be nil.
	Progress func(Progress)
	// Keep are digests of media that must not be removed to make room, such as those
	// on the glass at this moment.
	Keep []string
}

// Progress is how far the copy of a pack is.
type Progress struct {
	// Files and Bytes are there, of those that were missing.
	Files, OfFiles int
	Bytes, OfBytes int64
	// Rate is in bytes a second, since the copy began.
	Rate float64
}

// Received is what became of a pack.
type Received struct {
	// InForce says that the pack is in force, as Feed: without what was skipped. A
	// pack that is not in force waits for the blobs that are missing.
	InForce bool
	Feed    plan.Feed
	Skips   []Skip
	// Missing are the blobs that are still missing, and MissingBytes their size
	// less what is there of them.
	Missing      []string
	MissingBytes int64
	// Wrong are the blobs that the source has with another content, or cannot give
	// though it gives those after them: it is damaged, or worse.
	Wrong []string
	// Gone is why the source could not be read any further: the stick was pulled,
	// the network is down. It is nil when all of it was asked.
	Gone error
	// Files and Bytes were copied from this source.
	Files int
	Bytes int64
}

// Receive copies the blobs of a pack that are not stored yet from a source, and when
// all are there puts the pack in force in one transaction, in place of the one of
// the same feed. Each byte of the source is read once and hashed while it is copied;
// only a copy with the right digest is ever used.
//
// What the source does not have is missing: the pack waits, what was found is kept,
// and the same call with another source goes on where this one ended, in the middle
// of a file too. A creative that fails the probe is skipped with its reason, and so is
// a campaign left without creatives; the pack is in force all the same.
//
// The error is [pack.ErrSame] if the pack is in force with all its media, and what
// could not be shown then still cannot;
// [pack.ErrOlder], [pack.ErrOtherVenue], or [pack.ErrUntrusted] when another pack of
// that version is, unless the key of what is in force was taken out of the config
// ([Recovery]); [ErrNoSpace], before anything is copied, when the media and a
// reserve do not fit; else that of the card, or of ctx. Then what was in force is
// still in force. One pack is received at a time; others wait.
func (c *Cache) Receive(ctx context.Context, src Source, p *pack.Pack, o Receiving) (Received, error) {
	select {
	case c.receiving <- struct{}{}:
		defer func() { <-c.receiving }()
	case <-ctx.Done():
		return Received{}, ctx.Err()
	}
	r := &reception{cache: c, pack: p, Receiving: o}
	if err := r.admit(); err != nil {
		return Received{}, err
	}
	if err := r.prepare(); err != nil {
		return Received{}, disk.Explain("cannot receive a pack in", c.dir, err)
	}
	if err := r.makeRoom(); err != nil {
		if r.noted {
			_ = c.disk.Remove(r.shelf().path(p.Version, blobsSuffix)) // it does not wait: it was refused
		}
		return Received{}, err
	}
	within, cancel := context.WithCancel(ctx)
	e := r.examiner(within)
	err := r.fetch(ctx, src, func(sha string) { e.todo <- sha })
	whole := err == nil && len(r.out.Missing) == 0
	if !whole {
		cancel()
	}
	e.wait()
	if whole {
		err = r.activate(ctx, e)
	}
	cancel()
	if err != nil && ctx.Err() == nil {
		err = disk.Explain("cannot receive a pack in", c.dir, err)
	}
	return r.out, err
}

// A reception is one run of Receive.
type reception struct {
	Receiving
	cache *Cache
	pack  *pack.Pack
	// before is the feed in force; nil if there is none.
	before *record
	// same is set if the pack is in force already, but for what could not be shown.
	same error
	// noted says that what the pack needs was not noted before.
	noted bool
	// parts are the blobs that are missing.
	parts []*part
	// found are the folders of the others, but for those of what is in force. Who put
	// them there may have died before their names were safe.
	found map[string]bool
	// free and reserved are bytes on the card.
	free, reserved int64
	out            Received
}

func (r *reception) shelf() shelf { return r.cache.shelf(r.pack.Name) }

// admit refuses a pack that must not take the place of the one in force.
func (r *reception) admit() (err error) {
	if r.before, err = r.cache.record(r.pack.Name.String()); err != nil {
		return err
	}
	if err := r.pack.For(r.Device, r.Tags); err != nil {
		return err
	}
	if r.before == nil || r.before.Pack == nil || !r.cache.trusts(r.before) {
		return nil
	}
	now := r.before.Pack
	err = r.pack.Follows(now.version(), now.Digest)
	if !errors.Is(err, pack.ErrSame) {
		return err
	}
	if r.before.Feed.Revision != r.pack.Feed.Revision || len(r.cache.missing(r.pack.Blobs)) > 0 {
		return nil // its media were lost: it is received again
	}
	if len(r.before.LeftOut) > 0 {
		r.same = err // perhaps that can be shown now: a decoder was missing
		return nil
	}
	return err
}

// prepare notes what the pack needs, so that it is not swept, and looks what is
// missing of it.
func (r *reception) prepare() error {
	c := r.cache
	if err := mkdir(c.disk, c.incomingDir()); err != nil {
		return err
	}
	if err := c.tidy(c.incomingDir()); err != nil {
		return err
	}
	r.noted = !exists(c.disk, r.shelf().path(r.pack.Version, blobsSuffix))
	c.store.RLock() // a sweep that began without the note must be over
	err := r.shelf().expect(r.pack)
	c.store.RUnlock()
	if err != nil {
		return err
	}
	r.found = make(map[string]bool)
	safe := make(map[string]bool)
	if r.before != nil {
		for sha := range r.before.media() {
			safe[sha] = true
		}
	}
	for _, b := range r.pack.Blobs {
		if c.has(b.SHA256, b.Size) {
			if !safe[b.SHA256] {
				r.found[filepath.Dir(c.mediaPath(b.SHA256))] = true
			}
			continue
		}
		p, err := c.resume(b)
		if err != nil {
			return err
		}
		r.parts = append(r.parts, p)
	}
	return nil
}

// missing are the blobs that are not stored.
func (c *Cache) missing(blobs []pack.Blob) (missing []pack.Blob) {
	for _, b := range blobs {
		if !c.has(b.SHA256, b.Size) {
			missing = append(missing, b)
		}
	}
	return missing
}

// tidy removes what was being saved in a folder, and in those in it, when the power
// went.
func (c *Cache) tidy(dir string) error {
	entries, err := c.disk.ReadDir(dir)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			err = errors.Join(err, c.tidy(path))
		case strings.HasPrefix(e.Name(), disk.TempPrefix):
			err = errors.Join(err, c.disk.Remove(path))
		}
	}
	return err
}

// examiner asks about what is there already, and is told of the rest as it comes.
func (r *reception) examiner(ctx context.Context) *examiner {
	var known map[string]origin
	if r.before != nil {
		known = r.before.Sources
	}
	e := r.cache.examiner(ctx, r.Probe, known, len(r.pack.Blobs))
	missing := make(map[string]bool)
	for _, p := range r.parts {
		missing[p.blob.SHA256] = true
	}
	for _, b := range r.pack.Blobs {
		if !missing[b.SHA256] {
			e.todo <- b.SHA256
		}
	}
	return e
}

// fetch copies what is missing, says what is there, and counts what still is missing.
func (r *reception) fetch(ctx context.Context, src Source, stored func(sha string)) error {
	f := &fetch{cache: r.cache, src: src, tell: r.Progress, touched: r.found, stored: stored}
	if len(r.parts) > 0 {
		f.pipe = newPipe(r.cache.statesEvery, r.cache.buffer)
	}
	err := f.all(ctx, r.parts)
	r.out.Wrong, r.out.Gone = f.wrong, f.gone
	r.out.Files, r.out.Bytes = f.now.Files, f.read
	for _, p := range r.parts {
		if !r.cache.has(p.blob.SHA256, p.blob.Size) {
			r.out.Missing = append(r.out.Missing, p.blob.SHA256)
			r.out.MissingBytes += p.blob.Size - p.offset
		}
	}
	return err
}

// activate keeps the manifest, and puts what can be shown of the pack in force.
func (r *reception) activate(ctx context.Context, e *examiner) error {
	after := &record{Feed: r.pack.Feed, Pack: acceptedFrom(r.pack)}
	if err := e.examine(ctx, after); err != nil {
		return err
	}
	s := r.shelf()
	if err := s.accept(r.pack); err != nil {
		return err
	}
	if err := r.cache.put(after); err != nil {
		return err
	}
	r.out.InForce, r.out.Feed, r.out.Skips = true, after.Feed, after.LeftOut
	_ = r.cache.clear(s, r.before, r.pack.Version) // what is left goes with the next pack
	_ = s.prune(true, r.pack.Version)
	if r.same != nil && reflect.DeepEqual(after.LeftOut, r.before.LeftOut) {
		return r.same
	}
	return nil
}

// An accepted pack is what the index holds of the one in force.
type accepted struct {
	// Gen and Serial are its version: nothing older is taken.
	Gen, Serial int
	// Digest is the SHA-256 of its manifest: no other pack of that version is taken.
	Digest string
	// Anchor is [pack.Pack.Anchor]: what is said above holds while the config names that
	// key. It is empty in records of earlier builds.
	Anchor string `json:",omitempty"`
	// IssuedAt is when it was signed.
	IssuedAt time.Time
	// NotAfter is when it must no longer be shown; zero if never.
	NotAfter time.Time `json:",omitzero"`
	// StaleAfter is for how much powered-on time it may be shown; 0 if for ever.
	StaleAfter time.Duration `json:",omitzero"`
	// Unprobed says that cache.db was lost and the media were not asked about since.
	Unprobed bool `json:",omitzero"`
}

func acceptedFrom(p *pack.Pack) *accepted {
	return &accepted{
		Gen: p.Version.Gen, Serial: p.Version.Serial, Digest: p.Digest, Anchor: p.Anchor,
		IssuedAt: p.IssuedAt, NotAfter: p.NotAfter, StaleAfter: p.StaleAfter,
	}
}

func (a *accepted) version() pack.Version { return pack.Version{Gen: a.Gen, Serial: a.Serial} }

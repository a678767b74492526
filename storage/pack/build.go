package pack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// An Order is what to make a pack of.
type Order struct {
	Name Name
	Key  Key
	// Serial is 0 for one above the highest there.
	Serial int
	// IssuedAt is now, on the operator's clock.
	IssuedAt time.Time
	// NotAfter, StaleAfter, MinPlayer, Devices, Tags and Acks are as in [Pack], and
	// may be left out. StaleAfter is whole hours. The acknowledgements of the newest
	// pack there go on for devices that Acks has not.
	NotAfter   time.Time
	StaleAfter time.Duration
	MinPlayer  string
	Devices    []string
	Tags       []string
	Acks       map[string]Ack
	// Campaigns are as an ads folder gives them: File and Picture name files of
	// Files, digests are filled in here. A film without a length gets its own,
	// anything else [plan.DefaultStill].
	Campaigns []plan.Campaign
	Files     fs.FS
	Probe     Probe
	// Tell is told how far it is; it may be nil.
	Tell func(Progress)
}

// A Probe tells what a file of [Order.Files] is. Its error says why no player could
// show it, and what to do about it.
type Probe func(ctx context.Context, name string) (Facts, error)

// Facts are the fields of a [Blob] that only somebody who knows media can tell.
type Facts struct {
	Media         string
	Width, Height int
	Length        time.Duration
}

// A Progress is how far a [Build] or a check of blobs is, in bytes.
type Progress struct {
	// Step is "read", "check" for what is there already, or "copy".
	Step string
	// File is the file at hand.
	File        string
	Done, Total int64
}

// A Built is what [Build] made.
type Built struct {
	*Pack
	// Copied are the blobs that were not there before.
	Copied []Blob
	// First is true if the folder had no pack of this feed.
	First bool
}

// Build writes a signed pack into dir/ENTRACTE, beside what is there already. Blobs
// come first, the file latest comes last, each of them whole or not at all: whenever
// it is cut short, a reader finds the pack before. It never changes a manifest that is
// there. All files that cannot be used are named in one error, before anything is
// written.
//
// One Build at a time may run on a folder.
func Build(ctx context.Context, d disk.Disk, dir string, o *Order) (*Built, error) {
	if err := o.Name.check(); err != nil {
		return nil, err
	}
	if err := writableTree(d, dir); err != nil {
		return nil, err
	}
	b := &builder{Order: o, tree: treeWriter{d, filepath.Join(dir, Folder)}}
	version, first, err := b.tree.next(o.Name, o.Key, o.Serial)
	if err != nil {
		return nil, err
	}
	campaigns, blobs, err := b.collect(ctx)
	if err != nil {
		return nil, err
	}
	p := &Pack{
		Name: o.Name, Version: version, IssuedAt: o.IssuedAt.UTC().Truncate(time.Second), NotAfter: o.NotAfter, StaleAfter: o.StaleAfter,
		MinPlayer: o.MinPlayer, Devices: sorted(o.Devices), Tags: sorted(o.Tags), Acks: b.tree.acknowledged(o.Name, o.Key, o.Acks),
		Blobs: blobs, Feed: plan.Feed{Campaigns: campaigns},
	}
	if p, err = sign(p, o.Key); err != nil {
		return nil, fmt.Errorf("the pack could not be read back: %w", err)
	}
	b.tree.clear(o.Name)
	copied, err := b.copyBlobs(ctx, blobs)
	if err != nil {
		return nil, err
	}
	return &Built{Pack: p, Copied: copied, First: first}, b.tree.publish(p)
}

func sorted(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

// A builder is one run of Build.
type builder struct {
	*Order
	tree treeWriter
	// from maps digests to the file they are of.
	from        map[string]string
	done, total int64
}

// collect looks at every file once and returns the campaigns with their digests, and
// the blobs in order.
func (b *builder) collect(ctx context.Context) ([]plan.Campaign, []Blob, error) {
	found, err := b.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	b.from = map[string]string{}
	var blobs []Blob
	for name, blob := range found {
		if b.from[blob.SHA256] == "" {
			blobs = append(blobs, blob)
		}
		b.from[blob.SHA256] = name
	}
	slices.SortFunc(blobs, func(x, y Blob) int { return cmp.Compare(x.SHA256, y.SHA256) })
	campaigns := slices.Clone(b.Campaigns)
	for i := range campaigns {
		c := &campaigns[i]
		c.Creatives = slices.Clone(c.Creatives)
		for k := range c.Creatives {
			fill(&c.Creatives[k], found)
		}
	}
	return campaigns, blobs, nil
}

// fill gives a creative what only its file knows.
func fill(c *plan.Creative, found map[string]Blob) {
	if c.Card != nil {
		card := *c.Card
		card.PictureSHA256 = found[card.Picture].SHA256
		c.Card = &card
	} else {
		blob := found[c.File]
		c.SHA256 = blob.SHA256
		if film := strings.HasPrefix(blob.Media, "video/"); film && (c.Length == 0 || blob.Length < c.Length) {
			c.Length = blob.Length // no film shows longer than it is
		}
	}
	if c.Length == 0 {
		c.Length = plan.DefaultStill
	}
}

// look probes and reads the files of all creatives.
func (b *builder) look(ctx context.Context) (map[string]Blob, error) {
	names, err := b.names()
	if err != nil {
		return nil, err
	}
	found := map[string]Blob{}
	var faults []error
	for _, name := range names {
		blob, err := b.lookAt(ctx, name)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		found[name] = blob
	}
	return found, errors.Join(faults...)
}

// names are the files of all creatives, each once, and sets the bytes there are to
// read.
func (b *builder) names() ([]string, error) {
	var names []string
	var faults []error
	seen := map[string]bool{}
	for _, c := range b.Campaigns {
		for _, cr := range c.Creatives {
			name := cr.File
			if cr.Card != nil {
				name = cr.Card.Picture
			}
			if name == "" || seen[name] {
				continue
			}
			seen[name] = true
			names = append(names, name)
			stat, err := fs.Stat(b.Files, name)
			switch {
			case err != nil:
				faults = append(faults, fmt.Errorf("%s cannot be read: %s\nhint: put the file there, or take creative %q out of ads.toml", name, disk.Reason(err), cr.ID))
			case !stat.Mode().IsRegular() || stat.Size() < 1 || stat.Size() > MaxBlob:
				faults = append(faults, fmt.Errorf("%s has %d bytes, or is no file\nhint: a file on a stick has at most %d bytes; make it smaller", name, stat.Size(), int64(MaxBlob)))
			default:
				b.total += stat.Size()
			}
		}
	}
	return names, errors.Join(faults...)
}

func (b *builder) lookAt(ctx context.Context, name string) (Blob, error) {
	facts, err := b.Probe(ctx, name)
	if err != nil {
		return Blob{}, err
	}
	f, err := b.Files.Open(name)
	if err != nil {
		return Blob{}, err
	}
	defer f.Close()
	sha, size, err := b.sum(ctx, io.Discard, f, "read", name)
	if err != nil {
		return Blob{}, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	return Blob{SHA256: sha, Size: size, Media: facts.Media, Width: facts.Width, Height: facts.Height, Length: facts.Length.Truncate(time.Millisecond)}, nil
}

// copyBlobs writes the blobs that are not there, or not whole, and returns them.
func (b *builder) copyBlobs(ctx context.Context, blobs []Blob) ([]Blob, error) {
	missing, err := b.lacking(ctx, blobs)
	if err != nil {
		return nil, err
	}
	b.done, b.total = 0, 0
	for _, blob := range missing {
		b.total += blob.Size
	}
	for _, blob := range missing {
		if err := b.copyBlob(ctx, blob); err != nil {
			return nil, err
		}
	}
	return missing, nil
}

// lacking are the blobs that are not there as they should be.
func (b *builder) lacking(ctx context.Context, blobs []Blob) ([]Blob, error) {
	b.done, b.total = 0, 0
	var missing, there []Blob
	for _, blob := range blobs {
		if b.tree.seems(blob) {
			there = append(there, blob)
			b.total += blob.Size
		} else {
			missing = append(missing, blob)
		}
	}
	for _, blob := range there {
		f, err := b.tree.disk.Open(b.tree.path(BlobPath(blob.SHA256)))
		if err != nil {
			return nil, disk.Explain("cannot read", b.tree.path(BlobPath(blob.SHA256)), err)
		}
		sha, _, err := b.sum(ctx, io.Discard, f, "check", b.from[blob.SHA256])
		f.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil || sha != blob.SHA256 {
			missing = append(missing, blob)
		}
	}
	return missing, nil
}

func (b *builder) copyBlob(ctx context.Context, blob Blob) error {
	name := b.from[blob.SHA256]
	f, err := b.Files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return b.tree.save(BlobPath(blob.SHA256), func(w io.Writer) error {
		sha, _, err := b.sum(ctx, w, f, "copy", name)
		if err == nil && sha != blob.SHA256 {
			err = fmt.Errorf("%s was changed while it was copied\nhint: build again when nobody writes to the folder", name)
		}
		return err
	})
}

// sum copies r to w and returns the digest and the size.
func (b *builder) sum(ctx context.Context, w io.Writer, r io.Reader, step, name string) (string, int64, error) {
	return copySum(ctx, w, r, func(n int64) {
		b.done += n
		if b.Tell != nil {
			b.Tell(Progress{step, name, b.done, b.total})
		}
	})
}

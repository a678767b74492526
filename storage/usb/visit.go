package usb

import (
	"context"
	"errors"
	"os"
	"slices"

	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/pack"
)

// A Visitor does with a stick what there is to do: it installs the packs of the
// feeds it listens to, takes the owner's own pictures, and leaves receipts for those
// whose stick it is: the organisations of which a pack is on it that verifies, an old
// one too, or one that lacks media. A stick without any such pack gets none. Nothing on
// a stick is ever run, and no ad goes because a stick lacks it.
type Visitor struct {
	Cache *storage.Cache
	// Feeds are those this screen listens to, and Keys who may sign them.
	Feeds []pack.Name
	Keys  pack.Keys
	// Receiving is how packs are received; its Progress is the visitor's own.
	Receiving storage.Receiving
	// Through is put between the visitor and what it reads of a stick; nil puts nothing
	// there. It lets a test be a stick that lies.
	Through func(pack.Source) pack.Source
	// Own takes the owner's own pictures; the zero value takes none.
	Own Own
	// Give writes a receipt for each of the organisations to the stick that is mounted
	// at root, and reports whether there was anything to tell; nil gives none. It is
	// asked only if there are organisations, each of them once.
	Give func(root string, orgs []string) (bool, error)
	// Read is told each pack that was read and verified, whatever becomes of it; nil
	// tells nobody.
	Read func(*pack.Pack)
	// Changed is told each feed that is in force anew, or waits for less, as soon as
	// it is so; nil tells nobody.
	Changed func(storage.Received)
}

// A Stage is how far the visit to a stick is.
type Stage uint8

// The stages, in order. Giving is the only one in which the stick is written to.
const (
	Reading Stage = iota
	Copying
	Giving
	// Done: the stick may be pulled out.
	Done
	// Pulled: it was pulled out before that.
	Pulled
)

// News is what there is to say about a stick.
type News struct {
	Stick Stick
	Stage Stage
	// Feeds has an entry for each feed that was looked for.
	Feeds []FeedNews
	// Progress is of the last feed, while Copying.
	Progress storage.Progress
	// Own is what became of the owner's own pictures.
	Own OwnNews
	// Receipt says that one was written, ReceiptErr why one could not be.
	Receipt    bool
	ReceiptErr error
	// Foreign says that nothing on the stick is for any Entracte.
	Foreign bool
	// Err is why nothing at all could be read.
	Err error
}

// FeedNews is what became of one feed.
type FeedNews struct {
	Name pack.Name
	// Pack is what the stick has; nil if none could be read.
	Pack *pack.Pack
	// Passed says why newer packs that the stick seems to have were passed over.
	Passed []error
	// Before is the feed as it was in force.
	Before   plan.Feed
	Received storage.Received
	// Err is why the pack is neither in force nor waiting for more files: see the
	// errors of [pack] and [storage], and [ErrUnreadable].
	Err error
}

// orgs are the organisations that have signed something on the stick: a folder that
// has the name of a feed does not say whose feed it is, and anybody can make one.
func (n *News) orgs() (orgs []string) {
	for _, f := range n.Feeds {
		if f.Pack != nil && !slices.Contains(orgs, f.Name.Org) {
			orgs = append(orgs, f.Name.Org)
		}
	}
	return orgs
}

// Visit visits a stick and tells how it goes, on the calling goroutine. It ends
// early when ctx does, or when the stick is pulled out; what was copied is kept, and
// another visit goes on from there.
func (v *Visitor) Visit(ctx context.Context, s Stick, tell func(News)) {
	n := &News{Stick: s}
	tell(*n)
	v.visit(ctx, n, tell)
	if ctx.Err() != nil {
		return
	}
	n.Stage = Done
	if !s.Present() && !v.complete(n) {
		n.Stage = Pulled
	}
	tell(*n)
}

// complete reports whether every feed is in force as the stick had it: then the stick
// was pulled out late enough.
func (v *Visitor) complete(n *News) bool {
	return len(n.Feeds) > 0 && len(n.Feeds) == len(v.Feeds) && !slices.ContainsFunc(n.Feeds, func(f FeedNews) bool {
		return !f.Received.InForce && !errors.Is(f.Err, pack.ErrSame)
	})
}

func (v *Visitor) visit(ctx context.Context, n *News, tell func(News)) {
	root, err := pack.OpenDir(n.Stick.Path)
	if n.Foreign = errors.Is(err, pack.ErrNotPack); err != nil && !n.Foreign {
		n.Err = unreadable(err)
		return
	}
	if err == nil {
		defer root.Close()
		src := v.source(root)
		for _, name := range v.Feeds {
			n.Feeds = append(n.Feeds, FeedNews{Name: name})
			v.install(ctx, src, n, tell)
			if ctx.Err() != nil || !n.Stick.Present() {
				return
			}
		}
	}
	v.takeOwn(ctx, n)
	orgs := n.orgs()
	if v.Give == nil || len(orgs) == 0 || ctx.Err() != nil || !n.Stick.Present() {
		return
	}
	n.Stage = Giving
	tell(*n)
	n.ReceiptErr = n.Stick.Writable(func() (err error) {
		n.Receipt, err = v.Give(n.Stick.Path, orgs)
		return err
	})
}

// source is a folder of the stick.
func (v *Visitor) source(root *os.Root) pack.Source {
	src := pack.Dir(root)
	if v.Through != nil {
		src = v.Through(src)
	}
	return reading{src}
}

// takeOwn takes the owner's own pictures.
func (v *Visitor) takeOwn(ctx context.Context, n *News) {
	root, err := os.OpenRoot(n.Stick.Path)
	if err != nil {
		return // it was there a moment ago: it was pulled out
	}
	defer root.Close()
	n.Own = v.Own.take(ctx, n.Stick, v.source(root))
	n.Foreign = n.Foreign && !n.Own.Found
}

// install installs the last feed of the news.
func (v *Visitor) install(ctx context.Context, src pack.Source, n *News, tell func(News)) {
	f := &n.Feeds[len(n.Feeds)-1]
	if f.Pack, f.Passed, f.Err = v.Cache.Newest(ctx, src, f.Name, v.Keys); f.Err != nil {
		return
	}
	if v.Read != nil {
		v.Read(f.Pack)
	}
	if f.Before, _, f.Err = v.Cache.Feed(f.Name.String()); f.Err != nil {
		return
	}
	how := v.Receiving
	how.Progress = func(p storage.Progress) {
		n.Stage, n.Progress = Copying, p
		tell(*n)
	}
	f.Received, f.Err = v.Cache.Receive(ctx, src, f.Pack, how)
	n.Stage = Reading
	if (f.Received.InForce || f.Received.Files > 0) && v.Changed != nil {
		v.Changed(f.Received)
	}
}

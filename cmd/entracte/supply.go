package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"entracte/cmd/entracte/config"
	"entracte/player"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/origin"
	"entracte/storage/pack"
	"entracte/storage/playlog"
	"entracte/storage/report"
	"entracte/storage/usb"
)

// A supply is where a running player gets packs from: sticks, and a web server. What
// comes with them is kept here: which plays each operator has acknowledged.
type supply struct {
	config *config.Config
	cache  *storage.Cache
	plays  *recording
	data   string
	venue  plan.Venue
	clock  func() (time.Time, plan.Clock)
	log    *slog.Logger
	// changed says that a pack came into force, or waits.
	changed func()
	feeds   []pack.Name
	keys    pack.Keys

	mu sync.Mutex
	// acks are the acknowledgements that came back, by feed.
	acks map[string]report.Mark
	// said is what was said last about a feed on the web server.
	said map[string]string
	// stick says that a stick is read, and yield ends what is fetched meanwhile; nil
	// where nothing is.
	stick bool
	yield context.CancelFunc
}

// acksKey is where the cache holds them.
const acksKey = "acks"

func newSupply(s *show, cache *storage.Cache, plays *recording, venue plan.Venue, changed func()) (*supply, error) {
	src := &supply{
		config: s.config, cache: cache, plays: plays, data: s.data, venue: venue, clock: s.clock.now, log: s.log, changed: changed,
		acks: map[string]report.Mark{}, said: map[string]string{},
	}
	for _, f := range s.config.Content.Feeds {
		n, err := pack.ParseName(f)
		if err != nil {
			return nil, fmt.Errorf("content.feeds: %w", err)
		}
		src.feeds = append(src.feeds, n)
	}
	var err error
	if src.keys, err = pack.ParseKeys(s.config.Content.Trust); err != nil {
		return nil, fmt.Errorf("content.trust: %w", err)
	}
	if _, err := cache.Get(acksKey, &src.acks); err != nil {
		s.log.Error("what the operator acknowledged cannot be read; receipts begin anew", "err", err)
		src.acks = map[string]report.Mark{}
	}
	return src, nil
}

func (s *supply) receiving() storage.Receiving {
	return storage.Receiving{Device: s.venue.ID, Tags: s.config.Device.Tags, Feeds: s.config.Content.Feeds, Probe: probe}
}

// sticks reads sticks, and says so with tell while light keeps the screen on. The
// owner's own pictures go to own.
func (s *supply) sticks(own string, tell func(player.Message), light func(bool)) *sticks {
	if !s.config.Content.StickFolder {
		own = ""
	}
	code := venueCode(s.venue.ID)
	v := &usb.Visitor{
		Cache: s.cache, Feeds: s.feeds, Keys: s.keys, Receiving: s.receiving(),
		Own:     usb.Own{Disk: disk.OS, Folder: own, Code: code},
		Read:    s.acknowledged,
		Changed: func(storage.Received) { s.changed() },
	}
	if len(s.feeds) > 0 {
		v.Give = s.give
	}
	return &sticks{
		visitor: v, words: newStickSpeaker(s.venue.Language, code), log: s.log, tell: tell,
		light: s.sticksLight(light),
		watch: func(ctx context.Context, changed func([]usb.Stick)) error { return usb.Watch(ctx, usb.Here, changed) },
	}
}

// venueCode is what a stick with the owner's own pictures must carry: enough that
// nobody's stick is taken by mistake, short enough to be typed. It is no secret.
func venueCode(device string) string {
	const letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ" // none looks like another
	sum := sha256.Sum256([]byte("entracte own pictures " + device))
	code := make([]byte, 6)
	for i := range code {
		code[i] = letters[int(sum[i])%len(letters)]
	}
	return string(code)
}

// acknowledged keeps what a signed pack says of this screen's receipts.
func (s *supply) acknowledged(p *pack.Pack) {
	ack, ok := p.Acks[s.venue.ID]
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok || ack.Seq < s.acks[p.Name.String()].Seq && ack.Boot == s.acks[p.Name.String()].Boot {
		return // an older pack says less
	}
	after := maps.Clone(s.acks)
	after[p.Name.String()] = report.Mark{Boot: ack.Boot, Seq: ack.Seq}
	if err := s.cache.Put(acksKey, after); err != nil {
		s.log.Error("what the operator acknowledged cannot be kept; the next receipt is longer", "err", err)
		return
	}
	s.acks = after
}

// acked are the acknowledgements of an organisation: each of its feeds may bring one.
func (s *supply) acked(org string) (all []report.Mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for feed, m := range s.acks {
		if strings.HasPrefix(feed, org+"/") {
			all = append(all, m)
		}
	}
	return all
}

// give writes a receipt for each of the organisations to a stick that is mounted at
// root.
func (s *supply) give(root string, orgs []string) (wrote bool, err error) {
	if err := s.plays.Sync(); err != nil {
		return false, err
	}
	key, err := report.OpenKey(disk.OS, s.data)
	if err != nil {
		return false, err
	}
	now, _ := s.clock()
	giver := report.Giver{Disk: disk.OS, Data: s.data, Key: key, Device: s.venue.ID, Venue: s.venue.Name}
	var errs []error
	for _, org := range orgs {
		_, names, err := giver.Give(root, org, playlog.Read(disk.OS, s.data), s.acked(org), now)
		wrote, errs = wrote || len(names) > 0, append(errs, err)
	}
	return wrote, errors.Join(errs...)
}

// pull follows the web server until ctx ends. Being offline is normal.
func (s *supply) pull(ctx context.Context, address string) {
	server, err := origin.New(address, origin.Options{Now: func() (time.Time, bool) {
		now, c := s.clock()
		return now, c == plan.ClockTrusted
	}})
	if err != nil {
		s.log.Error("nothing is fetched", "err", err)
		return
	}
	origin.Follow(ctx, func(ctx context.Context) error {
		var errs []error
		for _, n := range s.feeds {
			errs = append(errs, s.fetch(ctx, server, n))
		}
		return errors.Join(errs...)
	})
}

// sticksLight is light, which is on while a stick is read, for the web server too.
func (s *supply) sticksLight(light func(bool)) func(bool) {
	return func(on bool) {
		s.stepAside(on)
		light(on)
	}
}

// stepAside lets a stick go before the web server: one pack is received at a time, a
// slow line may need hours for one, and somebody stands before the screen. What was
// fetched of it is kept.
func (s *supply) stepAside(stick bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stick = stick; stick && s.yield != nil {
		s.yield()
	}
}

var errStick = errors.New("a stick is read first")

// fetching is a context for a fetch, that ends when a stick comes.
func (s *supply) fetching(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	yield := func() { cancel(errStick) }
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.yield = yield; s.stick {
		yield()
	}
	return ctx, yield
}

// fetch installs the newest pack of a feed from a server. Its error means that it
// should be tried again soon.
func (s *supply) fetch(ctx context.Context, server pack.Source, n pack.Name) error {
	ctx, end := s.fetching(ctx)
	defer end()
	p, _, err := s.cache.Newest(ctx, server, n, s.keys)
	var got storage.Received
	if err == nil {
		s.acknowledged(p)
		got, err = s.cache.Receive(ctx, server, p, s.receiving())
	}
	if got.InForce || got.Files > 0 {
		s.changed()
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, pack.ErrSame):
		s.say(n, "")
		return nil
	case err == nil && got.InForce:
		s.say(n, "")
		s.log.Info("installed", "feed", n.String(), "pack", p.Version.String(), "files", got.Files)
		return nil
	case isJudged(err):
		// The server is there, and what it has is not for us: asking more often
		// helps nobody.
		s.say(n, err.Error())
		return nil
	case err == nil:
		return got.Gone
	}
	return err
}

// isJudged reports whether a pack was judged, and not merely out of reach.
func isJudged(err error) bool {
	for _, kind := range []error{pack.ErrUntrusted, pack.ErrDamaged, pack.ErrOlder, pack.ErrOtherVenue, disk.ErrNoSpace} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// say logs why a feed is not installed, once.
func (s *supply) say(n pack.Name, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.said[n.String()] == why {
		return
	}
	if s.said[n.String()] = why; why != "" {
		s.log.Warn("not installed from the web server", "feed", n.String(), "err", why)
	}
}

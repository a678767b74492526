package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"entracte/assets"
	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/adsfile"
	"entracte/storage/own"
)

// ads is a parsed ads folder, and where its media are.
type ads struct {
	feed    plan.Feed
	skipped []adsfile.Skip
	fsys    fs.FS
	// dir is the folder's name for messages, "" for the demo.
	dir string
	// gone says that the folder was not there: the cache must do.
	gone error
}

// localFeed is the feed of --ads.
const localFeed = "local"

// The places in content.left for what is about no feed: no feed has these names.
const (
	aboutMachine  = ""
	aboutPromises = "promises"
	aboutPacks    = "packs"
)

// openAds reads the folder of --ads. A folder that is gone is no error yet: what
// was installed from it may still be in the cache.
func openAds(dir string) (*ads, error) {
	root, err := folder(dir)
	if err != nil {
		return &ads{feed: plan.Feed{Name: localFeed}, dir: dir, gone: err}, nil
	}
	feed, skipped, err := adsfile.Read(root.FS(), assets.Vocabulary())
	if errors.Is(err, fs.ErrNotExist) {
		// The empty mount point of a stick that is not in.
		return &ads{feed: plan.Feed{Name: localFeed}, dir: dir, gone: err}, nil
	}
	if err != nil {
		return nil, err
	}
	feed.Name = localFeed
	return &ads{feed: feed, skipped: skipped, fsys: root.FS(), dir: dir}, nil
}

// content keeps the plan in force up to date: it installs what the ads folder
// and the owner's folder hold, and tells the player. One goroutine runs it.
type content struct {
	cache  *storage.Cache
	player *datedPlayer
	log    *slog.Logger
	ads    *ads
	own    string
	// feeds are the feeds of packs that the config names.
	feeds []string
	// signed is told when the packs in force were signed; nil tells nobody.
	signed func(at time.Time, from string)
	// powered is for how long the machine has been on in all; nil lets packs last.
	powered func() time.Duration
	// today is the date, zero where nobody knows it; nil knows no packs that ended.
	today func() plan.Date
	// packs is told when a pack came into force, or waits.
	packs chan struct{}
	// told is the plan the player has, and saying what it was told with it.
	told   plan.Plan
	saying absence
	// left is what was left out of each feed, and of what is about none.
	left map[string]absence
	// refusals are those of saying, for who asks.
	refusals atomic.Pointer[[]control.Refusal]
	// shop is what promises are measured by, with the counts of waits that were
	// known last.
	shop scheduler.Options
}

// inForce is the cached plan without the feeds that nobody asked for, and with the
// last day of packs that have one.
func (c *content) inForce() (plan.Plan, error) {
	p, err := c.cache.Plan()
	if err != nil {
		return plan.Plan{}, err
	}
	out := absence{refusals: unasked(p, c.asked)}
	p.Feeds = slices.DeleteFunc(p.Feeds, func(f plan.Feed) bool { return !c.asked(f.Name) })
	packs, err := c.cache.Packs()
	for _, of := range packs {
		if c.signed != nil {
			c.signed(of.IssuedAt, of.Feed+" "+of.Version)
		}
	}
	for i := range p.Feeds {
		for _, of := range packs {
			if of.Feed == p.Feeds[i].Name && !of.NotAfter.IsZero() {
				to := lastDay(of.NotAfter.In(c.shop.Venue.Timezone)).AddDays(1)
				if c.today != nil && !c.today().Before(to) {
					out.add(ended(p.Feeds[i], of, to))
				}
				endBy(&p.Feeds[i], to)
			}
		}
	}
	out.add(c.rest(&p, packs))
	out.add(packsLeft(c.cache, c.feeds))
	c.left[aboutPacks] = out
	return p, err
}

// asked reports whether a feed is to play here.
func (c *content) asked(feed string) bool {
	switch feed {
	case own.FeedName:
		return true
	case localFeed, "demo":
		return c.ads != nil && c.ads.feed.Name == feed
	}
	return slices.Contains(c.feeds, feed)
}

// begin tells the player what the cache holds, if it is what the ads folder
// holds too: the first ad need not wait for the folder to be read again.
func (c *content) begin() error {
	p, err := c.inForce()
	if err != nil {
		return err
	}
	if c.ads != nil && c.ads.gone == nil {
		p.Feeds = slices.DeleteFunc(p.Feeds, func(f plan.Feed) bool {
			return f.Name == c.ads.feed.Name && f.Revision != c.ads.feed.Revision
		})
	}
	if c.ads != nil && c.ads.gone != nil {
		if !slices.ContainsFunc(p.Feeds, func(f plan.Feed) bool { return f.Name == localFeed }) {
			return c.ads.gone
		}
		c.log.Warn("the ads folder is gone; playing what was installed from it", "folder", c.ads.dir)
	}
	c.tell(c.admit(p), c.all())
	return nil
}

// tell tells the player.
func (c *content) tell(p plan.Plan, out absence) {
	c.told, c.saying = p, out
	c.publish()
	c.player.SetPlan(p, out.notices)
}

// run installs the ads folder, then follows the owner's folder and the packs until
// ctx ends.
func (c *content) run(ctx context.Context) {
	if c.ads != nil && c.ads.gone == nil {
		c.installAds(ctx)
	}
	c.examinePacks(ctx)
	changed := make(chan struct{})
	var watch sync.WaitGroup
	defer watch.Wait()
	if c.own != "" {
		watch.Go(func() {
			own.Watch(ctx, c.own, func() {
				select {
				case changed <- struct{}{}:
				case <-ctx.Done():
				}
			})
		})
	}
	age := time.NewTicker(staleEvery)
	defer age.Stop()
	for {
		select {
		case <-age.C:
			c.copyLent(ctx)
			c.update(ctx)
		case <-changed:
			c.installOwn(ctx)
		case <-c.packs:
			c.told = plan.Plan{} // media may be back that the same plan missed
			c.update(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// copyLent tries again to copy what could not be copied.
func (c *content) copyLent(ctx context.Context) {
	if c.ads != nil && c.cache.Lent(c.ads.feed.Name) != nil {
		c.installAds(ctx)
	}
	if c.cache.Lent(own.FeedName) != nil {
		c.installOwn(ctx)
	}
}

func (c *content) installAds(ctx context.Context) {
	var skips []storage.Skip
	for _, s := range c.ads.skipped {
		skips = append(skips, storage.Skip{Feed: c.ads.feed.Name, Campaign: s.Campaign, Creative: s.Creative, File: s.File, Reason: s.Reason})
	}
	c.install(ctx, c.ads.feed, c.ads.fsys, skips)
}

func (c *content) installOwn(ctx context.Context) {
	root, err := os.OpenRoot(c.own)
	if err != nil {
		c.ownUnread(err)
		return
	}
	defer root.Close()
	feed, skipped, err := own.Scan(root.FS())
	if err != nil {
		c.ownUnread(err)
		return
	}
	var skips []storage.Skip
	for _, s := range skipped {
		skips = append(skips, storage.Skip{Feed: feed.Name, Campaign: own.CampaignID, File: s.File, Reason: s.Reason})
	}
	c.install(ctx, feed, root.FS(), skips)
}

// ownUnread says that the owner's folder cannot be read, once.
func (c *content) ownUnread(err error) {
	fact := fmt.Sprintf("the owner's folder cannot be read, what it held stays in force: %v", err)
	out := absence{notices: []player.Notice{{Concern: ownUnread, Details: []string{fact}}}}
	if reflect.DeepEqual(c.left[own.FeedName], out) {
		return
	}
	c.log.Error(fact)
	c.left[own.FeedName] = out
	c.tell(c.told, c.all())
}

// install puts a feed in force. before is what its reader already left out.
func (c *content) install(ctx context.Context, feed plan.Feed, fsys fs.FS, before []storage.Skip) {
	_, skips, err := c.cache.Install(ctx, feed, fsys, probe)
	if err != nil && ctx.Err() != nil {
		return
	}
	var out absence
	if err != nil {
		c.log.Error("content is not installed; what was in force stays", "feed", feed.Name, "err", err)
		skips = nil
		out.notices = []player.Notice{{Concern: unread, Details: []string{err.Error()}}}
	}
	if why := c.cache.Lent(feed.Name); why != nil {
		c.log.Warn("content plays from where it lies, which must stay there: it cannot be copied", "feed", feed.Name, "err", why)
		out.notices = append(out.notices, player.Notice{Concern: unkept, Details: []string{
			fmt.Sprintf("the files of %s play from where they lie, which must stay there: %v", feed.Name, why)}})
	}
	skips = slices.Concat(before, skips)
	for _, s := range skips {
		c.log.Warn("skipped", "feed", feed.Name, "what", sentence(s))
	}
	out.add(leftOf(feed.Name, "", skips))
	c.left[feed.Name] = out
	c.update(ctx)
}

// update tells the player what is in force now, if it is anything else than before.
func (c *content) update(ctx context.Context) {
	p, err := c.inForce()
	if err != nil {
		c.log.Error("the plan cannot be read; what was in force stays", "err", err)
		return
	}
	if waits, err := c.player.Waits(ctx); err == nil {
		c.shop.Waits = waits
	}
	p = c.admit(p)
	if out := c.all(); !reflect.DeepEqual(out, c.saying) || !reflect.DeepEqual(p, c.told) {
		c.tell(p, out)
	}
	// After the player knows: it may be about to open what goes.
	if _, _, err := c.cache.Sweep(); err != nil {
		c.log.Warn("old media are not removed", "err", err)
	}
}

// digests are how the store names the file it asked about.
var digests = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// sentence says what was skipped and why.
func sentence(s storage.Skip) string {
	if s.File == "" {
		return s.Campaign + ": " + s.Reason
	}
	return s.File + ": " + digests.ReplaceAllString(s.Reason, "it")
}

// all is everything that was left out.
func (c *content) all() absence {
	var all absence
	for _, name := range []string{aboutMachine, aboutPromises, own.FeedName, localFeed, "demo", aboutPacks} {
		all.add(c.left[name])
	}
	return all
}

// ownFolder is the owner's folder: what the config says, beside the config when
// it is relative, or "own" in the data folder, which is made
// if it can be: that it could not is found when it is read.
func ownFolder(configured, configPath, data string) string {
	switch {
	case configured == "":
		dir := filepath.Join(data, "own")
		_ = os.MkdirAll(dir, 0o755)
		return dir
	case filepath.IsAbs(configured):
		return configured
	}
	return filepath.Join(filepath.Dir(configPath), configured)
}

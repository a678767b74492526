package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/player"
	"entracte/player/card"
	"entracte/player/control"
	"entracte/player/media"
	"entracte/player/stage"
	"entracte/scheduler"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/playlog"
)

// A show is one run of the player, wired from a config: what `play` and `demo`
// have in common.
type show struct {
	config     *config.Config
	configPath string
	data       string
	ads        *ads
	// window is the size of a window; the zero Point is fullscreen.
	window   image.Point
	framesTo string
	// until ends the show after that long; 0 plays on.
	until time.Duration
	// visit plays instead of the keyboard.
	visit []stop
	demo  bool
	// found is about a cache or a key that is damaged, or cannot be written; unkept says
	// that the cache cannot.
	found  []player.Notice
	unkept bool
	clock  *wallClock
	log    *slog.Logger
}

// fadeTime is how long a transition takes.
const fadeTime = 600 * time.Millisecond

// markWords is the word the law asks for on a paid creative.
var markWords = map[string]string{"fr": "Publicité", "en": "Advertisement"}

// run opens what the show needs, plays until ctx or the window ends, and closes
// in reverse. It must be called on the main goroutine, where the glass lives.
func (s *show) run(ctx context.Context) error {
	slog.SetDefault(s.log) // what the glass has to say reads like the rest
	in := newInputs(s.config, s.log)
	// Pictures come and go in 8 MB pieces on machines with little memory: collect
	// before the heap has doubled.
	debug.SetGCPercent(30)
	cache, err := s.openCache(ctx)
	if err != nil {
		return err
	}
	defer cache.Close()
	plays := s.record()
	defer plays.Close()
	s.openKey()
	venue := s.config.Venue()
	if venue.ID, err = deviceID(venue.ID, cache); err != nil {
		s.log.Error("the screen's id is not kept, and may be another after the next start", "err", err)
	}
	s.startClock(venue, plays)
	in.configPath, in.device = s.configPath, venue.ID
	in.switches = s.fullscreen() && !s.demo
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if s.until > 0 {
		ctx, cancel = context.WithTimeout(ctx, s.until)
		defer cancel()
	}
	glass := stage.New(s.stageOptions(in, cancel))
	cfg := s.playerConfig(venue, glass, cache, plays, in)
	shop := scheduler.Options{Venue: venue, Vocabulary: cfg.Vocabulary}
	if cfg.Memory.Waits != nil {
		known := *cfg.Memory.Waits // the player owns the original
		shop.Waits = &known
	}
	p := player.New(cfg, func(most int) []plan.Play { return lastPlays(s.data, most) })
	return s.play(ctx, cancel, p, shop, glass, cache, plays, in)
}

// openCache opens the cache in whatever state it is: a screen that fills itself again,
// or keeps nothing, beats a black one. It fails where another player has it.
func (s *show) openCache(ctx context.Context) (*storage.Cache, error) {
	how, err := recovery(s.config)
	if err != nil {
		return nil, err
	}
	cache, found, err := storage.Recover(ctx, s.data, how)
	if err != nil && ctx.Err() == nil && !errors.Is(err, storage.ErrInUse) {
		if err := s.alone(); err != nil {
			return nil, err // before it touches the play log
		}
		s.log.Error("nothing is kept: the show goes on with what can be read", "err", err)
		s.unkept = true
		s.found = append(s.found, unkeptNotice(s.data, err))
		cache, found = storage.OpenUnkept(s.data, err, found, how)
		err = nil
	}
	if found.Aside != "" {
		s.log.Error("cache.db was damaged and is set aside", "err", found.Damage, "aside", found.Aside)
		s.found = append(s.found, player.Notice{Concern: mended, Details: []string{fmt.Sprintf("cache.db was damaged and is set aside as %s; content comes back from packs and folders\nhint: if it happens again, try another card", filepath.Base(found.Aside))}})
	}
	for _, feed := range found.Feeds {
		s.log.Warn("put in force again from the pack that is stored", "feed", feed)
	}
	for _, err := range found.Lost {
		s.log.Error("not put in force again", "err", err)
		about := mended
		if s.unkept {
			about = unkept
		}
		s.found = append(s.found, player.Notice{Concern: about, Details: []string{err.Error()}})
	}
	return cache, err
}

// openCache opens the cache of a data folder for a config.
func openCache(ctx context.Context, c *config.Config, data string) (*storage.Cache, storage.Recovered, error) {
	how, err := recovery(c)
	if err != nil {
		return nil, storage.Recovered{}, err
	}
	return storage.Recover(ctx, data, how)
}

// recovery is how a cache is opened for a config.
func recovery(c *config.Config) (storage.Recovery, error) {
	keys, err := pack.ParseKeys(c.Content.Trust)
	if err != nil {
		return storage.Recovery{}, fmt.Errorf("content.trust: %w", err)
	}
	return storage.Recovery{Check: checkCache, Trust: keys}, nil
}

// notices are about the machine and the config, and of no part.
func (s *show) notices() []player.Notice {
	all := slices.Clone(s.found)
	if broker := brokerNotices(s.config, s.configPath); len(broker) > 0 {
		all = append(all, player.Notice{Concern: settingsNeedWork, Details: broker})
	}
	return all
}

// play runs the parts until the glass is done, and waits for all of them.
func (s *show) play(ctx context.Context, cancel context.CancelFunc, p *player.Player, shop scheduler.Options, glass *stage.Stage, cache *storage.Cache, plays *recording, in *inputs) error {
	h := &health{log: s.log}
	answers := healthy{p, h}
	ownDir := ""
	if !s.demo {
		ownDir = ownFolder(s.config.Content.Folder, s.configPath, s.data)
	}
	watched := ownDir
	if _, err := os.Stat(ownDir); err != nil && s.unkept && s.config.Content.Folder == "" {
		watched = "" // it could not be made, which is said already
	}
	dated := newDatedPlayer(p, s.clock)
	c := &content{cache: cache, player: dated, log: s.log, ads: s.ads, own: watched, left: map[string]absence{aboutMachine: {notices: s.notices()}}, shop: shop,
		feeds: s.config.Content.Feeds, packs: make(chan struct{}, 1), signed: s.clock.signed, powered: func() time.Duration { return s.clock.state().Powered }, today: dated.today}
	api := control.API{Player: answers, LeftOut: c.leftOut, Signal: in.signal, Pause: in.pause, Plays: playlog.Recent(disk.OS, s.data), Sensors: in.sensors, Metrics: answers.collect, Clock: s.clock.state, SetClock: s.clock.set}
	srv, err := s.listen(api)
	if err != nil {
		return err
	}
	from, err := newSupply(s, cache, plays, shop.Venue, c.packsChanged)
	if err == nil {
		err = c.begin()
	}
	if err != nil {
		if srv != nil {
			srv.Close()
		}
		return err
	}

	var parts sync.WaitGroup
	defer parts.Wait()
	defer cancel()
	if srv != nil {
		parts.Go(func() { s.logError("the control socket broke", srv.Serve(ctx)) })
	}
	parts.Go(func() { s.logError("the player broke", p.Run(ctx)) })
	parts.Go(func() { c.run(ctx) })
	parts.Go(func() { in.run(ctx, p) })
	parts.Go(func() { dated.run(ctx) })
	parts.Go(func() { s.clock.run(ctx) })
	if !s.demo {
		parts.Go(func() { serveLoopback(ctx, api, s.log) })
		parts.Go(func() { h.watch(ctx, s.data) })
		parts.Go(func() { from.sticks(ownDir, p.Tell, in.light).run(ctx) })
		if s.config.Content.Origin != "" {
			parts.Go(func() { from.pull(ctx, s.config.Content.Origin) })
		}
		s.supervise(ctx, &parts, p, in, h)
	}
	if s.fullscreen() {
		parts.Go(func() { keepAwake(ctx, s.log) })
	}
	if s.visit != nil {
		parts.Go(func() { s.pay(ctx, in, cancel) })
	}
	return glass.Run(ctx)
}

// fullscreen reports whether the screen is ours.
func (s *show) fullscreen() bool { return s.window == image.Point{} }

func (s *show) logError(what string, err error) {
	if err != nil {
		s.log.Error(what, "err", err)
	}
}

// pay is the scripted visit: it presses the keys a person would.
func (s *show) pay(ctx context.Context, in *inputs, cancel context.CancelFunc) {
	for _, v := range s.visit {
		select {
		case <-time.After(v.after):
		case <-ctx.Done():
			return
		}
		if v.key == 'Q' {
			cancel()
			return
		}
		in.key(v.key)
	}
}

func (s *show) stageOptions(in *inputs, cancel context.CancelFunc) stage.Options {
	o := stage.Options{
		Title:    "Entracte",
		Windowed: s.window,
		Fit:      stage.Fit(s.config.Screen.Fit),
		Rotation: stage.Rotation(s.config.Screen.Rotation),
		Output:   s.config.Screen.Output,
		Sound:    s.config.Screen.Volume > 0,
		FramesTo: s.framesTo,
		OnDraw:   func(stage.Drawn) { in.rounds.glass.Add(1) },
		Mark: func(text string, glass image.Point) (*image.RGBA, image.Point) {
			img := card.Mark(text, glass)
			if img == nil {
				return nil, image.Point{}
			}
			return img, card.MarkPlace(glass, img.Rect.Size()).Min
		},
	}
	if in.keys {
		o.OnKey = func(key rune) {
			if key == 'Q' && s.demo {
				cancel()
				return
			}
			in.key(key)
		}
	}
	return o
}

func (s *show) playerConfig(venue plan.Venue, glass *stage.Stage, cache *storage.Cache, plays *recording, in *inputs) player.Config {
	sc := s.config.Screen
	logo := sc.Logo
	if logo != "" && !filepath.IsAbs(logo) {
		logo = filepath.Join(filepath.Dir(s.configPath), logo)
	}
	pausable := slices.ContainsFunc(s.config.Sensors, func(s config.Sensor) bool { return s.Role == config.RolePause })
	share := scheduler.OwnShare{}
	if s.config.Content.OwnShare > 0 {
		share = scheduler.OwnShare{Turns: 1, Of: int(s.config.Content.OwnShare)}
	}
	in.hours = func() (open, trusted bool) {
		now, c := s.clock.now()
		return venue.Open(now), c == plan.ClockTrusted
	}
	return player.Config{
		Glass:    glass,
		Preparer: preparer{cache: cache, fit: fits[sc.Fit], sound: sc.Volume > 0},
		Looks:    looks{venue: venue, serving: sc.Serving, idle: sc.Idle, logo: logo, pausable: pausable},
		Plays:    recorder{plays},
		Civil:    s.clock.now,
		Memory:   s.memory(plays, cache, venue),
		Keep:     keepMemory(plays),
		Recount:  recount(s.data, venue.Timezone, s.log),
		Venue:    venue, Vocabulary: assets.Vocabulary(), OwnShare: share,
		Enter: transitions[sc.Transition], Fade: fadeTime, Volume: sc.Volume,
		MarkWord: markWords[venue.Language], IdleClock: sc.Idle == config.LookClock,
		Boot: s.clock.boot, Booted: s.clock.booted, Begun: in.begun,
		Log: s.log,
	}
}

var fits = map[config.Fit]media.Fit{config.FitCover: media.Cover, config.FitContain: media.Contain, config.FitBlur: media.Blur}

var transitions = map[config.Transition]player.Transition{
	config.TransitionFade: player.Fade, config.TransitionSlide: player.Slide,
	config.TransitionWipe: player.Wipe, config.TransitionCut: player.Cut,
}

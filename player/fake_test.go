package player_test

import (
	"context"
	"errors"
	"image"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// content is a creative that is ready; a film when it has a length.
type content struct {
	name   string
	length time.Duration
	mu     sync.Mutex
	closed int
}

func (c *content) Length() time.Duration { return c.length }
func (c *content) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed++
	return nil
}

// glass puts every frame on the screen at once, and films end on time.
type glass struct {
	mu     sync.Mutex
	events chan player.GlassEvent
	shown  []player.Frame
	at     []time.Time
	// blind makes it lose frames: nothing is ever presented. endless keeps films
	// from ending.
	blind, endless bool
	film           *time.Timer
}

func newGlass() *glass {
	g := &glass{events: make(chan player.GlassEvent, 1024)}
	g.events <- player.GlassEvent{Kind: player.Resized, Size: image.Pt(640, 360)}
	return g
}

func (g *glass) Events() <-chan player.GlassEvent { return g.events }
func (g *glass) Warm(player.Content)              {}

func (g *glass) Show(f player.Frame) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shown = append(g.shown, f)
	g.at = append(g.at, time.Now())
	if g.film != nil {
		g.film.Stop()
	}
	if g.blind {
		return
	}
	g.events <- player.GlassEvent{Kind: player.Presented, Showing: f.Showing, Label: f.Label, At: time.Now()}
	if f.Showing == 0 {
		return
	}
	if c := f.Content.(*content); c.length > 0 && !g.endless {
		g.film = time.AfterFunc(c.length, func() {
			g.events <- player.GlassEvent{Kind: player.Ended, Showing: f.Showing, At: time.Now()}
		})
	}
}

func (g *glass) last() player.Frame {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.shown) == 0 {
		return player.Frame{}
	}
	return g.shown[len(g.shown)-1]
}

func (g *glass) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.shown)
}

// preparer takes a while, and breaks what it is told to break.
type preparer struct {
	mu     sync.Mutex
	take   time.Duration
	broken map[string]bool
	films  map[string]time.Duration
	made   []*content
}

// set changes a fake while the player runs.
func (p *preparer) set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *preparer) Prepare(ctx context.Context, c plan.Creative, _ image.Point) (player.Content, error) {
	p.mu.Lock()
	take := p.take
	p.mu.Unlock()
	select {
	case <-time.After(take):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken[c.ID] {
		return nil, errors.New(c.ID + " is damaged")
	}
	made := &content{name: c.ID, length: p.films[c.ID]}
	p.made = append(p.made, made)
	return made, nil
}

type venueLooks struct{}

func (venueLooks) Draw(_ context.Context, v player.View) (player.Content, error) {
	return &content{name: "look"}, nil
}

// log keeps plays in memory; full makes it fail.
type log struct {
	mu    sync.Mutex
	plays []plan.Play
	full  bool
}

func (l *log) Append(p plan.Play) (plan.Play, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full {
		return p, errors.New("no space left")
	}
	p.Seq = uint64(len(l.plays) + 1)
	l.plays = append(l.plays, p)
	return p, nil
}

func (l *log) set(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func (l *log) Sync() error { return nil }

func (l *log) outcomes() map[plan.Outcome]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := map[plan.Outcome]int{}
	for _, p := range l.plays {
		n[p.Outcome]++
	}
	return n
}

// words is a vocabulary of a shop that sells 1073 and nothing else. It takes a
// while to say so, and a scheduler takes as long to make.
type words struct{ take time.Duration }

func (words) Parent(int) int { return 0 }
func (w words) Sells(string) []int {
	if w.take > 0 {
		time.Sleep(w.take)
	}
	return []int{1073}
}
func (words) Regulated() []int                        { return nil }
func (words) CategoryLabel(int, string) string        { return "category" }
func (words) ActivityLabel(activity, _ string) string { return activity }
func (words) Relations(string) []plan.Relation        { return nil }
func (words) OccasionLabel(string, string) string     { return "" }
func (words) ActivityOccasions(string) (primary, secondary []string) {
	return nil, nil
}

func campaign(id string, category int) plan.Campaign {
	return plan.Campaign{
		ID: id, Advertiser: "The " + id, Category: category, Weight: 1,
		Creatives: []plan.Creative{{ID: id + "-1", SHA256: id, File: id + ".jpg", Length: 10 * time.Second}},
	}
}

func house(id string) plan.Campaign {
	c := campaign(id, 0)
	c.Advertiser, c.Tier = plan.VenueAdvertiser, plan.TierHouse
	return c
}

// shop is a running player with everything around it under the test's hand.
type shop struct {
	t *testing.T
	*player.Player
	glass *glass
	prep  *preparer
	log   *log
	stop  func()
	begun time.Time
}

// open starts a player in a synctest bubble.
func open(t *testing.T, campaigns ...plan.Campaign) *shop {
	return openAs(t, func(*player.Config) {}, nil, campaigns...)
}

// openAs starts one with another config and a past.
func openAs(t *testing.T, as func(*player.Config), past []plan.Play, campaigns ...plan.Campaign) *shop {
	s := &shop{
		t: t, glass: newGlass(), log: &log{}, begun: time.Now(),
		prep: &preparer{take: 200 * time.Millisecond, broken: map[string]bool{}, films: map[string]time.Duration{}},
	}
	cfg := player.Config{
		Glass: s.glass, Preparer: s.prep, Looks: venueLooks{}, Plays: s.log,
		Civil:      func() (time.Time, plan.Clock) { return time.Now(), plan.ClockTrusted },
		Venue:      plan.Venue{Name: "Martin", ID: "screen", Activity: "jeweller", Language: "en", Timezone: time.UTC, Targeting: true},
		Vocabulary: words{}, OwnShare: scheduler.OwnShare{Turns: 1, Of: 4},
		Enter: player.Fade, Fade: 500 * time.Millisecond, MarkWord: "Advertisement",
		Boot: "boot", Booted: s.begun, Begun: s.begun,
		Log: slog.New(slog.DiscardHandler),
	}
	as(&cfg)
	s.Player = player.New(cfg, func(int) []plan.Play { return past })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	s.stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(s.stop)
	s.books("r1", campaigns...)
	return s
}

// books puts campaigns in force.
func (s *shop) books(revision string, campaigns ...plan.Campaign) {
	s.SetPlan(plan.Plan{Feeds: []plan.Feed{{Name: "local", Revision: revision, Campaigns: campaigns}}}, nil)
	synctest.Wait()
}

// becomes tells the player a new belief and lets it act.
func (s *shop) becomes(state presence.State) {
	s.Believe(presence.Belief{State: state, Since: time.Since(s.begun)})
	synctest.Wait()
}

// after lets time pass.
func (s *shop) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (s *shop) onGlass(look player.Look) {
	s.t.Helper()
	if f := s.glass.last(); f.Look != look {
		s.t.Fatalf("the glass shows %q (look %d), want look %d", f.Label, f.Look, look)
	}
}

var errBroke = errors.New("the decoder died")

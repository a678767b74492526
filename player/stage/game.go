package stage

import (
	"context"
	"image"
	"image/color"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"entracte/player"
)

// Drawn says what one draw left on the glass.
type Drawn struct {
	At      time.Time
	Look    player.Look
	Showing uint64
}

// game is the stage on Ebitengine's goroutine; nothing here is shared.
type game struct {
	ctx    context.Context
	stage  *Stage
	opts   Options
	prints *prints

	shaders  *shaders
	textures textures
	screen   image.Point

	cur, old *layer
	passage  passage
	// dirty asks for a draw although nothing on the glass moves.
	dirty bool
	// drawn lists what to tell the player once the draw is on the screen.
	drawn  []player.GlassEvent
	opened bool
	polled time.Time
	keys   []ebiten.Key
}

// How long Update may sleep before the window system is asked for news: keys and
// the close button want an answer a person does not notice, a fullscreen player
// without keys only a sign of life.
const (
	pollWindow = 50 * time.Millisecond
	pollScreen = 5 * time.Second
)

func newGame(ctx context.Context, s *Stage) (*game, error) {
	sh, err := newShaders()
	if err != nil {
		return nil, err
	}
	g := &game{ctx: ctx, stage: s, opts: s.opts, shaders: sh, cur: &layer{}, dirty: true}
	if s.opts.FramesTo != "" {
		if g.prints, err = newPrints(s.opts.FramesTo); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *game) close() {
	g.stage.sound.stop()
	if g.prints != nil {
		g.prints.close()
	}
}

// Layout asks for the smallest offscreen: everything is drawn on the final
// screen, and the offscreen only carries the word that it must be drawn.
func (g *game) Layout(int, int) (int, int) { return 1, 1 }

// Update sleeps until there is something to draw, or until the window system
// wants to be asked for events.
func (g *game) Update() error {
	g.opened = true
	g.afterSwap(time.Now())
	g.readKeys()
	poll := pollScreen
	if g.opts.OnKey != nil || g.opts.Windowed != (image.Point{}) {
		poll = pollWindow
	}
	g.polled = time.Now()
	for {
		if g.ctx.Err() != nil {
			return ebiten.Termination
		}
		if g.dirty || g.stage.pending() {
			g.dirty = true
			return nil
		}
		if c := g.stage.takeWarming(); c != nil {
			g.textures.sweep()
			g.textures.still(c)
			return nil // the engine uploads between two updates
		}
		now := time.Now()
		if g.cur.advance(now) || g.old != nil {
			g.dirty = true
			return nil
		}
		left := g.polled.Add(poll).Sub(now)
		if left <= 0 {
			return nil
		}
		g.sleep(min(left, g.cur.untilMove(now)))
	}
}

func (g *game) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-g.stage.wake:
	case <-t.C:
	}
}

func (g *game) readKeys() {
	if g.opts.OnKey == nil {
		return
	}
	g.keys = inpututil.AppendJustPressedKeys(g.keys[:0])
	for _, k := range g.keys {
		if k >= ebiten.KeyA && k <= ebiten.KeyZ {
			g.opts.OnKey('A' + rune(k-ebiten.KeyA))
		}
	}
}

// Draw touches the offscreen when the screen must be drawn: the engine presents
// a frame only if the game drew something.
func (g *game) Draw(offscreen *ebiten.Image) {
	if g.dirty {
		offscreen.Fill(color.Black)
	}
}

// DrawFinalScreen writes the whole screen from the newest frame there is.
func (g *game) DrawFinalScreen(screen ebiten.FinalScreen, _ *ebiten.Image, _ ebiten.GeoM) {
	now := time.Now()
	g.dirty = false
	if size := screen.Bounds().Size(); size != g.screen {
		g.resize(size)
	}
	if f, ok := g.stage.take(); ok {
		g.change(f, now)
	}
	g.tellEnd()
	p := g.passage.progress(now)
	if p >= 1 && g.old != nil {
		g.textures.release(g.old)
		g.old = nil
	}
	sc := scene{screen: g.screen, rotation: g.opts.Rotation, fit: g.opts.Fit, shaders: g.shaders}
	sc.draw(screen, g.old, g.cur, g.passage, p)
	if g.prints != nil && g.old == nil && !g.cur.printed && g.cur.frame.Label != "" {
		g.cur.printed = true
		g.prints.take(&sc, g.cur)
	}
	if !g.cur.presented {
		g.cur.presented = true
		g.tell(player.GlassEvent{Kind: player.Presented, Showing: g.cur.frame.Showing, Label: g.cur.frame.Label})
	}
}

// change begins the passage to another frame.
func (g *game) change(f player.Frame, now time.Time) {
	if g.old != nil {
		g.textures.release(g.old)
		g.old = nil
	}
	prev := g.cur
	g.passage = passage{f.Enter, now, f.Fade}
	g.cur = newLayer(f, &g.textures, g.opts, g.opts.Rotation.Upright(g.screen))
	g.cur.start = now
	g.cur.advance(now)
	if f.Enter == player.Cut || f.Fade <= 0 || !prev.presented {
		g.textures.release(prev)
		return
	}
	prev.frozen = true
	g.old = prev
}

// tellEnd reports, once, that moving content came to its end.
func (g *game) tellEnd() {
	l := g.cur
	if l.told || !l.ended && l.err == nil {
		return
	}
	l.told = true
	e := player.GlassEvent{Kind: player.Ended, Showing: l.frame.Showing, Err: l.err}
	if l.err != nil {
		e.Kind = player.Broke
	}
	g.tell(e)
}

func (g *game) resize(size image.Point) {
	g.screen = size
	g.tell(player.GlassEvent{Kind: player.Resized, Size: g.opts.Rotation.Upright(size)})
}

func (g *game) tell(e player.GlassEvent) { g.drawn = append(g.drawn, e) }

// afterSwap tells the player what the last draw changed, now that it is on the
// screen.
func (g *game) afterSwap(now time.Time) {
	if g.cur.presented && !g.cur.sounding {
		// Not before: sound that begins with the draw is ahead of the picture by
		// as long as drawing takes.
		g.cur.sounding = true
		g.stage.startSound(g.cur)
	}
	for _, e := range g.drawn {
		e.At = now
		select {
		case g.stage.events <- e:
		case <-g.ctx.Done():
		}
	}
	g.drawn = g.drawn[:0]
	if g.opts.OnDraw != nil && g.cur.presented {
		g.opts.OnDraw(Drawn{At: now, Look: g.cur.frame.Look, Showing: g.cur.frame.Showing})
	}
}

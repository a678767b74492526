package stage

import (
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"strings"
	"sync"

	"github.com/hajimehoshi/ebiten/v2"

	"entracte/player"
)

// Options are fixed for the life of a stage. The zero value is fullscreen,
// upright, cover, on the first monitor.
type Options struct {
	Title string
	// Windowed is the size of a window in pixels; the zero Point is fullscreen.
	Windowed image.Point
	Fit      Fit
	Rotation Rotation
	// Output names the connector to show on ("HDMI-A-2"); empty is the first.
	Output string
	// Mark draws the notice of a paid creative for an upright glass, and says
	// where its upper left corner belongs.
	Mark func(text string, glass image.Point) (*image.RGBA, image.Point)
	// FramesTo is a folder that gets the glass as a PNG after each change; empty
	// for none.
	FramesTo string
	// Sound opens the sound card; without it films are silent.
	Sound bool
	// OnKey is told each key press as an upper-case letter, on the stage's own
	// goroutine: it must not block. Nil reads no keys.
	OnKey func(key rune)
	// OnDraw is told what is on the glass, from the first draw on, after each round
	// of the engine: after each draw, and while nothing moves at least every 5 s
	// without one. For benchmarks, and for a watchdog. It must not block.
	OnDraw func(Drawn)
}

// A Stage is the glass. Its methods are safe for concurrent use, but Run must be
// called once, on the main goroutine.
type Stage struct {
	opts   Options
	events chan player.GlassEvent
	wake   chan struct{}
	sound  *sound

	mu      sync.Mutex
	next    *player.Frame
	warming []player.Content
}

// New returns a stage that shows black until it is given a frame.
func New(opts Options) *Stage {
	return &Stage{
		opts:   opts,
		events: make(chan player.GlassEvent, 256),
		wake:   make(chan struct{}, 1),
		sound:  &sound{},
	}
}

// Show replaces what should be on the glass. It returns at once. Unless the
// frame is a show, sound stops before Show returns.
func (s *Stage) Show(f player.Frame) {
	s.mu.Lock()
	s.next = &f
	if f.Look != player.LookShow {
		s.sound.stop()
	}
	s.mu.Unlock()
	s.rouse()
}

// startSound plays the layer's sound, unless another frame is to take its place.
func (s *Stage) startSound(l *layer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.sound.start(l)
	}
}

// Warm uploads content that will be shown soon, so that its first frame is not
// late. It returns at once.
func (s *Stage) Warm(c player.Content) {
	s.mu.Lock()
	s.warming = append(s.warming, c)
	s.mu.Unlock()
	s.rouse()
}

// Events tells what really reached the glass. The channel is never closed.
func (s *Stage) Events() <-chan player.GlassEvent { return s.events }

func (s *Stage) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take returns the frame to change to, if there is one.
func (s *Stage) take() (player.Frame, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		return player.Frame{}, false
	}
	f := *s.next
	s.next = nil
	return f, true
}

// takeWarming returns one content to upload, or nil: one a frame, so that a
// frame is never late for more than one.
func (s *Stage) takeWarming() player.Content {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.warming) == 0 {
		return nil
	}
	c := s.warming[0]
	s.warming = s.warming[1:]
	return c
}

func (s *Stage) pending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next != nil
}

// ErrNoDisplay is what Run fails with when there is no display or no GL.
var ErrNoDisplay = errors.New("no display")

// Run opens the screen and draws until ctx ends or the window is closed; both
// are no error. It must be called on the main goroutine, once in a process.
func (s *Stage) Run(ctx context.Context) error {
	g, err := newGame(ctx, s)
	if err != nil {
		return err
	}
	defer g.close()
	if s.opts.Sound {
		s.sound.open()
	}
	stop := context.AfterFunc(ctx, s.rouse)
	defer stop()

	ebiten.SetWindowTitle(s.opts.Title)
	if s.opts.Windowed == (image.Point{}) {
		ebiten.SetFullscreen(true)
		ebiten.SetCursorMode(ebiten.CursorModeHidden)
	} else {
		ebiten.SetWindowSize(s.opts.Windowed.X, s.opts.Windowed.Y)
		ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	}
	if err := chooseMonitor(s.opts.Output); err != nil {
		slog.Warn(err.Error())
	}
	ebiten.SetTPS(ebiten.SyncWithFPS)
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetRunnableOnUnfocused(true)
	err = ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{
		X11ClassName:    "entracte",
		X11InstanceName: "entracte",
	})
	if err != nil && !g.opened {
		return fmt.Errorf("%w: %v\nhint: start an X server (startx, or Xvfb for a test) and set DISPLAY; `entracte doctor` says what this machine has", ErrNoDisplay, err)
	}
	return err
}

// chooseMonitor takes the monitor on a connector. An unknown connector leaves
// the first one: a screen that shows beats one that does not.
func chooseMonitor(output string) error {
	if output == "" {
		return nil
	}
	var names []string
	for _, m := range ebiten.AppendMonitors(nil) {
		if connector(m.Name()) == connector(output) {
			ebiten.SetMonitor(m)
			return nil
		}
		names = append(names, m.Name())
	}
	return fmt.Errorf("there is no screen on %s; showing on the first one\nhint: screen.output is one of %s", output, strings.Join(names, ", "))
}

// connector makes one of the two ways to write a connector: the kernel says
// "HDMI-A-2", X "HDMI-2".
func connector(name string) string {
	return strings.Replace(strings.ToUpper(name), "-A-", "-", 1)
}

package stage

import (
	"os"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"
)

// The tests of pixels run inside the engine's loop, which owns the main
// goroutine: TestMain gives it that, and the tests hand it their work.

var work = make(chan func())

type loop struct{ done chan struct{} }

func (l *loop) Layout(int, int) (int, int) { return 16, 16 }
func (l *loop) Draw(*ebiten.Image)         {}
func (l *loop) Update() error {
	select {
	case f := <-work:
		f()
	case <-l.done:
		return ebiten.Termination
	}
	return nil
}

func TestMain(m *testing.M) {
	if os.Getenv("DISPLAY") == "" {
		os.Exit(m.Run())
	}
	l := &loop{make(chan struct{})}
	code := 1
	go func() {
		code = m.Run()
		close(l.done)
	}()
	ebiten.SetWindowSize(16, 16)
	if err := ebiten.RunGame(l); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// onGPU runs f in the engine's loop, or skips the test where there is none.
func onGPU(t *testing.T, f func()) {
	t.Helper()
	if os.Getenv("DISPLAY") == "" {
		t.Skip("no display: run it under Xvfb, as scripts/test does")
	}
	done := make(chan struct{})
	work <- func() {
		defer close(done)
		f()
	}
	<-done
}

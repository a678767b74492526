package stage

import (
	"image"
	"os"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"entracte/player"
	"entracte/player/media"
)

// What ten draws of a full 1080p glass cost, by what is on it. The time is that
// of the renderer, software or not; compare within one run.
func BenchmarkDraw(b *testing.B) {
	if os.Getenv("DISPLAY") == "" {
		b.Skip("no display")
	}
	glass := image.Pt(1920, 1080)
	film := &layer{frame: player.Frame{Look: player.LookShow, Content: &media.Video{Coded: glass, Visible: glass, Display: glass}}}
	small := image.Pt(1280, 720)
	scaled := &layer{frame: player.Frame{Look: player.LookShow, Content: &media.Video{Coded: small, Visible: small, Display: small}}}
	var still, other *layer
	var to *ebiten.Image
	var sc scene
	onGPUb(func() {
		sh, err := newShaders()
		if err != nil {
			panic(err)
		}
		sc = scene{screen: glass, fit: Cover, shaders: sh}
		film.moving = texture(glass.X/4, glass.Y*3/2)
		scaled.moving = texture(small.X/4, small.Y*3/2)
		var tex textures
		still = showOf(&media.Picture{Image: plain(glass.X, glass.Y, red)}, &tex, Options{}, glass)
		other = showOf(&media.Picture{Image: plain(glass.X, glass.Y, blue)}, &tex, Options{}, glass)
		to = texture(glass.X, glass.Y)
	})
	for _, one := range []struct {
		name     string
		old, cur *layer
	}{{"still", nil, still}, {"fade", still, other}, {"film", nil, film}, {"film-scaled", nil, scaled}} {
		b.Run(one.name, func(b *testing.B) {
			pixel := make([]byte, 4)
			for b.Loop() {
				onGPUb(func() {
					// Ten, so that the engine's own pace of 60 frames does not count.
					for range 10 {
						sc.draw(to, one.old, one.cur, passage{kind: player.Fade}, 0.5)
					}
					to.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image).ReadPixels(pixel)
				})
			}
		})
	}
}

func onGPUb(f func()) {
	done := make(chan struct{})
	work <- func() { defer close(done); f() }
	<-done
}

// Command smallest is the smallest Ebitengine program that shows a picture full
// screen: what the player is measured against. It tells its frames on standard
// output every half second.
package main

import (
	"fmt"
	_ "image/jpeg"
	"log"
	"os"
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/ebitenutil"
)

type game struct {
	picture *ebiten.Image
	frames  atomic.Int64
}

func (g *game) Update() error              { return nil }
func (g *game) Layout(w, h int) (int, int) { return w, h }

func (g *game) Draw(screen *ebiten.Image) {
	s, p := screen.Bounds().Size(), g.picture.Bounds().Size()
	op := &ebiten.DrawImageOptions{}
	op.GeoM.Scale(float64(s.X)/float64(p.X), float64(s.Y)/float64(p.Y))
	screen.DrawImage(g.picture, op)
	g.frames.Add(1)
}

func main() {
	picture, _, err := ebitenutil.NewImageFromFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	g := &game{picture: picture}
	go func() {
		for range time.Tick(500 * time.Millisecond) {
			fmt.Println("frames", g.frames.Load())
		}
	}()
	ebiten.SetFullscreen(true)
	if err := ebiten.RunGame(g); err != nil {
		log.Fatal(err)
	}
}

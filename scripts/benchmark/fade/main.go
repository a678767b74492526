// Command fade is the player's own stage, fading without end from one picture to
// the other, each under the notice of a paid creative. It tells its frames on
// standard output every half second.
package main

import (
	"context"
	"fmt"
	"image"
	"log"
	"os"
	"sync/atomic"
	"time"

	"entracte/player"
	"entracte/player/card"
	"entracte/player/media"
	"entracte/player/stage"
)

// Longer than any measurement, so that every frame counted is one of a fade.
const long = time.Minute

func main() {
	ctx := context.Background()
	var frames atomic.Int64
	s := stage.New(stage.Options{
		OnDraw: func(stage.Drawn) { frames.Add(1) },
		Mark: func(text string, glass image.Point) (*image.RGBA, image.Point) {
			img := card.Mark(text, glass)
			return img, card.MarkPlace(glass, img.Rect.Size()).Min
		},
	})
	go func() {
		glass := (<-s.Events()).Size
		for i, path := range os.Args[1:3] {
			c, err := media.Open(ctx, path, media.Options{Glass: glass})
			if err != nil {
				log.Fatal(err)
			}
			f := player.Frame{Look: player.LookShow, Showing: uint64(i + 1), Content: c, Mark: "Advertisement · Bench"}
			if i > 0 {
				f.Enter, f.Fade = player.Fade, long
			}
			s.Show(f)
			<-s.Events()
		}
		for range time.Tick(500 * time.Millisecond) {
			fmt.Println("frames", frames.Load())
		}
	}()
	if err := s.Run(ctx); err != nil {
		log.Fatal(err)
	}
}

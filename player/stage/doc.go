// Package stage is the glass: it draws the latest [player.Frame] it was given,
// fullscreen, with Ebitengine. It is the only importer of Ebitengine.
//
// It promises that a neutral frame is on the very next draw after Show, sound
// cut at once, whatever a decoder is doing: the draw never waits for content.
// It promises that a still costs nothing: the loop sleeps inside Update until a
// frame, a film's next picture, a transition or a key gives it something to
// draw, and then writes the screen once, on the final screen, without the
// engine's offscreen pass.
//
// It must not decide anything: what to show, for how long and why is the
// player's. It tells the player what really reached the glass.
//
//	s := stage.New(stage.Options{Windowed: image.Pt(1280, 720), Mark: card.Mark})
//	go player.Run(ctx)    // calls s.Show, reads s.Events
//	err := s.Run(ctx)     // on the main goroutine; ends with ctx or the window
//
// # Why the loop sleeps in Update
//
// Ebitengine's own way to draw on demand, FPSModeVsyncOffMinimum, is deprecated
// and switches vsync off, which tears films and fades on a real screen. Sleeping
// in Update keeps vsync and needs no deprecated call; a wake-up is a channel
// send. What a still and a fade cost is measured by scripts/bench.
package stage

package player_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler/plan"
)

func (s *shop) tells(title string, progress float64) {
	s.Tell(player.Message{Title: title, Progress: progress})
	synctest.Wait()
}

// A message takes the place of everything but the neutral frame, and what was on
// before it comes back.
func TestMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021))
		for _, c := range []struct {
			state   presence.State
			without player.Look
			with    player.Look
		}{
			{presence.Empty, player.LookIdle, player.LookMessage},
			{presence.Waiting, player.LookShow, player.LookMessage},
			{presence.Serving, player.LookNeutral, player.LookNeutral},
			{presence.Starting, player.LookNeutral, player.LookNeutral},
			{presence.Asleep, player.LookBlack, player.LookMessage},
			{presence.Closed, player.LookBlack, player.LookMessage},
		} {
			s.becomes(c.state)
			s.after(3 * time.Second)
			s.onGlass(c.without)
			s.tells("a stick", 0.1)
			s.onGlass(c.with)
			s.tells("a stick", 0.2)
			s.onGlass(c.with)
			s.tells("", 0)
			s.after(3 * time.Second)
			s.onGlass(c.without)
		}
		s.stop()
		if n := s.log.outcomes(); n[plan.Interrupted] != 2 {
			t.Errorf("%v: want the ad under the message and the one before service interrupted", n)
		}
	})
}

// Service takes a message off at once, and it is there again afterwards.
func TestServiceDuringMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021))
		s.becomes(presence.Waiting)
		s.tells("a stick", 0.5)
		s.after(time.Minute)
		s.onGlass(player.LookMessage)
		if n := s.log.outcomes(); len(n) != 0 {
			t.Errorf("%v under a message", n)
		}
		s.becomes(presence.Serving)
		s.onGlass(player.LookNeutral)
		s.tells("done", 1)
		s.onGlass(player.LookNeutral)
		s.becomes(presence.Waiting)
		s.onGlass(player.LookMessage)
	})
}

// Each new word is a new frame, and the same one is none.
func TestMessageIsDrawnOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		s.becomes(presence.Empty)
		s.after(time.Second)
		before := s.glass.count()
		for _, progress := range []float64{0.1, 0.1, 0.1, 0.2} {
			s.tells("a stick", progress)
		}
		if n := s.glass.count() - before; n != 2 {
			t.Errorf("%d frames for two messages", n)
		}
	})
}

// slowLooks draws a message as slowly as a small machine does.
type slowLooks struct{ venueLooks }

func (l slowLooks) Draw(ctx context.Context, v player.View) (player.Content, error) {
	if v.Look == player.LookMessage {
		time.Sleep(300 * time.Millisecond)
	}
	return l.venueLooks.Draw(ctx, v)
}

// News that comes faster than it is drawn is on the glass all the same, and moves.
func TestMessageOnSlowMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAs(t, func(c *player.Config) { c.Looks = slowLooks{} }, nil)
		s.becomes(presence.Empty)
		s.after(time.Second)
		before := s.glass.count()
		for i := range 20 {
			s.tells("a stick", float64(i)/20)
			s.after(200 * time.Millisecond)
		}
		s.onGlass(player.LookMessage)
		if n := s.glass.count() - before; n < 10 {
			t.Errorf("%d frames in four seconds of news", n)
		}
		s.tells("", 0)
		s.after(3 * time.Second)
		s.onGlass(player.LookIdle)
	})
}

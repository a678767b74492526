package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"entracte/player"
	"entracte/storage/pack"
	"entracte/storage/usb"
)

// stickTime is how long the outcome of a stick stays on the glass, and pulledTime
// how long it stays once the stick is out.
const (
	stickTime  = 30 * time.Second
	pulledTime = 4 * time.Second
)

// sticks visits each stick that is plugged in, one after the other, and says on the
// glass how it goes.
type sticks struct {
	visitor *usb.Visitor
	words   stickSpeaker
	log     *slog.Logger
	// tell puts a message on the glass; light keeps the screen on meanwhile.
	tell  func(player.Message)
	light func(bool)
	// watch is [usb.Watch] on this machine, but in tests.
	watch func(context.Context, func([]usb.Stick)) error
}

// run watches for sticks until ctx ends.
func (s *sticks) run(ctx context.Context) {
	there := make(chan []usb.Stick)
	go func() {
		defer close(there)
		for ctx.Err() == nil {
			err := s.watch(ctx, func(now []usb.Stick) {
				select {
				case there <- now:
				case <-ctx.Done():
				}
			})
			if err == nil || errors.Is(err, errors.ErrUnsupported) {
				return
			}
			s.log.Error("sticks are not read for a minute", "err", err)
			select {
			case <-time.After(time.Minute):
			case <-ctx.Done():
			}
		}
	}()
	s.follow(ctx, there)
}

// follow visits the sticks it is told of. What comes and goes during a visit is
// seen after it.
func (s *sticks) follow(ctx context.Context, there <-chan []usb.Stick) {
	var now, visited []usb.Stick
	end := time.NewTimer(0)
	<-end.C
	for {
		for stick := fresh(now, visited); stick != nil; stick = fresh(now, visited) {
			s.light(true)
			s.visitor.Visit(ctx, *stick, func(n usb.News) {
				s.tell(s.words.message(n))
				s.note(n)
			})
			visited = append(visited, *stick)
			end.Reset(stickTime)
		}
		select {
		case all, ok := <-there:
			if !ok { // nobody would see this one go
				s.tell(player.Message{})
				s.light(false)
				return
			}
			now = all
			here := slices.DeleteFunc(visited, func(v usb.Stick) bool { return !holds(now, v) })
			if len(here) < len(visited) && fresh(now, here) == nil {
				end.Reset(pulledTime)
			}
			visited = here
		case <-end.C:
			s.tell(player.Message{})
			s.light(false)
		}
	}
}

// fresh is the first stick that was not visited.
func fresh(now, visited []usb.Stick) *usb.Stick {
	for i := range now {
		if !holds(visited, now[i]) {
			return &now[i]
		}
	}
	return nil
}

func holds(all []usb.Stick, s usb.Stick) bool { return slices.ContainsFunc(all, s.Same) }

// note writes the outcome to the log: what was refused, and why.
func (s *sticks) note(n usb.News) {
	if n.Stage < usb.Done {
		return
	}
	log := s.log.With("stick", n.Stick.Device)
	if n.Stage == usb.Pulled {
		log.Warn("the stick was pulled out before it was read")
	}
	for i := range n.Feeds {
		f := &n.Feeds[i]
		switch {
		case errors.Is(f.Err, pack.ErrSame):
			log.Info("in force already", "feed", f.Name.String())
		case elsewhere(f.Err):
			log.Info("nothing for this feed on the stick", "feed", f.Name.String(), "err", f.Err)
		case f.Err != nil:
			log.Warn("not installed", "feed", f.Name.String(), "err", f.Err)
		case f.Received.InForce:
			log.Info("installed", "feed", f.Name.String(), "pack", f.Pack.Version.String(), "files", f.Received.Files)
		default:
			log.Info("waiting for files", "feed", f.Name.String(), "pack", f.Pack.Version.String(), "missing", len(f.Received.Missing))
		}
		if f.Err == nil && f.Received.Gone != nil {
			log.Warn("the stick went away, or cannot be read, before all of it was read", "feed", f.Name.String(), "err", f.Received.Gone)
		}
	}
	if n.Err != nil {
		log.Warn("the stick is not read", "err", n.Err)
	}
	if left := n.Own.Left; len(left) > 0 {
		const named = 20
		log.Warn("own files are left on the stick", "files", len(left), "such as", fmt.Sprintf("%q", left[:min(len(left), named)]))
	}
	if n.Own.Err != nil {
		log.Warn("own pictures are not all copied", "err", n.Own.Err)
	}
	if n.ReceiptErr != nil {
		log.Warn("the receipt is not written", "err", n.ReceiptErr)
	}
}

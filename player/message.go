package player

import (
	"context"
	"slices"

	"entracte/hw/presence"
)

// A Message is what the venue's owner is told on the glass about something they
// are just doing: a stick that is being read, and that it may be pulled out. It
// takes the place of the ads, of the idle look and of black, but never of the
// neutral frame: nobody who is served sees it.
type Message struct {
	// Title is the news in a few words; without one there is no message.
	Title string
	// Lines are sentences under it.
	Lines []string
	// Progress is what part is done, 0 to 1; negative draws no bar.
	Progress float64
}

func (m Message) equal(n Message) bool {
	return m.Title == n.Title && m.Progress == n.Progress && slices.Equal(m.Lines, n.Lines)
}

// Tell puts a message on the glass as soon as nobody is served, in place of the
// one before it. The zero value takes it away.
func (p *Player) Tell(m Message) {
	select {
	case p.messages <- m:
	case <-p.done:
	}
}

func (p *Player) onMessage(ctx context.Context, m Message) {
	p.message = m
	if m.Title == "" {
		replace(&p.looks.message, nil)
		p.looks.told = Message{}
	}
	p.follow(ctx)
}

// tells reports whether a message is to be on the glass. One whose frame is still
// being drawn is not waited for.
func (p *Player) tells() bool { return p.message.Title != "" && p.looks.message != nil }

// mayShow reports whether a creative may be put on the glass.
func (p *Player) mayShow() bool {
	return p.belief.State == presence.Waiting && p.on == nil && !p.tells()
}

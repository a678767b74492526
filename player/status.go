package player

import (
	"context"
	"errors"
	"time"

	"entracte/hw/presence"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// Status is what the player knows of itself, for the control socket, the local
// API and `entracte status`. It says nothing about people beyond the one bit.
type Status struct {
	Venue string `json:"venue"`
	// Screen is the device's id.
	Screen string `json:"screen"`
	// State is the presence state; Since how long it has lasted, in seconds.
	State string  `json:"state"`
	Since float64 `json:"since_seconds"`
	// Paused: the owner silenced the screen.
	Paused bool `json:"paused"`
	// OnGlass is the label of the frame on the glass ("feed/campaign/creative",
	// "idle", "neutral", "paused", "black"), and Why its sentence, in English as all
	// of the status.
	OnGlass string `json:"on_glass"`
	Why     string `json:"why,omitempty"`
	// Next is what would come next, if anything may.
	Next string `json:"next,omitempty"`
	// Shown and Following are the same two with their reasons; nil when there is
	// none.
	Shown     *Chosen `json:"shown,omitempty"`
	Following *Chosen `json:"following,omitempty"`
	// Language is the venue's, for who speaks to its owner.
	Language string `json:"language"`
	Clock    string `json:"clock"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	// Campaigns in force, and the plays counted since this start.
	Campaigns int     `json:"campaigns"`
	Plays     uint64  `json:"plays"`
	Uptime    float64 `json:"uptime_seconds"`
	// Faults are English sentences for a technician: what does not work, what was left
	// out, promises that are off, and films that the waits here are too short for.
	Faults []string               `json:"faults"`
	Inputs []presence.InputBelief `json:"inputs"`
}

// Chosen is a creative and why the scheduler chose it: the codes of the play
// record, and the sentence in both languages.
type Chosen struct {
	Feed     string   `json:"feed"`
	Campaign string   `json:"campaign"`
	Creative string   `json:"creative"`
	Reasons  []string `json:"reasons"`
	French   string   `json:"fr"`
	English  string   `json:"en"`
}

func (p *Player) chosen(c scheduler.Choice) *Chosen {
	return &Chosen{c.Ref.Feed, c.Ref.Campaign, c.Ref.Creative, codes(scheduler.Lease{Choice: c}),
		scheduler.Sentence(c, "fr", p.options()), scheduler.Sentence(c, "en", p.options())}
}

// ErrNotRunning is what questions to a player get that has ended.
var ErrNotRunning = errors.New("the player has ended")

// ask runs f on the player's goroutine and waits for it.
func (p *Player) ask(ctx context.Context, f func()) error {
	ran := make(chan struct{})
	select {
	case p.asks <- func() { f(); close(ran) }:
		<-ran
		return nil
	case <-p.done:
		return ErrNotRunning
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Status reports what is going on.
func (p *Player) Status(ctx context.Context) (Status, error) {
	var s Status
	err := p.ask(ctx, func() { s = p.status() })
	return s, err
}

// Why lists, campaign by campaign, the first filter that keeps it off the glass
// now.
func (p *Player) Why(ctx context.Context) ([]scheduler.Refusal, error) {
	var r []scheduler.Refusal
	err := p.ask(ctx, func() { r = p.sched.WhyNot(p.moment()) })
	return r, err
}

// Waits returns a copy of what was learned of the waits; nil where nothing is.
func (p *Player) Waits(ctx context.Context) (*plan.Waits, error) {
	var w *plan.Waits
	err := p.ask(ctx, func() { w = clone(p.cfg.Memory.Waits) })
	return w, err
}

func (p *Player) status() Status {
	_, clock := p.cfg.Civil()
	s := Status{
		Venue: p.cfg.Venue.Name, Screen: p.cfg.Venue.ID,
		State: p.belief.State.String(), Since: (time.Since(p.cfg.Begun) - p.belief.Since).Seconds(),
		Paused: p.belief.Paused, OnGlass: p.onScreen, Language: p.cfg.Venue.Language, Clock: clock.String(),
		Width: p.glass.X, Height: p.glass.Y, Plays: p.completed,
		Uptime: time.Since(p.cfg.Begun).Seconds(),
		Faults: []string{}, Inputs: p.belief.Inputs,
	}
	for _, n := range p.concerns() {
		s.Faults = append(s.Faults, n.Details...)
	}
	for _, a := range scheduler.RarelyFit(p.inForce, p.options()) {
		s.Faults = append(s.Faults, a.Sentence("en"))
	}
	for _, f := range p.plan.Feeds {
		s.Campaigns += len(f.Campaigns)
	}
	if p.on != nil {
		s.Why = scheduler.Sentence(p.on.lease.Choice, "en", p.options())
		s.Shown = p.chosen(p.on.lease.Choice)
	}
	if p.next != nil {
		s.Next = p.next.choice.Ref.String()
		s.Following = p.chosen(p.next.choice)
	}
	return s
}

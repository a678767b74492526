package player

import (
	"context"
	"fmt"
	"image"
	"time"

	"entracte/hw/presence"
	"entracte/scheduler/plan"
)

// Looks draws the venue's own frames: what shows when no creative does.
type Looks interface {
	// Draw makes the content of a look, nil for black.
	Draw(ctx context.Context, v View) (Content, error)
}

// A View is what a look is drawn from.
type View struct {
	Look  Look
	Glass image.Point
	// Now is the civil time, for a clock; zero while it cannot be trusted, for a
	// wrong clock is worse than none.
	Now time.Time
	// Paused asks for the neutral frame that says that the owner silenced the
	// screen.
	Paused bool
	// Notices are for the idle look, without their details: faults, and what is not
	// set up.
	Notices []Notice
	// Message is for the owner, at [LookMessage].
	Message Message
}

// looks are the drawn frames. A look that is not drawn yet is black: neutral
// must never wait for anything.
type looks struct {
	neutral, paused, idle, message Content
	view                           View    // that idle was drawn from
	told                           Message // that message was drawn from, or is being
	pending                        map[lookKey]View
	// asked notes the looks that were drawn for this glass, or are being drawn;
	// a drawn one may be nil.
	asked map[lookKey]bool
	drawn chan drawnLook
	// due is when the idle look must be drawn anew.
	due time.Time
	// fault says why a look is not as the config asks.
	fault string
}

type lookKey struct {
	look   Look
	paused bool
}

type drawnLook struct {
	view    View
	content Content
	err     error
}

func (l *looks) forget() {
	// The idle one stays for the glass until its successor is drawn.
	replace(&l.neutral, nil)
	replace(&l.paused, nil)
	l.pending, l.asked, l.told = nil, nil, Message{}
	l.forgetIdle()
}

// replace closes a look that has a successor; the glass keeps what it still draws.
func replace(old *Content, c Content) {
	if *old != nil {
		(*old).Close()
	}
	*old = c
}

// idleDue reports whether the first idle look is still being drawn.
func (l *looks) idleDue() bool {
	_, busy := l.pending[lookKey{LookIdle, false}]
	return l.idle == nil && (busy || l.view.Glass.X == 0)
}

func (l *looks) forgetIdle() { l.view, l.due = View{}, time.Time{} }

// refreshLooks draws what is missing or out of date, in the background.
func (p *Player) refreshLooks(ctx context.Context) {
	if p.glass.X == 0 {
		return
	}
	civil, clock := p.cfg.Civil()
	if p.looks.asked == nil {
		p.looks.asked = map[lookKey]bool{}
	}
	for _, paused := range []bool{false, true} {
		if key := (lookKey{LookNeutral, paused}); !p.looks.asked[key] {
			p.looks.asked[key] = true
			p.drawLook(ctx, View{Look: LookNeutral, Glass: p.glass, Paused: paused})
		}
	}
	if p.message.Title != "" && !p.looks.told.equal(p.message) {
		p.looks.told = p.message
		p.drawLook(ctx, View{Look: LookMessage, Glass: p.glass, Message: p.message})
	}
	v := View{Look: LookIdle, Glass: p.glass, Notices: p.idleNotices()}
	if clock == plan.ClockTrusted {
		v.Now = civil
	}
	if old := p.looks.view; old.Glass != v.Glass || !equalNotices(old.Notices, v.Notices) {
		p.looks.view = v
		p.drawLook(ctx, v)
		if p.cfg.IdleClock {
			p.looks.due = time.Now().Add(time.Minute - time.Duration(civil.Second())*time.Second)
		}
	}
}

// concerns is everything that needs somebody's attention.
func (p *Player) concerns() []Notice {
	var out []Notice
	if p.belief.NoService {
		out = append(out, Notice{Concern: NoService, Details: []string{presence.NoServiceSentence}})
	}
	if len(p.belief.Faults) > 0 {
		n := Notice{Concern: InputFault}
		for _, f := range p.belief.Faults {
			n.Names, n.Details = append(n.Names, f.Input), append(n.Details, f.Input+": "+f.Sentence)
		}
		out = append(out, n)
	}
	if n, ok := p.clockNotice(); ok {
		out = append(out, n)
	}
	if p.looks.fault != "" {
		out = append(out, Notice{Concern: LookFault, Details: []string{p.looks.fault}})
	}
	if s := p.recorder.fault.Load(); s != nil {
		out = append(out, Notice{Concern: RecordFault, Details: []string{*s}})
	}
	out = append(out, p.notices...)
	if n, ok := p.broken.notice(); ok {
		out = append(out, n)
	}
	return out
}

// clockNotice says what waits for a better clock, if anything does.
func (p *Player) clockNotice() (Notice, bool) {
	_, clock := p.cfg.Civil()
	if clock == plan.ClockTrusted {
		return Notice{}, false
	}
	waiting := 0
	for _, f := range p.plan.Feeds {
		for i := range f.Campaigns {
			c := &f.Campaigns[i]
			if clock == plan.ClockUnknown && c.Flight.Dated() || len(c.Dayparts) > 0 && c.UntrustedClock == plan.UntrustedSkip {
				waiting++
			}
		}
	}
	fact := fmt.Sprintf("the clock is not set: campaigns with dates or dayparts wait for it (%d)\nhint: connect the network once, fit a real-time clock, or `entracte clock set TIME`", waiting)
	return Notice{Concern: ClockUnset, Ads: waiting, Details: []string{fact}}, waiting > 0
}

// idleNotices is what of that the idle look is drawn from.
func (p *Player) idleNotices() []Notice {
	all := p.concerns()
	for i := range all {
		all[i].Details = nil
	}
	return all
}

func (p *Player) drawLook(ctx context.Context, v View) {
	key := lookKey{v.Look, v.Paused}
	if p.looks.pending == nil {
		p.looks.pending = map[lookKey]View{}
	}
	_, busy := p.looks.pending[key]
	p.looks.pending[key] = v
	if busy {
		return
	}
	p.startLook(ctx, v)
}

func (p *Player) startLook(ctx context.Context, v View) {
	drawn := p.looks.drawn
	go func() {
		c, err := p.cfg.Looks.Draw(ctx, v)
		select {
		case drawn <- drawnLook{v, c, err}:
		case <-p.done:
		}
	}()
}

func (p *Player) onLook(ctx context.Context, d drawnLook) {
	key := lookKey{d.view.Look, d.view.Paused}
	want, ok := p.looks.pending[key]
	late := ok && !same(want, d.view)
	if late {
		p.startLook(ctx, want)
	} else {
		delete(p.looks.pending, key)
	}
	// A message that has a newer one shows until that is drawn: news that comes faster
	// than it is drawn must not keep all of it off the glass.
	if late && d.view.Look != LookMessage || d.view.Glass != p.glass {
		return
	}
	if d.err != nil {
		p.log.Error("the venue's own frame is not as the config asks", "err", d.err)
		p.looks.fault = d.err.Error()
	}
	if d.content != nil {
		p.cfg.Glass.Warm(d.content)
	}
	switch {
	case d.view.Look == LookMessage && p.message.Title == "":
		replace(&d.content, nil) // taken away while it was drawn
	case d.view.Look == LookMessage:
		replace(&p.looks.message, d.content)
	case d.view.Look == LookIdle:
		replace(&p.looks.idle, d.content)
	case d.view.Paused:
		replace(&p.looks.paused, d.content)
	default:
		replace(&p.looks.neutral, d.content)
	}
	// The one on the glass is replaced by its newer self without ado.
	if p.frame.Look == d.view.Look && d.view.Look != LookNeutral {
		p.showLook(p.frame.Look, Cut)
	}
	p.follow(ctx)
}

func same(a, b View) bool {
	return a.Look == b.Look && a.Glass == b.Glass && a.Paused == b.Paused && a.Now.Equal(b.Now) && equalNotices(a.Notices, b.Notices) && a.Message.equal(b.Message)
}

// showNeutral puts the neutral frame on the very next draw, before anything is
// settled or recorded.
func (p *Player) showNeutral() {
	f := Frame{Look: LookNeutral, Content: p.looks.neutral, Label: "neutral"}
	if p.belief.Paused {
		f.Content, f.Label = p.looks.paused, "paused"
	}
	if p.on != nil || !alike(f, p.frame) {
		p.show(f)
	}
	p.interrupt()
}

// showLook puts the idle look, a message or black on the glass, unless it is there.
func (p *Player) showLook(look Look, enter Transition) {
	f := Frame{Look: look, Label: "idle", Enter: enter, Fade: p.cfg.Fade}
	switch look {
	case LookIdle:
		f.Content = p.looks.idle
		if p.looks.idleDue() && p.frame.Look != LookShow {
			return // it follows as soon as it is drawn
		}
	case LookMessage:
		f.Label, f.Content = "message", p.looks.message
	case LookBlack:
		f.Label = "black"
	}
	if alike(f, p.frame) {
		return
	}
	p.show(f)
}

func alike(a, b Frame) bool {
	return a.Look == b.Look && a.Content == b.Content && a.Showing == b.Showing && b.Label != ""
}

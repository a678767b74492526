package player

import (
	"context"
	"image"
	"time"

	"entracte/scheduler/plan"
)

// A Look is what kind of thing the glass shows.
type Look uint8

// The looks. The zero value is neutral: when in doubt the screen is quiet.
const (
	// LookNeutral is our own full-screen frame during service: never an ad.
	LookNeutral Look = iota
	// LookIdle is the venue's own frame when nobody waits.
	LookIdle
	// LookShow is a creative.
	LookShow
	// LookBlack is for asleep and closed.
	LookBlack
	// LookMessage is a [Message] for the owner.
	LookMessage
)

// A Frame says, as data, what should be on the glass from now on. The stage
// draws the latest one it was given and nothing else.
type Frame struct {
	Look Look
	// Showing numbers the creative on show, so that the stage's events can be
	// told apart; 0 when Look is not LookShow.
	Showing uint64
	// Content is what to draw; nil draws black.
	Content Content
	// Label names the frame in messages and file names ("idle", "demo/lens/couple").
	Label string
	// Mark is the notice every paid creative carries ("Publicité · Studio Lens").
	Mark string
	// Enter is how this frame replaces the one before. Neutral is always cut.
	Enter Transition
	// Fade is how long the transition takes.
	Fade time.Duration
	// Volume of the content's sound, 0 to 100.
	Volume int
}

// A Transition is how one frame replaces another.
type Transition uint8

// Cut is the zero value, so that a frame that does not say is on the very next draw.
const (
	Cut Transition = iota
	Fade
	Slide
	Wipe
)

// Content is a creative, or a look of the venue's own, ready to be drawn: the
// slow work is done before it is due. The stage knows the concrete types.
type Content interface {
	// Length is how long the content runs before the glass says that it ended: 0
	// for what never ends by itself, a still or an animation.
	Length() time.Duration
	// Close frees what the content holds, a decoder included. It does not wait
	// for it. It may be called more than once, from any goroutine.
	Close() error
}

// A Preparer makes content of a creative for a glass of the given size in
// pixels, as seen upright by the viewer. ctx is the content's life: preparing
// ends early with it, and so does a decoder later.
type Preparer interface {
	Prepare(ctx context.Context, c plan.Creative, glass image.Point) (Content, error)
}

// A Glass is the screen. Show returns at once; the frame is on the glass with
// the next draw. Events arrive in order.
type Glass interface {
	Show(Frame)
	// Warm says that the content will be shown soon.
	Warm(Content)
	Events() <-chan GlassEvent
}

// A GlassEvent is what the player must know of what really reached the glass.
type GlassEvent struct {
	Kind    GlassEventKind
	Showing uint64
	// Label is the frame's, for Presented.
	Label string
	// At is when it happened.
	At time.Time
	// Size is the glass in upright pixels, for Resized.
	Size image.Point
	// Err says why, for Broke.
	Err error
}

// GlassEventKind tells glass events apart.
type GlassEventKind uint8

// The events of the glass.
const (
	// Resized: the glass has this size from now on; the first event of all.
	Resized GlassEventKind = iota + 1
	// Presented: the frame was drawn for the first time and handed to the screen.
	Presented
	// Ended: the last frame of a video or animation was shown.
	Ended
	// Broke: the content cannot go on (a decoder died, stalled or spoke nonsense).
	Broke
)

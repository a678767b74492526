package board

import "time"

// A Loop is something that must come round again and again while the player is
// well, whether or not anything happens in front of the screen.
type Loop struct {
	// Name says what stands still when it does: "the glass".
	Name string
	// Rounds counts how often it came round. It is called on the goroutine that
	// looks, and must not wait.
	Rounds func() uint64
	// Rest is how long it may take for a round.
	Rest time.Duration
}

// A Beat is what to tell the service manager now.
type Beat struct {
	// Ready: every loop has come round for the first time. True once.
	Ready bool
	// Feed the watchdog.
	Feed bool
	// Stalled is the name of a loop that rests for too long; empty while the player
	// is well.
	Stalled string
}

// A Pulse decides when the watchdog is fed: only while all loops come round. It is
// pure; one goroutine owns it.
//
// What counts is the round, not what it does. A glass that shows the same still
// for an hour draws nothing and is well as long as its engine asks for the next
// frame; a pin whose level stays is well as long as it is looked at, and so is one
// that cannot be opened as long as it is tried again. A watchdog cures what hangs;
// what is missing is a fault that a restart does not cure.
type Pulse struct {
	half  time.Duration
	loops []Loop
	seen  []uint64
	moved []time.Time // when the count was last seen to change
	ready bool
	fed   time.Time
}

// NewPulse returns the pulse of loops that are about to start. half is half of
// what the watchdog waits; 0 feeds nothing, and is looked at all the same.
func NewPulse(half time.Duration, loops []Loop, now time.Time) *Pulse {
	p := &Pulse{half: half, loops: loops, seen: make([]uint64, len(loops)), moved: make([]time.Time, len(loops))}
	for i := range loops {
		p.moved[i] = now
	}
	return p
}

// Every is how often to look: often enough that a feeding that had to wait for a
// loop is not late.
func (p *Pulse) Every() time.Duration {
	const most = time.Second
	if p.half <= 0 {
		return most
	}
	return max(min(p.half/4, most), time.Millisecond)
}

// Look counts the rounds and decides.
//
// The watchdog is fed every half of its time, unless a loop rests for longer than
// it may; then as soon as it comes round. It is not enough to ask whether each came
// round since the last feeding: an idle glass comes round every 5 s, which is just
// the half of a usual watchdog. Before all have come round once it is not fed: the
// manager counts from READY=1 on, and until then its start timeout applies.
func (p *Pulse) Look(now time.Time) Beat {
	var b Beat
	begun := true
	for i, l := range p.loops {
		if n := l.Rounds(); n != p.seen[i] {
			p.seen[i], p.moved[i] = n, now
		}
		if now.Sub(p.moved[i]) > l.Rest && b.Stalled == "" {
			b.Stalled = l.Name
		}
		begun = begun && p.seen[i] > 0
	}
	if !p.ready {
		if !begun {
			return b
		}
		p.ready, b.Ready = true, true
		p.feed(now, &b)
		return b
	}
	if b.Stalled == "" && p.half > 0 && now.Sub(p.fed) >= p.half {
		p.feed(now, &b)
	}
	return b
}

func (p *Pulse) feed(now time.Time, b *Beat) {
	b.Feed, p.fed = p.half > 0, now
}

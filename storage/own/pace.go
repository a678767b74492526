package own

import "time"

// A pace decides, from times alone, when a folder is looked at and when what was
// seen is worth telling. A folder changes in bursts: a copy that runs for a
// minute is hundreds of events, and telling of the first one would show half a
// file. So a change is told once the folder has been quiet.
type pace struct {
	// quiet is how long after the last event the folder counts as settled.
	quiet time.Duration
	// net is how often to look although nothing happened, and how long a burst
	// may go on before it is told of all the same.
	net time.Duration
	// poll is how often to look while no events can come.
	poll time.Duration

	// first and last are when the present burst began and last went on; zero
	// between bursts.
	first, last time.Time
	looked      time.Time
	// seen is the listing of the last look, told the one last told of; there is
	// none before the first.
	seen, told string
	toldOnce   bool
}

// event notes that something happened in the folder.
func (p *pace) event(now time.Time) {
	if p.first.IsZero() {
		p.first = now
	}
	p.last = now
}

// next returns when to look; eyes tells whether events can come.
func (p *pace) next(eyes bool) time.Time {
	idle := p.net
	if !eyes {
		idle = p.poll
	}
	at := p.looked.Add(idle)
	if settled := p.settles(); !settled.IsZero() && settled.Before(at) {
		at = settled
	}
	return at
}

// settles returns when the present burst counts as over; zero without one.
func (p *pace) settles() time.Time {
	if p.first.IsZero() {
		return time.Time{}
	}
	quiet, enough := p.last.Add(p.quiet), p.first.Add(p.net)
	if enough.Before(quiet) {
		return enough
	}
	return quiet
}

// look takes the listing seen at a time and reports whether to tell of it. A
// difference that no event announced opens a burst of its own; without eyes it is
// over when two looks agree.
func (p *pace) look(now time.Time, listing string, eyes bool) bool {
	over := !p.first.IsZero() && !now.Before(p.settles())
	same := listing == p.seen
	p.looked, p.seen = now, listing
	if over {
		p.first, p.last = time.Time{}, time.Time{}
	}
	if p.toldOnce && listing == p.told {
		return false
	}
	if over && (eyes || same) {
		p.told, p.toldOnce = listing, true
		return true
	}
	if p.first.IsZero() {
		p.event(now)
	}
	return false
}

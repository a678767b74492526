package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"entracte/hw/board"
	"entracte/hw/clock"
	"entracte/player/control"
	"entracte/scheduler/plan"
)

const (
	// clockEvery is how often the machine is asked for its time.
	clockEvery = 10 * time.Second
	// clockKeptEvery is how often the clock's marks are kept, at most: what a power
	// cut takes away is powered time, and the floor a little lower.
	clockKeptEvery = time.Hour
	// clockKey is the checkpoint of the play log that holds them.
	clockKey = "clock"
)

// A wallClock tells the venue's civil time and how far to trust it. Any goroutine
// may ask, and is answered at once; what the machine says is news when run runs.
type wallClock struct {
	zone   *time.Location
	booted time.Time
	boot   string
	// read asks the machine; Mono is not its to say.
	read func() clock.Reading
	// keep keeps the marks, one call at a time, and dated is told once when the time of
	// this start of the machine became trusted. Either may be nil. Both may take their
	// time and are called by run only, but for keep when a person sets the clock.
	keep  func(clock.Kept) error
	dated func(boot string, mono time.Duration, civil time.Time) error
	log   *slog.Logger

	// keeping holds a token from taking the marks until they are kept, so that older ones
	// never end up over newer ones. Nobody waits for it who asks for the time.
	keeping chan struct{}
	mu      sync.Mutex
	c       *clock.Clock
}

// newClock is a clock that nothing is kept of.
func newClock(zone *time.Location) *wallClock { return openClock(zone, clock.Kept{}) }

// openClock goes on from what was kept.
func openClock(zone *time.Location, kept clock.Kept) *wallClock {
	w := &wallClock{
		zone: zone, booted: time.Now().Add(-board.Uptime()), boot: bootID(), read: machineTime,
		log: slog.New(slog.DiscardHandler), keeping: make(chan struct{}, 1),
	}
	built, _ := time.Parse(time.RFC3339, thisBuild().Time) // zero: nobody knows
	w.begin(built, kept)
	return w
}

// startClock goes on from what the play log holds, keeps the clock's marks there,
// and tells it when the plays of this start can be dated.
func (s *show) startClock(venue plan.Venue, plays *recording) {
	kept, err := keptClock(plays)
	if err != nil {
		s.log.Error("what was known of the time cannot be read; it begins anew", "err", err)
		kept = clock.Kept{}
	}
	s.clock = openClock(venue.Timezone, kept)
	s.clock.keep, s.clock.dated, s.clock.log = keepClock(plays), plays.Dated, s.log
}

func keptClock(plays checkpointer) (clock.Kept, error) { return parseClock(plays.Kept(clockKey)) }

// parseClock reads the marks; none are those of a machine that is new.
func parseClock(b []byte) (k clock.Kept, err error) {
	if b != nil {
		err = json.Unmarshal(b, &k)
	}
	return k, err
}

func keepClock(plays checkpointer) func(clock.Kept) error {
	return func(k clock.Kept) error {
		b, err := json.Marshal(k)
		if err == nil {
			err = plays.Checkpoint(clockKey, b)
		}
		if err == nil {
			err = plays.Sync()
		}
		return err
	}
}

func (w *wallClock) begin(built time.Time, kept clock.Kept) {
	begun := w.mono()
	w.c = clock.New(built, w.boot, kept, w.upToNow(w.read(), begun))
}

// machineTime is what the machine's clocks say.
func machineTime() clock.Reading {
	r := clock.Reading{System: time.Now()}
	reads, set := board.HardwareClock()
	r.Hardware = reads
	switch {
	case board.Disciplined():
		r.By = clock.Network
	case set:
		r.By = clock.Hardware
	}
	return r
}

func (w *wallClock) mono() time.Duration { return time.Since(w.booted) }

// look asks the machine for its time. A battery clock on a bus that hangs answers
// after seconds, for which nobody waits who shows something.
func (w *wallClock) look() {
	begun := w.mono()
	r := w.read()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.c.Read(w.upToNow(r, begun))
}

// upToNow is a reading that began at a time, carried on to now.
func (w *wallClock) upToNow(r clock.Reading, begun time.Duration) clock.Reading {
	r.Mono = w.mono()
	r.System = r.System.Add(r.Mono - begun)
	return r
}

// now is the venue's time and how far to trust it.
func (w *wallClock) now() (time.Time, plan.Clock) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now, trust := w.c.At(w.mono())
	return now.In(w.zone), trust
}

// seen is the latest time that was ever trusted, in the venue's zone; zero if none
// was.
func (w *wallClock) seen() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.c.Seen(w.mono()).In(w.zone)
}

// state is all that is known, for a person.
func (w *wallClock) state() control.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tell()
}

func (w *wallClock) tell() control.Time {
	s := w.c.State(w.mono())
	for _, t := range []*time.Time{&s.Now, &s.System, &s.Floor, &s.Seen} {
		if !t.IsZero() {
			*t = t.In(w.zone).Round(0).Truncate(time.Second)
		}
	}
	return control.Time{State: s, Zone: w.zone.String()}
}

// set takes a person's word, and keeps it for a player that starts again. Where that
// fails, the word holds as long as this player runs.
func (w *wallClock) set(to time.Time, forgetLater bool) (control.Time, error) {
	w.mu.Lock()
	err := w.c.Vouch(w.mono(), to, forgetLater)
	t := w.tell()
	w.mu.Unlock()
	if err != nil {
		return t, err
	}
	if err := w.save(); err != nil {
		return t, fmt.Errorf("the time is not kept for the next start of the player: %w", err)
	}
	return t, nil
}

// signed takes the time at which an accepted pack was signed: the floor is not
// before it. from names the pack.
func (w *wallClock) signed(issued time.Time, from string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.c.Signed(w.mono(), issued, from)
}

// run asks the machine every ten seconds, keeps the marks once an hour and when the
// time became trusted, and once more when ctx ends.
func (w *wallClock) run(ctx context.Context) {
	tick := time.NewTicker(clockEvery)
	defer tick.Stop()
	var due time.Time
	told := false
	for {
		civil, trust := w.now()
		if trust == plan.ClockTrusted && !told {
			told, due = true, time.Time{}
			if w.dated != nil {
				w.complain(w.dated(w.boot, w.mono(), civil))
			}
		}
		if !time.Now().Before(due) {
			w.complain(w.save())
			due = time.Now().Add(clockKeptEvery)
		}
		select {
		case <-tick.C:
			w.look()
		case <-ctx.Done():
			w.complain(w.save())
			return
		}
	}
}

// save keeps the marks as they are now.
func (w *wallClock) save() error {
	if w.keep == nil {
		return nil
	}
	w.keeping <- struct{}{}
	defer func() { <-w.keeping }()
	w.mu.Lock()
	kept := w.c.Keep(w.mono())
	w.mu.Unlock()
	return w.keep(kept)
}

func (w *wallClock) complain(err error) {
	if err != nil {
		w.log.Error("what is known of the time is not kept, and a power cut forgets it", "err", err)
	}
}

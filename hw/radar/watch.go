package radar

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"entracte/hw/presence"
)

// DefaultBaud is the rate of every new module.
const DefaultBaud = 256000

const (
	// silence is how long a module that sends ten reports a second may send none.
	silence = 2 * time.Second
	// giveUp is when the port is opened anew: a module that came back from a loss
	// of power, or was left in its command mode, may need to be told to report.
	giveUp = 5 * time.Second
	// garbage is how many bytes without a report are the wrong baud rate rather
	// than a wire that hangs in the air.
	garbage = 100
	// look bounds each wait for the port, and so how long Watch outlives its
	// context.
	look = 250 * time.Millisecond
	// again is how often a level that stays is repeated, so that it is not taken
	// for silence.
	again = 250 * time.Millisecond
	// soonest and latest are the pauses before a port is opened again.
	soonest = time.Second
	latest  = 10 * time.Second
)

// A Radar is a module on a serial port. Its fields must not change once
// [Radar.Watch] runs.
type Radar struct {
	// Input is the name its readings carry.
	Input string
	// Port is the path of the serial device, such as "/dev/ttyAMA2".
	Port string
	// Baud is the rate of the port; 0 is [DefaultBaud].
	Baud int
	// NearCM and FarCM bound the zone, in cm from the module, both included. The
	// module is told to look no farther than FarCM; it sees 600 cm.
	NearCM, FarCM int
	// Moving and Still are the energies, 0 to 100, that a target must have to be
	// seen, for each of the module's nine gates of 75 cm: the higher, the less
	// sensitive, and 100 is blind. Gates without one keep what the module has,
	// and so do the two nearest for Still, which cannot be set.
	Moving, Still []int
	// Open opens the port; nil is [OpenPort].
	Open func(path string, baud int) (Port, error)
	// Notice, if not nil, is told on Watch's goroutine why the module could not
	// be set as wanted, once for each reason. Such a module is read all the same.
	Notice func(error)

	latest atomic.Pointer[Echo]
}

// Latest returns what the last report said, for somebody who aligns the module,
// whether in the zone or not; false while there is none. It is not kept beyond
// the next report, and must not be stored. Any goroutine may call it.
func (r *Radar) Latest() (Echo, bool) {
	e := r.latest.Load()
	if e == nil {
		return Echo{}, false
	}
	return *e, true
}

// Watch reports moving, still or nobody in the zone at each change and four times a
// second, until ctx ends; it returns soon after that. A port that cannot be
// opened, a module that is silent for 2 s and one that cannot be understood are
// reported as unknown, and tried again after 1 s, then less and less often, at
// least every 10 s. Call it once.
func (r *Radar) Watch(ctx context.Context, out chan<- presence.Reading) {
	w := &watch{Radar: r, ctx: ctx, out: out, good: time.Now(), pause: soonest}
	defer r.latest.Store(nil)
	for ctx.Err() == nil {
		if err := w.listen(); err != nil {
			w.lose(err.Error())
		}
		sleep(ctx, w.pause)
		w.pause = min(2*w.pause, latest)
	}
}

// A watch is one call of Watch.
type watch struct {
	*Radar
	ctx    context.Context
	out    chan<- presence.Reading
	pause  time.Duration // before the port is opened again
	writes int           // how often the module's flash memory was written
	told   string        // the last notice

	good   time.Time // the last report that said something, or the start
	ghosts int       // reports since then that did not

	said   presence.Reading // the last reading
	saidAt time.Time
}

// listen opens the port and reports until that is of no use any more.
func (w *watch) listen() error {
	open, baud := w.Open, w.Baud
	if open == nil {
		open = OpenPort
	}
	if baud == 0 {
		baud = DefaultBaud
	}
	port, err := open(w.Port, baud)
	if err != nil {
		return err
	}
	defer port.Close() // what it was told last need not arrive
	began := time.Now()
	w.ghosts = 0
	l := &link{ctx: w.ctx, port: port, heard: w.heard}
	if err := w.tune(l, &w.writes); err != nil && l.broken == nil && w.ctx.Err() == nil {
		w.notice(err)
	}
	for w.ctx.Err() == nil {
		_, _, _ = l.pump(time.Now().Add(look), 0) // its error is l.broken
		if l.broken != nil {
			return fmt.Errorf("the serial port %s is gone: %w\nhint: plug its adapter in again, or check its cable", w.Port, l.broken)
		}
		since := min(time.Since(began), time.Since(w.good))
		if since >= silence {
			w.lose(w.why(l, baud))
		}
		if since >= giveUp {
			break
		}
	}
	return nil
}

// heard takes a report.
func (w *watch) heard(e Echo) {
	if e.ghost() {
		w.ghosts++
		return
	}
	w.good, w.ghosts, w.pause = time.Now(), 0, soonest
	w.latest.Store(&e)
	moving, still := e.within(w.NearCM, w.FarCM)
	r := presence.Reading{Input: w.Input, Level: presence.Low}
	if moving || still {
		r.Level, r.Still = presence.High, !moving
	}
	w.say(r)
}

// why says what is wrong with a link that brings no reports.
func (w *watch) why(l *link, baud int) string {
	switch {
	case w.ghosts > 0:
		return fmt.Sprintf("the radar on %s sees somebody at no distance\nhint: take its power away for 10 s; if that does not help, exchange it", w.Port)
	case time.Since(w.good) >= giveUp && l.noise >= garbage:
		return fmt.Sprintf("what arrives on %s is no radar's report at %d baud\nhint: set baud to the rate the module was set to; an LD2410S or LD2450 is another kind of module and cannot be read", w.Port, baud)
	}
	return fmt.Sprintf("no report from the radar on %s for %v\nhint: check its 5 V, that its TX goes to RX and its RX to TX, and that no serial console uses the port (raspi-config, Interface Options, Serial Port)", w.Port, silence)
}

// lose says that nothing is known, and why.
func (w *watch) lose(why string) {
	w.latest.Store(nil)
	w.say(presence.Reading{Input: w.Input, Fault: why})
}

// say sends what is new, and a known level four times a second.
func (w *watch) say(r presence.Reading) {
	now := time.Now()
	if r == w.said && (r.Level == presence.Unknown || now.Sub(w.saidAt) < again) {
		return
	}
	select {
	case w.out <- r:
		w.said, w.saidAt = r, now
	case <-w.ctx.Done():
	}
}

func (w *watch) notice(err error) {
	if w.Notice == nil || err.Error() == w.told {
		return
	}
	w.told = err.Error()
	w.Notice(fmt.Errorf("the radar on %s keeps its own settings: %w", w.Port, err))
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

package main

import (
	"log/slog"
	"sync"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/playlog"
)

// openAgain is how often it is tried, at most, to open a play log that cannot be
// written: the card may be put right at any time.
const openAgain = 10 * time.Second

// A checkpointer keeps what outlives the player beside its plays: a [playlog.Log], or a
// [recording].
type checkpointer interface {
	Kept(kind string) []byte
	Checkpoint(kind string, value []byte) error
	Sync() error
}

// A recording is the play log of a show, whatever the card does. While the log cannot be
// opened, what is in it is read, and nothing is recorded; that is tried again with
// whatever comes next. Its methods may be called from any goroutine.
type recording struct {
	data string
	open func() (*playlog.Log, error)
	slog *slog.Logger

	mu sync.Mutex
	// log is nil until it could be opened, and why says why not; tried is when.
	log    *playlog.Log
	why    error
	tried  time.Time
	closed bool
	// lost is why the last play is not in the log; nil if it is.
	lost error
}

// opened returns the log, or nil and why there is none. Hold mu.
func (r *recording) opened() (*playlog.Log, error) {
	if r.log != nil || r.closed {
		return r.log, r.why
	}
	if r.why != nil && time.Since(r.tried) < openAgain {
		return nil, r.why
	}
	was := r.why
	r.log, r.why = r.open()
	r.tried = time.Now()
	if was != nil && r.why == nil {
		r.slog.Info("the play log can be written: plays are recorded from here on")
	}
	return r.log, r.why
}

// Kept returns the newest checkpoint of a kind; nil if there is none.
func (r *recording) Kept(kind string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l, _ := r.opened(); l != nil {
		return l.Kept(kind)
	}
	b, _ := playlog.ReadKept(disk.OS, r.data, kind) // why it cannot be written is told
	return b
}

// Append is [playlog.Log.Append].
func (r *recording) Append(p plan.Play) (plan.Play, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.opened()
	if l == nil {
		return p, err
	}
	p, err = l.Append(p)
	if r.lost = nil; p.Seq == 0 {
		r.lost = err
	}
	return p, err
}

// Checkpoint is [playlog.Log.Checkpoint].
func (r *recording) Checkpoint(kind string, value []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.opened()
	if l == nil {
		return err
	}
	return l.Checkpoint(kind, value)
}

// Dated is [playlog.Log.Dated].
func (r *recording) Dated(boot string, mono time.Duration, civil time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.opened()
	if l == nil {
		return err
	}
	return l.Dated(boot, mono, civil)
}

// Sync makes what is in the log safe. Where none is open there is nothing to be done.
func (r *recording) Sync() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l, _ := r.opened(); l != nil {
		return l.Sync()
	}
	return nil
}

// Close closes the log, if one is open. It may be called more than once.
func (r *recording) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.log == nil {
		return nil
	}
	return r.log.Close()
}

// A recorder is a recording whose Sync says also that plays are not recorded: what the
// player records with.
type recorder struct{ *recording }

// Sync fails as long as the last play is not in the log.
func (r recorder) Sync() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.opened()
	if l == nil {
		return err
	}
	if err := l.Sync(); err != nil {
		return err
	}
	return r.lost
}

package screen

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// A Switch follows wishes by its layers.
type Switch struct {
	layers []Layer
	report func(fault string)
	wishes chan Wish
	mu     sync.Mutex // one Wish at a time

	// Everything below belongs to Run's goroutine, or to the one goroutine it
	// has switch the screen.
	policy policy
	// off notes the layers that took the request to be off: each of them must
	// be asked to be on again.
	off   map[Layer]bool
	fault string
}

// New returns a switch that does nothing before Run. report is told each fault
// once, as a sentence and a hint, and "" when the screen is as it should be again;
// it is called on Run's goroutine. A screen that cannot be switched off is a fault
// only while it should be.
func New(layers []Layer, report func(fault string)) *Switch {
	return &Switch{layers: layers, report: report, wishes: make(chan Wish, 1), off: map[Layer]bool{}}
}

// Wish says what the screen should be from now on. It returns at once and may be
// called from any goroutine, before Run and after it.
func (s *Switch) Wish(w Wish) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.wishes: // the newer one replaces it
	default:
	}
	s.wishes <- w
}

// Run switches the screen until ctx ends, and leaves it as it is then.
func (s *Switch) Run(ctx context.Context) {
	start := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var now *job // nil while the screen is let be
	defer func() {
		if now != nil {
			now.cancel()
			<-now.answer
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-s.wishes:
			s.policy.want(w, time.Since(start))
			if now != nil && s.policy.opposed() {
				now.cancel()
			}
		case err := <-now.done():
			now.cancel()
			now = nil
			s.policy.answered(err == nil, time.Since(start))
			s.tell(err)
		case <-timer.C:
		}
		to, at := s.policy.next()
		if now != nil || to == Unknown {
			continue
		}
		if wait := at - time.Since(start); wait > 0 {
			timer.Reset(wait)
			continue
		}
		s.policy.tell(to, time.Since(start))
		now = s.begin(ctx, to == On)
	}
}

// A job is one request to the screen, with all its tries.
type job struct {
	cancel context.CancelFunc
	answer chan error
}

// done is a channel that never answers for no job.
func (j *job) done() <-chan error {
	if j == nil {
		return nil
	}
	return j.answer
}

func (s *Switch) begin(ctx context.Context, on bool) *job {
	ctx, cancel := context.WithCancel(ctx)
	j := &job{cancel, make(chan error)}
	go func() {
		if on {
			j.answer <- s.turnOn(ctx)
		} else {
			j.answer <- s.turnOff(ctx)
		}
	}()
	return j
}

// tell reports a fault that is new, or that one is over.
func (s *Switch) tell(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	fault := ""
	if err != nil {
		fault = err.Error()
	}
	if fault != s.fault {
		s.fault = fault
		s.report(fault)
	}
}

// turnOff takes the first layer that confirms.
func (s *Switch) turnOff(ctx context.Context) error {
	var said []string
	for _, l := range s.layers {
		// Whatever it answers, the request may have arrived.
		s.off[l] = true
		err := Try(ctx, l, false)
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, ErrAbsent) {
			delete(s.off, l)
		}
		said = append(said, sentence(l, err))
	}
	return failure("the screen cannot be switched off; it shows black instead", said)
}

// turnOn asks all layers at the same time: which of them made the screen dark may
// not be known, and nobody should wait for the slowest. A layer that never made it
// dark may stay silent, but must not say that it is dark.
func (s *Switch) turnOn(ctx context.Context) error {
	errs := make([]error, len(s.layers))
	var all sync.WaitGroup
	for i, l := range s.layers {
		all.Go(func() { errs[i] = Try(ctx, l, true) })
	}
	all.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var said []string
	for i, l := range s.layers {
		var contradiction Contradiction
		switch {
		case errs[i] == nil:
			delete(s.off, l)
		case s.off[l], errors.As(errs[i], &contradiction):
			said = append(said, sentence(l, errs[i]))
		}
	}
	if said == nil {
		return nil
	}
	return failure("the screen did not come on", said)
}

// sentence is one line: what a layer said.
func sentence(l Layer, err error) string {
	fact, _, _ := strings.Cut(err.Error(), "\n")
	return l.Name() + ": " + fact
}

func failure(fact string, said []string) error {
	if said != nil {
		fact += " (" + strings.Join(said, "; ") + ")"
	}
	return errors.New(fact + "\nhint: `entracte screen test` says what is missing")
}

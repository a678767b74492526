package screen

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A scene is a switch that runs in a bubble of its own time, on two layers.
type scene struct {
	*Switch
	first, second *set
	mu            sync.Mutex
	faults        []string
}

func play(t *testing.T, act func(s *scene)) {
	synctest.Test(t, func(t *testing.T) {
		s := &scene{first: newSet(On), second: newSet(On)}
		s.Switch = New([]Layer{fake{s.first}, fake{s.second}}, s.note)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { s.Run(ctx); close(ended) }()
		act(s)
		cancel()
		<-ended
	})
}

func (s *scene) note(fault string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fault)
}

// noted are the faults so far.
func (s *scene) noted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.faults)
}

func (s *scene) wait(d time.Duration) { time.Sleep(d); synctest.Wait() }

// rest brings both to rest: the start's five minutes, then all tries of both.
func (s *scene) rest() {
	s.Wish(Rest)
	s.wait(minOn + 2*lastAnswer + time.Second)
}

func (s *scene) want(t *testing.T, first, second Power, faults ...string) {
	t.Helper()
	if a, b := s.first.is(), s.second.is(); a != first || b != second {
		t.Errorf("after %v the screens are %v and %v, want %v and %v", time.Since(s.first.begun), a, b, first, second)
	}
	if got := s.noted(); !slices.Equal(got, faults) {
		t.Errorf("the faults were %q, want %q", got, faults)
	}
}

const (
	hintOfAll = "\nhint: `entracte screen test` says what is missing"
	cannotOff = "the screen cannot be switched off; it shows black instead "
	cannotOn  = "the screen did not come on "
)

func TestSwitch(t *testing.T) {
	play(t, func(s *scene) {
		s.wait(time.Hour)
		if len(s.first.requests()) > 0 {
			t.Error("it was asked before anything was wished")
		}
		s.Wish(Rest)
		s.wait(settle - 1)
		s.want(t, On, On)
		s.wait(1)
		s.want(t, Off, On) // the first layer is enough
		s.Wish(Needed)
		synctest.Wait()
		s.want(t, On, On)
		s.wait(time.Hour)
		s.Wish(Rest)
		s.wait(settle / 2)
		s.Wish(Ready)
		s.wait(time.Hour)
		if n := len(s.first.requests()); n != 2 {
			t.Errorf("it was asked %d times, want 2", n)
		}
	})
}

func TestSwitchTakesTheNextLayer(t *testing.T) {
	play(t, func(s *scene) {
		s.first.deaf = true
		s.rest()
		s.want(t, On, Off)
		s.Wish(Needed)
		synctest.Wait()
		s.want(t, On, On)
	})
}

// Nobody waits for a slow layer to give up before the other one lights the screen.
func TestSwitchComesOnByAll(t *testing.T) {
	play(t, func(s *scene) {
		s.first.deaf = true
		s.rest()
		s.first.change(func() { s.first.deaf, s.first.silent = false, errNoAnswer })
		s.Wish(Needed)
		synctest.Wait()
		s.want(t, On, On)
		// The first may have been what made it dark, and does not say that it is lit.
		s.wait(lastAnswer)
		s.want(t, On, On, cannotOn+"(fake: asked to be on, it does not say what it is: "+errNoAnswer.Error()+")"+hintOfAll)
		s.first.change(func() { s.first.silent = nil })
		s.wait(minOn) // it is asked again
		s.want(t, On, On, s.noted()[0], "")
	})
}

func TestSwitchWithoutLayers(t *testing.T) {
	play(t, func(s *scene) {
		s.first.refuses, s.second.refuses = ErrAbsent, ErrAbsent
		s.Wish(Ready)
		s.wait(time.Hour)
		s.want(t, On, On) // on is what every screen is: no fault
		s.rest()
		fault := cannotOff + "(fake: not here; fake: not here)" + hintOfAll
		s.want(t, On, On, fault)
		s.Wish(Needed)
		s.wait(time.Hour)
		s.want(t, On, On, fault, "")
	})
}

// A screen that is in standby when the player starts says so.
func TestSwitchReportsADarkScreen(t *testing.T) {
	play(t, func(s *scene) {
		s.first.power, s.first.deaf = Off, true
		s.Wish(Needed)
		s.wait(lastAnswer)
		s.want(t, Off, On, cannotOn+"(fake: asked three times to be on, it says it is off)"+hintOfAll)
		n := len(s.first.requests())
		s.Wish(Ready)
		s.wait(time.Minute)
		s.Wish(Needed) // for somebody new it is tried at once
		synctest.Wait()
		if len(s.first.requests()) != n+1 {
			t.Errorf("asked %v", s.first.requests())
		}
		s.first.change(func() { s.first.deaf = false })
		s.wait(lastAnswer + minOn)
		s.want(t, On, On, s.noted()[0], "")
	})
}

// Closing time comes while the screen is still on its way: it goes all of it.
func TestSwitchFinishesComingOn(t *testing.T) {
	play(t, func(s *scene) {
		s.rest()
		s.first.change(func() { s.first.takes = 7 * time.Second })
		s.Wish(Needed)
		s.wait(time.Second)
		s.Wish(Rest)
		s.wait(7 * time.Second)
		s.want(t, On, On)
		s.wait(minOn + 7*time.Second)
		s.want(t, Off, On)
	})
}

// Somebody comes while the screen is still being sent to sleep.
func TestSwitchTurnsRound(t *testing.T) {
	play(t, func(s *scene) {
		s.first.takes = 6 * time.Second
		s.Wish(Rest)
		s.wait(minOn + time.Second)
		s.want(t, TurningOff, On)
		s.Wish(Needed)
		synctest.Wait()
		s.want(t, TurningOn, On)
		s.wait(6 * time.Second)
		s.want(t, On, On)
		s.Wish(Rest)
		s.wait(minOn - 2*time.Second)
		s.want(t, On, On)
	})
}

func TestSwitchStaysOffForAMinute(t *testing.T) {
	play(t, func(s *scene) {
		s.Wish(Rest)
		s.wait(minOn)
		s.Wish(Ready)
		s.wait(minOff - 1)
		s.want(t, Off, On)
		s.wait(1)
		s.want(t, On, On)
	})
}

// Wishes are told in no time, even while a layer hangs and after the end; and the
// last one counts.
func TestSwitchNeverHoldsAnybodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hung{newSet(On)}
		s := New([]Layer{h}, func(string) {})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { s.Run(ctx); close(ended) }()
		begun := time.Now()
		for range 1000 {
			s.Wish(Needed)
			s.Wish(Rest)
		}
		if time.Since(begun) != 0 {
			t.Error("a wish took time")
		}
		time.Sleep(hangs + minOn)
		synctest.Wait()
		if got := h.requests(); len(got) == 0 || got[len(got)-1].on {
			t.Errorf("it was asked %v, and rest is wished", got)
		}
		s.Wish(Needed)
		synctest.Wait()
		if got := h.requests(); !got[len(got)-1].on {
			t.Errorf("it was asked %v, and somebody is there", got)
		}
		cancel()
		<-ended
		s.Wish(Rest)
		s.Wish(Needed)
	})
}

// hung is a layer that hangs until it is told to give up.
type hung struct{ *set }

func (hung) Name() string { return "hung" }
func (h hung) Switch(ctx context.Context, on bool) error {
	_ = h.take(on)
	<-ctx.Done()
	return ctx.Err()
}
func (hung) Power(ctx context.Context) (Power, error) { return Unknown, errors.New("hangs") }

package presence

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A watched machine in a synctest bubble.
type watched struct {
	readings chan Reading
	beliefs  []Belief
	asked    atomic.Int32
	closed   atomic.Bool
	start    time.Time
	done     chan struct{}
}

func watch(ctx context.Context, c Config) *watched {
	w := &watched{readings: make(chan Reading), start: time.Now(), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		Watch(ctx, New(c), w.start, w.readings,
			func() (bool, bool) { w.asked.Add(1); return !w.closed.Load(), true },
			func(b Belief) { w.beliefs = append(w.beliefs, b) })
	}()
	synctest.Wait()
	return w
}

func (w *watched) last() Belief { return w.beliefs[len(w.beliefs)-1] }

func TestWatchServesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t.Context(), Config{Inputs: []Input{
			{Name: "mat"},
			{Name: "till", Role: RoleService},
			{Name: "button", Role: RoleService, AssertAfter: 5 * time.Millisecond},
		}})
		if len(w.beliefs) != 1 || w.asked.Load() != 1 || w.last().State != Starting {
			t.Fatalf("at first: %d beliefs, hours asked %d times, %v", len(w.beliefs), w.asked.Load(), w.last().State)
		}
		w.readings <- Reading{Input: "till", Level: Low}
		w.readings <- Reading{Input: "button", Level: Low}
		w.readings <- Reading{Input: "mat", Level: High}
		synctest.Wait()
		if w.last().State != Waiting {
			t.Fatalf("with somebody on the mat: %v", w.last().State)
		}
		time.Sleep(17 * time.Second)
		w.readings <- Reading{Input: "till", Level: High}
		synctest.Wait()
		if b := w.last(); b.State != Serving || b.Since != time.Since(w.start) {
			t.Fatalf("the till says service at %v: %v since %v", time.Since(w.start), b.State, b.Since)
		}
		w.readings <- Reading{Input: "till", Level: Low}
		time.Sleep(time.Minute)
		synctest.Wait()
		if b := w.last(); b.State != Waiting || b.Since != 20*time.Second {
			t.Fatalf("after service: %v since %v, want waiting since 20 s", b.State, b.Since)
		}
		w.readings <- Reading{Input: "button", Level: High}
		time.Sleep(5 * time.Millisecond)
		synctest.Wait()
		if b := w.last(); b.State != Serving || b.Since != time.Since(w.start) {
			t.Fatalf("5 ms after the button: %v since %v", b.State, b.Since)
		}
	})
}

func TestWatchAsksTheHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := watch(ctx, Config{})
		for range 10 {
			time.Sleep(7 * time.Second) // readings must not put off the hours
			w.readings <- Reading{Input: "nobody's"}
		}
		synctest.Wait()
		if w.asked.Load() != 3 {
			t.Errorf("hours asked %d times in 70 s, want 3", w.asked.Load())
		}
		if len(w.beliefs) != 1 {
			t.Errorf("%d beliefs without a change, want the first only", len(w.beliefs))
		}
		w.closed.Store(true)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if w.last().State != Closed {
			t.Errorf("30 s after closing time: %v", w.last().State)
		}
		close(w.readings)
		time.Sleep(time.Hour)
		cancel()
		<-w.done
		if n := w.asked.Load(); n > 3+122 {
			t.Errorf("hours asked %d times: a closed channel makes it spin", n)
		}
	})
}

package main

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"entracte/hw/clock"
	"entracte/scheduler/plan"
)

// newTestClock is a clock on a machine that started an hour ago and says what r
// says, which may be changed while w.mu is held.
func newTestClock(built time.Time, kept clock.Kept, r *clock.Reading) *wallClock {
	w := newClock(time.UTC)
	w.booted, w.boot = time.Now().Add(-time.Hour), "boot"
	w.read = func() clock.Reading {
		w.mu.Lock()
		defer w.mu.Unlock()
		now := *r
		if now.System.IsZero() {
			now.System = time.Now()
		}
		return now
	}
	w.begin(built, kept)
	return w
}

// ticking runs a clock until the test ends.
func ticking(t *testing.T, c *wallClock) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { c.run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
}

// A battery clock that takes its time keeps nobody waiting, and costs no time.
func TestSlowHardwareClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClock(time.Now(), clock.Kept{}, &clock.Reading{By: clock.Network})
		c.read = func() clock.Reading {
			r := clock.Reading{System: time.Now(), By: clock.Network}
			time.Sleep(3 * time.Second)
			return r
		}
		ticking(t, c)
		for range 30 {
			time.Sleep(time.Second)
			synctest.Wait()
			asked := time.Now()
			if now, trust := c.now(); !now.Equal(asked) || trust != plan.ClockTrusted || !time.Now().Equal(asked) {
				t.Errorf("at %v it was %v, %v, after %v", asked, now, trust, time.Since(asked))
			}
		}
	})
}

// The machine is asked again when ten seconds have passed, and what was trusted is
// measured in between.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		r := &clock.Reading{}
		c := newTestClock(begun.Add(-24*time.Hour), clock.Kept{}, r)
		says := func(now clock.Reading) {
			c.mu.Lock()
			defer c.mu.Unlock()
			*r = now
		}
		ticking(t, c)
		wants := func(what string, civil time.Time, trust plan.Clock) {
			t.Helper()
			synctest.Wait()
			if now, got := c.now(); !now.Equal(civil) || got != trust {
				t.Errorf("%s: %v %v, want %v %v", what, now, got, civil, trust)
			}
		}
		time.Sleep(time.Hour)
		wants("the floor and an hour", begun.Add(-23*time.Hour), plan.ClockFloor)
		time.Sleep(clockEvery - time.Second)
		says(clock.Reading{By: clock.Network})
		wants("not asked yet", begun.Add(-23*time.Hour+clockEvery-time.Second), plan.ClockFloor)
		time.Sleep(time.Second)
		wants("synchronised", time.Now(), plan.ClockTrusted)
		says(clock.Reading{System: time.Unix(0, 0)})
		time.Sleep(48 * time.Hour)
		wants("the network is gone for two days", time.Now(), plan.ClockTrusted)
	})
}

// The marks are kept at once, every hour, when the time becomes trusted, and at the
// end; the play log is told once.
func TestClockKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &clock.Reading{}
		c := newTestClock(time.Now(), clock.Kept{}, r)
		var mu sync.Mutex
		var kept []clock.Kept
		var dated []time.Time
		c.keep = func(k clock.Kept) error {
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, k)
			return errors.New("the card is full")
		}
		c.dated = func(boot string, mono time.Duration, civil time.Time) error {
			if boot != "boot" || !civil.Equal(c.booted.Add(mono)) {
				t.Errorf("boot %q, %v after its start, was dated %v", boot, mono, civil)
			}
			mu.Lock()
			defer mu.Unlock()
			dated = append(dated, civil)
			return nil
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { c.run(ctx); close(done) }()
		after := func(d time.Duration, want, told int) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if len(kept) != want || len(dated) != told {
				t.Errorf("kept %d times and told %d times, want %d and %d", len(kept), len(dated), want, told)
			}
		}
		after(0, 1, 0)
		after(time.Hour-time.Second, 1, 0)
		after(time.Second, 2, 0)
		c.mu.Lock()
		r.By = clock.Network
		c.mu.Unlock()
		after(clockEvery, 3, 1)
		after(time.Hour, 4, 1)
		cancel()
		<-done
		if n := len(kept); n != 5 || kept[4].By != clock.Network || kept[4].Seen.IsZero() || kept[4].Boot != "boot" {
			t.Errorf("kept %d times, at last %+v", n, kept[n-1])
		}
	})
}

// A person's word is kept when it is given, in the venue's words, and holds for a
// player that starts again without power cut.
func TestClockSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &clock.Reading{}
		begun := time.Now()
		c := newTestClock(begun, clock.Kept{}, r)
		var kept clock.Kept
		c.keep = func(k clock.Kept) error { kept = k; return nil }
		want := begun.Add(30 * 24 * time.Hour)
		if s, err := c.set(want, false); err != nil || !s.Now.Equal(want) || s.Trust != plan.ClockTrusted || s.By != clock.Person || s.Zone != "UTC" {
			t.Fatalf("%+v %v", s, err)
		}
		time.Sleep(time.Minute)
		again := newTestClock(begun, kept, r)
		again.booted = c.booted
		again.begin(begun, kept)
		if now, trust := again.now(); !now.Equal(want.Add(time.Minute)) || trust != plan.ClockTrusted {
			t.Errorf("%v %v", now, trust)
		}
		kept = clock.Kept{}
		if _, err := c.set(begun.Add(-48*time.Hour), false); err == nil || !kept.Now.IsZero() {
			t.Errorf("a time before the floor: %v, kept %+v", err, kept)
		}
		full := errors.New("the card is full")
		c.keep = func(clock.Kept) error { return full }
		if _, err := c.set(want, false); !errors.Is(err, full) {
			t.Error(err)
		}
		c.signed(want.Add(100*24*time.Hour), "acme/shop-17 0001-00000042")
		if s := c.state(); s.FloorFrom != "acme/shop-17 0001-00000042" {
			t.Errorf("%+v", s)
		}
	})
}

// However slow the card is, what is kept last is what was known last: an older state
// never comes to lie over a newer one.
func TestClockKeepsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		c := newTestClock(begun, clock.Kept{}, &clock.Reading{})
		var last clock.Kept
		slow := make(chan struct{})
		first := true
		c.keep = func(k clock.Kept) error {
			if first {
				first = false
				<-slow // the first write, of before somebody set the clock
			}
			last = k
			return nil
		}
		done := make(chan error, 2)
		go func() { done <- c.save() }()
		synctest.Wait()
		said := begun.Add(240 * time.Hour)
		go func() {
			_, err := c.set(said, false)
			done <- err
		}()
		synctest.Wait()
		if now, trust := c.now(); !now.Equal(said) || trust != plan.ClockTrusted {
			t.Errorf("the word waits for the card: %v, %v", now, trust)
		}
		close(slow)
		if err := errors.Join(<-done, <-done); err != nil {
			t.Fatal(err)
		}
		if last.By != clock.Person || !last.Seen.Equal(said) {
			t.Errorf("kept last: %+v", last)
		}
	})
}

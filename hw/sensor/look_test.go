package sensor

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"entracte/hw/presence"
)

// Often while the level is young, and with the time of the look.
func TestEveryLookIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		pin := lyingPin{fakePin(), make(chan struct{})}
		out := make(chan presence.Reading, 1000)
		began := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			(&GPIO{Input: "button", Open: opens(pin)}).Watch(ctx, out)
		}()
		time.Sleep(30*time.Second + time.Millisecond/2)
		pin.edges <- struct{}{}
		<-done
		close(out)
		var ages []time.Duration
		for r := range out {
			age := r.Taken.Sub(began)
			if edge := age == 30*time.Second+time.Millisecond/2; r.Level != presence.Low || r.Edges != edge {
				t.Errorf("%v after the start: %+v", age, r)
			}
			ages = append(ages, age)
		}
		for _, after := range []time.Duration{5 * time.Millisecond, 50 * time.Millisecond, time.Second, time.Minute / 3} {
			i, _ := slices.BinarySearch(ages, after)
			if late := ages[i] - after; late > max(time.Millisecond, min(after/oftener, lookEvery)) {
				t.Errorf("whoever waits for %v is told %v later", after, late)
			}
		}
		if len(ages) > 500 {
			t.Errorf("%d looks in a minute", len(ages))
		}
	})
}

// A sleepyPin takes its time to be read.
type sleepyPin struct{ *brokenPin }

func (p sleepyPin) ReadLevel() (gpio.Level, error) {
	time.Sleep(70 * time.Millisecond)
	return p.brokenPin.ReadLevel()
}

// A look is as old as its beginning: the level may be of then.
func TestLookIsOfItsBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		out := make(chan presence.Reading)
		go (&GPIO{Input: "button", Open: opens(sleepyPin{&brokenPin{Pin: fakePin()}})}).Watch(ctx, out)
		for range 5 {
			if r := <-out; time.Since(r.Taken) != 70*time.Millisecond {
				t.Errorf("a look that took 70 ms is %v old", time.Since(r.Taken))
			}
		}
		cancel()
		time.Sleep(time.Second)
	})
}

// A pin that stays away is tried every 5 s in the end; one that was there and
// goes is tried again at once, and its fault told again.
func TestPinIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := &brokenPin{Pin: fakePin(), read: errors.New("no such device")}
		began := time.Now()
		var mu sync.Mutex
		var tries []time.Duration
		tried := func() []time.Duration {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(tries)
		}
		out := watchPin(t, t.Context(), GPIO{Input: "button", Pin: "GPIO27", Open: func(string) (gpio.PinIn, error) {
			mu.Lock()
			defer mu.Unlock()
			tries = append(tries, time.Since(began))
			return pin, nil
		}})
		time.Sleep(30 * time.Second)
		expect(t, out, "GPIO27 cannot be read: no such device"+unexplained)
		expect(t, out, "nothing")
		if want := []time.Duration{0, 1, 3, 7, 12, 17, 22, 27}; !slices.EqualFunc(tried(), want, func(a, b time.Duration) bool { return a == b*time.Second }) {
			t.Errorf("tried at %v, want %v", tried(), want)
		}
		pin.fail(nil)
		time.Sleep(tryAgain)
		expect(t, out, "low")
		pin.fail(errors.New("no such device"))
		before := len(tried())
		time.Sleep(lookEvery + tryFirst)
		expect(t, out, "GPIO27 cannot be read: no such device"+unexplained)
		if n := len(tried()) - before; n != 1 {
			t.Errorf("tried %d times in %v", n, tryFirst)
		}
	})
}

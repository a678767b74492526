package sensor

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"entracte/hw/presence"
)

// watchPin starts a GPIO on a fake pin and returns what it reports, but not what
// it says again: see TestEveryLookIsReported.
// It ends with the test, for nothing may outlive a synctest bubble.
func watchPin(t *testing.T, ctx context.Context, g GPIO) <-chan presence.Reading {
	ctx, cancel := context.WithCancel(ctx)
	all, out := make(chan presence.Reading), make(chan presence.Reading, 1000)
	t.Cleanup(func() {
		cancel()
		for range out {
		}
	})
	go func() {
		defer close(all)
		g.Watch(ctx, all)
	}()
	go func() {
		defer close(out)
		var last presence.Reading
		for r := range all {
			r.Taken, r.Edges = time.Time{}, false
			if r != last {
				out <- r
			}
			last = r
		}
	}()
	return out
}

func opens(pin gpio.PinIn) func(string) (gpio.PinIn, error) {
	return func(string) (gpio.PinIn, error) { return pin, nil }
}

func fakePin() *gpiotest.Pin {
	return &gpiotest.Pin{N: "GPIO27", Num: 27, EdgesChan: make(chan gpio.Level)}
}

func set(p *gpiotest.Pin, l gpio.Level) {
	p.Lock()
	defer p.Unlock()
	p.L = l
}

// next returns what was reported since, as one word.
func next(t *testing.T, out <-chan presence.Reading) string {
	t.Helper()
	synctest.Wait()
	select {
	case r := <-out:
		if r.Input != "button" {
			t.Errorf("the reading is of input %q", r.Input)
		}
		if r.Level == presence.Unknown {
			return r.Fault
		}
		return r.Level.String()
	default:
		return "nothing"
	}
}

func expect(t *testing.T, out <-chan presence.Reading, want string) {
	t.Helper()
	if got := next(t, out); got != want {
		t.Errorf("after %v it reports %q, want %q", time.Now().Format("05.000"), got, want)
	}
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		name      string
		pull      gpio.Pull
		activeLow bool
		idle      string
		edge      gpio.Level
		pressed   string
	}{
		{"button to ground", gpio.PullUp, true, "low", gpio.Low, "high"},
		{"motion sensor", gpio.PullDown, false, "low", gpio.High, "high"},
		{"contact that opens", gpio.PullUp, false, "high", gpio.Low, "low"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				pin := fakePin()
				out := watchPin(t, ctx, GPIO{Input: "button", Pin: "GPIO27", Pull: c.pull, ActiveLow: c.activeLow, Open: opens(pin)})
				expect(t, out, c.idle)
				if pin.P != c.pull {
					t.Errorf("pull is %v, want %v", pin.P, c.pull)
				}
				pin.EdgesChan <- c.edge
				expect(t, out, c.pressed)
				time.Sleep(time.Minute)
				expect(t, out, "nothing")
				pin.EdgesChan <- !c.edge
				expect(t, out, c.idle)
				cancel()
				ended := time.Now()
				for range out {
				}
				if d := time.Since(ended); d > lookEvery {
					t.Errorf("it ended %v after its context", d)
				}
			})
		})
	}
}

func TestMissedEdgeIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := fakePin()
		out := watchPin(t, t.Context(), GPIO{Input: "button", Open: opens(pin)})
		expect(t, out, "low")
		time.Sleep(10 * time.Millisecond)
		set(pin, gpio.High) // and the kernel says nothing
		time.Sleep(lookEvery)
		expect(t, out, "high")
	})
}

// A lyingPin wakes with every edge, and its level is its own affair.
type lyingPin struct {
	*gpiotest.Pin
	edges chan struct{}
}

func (p lyingPin) WaitForEdge(d time.Duration) bool {
	select {
	case <-p.edges:
		return true
	case <-time.After(d):
		return false
	}
}

func TestEdgeIsOnlyAWakeUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := lyingPin{fakePin(), make(chan struct{})}
		out := watchPin(t, t.Context(), GPIO{Input: "button", Open: opens(pin)})
		expect(t, out, "low")
		for range 5 {
			pin.edges <- struct{}{}
		}
		expect(t, out, "nothing")
		set(pin.Pin, gpio.High)
		pin.edges <- struct{}{}
		expect(t, out, "high")
	})
}

// A brokenPin fails as told, and counts how often it is bothered.
type brokenPin struct {
	*gpiotest.Pin
	in, read error
	hasty    bool // WaitForEdge returns false at once
	edgy     bool // WaitForEdge returns true at once
	waits    atomic.Int32
	closed   atomic.Int32
}

func (p *brokenPin) In(pull gpio.Pull, edge gpio.Edge) error {
	if p.in != nil {
		return p.in
	}
	return p.Pin.In(pull, edge)
}

func (p *brokenPin) ReadLevel() (gpio.Level, error) {
	p.Lock()
	defer p.Unlock()
	return p.L, p.read
}

func (p *brokenPin) WaitForEdge(d time.Duration) bool {
	p.waits.Add(1)
	if p.hasty || p.edgy {
		return p.edgy
	}
	return p.Pin.WaitForEdge(d)
}

func (p *brokenPin) Close() error {
	p.closed.Add(1)
	return nil
}

func (p *brokenPin) fail(err error) {
	p.Lock()
	defer p.Unlock()
	p.read = err
}

func TestReadErrorIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := &brokenPin{Pin: fakePin()}
		ctx, cancel := context.WithCancel(t.Context())
		out := watchPin(t, ctx, GPIO{Input: "button", Pin: "GPIO27", Open: opens(pin)})
		expect(t, out, "low")
		pin.fail(errors.New("no such device"))
		time.Sleep(lookEvery)
		expect(t, out, "GPIO27 cannot be read: no such device"+unexplained)
		if pin.closed.Load() != 1 {
			t.Error("the pin was not closed")
		}
		time.Sleep(time.Minute)
		expect(t, out, "nothing")
		pin.fail(nil)
		time.Sleep(tryAgain)
		expect(t, out, "low")
		closed := pin.closed.Load()
		cancel()
		for range out {
		}
		if pin.closed.Load() != closed+1 {
			t.Error("the pin was not closed at the end")
		}
	})
}

// unexplained ends a fault that brought no hint of its own.
const unexplained = "\nhint: see GPIO27 (header pin 13) in `gpioinfo` and the kernel's messages (dmesg); it is tried again, no restart is needed"

func TestPinThatCannotBeHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		out := watchPin(t, t.Context(), GPIO{Input: "button", Pin: "GPIO27", Open: func(name string) (gpio.PinIn, error) {
			switch tries++; {
			case tries < 3 || name != "GPIO27":
				return nil, ErrNoChip
			case tries == 3:
				return &brokenPin{Pin: fakePin(), in: errors.New("the line is in use by fan-control\nhint: stop it")}, nil
			}
			return fakePin(), nil
		}})
		expect(t, out, "no GPIO chip"+unexplained)
		time.Sleep(tryFirst)
		expect(t, out, "nothing")
		time.Sleep(2 * tryFirst)
		expect(t, out, "GPIO27 cannot be an input: the line is in use by fan-control\nhint: stop it")
		time.Sleep(4 * tryFirst)
		expect(t, out, "low")
	})
}

// A chip that is gone returns from every wait at once; so does a noisy line.
func TestNoSpin(t *testing.T) {
	for name, pin := range map[string]*brokenPin{"removed": {hasty: true}, "noisy": {edgy: true}} {
		most := map[string]int32{"removed": 60, "noisy": 10100}[name]
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pin.Pin = fakePin()
				out := watchPin(t, t.Context(), GPIO{Input: "button", Open: opens(pin)})
				time.Sleep(10 * time.Second)
				if n := pin.waits.Load(); n > most {
					t.Errorf("%d waits in 10 s, want %d at most", n, most)
				}
				expect(t, out, "low")
				set(pin.Pin, gpio.High)
				time.Sleep(lookEvery)
				expect(t, out, "high")
			})
		})
	}
}

// Nobody listens: the context must end the watch all the same.
func TestEndsWhileNobodyListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			(&GPIO{Input: "button", Open: opens(fakePin())}).Watch(ctx, make(chan presence.Reading))
		}()
		time.Sleep(time.Minute)
		cancel()
		<-done
	})
}

// From the copper to the belief: 5 ms, the debounce of a button.
func TestButtonToServing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := presence.Defaults("gpio", presence.RoleService)
		in.Name = "button"
		readings := make(chan presence.Reading)
		pin := fakePin()
		ctx, cancel := context.WithCancel(t.Context())
		defer time.Sleep(time.Second)
		defer cancel()
		go (&GPIO{Input: "button", Pull: gpio.PullUp, ActiveLow: true, Open: opens(pin)}).Watch(ctx, readings)
		var state atomic.Value
		m := presence.New(presence.Config{Inputs: []presence.Input{in}})
		go presence.Watch(ctx, m, time.Now(), readings, func() (bool, bool) { return true, true },
			func(b presence.Belief) { state.Store(b.State) })
		time.Sleep(100 * time.Millisecond)
		if s := state.Load(); s != presence.Waiting {
			t.Fatalf("before: %v", s)
		}
		pressed := time.Now()
		for _, l := range []gpio.Level{gpio.Low, gpio.High, gpio.Low} {
			pin.EdgesChan <- l // a bounce
		}
		for state.Load() != presence.Serving && time.Since(pressed) < time.Second {
			time.Sleep(time.Millisecond)
			synctest.Wait()
		}
		if d := time.Since(pressed); d > 8*time.Millisecond {
			t.Errorf("serving %v after the press", d)
		}
	})
}

func TestOpenPinWithoutChip(t *testing.T) {
	if Prepare() == nil {
		t.Skip("this machine has GPIO chips")
	}
	_, err := OpenPin("GPIO17")
	if err == nil || !strings.HasPrefix(err.Error(), "GPIO17: ") || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("the error is %q, want one that names the pin and ends with a hint", err)
	}
}

package radar

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"entracte/hw/presence"
)

// A bench is a radar that watches a fake module by a wire that can be cut.
type bench struct {
	*Radar
	t       *testing.T
	module  *module
	out     chan presence.Reading
	cancel  context.CancelFunc
	ended   chan struct{}
	opens   atomic.Int32
	absent  atomic.Bool
	wire    net.Conn
	notices []string
}

// watched starts a radar with a zone from 40 to 250 cm. It ends with the test,
// for nothing may outlive a synctest bubble.
func watched(t *testing.T, m *module, change ...func(*Radar)) *bench {
	b := &bench{t: t, module: m, out: make(chan presence.Reading, 100_000), ended: make(chan struct{})}
	b.Radar = &Radar{Input: "bench", Port: "/dev/ttyUSB7", NearCM: 40, FarCM: 250, Open: b.open}
	b.Notice = func(err error) { b.notices = append(b.notices, err.Error()) }
	for _, c := range change {
		c(b.Radar)
	}
	ctx, cancel := context.WithCancel(t.Context())
	b.cancel = cancel
	go func() {
		defer close(b.ended)
		b.Watch(ctx, b.out)
	}()
	t.Cleanup(func() { cancel(); <-b.ended; time.Sleep(sec) })
	return b
}

func (b *bench) open(path string, baud int) (Port, error) {
	b.opens.Add(1)
	if path != b.Port || baud != DefaultBaud {
		b.t.Errorf("it opens %s at %d baud", path, baud)
	}
	if b.absent.Load() {
		return nil, errors.New("no such device")
	}
	here, there := net.Pipe()
	b.wire = there
	go b.module.serve(there)
	return here, nil
}

// after lets time pass and returns what was said in it, as one word or fault.
func (b *bench) after(d time.Duration) (last string, n int) {
	b.t.Helper()
	time.Sleep(d)
	synctest.Wait()
	for {
		select {
		case r := <-b.out:
			n++
			switch {
			case r.Input != "bench" || r.Pulse || r.Lasts != 0:
				b.t.Errorf("got %+v", r)
			case r.Level == presence.Unknown:
				last = r.Fault
			case r.Still:
				last = "still"
			default:
				last = r.Level.String()
			}
		default:
			return last, n
		}
	}
}

func (b *bench) expect(d time.Duration, want string) {
	b.t.Helper()
	if got, _ := b.after(d); got != want && (want == "" || !strings.Contains(got, want)) {
		b.t.Errorf("after %v it says %q, want %q", d, got, want)
	}
}

const sec = time.Second

func TestLevels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		b := watched(t, m)
		b.expect(sec, "low")
		for _, c := range []struct {
			echo Echo
			want string
		}{
			{Echo{Moving: true, MovingCM: 120}, "high"},
			{Echo{Still: true, MovingCM: 120, StillCM: 130}, "still"},
			{Echo{Moving: true, Still: true, MovingCM: 300, StillCM: 130}, "still"},
			{Echo{Moving: true, Still: true, MovingCM: 100, StillCM: 300}, "high"},
			{Echo{Moving: true, Still: true, MovingCM: 20, StillCM: 300}, "low"},
			{Echo{Still: true, StillCM: 40}, "still"},
			{Echo{MovingCM: 100, StillCM: 100}, "low"},
		} {
			m.set(func(m *module) { m.echo = c.echo })
			b.expect(again+110*time.Millisecond, c.want)
			if e, ok := b.Latest(); e != c.echo || !ok {
				t.Errorf("Latest is %+v, %v, want %+v", e, ok, c.echo)
			}
		}
		// A level that stays is repeated, so that it is no silence, but not at
		// every report.
		if _, n := b.after(10 * sec); n < 20 || n > 50 {
			t.Errorf("a level that stays is said %d times in 10 s", n)
		}
		m.set(func(m *module) { m.gates, m.echo = true, Echo{Moving: true, MovingCM: 100} })
		b.expect(sec, "high")
		b.cancel()
		<-b.ended
		if _, ok := b.Latest(); ok {
			t.Error("the last report outlives the watch")
		}
	})
}

func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		b := watched(t, m)
		b.expect(3*time.Minute, "low")
		m.set(func(m *module) { m.silent = true })
		b.expect(1800*time.Millisecond, "")
		b.expect(450*time.Millisecond, "no report from the radar on /dev/ttyUSB7 for 2s\nhint: check its 5 V")
		if _, ok := b.Latest(); ok {
			t.Error("an old report is still the latest")
		}
		// Minutes of it are the same fault, not another.
		opened := b.opens.Load()
		b.expect(5*time.Minute, "")
		if n := b.opens.Load() - opened; n < 10 || n > 40 {
			t.Errorf("it opened the port %d times in 5 min", n)
		}
		m.set(func(m *module) { m.silent = false })
		b.expect(latest+100*time.Millisecond, "low")
		if len(b.notices) != 1 || !strings.Contains(b.notices[0], "does not answer commands") {
			t.Errorf("notices: %q", b.notices)
		}
	})
}

// A module that was left in its command mode is told to report.
func TestLeftInCommandMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		m.config = true
		b := watched(t, m)
		b.expect(time.Second, "low")
		// So is one that the maker's app takes for a while.
		m.set(func(m *module) { m.config = true })
		b.expect(4*sec, "no report")
		b.expect(3*sec, "low")
	})
}

func TestGarbage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		m.garbage, m.mute = true, true
		b := watched(t, m)
		b.expect(4*sec, "no report from the radar")
		b.expect(1500*time.Millisecond, "what arrives on /dev/ttyUSB7 is no radar's report at 256000 baud\nhint: set baud")
		b.expect(time.Minute, "") // and stays that
		m.set(func(m *module) { m.garbage = false })
		b.expect(latest+sec, "low")
	})
}

func TestGhosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		b := watched(t, m)
		b.expect(2*sec, "low")
		for range 20 { // single ones are as if they were not there
			m.set(func(m *module) { m.echo = Echo{Moving: true} })
			b.expect(100*time.Millisecond, "")
			m.set(func(m *module) { m.echo = Echo{} })
			b.expect(900*time.Millisecond, "low")
		}
		m.set(func(m *module) { m.echo = Echo{Still: true} })
		b.expect(2300*time.Millisecond, "the radar on /dev/ttyUSB7 sees somebody at no distance\nhint: take its power away")
		b.expect(time.Minute, "")
		m.set(func(m *module) { m.silent = true })
		b.expect(time.Minute, "no report from the radar")
		m.set(func(m *module) { m.silent, m.echo = false, Echo{Still: true, StillCM: 77} })
		b.expect(latest+sec, "still")
	})
}

func TestUnplugged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		b := watched(t, m)
		b.expect(sec, "low")
		b.absent.Store(true)
		b.wire.Close()
		b.expect(10*time.Millisecond, "the serial port /dev/ttyUSB7 is gone")
		b.expect(1100*time.Millisecond, "no such device")
		opened := b.opens.Load()
		b.expect(time.Hour, "")
		if n := b.opens.Load() - opened; n < 300 || n > 370 {
			t.Errorf("it opened the port %d times in an hour, want once in 10 s", n)
		}
		b.absent.Store(false)
		b.expect(latest+sec, "low")
		// The pause is short again after a good report.
		b.wire.Close()
		b.expect(10*time.Millisecond, "is gone")
		b.expect(1500*time.Millisecond, "low")
		// A port that was just opened gets its time, however long it was gone.
		m.set(func(m *module) { m.slow = true })
		b.absent.Store(true)
		b.wire.Close()
		b.expect(time.Minute, "no such device")
		b.absent.Store(false)
		b.expect(latest+4*sec, "low")
	})
}

// The watch ends at once, also while a mute module is being set, and never
// leaves a module in its command mode.
func TestEnds(t *testing.T) {
	for _, wait := range []time.Duration{0, 50 * time.Millisecond, 700 * time.Millisecond, 3 * sec, time.Minute} {
		for name, module := range map[string]*module{"well": newModule(), "mute": {mute: true}, "silent": {silent: true}} {
			synctest.Test(t, func(t *testing.T) {
				b := watched(t, module)
				b.after(wait)
				began := time.Now()
				b.cancel()
				<-b.ended
				if d := time.Since(began); d > look {
					t.Errorf("%s: cancelled after %v, it went on for %v", name, wait, d)
				}
				synctest.Wait()
				if module.config {
					t.Errorf("%s: cancelled after %v, the module is in its command mode", name, wait)
				}
			})
		}
	}
}

// A fan that stands still before the radar never starts a show; somebody who
// comes does, and may then stand as still as the fan.
func TestStillOnlySustains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		m.echo = Echo{Still: true, StillCM: 150}
		b := watched(t, m)
		in := presence.Defaults("ld2410", presence.RolePresence)
		in.Name = "bench"
		machine, start := presence.New(presence.Config{Inputs: []presence.Input{in}}), time.Now()
		machine.SetHours(0, true, true)
		state := func(d time.Duration) presence.State {
			for end := time.Now().Add(d); time.Now().Before(end); {
				select {
				case r := <-b.out:
					machine.Observe(time.Since(start), r)
				case <-time.After(10 * time.Millisecond):
					machine.Advance(time.Since(start))
				}
			}
			return machine.Belief().State
		}
		if got := state(time.Minute); got != presence.Empty {
			t.Errorf("with a fan alone it is %v", got)
		}
		m.set(func(m *module) { m.echo.Moving, m.echo.MovingCM = true, 100 })
		if got := state(2 * sec); got != presence.Waiting {
			t.Errorf("with somebody who comes it is %v", got)
		}
		m.set(func(m *module) { m.echo.Moving = false })
		if got := state(5 * time.Minute); got != presence.Waiting {
			t.Errorf("with somebody who stands still it is %v", got)
		}
		m.set(func(m *module) { m.echo = Echo{} })
		if got := state(10 * sec); got != presence.Empty {
			t.Errorf("with nobody it is %v", got)
		}
		m.set(func(m *module) { m.silent = true })
		if state(3 * sec); machine.Belief().Inputs[0].Level != presence.Unknown {
			t.Error("a silent radar is not unknown")
		}
	})
}

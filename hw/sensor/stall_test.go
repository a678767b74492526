package sensor

import (
	"context"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"entracte/hw/presence"
)

// A contact is a button with bounce on a pin of a kernel that keeps 16 edges, in
// a process that does not always run. Times count from its first hour.
type contact struct {
	*gpiotest.Pin
	zero   time.Time
	edges  []time.Duration // each turns the level; the first makes it high
	sleeps []sleeping      // in order

	mu   sync.Mutex
	read int // edges that were taken from the queue, or that it dropped
}

// A sleeping is a span in which the process, or half of it, does not run.
type sleeping struct{ from, to time.Duration }

func (c *contact) now() time.Duration { return time.Since(c.zero) }

// wake returns when somebody runs who would run at t.
func (c *contact) wake(t time.Duration) time.Duration {
	i := sort.Search(len(c.sleeps), func(i int) bool { return t < c.sleeps[i].to })
	if i < len(c.sleeps) && t >= c.sleeps[i].from {
		return c.sleeps[i].to
	}
	return t
}

// run lets the time pass until the process runs.
func (c *contact) run() { time.Sleep(c.wake(c.now()) - c.now()) }

func (c *contact) In(gpio.Pull, gpio.Edge) error { return nil }

// happened counts the edges until t.
func (c *contact) happened(t time.Duration) int {
	n, _ := slices.BinarySearch(c.edges, t+1)
	return n
}

// ReadLevel may fall asleep before it reads, and after.
func (c *contact) ReadLevel() (gpio.Level, error) {
	c.run()
	level := gpio.Level(c.happened(c.now())%2 == 1)
	time.Sleep(200 * time.Microsecond)
	c.run()
	return level, nil
}

func (c *contact) WaitForEdge(d time.Duration) bool {
	defer c.run()
	end := c.now() + d
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.happened(c.now()); n > c.read {
		c.read = max(c.read, n-16) + 1
		return true
	}
	if c.read < len(c.edges) && c.edges[c.read] <= end {
		time.Sleep(c.edges[c.read] - c.now())
		c.read++
		return true
	}
	time.Sleep(end - c.now())
	return false
}

// bounces adds the edges of one closing or opening at t, within 12 ms. A worn
// contact may rest in between for as long as a press must stand.
func (c *contact) bounces(t time.Duration, random *rand.Rand) {
	c.edges = append(c.edges, t)
	for end := t + 12*time.Millisecond; random.IntN(6) > 0; {
		first := t + time.Duration(1+random.IntN(6500))*time.Microsecond
		t = first + time.Duration(1+random.IntN(3000))*time.Microsecond
		if t > end {
			return
		}
		c.edges = append(c.edges, first, t)
	}
}

// pressed plays presses of 180 to 350 ms and what follows them, with sleeps of up
// to longest where something bounces, and returns how often the machine took
// them for a press.
func (c *contact) pressed(t *testing.T, presses int, longest time.Duration, random *rand.Rand, watchSleeps bool) (counted int) {
	between := func() time.Duration { return time.Duration(180+random.IntN(170)) * time.Millisecond }
	at := time.Second
	for range presses {
		for range 2 {
			c.bounces(at, random)
			to := at
			if n := len(c.sleeps); n > 0 {
				to = max(to, c.sleeps[n-1].to)
			}
			for left := longest; left > 0 && random.IntN(4) > 0; {
				from := to + time.Duration(random.IntN(7000))*time.Microsecond
				d := min(left, time.Duration(random.Int64N(int64(longest)*[]int64{1, 8}[random.IntN(2)]/8)))
				left, to = left-d, from+d
				c.sleeps = append(c.sleeps, sleeping{from, to})
			}
			at += between()
		}
	}
	synctest.Test(t, func(t *testing.T) {
		c.zero = time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		in := presence.Defaults("gpio", presence.RoleService)
		in.Name, in.Mode = "button", presence.ModeToggle
		readings := make(chan presence.Reading, 64)
		var parts sync.WaitGroup
		parts.Go(func() {
			(&GPIO{Input: "button", Open: func(string) (gpio.PinIn, error) { return c, nil }}).Watch(ctx, readings)
		})
		passed := make(chan presence.Reading)
		parts.Go(func() {
			for ctx.Err() == nil {
				select {
				case r := <-readings:
					if watchSleeps {
						c.run()
					}
					report(ctx, passed, r)
				case <-ctx.Done():
				}
			}
		})
		before := presence.Low
		m := presence.New(presence.Config{Inputs: []presence.Input{in}})
		parts.Go(func() {
			presence.Watch(ctx, m, time.Now(), passed, func() (bool, bool) { return true, true }, func(b presence.Belief) {
				if is := b.Inputs[0].Level; is != presence.Unknown && is != before {
					before = is
					counted++
				}
			})
		})
		time.Sleep(at + time.Second)
		cancel()
		parts.Wait()
	})
	return counted
}

// A press is a press, however long the process sleeps in the middle of a bounce,
// and wherever: before the line is read, after it, or while a reading waits to be
// taken. It may miss a press that it slept through, but never counts one twice.
func TestPressIsOnePress(t *testing.T) {
	t.Parallel()
	const presses = 40
	for seed := range uint64(16) {
		for _, watchSleeps := range []bool{false, true} {
			for longest, exact := range map[time.Duration]bool{time.Millisecond: true, 60 * time.Millisecond: true, 400 * time.Millisecond: false} {
				random := rand.New(rand.NewPCG(seed, uint64(longest)))
				n := (&contact{Pin: &gpiotest.Pin{N: "GPIO27"}}).pressed(t, presses, longest, random, watchSleeps)
				if n > presses || exact && n != presses || n == 0 {
					t.Errorf("seed %d, sleeps of up to %v, also of the machine %v: %d presses count %d times", seed, longest, watchSleeps, presses, n)
				}
			}
		}
	}
}

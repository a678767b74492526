package player_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler/plan"
)

// bench is a presence sensor that can be believed.
var bench = []presence.InputBelief{{Name: "bench", Role: presence.RolePresence, Level: presence.Low}}

// waited is told of waits with a sensor that vouches for them.
func (s *shop) waited(wait uint64, state presence.State, change func(*presence.Belief)) {
	b := presence.Belief{State: state, Since: time.Since(s.begun), Inputs: bench}
	if state == presence.Waiting {
		b.Wait = wait
	}
	if change != nil {
		change(&b)
	}
	s.Believe(b)
	synctest.Wait()
}

// keeper is the card for what lasts.
type keeper struct {
	mu   sync.Mutex
	kept []plan.Memory
	at   []time.Time
	take time.Duration
	full bool
}

func (k *keeper) keep(m plan.Memory) error {
	k.mu.Lock()
	take := k.take
	k.mu.Unlock()
	time.Sleep(take)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.full {
		return errors.New("no space left")
	}
	k.kept, k.at = append(k.kept, m), append(k.at, time.Now())
	return nil
}

func (k *keeper) last() plan.Memory {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) == 0 {
		return plan.Memory{}
	}
	return k.kept[len(k.kept)-1]
}

// Waits are counted by hour and length, and the time in which they would have been.
func TestLearnsItsWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		paris := time.FixedZone("venue", 2*60*60)
		var clock atomic.Uint32
		clock.Store(uint32(plan.ClockTrusted))
		s := openAs(t, func(c *player.Config) {
			c.Memory.Waits = &plan.Waits{}
			c.Keep = k.keep
			c.Venue.Timezone = paris
			c.Civil = func() (time.Time, plan.Clock) { return time.Now(), plan.Clock(clock.Load()) }
		}, nil, campaign("lens", 1021))
		hour := func() int { v := time.Now().In(paris); return int(v.Weekday())*24 + v.Hour() }
		var want plan.Waits

		s.after(time.Minute)
		s.waited(0, presence.Empty, nil)
		s.after(58*time.Minute + 30*time.Second) // the wait ends in another hour
		s.waited(1, presence.Waiting, nil)
		want.Hours[hour()]++
		s.after(42 * time.Second)
		s.waited(1, presence.Waiting, func(b *presence.Belief) { b.Since -= 42 * time.Second; b.NoService = true }) // the same wait goes on
		s.after(21 * time.Second)
		s.waited(0, presence.Serving, nil)
		want.Lengths[63/5]++
		s.after(5 * time.Minute)
		s.waited(2, presence.Waiting, func(b *presence.Belief) { b.Assumed, b.Inputs = true, nil })
		want.Watched = 64*time.Minute + 33*time.Second
		s.after(time.Minute)
		s.waited(0, presence.Closed, nil)
		s.after(time.Hour)
		s.waited(0, presence.Asleep, nil)
		s.after(time.Minute)
		want.Watched += time.Minute
		s.waited(0, presence.Empty, func(b *presence.Belief) { b.ClockUntrusted = true })
		clock.Store(uint32(plan.ClockFloor))
		s.after(time.Hour)
		s.waited(3, presence.Waiting, func(b *presence.Belief) { b.ClockUntrusted = true })
		s.after(7 * time.Second)
		s.waited(0, presence.Empty, func(b *presence.Belief) { b.ClockUntrusted = true })
		want.Lengths[1]++
		s.after(time.Hour)
		clock.Store(uint32(plan.ClockTrusted)) // which the belief learns later
		s.waited(0, presence.Empty, nil)
		s.stop()
		got := k.last()
		if got.Waits == nil || *got.Waits != want {
			t.Fatalf("learned %+v\nwant %+v", got.Waits, want)
		}
	})
}

// Where nothing is to be learned, nothing is.
func TestLearnsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		s := openAs(t, func(c *player.Config) { c.Keep = k.keep }, nil, campaign("lens", 1021))
		s.waited(1, presence.Waiting, nil)
		s.after(time.Minute)
		s.waited(0, presence.Empty, nil)
		s.stop()
		if len(k.kept) != 1 || k.kept[0].Waits != nil {
			t.Errorf("kept %+v", k.kept)
		}
	})
}

// What was learned reaches the scheduler: a film that is too long for the waits
// gives way to a short one, unless nobody knows how long this wait has been.
func TestFitsTheWait(t *testing.T) {
	for name, test := range map[string]struct {
		assumed bool
		want    string
	}{"measured": {false, "short"}, "assumed": {true, "long"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				waits := &plan.Waits{}
				for range 200 {
					waits.Count(time.Time{}, 20*time.Second)
				}
				short, long := campaign("short", 1021), campaign("long", 1066)
				short.Weight, long.Weight = 1, 9
				long.Creatives[0].Length = time.Minute
				s := openAs(t, func(c *player.Config) { c.Memory.Waits = waits }, nil, short, long)
				s.after(time.Minute) // times of beliefs count from later than Mono
				s.waited(0, presence.Empty, nil)
				s.after(time.Second)
				before := s.glass.count()
				s.waited(1, presence.Waiting, func(b *presence.Belief) { b.Assumed = test.assumed })
				if test.assumed {
					s.after(time.Second)
				}
				if f := s.glass.last(); !strings.HasPrefix(f.Label, "local/"+test.want+"/") {
					t.Errorf("%q is on the glass, want %s", f.Label, test.want)
				}
				if n := s.glass.count(); !test.assumed && n != before+1 {
					t.Errorf("%d frames: what was prepared for a wait did not fit it", n-before)
				}
			})
		})
	}
}

// The owner is told which ads are too long for the waits here, where the owner looks.
func TestStatusNamesLongAds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		waits := &plan.Waits{}
		for range 200 {
			waits.Count(time.Time{}, 20*time.Second)
		}
		long := campaign("long", 1066)
		long.Creatives[0].Length = time.Minute
		s := openAs(t, func(c *player.Config) { c.Memory.Waits = waits }, nil, campaign("short", 1021), long)
		status, err := s.Status(t.Context())
		if err != nil || len(status.Faults) != 1 || !strings.Contains(status.Faults[0], "The long") {
			t.Errorf("status says %q, %v", status.Faults, err)
		}
		got, err := s.Waits(t.Context())
		if err != nil || *got != *waits || got == waits {
			t.Errorf("the waits are %+v, %v", got, err)
		}
		s.stop()
		if _, err := s.Waits(t.Context()); err == nil {
			t.Error("a player that has ended tells its waits")
		}
	})
}

// What is learned while it plays reaches the scheduler too.
func TestLearnsWhileItPlays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := campaign("long", 1066)
		long.Creatives[0].Length = time.Minute
		s := openAs(t, func(c *player.Config) { c.Memory.Waits = &plan.Waits{} }, nil, campaign("short", 1021), long)
		before, after := 0, 0
		for i := range uint64(60) {
			s.waited(0, presence.Empty, nil)
			s.after(2 * time.Minute)
			s.waited(i+1, presence.Waiting, nil)
			s.after(20 * time.Second)
			if s.glass.last().Label == "local/long/long-1" {
				if i < 20 {
					before++
				} else if i >= 40 {
					after++
				}
			}
		}
		if before < 10 || after > 5 {
			t.Errorf("the long one was on at the end of %d of the first 20 waits, and of %d of the last", before, after)
		}
	})
}

// Every hour at most, and at the end; and a card that takes its time delays nobody.
func TestKeepsAtMostOnceAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{take: 20 * time.Second}
		s := openAs(t, func(c *player.Config) { c.Keep, c.Memory.Waits = k.keep, &plan.Waits{} }, nil, campaign("lens", 1021))
		s.waited(1, presence.Waiting, nil)
		s.after(time.Hour + 10*time.Second) // the card is busy
		s.onGlass(player.LookShow)
		s.waited(0, presence.Serving, nil)
		s.onGlass(player.LookNeutral)
		s.after(5 * time.Hour)
		s.stop()
		if n := len(k.kept); n != 7 {
			t.Errorf("kept %d times in six hours, want 7", n)
		}
		for i := 1; i < len(k.at)-1; i++ {
			if d := k.at[i].Sub(k.at[i-1]); d < time.Hour {
				t.Errorf("kept again after %v", d)
			}
		}
	})
}

// What a campaign with a goal has had before the log's first play counts, and so
// does what it had since.
func TestGoalOutlivesRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		day := plan.DateOf(time.Now())
		goal := campaign("goal", 1021)
		goal.Tier, goal.Goal = plan.TierGuaranteed, 40
		goal.Flight = plan.Flight{From: day.AddDays(-300), To: day.AddDays(1)}
		k := &keeper{}
		memory := plan.Memory{Boot: "earlier", MonoMS: 5, Delivered: []plan.Delivery{{Feed: "local", Campaign: "goal", From: goal.Flight.From, Plays: 35}}}
		// One play is remembered, one came after.
		past := []plan.Play{
			{Boot: "earlier", MonoMS: 5, Feed: "local", Campaign: "goal", Creative: "goal-1", Outcome: plan.Completed, Counted: true, Clock: plan.ClockTrusted, StartedAt: time.Now().Add(-time.Hour)},
			{Boot: "earlier", MonoMS: 90_000, Feed: "local", Campaign: "goal", Creative: "goal-1", Outcome: plan.Completed, Counted: true, Clock: plan.ClockTrusted, StartedAt: time.Now().Add(-time.Minute)},
		}
		s := openAs(t, func(c *player.Config) { c.Memory, c.Keep = memory, k.keep }, past, goal)
		s.becomes(presence.Waiting)
		s.after(90 * time.Minute)
		s.stop()
		if n := s.log.outcomes()[plan.Completed]; n != 4 {
			t.Errorf("%d plays, want the 4 that were missing of 40", n)
		}
		got := k.last()
		if len(got.Delivered) != 1 || got.Delivered[0].Plays != 40 || got.Boot != "boot" {
			t.Errorf("kept %+v", got)
		}
	})
}

// A full card is no reason to stop, nor to keep what the log does not have.
func TestFullCardKeepsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{full: true}
		s := openAs(t, func(c *player.Config) { c.Keep = k.keep }, nil, campaign("lens", 1021))
		s.becomes(presence.Waiting)
		s.after(61 * time.Minute)
		s.onGlass(player.LookShow)
		s.stop()
		if len(k.kept) != 0 {
			t.Errorf("kept %+v", k.kept)
		}
	})
}

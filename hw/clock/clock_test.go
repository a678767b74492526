package clock

import (
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

var built = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func wants(t *testing.T, c *Clock, mono time.Duration, civil time.Time, trust plan.Clock) {
	t.Helper()
	if now, got := c.At(mono); !now.Equal(civil) || got != trust {
		t.Errorf("%v %v, want %v %v", now, got, civil, trust)
	}
}

// Who is believed when, on a machine that nobody vouched for before.
func TestRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		system time.Time
		by     Source
		want   plan.Clock
		doubt  Doubt
	}{
		"nobody vouches":                      {built.Add(9 * day), Nobody, plan.ClockFloor, NoSource},
		"nobody vouches, years ahead":         {built.Add(9000 * day), Nobody, plan.ClockFloor, NoSource},
		"1970":                                {time.Unix(60, 0), Nobody, plan.ClockUnknown, TooEarly},
		"a little before the floor":           {built.Add(-Slack), Nobody, plan.ClockFloor, NoSource},
		"the network":                         {built.Add(9 * day), Network, plan.ClockTrusted, NoDoubt},
		"the network, a builder in the east":  {built.Add(-Slack), Network, plan.ClockTrusted, NoDoubt},
		"a network in the past":               {built.Add(-Slack - time.Second), Network, plan.ClockUnknown, TooEarly},
		"a network at the end of reach":       {built.Add(Reach), Network, plan.ClockTrusted, NoDoubt},
		"a network of 2040":                   {built.Add(Reach + time.Second), Network, plan.ClockFloor, TooLate},
		"a battery clock nobody knows":        {built.Add(9 * day), Hardware, plan.ClockFloor, Unproven},
		"a battery clock without its battery": {time.Unix(60, 0), Hardware, plan.ClockUnknown, TooEarly},
	} {
		c := New(built, "b", Kept{}, Reading{System: tt.system, By: tt.by})
		civil := built.Add(time.Hour)
		if tt.want == plan.ClockTrusted {
			civil = tt.system.Add(time.Hour)
		}
		wants(t, c, time.Hour, civil, tt.want)
		if s := c.State(time.Hour); s.Doubt != tt.doubt || s.Trust != tt.want || !s.System.Equal(tt.system.Add(time.Hour)) || s.SystemBy != tt.by {
			t.Errorf("%s: %+v", name, s)
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// Without any floor only a source is believed.
func TestNoFloor(t *testing.T) {
	t.Parallel()
	c := New(time.Time{}, "b", Kept{}, Reading{System: built})
	wants(t, c, time.Hour, built.Add(time.Hour), plan.ClockUnknown)
	c.Read(Reading{Mono: time.Hour, System: built, By: Network})
	wants(t, c, 2*time.Hour, built.Add(time.Hour), plan.ClockTrusted)
}

// What was once trusted goes on, measured, when the network goes, lies or comes
// back with a better time.
func TestTrustLasts(t *testing.T) {
	t.Parallel()
	c := New(built, "b", Kept{}, Reading{System: built})
	c.Read(Reading{Mono: time.Hour, System: built.Add(5 * day), By: Network})
	c.Read(Reading{Mono: 2 * time.Hour, System: built})
	wants(t, c, 49*time.Hour, built.Add(7*day), plan.ClockTrusted)
	c.Read(Reading{Mono: 49 * time.Hour, System: built.Add(900 * day), By: Network})
	wants(t, c, 49*time.Hour, built.Add(7*day), plan.ClockTrusted)
	c.Read(Reading{Mono: 50 * time.Hour, System: time.Unix(0, 0), By: Network})
	wants(t, c, 50*time.Hour, built.Add(7*day+time.Hour), plan.ClockTrusted)
	c.Read(Reading{Mono: 51 * time.Hour, System: built.Add(8 * day), By: Network})
	wants(t, c, 51*time.Hour, built.Add(8*day), plan.ClockTrusted)
}

// The floor goes on with powered time over power cuts, and only what is signed or
// a newer build raises it.
func TestFloor(t *testing.T) {
	t.Parallel()
	c := New(built, "monday", Kept{}, Reading{Mono: time.Minute, System: built.Add(99 * day), By: Network})
	c.Signed(time.Hour, built.Add(10*day), "acme/shop-17 0001-00000042")
	c.Signed(time.Hour, built.Add(9*day), "acme/shop-17 0001-00000041")
	k := c.Keep(3 * time.Hour)
	if want := built.Add(10*day + 2*time.Hour); !k.Floor.Equal(want) || k.FloorFrom != "acme/shop-17 0001-00000042" || k.Powered != 3*time.Hour {
		t.Fatalf("kept %+v, want the floor %v", k, want)
	}
	for _, tt := range []struct {
		boot   string
		mono   time.Duration
		passed time.Duration
	}{
		{"monday", 4 * time.Hour, time.Hour}, // the player was started again
		{"tuesday", time.Hour, time.Hour},
		{"monday", time.Hour, time.Hour}, // an id that came twice
	} {
		d := New(built, tt.boot, k, Reading{Mono: tt.mono, System: built})
		if s := d.State(tt.mono); !s.Floor.Equal(k.Floor.Add(tt.passed)) || s.Powered != k.Powered+tt.passed {
			t.Errorf("%s %v: %+v", tt.boot, tt.mono, s)
		}
	}
	if s := New(built.Add(50*day), "monday", k, Reading{Mono: 4 * time.Hour}).State(4 * time.Hour); s.FloorFrom != "build" || !s.Floor.Equal(built.Add(50*day)) {
		t.Errorf("a newer build: %+v", s)
	}
}

// A person's word holds until the power goes, a new player included, and goes
// before every other.
func TestVouch(t *testing.T) {
	t.Parallel()
	at := built.Add(30 * day)
	c := New(built, "b", Kept{}, Reading{System: built})
	if err := c.Vouch(time.Hour, at, false); err != nil {
		t.Fatal(err)
	}
	c.Read(Reading{Mono: 2 * time.Hour, System: built.Add(60 * day), By: Network})
	wants(t, c, 2*time.Hour, at.Add(time.Hour), plan.ClockTrusted)
	again := New(built, "b", c.Keep(3*time.Hour), Reading{Mono: 4 * time.Hour, System: built})
	wants(t, again, 4*time.Hour, at.Add(3*time.Hour), plan.ClockTrusted)
	if s := again.State(4 * time.Hour); s.By != Person {
		t.Errorf("by %q", s.By)
	}
	off := New(built, "c", c.Keep(3*time.Hour), Reading{Mono: time.Hour, System: built})
	wants(t, off, time.Hour, built.Add(4*time.Hour), plan.ClockFloor)

	for what, tt := range map[string]struct {
		t    time.Time
		says string
	}{
		"before the floor": {built.Add(-2 * day), "has surely passed (this program was built then)\nhint: check the year and the day"},
		"a mistyped year":  {built.AddDate(20, 0, 0), "more than ten years after"},
	} {
		if err := c.Vouch(3*time.Hour, tt.t, false); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", what, err)
		}
		wants(t, c, 3*time.Hour, at.Add(2*time.Hour), plan.ClockTrusted)
	}
	c.Signed(3*time.Hour, built.Add(2*day), "acme/shop-17 0001-00000042")
	if err := c.Vouch(3*time.Hour, built, false); err == nil || !strings.Contains(err.Error(), "(acme/shop-17 0001-00000042 was signed then)") {
		t.Error(err)
	}
}

// What was seen stays seen, whatever the clock says next; only a person forgets
// it.
func TestSeen(t *testing.T) {
	t.Parallel()
	december, november := built.Add(40*day), built.Add(10*day)
	c := New(built, "b", Kept{}, Reading{System: december, By: Network})
	for _, by := range []Source{Network, Nobody} {
		d := New(built, "c", c.Keep(time.Hour), Reading{Mono: time.Hour, System: november, By: by})
		if got := d.Seen(2 * time.Hour); !got.Equal(december.Add(3 * time.Hour)) {
			t.Errorf("seen %v after %q said %v", got, by, november)
		}
	}
	for _, forget := range []bool{false, true} {
		d := New(built, "c", c.Keep(time.Hour), Reading{Mono: time.Hour, System: november})
		if err := d.Vouch(time.Hour, november, forget); err != nil {
			t.Fatal(err)
		}
		wants(t, d, time.Hour, november, plan.ClockTrusted)
		want := december.Add(2 * time.Hour)
		if forget {
			want = november
		}
		if got := d.Seen(time.Hour); !got.Equal(want) {
			t.Errorf("forget %v: seen %v, want %v", forget, got, want)
		}
	}
}

// A year in a cupboard: the network is believed once a person agrees, or a newer
// pack. A person's mistyped year alone is not what was seen.
func TestSecondSource(t *testing.T) {
	t.Parallel()
	later := built.Add(700 * day)
	spoof := Reading{System: later, By: Network}
	c := New(built, "b", Kept{}, spoof)
	wants(t, c, 0, built, plan.ClockFloor)
	c.Signed(0, later.Add(-day), "acme/shop-17 0001-00000043")
	c.Read(spoof)
	wants(t, c, 0, later, plan.ClockTrusted)

	c = New(built, "b", Kept{}, spoof)
	if err := c.Vouch(0, later.Add(-day), false); err != nil {
		t.Fatal(err)
	}
	if !c.Seen(0).IsZero() {
		t.Errorf("a person's word alone was seen: %v", c.Seen(0))
	}
	next := New(built, "c", c.Keep(time.Hour), spoof)
	wants(t, next, 0, later, plan.ClockTrusted)
	if !next.Seen(0).Equal(later) {
		t.Errorf("seen %v", next.Seen(0))
	}
}

// A battery clock is believed once it has run on while the power was off.
func TestHardware(t *testing.T) {
	t.Parallel()
	reads := func(t time.Time, mono time.Duration) Reading {
		return Reading{Mono: mono, System: t, By: Hardware, Hardware: t}
	}
	evening := built.Add(18 * time.Hour)
	c := New(built, "1", Kept{}, reads(evening.Add(-time.Hour), time.Minute))
	wants(t, c, time.Minute, built, plan.ClockFloor)
	c.Read(reads(evening, 61*time.Minute))
	first := c.Keep(61 * time.Minute)

	morning := evening.Add(14 * time.Hour)
	second := New(built, "2", first, reads(morning, time.Minute))
	wants(t, second, time.Minute, morning, plan.ClockTrusted)
	kept := second.Keep(time.Minute)

	third := New(built, "3", kept, reads(morning.Add(5*time.Minute), time.Minute))
	wants(t, third, time.Minute, morning.Add(5*time.Minute), plan.ClockTrusted)

	// A network knows better, also after it is gone.
	third.Read(Reading{Mono: time.Hour, System: morning.Add(2 * time.Hour), By: Network, Hardware: morning.Add(time.Hour)})
	third.Read(reads(morning.Add(2*time.Hour), 2*time.Hour))
	wants(t, third, 2*time.Hour, morning.Add(3*time.Hour), plan.ClockTrusted)

	for what, r := range map[string]Reading{
		"it stopped with the power": reads(evening.Add(10*time.Minute), time.Minute),
		"off for a moment":          reads(evening.Add(ranOn+time.Minute), time.Minute),
	} {
		if _, trust := New(built, "2", first, r).At(time.Minute); trust != plan.ClockFloor {
			t.Errorf("%s: %v", what, trust)
		}
	}
	back := New(built, "4", kept, reads(evening, time.Minute))
	wants(t, back, time.Minute, kept.Floor.Add(time.Minute), plan.ClockFloor)
	if back.Keep(time.Minute).HardwareRan {
		t.Error("it is proven although it fell back")
	}
	gone := New(built, "4", kept, Reading{Mono: time.Minute, System: built})
	if k := gone.Keep(time.Minute); !k.HardwareRan || !k.HardwareAt.Equal(kept.HardwareAt) {
		t.Errorf("what was known of a clock that cannot be read now: %+v", k)
	}
}

func TestStale(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	for _, tt := range []struct {
		now, accepted, after time.Duration
		want                 bool
	}{
		{1000 * hour, 0, 0, false},
		{1000 * hour, 0, -hour, false},
		{719 * hour, 0, 720 * hour, false},
		{720 * hour, 0, 720 * hour, true},
		{720 * hour, 1 * hour, 720 * hour, false},
		{0, 720 * hour, 720 * hour, false}, // what was counted is lost
	} {
		if got := Stale(tt.now, tt.accepted, tt.after); got != tt.want {
			t.Errorf("%v since %v, %v: %v", tt.now, tt.accepted, tt.after, got)
		}
	}
}

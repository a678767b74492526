package simulation

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/assets"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

var paris = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return loc
}()

// monday is an ordinary Monday morning.
var monday = time.Date(2026, 11, 2, 9, 0, 0, 0, paris)

const second, minute, hour, day = time.Second, time.Minute, time.Hour, 24 * time.Hour

// booking makes a campaign with one ten-second card.
func booking(id string, category int, caps ...plan.Cap) plan.Campaign {
	return plan.Campaign{ID: id, Advertiser: "Adv " + id, Category: category, Weight: 1, Caps: caps,
		Creatives: []plan.Creative{{ID: id + "-1", Length: 10 * second, Card: &plan.Card{Title: id, PictureSHA256: "f0"}}}}
}

// shop is a jeweller's that is always open, simulated from Monday morning.
func shop(length time.Duration, cs ...plan.Campaign) Simulation {
	return Simulation{
		Plan: plan.Plan{Feeds: []plan.Feed{{Name: "local", Revision: "r1", Campaigns: cs}}},
		Options: scheduler.Options{
			Venue:      plan.Venue{ID: "s-1", Name: "Martin", Activity: "jeweller", Language: "fr", Timezone: paris, Targeting: true},
			Vocabulary: assets.Vocabulary(), OwnShare: scheduler.OwnShare{Turns: 1, Of: 4},
		},
		From: monday, For: length, Boot: "simulation",
	}
}

// somebody waits at times counted from Monday morning: from, length, from, length …
func somebody(times ...time.Duration) func(yield func(Wait) bool) {
	var ws []Wait
	for i := 0; i < len(times); i += 2 {
		ws = append(ws, Wait{monday.Add(times[i]), times[i+1]})
	}
	return slices.Values(ws)
}

// story tells the steps in short: "1@0s a-1 10s, 1@10s idle 5s".
func story(s Simulation) string {
	var parts []string
	for step := range s.Run() {
		what := "idle"
		if !step.Idle() {
			what = step.Play.Creative
			if step.Play.Outcome != plan.Completed {
				what += " " + step.Play.Outcome.String()
			}
		}
		parts = append(parts, fmt.Sprintf("%d@%s %s %s", step.Wait, step.Civil.Sub(s.From), what, step.Lasted))
	}
	return strings.Join(parts, ", ")
}

func TestWaits(t *testing.T) {
	t.Parallel()
	a := booking("a", 1021)
	morning := func(s Simulation) Simulation {
		s.Options.Venue.Hours[time.Monday] = []plan.Window{{From: 9*60 + 30, To: 12 * 60}, {From: 14 * 60, To: 19 * 60}}
		return s
	}
	waiting := func(s Simulation, times ...time.Duration) Simulation {
		s.Waits = somebody(times...)
		return s
	}
	for name, test := range map[string]struct {
		s    Simulation
		want string
	}{
		"ends in the middle":         {waiting(shop(hour, a), 0, 15*second), "1@0s a-1 10s, 1@10s a-1 interrupted 5s"},
		"ends on the last frame":     {waiting(shop(hour, a), 5*second, 20*second), "1@5s a-1 10s, 1@15s a-1 10s"},
		"two":                        {waiting(shop(hour, a), 0, 10*second, 15*second, 10*second), "1@0s a-1 10s, 2@15s a-1 10s"},
		"began before":               {waiting(shop(hour, a), -5*second, 15*second), "1@0s a-1 10s"},
		"was over before":            {waiting(shop(hour, a), -5*second, 5*second), ""},
		"begins after":               {waiting(shop(minute, a), minute, second), ""},
		"goes on for ever":           {waiting(shop(15*second, a), 0, 1<<63-1), "1@0s a-1 10s, 1@10s a-1 interrupted 5s"},
		"late, and goes on for ever": {waiting(shop(15*second, a), 5*second, 1<<63-1), "1@5s a-1 10s"},
		"from closing time":          {waiting(morning(shop(day, a)), 3*hour, 2*hour+10*second), "1@5h0m0s a-1 10s"},
		"just before it may play again": {waiting(shop(2*hour, booking("a", 1021, plan.Cap{Plays: 1})), 0, 10*second, hour+9600*time.Millisecond, 11*second),
			"1@0s a-1 10s, 2@1h0m9.6s idle 1s, 2@1h0m10.6s a-1 10s"},
		"one in another":          {waiting(shop(hour, a), 0, 20*second, 5*second, 5*second), "1@0s a-1 10s, 1@10s a-1 10s"},
		"of no length":            {waiting(shop(hour, a), 0, 0, 10*second, -second), ""},
		"none, always open":       {shop(20*second, a), "1@0s a-1 10s, 1@10s a-1 10s"},
		"none, nothing to play":   {shop(hour), "1@0s idle 1h0m0s"},
		"before opening":          {waiting(morning(shop(hour, a)), 29*minute+50*second, 20*second), "1@30m0s a-1 10s"},
		"over the midday break":   {waiting(morning(shop(day, a)), 3*hour-10*second, 2*hour+20*second), "1@2h59m50s a-1 10s, 2@5h0m0s a-1 10s"},
		"while closed":            {waiting(morning(shop(hour, a)), 0, minute), ""},
		"while nothing may play":  {waiting(shop(2*hour, booking("a", 1021, plan.Cap{Plays: 1})), 0, hour+15*second), "1@0s a-1 10s, 1@10s idle 1h0m0s, 1@1h0m10s a-1 interrupted 5s"},
		"idle at the end":         {waiting(shop(2*hour, booking("a", 1021, plan.Cap{Plays: 1})), 0, 30*second, 40*second, 5*second), "1@0s a-1 10s, 1@10s idle 20s, 2@40s idle 5s"},
		"nothing until a daypart": {shop(2*hour, func(c plan.Campaign) plan.Campaign { c.Dayparts = []plan.Daypart{{From: 10 * 60, To: 601}}; return c }(a)), "1@0s idle 1h0m0s, 1@1h0m0s a-1 10s, 1@1h0m10s a-1 10s, 1@1h0m20s a-1 10s, 1@1h0m30s a-1 10s, 1@1h0m40s a-1 10s, 1@1h0m50s a-1 10s, 1@1h1m0s idle 59m0s"},
		"an unplayable creative": {func() Simulation {
			s := shop(minute, a)
			s.Unplayable = []Unplayable{{plan.Ref{Feed: "local", Campaign: "a", Creative: "a-1"}, "it is gone"}}
			return s
		}(), "1@0s idle 1m0s"},
		"no time at all":       {shop(0, a), ""},
		"a length nobody gave": {shop(plan.DefaultStill, func(c plan.Campaign) plan.Campaign { c.Creatives[0].Length = 0; return c }(booking("a", 1021))), "1@0s a-1 10s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := story(test.s); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// Every field of a record is what the player writes there.
func TestRecord(t *testing.T) {
	t.Parallel()
	s := shop(hour, booking("a", 1021, plan.Cap{Plays: 1}), booking("b", 1360))
	s.Waits = somebody(1500*time.Millisecond+250*time.Microsecond, 11*second+300*time.Millisecond)
	var got []plan.Play
	for step := range s.Run() {
		got = append(got, step.Play)
	}
	if len(got) != 2 {
		t.Fatalf("%d records, want 2", len(got))
	}
	a := got[0]
	if a.Campaign == "b" {
		a = got[1]
	}
	if len(a.Reasons) == 0 || !slices.Contains(a.Reasons, "cap:1/hour") {
		t.Errorf("reasons are %q", a.Reasons)
	}
	want := plan.Play{Seq: a.Seq, Boot: "simulation", Venue: "Martin", Screen: "s-1", Feed: "local", Campaign: "a", Creative: "a-1",
		Advertiser: "Adv a", Category: 1021, SHA256: "f0", StartedAt: a.StartedAt, MonoMS: a.MonoMS, PlannedMS: 10_000, ShownMS: a.ShownMS,
		Outcome: a.Outcome, Counted: a.Counted, Reasons: a.Reasons, Plan: "r1", Clock: plan.ClockTrusted}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("got  %+v\nwant %+v", a, want)
	}
	first, second := got[0], got[1]
	if first.Seq != 1 || first.MonoMS != 1500 || !first.StartedAt.Equal(monday.Add(1500*time.Millisecond)) || first.StartedAt.Location() != time.UTC ||
		first.ShownMS != 10_000 || first.Outcome != plan.Completed || !first.Counted {
		t.Errorf("the first is %+v", first)
	}
	if second.Seq != 2 || second.MonoMS != 11_500 || second.ShownMS != 1_300 || second.Outcome != plan.Interrupted || second.Counted {
		t.Errorf("the second is %+v", second)
	}
}

// The shop is open for an hour less and an hour more when clocks change, and a
// break that the clock leaps over does not happen.
func TestOpeningsWhenClocksChange(t *testing.T) {
	t.Parallel()
	night := plan.Venue{Timezone: paris}
	night.Hours[time.Sunday] = []plan.Window{{From: 0, To: 2 * 60}, {From: 2*60 + 30, To: 4 * 60}}
	for name, test := range map[string]struct {
		venue plan.Venue
		from  time.Time
		want  []span
	}{
		"spring": {night, time.Date(2027, 3, 28, 0, 0, 0, 0, paris), []span{{0, 3 * hour}}},
		"autumn": {night, time.Date(2026, 10, 25, 0, 0, 0, 0, paris), []span{{0, 2 * hour}, {2*hour + 30*minute, 3 * hour}, {3*hour + 30*minute, 5 * hour}}},
		"in the middle of a minute": {night, time.Date(2026, 11, 1, 1, 59, 30, 5e8, paris),
			[]span{{0, 29*second + 5e8}, {30*minute + 29*second + 5e8, 2*hour + 29*second + 5e8}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := openings(&test.venue, test.from, 20*hour); !slices.Equal(got, test.want) {
				t.Errorf("open at %v, want %v", got, test.want)
			}
		})
	}
	street := plan.Venue{Timezone: paris, VisibleFromStreet: true}
	if got := openings(&street, time.Date(2026, 11, 2, 0, 0, 0, 0, paris), day); !slices.Equal(got, []span{{0, hour}, {6 * hour, day}}) {
		t.Errorf("seen from the street it is on at %v", got)
	}
}

// What the shop learns reaches the scheduler, and not the caller's table.
func TestLearning(t *testing.T) {
	t.Parallel()
	s := shop(day, booking("a", 1021))
	s.Options.Venue.Hours[time.Monday] = []plan.Window{{From: 9 * 60, To: 10*60 + 30}, {From: 11 * 60, To: 24 * 60}}
	known := plan.Waits{}
	known.Lengths[2] = 1
	before := known
	s.Options.Waits = &known
	s.Waits = somebody(0, 12*second, hour, 14*second, 2*hour, 3*hour, 20*hour, 9*hour)
	r := newRun(s, func(Step) bool { return true })
	for w := range s.spans(r.open) {
		if !r.wait(w) {
			t.Fatal("it ended early")
		}
		if want := max(w.from, 1); r.began != want || r.moment(w.to).WaitBegan != want {
			t.Errorf("the wait of %s began at %s", w.from, r.began)
		}
	}
	if known != before {
		t.Error("the caller's table was changed")
	}
	got := *r.Options.Waits
	for _, h := range []int{9, 10, 11} {
		if n := got.Hours[int(time.Monday)*24+h]; n != 1 {
			t.Errorf("%d waits at %d o'clock", n, h)
		}
	}
	if got.Lengths[2] != 3 || got.Lengths[len(got.Lengths)-1] != 1 {
		t.Errorf("lengths are %v", got.Lengths)
	}
	if got.Hours[int(time.Tuesday)*24+5] != 0 {
		t.Error("a wait that the end cut off is counted")
	}
	if want := 3*hour + 2*hour - 30*minute; got.Watched != want {
		t.Errorf("it watched for %s, want %s: all of it until the last wait that ended, but for the break", got.Watched, want)
	}
	s.Waits = nil
	r = newRun(s, func(Step) bool { return true })
	for w := range s.spans(r.open) {
		r.wait(w)
	}
	if r.began != 0 {
		t.Error("without a sensor somebody knows when the wait began")
	}
}

func TestWhyNot(t *testing.T) {
	t.Parallel()
	s := shop(25*second, booking("a", 1021, plan.Cap{Plays: 1}), booking("x", 1073))
	for step := range s.Run() {
		if step.Refused != nil {
			t.Error("nobody asked why not")
		}
	}
	s.WhyNot = true
	var got []string
	for step := range s.Run() {
		var refused []string
		for _, r := range step.Refused {
			refused = append(refused, r.Campaign.ID+" "+r.Code())
		}
		got = append(got, strings.Join(refused, "+"))
	}
	if want := []string{"x competitor", "a cap+x competitor"}; !slices.Equal(got, want) {
		t.Errorf("refused %q, want %q", got, want)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	s := shop(day, booking("a", 1021))
	s.Waits = somebody(0, 5*second, 10*second, 30*second, hour, hour)
	for stop := 1; stop < 6; stop++ {
		n := 0
		for range s.Run() {
			if n++; n == stop {
				break
			}
		}
		if n != stop {
			t.Errorf("%d steps, want %d", n, stop)
		}
	}
}

package player

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// promised are two guaranteed campaigns and one that is not.
func promisedPlan(from int) plan.Plan {
	flight := plan.Flight{From: plan.Date{Year: 2026, Month: 11, Day: from}, To: plan.Date{Year: 2027, Month: 1, Day: 1}}
	return plan.Plan{Feeds: []plan.Feed{{Name: "f", Campaigns: []plan.Campaign{
		{ID: "a", Tier: plan.TierGuaranteed, Flight: flight, Goal: 100}, {ID: "b", Tier: plan.TierGuaranteed, Flight: flight, Goal: 100}, {ID: "c"},
	}}}}
}

// recalled is a history that goes on, and does not ask the card.
func recalled(m plan.Memory, plays []plan.Play, start plan.Play) history {
	h := newHistory(nil, false)
	h.recall(m, plays, start)
	return h
}

// totals are the older plays and those in the list: what a scheduler comes to.
func (h *history) totals() map[string]int {
	n := map[string]int{}
	for _, d := range h.delivered() {
		n[d.Campaign] = d.Plays
		for _, p := range h.plays {
			if p.Counted && p.Campaign == d.Campaign {
				n[d.Campaign]++
			}
		}
	}
	return n
}

// A card is all that ever played, and what of it the log still has.
type card struct {
	all, log []plan.Play
	zone     *time.Location
}

// count is what is counted on the card.
func (c *card) count(of []plan.Delivery) plan.Memory {
	m := plan.Memory{Delivered: slices.Clone(of)}
	for i := range m.Delivered {
		d := &m.Delivered[i]
		for _, p := range c.all {
			if p.Counted && p.Campaign == d.Campaign && d.Has(p.StartedAt.In(c.zone), p.Clock) {
				d.Plays++
			}
		}
	}
	if n := len(c.log); n > 0 {
		m.Boot, m.MonoMS = c.log[n-1].Boot, c.log[n-1].MonoMS
	}
	return m
}

// Whatever is kept when or lost, however short the log is when it is read again, and
// whenever the card answers, no play is counted twice, and none is forgotten.
func TestNoPlayIsCountedTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", rapid.SampledFrom([]int{0, 13, -10}).Draw(t, "zone")*3600)
		c, kept, boot := card{zone: zone}, plan.Memory{}, 1
		h := newHistory(zone, true)
		from, flight := promisedPlan(2).Feeds[0].Campaigns[0].Flight.From, 2
		at := time.Date(2026, 10, 31, 12, 0, 0, 0, time.UTC)
		for step := range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"play", "play", "play", "play", "keep", "age", "plan", "restart", "lose", "shift", "forget", "answer", "rebook"}).Draw(t, "what") {
			case "play":
				at = at.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "minutes")) * time.Minute)
				p := plan.Play{Boot: fmt.Sprint(boot), MonoMS: int64(step), Feed: "f", Campaign: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "campaign"),
					Counted: rapid.Bool().Draw(t, "counted"), StartedAt: at, Clock: rapid.SampledFrom([]plan.Clock{plan.ClockFloor, plan.ClockTrusted}).Draw(t, "clock")}
				h.add(p)
				c.all, c.log = append(c.all, p), append(c.log, p)
			case "keep":
				s := h.snapshot()
				kept = s.memory()
			case "age": // as when the list is full
				old := rapid.IntRange(0, len(h.plays)).Draw(t, "old")
				h.count(h.older, h.plays[:old], 1)
				h.plays = slices.Clone(h.plays[old:])
			case "lose":
				kept = plan.Memory{}
			case "shift": // the play that it names cannot be read any more
				kept.MonoMS = -1
			case "forget":
				c.log = c.log[rapid.IntRange(0, max(len(c.log)-1, 0)).Draw(t, "forgotten"):] // never the last one
			case "restart":
				boot++
				h = newHistory(zone, true)
				h.recall(kept, slices.Clone(c.log), plan.Restart(fmt.Sprint(boot), 0, time.Time{}, 0))
			case "plan":
				now := scheduler.Moment{Civil: at, Clock: plan.ClockTrusted}
				if rapid.Bool().Draw(t, "behind") {
					now = scheduler.Moment{Civil: at.AddDate(0, 0, -3), Clock: plan.ClockFloor}
				}
				h.promise(promisedPlan(flight), now)
			case "answer":
				if len(c.log) > 0 && h.upTo(c.count(nil)) == 0 {
					continue // it never takes as long as the list is
				}
				h.settle(c.count(h.uncounted()))
			case "rebook":
				flight = 5 - flight // the second or the third
				from = promisedPlan(flight).Feeds[0].Campaigns[0].Flight.From
			}
			want := map[string]int{}
			for _, d := range c.count([]plan.Delivery{{Campaign: "a", From: from}, {Campaign: "b", From: from}}).Delivered {
				want[d.Campaign] = d.Plays
			}
			for _, d := range h.delivered() {
				n := d.Plays
				for _, p := range h.plays {
					if p.Counted && p.Campaign == d.Campaign && d.Has(p.StartedAt.In(zone), p.Clock) {
						n++
					}
				}
				if unsure := h.unsure[booking{d.Feed, d.Campaign}]; d.From == from && n != want[d.Campaign] && (!unsure || n < 1<<30) {
					t.Fatalf("%d plays of %s are counted, %d played", n, d.Campaign, want[d.Campaign])
				}
			}
		}
	})
}

// The last play remembered is not in the log: what is there may be older or newer,
// and is taken for older.
func TestMarkIsGone(t *testing.T) {
	t.Parallel()
	plays := []plan.Play{{Boot: "2", MonoMS: 1, Feed: "f", Campaign: "a", Counted: true}, {Boot: "2", MonoMS: 2, Feed: "f", Campaign: "a", Counted: true}}
	h := recalled(plan.Memory{Delivered: []plan.Delivery{{Feed: "f", Campaign: "a", Plays: 7}, {Feed: "f", Campaign: "b", Plays: -3}}, Boot: "1", MonoMS: 9}, plays, plan.Play{Boot: "2"})
	if got := h.totals(); got["a"] != 7 || got["b"] != 0 {
		t.Errorf("counted %v", got)
	}
	// Nothing played since: the mark stays as it was.
	if m := (&history{boot: "1", mono: 9}).memory(); m.Boot != "1" || m.MonoMS != 9 {
		t.Errorf("the mark is %s %d", m.Boot, m.MonoMS)
	}
}

func TestBookedAnew(t *testing.T) {
	t.Parallel()
	h := recalled(plan.Memory{}, nil, plan.Play{})
	h.promise(promisedPlan(1), scheduler.Moment{})
	h.older[booking{"f", "a"}] = plan.Delivery{Feed: "f", Campaign: "a", From: plan.Date{Year: 2026, Month: 11, Day: 1}, Plays: 50}
	h.promise(plan.Plan{}, scheduler.Moment{}) // the feed is away for a while
	h.promise(promisedPlan(1), scheduler.Moment{})
	if n := h.totals()["a"]; n != 50 {
		t.Errorf("%d plays are remembered, want 50", n)
	}
	h.promise(promisedPlan(20), scheduler.Moment{})
	if n := h.totals()["a"]; n != 0 {
		t.Errorf("a new booking begins with %d plays", n)
	}
	if _, counted := h.totals()["c"]; counted {
		t.Error("a campaign without a promise is remembered")
	}
}

// A list that is full becomes counts, and what was read of it stays as it was.
func TestOldPlaysBecomeCounts(t *testing.T) {
	t.Parallel()
	h := recalled(plan.Memory{}, nil, plan.Play{})
	h.promise(promisedPlan(1), scheduler.Moment{})
	var early history
	for i := range recentPlays * 2 {
		h.add(plan.Play{Boot: "1", MonoMS: int64(i) * 10_000, Feed: "f", Campaign: "a", Counted: i%2 == 0})
		if i == 100 {
			early = h.snapshot()
		}
	}
	if n := len(h.plays); n < recentPlays || n >= recentPlays*5/4 {
		t.Errorf("%d plays are kept", n)
	}
	if n := h.totals()["a"]; n != recentPlays {
		t.Errorf("%d plays counted, want %d", n, recentPlays)
	}
	if m := early.memory(); m.Delivered[0].Plays != 51 || m.MonoMS != 1_000_000 {
		t.Errorf("the snapshot has become %+v", m)
	}
	for i := range manyBookings + 1 {
		h.older[booking{"gone", fmt.Sprint(i)}] = plan.Delivery{}
	}
	if h.promise(promisedPlan(1), scheduler.Moment{}); len(h.older) != 2 {
		t.Errorf("%d bookings are remembered", len(h.older))
	}
}

// The records of another start may end too early, unless what was saved at rest
// ends with the same play. Restarts keep their places among the plays.
func TestRestartsAreKnown(t *testing.T) {
	t.Parallel()
	plays := []plan.Play{{Boot: "1", MonoMS: 5, Feed: "f"}, {Boot: "1", MonoMS: 9, Feed: "f"}}
	for name, test := range map[string]struct {
		memory plan.Memory
		boot   string
		want   int
	}{
		"nothing saved":     {plan.Memory{}, "2", 1},
		"saved before":      {plan.Memory{Boot: "1", MonoMS: 5}, "2", 1},
		"stopped at rest":   {plan.Memory{Boot: "1", MonoMS: 9}, "2", 0},
		"killed, same boot": {plan.Memory{Boot: "1", MonoMS: 5}, "1", 0},
	} {
		h := recalled(test.memory, plays, plan.Restart(test.boot, time.Second, time.Unix(9, 0), plan.ClockTrusted))
		if n := len(h.plays) - 2; n != test.want || len(h.memory().Restarts) != test.want {
			t.Errorf("%s: %d restarts, want %d", name, n, test.want)
		}
	}
	h := recalled(plan.Memory{Boot: "1", MonoMS: 5}, plays, plan.Restart("2", 0, time.Time{}, 0))
	h.add(plan.Play{Boot: "2", MonoMS: 1, Feed: "f"})
	again := recalled(h.memory(), append(plays, plan.Play{Boot: "2", MonoMS: 1, Feed: "f"}, plan.Play{Boot: "2", MonoMS: 3, Feed: "f"}), plan.Restart("3", 0, time.Time{}, 0))
	var boots string
	for _, p := range again.plays {
		if p.IsRestart() {
			boots += "restart "
		}
		boots += p.Boot + " "
	}
	if boots != "1 1 restart 2 2 2 restart 3 " {
		t.Errorf("the past reads %s", boots)
	}
}

// A start that showed nothing keeps its place before what later starts showed.
func TestRestartWithoutPlaysKeepsItsPlace(t *testing.T) {
	t.Parallel()
	start := func(boot string) plan.Play { return plan.Restart(boot, 0, time.Time{}, 0) }
	log := []plan.Play{{Boot: "0", MonoMS: 5, Feed: "f"}}
	h := recalled(plan.Memory{}, log, start("1"))
	h = recalled(h.memory(), log, start("2"))
	log = append(log, plan.Play{Boot: "2", MonoMS: 7, Feed: "f"})
	h.add(log[1])
	h = recalled(h.memory(), log, start("2"))
	if len(h.plays) != 3 || h.plays[1].Boot != "1" {
		t.Errorf("the past is %v", h.plays)
	}
}

// Plays of a flight that is over never count for the one booked anew.
func TestBookedAnewForgetsTheOldFlight(t *testing.T) {
	t.Parallel()
	h := recalled(plan.Memory{}, nil, plan.Play{})
	h.promise(promisedPlan(1), scheduler.Moment{})
	old := time.Date(2020, 1, 1, 12, 0, 0, 0, time.UTC)
	for i := range 3000 {
		h.add(plan.Play{MonoMS: int64(i) * 10_000, Feed: "f", Campaign: "a", Counted: true, StartedAt: old, Clock: plan.ClockTrusted})
	}
	h.promise(promisedPlan(20), scheduler.Moment{})
	for i := range recentPlays {
		h.add(plan.Play{MonoMS: int64(i+3000) * 10_000, Feed: "f", Campaign: "z", Counted: true})
	}
	if n := h.delivered()[0].Plays; n != 0 || len(h.plays) > recentPlays*5/4 {
		t.Errorf("a new booking begins with %d plays", n)
	}
}

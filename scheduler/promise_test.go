package scheduler

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

// openOnWeekdays is from nine to seven, closed on Sunday and Monday.
func openOnWeekdays() (h plan.Hours) {
	for day := range h {
		h[day] = []plan.Window{{From: 9 * 60, To: 19 * 60}}
	}
	h[time.Sunday], h[time.Monday] = []plan.Window{}, []plan.Window{}
	return h
}

// guaranteedTo is a campaign with a goal over four weeks of November.
func guaranteedTo(id string, category, goal int) plan.Campaign {
	return booking(id, category, tier(plan.TierGuaranteed), flight("2026-11-02", "2026-11-30"), func(c *plan.Campaign) { c.Goal = goal })
}

// Four weeks at a shop with two closed days: a goal follows the waits, is never
// more than two plays off, and is reached at the end and not passed.
func TestGoalFollowsTheWaits(t *testing.T) {
	t.Parallel()
	for _, goals := range [][]int{{400}, {400, 37, 1100}} {
		cs := []plan.Campaign{booking("a", 1021), booking("b", 1066), booking("c", 1357, weight(3)), ownContent("own")}
		for i, goal := range goals {
			cs = append(cs, guaranteedTo(fmt.Sprint("promise", i), []int{1533, 1340, 1422}[i], goal))
		}
		o := jeweller()
		o.Venue.Hours = openOnWeekdays()
		now := Moment{Civil: time.Date(2026, 11, 2, 0, 0, 0, 0, paris), Clock: plan.ClockTrusted}
		sc := &screen{s: New(feed(cs...), o, nil, now), now: now, boot: "boot-1"}
		done := make(map[string]int)
		end := time.Date(2026, 11, 30, 0, 0, 0, 0, paris)
		opened := time.Duration(0) // of the 200 hours in the flight
		for sc.now.Civil.Before(end) {
			if !o.Venue.Open(sc.now.Civil) {
				sc.wait(time.Minute)
				continue
			}
			before := sc.now.Mono
			if c, ok := sc.show(0); ok {
				done[c.Ref.Campaign]++
			}
			if sc.now.Mono == before {
				sc.wait(10 * time.Second)
			}
			sc.wait(20 * time.Second)
			opened += sc.now.Mono - before
			for i, goal := range goals {
				due := float64(goal) * opened.Hours() / 200
				if off := float64(done[fmt.Sprint("promise", i)]) - due; off < -2 || off > 2 {
					t.Fatalf("at %s promise %d of %d has %.1f plays too many", sc.now.Civil.Format("Mon 02 15:04"), i, goal, off)
				}
			}
		}
		for i, goal := range goals {
			if n := done[fmt.Sprint("promise", i)]; n > goal || n < goal-1 {
				t.Errorf("promise %d had %d plays of %d", i, n, goal)
			}
		}
	}
}

// A new venue without sensors: opening hours by the mean length, a third of it.
func TestOverbooked(t *testing.T) {
	t.Parallel()
	o := jeweller()
	o.Venue.Hours = openOnWeekdays() // 200 hours in four weeks: 72,000 turns of 10 s
	p := feed(guaranteedTo("first", 1533, 20_000), guaranteedTo("second", 1340, 5_000), guaranteedTo("third", 1422, 3_500))
	for i, booked := range []string{"2026-01-01", "2026-03-01", "2026-02-01"} {
		p.Feeds[0].Campaigns[i].Booked = day(booked)
	}
	refused := Overbooked(p, o)
	if len(refused) != 1 || refused[0].Campaign.ID != "second" || refused[0].Forecast != 72_000 || refused[0].Room != 500 {
		t.Fatalf("refused %+v, want the one booked last, of 72,000 turns with room for 500", refused)
	}
	for lang, want := range map[string]string{
		"en": "Adv second: 5000 plays are promised from 2 November 2026 to 29 November 2026, but the screen can promise only 500 more",
		"fr": "Adv second : 5000 passages sont promis du 02/11/2026 au 29/11/2026, mais l'écran ne peut plus en promettre que 500",
	} {
		if got := refused[0].Sentence(lang); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", lang, got)
		}
	}
	// Another flight does not take its room.
	p.Feeds[0].Campaigns[1].Flight = plan.Flight{From: day("2026-12-01"), To: day("2026-12-29")}
	if refused := Overbooked(p, o); len(refused) != 0 {
		t.Errorf("another month: refused %+v", refused)
	}
	// With sensors the forecast is what was counted, and before that a stated prior:
	// six waits of a minute in each open hour make 200 · 36 turns of ten seconds.
	o.Waits = &plan.Waits{}
	if refused := Overbooked(p, o); len(refused) != 3 || refused[0].Forecast < 7_190 || refused[0].Forecast > 7_200 {
		t.Errorf("with nothing counted: %+v", refused)
	}
	for range 10_000 {
		o.Waits.Count(monday, 10*time.Minute)
	}
	o.Waits.Watch(500 * time.Hour) // twenty an hour, sixty turns each
	if refused := Overbooked(p, o); len(refused) != 0 {
		t.Errorf("in a busy shop: %+v", refused)
	}
}

// counted are a hundred waits of each length.
func counted(lengths ...time.Duration) *plan.Waits {
	w := &plan.Waits{}
	for _, l := range lengths {
		for range 100 {
			w.Count(monday, l)
		}
	}
	return w
}

// What is longer than the wait is likely to go on steps back, and still has one try
// in ten of its turns.
func TestLongAdsStepBack(t *testing.T) {
	t.Parallel()
	long := booking("long", 1021)
	long.Creatives[0].Length = time.Minute
	o := untargeted()
	o.Waits = counted(20*time.Second, 35*time.Second, 40*time.Second)
	sc := newScreen(feed(long, booking("b", 1066), booking("c", 1357)), o)
	tries, shorter := 0, 0
	for range 600 { // waits of two turns
		sc.wait(2 * time.Minute)
		sc.now.WaitBegan = sc.now.Mono
		for range 2 {
			choice, _ := sc.show(0)
			for _, r := range choice.Reasons {
				switch r.Code() {
				case "fit:try":
					tries++
				case "fit:shorter":
					shorter++
				}
			}
			if choice.Ref.Campaign == "long" && !strings.Contains(fmt.Sprint(sc.plays[len(sc.plays)-1].Reasons), "fit:try") {
				t.Fatalf("a long one plays without being a try: %v, %s into the wait", choice.Reasons, sc.now.Mono-sc.now.WaitBegan)
			}
		}
	}
	// Nine turns of ten go by: a third of the 1,200 and of those are its own.
	if tries < 50 || tries > 65 || shorter > 0 {
		t.Errorf("%d tries and %d in place of it, want about one in ten of 570 turns", tries, shorter)
	}
	if got := RarelyFit(feed(long, booking("b", 1066)), o); len(got) != 1 || got[0].Ref.Campaign != "long" ||
		got[0].Sentence("en") != "Adv long: “long-1” takes 60 s and rarely fits your waits (half of them are shorter than 35 s)." {
		t.Errorf("rarely fits: %+v", got)
	}
	o.Waits = counted()
	if got := RarelyFit(feed(long), o); got != nil {
		t.Errorf("with nothing counted: %+v", got)
	}
}

// Where nothing fits, the shortest is tried.
func TestShortestWhereNothingFits(t *testing.T) {
	t.Parallel()
	ads := []plan.Campaign{booking("long", 1021), booking("middle", 1066), booking("short", 1357)}
	for i, seconds := range []time.Duration{60, 30, 20} {
		ads[i].Creatives[0].Length = seconds * time.Second
	}
	o := untargeted()
	o.Waits = counted(5 * time.Second)
	sc := newScreen(feed(ads...), o)
	for range 5 {
		sc.wait(5 * time.Minute)
		sc.now.WaitBegan = sc.now.Mono
		if c, _ := sc.show(time.Second); c.Ref.Campaign != "short" {
			t.Errorf("%s plays, want the shortest", c.Ref.Campaign)
		}
	}
}

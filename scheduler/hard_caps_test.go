package scheduler_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// refusedAll is one campaign for each filter that can refuse for a whole day.
func refusedAll() []plan.Campaign {
	return []plan.Campaign{
		booked("before", photographers, flown("2026-12-01", "2027-01-01")),
		booked("over", photographers, flown("2026-10-01", "2026-11-02")),
		booked("evening", 1066, during(0, "22:00-23:00")),
		booked("no media", 1066, func(c *plan.Campaign) { c.Creatives[0].Card = nil }),
		booked("wine", wine),
		booked("unwanted", 1066, func(c *plan.Campaign) { c.Advertiser = "Not Here" }),
		booked("nameless", 0),
		booked("rings", jewels), booked("rings urgently", jewels, func(c *plan.Campaign) { c.Tier = plan.TierEmergency }),
		booked("Marseille", 1357, func(c *plan.Campaign) {
			c.Place = &plan.Place{Commune: "Marseille 1er", Postcode: "13001", Latitude: 43.297, Longitude: 5.381, Located: true, WithinKM: 30}
		}),
		booked("in English", 1357, func(c *plan.Campaign) { c.Language = []string{"en"} }),
		booked("spent", 1372, atMost(0, plan.PerDay)),
	}
}

// No ads at all, then ads of which none may play, then no filler either: the
// screen says why, and sleeps.
func TestNothingToShow(t *testing.T) {
	t.Parallel()
	o := jewellers()
	o.Venue.RefuseAdvertisers = []string{"not here"}
	from := local("2026-11-02 09:00")
	var d diary
	d.say("Nothing to show: a Monday, 09:00 to 10:00, somebody waits all the time.\n")
	for _, step := range []struct {
		name    string
		p       plan.Plan
		filler  int
		refused string
	}{
		{"No ads, the shop's own two pictures", planned(own("own"), own("own2")), 360, ""},
		{"Twelve ads that may not play, the shop's own two pictures", planned(append(refusedAll(), own("own"), own("own2"))...), 360,
			"area 1, cap 1, competitor 2, daypart 1, format 1, inactive_flight 2, language 1, no_category 1, refused 1, regulated 1"},
		{"Twelve ads that may not play, and no picture", planned(refusedAll()...), 0,
			"area 1, cap 1, competitor 2, daypart 1, format 1, inactive_flight 2, language 1, no_category 1, refused 1, regulated 1"},
		{"Nothing at all", plan.Plan{}, 0, ""},
	} {
		r := simulate(step.p, o, from, time.Hour, every(from, time.Hour, time.Hour, time.Hour))
		if step.filler > 0 {
			r.audited(t)
		}
		if len(r.plays) != step.filler {
			t.Errorf("%s: %d showings, want %d", step.name, len(r.plays), step.filler)
		}
		for _, p := range r.plays {
			if !slices.Contains(p.Reasons, "filler") {
				t.Errorf("%s: %s plays because of %q", step.name, p.Campaign, p.Reasons)
			}
		}
		refusals, counts := whyNot(step.p, o, from)
		if counts != step.refused {
			t.Errorf("%s: refused %s, want %s", step.name, counts, step.refused)
		}
		wakes := wakesIn(t, step.p, o, from, time.Hour)
		if wakes >= 3600 {
			t.Errorf("%s: %d looks in an hour of nothing", step.name, wakes)
		}
		d.say("%s", step.name)
		d.hours(r.events)
		if step.filler == 0 {
			d.say("looks at the plan in that hour: %d", wakes)
		}
		if counts != "" {
			d.say("no ad is allowed now because: %s", counts)
			d.WriteString(refusals)
		}
		d.say("")
	}
	d.golden(t, "nothing")
}

// whyNot is what the why-page says: each refusal, and how many of each kind.
func whyNot(p plan.Plan, o scheduler.Options, at time.Time) (refusals, counts string) {
	now := scheduler.Moment{Civil: at, Clock: plan.ClockTrusted}
	n := make(map[string]int)
	for _, r := range scheduler.New(p, o, nil, now).WhyNot(now) {
		n[r.Code()]++
		refusals += fmt.Sprintf("  %-15s %s\n", r.Code(), r.Sentence("en"))
	}
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%s %d", code, n[code]))
	}
	return refusals, strings.Join(parts, ", ")
}

// wakesIn is how often a player looks at the plan while nothing may play, if it
// does as NextChange says.
func wakesIn(t *testing.T, p plan.Plan, o scheduler.Options, from time.Time, total time.Duration) int {
	t.Helper()
	now := scheduler.Moment{Civil: from, Clock: plan.ClockTrusted}
	s, wakes := scheduler.New(p, o, nil, now), 0
	for now.Mono < total {
		if _, ok := s.Pick(now); ok {
			return 0
		}
		at, ok := s.NextChange(now)
		if !ok {
			break
		}
		if wakes++; at <= now.Mono {
			t.Fatalf("at %s it asks to be woken at %s", now.Mono, at)
		}
		now.Civil, now.Mono = now.Civil.Add(at-now.Mono), at
	}
	return wakes
}

// One ad with a cap of four an hour, and sixty waits: the shop fills in.
func TestOnlyAd(t *testing.T) {
	t.Parallel()
	from := local("2026-11-02 09:00")
	ad := booked("a", photographers, atMost(4, plan.PerHour))
	waits := every(from, time.Minute, 40*time.Second, 6*time.Hour)
	var d diary
	d.say("One ad, 4 an hour, 60 waits of 40 s an hour: a Monday, 09:00 to 15:00.\n")
	for _, alone := range []bool{false, true} {
		p := planned(ad, own("own"))
		if alone {
			p = planned(ad)
		}
		o := jewellers()
		r := simulate(p, o, from, 6*time.Hour, waits)
		r.audited(t)
		if most, least := r.most(time.Hour, "a"), r.least(time.Hour+time.Minute, 0, "a"); most != 4 || least < 4 {
			t.Errorf("it played %d times at most in an hour, and %d times at least in an hour and a wait; want 4", most, least)
		}
		only := 0
		for _, s := range r.steps {
			if s.Idle() {
				continue
			}
			if slices.Contains(s.Play.Reasons, "relaxed:repeat") {
				t.Errorf("at %s %s plays with %q: with one ad there is no repeat distance", s.Civil, s.Play.Campaign, s.Play.Reasons)
			}
			if s.Play.Campaign == "a" {
				if sentence := scheduler.Sentence(s.Choice, "en", o); strings.Contains(sentence, "only ad allowed now") {
					only++
				}
			}
		}
		if plays := r.count("a", from, from.Add(6*time.Hour)); alone && only != plays {
			t.Errorf("%d of %d plays say that it is the only ad allowed now", only, plays)
		}
		d.say("%s", map[bool]string{false: "With a picture of the shop, which has a turn in four", true: "With nothing else"}[alone])
		d.runs(within(r.events, from, 3*time.Minute))
		d.runs(within(r.events, from.Add(time.Hour), 4*time.Minute))
		for _, s := range r.steps {
			if s.Play.Campaign == "a" {
				d.say("%s", scheduler.Sentence(s.Choice, "en", o))
				break
			}
		}
		d.hours(r.events)
		d.say("")
	}
	d.golden(t, "only-ad")
}

// Twelve ads of one play an hour and forty waits: they come back one by one as
// they are released, in the order they went.
func TestEverybodyCapped(t *testing.T) {
	t.Parallel()
	from := local("2026-11-02 09:00")
	categories := []int{photographers, 1066, 1357, 1360, 1372, 1015}
	var cs []plan.Campaign
	var ids []string
	for k := range 12 {
		id := string(rune('a' + k))
		ids = append(ids, id)
		cs = append(cs, booked(id, categories[k%len(categories)], weighing(1+k%3), atMost(1, plan.PerHour)))
	}
	p := planned(append(cs, own("own"))...)
	r := simulate(p, jewellers(), from, 6*time.Hour, every(from, 90*time.Second, 20*time.Second, 6*time.Hour))
	r.audited(t)
	// One comes back with the first wait after its hour: once an hour and two waits.
	if most, least := r.most(time.Hour, ids...), r.least(time.Hour+3*time.Minute, time.Hour, ids...); most > 12 || least < 12 {
		t.Errorf("%d plays at most in an hour, %d at least in an hour and two waits; want 12", most, least)
	}
	var order []string
	for _, p := range r.plays {
		if p.Counted && p.Campaign != "own" {
			order = append(order, p.Campaign)
		}
	}
	// Nobody has a second turn before all have had one, and nobody overtakes.
	for k := 12; k < len(order); k++ {
		if order[k] != order[k-12] {
			t.Errorf("play %d is of %s, and twelve plays before it was the turn of %s", k+1, order[k], order[k-12])
		}
	}
	if len(order) < 60 {
		t.Errorf("%d plays in six hours", len(order))
	}
	var d diary
	d.say("Twelve ads of one play an hour, forty waits of 20 s an hour: a Monday, 09:00 to 15:00.\n")
	d.say("In order: %s", strings.Join(order, " "))
	d.say("")
	d.runs(within(r.events, from, 15*time.Minute))
	d.say("")
	d.runs(within(r.events, from.Add(time.Hour), 15*time.Minute))
	d.say("\nThe whole of it, by the hour:")
	d.hours(r.events)
	d.golden(t, "all-capped")
}

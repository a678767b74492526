package scheduler_test

import (
	"math/rand"
	"slices"
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
)

// photographersDay is a day of three photographers at a jeweller's who hold nine
// tenths of the weight, two of whom booked to be the only one, and of another
// jeweller who booked the whole screen.
func photographersDay() plan.Plan {
	of := func(advertiser, booked string) change {
		return func(c *plan.Campaign) {
			c.Advertiser, c.Rivals = advertiser, "photographers"
			if c.Booked.UnmarshalText([]byte(booked)) != nil {
				panic(booked)
			}
		}
	}
	sole := func(c *plan.Campaign) { c.Sole = true }
	takeover := func(c *plan.Campaign) { c.Tier = plan.TierTakeover }
	return planned(
		booked("c", photographers, of("Chambre", "2026-03-01"), weighing(9)),
		booked("d", photographers, of("Diaph", "2026-04-01"), weighing(9)),
		booked("d-only", photographers, of("Diaph", "2026-01-01"), weighing(9), sole, during(0, "11:00-13:00")),
		booked("e", photographers, of("Ektar", "2026-05-01"), weighing(9)),
		booked("e-only", photographers, of("Ektar", "2026-02-01"), weighing(9), sole, during(0, "12:00-14:00")),
		booked("f", jewels, takeover, during(0, "10:00-11:00")),
		booked("g", 1066, weighing(3)), booked("h", 1357, weighing(2)),
		own("own"))
}

// Who is alone in a group, who is beside whom, and who competes with the shop.
func TestEverybodyWantsToBeTheOnlyOne(t *testing.T) {
	t.Parallel()
	p, from := photographersDay(), local("2026-11-02 10:00")
	waits := every(from, 2*time.Minute, 65*time.Second, 5*time.Hour)
	o := jewellers()
	o.Venue.Targeting = false // so that nine tenths are nine tenths
	r := simulate(p, o, from, 5*time.Hour, waits)
	r.audited(t)
	for _, part := range audit.Stretches(r.shop, r.plays) {
		for _, f := range audit.Diversity(r.shop, part) {
			t.Errorf("from %s: %s", part[0].StartedAt.In(paris), f)
		}
	}
	if n := r.count("f", from, from.Add(5*time.Hour)); n != 0 {
		t.Errorf("a competitor played %d times because it took over", n)
	}
	for at, others := range map[string][]string{"11:00": {"c", "e", "e-only"}, "12:00": {"c", "e", "e-only"}, "13:00": {"c", "d", "d-only"}} {
		begin := local("2026-11-02 " + at)
		for _, id := range others {
			if n := r.count(id, begin, begin.Add(time.Hour)); n != 0 {
				t.Errorf("from %s %s played %d times beside the only one", at, id, n)
			}
		}
	}
	for _, id := range []string{"c", "d", "e"} {
		if n := r.count(id, from, from.Add(time.Hour)); n == 0 {
			t.Errorf("%s never plays while nobody is the only one", id)
		}
	}
	// Any order of the file gives the same plays.
	for seed := range int64(5) {
		shuffled := planned(slices.Clone(p.Feeds[0].Campaigns)...)
		cs := shuffled.Feeds[0].Campaigns
		rand.New(rand.NewSource(seed)).Shuffle(len(cs), func(i, j int) { cs[i], cs[j] = cs[j], cs[i] })
		if again := simulate(shuffled, o, from, 5*time.Hour, waits); !equalPlays(again.plays, r.plays) {
			t.Error("another order of the campaigns changes the plays")
		}
	}
	var d diary
	d.say("Everybody wants to be the only one. A jeweller's Monday, 10:00 to 15:00, a wait of 65 s every two minutes.\n" +
		"c, d and e are of three photographers with nine tenths of the weight; d-only was booked in January to be the only one\n" +
		"from 11:00 to 13:00, e-only in February from 12:00 to 14:00. f is a jeweller who took over 10:00 to 11:00.\n" +
		"g weighs 3 and h 2; own is the shop's. Targeting is off.")
	for _, at := range []string{"10:00", "11:00", "12:00", "13:00", "14:00"} {
		begin := local("2026-11-02 " + at)
		refusals, counts := whyNot(p, o, begin)
		d.say("\n%s, refused: %s", at, counts)
		d.WriteString(refusals)
		d.runs(within(r.events, begin, 3*time.Minute))
	}
	d.say("\nThe whole of it, by the hour:")
	d.hours(r.events)
	d.golden(t, "only-ones")
}

// Three rivals alone: between two of them comes the shop's own content, or else
// nothing for half a minute.
func TestRivalsAlone(t *testing.T) {
	t.Parallel()
	from := local("2026-11-02 10:00")
	group := func(c *plan.Campaign) { c.Rivals = "photographers" }
	rivals := []plan.Campaign{booked("c", photographers, group), booked("d", photographers, group), booked("e", photographers, group)}
	var d diary
	d.say("Three rivals and nobody else.")
	for _, test := range []struct {
		name  string
		p     plan.Plan
		waits []simulation.Wait
	}{
		{"A wait of five minutes, with a picture of the shop", planned(append(slices.Clone(rivals), own("own"))...),
			every(from, time.Hour, 5*time.Minute, time.Hour)},
		{"A wait of half a minute every two minutes, with nothing else", planned(rivals...), every(from, 2*time.Minute, 30*time.Second, 10*time.Minute)},
	} {
		r := simulate(test.p, jewellers(), from, time.Hour, test.waits)
		r.audited(t)
		for _, id := range []string{"c", "d", "e"} {
			if r.count(id, from, from.Add(time.Hour)) == 0 {
				t.Errorf("%s: %s never plays", test.name, id)
			}
		}
		d.say("\n%s", test.name)
		d.runs(r.events)
		d.hours(r.events)
	}
	d.golden(t, "rivals-alone")
}

func equalPlays(a, b []plan.Play) bool {
	return slices.EqualFunc(a, b, func(p, q plan.Play) bool {
		return p.Seq == q.Seq && p.MonoMS == q.MonoMS && p.Creative == q.Creative && p.Outcome == q.Outcome && slices.Equal(p.Reasons, q.Reasons)
	})
}

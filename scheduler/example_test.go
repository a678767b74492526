package scheduler_test

import (
	"fmt"
	"time"

	"entracte/assets"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// A morning at a jeweller's. The photographer works on weddings, as the shop does,
// and is two streets away; the restaurant is where one proposes; the
// plumber has nothing to do with either, and the jeweller across the street never
// plays. The photographer would weigh eight times the plumber, and is held at two
// fifths of the turns; what it may not have goes to the others in proportion.
func Example() {
	campaign := func(id, advertiser string, category int) plan.Campaign {
		return plan.Campaign{ID: id, Advertiser: advertiser, Category: category, Weight: 1,
			Creatives: []plan.Creative{{ID: id + "-1", Card: &plan.Card{Title: advertiser}, Length: 10 * time.Second}}}
	}
	lens := campaign("lens", "Studio Lens", 1021)
	lens.Occasions = []string{"165"}
	lens.Place = &plan.Place{Commune: "Lyon 2e", Postcode: "69002"}
	booked := plan.Plan{Feeds: []plan.Feed{{Name: "acme/shop-17", Campaigns: []plan.Campaign{
		lens,
		campaign("table", "Chez Paul", 1360),
		campaign("pipes", "Plomberie Roux", 1411),
		campaign("rings", "Bagues d'en face", 1073),
	}}}}
	options := scheduler.Options{
		Venue:      plan.Venue{Activity: "jeweller", Language: "fr", Commune: "Lyon 2e", Postcode: "69002", Targeting: true},
		Vocabulary: assets.Vocabulary(),
	}
	now := scheduler.Moment{Civil: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), Clock: plan.ClockTrusted}
	s := scheduler.New(booked, options, nil, now)
	had := make(map[string]int)
	for turn := 1; turn <= 10; turn++ {
		lease, ok := s.Pick(now)
		if !ok {
			break
		}
		had[lease.Ref.Campaign]++
		if had[lease.Ref.Campaign] == 1 {
			fmt.Printf("turn %d: %s\n", turn, scheduler.Sentence(lease.Choice, "en", options))
		}
		now.Mono += lease.Length()
		now.Civil = now.Civil.Add(lease.Length())
		s.Complete(lease, now) // its last frame was shown: only now it is a play
	}
	fmt.Println("after ten turns:", had)
	for _, refusal := range s.WhyNot(now) {
		fmt.Println(refusal.Code(), "-", refusal.Sentence("en"))
	}
	// Output:
	// turn 1: Shown because this shop (jeweller) and Studio Lens (Photographers) have an occasion in common (wedding), in the same commune. It takes about 2 turns in 5.
	// turn 2: Shown for variety: Plomberie Roux (Plumbers) has no particular link with this shop. It takes about 1 turn in 3.
	// turn 3: Shown because this shop (jeweller) and Chez Paul (Restaurants) have an occasion in common (engagement). It takes about 1 turn in 3.
	// after ten turns: map[lens:4 pipes:3 table:3]
	// competitor - Bagues d'en face: a competitor, it sells “Jewelry and Watches” like this shop (jeweller).
}

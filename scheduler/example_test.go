package scheduler_test

import (
	"fmt"
	"time"

	"entracte/assets"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// A jeweller's screen: the photographer takes turns with the shop's own pictures,
// and the jeweller across the street never plays.
func Example() {
	campaign := func(id, advertiser string, category int, tier plan.Tier) plan.Campaign {
		return plan.Campaign{ID: id, Advertiser: advertiser, Category: category, Weight: 1, Tier: tier,
			Creatives: []plan.Creative{{ID: id + "-1", Card: &plan.Card{Title: advertiser}, Length: 10 * time.Second}}}
	}
	booked := plan.Plan{Feeds: []plan.Feed{{Name: "acme/shop-17", Campaigns: []plan.Campaign{
		campaign("lens", "Studio Lens", 1021, plan.TierWeighted),
		campaign("rings", "Bagues d'en face", 1073, plan.TierTakeover),
		campaign("own", plan.VenueAdvertiser, 0, plan.TierHouse),
	}}}}
	options := scheduler.Options{
		Venue:      plan.Venue{Activity: "jeweller", Language: "fr", Targeting: true},
		Vocabulary: assets.Vocabulary(),
		OwnShare:   scheduler.OwnShare{Turns: 1, Of: 2},
	}
	now := scheduler.Moment{Civil: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), Clock: plan.ClockTrusted}
	s := scheduler.New(booked, options, nil, now)
	for range 3 {
		lease, ok := s.Pick(now)
		if !ok {
			break
		}
		fmt.Println(lease.Ref, "-", scheduler.Sentence(lease.Choice, "en", options))
		now.Mono += lease.Length()
		now.Civil = now.Civil.Add(lease.Length())
		s.Complete(lease, now) // its last frame was shown: only now it is a play
	}
	for _, refusal := range s.WhyNot(now) {
		fmt.Println(refusal.Code(), "-", refusal.Sentence("en"))
	}
	// Output:
	// acme/shop-17/lens/lens-1 - Shown because this shop (jeweller) and Studio Lens (Photographers) have an occasion in common (wedding). It takes about 1 turn in 2.
	// acme/shop-17/own/own-1 - The shop's own content: it is its turn.
	// acme/shop-17/lens/lens-1 - Shown because this shop (jeweller) and Studio Lens (Photographers) have an occasion in common (wedding). It takes about 1 turn in 2.
	// competitor - Bagues d'en face: a competitor, it sells “Jewelry and Watches” like this shop (jeweller).
}

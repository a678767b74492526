package scheduler

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"

	"entracte/scheduler/plan"
)

// An ad is a campaign made ready for decisions: what cannot change while the
// plan is in force is worked out once.
type ad struct {
	feed     string
	campaign *plan.Campaign
	// venue is set for the shop's own content, which most filters let pass.
	venue      bool
	lane       lane
	weight     int64
	advertiser string // folded, to compare
	group      string // of rivals; "" is none
	tie        uint64
	// fixed is the first filter from regulated to language that refuses.
	fixed Filter
	// broken marks the creatives that cannot be shown here; why is the last
	// reason given.
	broken []bool
	why    string
}

func adKey(feed, campaign string) string { return feed + "\x00" + campaign }

// readAds makes the ads of a plan, in an order that does not depend on the
// plan's.
func readAds(p plan.Plan, o Options) []ad {
	var ads []ad
	seen := make(map[string]bool)
	for f := range p.Feeds {
		feed := &p.Feeds[f]
		for c := range feed.Campaigns {
			key := adKey(feed.Name, feed.Campaigns[c].ID)
			if !seen[key] {
				seen[key] = true
				ads = append(ads, readAd(feed.Name, &feed.Campaigns[c], o))
			}
		}
	}
	slices.SortFunc(ads, func(a, b ad) int {
		return cmp.Or(strings.Compare(a.feed, b.feed), strings.Compare(a.campaign.ID, b.campaign.ID))
	})
	return ads
}

func readAd(feed string, c *plan.Campaign, o Options) ad {
	a := ad{
		feed:       feed,
		campaign:   c,
		venue:      c.House(),
		lane:       laneOf(c.Tier),
		weight:     int64(min(max(c.Weight, plan.MinWeight), plan.MaxWeight)),
		advertiser: fold(c.Advertiser),
		group:      rivalGroup(c),
		tie:        tie(o.Seed, feed, c.ID),
		broken:     make([]bool, len(c.Creatives)),
	}
	for i := range c.Creatives {
		// A creative without an address or a card has no media on this machine.
		a.broken[i] = c.Creatives[i].SHA256 == "" && c.Creatives[i].Card == nil
	}
	if a.venue {
		a.group = ""
	} else {
		a.fixed = fixedFilter(c, o)
	}
	return a
}

// rivalGroup is the campaign's separation group. Unlike plan.Campaign.RivalGroup
// it has one for the house tier, which an advertiser may book too.
func rivalGroup(c *plan.Campaign) string {
	paid := *c
	paid.Tier = plan.TierWeighted
	return paid.RivalGroup()
}

// playable reports whether any creative can be shown here.
func (a *ad) playable() bool { return slices.Contains(a.broken, false) }

// tie orders ads with equal claims: fixed for a seed, unrelated to names.
func tie(seed uint64, feed, campaign string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(seed >> (8 * i))
	}
	h.Write(b[:])
	h.Write([]byte(adKey(feed, campaign)))
	// FNV leaves the high bits of short keys alike; spread them (the finalizer of
	// MurmurHash3, public domain).
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// fold makes names that a person would call the same equal.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

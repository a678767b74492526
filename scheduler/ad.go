package scheduler

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"entracte/scheduler/plan"
)

// An ad is a campaign made ready for decisions: what cannot change while the
// plan is in force is worked out once.
type ad struct {
	campaign *plan.Campaign
	tie      uint64
	// advertiser and group are numbers for names that were compared once; a group
	// of 0 has no rivals.
	advertiser, group int32
	seat, slot        int32
	feed              int16
	points
	lane laneID
	// fixed is the first filter from regulated to language that refuses.
	fixed Filter
	// venue is set for the shop's own content, which most filters let pass.
	venue bool
}

// laneID is a tier in the order it is served.
type laneID uint8

const (
	emergency laneID = iota
	takeover
	guaranteed
	weighted
	house
	lanes
)

func laneOf(t plan.Tier) laneID {
	switch t {
	case plan.TierEmergency:
		return emergency
	case plan.TierTakeover:
		return takeover
	case plan.TierGuaranteed:
		return guaranteed
	case plan.TierHouse:
		return house
	}
	return weighted
}

// readAds makes the ads of a plan, in an order that does not depend on the
// plan's: by feed and id.
func (s *Scheduler) readAds(p plan.Plan) {
	n := 0
	for f := range p.Feeds {
		n += len(p.Feeds[f].Campaigns)
	}
	s.ads = make([]ad, 0, n)
	for f := range p.Feeds {
		s.feeds = append(s.feeds, p.Feeds[f].Name)
		for c := range p.Feeds[f].Campaigns {
			s.ads = append(s.ads, ad{campaign: &p.Feeds[f].Campaigns[c], feed: int16(f)})
		}
	}
	slices.SortStableFunc(s.ads, func(a, b ad) int {
		return cmp.Or(strings.Compare(s.feeds[a.feed], s.feeds[b.feed]), strings.Compare(a.campaign.ID, b.campaign.ID))
	})
	// What was seen before is left out.
	s.ads = slices.CompactFunc(s.ads, func(a, b ad) bool {
		return s.feeds[a.feed] == s.feeds[b.feed] && a.campaign.ID == b.campaign.ID
	})
	advertisers, groups := make(names, len(s.ads)), make(names)
	for i := range s.ads {
		s.readAd(&s.ads[i], advertisers, groups)
	}
	s.groups = groups
}

// names gives names numbers, from 1.
type names map[string]int32

func (n names) number(name string) int32 {
	if i, ok := n[name]; ok {
		return i
	}
	n[name] = int32(len(n) + 1)
	return n[name]
}

func (s *Scheduler) readAd(a *ad, advertisers, groups names) {
	c, o := a.campaign, &s.options
	a.venue, a.lane = c.House(), laneOf(c.Tier)
	a.tie = tie(o.Seed, s.feeds[a.feed], c.ID)
	a.advertiser = advertisers.number(fold(c.Advertiser))
	if a.venue {
		return
	}
	if group := rivalGroup(c); group != "" {
		a.group = groups.number(fold(group))
	}
	k := s.kinship(c.Category)
	a.fixed = fixedFilter(c, k.standing, &o.Venue)
	if !o.Venue.Targeting || a.lane != weighted || a.fixed != passed {
		return
	}
	a.points = pointsOf(c, &o.Venue, k)
}

func (s *Scheduler) kinship(category int) *kinship {
	k := s.kin[category]
	if k == nil {
		found := kinshipOf(category, &s.options)
		k = &found
		s.kin[category] = k
	}
	return k
}

// rivalGroup is the campaign's separation group. Unlike plan.Campaign.RivalGroup
// it has one for the house tier, which an advertiser may book too.
func rivalGroup(c *plan.Campaign) string {
	switch {
	case c.Rivals != "":
		return c.Rivals
	case c.Category != 0:
		return categoryGroup(c.Category)
	}
	return ""
}

func categoryGroup(category int) string { return "iab:" + strconv.Itoa(category) }

// seatAds gives every ad its place: weighted ads by category, those of the other
// tiers together; in a category in the order that settles ties.
func (s *Scheduler) seatAds(st *state) {
	type table struct {
		lane     laneID
		category int
	}
	at := make(map[table][]int32)
	var order []table
	for i := range s.ads {
		k := table{lane: s.ads[i].lane}
		if k.lane == weighted {
			k.category = s.ads[i].campaign.Category
		}
		if at[k] == nil {
			order = append(order, k)
		}
		at[k] = append(at[k], int32(i))
	}
	tie := func(k table) uint64 { return spread(uint64(k.category) ^ s.options.Seed) }
	slices.SortFunc(order, func(a, b table) int {
		return cmp.Or(cmp.Compare(a.lane, b.lane), cmp.Compare(tie(a), tie(b)))
	})
	for l := range st.lanes {
		st.lanes[l].v = far
	}
	for _, k := range order {
		ln, members := &st.lanes[k.lane], at[k]
		slices.SortFunc(members, func(i, j int32) int {
			return cmp.Or(cmp.Compare(s.ads[i].tie, s.ads[j].tie), cmp.Compare(i, j))
		})
		for slot, i := range members {
			s.ads[i].seat, s.ads[i].slot = int32(len(ln.seats)), int32(slot)
		}
		found := k.lane == weighted && s.options.Venue.Targeting && !s.kinship(k.category).related
		ln.seats = append(ln.seats, seat{category: k.category, discovery: found, runner: -1})
		ln.pools = append(ln.pools, newPool(members))
	}
}

// find returns the index of the ad of a feed and id.
func (s *Scheduler) find(feed, campaign string) (int, bool) {
	return slices.BinarySearchFunc(s.ads, struct{}{}, func(a ad, _ struct{}) int {
		return cmp.Or(strings.Compare(s.feeds[a.feed], feed), strings.Compare(a.campaign.ID, campaign))
	})
}

// weightAt is the weight that the ad takes turns by.
func (a *ad) weightAt(targeting bool, at instant) uint32 {
	booked := min(max(a.campaign.Weight, plan.MinWeight), plan.MaxWeight)
	if !targeting || a.lane != weighted {
		return uint32(booked)
	}
	return uint32(booked * class(a.sum(at.month())))
}

// playable reports whether the creative can be shown here.
func (s *Scheduler) playable(a *ad, creative int) bool {
	c := &a.campaign.Creatives[creative]
	// A creative without an address or a card has no media on this machine.
	if c.SHA256 == "" && c.Card == nil {
		return false
	}
	if len(s.broken) == 0 {
		return true
	}
	_, broken := s.broken[plan.Ref{Feed: s.feeds[a.feed], Campaign: a.campaign.ID, Creative: c.ID}]
	return !broken
}

// creativeFrom returns the first creative from c on, round the campaign, that
// can be shown, or -1.
func (s *Scheduler) creativeFrom(a *ad, c int) int {
	n := len(a.campaign.Creatives)
	for k := range n {
		if i := (c + k) % n; s.playable(a, i) {
			return i
		}
	}
	return -1
}

// tie orders ads with equal claims: fixed for a seed, unrelated to names.
func tie(seed uint64, feed, campaign string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(seed >> (8 * i))
	}
	h.Write(b[:])
	h.Write([]byte(feed))
	h.Write(b[:1])
	h.Write([]byte(campaign))
	return spread(h.Sum64())
}

// spread makes the high bits of a hash of a short key differ (the finalizer of
// MurmurHash3, public domain).
func spread(x uint64) uint64 {
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// fold makes names that a person would call the same equal.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

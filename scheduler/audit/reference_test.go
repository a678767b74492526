package audit_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
	"pgregory.net/rapid"
)

// A reference is the plainest scheduler there is: it looks at the whole log for
// every decision and gives the turn to whom it has not had for longest, which
// satisfies every rule but fair shares. It knows nothing of the checker but the
// points and the shares that its reasons tell, which have tables of their own.
type reference struct {
	*log
	turns, own int
}

// drawShop makes a small shop in which every rule meets every other. Campaigns
// whose id begins with "x" must never play.
func drawShop(t *rapid.T) audit.Shop {
	var cs []plan.Campaign
	for k := range rapid.IntRange(1, 8).Draw(t, "campaigns") {
		c := booking(fmt.Sprint("c", k), rapid.SampledFrom([]int{1, 11, 2, 22, 3, 4, 5}).Draw(t, "category"))
		c.Advertiser = rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "advertiser")
		c.Weight = rapid.IntRange(1, 10).Draw(t, "weight")
		c.Rivals = rapid.SampledFrom([]string{"", "", "g"}).Draw(t, "rivals")
		c.Occasions = rapid.SampledFrom([][]string{nil, {"165"}, {"170", "x"}}).Draw(t, "occasions")
		if rapid.Bool().Draw(t, "capped") {
			limit(rapid.IntRange(1, 4).Draw(t, "plays"), rapid.SampledFrom([]plan.CapPeriod{plan.PerHour, plan.PerDay}).Draw(t, "per"))(&c)
		}
		if rapid.IntRange(0, 4).Draw(t, "day-parted") == 0 {
			daypart(plan.Minute(rapid.IntRange(0, 550).Draw(t, "from")), plan.Minute(rapid.IntRange(560, 700).Draw(t, "to")))(&c)
		}
		c.Tier = rapid.SampledFrom([]plan.Tier{0, 0, 0, 0, plan.TierTakeover, plan.TierGuaranteed}).Draw(t, "tier")
		cs = append(cs, c)
	}
	cs = append(cs, booking("x-competitor", 91), booking("x-regulated", 82), booking("x-none", 0), booking("x-past", 4, flight("", "2026-11-01")),
		booking("x-english", 4, func(c *plan.Campaign) { c.Language = []string{"en"} }),
		booking("x-sole", 4, sole("2026-02-01"), rivals("s")), booking("first", 4, sole("2026-01-01"), rivals("s")))
	if rapid.Bool().Draw(t, "own content") {
		cs = append(cs, own("own"))
	}
	return jeweller(cs...)
}

// ok reports whether the campaign may play now.
func (r *reference) ok(c *plan.Campaign) bool {
	if strings.HasPrefix(c.ID, "x-") {
		return false
	}
	if len(c.Dayparts) > 0 && !c.Dayparts[0].Contains(r.civil) {
		return false
	}
	for _, l := range c.Caps {
		if r.count(c, l.Per) >= l.Plays {
			return false
		}
	}
	return !r.besideRival(c)
}

func (r *reference) count(c *plan.Campaign, per plan.CapPeriod) int {
	n := 0
	for _, p := range r.plays {
		ended := p.StartedAt.Add(time.Duration(p.ShownMS) * time.Millisecond)
		same := plan.DateOf(p.StartedAt.In(paris)) == plan.DateOf(r.civil)
		if per == plan.PerHour {
			same = r.civil.Sub(ended) < time.Hour
		}
		if p.Counted && p.Campaign == c.ID && same {
			n++
		}
	}
	return n
}

func (r *reference) besideRival(c *plan.Campaign) bool {
	for _, p := range slices.Backward(r.plays) {
		ended := p.StartedAt.Add(time.Duration(p.ShownMS) * time.Millisecond)
		if r.rivals(c, r.campaign(p.Campaign)) && r.civil.Sub(ended) < 30*second {
			return true
		}
		if p.Counted {
			break
		}
	}
	return false
}

func (r *reference) rivals(c, d *plan.Campaign) bool {
	return c.RivalGroup() != "" && c.RivalGroup() == d.RivalGroup() && c.Advertiser != d.Advertiser
}

// oldest is the campaign of a tier that may play and has not for longest.
func (r *reference) oldest(tier plan.Tier) *plan.Campaign {
	var best *plan.Campaign
	ago := -1
	for i := range r.shop.Plan.Feeds[0].Campaigns {
		c := &r.shop.Plan.Feeds[0].Campaigns[i]
		if c.Tier != tier || !r.ok(c) {
			continue
		}
		turns, cooling := r.since(c)
		if !cooling && turns > ago {
			best, ago = c, turns
		}
	}
	return best
}

// since is how many records ago the campaign last completed, and whether a showing
// of it was broken off less than 30 seconds ago.
func (r *reference) since(c *plan.Campaign) (turns int, cooling bool) {
	last := true
	for k, p := range slices.Backward(r.plays) {
		if p.Campaign != c.ID {
			continue
		}
		if p.Counted {
			return len(r.plays) - k, cooling
		}
		cooling = cooling || last && r.civil.Sub(p.StartedAt) < 32*second // shown for two
		last = false
	}
	return len(r.plays) + 1, cooling
}

// next shows something, cut short or not, or nothing for ten seconds.
func (r *reference) next(cut bool) {
	id := func(c *plan.Campaign) string {
		if cut {
			return c.ID + "!"
		}
		return c.ID
	}
	if c := r.oldest(plan.TierTakeover); c != nil {
		r.play(id(c), append(r.reasons(c), "takeover")...)
		return
	}
	c, promised, house := r.oldest(plan.TierWeighted), r.oldest(plan.TierGuaranteed), r.oldest(plan.TierHouse)
	late := r.promisedLately(r.plays) ||
		r.promisedLately(slices.DeleteFunc(slices.Clone(r.plays), func(p plan.Play) bool { return !p.Counted }))
	switch {
	case house != nil && c != nil && 4*(r.own+1) <= r.turns+1:
		r.play(house.ID, "house", "own-turn")
		r.own++
		r.turns++
		return
	case promised != nil && !late:
		r.play(id(promised), append(r.reasons(promised), "guaranteed")...)
	case c != nil:
		r.play(id(c), append(r.reasons(c), r.share(c))...)
	case house != nil:
		r.play(id(house), "house", "filler")
		return
	default:
		r.wait(10 * second)
		return
	}
	if !cut {
		r.turns++
	}
}

// promisedLately reports whether one of the last two was guaranteed.
func (r *reference) promisedLately(plays []plan.Play) bool {
	return slices.ContainsFunc(plays[max(0, len(plays)-2):], func(p plan.Play) bool {
		return r.campaign(p.Campaign).Tier == plan.TierGuaranteed
	})
}

// reasons are the terms of a campaign's points.
func (r *reference) reasons(c *plan.Campaign) []string {
	p := audit.PointsOf(r.shop, c, r.civil.Month())
	codes := []string{"class:" + strconv.Itoa(p.Class())}
	if p.Occasion > 0 {
		codes = append(codes, fmt.Sprintf("occasion:%s/%d", c.Occasions[0], p.Occasion))
	}
	if p.Discovery {
		codes = append(codes, "discovery")
	} else {
		kind := map[int]string{30: "occasion", 20: "journey", 0: "goes-with"}[p.Relation]
		codes = append(codes, fmt.Sprintf("relation:%s/%d", kind, p.Relation/10))
	}
	for _, l := range c.Caps {
		codes = append(codes, fmt.Sprintf("cap:%d/%s", l.Plays, l.Per))
	}
	return codes
}

func (r *reference) share(c *plan.Campaign) string {
	for _, a := range audit.FairShares(r.shop, r.civil).Ads {
		if share, _ := a.Share.Float64(); a.Ad == "f/"+c.ID {
			if share <= 0.5 {
				return fmt.Sprintf("share:1/%d", int(1/share+0.5))
			}
			return fmt.Sprintf("share:%d/10", int(10*share+0.5))
		}
	}
	return "share:?"
}

// live lets waits pass, some of them short, and pauses.
func (r *reference) live(t *rapid.T, turns int) {
	for range turns {
		switch rapid.IntRange(0, 9).Draw(t, "event") {
		case 0:
			r.wait(time.Duration(rapid.IntRange(1, 2400).Draw(t, "pause")) * second)
		case 1:
			r.next(true)
		default:
			r.next(false)
		}
	}
}

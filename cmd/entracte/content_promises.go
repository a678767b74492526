package main

import (
	"slices"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// admit takes the campaigns out of a plan that promise more than the screen can
// keep beside the others, and says so.
func (c *content) admit(p plan.Plan) plan.Plan {
	over := scheduler.Overbooked(p, c.shop)
	var out absence
	if len(over) > 0 {
		out.notices = []player.Notice{{Concern: overbooked, Ads: len(over)}}
	}
	for _, o := range over {
		out.notices[0].Details = append(out.notices[0].Details, o.Sentence("en"))
		out.refusals = append(out.refusals, control.Refusal{
			Feed: o.Feed, Campaign: o.Campaign.ID, Code: codeOverbooked, French: o.Sentence("fr"), English: o.Sentence("en")})
	}
	c.left[aboutPromises] = out
	return admitted(p, over)
}

// admitted is a plan without the campaigns that promise too much; the one that was given
// stays as it is.
func admitted(p plan.Plan, over []scheduler.Overbooking) plan.Plan {
	if len(over) == 0 {
		return p
	}
	refused := map[*plan.Campaign]bool{}
	for _, o := range over {
		refused[o.Campaign] = true
	}
	left := plan.Plan{Feeds: slices.Clone(p.Feeds)}
	for i := range left.Feeds {
		f := &left.Feeds[i]
		all := f.Campaigns
		f.Campaigns = nil
		for k := range all {
			if !refused[&all[k]] {
				f.Campaigns = append(f.Campaigns, all[k])
			}
		}
	}
	return left
}

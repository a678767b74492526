package control

import (
	"cmp"
	"slices"

	"entracte/scheduler"
)

// A Refusal is why a campaign may not play, as it travels: ids, a stable code, that of
// the filter of a [scheduler.Refusal], and its sentence in both languages. Campaign is
// empty where a whole feed is not in force.
type Refusal struct {
	Feed     string `json:"feed"`
	Campaign string `json:"campaign"`
	Code     string `json:"code"`
	French   string `json:"fr"`
	English  string `json:"en"`
}

// written never returns nil, so that nothing refused is [] and not null.
func written(list []scheduler.Refusal) []Refusal {
	out := make([]Refusal, len(list))
	for i, r := range list {
		out[i] = Refusal{r.Feed, r.Campaign.ID, r.Code(), r.Sentence("fr"), r.Sentence("en")}
	}
	return out
}

// complete adds what never came to the scheduler, and orders all by feed and campaign.
func (a API) complete(refused []Refusal) []Refusal {
	if a.LeftOut == nil {
		return refused
	}
	all := append(a.LeftOut(), refused...)
	slices.SortStableFunc(all, compareRefusals)
	return slices.CompactFunc(all, func(r, s Refusal) bool { return r.Campaign != "" && compareRefusals(r, s) == 0 })
}

func compareRefusals(r, s Refusal) int {
	return cmp.Or(cmp.Compare(r.Feed, s.Feed), cmp.Compare(r.Campaign, s.Campaign))
}

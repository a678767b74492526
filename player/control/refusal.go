package control

import (
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// A refusal is a [scheduler.Refusal] as it travels: with the code of its filter,
// which is stable where its number is not, and the sentences it can only speak.
type refusal struct {
	Feed     string         `json:"feed"`
	Campaign *plan.Campaign `json:"campaign"`
	Code     string         `json:"code"`
	French   string         `json:"fr"`
	English  string         `json:"en"`
}

// written never returns nil, so that nothing refused is [] and not null.
func written(list []scheduler.Refusal) []refusal {
	out := make([]refusal, len(list))
	for i, r := range list {
		out[i] = refusal{r.Feed, r.Campaign, r.Code(), r.Sentence("fr"), r.Sentence("en")}
	}
	return out
}

func read(list []refusal) []scheduler.Refusal {
	out := make([]scheduler.Refusal, len(list))
	for i, r := range list {
		out[i] = scheduler.Refusal{Feed: r.Feed, Campaign: r.Campaign, Filter: filterOf(r.Code)}
	}
	return out
}

// filterOf returns the filter of a code, or 0 for a code this version does not know.
func filterOf(code string) scheduler.Filter {
	for f := scheduler.Filter(1); f.String() != ""; f++ {
		if f.String() == code {
			return f
		}
	}
	return 0
}

package control

import "entracte/scheduler"

// A Refusal is a [scheduler.Refusal] as it travels: ids, the stable code of the
// filter, and its sentence in both languages.
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

package control

import (
	"slices"
	"testing"
)

// What is left out of the plan goes before what the scheduler says of the same campaign,
// each campaign once, by feed; a feed may have several sentences as a whole.
func TestLeftOutGoesFirst(t *testing.T) {
	t.Parallel()
	a := API{LeftOut: func() []Refusal {
		return []Refusal{{Feed: "b", Campaign: "lens", Code: "stale"}, {Feed: "a", Code: "no_pack"}, {Feed: "a", Code: "waiting"}, {Feed: "b", Campaign: "old", Code: "stale"}}
	}}
	var got []string
	for _, r := range a.complete([]Refusal{{Feed: "a", Campaign: "x", Code: "capped"}, {Feed: "b", Campaign: "lens", Code: "inactive_flight"}}) {
		got = append(got, r.Feed+"/"+r.Campaign+" "+r.Code)
	}
	if want := []string{"a/ no_pack", "a/ waiting", "a/x capped", "b/lens stale", "b/old stale"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (API{}).complete([]Refusal{}); got == nil || len(got) != 0 {
		t.Errorf("nothing left out: %v", got)
	}
}

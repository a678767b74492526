package main

import (
	"strings"
	"testing"

	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/own"
)

// A campaign of which nothing is left has its reason, in the language of who asks.
func TestLeftOf(t *testing.T) {
	t.Parallel()
	out := leftOf("acme/shop", "acme/shop: ", []storage.Skip{
		{Campaign: "lens", Creative: "a", File: "a.jpg", Reason: "it is damaged\nhint: mend it"},
		{Campaign: "lens", Creative: "b", File: "b.jpg", Reason: "it is damaged"},
		{Campaign: "lens", Reason: "none of its creatives can be shown"},
		{Campaign: "dress", Creative: "c", File: "c.jpg", Reason: "it is damaged"},
	})
	if len(out.notices) != 1 || out.notices[0].Concern != mediaLeft || out.notices[0].Files != 3 || out.notices[0].Ads != 2 || len(out.notices[0].Details) != 4 {
		t.Errorf("%+v", out.notices)
	}
	if d := out.notices[0].Details; d[0] != "acme/shop: a.jpg: it is damaged\nhint: mend it" || d[2] != "acme/shop: lens: none of its creatives can be shown" {
		t.Errorf("%q", d)
	}
	if len(out.refusals) != 1 {
		t.Fatalf("%+v", out.refusals)
	}
	r := out.refusals[0]
	if !strings.HasPrefix(r.French, "Aucune de ses images") || !strings.HasPrefix(r.English, "None of its pictures") {
		t.Errorf("%+v", r)
	}
	if r.Campaign != "lens" || r.Code != "format" || !strings.HasSuffix(r.French, "ne peut passer ici (a.jpg, b.jpg).") || !strings.HasSuffix(r.English, "can be shown here (a.jpg: it is damaged; b.jpg: it is damaged).") {
		t.Errorf("%+v", r)
	}
	if n := leftOf(own.FeedName, "", []storage.Skip{{Campaign: own.CampaignID, File: "x.pdf", Reason: "no"}}).notices[0]; n.Concern != ownLeft || n.Files != 1 {
		t.Errorf("%+v", n)
	}
}

// A pack that was good until a day takes with it what would go on longer, and that alone.
func TestEndedPack(t *testing.T) {
	t.Parallel()
	day := func(d int) plan.Date { return plan.Date{Year: 2027, Month: 2, Day: d} }
	f := plan.Feed{Name: "acme/shop", Campaigns: []plan.Campaign{
		{ID: "open", Advertiser: "Lens"}, {ID: "before", Flight: plan.Flight{To: day(2)}}, {ID: "after", Flight: plan.Flight{To: day(9)}}}}
	out := ended(f, storage.InForce{Feed: "acme/shop", Version: "0001-00000002"}, day(2))
	if len(out.refusals) != 2 || out.refusals[0].Campaign != "open" || out.refusals[1].Campaign != "after" || out.notices[0].Ads != 2 {
		t.Errorf("%+v", out)
	}
	if got, want := out.refusals[0].French, "Lens : le lot 0001-00000002 valait jusqu'au 01/02/2027 ; branchez une clé plus récente de la régie."; got != want {
		t.Errorf("%q", got)
	}
}

// Every code has a sentence in both languages.
func TestEveryRefusalHasWords(t *testing.T) {
	t.Parallel()
	for _, code := range leftOutCodes {
		if code == codeOverbooked {
			continue // the scheduler's own
		}
		r := refuse("acme/shop", "lens", code, "Lens", "x", "y", "z")
		if w := refusalWords[code]; w.fr == "" || w.en == "" || !strings.HasPrefix(r.French, "Lens : ") || !strings.HasPrefix(r.English, "Lens: ") || strings.Contains(r.French, "MISSING") {
			t.Errorf("%s: %+v", code, r)
		}
	}
	if r := refuse(localFeed, "lens", codeUnasked, "Lens"); !strings.Contains(r.English, "--ads") {
		t.Errorf("%+v", r)
	}
}

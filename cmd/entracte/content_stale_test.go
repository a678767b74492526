package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage"
)

// A pack that has to be renewed rests after its hours of operation, whatever the clock
// says; a newer one plays, and a restart forgets nothing.
func TestPacksRest(t *testing.T) {
	t.Parallel()
	cache, err := storage.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	var powered time.Duration
	old := storage.InForce{Feed: "acme/shop-17", Version: "0001-00000001", StaleAfter: 720 * time.Hour}
	newer := storage.InForce{Feed: "acme/shop-17", Version: "0001-00000002", StaleAfter: 720 * time.Hour}
	lasting := storage.InForce{Feed: "acme/shop-17", Version: "0001-00000003"}
	for i, c := range []struct {
		at   time.Duration
		pack storage.InForce
		want string
	}{
		{10 * time.Hour, old, "acme/shop-17 other/feed"},
		{729 * time.Hour, old, "acme/shop-17 other/feed"},
		{730 * time.Hour, old, "other/feed"},
		{731 * time.Hour, newer, "acme/shop-17 other/feed"},
		{1450 * time.Hour, newer, "acme/shop-17 other/feed"},
		{1451 * time.Hour, newer, "other/feed"},
		{5 * time.Hour, newer, "acme/shop-17 other/feed"}, // the play log was lost
		{724 * time.Hour, newer, "acme/shop-17 other/feed"},
		{725 * time.Hour, newer, "other/feed"},
		{9999 * time.Hour, lasting, "acme/shop-17 other/feed"},
	} {
		powered = c.at
		// Anew each time, as after a restart.
		content := &content{cache: cache, log: slog.New(slog.DiscardHandler), powered: func() time.Duration { return powered }}
		p := plan.Plan{Feeds: []plan.Feed{{Name: "acme/shop-17", Campaigns: []plan.Campaign{{ID: "red"}, {ID: "blue"}}}, {Name: "other/feed"}}}
		out := content.rest(&p, []storage.InForce{c.pack, {Feed: "other/feed", Version: "0001-00000001"}})
		var names []string
		for _, f := range p.Feeds {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("step %d, after %v: %q play, want %q", i, c.at, got, c.want)
		}
		if (len(out.notices) == 1 && out.notices[0].Ads == 2 && len(out.refusals) == 2) != (len(names) < 2) {
			t.Errorf("step %d: it says %+v", i, out)
		}
	}
}

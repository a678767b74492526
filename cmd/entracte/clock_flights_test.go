package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"entracte/hw/clock"
	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler/plan"
)

func until(id string, month time.Month, day int) plan.Campaign {
	return plan.Campaign{ID: id, Flight: plan.Flight{To: plan.Date{Year: 2026, Month: month, Day: day}}}
}

// What was over by the latest time this screen has seen does not come back with a
// clock that is behind; what the clock itself refuses is left to the scheduler.
func TestOverStaysOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		date := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 12, 0, 0, 0, time.UTC) }
		p := plan.Plan{Feeds: []plan.Feed{{Name: "own"}, {Name: "local", Campaigns: []plan.Campaign{
			until("november", 11, 15), until("december", 12, 1), until("tenth", 12, 10), until("eleventh", 12, 11), {ID: "undated"},
		}}}}
		for what, tt := range map[string]struct {
			reading clock.Reading
			want    string
		}{
			"a floor that is behind":   {clock.Reading{System: date(11, 20)}, "november undated eleventh"},
			"a network that is behind": {clock.Reading{System: date(11, 20), By: clock.Network}, "november undated eleventh"},
			"right":                    {clock.Reading{System: date(12, 10), By: clock.Network}, "november december tenth eleventh undated"},
			"nobody knows":             {clock.Reading{System: time.Unix(0, 0)}, "november december tenth eleventh undated"},
		} {
			w := newTestClock(date(11, 20), clock.Kept{Seen: date(12, 10).Add(-time.Hour)}, &tt.reading)
			var told plan.Plan
			var said []player.Notice
			d := &datedPlayer{clock: w, setPlan: func(p plan.Plan, n []player.Notice) { told, said = p, n }}
			d.SetPlan(p, []player.Notice{{Concern: "a notice"}})
			if got := campaigns(told); got != ids(tt.want) {
				t.Errorf("%s: %s, want %s", what, got, ids(tt.want))
			}
			off := strings.Count(campaigns(p), " ") - strings.Count(campaigns(told), " ")
			if len(said) != min(off, 1)+1 || said[0].Concern != "a notice" || off > 0 && (said[1].Ads != off || !strings.Contains(said[1].Details[0], "behind 2026-12-10, ")) {
				t.Errorf("%s: said %+v", what, said)
			}
			for i, r := range d.refusals() {
				if want := []string{"december", "tenth"}[i]; r.Feed != "local" || r.Campaign != want || r.Code != codeStaysOver || !strings.Contains(r.English, "has passed, although the clock went back") {
					t.Errorf("%s: %+v", what, r)
				}
			}
			if len(d.refusals()) != off {
				t.Errorf("%s: of %d that are off it refuses %+v", what, off, d.refusals())
			}
			if len(p.Feeds[1].Campaigns) != 5 || p.Feeds[1].Campaigns[1].ID != "december" {
				t.Fatal("the caller's plan was changed")
			}
		}
	})
}

// The plan follows the clock: something more is over, and a later time was wrong.
func TestOverFollowsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		built := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		r := &clock.Reading{System: built}
		w := newTestClock(built, clock.Kept{Seen: time.Date(2026, 12, 10, 21, 0, 0, 0, time.UTC)}, r)
		var told []string
		d := &datedPlayer{clock: w, setPlan: func(p plan.Plan, _ []player.Notice) { told = append(told, campaigns(p)) }}
		d.SetPlan(plan.Plan{Feeds: []plan.Feed{{Name: "local", Campaigns: []plan.Campaign{until("tenth", 12, 10), until("eleventh", 12, 11)}}}}, nil)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go d.run(ctx)
		time.Sleep(4 * time.Hour)
		synctest.Wait()
		if _, err := w.set(built.Add(4*time.Hour), true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if want := []string{"local/eleventh", "", "local/eleventh local/tenth"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

// campaigns lists those of a plan, sorted.
func campaigns(p plan.Plan) string {
	var all []string
	for _, f := range p.Feeds {
		for _, c := range f.Campaigns {
			all = append(all, f.Name+"/"+c.ID)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func ids(words string) string {
	all := strings.Fields(words)
	for i := range all {
		all[i] = "local/" + all[i]
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// The real player takes a person's word by its socket, keeps it, and leaves an ad
// off that was over by then when the clock goes back.
func TestClockOnGlass(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.write("ads/ads.toml", `
[[campaign]]
id = "over"
advertiser = "Studio Lens"
category = 1021
flight = { from = "2026-01-01", to = "2027-06-01" }
[[campaign.creative]]
id = "over-1"
card = { title = "Photos" }
[[campaign]]
id = "undated"
advertiser = "Fleurs"
category = 1021
[[campaign.creative]]
id = "undated-1"
card = { title = "Fleurs" }
`)
	v.play("--ads", v.path("ads"))
	v.until("both are in force", func(s player.Status) bool { return s.Campaigns == 2 })
	set := func(to string, forget bool) control.Time {
		t.Helper()
		at, err := time.Parse(time.RFC3339, to)
		if err != nil {
			t.Fatal(err)
		}
		got, err := control.Dial(v.path("data/control.sock")).SetClock(t.Context(), at, forget)
		if err != nil || !got.Now.Equal(at) || got.By != clock.Person || got.Zone != "Europe/Paris" {
			t.Fatalf("%+v %v", got, err)
		}
		return got
	}
	set("2027-06-02T12:00:00+02:00", false)
	v.until("the clock is trusted", func(s player.Status) bool { return s.Clock == "trusted" })
	if got := set("2027-03-01T12:00:00+01:00", false); got.Seen.Month() != time.June {
		t.Errorf("seen %v", got.Seen)
	}
	v.stop()
	v.play("--ads", v.path("ads"))
	s := v.until("the one that was over is off", func(s player.Status) bool { return s.Campaigns == 1 })
	if s.Clock != "trusted" || !slices.ContainsFunc(s.Faults, func(f string) bool { return strings.Contains(f, "already seen") }) {
		t.Errorf("%s %q", s.Clock, s.Faults)
	}
	why, err := control.Dial(v.path("data/control.sock")).Why(t.Context())
	if err != nil || !slices.ContainsFunc(why, func(r control.Refusal) bool {
		return r.Campaign == "over" && r.Code == codeStaysOver && strings.HasPrefix(r.French, "Studio Lens : son dernier jour, le 31/05/2027")
	}) {
		t.Errorf("%+v, %v", why, err)
	}
}

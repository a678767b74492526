package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/playlog"
)

// A shop counts waits where a sensor measures them and nobody passes by in the
// street; else it forgets what it knew.
func TestWhoLearnsOfWaits(t *testing.T) {
	t.Parallel()
	const mat = "[[sensor]]\nname = \"mat\"\nrole = \"presence\"\nkind = \"signal\"\n"
	const till = "[[sensor]]\nname = \"till\"\nrole = \"service\"\nkind = \"signal\"\n"
	for name, test := range map[string]struct {
		venue, sensors string
		learns         bool
	}{
		"a sensor":             {"", mat + till, true},
		"service only":         {"", till, false},
		"seen from the street": {"visible_from_street = true\n", mat + till, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, err := config.Parse("shop.toml", []byte("[venue]\nname = \"Martin\"\nactivity = \"jeweller\"\n"+test.venue+test.sensors), assets.Vocabulary())
			if err != nil {
				t.Fatal(err)
			}
			s := &show{config: cfg, data: t.TempDir(), log: slog.New(slog.DiscardHandler)}
			cache, err := storage.Open(s.data)
			if err != nil {
				t.Fatal(err)
			}
			defer cache.Close()
			plays, err := s.openPlays()
			if err != nil {
				t.Fatal(err)
			}
			defer plays.Close()
			m := s.memory(plays, cache, cfg.Venue())
			if (m.Waits != nil) != test.learns {
				t.Fatalf("a new shop has %v", m.Waits)
			}
			known := plan.Memory{Waits: &plan.Waits{}, Delivered: []plan.Delivery{{Feed: "local", Campaign: "lens", Plays: 3}}, Boot: "b", MonoMS: 7}
			known.Waits.Count(time.Time{}, time.Minute)
			if err := cache.Put(memoryKey, known); err != nil {
				t.Fatal(err)
			}
			for range 2 { // moved from the cache, then kept in the log
				m = s.memory(plays, cache, cfg.Venue())
				if (m.Waits != nil && *m.Waits == *known.Waits) != test.learns || !slices.Equal(m.Delivered, known.Delivered) || m.Boot != "b" || m.MonoMS != 7 {
					t.Errorf("it remembers %+v", m)
				}
			}
			var left *plan.Memory
			if _, err := cache.Get(memoryKey, &left); left != nil || err != nil {
				t.Errorf("the cache still has %+v, %v", left, err)
			}
			known.MonoMS = 8
			if err := keepMemory(plays)(known); err != nil {
				t.Fatal(err)
			}
			if m = s.memory(plays, cache, cfg.Venue()); m.MonoMS != 8 {
				t.Errorf("it remembers %+v", m)
			}
			if err := plays.Checkpoint(memoryKey, []byte("nonsense")); err != nil {
				t.Fatal(err)
			}
			if m = s.memory(plays, cache, cfg.Venue()); m.Boot != "" || (m.Waits != nil) != test.learns {
				t.Errorf("of nonsense it remembers %+v", m)
			}
		})
	}
}

// promises is a campaign that promises so many plays next year.
func promises(id string, goal int) plan.Campaign {
	return plan.Campaign{
		ID: id, Advertiser: "Studio " + id, Category: 1021, Weight: 1, Tier: plan.TierGuaranteed, Goal: goal,
		Flight:    plan.Flight{From: plan.Date{Year: 2027, Month: 1, Day: 1}, To: plan.Date{Year: 2027, Month: 2, Day: 1}},
		Creatives: []plan.Creative{{ID: id + "-1", Length: 10 * time.Second}},
	}
}

// What promises more than the screen can keep is left out and named; the rest is
// in force.
func TestOverbookedIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, goals := range [][]int{{1 << 40, 10}, {10, 1 << 40}, {1 << 40, 1 << 40}, {10, 10}} {
		p := plan.Plan{Feeds: []plan.Feed{{Name: "own"}, {Name: "local", Revision: "r", Campaigns: []plan.Campaign{promises("a", goals[0]), {ID: "w", Weight: 1}, promises("b", goals[1])}}}}
		c := &content{left: map[string]absence{}, shop: scheduler.Options{Venue: plan.Venue{Language: "en"}}}
		admitted := c.admit(p)
		var want, said, refused []string
		for i, id := range []string{"a", "w", "b"} {
			switch {
			case i != 1 && goals[i/2] > 10:
				said, refused = append(said, "Studio "+id+": "), append(refused, id)
			default:
				want = append(want, id)
			}
		}
		var got []string
		for _, campaign := range admitted.Feeds[1].Campaigns {
			got = append(got, campaign.ID)
		}
		if !slices.Equal(got, want) || admitted.Feeds[1].Revision != "r" || len(admitted.Feeds) != 2 {
			t.Errorf("of goals %d, %q is in force, want %q", goals, got, want)
		}
		if got := details(c.all().notices); !slices.EqualFunc(got, said, strings.HasPrefix) {
			t.Errorf("of goals %d it says %q", goals, got)
		}
		if !slices.EqualFunc(c.all().refusals, refused, func(r control.Refusal, id string) bool {
			return r.Feed == "local" && r.Campaign == id && r.Code == codeOverbooked && strings.HasPrefix(r.French, "Studio "+id+" : ")
		}) {
			t.Errorf("of goals %d it refuses %+v", goals, c.all().refusals)
		}
		if len(p.Feeds[1].Campaigns) != 3 || p.Feeds[1].Campaigns[0].ID != "a" {
			t.Error("the cached plan was changed")
		}
	}
}

// details are the facts of notices, for a technician.
func details(notices []player.Notice) (all []string) {
	for _, n := range notices {
		all = append(all, n.Details...)
	}
	return all
}

// The real player keeps what it counted, and says which campaign is not admitted.
func TestRemembers(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("red.png", red)
	v.picture("blue.png", blue)
	v.ads(30, "red.png")
	booked, err := os.ReadFile(v.path("ads/ads.toml"))
	if err != nil {
		t.Fatal(err)
	}
	v.write("ads/ads.toml", string(booked)+`
[[campaign]]
id = "greedy"
advertiser = "Studio Greedy"
category = 1066
tier = "guaranteed"
goal = 1000000
flight = { from = "2027-01-01", to = "2027-01-03" }
[[campaign.creative]]
id = "greedy-1"
file = "blue.png"
seconds = 10
`)
	v.play("--ads", v.path("ads"))
	s := v.until("the greedy one is named", func(s player.Status) bool {
		return slices.ContainsFunc(s.Faults, func(f string) bool { return strings.HasPrefix(f, "Studio Greedy") })
	})
	if s.Campaigns != 1 {
		t.Errorf("%d campaigns are in force, want 1", s.Campaigns)
	}
	v.signal("till", control.Off)
	v.signal("mat", control.On)
	v.until("an ad plays", showing)
	v.signal("mat", control.Off)
	v.until("nobody waits", func(s player.Status) bool { return s.State == "empty" })
	v.stop()
	log, err := playlog.Open(disk.OS, v.path("data"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var m plan.Memory
	if err := json.Unmarshal(log.Kept(memoryKey), &m); err != nil || m.Waits == nil {
		t.Fatalf("the log remembers %+v, %v", m, err)
	}
	var n uint32
	for _, k := range m.Waits.Lengths {
		n += k
	}
	if n != 1 {
		t.Errorf("%d waits were counted, want 1", n)
	}
	if last := v.plays(); len(last) != 1 || m.Boot != last[0].Boot || m.MonoMS != last[0].MonoMS {
		t.Errorf("the last play remembered is %s %d, and the log has %+v", m.Boot, m.MonoMS, last)
	}
}

package scheduler_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"entracte/assets"
	"entracte/scheduler"
	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
)

// processors are those of the machines the player is sold on, beside the one that
// runs the tests. On arm an int has 32 bits.
var processors = map[string]string{"arm64": "qemu-aarch64-static", "arm": "qemu-arm-static"}

// The same plan gives the same bytes on every processor: the tests are built for
// another one, play the same months there in an emulator, and what they write is
// compared. ENTRACTE_PROCESSORS=all makes a missing emulator a failure.
func TestProcessors(t *testing.T) {
	t.Parallel()
	for arch, emulator := range processors {
		t.Run(arch, func(t *testing.T) {
			t.Parallel()
			emulator, err := exec.LookPath(emulator)
			switch {
			case err != nil && os.Getenv("ENTRACTE_PROCESSORS") == "all":
				t.Fatal(err)
			case err != nil:
				t.Skipf("%s cannot be tried here: %v (Debian: qemu-user-static)", arch, err)
			}
			dir := t.TempDir()
			tests, plays := filepath.Join(dir, "scheduler.test"), filepath.Join(dir, "plays")
			build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", tests, ".")
			build.Env = append(os.Environ(), "GOARCH="+arch, "GOOS=linux", "CGO_ENABLED=0", "GOFLAGS=")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("go test -c: %v\n%s", err, out)
			}
			// Some others run there too: they know what is right.
			run := exec.CommandContext(t.Context(), emulator, tests, "-test.run", "^Test(Everything|Filters|Sentences|Shares|Reason|Endings|Rules)", "-rapid.checks=20")
			run.Env = append(os.Environ(), playsEnv+"="+plays)
			if out, err := run.CombinedOutput(); err != nil {
				t.Fatalf("on %s: %v\n%s", arch, err, out)
			}
			there, err := os.ReadFile(plays)
			if err != nil {
				t.Fatal(err)
			}
			wantSameLines(t, arch, everything(), there)
		})
	}
}

// wantSameLines names the first line that differs.
func wantSameLines(t *testing.T, arch string, here, there []byte) {
	t.Helper()
	if bytes.Equal(here, there) {
		return
	}
	a, b := strings.Split(string(here), "\n"), strings.Split(string(there), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("line %d of %d differs\nhere   %s\non %s %s", i+1, len(a), a[i], arch, b[i])
		}
	}
	t.Fatalf("%d lines here, %d on %s", len(a), len(b), arch)
}

const playsEnv = "ENTRACTE_TEST_PLAYS"

// TestEverything writes what the plan of everything plays to the file that the
// environment names, and sees that it is about everything.
func TestEverything(t *testing.T) {
	t.Parallel()
	all := everything()
	if name := os.Getenv(playsEnv); name != "" {
		if err := os.WriteFile(name, all, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range []string{`"emergency"`, `"takeover"`, `"guaranteed"`, `"own-turn"`, `"filler"`, `"discovery"`, `"occasion:`,
		`"relation:`, `"place:30km"`, `"place:10km"`, `"place:commune"`, `"clientele:`, `"offers:`, `"season:5"`, `"class:8"`, `"class:1"`,
		`"share:`, `"cap:1/hour"`, `"cap:20/day"`, `"fit:shorter"`, `"relaxed:`, `"interrupted"`} {
		if !bytes.Contains(all, []byte(code)) {
			t.Errorf("the plan of everything never plays %s", code)
		}
	}
}

// everything is distances of random places, then the plays of plans that use all
// there is: a line each.
var everything = sync.OnceValue(func() []byte {
	out := new(bytes.Buffer)
	random := rand.New(rand.NewSource(1))
	v := shopOfEverything()
	for range 5_000 {
		here := plan.Venue{Latitude: degrees(random, 90), Longitude: degrees(random, 180)}
		there := plan.Place{Latitude: here.Latitude + degrees(random, 1), Longitude: here.Longitude + degrees(random, 1)}
		fmt.Fprintln(out, scheduler.Kilometres(&there, &here))
	}
	lines := json.NewEncoder(out)
	for _, show := range []struct {
		campaigns int
		targeting bool
	}{{60, true}, {60, false}, {4, true}} {
		v.Targeting = show.targeting
		s := simulation.Simulation{
			Plan: plan.Plan{Feeds: []plan.Feed{{Name: "acme/shop", Revision: "r1", Campaigns: everyCampaign(random, &v, show.campaigns)}}},
			Options: scheduler.Options{Venue: v, Vocabulary: assets.Vocabulary(), OwnShare: scheduler.OwnShare{Turns: 1, Of: 5},
				Waits: &plan.Waits{}, Seed: 11},
			From: opening, For: 60 * 24 * time.Hour, Waits: slices.Values(everyWait(random)), Boot: "simulation",
		}
		for step := range s.Run() {
			if !step.Idle() {
				_ = lines.Encode(&step.Play) // of strings and numbers
			}
		}
	}
	return out.Bytes()
})

// opening is a Monday of the month before the clocks go back.
var opening = time.Date(2026, time.October, 5, 0, 0, 0, 0, time.UTC)

func shopOfEverything() plan.Venue {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	v := plan.Venue{ID: "s-1", Name: "Martin", Activity: "jeweller", Commune: "Lyon 2e", Postcode: "69002", Latitude: 45.757, Longitude: 4.832,
		Located: true, Language: "fr", Timezone: zone, Clientele: []string{"couples", "families"}, Offers: []string{"repair", "gifts"}}
	for day := range v.Hours {
		v.Hours[day] = []plan.Window{{From: 9*60 + 30, To: 12*60 + 30}, {From: 14 * 60, To: 19 * 60}}
	}
	v.Hours[time.Sunday] = []plan.Window{}
	return v
}

// degrees are up to so many to both sides: of whole millionths, because processors
// differ in how they round a product that something is added to.
func degrees(random *rand.Rand, most int) float64 {
	return float64(random.Intn(2_000_000*most))/1e6 - float64(most)
}

// everyCampaign is so many weighted campaigns, and the other tiers, which use all
// there is.
func everyCampaign(random *rand.Rand, v *plan.Venue, n int) []plan.Campaign {
	categories := []int{1073, 1360, 1372, 1090, 1530, 1015} // a competitor, and some that nothing relates
	for _, r := range assets.Vocabulary().Relations(v.Activity) {
		categories = append(categories, r.Category)
	}
	one := func(n int) bool { return random.Intn(n) == 0 }
	day := func(n int) plan.Date { return plan.DateOf(opening).AddDays(n) }
	var cs []plan.Campaign
	for k := range n {
		id := fmt.Sprintf("c%02d", k)
		c := plan.Campaign{ID: id, Advertiser: "Adv " + id, Category: categories[random.Intn(len(categories))], Weight: 1 + random.Intn(10),
			Place: &plan.Place{Latitude: v.Latitude + degrees(random, 1)/4, Longitude: v.Longitude + degrees(random, 1)/4, Located: true}}
		for n := range 1 + random.Intn(3) {
			c.Creatives = append(c.Creatives, plan.Creative{ID: fmt.Sprintf("%s-%d", id, n+1),
				Length: time.Duration(5+random.Intn(40)) * time.Second, Card: &plan.Card{Title: id}})
		}
		if n < 10 || one(3) { // in a small plan they are soon used up
			c.Caps = []plan.Cap{{Plays: 1, Per: plan.PerHour}, {Plays: 20, Per: plan.PerDay}}
		}
		if one(4) {
			c.Place.WithinKM = 10
		}
		if one(6) {
			c.Place.Commune, c.Place.Postcode = v.Commune, v.Postcode
		}
		if one(3) {
			c.Rivals = "group " + string('a'+rune(random.Intn(3)))
			c.Sole, c.Booked = one(6), day(-random.Intn(50))
		}
		if one(3) {
			c.Flight = plan.Flight{From: day(random.Intn(30)), To: day(30 + random.Intn(30))}
		}
		if one(4) {
			c.Dayparts = []plan.Daypart{{From: plan.Minute(60 * (8 + random.Intn(6))), To: plan.Minute(60 * (15 + random.Intn(6)))}}
		}
		if one(2) {
			c.Occasions, c.Clientele, c.Offers = []string{"165", "x-christmas"}, []string{"couples", "students"}, []string{"repair"}
		}
		cs = append(cs, c)
	}
	return append(cs, everyTier(day)...)
}

// everyTier has a campaign or two of each tier but the weighted one.
func everyTier(day func(int) plan.Date) []plan.Campaign {
	booked := func(id string, tier plan.Tier, from, to, goal int) plan.Campaign {
		return plan.Campaign{ID: id, Advertiser: "Adv " + id, Category: 1542, Weight: 1, Tier: tier, Rivals: id, Goal: goal,
			Flight: plan.Flight{From: day(from), To: day(to)}, Creatives: []plan.Creative{{ID: id, Length: 10 * time.Second, Card: &plan.Card{Title: id}}}}
	}
	own := booked("own", plan.TierHouse, 0, 90, 0)
	own.Advertiser, own.Category, own.Rivals = plan.VenueAdvertiser, 0, ""
	siren := booked("siren", plan.TierEmergency, 22, 23, 0)
	siren.Dayparts = []plan.Daypart{{From: 600, To: 660}}
	siren.Creatives[0].Length = 30 * time.Second
	return []plan.Campaign{own, siren, booked("gala", plan.TierTakeover, 25, 26, 0),
		booked("promise", plan.TierGuaranteed, 3, 40, 900), booked("pledge", plan.TierGuaranteed, 10, 55, 1200)}
}

// everyWait is a row of waits, most of them short.
func everyWait(random *rand.Rand) []simulation.Wait {
	var all []simulation.Wait
	for at := opening; len(all) < 4000; at = at.Add(time.Duration(random.Intn(2400)) * time.Second) {
		all = append(all, simulation.Wait{Start: at, Length: time.Duration(5+random.Intn(20+random.Intn(300))) * time.Second})
	}
	return all
}

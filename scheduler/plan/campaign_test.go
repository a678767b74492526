package plan

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestFlight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to, at string
		want         bool
	}{
		{"2026-11-01", "2026-12-01", "2026-10-31", false},
		{"2026-11-01", "2026-12-01", "2026-11-01", true},
		{"2026-11-01", "2026-12-01", "2026-11-30", true},
		{"2026-11-01", "2026-12-01", "2026-12-01", false},
		{"", "2026-12-01", "1999-01-01", true},
		{"", "2026-12-01", "2026-12-01", false},
		{"2026-11-01", "", "2026-10-31", false},
		{"2026-11-01", "", "2999-01-01", true},
		{"", "", "2026-11-22", true},
		{"2026-11-01", "2026-11-01", "2026-11-01", false},
	} {
		var f Flight
		if c.from != "" {
			f.From = mustDate(t, c.from)
		}
		if c.to != "" {
			f.To = mustDate(t, c.to)
		}
		if got := f.Active(mustDate(t, c.at)); got != c.want {
			t.Errorf("%s to %s on %s: active %v", c.from, c.to, c.at, got)
		}
		if f.Dated() != (c.from+c.to != "") {
			t.Errorf("%s to %s: dated %v", c.from, c.to, f.Dated())
		}
	}
}

func TestHouseAndRivals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what     string
		campaign Campaign
		house    bool
		group    string
	}{
		{"a booking", Campaign{Advertiser: "Studio Lens", Category: 1021}, false, "iab:1021"},
		{"a group of its own", Campaign{Advertiser: "Studio Lens", Category: 1021, Rivals: "photographers"}, false, "photographers"},
		{"the venue's own content", Campaign{Advertiser: VenueAdvertiser, Tier: TierHouse, Category: 1021, Rivals: "x"}, true, ""},
		{"a competitor in the house tier", Campaign{Advertiser: "Studio Lens", Tier: TierHouse, Category: 1021}, false, "iab:1021"},
		{"the venue in another tier", Campaign{Advertiser: VenueAdvertiser, Category: 1021}, false, "iab:1021"},
		{"nothing said", Campaign{Advertiser: "Studio Lens", Tier: TierHouse}, false, ""},
	} {
		if got := c.campaign.House(); got != c.house {
			t.Errorf("%s: house %v", c.what, got)
		}
		if got := c.campaign.RivalGroup(); got != c.group {
			t.Errorf("%s: rivals %q, want %q", c.what, got, c.group)
		}
	}
}

// booking is the least that can be scheduled.
func booking() Campaign {
	return Campaign{ID: "lens", Advertiser: "Studio Lens", Category: 1021, Weight: 1, Creatives: []Creative{{ID: "a", File: "a.jpg"}}}
}

// house is the least of the venue's own.
func house() Campaign {
	return Campaign{ID: "own", Advertiser: VenueAdvertiser, Tier: TierHouse, Weight: 1, Creatives: []Creative{{ID: "a", File: "a.jpg"}}}
}

// promised is the least guaranteed booking.
func promised() Campaign {
	c := booking()
	c.Tier, c.Goal = TierGuaranteed, 400
	c.Flight = Flight{Date{2026, 11, 1}, Date{2026, 12, 1}}
	return c
}

func TestValidCampaigns(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("0123456789abcdef", 4)
	for what, change := range map[string]func(*Campaign){
		"as it is":              func(*Campaign) {},
		"the least weight":      func(c *Campaign) { c.Weight = MinWeight },
		"the most weight":       func(c *Campaign) { c.Weight = MaxWeight },
		"one day":               func(c *Campaign) { c.Flight = Flight{Date{2026, 11, 1}, Date{2026, 11, 2}} },
		"from a day on":         func(c *Campaign) { c.Flight.From = Date{2026, 11, 1} },
		"until a day":           func(c *Campaign) { c.Flight.To = Date{2026, 11, 1} },
		"takeover":              func(c *Campaign) { c.Tier = TierTakeover },
		"emergency":             func(c *Campaign) { c.Tier = TierEmergency },
		"another's house tier":  func(c *Campaign) { c.Tier, c.Category = TierHouse, 0 },
		"a daypart all day":     func(c *Campaign) { c.Dayparts = []Daypart{{To: endOfDay}} },
		"a daypart at night":    func(c *Campaign) { c.Dayparts = []Daypart{{Days: 127, From: 1439, To: 0}} },
		"one play a day":        func(c *Campaign) { c.Caps = []Cap{{1, PerDay}, {1, PerHour}} },
		"a place without a map": func(c *Campaign) { c.Place = &Place{Commune: "Lyon 7e"} },
		"a place at a corner":   func(c *Campaign) { c.Place = &Place{Latitude: -90, Longitude: 180, Located: true, WithinKM: 0.5} },
		"a stored picture":      func(c *Campaign) { c.Creatives[0].SHA256 = digits },
		"a card":                func(c *Campaign) { c.Creatives[0].Card = &Card{Title: "Bonjour", PictureSHA256: digits} },
		"two creatives":         func(c *Campaign) { c.Creatives = append(c.Creatives, Creative{ID: "b", Length: time.Second}) },
	} {
		c := booking()
		change(&c)
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, c := range []Campaign{house(), promised()} {
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
}

// Every rule, broken alone, gives its own sentence and no other.
func TestInvalidCampaigns(t *testing.T) {
	t.Parallel()
	never := Date{2026, 2, 30}
	for _, c := range []struct {
		of     func() Campaign
		change func(*Campaign)
		want   string
	}{
		{booking, func(c *Campaign) { c.ID = "" }, "needs an id"},
		{booking, func(c *Campaign) { c.Advertiser = "" }, "no advertiser"},
		{booking, func(c *Campaign) { c.Advertiser = " \t" }, "no advertiser"},
		{booking, func(c *Campaign) { c.Advertiser = "@shop" }, `advertiser "@shop" is not known`},
		{booking, func(c *Campaign) { c.Advertiser = VenueAdvertiser }, "only book the house tier"},
		{booking, func(c *Campaign) { c.Tier = 5 }, "tier 5 has no name"},
		{booking, func(c *Campaign) { c.Category = 0 }, "category 0"},
		{booking, func(c *Campaign) { c.Category = -3 }, "category -3"},
		{house, func(c *Campaign) { c.Category = -3 }, "category -3"},
		{booking, func(c *Campaign) { c.Weight = 0 }, "weight 0 is outside 1 to 10"},
		{booking, func(c *Campaign) { c.Weight = 11 }, "weight 11"},
		{booking, func(c *Campaign) { c.Weight = -1 }, "weight -1"},
		{booking, func(c *Campaign) { c.Goal = 400 }, "goal but is not guaranteed"},
		{booking, func(c *Campaign) { c.Goal = -1 }, "goal but is not guaranteed"},
		{promised, func(c *Campaign) { c.Goal = 0 }, "needs a goal and both flight dates"},
		{promised, func(c *Campaign) { c.Goal = -1 }, "needs a goal and both flight dates"},
		{promised, func(c *Campaign) { c.Flight.From = Date{} }, "needs a goal and both flight dates"},
		{promised, func(c *Campaign) { c.Flight.To = Date{} }, "needs a goal and both flight dates"},
		{promised, func(c *Campaign) { c.Flight.To = c.Flight.From }, "ends on or before the day it begins"},
		{booking, func(c *Campaign) { c.Flight = Flight{Date{2026, 11, 2}, Date{2026, 11, 1}} }, "ends on or before the day it begins"},
		{booking, func(c *Campaign) { c.Flight.From = never }, "2026-02-30 is not a day"},
		{booking, func(c *Campaign) { c.Flight.To = never }, "2026-02-30 is not a day"},
		{booking, func(c *Campaign) { c.Booked = never }, "2026-02-30 is not a day"},
		{booking, func(c *Campaign) { c.Caps = []Cap{{4, PerHour}, {0, PerDay}} }, "cap of 0 plays"},
		{booking, func(c *Campaign) { c.Caps = []Cap{{-1, PerDay}} }, "cap of -1 plays"},
		{booking, func(c *Campaign) { c.Caps = []Cap{{1, 2}} }, "cap period 2"},
		{booking, func(c *Campaign) { c.Dayparts = []Daypart{{To: 60}, {From: 60, To: 60}} }, "never plays"},
		{booking, func(c *Campaign) { c.Dayparts = []Daypart{{From: -1, To: 60}} }, "not of the day"},
		{booking, func(c *Campaign) { c.Dayparts = []Daypart{{From: 60, To: 1441}} }, "not of the day"},
		{booking, func(c *Campaign) { c.Dayparts = []Daypart{{From: 1440, To: 60}} }, "begins at 24:00"},
		{booking, func(c *Campaign) { c.Dayparts = []Daypart{{Days: 128, To: 60}} }, "not of the week"},
		{booking, func(c *Campaign) { c.UntrustedClock = 2 }, "untrusted_clock 2"},
		{booking, func(c *Campaign) { c.Place = &Place{Latitude: 90.1} }, "not on the globe"},
		{booking, func(c *Campaign) { c.Place = &Place{Longitude: -180.1} }, "not on the globe"},
		{booking, func(c *Campaign) { c.Place = &Place{Latitude: math.NaN()} }, "not on the globe"},
		{booking, func(c *Campaign) { c.Place = &Place{Longitude: math.Inf(1)} }, "not on the globe"},
		{booking, func(c *Campaign) { c.Place = &Place{WithinKM: -1} }, "-1 km is not a distance"},
		{booking, func(c *Campaign) { c.Place = &Place{WithinKM: math.NaN()} }, "not a distance"},
		{booking, func(c *Campaign) { c.Place = &Place{WithinKM: math.Inf(1)} }, "not a distance"},
		{booking, func(c *Campaign) { c.Creatives = nil }, "no creative"},
		{booking, func(c *Campaign) { c.Creatives = []Creative{} }, "no creative"},
		{booking, func(c *Campaign) { c.Creatives[0].ID = "" }, "a creative needs an id"},
		{booking, func(c *Campaign) { c.Creatives = append(c.Creatives, Creative{ID: "a"}) }, `"a" is there twice`},
		{booking, func(c *Campaign) { c.Creatives[0].Length = -1 }, "less than no time"},
		{booking, func(c *Campaign) {
			c.Creatives[0].SHA256, c.Creatives[0].Card = strings.Repeat("a", 64), &Card{}
		}, "both a card and a file"},
		{booking, func(c *Campaign) { c.Creatives[0].SHA256 = "../../etc/passwd" }, "not a SHA-256 digest"},
		{booking, func(c *Campaign) { c.Creatives[0].SHA256 = strings.Repeat("A", 64) }, "not a SHA-256 digest"},
		{booking, func(c *Campaign) { c.Creatives[0].SHA256 = strings.Repeat("a", 32) + "/" + strings.Repeat("a", 31) }, "not a SHA-256 digest"},
		{booking, func(c *Campaign) { c.Creatives[0].Card = &Card{PictureSHA256: "a"} }, "not a SHA-256 digest"},
	} {
		campaign := c.of()
		c.change(&campaign)
		err := campaign.Validate()
		if err == nil {
			t.Errorf("nothing is wrong, want %q", c.want)
			continue
		}
		if text := err.Error(); !strings.Contains(text, c.want) || strings.Contains(text, "\n") {
			t.Errorf("got %q, want %q only", text, c.want)
		}
	}
}

func TestValidateTellsAllAtOnce(t *testing.T) {
	t.Parallel()
	c := booking()
	c.Weight, c.Goal, c.Creatives = 0, 3, nil
	err := c.Validate()
	if err == nil || strings.Count(err.Error(), `campaign "lens": `) != 3 {
		t.Errorf("got %v, want three faults of campaign lens", err)
	}
}

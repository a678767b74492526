package plan

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// full is a feed in which every field of every type is given.
func full() Feed {
	return Feed{Name: "acme/shop-17", Revision: "7", Campaigns: []Campaign{{
		ID: "lens-2026", Advertiser: "Studio Lens", Category: 1021, Occasions: []string{"165", "x-moving"},
		Flight: Flight{Date{2026, 11, 1}, Date{2027, 2, 1}}, Weight: 2, Tier: TierGuaranteed, Goal: 400,
		Caps:     []Cap{{4, PerHour}, {30, PerDay}},
		Dayparts: []Daypart{{Days: Weekdays(0).With(time.Saturday).With(time.Sunday), From: 600, To: 1440}, {From: 1320, To: 120}},
		Rivals:   "photographers", Sole: true, Booked: Date{2026, 10, 1},
		Place:     &Place{Commune: "Lyon 7e", Postcode: "69007", Latitude: 45.74, Longitude: 4.84, Located: true, WithinKM: 30},
		Clientele: []string{"couples"}, Offers: []string{"engraving"}, Language: []string{"fr"}, UntrustedClock: UntrustedPlay,
		Creatives: []Creative{
			{ID: "lens-couple", File: "couple.jpg", SHA256: strings.Repeat("ab", 32), Length: 10 * time.Second},
			{ID: "lens-offer", File: "", Length: 1500 * time.Millisecond, Card: &Card{
				Title: "Vos photos de mariage", Text: "Premier rendez-vous offert", Picture: "studio.jpg",
				PictureSHA256: strings.Repeat("cd", 32), QR: "https://example.org/?a=1&b=<2>",
			}},
		},
	}}}
}

// The cache of a player in a shop was written by an older version: what is in
// testdata must read as it was meant, and be written the same again.
func TestStoredFeedStaysReadable(t *testing.T) {
	t.Parallel()
	stored, err := os.ReadFile("testdata/feed.json")
	if err != nil {
		t.Fatal(err)
	}
	var f Feed
	d := json.NewDecoder(bytes.NewReader(stored))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(f, full()) {
		t.Errorf("it reads as %+v", f)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, marshal(t, full()), "", "  "); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != strings.TrimSpace(string(stored)) {
		t.Errorf("it is written as\n%s", got)
	}
	if err := f.Campaigns[0].Validate(); err != nil {
		t.Error(err)
	}
}

// A field that full does not give would not be checked.
func TestFullGivesEveryField(t *testing.T) {
	t.Parallel()
	given := map[string]bool{}
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				name := v.Type().Name() + "." + v.Type().Field(i).Name
				given[name] = given[name] || !v.Field(i).IsZero()
				walk(v.Field(i))
			}
		}
	}
	walk(reflect.ValueOf(full()))
	for name, ok := range given {
		if !ok {
			t.Errorf("%s is zero everywhere", name)
		}
	}
	for _, name := range []string{"Campaign.ID", "Place.WithinKM", "Card.QR", "Date.Day", "Cap.Per", "Daypart.Days"} {
		if !given[name] {
			t.Errorf("%s was not looked at", name)
		}
	}
}

// some draws a value or, half of the time, the zero value.
func some[V any](t *rapid.T, name string, g *rapid.Generator[V]) V {
	if rapid.Bool().Draw(t, name+" given") {
		return g.Draw(t, name)
	}
	var zero V
	return zero
}

func anyWords() *rapid.Generator[[]string] { return rapid.SliceOfN(rapid.String(), 1, 3) }
func anyDigest() *rapid.Generator[string]  { return rapid.StringMatching(`[0-9a-f]{64}`) }
func anyLength() *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration { return time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "length")) })
}

func anyPlace() *rapid.Generator[*Place] {
	return rapid.Custom(func(t *rapid.T) *Place {
		return &Place{
			Commune: some(t, "commune", rapid.String()), Postcode: some(t, "postcode", rapid.String()),
			Latitude: rapid.Float64Range(-90, 90).Draw(t, "latitude"), Longitude: rapid.Float64Range(-180, 180).Draw(t, "longitude"),
			Located: rapid.Bool().Draw(t, "located"), WithinKM: some(t, "within", rapid.Float64Range(0, 20_000)),
		}
	})
}

func anyCreative() *rapid.Generator[Creative] {
	return rapid.Custom(func(t *rapid.T) Creative {
		c := Creative{ID: rapid.StringN(1, 8, -1).Draw(t, "id"), File: some(t, "file", rapid.String()), Length: some(t, "length", anyLength())}
		if rapid.Bool().Draw(t, "card") {
			c.Card = &Card{
				Title: some(t, "title", rapid.String()), Text: some(t, "text", rapid.String()), Picture: some(t, "picture", rapid.String()),
				PictureSHA256: some(t, "digest", anyDigest()), QR: some(t, "qr", rapid.String()),
			}
		} else {
			c.SHA256 = some(t, "digest", anyDigest())
		}
		return c
	})
}

// anyCampaign draws campaigns that pass Validate.
func anyCampaign() *rapid.Generator[Campaign] {
	return rapid.Custom(func(t *rapid.T) Campaign {
		c := Campaign{
			ID: rapid.StringN(1, 8, -1).Draw(t, "id"), Advertiser: rapid.StringMatching(`[A-Zé][^@]*`).Draw(t, "advertiser"),
			Category: rapid.IntRange(1, 2000).Draw(t, "category"), Weight: rapid.IntRange(MinWeight, MaxWeight).Draw(t, "weight"),
			Tier: Tier(rapid.IntRange(0, int(TierEmergency)).Draw(t, "tier")), Occasions: some(t, "occasions", anyWords()),
			Rivals: some(t, "rivals", rapid.String()), Sole: rapid.Bool().Draw(t, "sole"), Booked: some(t, "booked", anyDate()),
			Place: some(t, "place", anyPlace()), Clientele: some(t, "clientele", anyWords()), Offers: some(t, "offers", anyWords()),
			Language: some(t, "language", anyWords()), UntrustedClock: UntrustedClock(rapid.IntRange(0, 1).Draw(t, "clock")),
			Flight:    Flight{From: some(t, "from", anyDate())},
			Creatives: rapid.SliceOfNDistinct(anyCreative(), 1, 3, func(c Creative) string { return c.ID }).Draw(t, "creatives"),
		}
		if c.Tier == TierGuaranteed {
			c.Goal, c.Flight.From = rapid.IntRange(1, 1000).Draw(t, "goal"), anyDate().Draw(t, "from")
		}
		if c.Tier == TierGuaranteed || rapid.Bool().Draw(t, "to given") {
			c.Flight.To = anyDate().Draw(t, "to")
			if !c.Flight.From.Before(c.Flight.To) {
				c.Flight.To = c.Flight.From.AddDays(1)
			}
		}
		c.Caps = some(t, "caps", rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Cap {
			return Cap{rapid.IntRange(1, 100).Draw(t, "plays"), CapPeriod(rapid.IntRange(0, 1).Draw(t, "per"))}
		}), 1, 2))
		c.Dayparts = some(t, "dayparts", rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Daypart {
			d := Daypart{Days: Weekdays(evenly(t, "days", 127)), From: Minute(evenly(t, "from", 1439))}
			d.To = (d.From + 1 + Minute(evenly(t, "minutes", 1439))) % 1441
			return d
		}), 1, 3))
		return c
	})
}

// What passes Validate reads back from the cache equal, and is written the same
// the second time: equal feeds are equal bytes.
func TestCampaignReadsBackEqual(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCampaign().Draw(t, "campaign")
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		b := marshal(t, c)
		var again Campaign
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, c) {
			t.Fatalf("%+v\nreads back as\n%+v", c, again)
		}
		if second := marshal(t, again); !bytes.Equal(second, b) {
			t.Fatalf("%s is written the second time\n%s", b, second)
		}
	})
}

// The record of a play has these names, in this order: they are the columns of
// every export.
func TestPlayInJSON(t *testing.T) {
	t.Parallel()
	p := Play{
		Seq: 7, Boot: "b", Venue: "v", Screen: "s", Feed: "local", Campaign: "lens", Creative: "a", Advertiser: "Studio Lens", Category: 1021,
		SHA256: "d", StartedAt: time.Date(2026, 11, 22, 9, 30, 0, 120e6, time.UTC), MonoMS: 1, PlannedMS: 10_000, ShownMS: 10_016,
		Outcome: Completed, Counted: true, Reasons: []string{"share:1/9", "cap:4/hour"}, Plan: "7", Clock: ClockTrusted,
	}
	const want = `{"seq":7,"boot":"b","venue":"v","screen":"s","feed":"local","campaign":"lens","creative":"a","advertiser":"Studio Lens",` +
		`"category":1021,"sha256":"d","started_at":"2026-11-22T09:30:00.12Z","mono_ms":1,"planned_ms":10000,"shown_ms":10016,` +
		`"outcome":"completed","counted":true,"reasons":["share:1/9","cap:4/hour"],"plan":"7","clock":"trusted"}`
	b := marshal(t, p)
	if string(b) != want {
		t.Errorf("it is written\n%s\nwant\n%s", b, want)
	}
	var again Play
	if err := json.Unmarshal(b, &again); err != nil || !reflect.DeepEqual(again, p) {
		t.Errorf("it reads back as %+v, %v", again, err)
	}
}

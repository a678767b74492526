package pack

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
)

// full is a campaign in which every field that a pack carries is given, with its
// blobs.
func full() (plan.Campaign, []Blob) {
	picture, film := strings.Repeat("ab", 32), strings.Repeat("cd", 32)
	blobs := []Blob{
		{SHA256: picture, Size: 1, Media: "image/png", Width: 640, Height: 480},
		{SHA256: film, Size: MaxBlob, Media: "video/mp4", Width: 1920, Height: 1080, Length: 8 * time.Second},
	}
	return plan.Campaign{
		ID: "lens-2026", Advertiser: "Studio Lens", Category: 1021, Occasions: []string{"165", "x-moving"},
		Flight: plan.Flight{From: plan.Date{Year: 2026, Month: 11, Day: 1}, To: plan.Date{Year: 2027, Month: 2, Day: 1}},
		Weight: 2, Tier: plan.TierGuaranteed, Goal: 400, Caps: []plan.Cap{{Plays: 4, Per: plan.PerHour}, {Plays: 30, Per: plan.PerDay}},
		Dayparts: []plan.Daypart{{Days: plan.Weekdays(0).With(time.Saturday).With(time.Sunday), From: 600, To: 1440}, {From: 1320, To: 120}},
		Rivals:   "photographers", Sole: true, Booked: plan.Date{Year: 2026, Month: 10, Day: 1},
		Place:     &plan.Place{Commune: "Lyon 7e", Postcode: "69007", Latitude: 45.74, Longitude: -4.84, Located: true, WithinKM: 30},
		Clientele: []string{"couples"}, Offers: []string{"engraving"}, Language: []string{"fr", "en"}, UntrustedClock: plan.UntrustedPlay,
		Creatives: []plan.Creative{
			{ID: "lens-film", File: "ring été.mp4", SHA256: film, Length: 1500 * time.Millisecond},
			{ID: "lens-offer", Length: 10 * time.Second, Card: &plan.Card{
				Title: "Vos photos\nde mariage", Text: "Premier rendez-vous <offert> & plus", Picture: "studio.jpg", PictureSHA256: picture, QR: "https://example.org/?a=1&b=2",
			}},
		},
	}, blobs
}

// through is a campaign as it comes out of a signed pack.
func through(t testing.TB, c plan.Campaign, blobs []Blob) (plan.Campaign, error) {
	p := small(1)
	p.Blobs, p.Feed.Campaigns = blobs, []plan.Campaign{c}
	out, err := sign(p, testKey(t, "acme"))
	if err != nil {
		return plan.Campaign{}, err
	}
	return out.Feed.Campaigns[0], nil
}

func TestFullCampaignReadsBack(t *testing.T) {
	t.Parallel()
	c, blobs := full()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	got, err := through(t, c, blobs)
	if err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%+v, %v\nwant %+v", got, err, c)
	}
}

// notCarried are the fields of the plan that a pack makes of something else.
var notCarried = map[string]string{
	"Feed.Name":      "the name of the pack",
	"Feed.Revision":  "the version of the pack",
	"Place.Located":  "whether latitude and longitude are there",
	"Plan.Feeds":     "one pack is one feed",
	"Feed.Campaigns": "the program",
}

// changes are what every field of the full campaign is set to, to see that the change
// comes through. What is not listed gets another value of its type.
func changes() map[string]any {
	return map[string]any{
		"Campaign.ID": "other", "Campaign.Tier": plan.TierGuaranteed, "Campaign.UntrustedClock": plan.UntrustedSkip,
		"Campaign.Language": []string{"de"}, "Campaign.Caps": []plan.Cap{{Plays: 5, Per: plan.PerDay}},
		"Campaign.Dayparts": []plan.Daypart(nil), "Campaign.Flight": plan.Flight{From: plan.Date{Year: 2026, Month: 1, Day: 1}, To: plan.Date{Year: 2027, Month: 2, Day: 1}},
		"Campaign.Place": (*plan.Place)(nil), "Campaign.Booked": plan.Date{}, "Campaign.Creatives": []plan.Creative{{ID: "x", SHA256: strings.Repeat("cd", 32)}},
		"Flight.From": plan.Date{Year: 2025, Month: 1, Day: 2}, "Flight.To": plan.Date{Year: 2030, Month: 1, Day: 2},
		"Daypart.Days": plan.Weekdays(127), "Cap.Per": plan.PerDay,
		"Creative.ID": "other", "Creative.SHA256": strings.Repeat("ab", 32), "Creative.Card": &plan.Card{Title: "A"},
		"Card.PictureSHA256": strings.Repeat("cd", 32),
	}
}

// Every field of the plan's types comes through a pack, and so does every change of
// it, or it is listed as not carried.
func TestEveryFieldIsCarried(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	whole, _ := full()
	var walk func(path []int, v reflect.Value)
	walk = func(path []int, v reflect.Value) {
		switch {
		case v.Kind() == reflect.Pointer && !v.IsNil():
			walk(append(path, -1), v.Elem())
		case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
			for i := range v.Len() {
				walk(append(path, i), v.Index(i))
			}
		case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[plan.Date]():
			for i := range v.NumField() {
				name := v.Type().Name() + "." + v.Type().Field(i).Name
				at := append(append([]int{}, path...), i)
				if v.Field(i).IsZero() {
					walk(at, v.Field(i))
					continue // another creative or cap gives it
				}
				if seen[name] = true; notCarried[name] == "" {
					changed(t, name, at)
				}
				walk(at, v.Field(i))
			}
		}
	}
	walk(nil, reflect.ValueOf(whole))
	for _, typ := range []reflect.Type{
		reflect.TypeFor[plan.Feed](), reflect.TypeFor[plan.Campaign](), reflect.TypeFor[plan.Flight](), reflect.TypeFor[plan.Cap](),
		reflect.TypeFor[plan.Daypart](), reflect.TypeFor[plan.Place](), reflect.TypeFor[plan.Creative](), reflect.TypeFor[plan.Card](),
	} {
		for i := range typ.NumField() {
			if name := typ.Name() + "." + typ.Field(i).Name; !seen[name] && notCarried[name] == "" {
				t.Errorf("%s is neither carried nor listed", name)
			}
		}
	}
}

// changed sets one field of the full campaign to something else, and wants it so on the
// other side.
func changed(t *testing.T, name string, path []int) {
	c, blobs := full()
	v := reflect.ValueOf(&c).Elem()
	for _, i := range path {
		switch {
		case i == -1:
			v = v.Elem()
		case v.Kind() == reflect.Slice:
			v = v.Index(i)
		default:
			v = v.Field(i)
		}
	}
	before := fmt.Sprintf("%+v", v.Interface())
	if to, ok := changes()[name]; ok {
		v.Set(reflect.ValueOf(to))
	} else {
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + "z")
		case reflect.Int:
			v.SetInt(v.Int() - 1)
		case reflect.Int64: // a length
			v.SetInt(v.Int() - int64(time.Millisecond))
		case reflect.Float64:
			v.SetFloat(v.Float() + 0.1)
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Slice:
			v.Set(reflect.ValueOf([]string{"165"}).Convert(v.Type()))
		default:
			t.Errorf("%s: the test does not know what to change it to", name)
			return
		}
	}
	if name != "Campaign.Tier" && name != "Cap.Per" && fmt.Sprintf("%+v", v.Interface()) == before {
		t.Errorf("%s was not changed", name)
	}
	if name == "Cap.Per" {
		c.Caps = c.Caps[:1] // one a period
	}
	if name == "Creative.Card" {
		c.Creatives[1].Length = time.Second
	}
	got, err := through(t, c, blobs)
	if err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%s: %+v\n%v\nwant %+v", name, got, err, c)
	}
}

// anyText draws what may stand in a pack.
func anyText(most int) *rapid.Generator[string] {
	return rapid.StringMatching(`[A-Za-zéß漢 <>&"'\\/{}\[\]=+?.,;:0-9-]{1,` + fmt.Sprint(most) + `}`)
}

func some1[V any](t *rapid.T, name string, g *rapid.Generator[V]) (v V) {
	if rapid.Bool().Draw(t, name+" given") {
		v = g.Draw(t, name)
	}
	return v
}

func anyDate() *rapid.Generator[plan.Date] {
	return rapid.Custom(func(t *rapid.T) plan.Date {
		return plan.Date{Year: 2000, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 100_000).Draw(t, "day"))
	})
}

// What passes [plan.Campaign.Validate] and is of the shapes of ads.toml comes through
// a pack as it was.
func TestAnyCampaignReadsBack(t *testing.T) {
	t.Parallel()
	_, blobs := full()
	sha := rapid.SampledFrom([]string{blobs[0].SHA256, blobs[1].SHA256})
	words := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9-]{1,32}`), 1, 3)
	rapid.Check(t, func(rt *rapid.T) {
		c := plan.Campaign{
			ID: rapid.StringMatching(`[a-z0-9][a-z0-9._-]{0,63}`).Draw(rt, "id"), Advertiser: rapid.StringMatching(`[A-Zé][^\pC@]{0,20}`).Draw(rt, "advertiser"),
			Category: rapid.IntRange(1, 2000).Draw(rt, "category"), Occasions: some1(rt, "occasions", words), Weight: rapid.IntRange(1, 10).Draw(rt, "weight"),
			Tier:   rapid.SampledFrom([]plan.Tier{plan.TierWeighted, plan.TierHouse, plan.TierTakeover, plan.TierEmergency}).Draw(rt, "tier"),
			Rivals: some1(rt, "rivals", anyText(64)), Sole: rapid.Bool().Draw(rt, "sole"), Booked: some1(rt, "booked", anyDate()),
			Clientele: some1(rt, "clientele", words), Offers: some1(rt, "offers", words), UntrustedClock: plan.UntrustedClock(rapid.IntRange(0, 1).Draw(rt, "clock")),
			Flight: plan.Flight{From: some1(rt, "from", anyDate())},
		}
		if rapid.Bool().Draw(rt, "located") {
			c.Place = &plan.Place{
				Latitude: rapid.Float64Range(-90, 90).Draw(rt, "lat"), Longitude: rapid.Float64Range(-180, 180).Draw(rt, "long"), Located: true,
				WithinKM: some1(rt, "km", rapid.Float64Range(0.1, 20000)), Commune: some1(rt, "commune", anyText(80)),
			}
		}
		for i := range rapid.IntRange(1, 4).Draw(rt, "creatives") {
			cr := plan.Creative{ID: fmt.Sprintf("c%d", i), File: some1(rt, "file", anyText(200)), SHA256: sha.Draw(rt, "sha")}
			cr.Length = time.Duration(rapid.IntRange(1, 86_400_000).Draw(rt, "length")) * time.Millisecond
			if rapid.Bool().Draw(rt, "card") {
				cr.SHA256, cr.Card = "", &plan.Card{Title: anyText(120).Draw(rt, "title"), Text: some1(rt, "text", anyText(400)), PictureSHA256: some1(rt, "picture", sha)}
			}
			c.Creatives = append(c.Creatives, cr)
		}
		for range rapid.IntRange(0, 3).Draw(rt, "dayparts") {
			from := rapid.IntRange(0, 1439).Draw(rt, "from")
			to := (from + 1 + rapid.IntRange(0, 1439).Draw(rt, "minutes")) % 1441
			c.Dayparts = append(c.Dayparts, plan.Daypart{Days: plan.Weekdays(rapid.IntRange(0, 127).Draw(rt, "days")), From: plan.Minute(from), To: plan.Minute(to)})
		}
		if err := c.Validate(); err != nil {
			rt.Skip(err)
		}
		got, err := through(t, c, blobs)
		if err != nil || !reflect.DeepEqual(got, c) {
			rt.Fatalf("%+v\n%v\nwant %+v", got, err, c)
		}
	})
}

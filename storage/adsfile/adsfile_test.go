package adsfile_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"entracte/assets"
	"entracte/scheduler/plan"
	"entracte/storage/adsfile"
	"entracte/storage/strict/stricttest"
)

var update = flag.Bool("update", false, "write the .want files from what the code says")

var words adsfile.Words = assets.Vocabulary()

// contract is the folder of the documented ads.toml with all its media.
func contract(t *testing.T) fstest.MapFS {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "contract", "ads.toml"))
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{"ads.toml": {Data: text}}
	for _, name := range []string{"couple.jpg", "studio.jpg", "ring.mp4"} {
		folder[name] = &fstest.MapFile{Data: []byte(name)}
	}
	return folder
}

func date(s string) plan.Date {
	d, err := plan.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// TestContract reads the block that is documented to users, word for word.
func TestContract(t *testing.T) {
	t.Parallel()
	feed, skipped, err := adsfile.Read(contract(t), words)
	if err != nil || len(skipped) != 0 {
		t.Fatal(err, skipped)
	}
	want := []plan.Campaign{{
		ID: "lens-2026", Advertiser: "Studio Lens", Category: 1021, Occasions: []string{"165"},
		Flight: plan.Flight{From: date("2026-11-01"), To: date("2027-02-01")}, Weight: 2,
		Caps:     []plan.Cap{{Plays: 4, Per: plan.PerHour}, {Plays: 30, Per: plan.PerDay}},
		Dayparts: []plan.Daypart{{Days: plan.Weekdays(0).With(time.Saturday).With(time.Sunday), From: 600, To: 1440}},
		Rivals:   "photographers", Booked: date("2026-10-01"),
		Place:     &plan.Place{Commune: "Lyon 7e", Postcode: "69007", Latitude: 45.74, Longitude: 4.84, Located: true, WithinKM: 30},
		Clientele: []string{"couples"}, Offers: []string{"engraving"}, Language: []string{"fr"},
		Creatives: []plan.Creative{
			{ID: "lens-couple", File: "couple.jpg", Length: 10 * time.Second},
			{ID: "lens-offer", Length: plan.DefaultStill, Card: &plan.Card{Title: "Vos photos de mariage", Text: "Premier rendez-vous offert", Picture: "studio.jpg", QR: "https://example.org"}},
		},
	}, {
		ID: "rings", Advertiser: "Assureur Bijou", Category: 1340, Weight: 1, Tier: plan.TierGuaranteed, Goal: 400,
		Flight:    plan.Flight{From: date("2026-11-01"), To: date("2026-12-01")},
		Creatives: []plan.Creative{{ID: "rings-1", File: "ring.mp4"}},
	}}
	if feed.Name != "local" || len(feed.Revision) != 12 || !reflect.DeepEqual(feed.Campaigns, want) {
		t.Errorf("got %+v\nwant %+v", feed, want)
	}
	for _, c := range feed.Campaigns {
		if err := c.Validate(); err != nil {
			t.Error(err)
		}
	}
}

func TestLeast(t *testing.T) {
	t.Parallel()
	got, err := adsfile.Parse("ads.toml", []byte(`[[campaign]]
id = "own"
advertiser = "@venue"
tier = "house"
dayparts = [{ days = ["fri"], from = "22:00", to = "02:00" }, { days = ["mon"] }]
[[campaign.creative]]
id = "own"
file = "sub/Own Picture.JPG"
seconds = 7.5
`), words)
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Campaign{{
		ID: "own", Advertiser: "@venue", Weight: 1, Tier: plan.TierHouse,
		Dayparts: []plan.Daypart{
			{Days: plan.Weekdays(0).With(time.Friday), From: 1320, To: 120},
			{Days: plan.Weekdays(0).With(time.Monday), From: 0, To: 1440},
		},
		Creatives: []plan.Creative{{ID: "own", File: "sub/Own Picture.JPG", Length: 7500 * time.Millisecond}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if none, err := adsfile.Parse("ads.toml", []byte("campaign = []\n"), words); err != nil || len(none) != 0 {
		t.Errorf("none on purpose gives %v, %v", none, err)
	}
}

func TestRevision(t *testing.T) {
	t.Parallel()
	revision := func(folder fstest.MapFS) string {
		feed, _, err := adsfile.Read(folder, words)
		if err != nil {
			t.Fatal(err)
		}
		return feed.Revision
	}
	first := revision(contract(t))
	if again := revision(contract(t)); again != first {
		t.Errorf("the same folder is %s, then %s", first, again)
	}
	changed := contract(t)
	changed["ads.toml"].Data = append(changed["ads.toml"].Data, "# a note\n"...)
	if revision(changed) == first {
		t.Error("another text has the same revision")
	}
	fewer := contract(t)
	delete(fewer, "couple.jpg")
	if revision(fewer) == first {
		t.Error("with other campaigns the revision is the same")
	}
}

func TestSkips(t *testing.T) {
	t.Parallel()
	folder := contract(t)
	delete(folder, "couple.jpg")
	folder["Couple.JPG"] = &fstest.MapFile{Data: []byte("x")}
	folder["studio.jpg"] = &fstest.MapFile{}
	folder["ring.mp4"] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
	feed, skipped, err := adsfile.Read(folder, words)
	if err != nil || len(feed.Campaigns) != 0 {
		t.Fatalf("got %+v, %v", feed, err)
	}
	var got []string
	for _, s := range skipped {
		got = append(got, s.String())
	}
	want := []string{
		`creative "lens-couple" of campaign "lens-2026" is left out: there is no file "couple.jpg", but there is "Couple.JPG"`,
		`creative "lens-offer" of campaign "lens-2026" is left out: the file "studio.jpg" is empty`,
		`campaign "lens-2026" is left out: no creative is left`,
		`creative "rings-1" of campaign "rings" is left out: "ring.mp4" is a folder`,
		`campaign "rings" is left out: no creative is left`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	folder = contract(t)
	delete(folder, "couple.jpg")
	feed, skipped, err = adsfile.Read(folder, words)
	if err != nil || len(skipped) != 1 || len(feed.Campaigns) != 2 || len(feed.Campaigns[0].Creatives) != 1 {
		t.Errorf("one missing file leaves %+v, %v, %v", feed, skipped, err)
	}
}

func TestNoAds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		folder fstest.MapFS
		want   string
	}{
		"empty":  {fstest.MapFS{}, "there is no ads.toml in this folder"},
		"media":  {fstest.MapFS{"b.mp4": {}, "a.jpg": {}, "notes.txt": {}}, `there is no ads.toml beside "a.jpg" and the other media in this folder (2 in all)`},
		"folder": {fstest.MapFS{"ads.toml/x": {}}, "ads.toml is not a file"},
	} {
		_, _, err := adsfile.Read(c.folder, words)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if got := errors.Is(err, fs.ErrNotExist); got != (name != "folder") {
			t.Errorf("%s: errors.Is(%v, fs.ErrNotExist) = %v", name, err, got)
		}
	}
}

// What Sketch writes is an ads.toml.
func TestSketch(t *testing.T) {
	t.Parallel()
	folder := fstest.MapFS{"notes.txt": {Data: []byte("x")}, "sub/deep.jpg": {Data: []byte("x")}, ".hidden.jpg": {Data: []byte("x")}, "bad\nname.jpg": {Data: []byte("x")}, `back\slash.jpg`: {Data: []byte("x")}}
	names := []string{"Été à Lyon.JPG", "a.jpg", "a.png", "a-2.gif", "日本.webm", strings.Repeat("long", 40) + ".mp4"}
	for _, name := range names {
		folder[name] = &fstest.MapFile{Data: []byte("x")}
	}
	folder["ads.toml"] = &fstest.MapFile{Data: []byte(adsfile.Sketch(folder))}
	feed, skipped, err := adsfile.Read(folder, words)
	if err != nil || len(skipped) != 0 {
		t.Fatalf("%v %v in\n%s", err, skipped, folder["ads.toml"].Data)
	}
	files := map[string]bool{}
	for _, c := range feed.Campaigns {
		files[c.Creatives[0].File] = true
	}
	if len(feed.Campaigns) != len(names) {
		t.Errorf("got %d campaigns for %d files", len(feed.Campaigns), len(names))
	}
	for _, name := range names {
		if !files[name] {
			t.Errorf("%q is not in it", name)
		}
	}
	if s := adsfile.Sketch(fstest.MapFS{"notes.txt": {}}); s != "" {
		t.Errorf("without media it is %q", s)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	stricttest.Refused(t, "testdata/bad/*.toml", *update, func(_ string, text []byte) error {
		campaigns, err := adsfile.Parse("ads.toml", text, words)
		if campaigns != nil {
			t.Errorf("got %v, %v", campaigns, err)
		}
		return err
	})
}

// FuzzParse: whatever is accepted can be scheduled, and is accepted again.
func FuzzParse(f *testing.F) {
	seeds, _ := filepath.Glob("testdata/*/*.toml")
	for _, file := range seeds {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		first, err := adsfile.Parse("ads.toml", text, words)
		second, again := adsfile.Parse("ads.toml", text, words)
		if !reflect.DeepEqual(first, second) || fmt.Sprint(err) != fmt.Sprint(again) {
			t.Fatal("two readings differ")
		}
		if err != nil {
			return
		}
		ids := map[string]bool{}
		for _, c := range first {
			if err := c.Validate(); err != nil {
				t.Fatalf("accepted, but %v", err)
			}
			for _, creative := range c.Creatives {
				if ids[creative.ID] || (creative.File == "") == (creative.Card == nil) {
					t.Fatalf("accepted creative %+v", creative)
				}
				if ids[creative.ID] = true; creative.File != "" && !fs.ValidPath(creative.File) {
					t.Fatalf("accepted file %q", creative.File)
				}
			}
		}
	})
}

package main

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/disk/crash"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

// A season is a screen over weeks: what it played, and the card it plays from.
type season struct {
	disk  disk.Disk
	data  string
	log   *playlog.Log
	feed  string
	at    time.Time
	boot  int
	plays []plan.Play
	// unforgotten: hours are written, and the log does not know.
	unforgotten bool
}

func newSeason(t rapid.TB, d disk.Disk, data string) *season {
	s := &season{disk: d, data: data, feed: "acme/shop", at: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}
	s.start(t)
	return s
}

func (s *season) start(t rapid.TB) {
	if s.log != nil {
		if err := s.log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s.boot++
	roll := report.Roll(s.disk, s.data)
	var err error
	s.log, err = playlog.Open(s.disk, s.data, func(day time.Time, past iter.Seq2[plan.Play, error]) error {
		if err := roll(day, past); err != nil || !s.unforgotten {
			return err
		}
		return errors.New("the power was cut")
	})
	if err != nil {
		t.Fatal(err)
	}
}

// play records a play of a campaign; behind is how far the clock is, if it is a floor.
func (s *season) play(t rapid.TB, campaign string, clock plan.Clock, behind time.Duration, counted bool) {
	p := plan.Play{
		Boot: fmt.Sprint("boot", s.boot), Screen: "s", Venue: "Martin", Feed: s.feed, Campaign: campaign, Creative: campaign + "-1", Advertiser: "The " + campaign,
		Category: 1021, SHA256: strings.Repeat("ab", 32), Plan: "0001-00000001", StartedAt: s.at.Add(-behind), MonoMS: s.at.UnixMilli(), PlannedMS: 10_000, ShownMS: 10_000,
		Outcome: plan.Interrupted, Clock: clock, Reasons: []string{"share:1/9"},
	}
	if p.Counted = counted; counted {
		p.Outcome = plan.Completed
	}
	p, err := s.log.Append(p)
	if err != nil {
		t.Fatal(err)
	}
	s.plays = append(s.plays, p)
}

// Whatever the log has forgotten by now and wherever restarts, hours and days end, the
// card counts every play of the flight once, and none of an earlier one.
func TestCardCountsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", rapid.SampledFrom([]int{0, 13, -10}).Draw(t, "zone")*3600)
		from := plan.Date{Year: 2026, Month: 11, Day: 1 + rapid.IntRange(0, 12).Draw(t, "from")}
		s := newSeason(t, crash.New(), "/data")
		want := 0
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"play", "play", "play", "play", "night", "days", "start", "cut", "dated", "count"}).Draw(t, "what") {
			case "play":
				s.at = s.at.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "minutes")) * time.Minute)
				clock, behind := plan.ClockTrusted, time.Duration(0)
				if rapid.Bool().Draw(t, "floor") {
					clock, behind = plan.ClockFloor, time.Duration(rapid.IntRange(0, 100).Draw(t, "behind"))*time.Hour
				}
				campaign, counted := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "campaign"), rapid.IntRange(0, 4).Draw(t, "counted") > 0
				begun := !plan.DateOf(s.at.In(zone)).Before(from)
				if begun && plan.DateOf(s.at.Add(-behind).In(zone)).Before(from) {
					continue // its flight has begun, and the scheduler cannot know
				}
				s.play(t, campaign, clock, behind, counted)
				if campaign == "a" && counted && begun {
					want++
				}
			case "night":
				s.at = s.at.Add(14 * time.Hour)
			case "days":
				s.at = s.at.AddDate(0, 0, rapid.IntRange(1, 9).Draw(t, "days"))
			case "start":
				s.start(t)
			case "cut":
				s.unforgotten = !s.unforgotten
			case "dated":
				if err := s.log.Dated(fmt.Sprint("boot", s.boot), time.Duration(s.at.UnixMilli())*time.Millisecond, s.at); err != nil {
					t.Fatal(err)
				}
			case "count":
				m, err := countPlays(t.Context(), s.disk, s.data, zone, []plan.Delivery{{Feed: "acme/shop", Campaign: "a", From: from}, {Feed: "other", Campaign: "a"}})
				if err != nil {
					t.Fatal(err)
				}
				if m.Delivered[0].Plays != want || m.Delivered[1].Plays != 0 {
					t.Fatalf("%d plays are counted, %d of another feed; %d played", m.Delivered[0].Plays, m.Delivered[1].Plays, want)
				}
				if n := len(s.plays); n > 0 && (m.Boot != s.plays[n-1].Boot || m.MonoMS != s.plays[n-1].MonoMS) {
					t.Fatalf("it says to have counted up to %s %d", m.Boot, m.MonoMS)
				}
			}
		}
	})
}

// What cannot be read is told, and the rest is counted; with the log gone the hours
// still tell what they have.
func TestCardIsDamaged(t *testing.T) {
	t.Parallel()
	s := newSeason(t, disk.OS, t.TempDir())
	for range 20 {
		for range 5 {
			s.at = s.at.Add(time.Minute)
			s.play(t, "a", plan.ClockTrusted, 0, true)
		}
		s.at = s.at.AddDate(0, 0, 1)
	}
	if err := s.log.Close(); err != nil {
		t.Fatal(err)
	}
	said := &strings.Builder{}
	count := func() int {
		said.Reset()
		of := []plan.Delivery{{Feed: "acme/shop", Campaign: "a"}}
		return recount(s.data, time.UTC, slog.New(slog.NewTextHandler(said, nil)))(t.Context(), of).Delivered[0].Plays
	}
	if n := count(); n != 100 || said.Len() > 0 {
		t.Fatalf("%d plays are counted, 100 played: %s", n, said)
	}
	days, err := filepath.Glob(filepath.Join(s.data, "plays", "hours", "*.csv"))
	if err != nil || len(days) < 10 {
		t.Fatalf("%d days of hours, %v", len(days), err)
	}
	if err := os.Truncate(days[3], 100); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 95 || !strings.Contains(said.String(), filepath.Base(days[3])) {
		t.Errorf("without a day %d plays are counted, and it says %q", n, said)
	}
	segments, err := filepath.Glob(filepath.Join(s.data, "plays", "*.seg"))
	if err != nil || len(segments) != 1 {
		t.Fatalf("%d segments, %v", len(segments), err)
	}
	if err := os.Remove(segments[0]); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 5*(len(days)-1) {
		t.Errorf("without the log %d plays of %d days are counted", n, len(days)-1)
	}
	if err := os.RemoveAll(filepath.Join(s.data, "plays")); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 0 || said.Len() > 0 {
		t.Errorf("a new screen counts %d plays, and says %q", n, said)
	}
}

// The real player finds no memory, and the promised plays long before those it reads:
// one is missing of 20, and one plays.
func TestPromiseIsCountedAnew(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("red.png", red)
	v.picture("blue.png", blue)
	v.ads(1, "red.png", "blue.png")
	ads, err := os.ReadFile(v.path("ads/ads.toml"))
	if err != nil {
		t.Fatal(err)
	}
	day := plan.DateOf(time.Now())
	booked := fmt.Sprintf("id = \"red\"\ntier = \"guaranteed\"\ngoal = 20\nflight = { from = %q, to = %q }\n", day.AddDays(-300), day.AddDays(2))
	v.write("ads/ads.toml", strings.Replace(string(ads), "id = \"red\"\n", booked, 1))
	s := newSeason(t, disk.OS, v.path("data"))
	s.feed, s.at = localFeed, time.Now().AddDate(0, 0, -2)
	for i := range 19 + 10_000 {
		s.at = s.at.Add(10 * time.Second)
		s.play(t, []string{"red", "gone"}[min(i/19, 1)], plan.ClockTrusted, 0, true)
	}
	if err := s.log.Close(); err != nil {
		t.Fatal(err)
	}
	v.play("--ads", v.path("ads"))
	if out, err := v.run("clock", "set", time.Now().Format(time.RFC3339), "--data", v.path("data")); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	v.signal("till", control.Off)
	v.signal("mat", control.On)
	v.until("it has played for a while", func(s player.Status) bool { return s.Plays >= 8 })
	v.stop()
	played := map[string]int{}
	for _, p := range v.plays()[len(s.plays):] {
		if p.Counted {
			played[p.Campaign]++
		}
	}
	if played["red"] != 1 || played["blue"] < 7 {
		t.Errorf("%v are played:\n%s", played, &v.news)
	}
}

// BenchmarkStart is what a start reads of a screen that played 10,000 times a day for
// two months, 100 campaigns: the last plays, those of a day that has more, and the
// count of promised plays, which is needed where nobody remembers them, beside the show.
func BenchmarkStart(b *testing.B) {
	s := newSeason(b, disk.OS, b.TempDir())
	for range 60 {
		for i := range 10_000 {
			s.at = s.at.Add(4 * time.Second)
			s.play(b, fmt.Sprint("c", i*7%100), plan.ClockTrusted, 0, true)
		}
		s.at = s.at.Truncate(24 * time.Hour).Add(32 * time.Hour)
	}
	if err := s.log.Close(); err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{10_000, 30_000} {
		b.Run(fmt.Sprint("last", n), func(b *testing.B) {
			for b.Loop() {
				if got := len(lastPlays(s.data, n)); got != n {
					b.Fatal(got)
				}
			}
		})
	}
	b.Run("recount", func(b *testing.B) {
		for b.Loop() {
			m, err := countPlays(b.Context(), disk.OS, s.data, time.UTC, []plan.Delivery{{Feed: "acme/shop", Campaign: "c7"}})
			if err != nil || m.Delivered[0].Plays != 6000 {
				b.Fatal(m, err)
			}
		}
	})
}

package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
)

// paris is a zone whose summer time ends within the flights below.
func paris(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	return z
}

// shopPage is a shop that is closed on Mondays, with a promise.
func shopPage(t testing.TB, language string) Page {
	v := plan.Venue{ID: "lyon-2", Name: "Bijouterie Martin & Fils", Language: language, Timezone: paris(t), ClosedOn: []plan.Date{{Year: 2026, Month: 11, Day: 11}}}
	v.Hours[time.Monday] = []plan.Window{}
	date := func(m time.Month, d int) plan.Date { return plan.Date{Year: 2026, Month: m, Day: d} }
	return Page{
		Venue: v, Made: time.Date(2026, 11, 22, 11, 5, 0, 0, time.UTC), Key: "RWQkHQoY/Fr/wKTViHbF+ahFDlpG+wyKVQbZr1K+hp1dJMCSD4FSEFb8",
		Plan: plan.Plan{Feeds: []plan.Feed{{Name: "acme/shop-17", Campaigns: []plan.Campaign{
			{ID: "lens-2026", Advertiser: "Studio Lens", Goal: 400, Tier: plan.TierGuaranteed, Flight: plan.Flight{From: date(10, 20), To: date(11, 25)}},
			{ID: "house", Advertiser: plan.VenueAdvertiser},
		}}}},
	}
}

// shopPlays is a month of that shop, with all that can be odd.
func shopPlays() []plan.Play {
	s := &show{seq: 40} // the first ones are forgotten
	for day := range 33 {
		s.at = time.Date(2026, 10, 20+day, 8, 30, 0, 0, time.UTC)
		if s.at.Weekday() == time.Monday || day == 5 {
			continue
		}
		for i := range 12 + 5*(day%4) {
			outcome := plan.Completed
			if i%7 == 6 {
				outcome = plan.Outcome(i % 2)
			}
			s.play(time.Duration(20+i)*time.Minute, []string{"couple", "offer"}[i%2], outcome)
			p := &s.plays[len(s.plays)-1]
			switch {
			case i%3 == 0:
				p.Campaign, p.Advertiser = "house", plan.VenueAdvertiser
			case i%5 == 0:
				p.Campaign, p.Advertiser = "<b>bold</b>", `O'Brien & "Sons"`
			}
			switch {
			case day == 9 || day == 10:
				p.Clock = plan.ClockFloor
			case day == 12 && i < 3:
				p.Clock = plan.ClockUnknown
				if i > 0 {
					p.StartedAt = time.Unix(0, 0)
				}
			}
		}
		if day == 21 {
			s.seq += 7 // lost
		}
	}
	return s.plays
}

func rowsFrom(plays []plan.Play) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		var b builder
		give := func(done *block) bool {
			if done != nil {
				for _, r := range done.rows {
					if !yield(r, nil) {
						return false
					}
				}
			}
			return true
		}
		for i := range plays {
			if !give(b.add(&plays[i])) {
				return
			}
		}
		give(b.take())
	}
}

func page(t testing.TB, rows iter.Seq2[Row, error], p Page) string {
	t.Helper()
	var b strings.Builder
	if err := WritePage(&b, rows, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPageGolden(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"fr", "en"} {
		golden(t, "page-"+language+".html", []byte(page(t, rowsFrom(shopPlays()), shopPage(t, language))))
	}
}

// What the page says is what was played.
func TestPageSaysWhatPlayed(t *testing.T) {
	t.Parallel()
	plays := shopPlays()
	html := page(t, rowsFrom(plays), shopPage(t, "en"))
	count, promised := 0, 0
	for _, p := range plays {
		if p.Counted {
			if count++; p.Campaign == "lens-2026" && p.Clock != plan.ClockUnknown {
				promised++
			}
		}
	}
	for _, want := range []string{
		"<dt>Plays</dt><dd>" + speech{}.count(int64(count)) + "</dd>",
		">" + speech{}.plays(int64(promised)) + " of 400 promised",
		fmt.Sprintf("Numbered records that are missing, damaged or lost on the card: 7 of %d", plays[len(plays)-1].Seq-plays[0].Seq+1),
		"Records before number 41 are older than what is kept, or lost.",
		"Open days on which nothing was shown: 1 (25\u00a0October).",
		"on a clock that may be late", "on a clock that nobody had set",
		"<code>RWQkHQoY/Fr/wKTViHbF&#43;ahFDlpG&#43;wyKVQbZr1K&#43;hp1dJMCSD4FSEFb8</code>",
		"O&#39;Brien &amp; &#34;Sons&#34;", "acme/shop-17/&lt;b&gt;bold&lt;/b&gt;", "The shop itself",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(strings.ToLower(html), "impression") {
		t.Error("nobody is counted: there are no impressions")
	}
}

// The page is whole, stands alone, and can be read without seeing it.
func TestPageStandsAlone(t *testing.T) {
	t.Parallel()
	html := page(t, rowsFrom(shopPlays()), shopPage(t, "fr"))
	for _, outside := range []string{"http:", "https:", "//", "src=", "href=", "url(", "@import", "<script", "<link", "<iframe", "onload"} {
		if strings.Contains(html, outside) {
			t.Errorf("the page has %s", outside)
		}
	}
	if len(html) > 64<<10 {
		t.Errorf("the page has %d bytes", len(html))
	}
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(html, "<!DOCTYPE html>")))
	d.Strict = false
	d.AutoClose, d.Entity = []string{"meta", "br"}, xml.HTMLEntity
	var open, seen []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			open, seen = append(open, e.Name.Local), append(seen, e.Name.Local)
			attr := func(name string) string {
				for _, a := range e.Attr {
					if a.Name.Local == name {
						return a.Value
					}
				}
				return ""
			}
			switch {
			case e.Name.Local == "html" && attr("lang") != "fr",
				e.Name.Local == "th" && attr("scope") == "",
				e.Name.Local == "svg" && attr("aria-hidden") == "" && (attr("role") != "img" || attr("aria-label") == ""):
				t.Errorf("%s has %v", e.Name.Local, e.Attr)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
	for _, tag := range []string{"title", "h1", "main", "svg", "table", "caption", "footer"} {
		if !slices.Contains(seen, tag) {
			t.Errorf("there is no %s", tag)
		}
	}
	if len(open) > 0 {
		t.Errorf("not closed: %v", open)
	}
}

// A period has its own plays, and gaps outside it are not its gaps.
func TestPageOfAPeriod(t *testing.T) {
	t.Parallel()
	plays := shopPlays()
	rapid.Check(t, func(rt *rapid.T) {
		p := shopPage(t, "en")
		p.From = plan.Date{Year: 2026, Month: 10, Day: 20}.AddDays(rapid.IntRange(0, 33).Draw(rt, "from"))
		p.To = p.From.AddDays(rapid.IntRange(1, 34).Draw(rt, "days"))
		want := int64(0)
		lost := false
		for i, play := range plays {
			if date := plan.DateOf(play.StartedAt.In(p.Venue.Timezone)); play.Clock != plan.ClockUnknown && !date.Before(p.From) && date.Before(p.To) {
				if play.Counted {
					want++
				}
				lost = lost || i > 0 && play.Seq > plays[i-1].Seq+1 && !plan.DateOf(plays[i-1].StartedAt.In(p.Venue.Timezone)).Before(p.From)
			}
		}
		s, err := summarise(rowsFrom(plays), &p)
		if err != nil || s.total.completed != want {
			rt.Fatalf("%s to %s: %d plays, want %d, %v", p.From, p.To, s.total.completed, want, err)
		}
		if lost != (s.missing == 7) || !lost && s.missing != 0 {
			rt.Fatalf("%s to %s: %d records are missing, lost %v", p.From, p.To, s.missing, lost)
		}
		days := int64(0)
		for _, d := range s.days {
			days += d.plays
		}
		if days != want {
			rt.Fatalf("%s to %s: %d plays by day, %d in all", p.From, p.To, days, want)
		}
		if lines := s.gaps(s.speech()).Lines; !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "Not on this page") }) {
			rt.Fatal("the page hides that plays are without a date")
		}
	})
}

// A page can be made of nothing, of one play, and of a year.
func TestPageOfAnySize(t *testing.T) {
	t.Parallel()
	if err := WritePage(io.Discard, func(yield func(Row, error) bool) { yield(Row{}, fs.ErrNotExist) }, Page{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no plays at all: %v", err)
	}
	damage := func(yield func(Row, error) bool) { yield(Row{}, errors.New("2026-11-20.csv is damaged\nhint: no")) }
	if html := page(t, damage, Page{Notes: []string{"Nothing is known."}}); !strings.Contains(html, "Unreadable: 2026-11-20.csv is damaged (once).") || !strings.Contains(html, "Nothing is known.") {
		t.Error("the page hides damage, or a note")
	}
	one := page(t, rowsFrom(newShow().some(1).plays), Page{})
	if !strings.Contains(one, "1\u00a0play") || strings.Contains(one, "NaN") || strings.Contains(one, "Inf") {
		t.Error(one)
	}
	year := &show{}
	for day := range 400 {
		year.at = time.Date(2026, 1, 1+day, 9, 0, 0, 0, time.UTC)
		year.some(3)
	}
	html := page(t, rowsFrom(year.plays), Page{})
	if bars := len(regexp.MustCompile(`<rect [^>]*><title>\d+ \w+ \d{4}|<rect [^>]*><title>\d+\x{a0}\w+ \d{4}`).FindAllString(html, -1)); bars < 55 || bars > 60 {
		t.Errorf("a year has %d bars", bars)
	}
}

// The shop's own comes after all that was booked, however much it played; one day is no
// wall; and a page of a machine whose clock nobody can trust bears no date.
func TestPageOfOneDay(t *testing.T) {
	t.Parallel()
	s := &show{at: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	for i := range 9 {
		s.play(time.Minute, "couple", plan.Completed)
		if p := &s.plays[len(s.plays)-1]; i > 0 {
			p.Campaign, p.Advertiser = "house", plan.VenueAdvertiser
		}
	}
	p := shopPage(t, "fr")
	p.Made = time.Time{}
	html := page(t, rowsFrom(s.plays), p)
	own, booked := strings.Index(html, "Le commerce lui-même"), strings.Index(html, "lens-2026")
	if own < 0 || booked < 0 || own < booked {
		t.Errorf("the shop's own is at %d, what was booked at %d", own, booked)
	}
	for _, w := range regexp.MustCompile(`<rect [^>]*width="([0-9.]+)"`).FindAllStringSubmatch(html, -1) {
		if len(w[1]) > 4 || w[1] > "48" {
			t.Errorf("a bar is %s wide", w[1])
		}
	}
	if !strings.Contains(html, "n'était pas sûre") && !strings.Contains(html, "n&#39;était pas sûre") || strings.Contains(html, "écrite par Entracte le") {
		t.Error("it bears a date that nobody can trust")
	}
	f, err := Sum(rowsFrom(s.plays), p)
	if err != nil || f.Plays != 9 || f.Days != 1 || f.From != "2026-11-20" || f.To != "2026-11-21" || len(f.Campaigns) != 2 {
		t.Fatalf("%+v, %v", f, err)
	}
	if c := f.Campaigns[1]; c.Advertiser != plan.VenueAdvertiser || c.Plays != 8 || f.Campaigns[0].Plays != 1 {
		t.Errorf("%+v", f.Campaigns)
	}
}

func TestTicks(t *testing.T) {
	t.Parallel()
	for most, want := range map[int64][]int64{
		0: {0, 1, 2}, 1: {0, 1, 2}, 4: {0, 1, 2, 3, 4}, 5: {0, 2, 4, 6}, 9: {0, 5, 10}, 99: {0, 50, 100},
		660: {0, 200, 400, 600, 800}, 1200: {0, 500, 1000, 1500}, 1 << 40: {0, 500_000_000_000, 1_000_000_000_000, 1_500_000_000_000},
	} {
		if got := ticks(most); !slices.Equal(got, want) {
			t.Errorf("for %d: %v, want %v", most, got, want)
		}
	}
}

func TestSpeech(t *testing.T) {
	t.Parallel()
	fr, en := speech{true}, speech{}
	for got, want := range map[string]string{
		fr.count(1234567): "1\u202f234\u202f567", en.count(1234567): "1,234,567", fr.count(999): "999", en.count(-1000): "-1,000",
		fr.plays(0): "0\u00a0passage", en.plays(0): "0\u00a0plays", fr.plays(2): "2\u00a0passages", en.plays(1): "1\u00a0play",
		fr.share(1, 8): "12,5\u00a0%", en.share(1, 8): "12.5\u00a0%", en.share(0, 0): "–",
		en.lasted(3_725_000): "1\u00a0h\u00a002\u00a0min", fr.lasted(61_000): "1\u00a0min\u00a001\u00a0s", fr.lasted(900): "0\u00a0s",
		fr.date(plan.Date{Year: 2026, Month: 8, Day: 1}): "1er\u00a0août 2026", en.date(plan.Date{Year: 2026, Month: 8, Day: 21}): "21\u00a0August 2026",
		fr.say("a : %s ; b", "", "c"): "a\u00a0: c\u00a0; b",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

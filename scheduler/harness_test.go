package scheduler

import (
	"fmt"
	"testing"
	"time"

	"entracte/assets"
	"entracte/scheduler/plan"
)

var _ plan.Vocabulary = assets.Words{}

// paris is where the test shops are; a machine without time zones fails loudly.
var paris = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return loc
}()

// monday is an ordinary Monday morning.
var monday = time.Date(2026, 11, 2, 9, 0, 0, 0, paris)

func moment(mono time.Duration) Moment {
	return Moment{Mono: mono, Civil: monday.Add(mono), Clock: plan.ClockTrusted}
}

func jeweller() Options {
	return Options{
		Venue: plan.Venue{Activity: "jeweller", Commune: "Lyon 2e", Postcode: "69002", Latitude: 45.757, Longitude: 4.832,
			Located: true, Language: "fr", Timezone: paris, Targeting: true},
		Vocabulary: assets.Vocabulary(),
		OwnShare:   OwnShare{1, 4},
		Seed:       7,
	}
}

// untargeted is a jeweller who switched targeting off: booked weights only.
func untargeted() Options {
	o := jeweller()
	o.Venue.Targeting = false
	return o
}

// booking makes a campaign with one ten-second creative.
func booking(id string, category int, change ...func(*plan.Campaign)) plan.Campaign {
	c := plan.Campaign{ID: id, Advertiser: "Adv " + id, Category: category, Weight: 1, Creatives: pictures(id, 1)}
	for _, f := range change {
		f(&c)
	}
	return c
}

func ownContent(id string) plan.Campaign {
	return booking(id, 0, func(c *plan.Campaign) { c.Tier, c.Advertiser = plan.TierHouse, plan.VenueAdvertiser })
}

func pictures(id string, n int) []plan.Creative {
	var cs []plan.Creative
	for k := range n {
		cs = append(cs, plan.Creative{ID: fmt.Sprintf("%s-%d", id, k+1), Length: 10 * time.Second,
			SHA256: "00000000000000000000000000000000000000000000000000000000000000ff"})
	}
	return cs
}

func weight(n int) func(*plan.Campaign)     { return func(c *plan.Campaign) { c.Weight = n } }
func tier(t plan.Tier) func(*plan.Campaign) { return func(c *plan.Campaign) { c.Tier = t } }
func rivals(g string) func(*plan.Campaign)  { return func(c *plan.Campaign) { c.Rivals = g } }
func cap1(p plan.Cap) func(*plan.Campaign) {
	return func(c *plan.Campaign) { c.Caps = append(c.Caps, p) }
}
func named(adv string) func(*plan.Campaign) { return func(c *plan.Campaign) { c.Advertiser = adv } }
func perHour(n int) func(*plan.Campaign)    { return cap1(plan.Cap{Plays: n, Per: plan.PerHour}) }
func perDay(n int) func(*plan.Campaign)     { return cap1(plan.Cap{Plays: n, Per: plan.PerDay}) }
func day(s string) plan.Date                { d, _ := plan.ParseDate(s); return d }
func flight(f, t string) func(*plan.Campaign) {
	return func(c *plan.Campaign) { c.Flight = plan.Flight{From: day(f), To: day(t)} }
}
func daypart(d plan.Weekdays, from, to plan.Minute) func(*plan.Campaign) {
	return func(c *plan.Campaign) { c.Dayparts = append(c.Dayparts, plan.Daypart{Days: d, From: from, To: to}) }
}

func feed(cs ...plan.Campaign) plan.Plan {
	return plan.Plan{Feeds: []plan.Feed{{Name: "acme/shop", Revision: "r1", Campaigns: cs}}}
}

// A screen plays what a scheduler picks and writes the record the player would.
type screen struct {
	s     *Scheduler
	now   Moment
	boot  string
	plays []plan.Play
}

func newScreen(p plan.Plan, o Options) *screen {
	return &screen{s: New(p, o, nil, moment(0)), now: moment(0), boot: "boot-1"}
}

// wait lets time pass.
func (sc *screen) wait(d time.Duration) {
	sc.now.Mono += d
	sc.now.Civil = sc.now.Civil.Add(d)
}

// show plays the next choice to its end, or breaks it off after cut.
func (sc *screen) show(cut time.Duration) (Choice, bool) {
	l, ok := sc.s.Pick(sc.now)
	if !ok {
		return Choice{}, false
	}
	play := plan.Play{Seq: uint64(len(sc.plays) + 1), Boot: sc.boot, Feed: l.Ref.Feed, Campaign: l.Ref.Campaign,
		Creative: l.Ref.Creative, Advertiser: l.Campaign.Advertiser, Category: l.Campaign.Category,
		StartedAt: sc.now.Civil.UTC(), MonoMS: sc.now.Mono.Milliseconds(), PlannedMS: l.Length().Milliseconds(),
		Clock: sc.now.Clock}
	for _, r := range l.Reasons {
		play.Reasons = append(play.Reasons, r.Code())
	}
	if cut > 0 && cut < l.Length() {
		sc.wait(cut)
		sc.s.Abort(l, sc.now)
		play.Outcome, play.ShownMS = plan.Interrupted, cut.Milliseconds()
	} else {
		sc.wait(l.Length())
		sc.s.Complete(l, sc.now)
		play.Outcome, play.Counted, play.ShownMS = plan.Completed, true, l.Length().Milliseconds()
	}
	sc.plays = append(sc.plays, play)
	return l.Choice, true
}

// sequence shows n choices and returns their campaigns, "-" for the idle look,
// which lasts ten seconds.
func (sc *screen) sequence(n int) string {
	out := ""
	for range n {
		if c, ok := sc.show(0); ok {
			out += c.Ref.Campaign + " "
		} else {
			out += "- "
			sc.wait(10 * time.Second)
		}
	}
	return out
}

func wantSequence(t *testing.T, sc *screen, want string) {
	t.Helper()
	n := 0
	for _, r := range want {
		if r == ' ' {
			n++
		}
	}
	if got := sc.sequence(n); got != want {
		t.Errorf("played %q\nwant   %q", got, want)
	}
}

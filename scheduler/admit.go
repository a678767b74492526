package scheduler

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// What a new venue is taken for until its own waits are counted: six waits of a
// minute in every open hour, as if ten hours had been watched.
const (
	priorWaits   = 6
	priorLength  = time.Minute
	priorWatched = 10 * time.Hour
)

// An Overbooking is a guaranteed campaign that cannot be promised beside those
// booked before it: all promises together may take a third of the turns that are
// forecast.
type Overbooking struct {
	Feed     string
	Campaign *plan.Campaign
	// Forecast is how many turns are forecast in its flight, and Room how many
	// plays of them can still be promised.
	Forecast, Room int
}

// Sentence says so in French ("fr") or English (anything else).
func (b Overbooking) Sentence(lang string) string {
	p := phrasesOf(lang)
	c := b.Campaign
	return speak(p.overbooked, c.Advertiser, c.Goal, p.dateOf(c.Flight.From), p.dateOf(c.Flight.To.AddDays(-1)), b.Room, b.Forecast)
}

// Overbooked returns the guaranteed campaigns of the plan that cannot be admitted,
// in the order of booking. The forecast is the number of turns: waits times what
// fits into one, as counted ([Options.Waits], leaning on a stated prior while there
// are few), or the opening hours divided by the mean length where no sensor tells.
func Overbooked(p plan.Plan, o Options) []Overbooking {
	c := newCurve(o.Waits, &o.Venue)
	s := &Scheduler{curve: c}
	week := slotsAWeek(p, &o)
	total := c.week()
	var admitted []promise
	var refused []Overbooking
	for _, g := range guaranteedOf(p) {
		pr := s.promiseOf(g.Campaign)
		if pr.goal == 0 || pr.chances <= 0 || total == 0 {
			continue
		}
		forecast := int64(float64(week) * float64(pr.chances) / float64(total))
		room := forecast / promisedOf
		for _, q := range admitted {
			both := min(pr.from+pr.chances, q.from+q.chances) - max(pr.from, q.from)
			if both > 0 {
				room -= int64(float64(q.goal) * float64(both) / float64(q.chances))
			}
		}
		if pr.goal > room {
			g.Forecast, g.Room = int(forecast), int(max(room, 0))
			refused = append(refused, g)
			continue
		}
		admitted = append(admitted, pr)
	}
	return refused
}

// guaranteedOf lists the campaigns with a promise in the order of booking, those
// without a date last.
func guaranteedOf(p plan.Plan) []Overbooking {
	var all []Overbooking
	for f := range p.Feeds {
		for c := range p.Feeds[f].Campaigns {
			if campaign := &p.Feeds[f].Campaigns[c]; campaign.Tier == plan.TierGuaranteed {
				all = append(all, Overbooking{Feed: p.Feeds[f].Name, Campaign: campaign})
			}
		}
	}
	slices.SortFunc(all, func(a, b Overbooking) int {
		return cmp.Or(bookedFirst(a.Campaign, b.Campaign), strings.Compare(a.Feed, b.Feed), strings.Compare(a.Campaign.ID, b.Campaign.ID))
	})
	return all
}

// slotsAWeek forecasts how many turns an ordinary week has.
func slotsAWeek(p plan.Plan, o *Options) int64 {
	mean := meanLength(p)
	open := openAWeek(&o.Venue)
	if o.Waits == nil {
		return int64(open / mean)
	}
	var began, waits, slots int64
	for _, n := range o.Waits.Hours {
		began += int64(n)
	}
	for bin, n := range o.Waits.Lengths {
		waits += int64(n)
		slots += int64(n) * int64(time.Duration(bin)*plan.WaitBin/mean)
	}
	// Those that began in a known hour, each with as many turns as the others.
	known := float64(began) * float64(slots) / float64(max(waits, 1))
	prior := float64(priorWaits * (priorWatched / time.Hour) * (priorLength / mean))
	return int64((known + prior) * float64(open) / float64(o.Waits.Watched+priorWatched))
}

func meanLength(p plan.Plan) time.Duration {
	var sum time.Duration
	n := time.Duration(0)
	for f := range p.Feeds {
		for c := range p.Feeds[f].Campaigns {
			campaign := &p.Feeds[f].Campaigns[c]
			for i := range campaign.Creatives {
				if !campaign.House() {
					sum += lengthOf(&campaign.Creatives[i])
					n++
				}
			}
		}
	}
	if n == 0 {
		return plan.DefaultStill
	}
	return max(sum/n, time.Second)
}

func openAWeek(v *plan.Venue) time.Duration {
	var open time.Duration
	sunday := time.Date(2001, 1, 7, 0, 0, 0, 0, time.UTC)
	for m := range weekMinutes {
		if v.Hours.Open(sunday.Add(time.Duration(m)*time.Minute), nil) {
			open += time.Minute
		}
	}
	return open
}

// A LongAd is a creative that most waits are too short for.
type LongAd struct {
	Ref    plan.Ref
	Length time.Duration
	// Median is the length that half of the waits reach.
	Median     time.Duration
	advertiser string
}

// Sentence says so in French ("fr") or English (anything else).
func (a LongAd) Sentence(lang string) string {
	return speak(phrasesOf(lang).rarelyFits, a.advertiser, seconds(a.Length), seconds(a.Median), a.Ref.Creative)
}

func seconds(d time.Duration) int { return int(d.Round(time.Second) / time.Second) }

// RarelyFit returns the creatives of paid campaigns that fewer than half of the
// counted waits are long enough for, by feed, campaign and creative as they stand
// in the plan. None are told while few waits are counted.
func RarelyFit(p plan.Plan, o Options) []LongAd {
	median, ok := medianWait(o.Waits)
	if !ok {
		return nil
	}
	var long []LongAd
	for f := range p.Feeds {
		for i := range p.Feeds[f].Campaigns {
			c := &p.Feeds[f].Campaigns[i]
			if c.Tier == plan.TierHouse {
				continue
			}
			for k := range c.Creatives {
				if l := lengthOf(&c.Creatives[k]); l > median {
					ref := plan.Ref{Feed: p.Feeds[f].Name, Campaign: c.ID, Creative: c.Creatives[k].ID}
					long = append(long, LongAd{ref, l, median, c.Advertiser})
				}
			}
		}
	}
	return long
}

// medianWait is the length that at least half of the waits reach.
func medianWait(w *plan.Waits) (time.Duration, bool) {
	if w == nil {
		return 0, false
	}
	// A wait that has just begun: what is likely is what half of all reach.
	return likely(w, instant{mono: 1, wait: 1})
}

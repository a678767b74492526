package player

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// A history is the plays that happened: the recent ones themselves, oldest first,
// and of all older ones how many were counted for each guaranteed campaign. So a
// goal of a whole season is minded although the log goes back a few days.
type history struct {
	// plays is appended to and never written over: others may read what they were
	// given of it. full is at how many of them the oldest become mere counts.
	plays []plan.Play
	full  int
	// recent is how many plays stay in any case, and most how many at most.
	recent, most int
	older        map[booking]plan.Delivery
	// unsure are the bookings of which nobody remembers all that is older: until the
	// card was asked they wait, rather than play too often. It is nil where the card
	// cannot be asked.
	unsure map[booking]bool
	// boot and mono name the last play of all.
	boot string
	mono int64
	// zone is where the venue's days begin; nil is UTC.
	zone *time.Location
}

// newHistory is that of a screen that is new, at a venue in a time zone.
func newHistory(zone *time.Location, recounts bool) history {
	h := history{zone: zone, recent: recentPlays, most: mostPlays, full: recentPlays * 5 / 4, older: map[booking]plan.Delivery{}}
	if recounts {
		h.unsure = map[booking]bool{}
	}
	return h
}

func (h *history) local(t time.Time) time.Time {
	if h.zone == nil {
		return t.UTC()
	}
	return t.In(h.zone)
}

// A booking is a campaign's name in the plan.
type booking struct{ feed, campaign string }

// recentPlays is how many plays are kept in memory for the next scheduler, so that
// turns go on. Where caps look back further, up to mostPlays are: one every three
// seconds, day and night.
const (
	recentPlays = 10_000
	mostPlays   = 30_000
)

// manyBookings is how many guaranteed campaigns are remembered when some of them
// are no longer in the plan: a feed may come back.
const manyBookings = 1000

// recall puts together what was remembered and the log's plays, oldest first. The
// memory counts the plays up to one of them; where that one is not in the log, none is
// taken to have come after until the card was asked. start is this start of the
// machine: it stands among the plays, as earlier ones do, if the power may have been
// cut before it. What was saved at rest ends with the last play; and the records of
// this start are whole whatever ended the process, for the kernel has them.
func (h *history) recall(m plan.Memory, plays []plan.Play, start plan.Play) {
	h.plays, h.older = plays, make(map[booking]plan.Delivery, len(m.Delivered))
	h.boot, h.mono = m.Boot, m.MonoMS
	for _, d := range m.Delivered {
		d.Plays = max(d.Plays, 0)
		h.older[booking{d.Feed, d.Campaign}] = d
	}
	included := 0
	if m.Boot != "" {
		if included = h.upTo(m); included == 0 {
			included = len(plays)
			for b := range h.older {
				h.doubt(b)
			}
		}
	}
	h.count(h.older, plays[:included], -1)
	if n := len(plays); n > 0 {
		last := &plays[n-1]
		if (last.Boot != h.boot || last.MonoMS != h.mono) && last.Boot != start.Boot {
			m.Restarts = append(m.Restarts, plan.Restarted{Play: start, AfterBoot: last.Boot, AfterMonoMS: last.MonoMS})
		}
		h.boot, h.mono = last.Boot, last.MonoMS
	}
	h.plays = slices.Clone(h.plays)
	for _, r := range m.Restarts[max(len(m.Restarts)-manyRestarts, 0):] {
		// Not in the log any more: before all of it.
		place := 1 + slices.IndexFunc(h.plays, func(p plan.Play) bool {
			return p.Boot == r.AfterBoot && p.MonoMS == r.AfterMonoMS && !p.IsRestart()
		})
		for place < len(h.plays) && h.plays[place].IsRestart() {
			place++ // in the order they were
		}
		h.plays = slices.Insert(h.plays, place, r.Play)
	}
	h.full = max(len(h.plays), h.recent) + h.recent/4
}

// upTo returns how many of the plays a memory counts: up to the one that it names, or
// none.
func (h *history) upTo(m plan.Memory) int {
	for i := len(h.plays) - 1; i >= 0; i-- {
		if p := &h.plays[i]; p.Boot == m.Boot && p.MonoMS == m.MonoMS && !p.IsRestart() {
			return i + 1
		}
	}
	return 0
}

// manyRestarts is how many are remembered: caps look back a day.
const manyRestarts = 8

// count adds the counted plays of remembered campaigns to a table, or takes them
// away.
func (h *history) count(to map[booking]plan.Delivery, plays []plan.Play, sign int) {
	if len(to) == 0 {
		return
	}
	for i := range plays {
		if !plays[i].Counted {
			continue
		}
		b := booking{plays[i].Feed, plays[i].Campaign}
		d, ok := to[b]
		if ok && d.Has(h.local(plays[i].StartedAt), plays[i].Clock) {
			d.Plays = max(d.Plays+sign, 0)
			to[b] = d
		}
	}
}

// promise sees to it that the guaranteed campaigns of a plan are counted. One that
// is booked anew under its old name begins with nothing; the card is asked once its
// first day may have come.
func (h *history) promise(p plan.Plan, now scheduler.Moment) {
	inPlan := map[booking]bool{}
	for _, f := range p.Feeds {
		for i := range f.Campaigns {
			c := &f.Campaigns[i]
			if c.Tier != plan.TierGuaranteed {
				continue
			}
			b := booking{f.Name, c.ID}
			inPlan[b] = true
			if d, ok := h.older[b]; !ok || d.From != c.Flight.From {
				d = plan.Delivery{Feed: f.Name, Campaign: c.ID, From: c.Flight.From}
				h.older[b] = d
				if now.Clock != plan.ClockTrusted || d.Has(h.local(now.Civil), now.Clock) {
					h.doubt(b)
				}
			}
		}
	}
	if len(h.older) > manyBookings {
		maps.DeleteFunc(h.older, func(b booking, _ plan.Delivery) bool { return !inPlan[b] })
	}
}

// add appends a play. When there are many, the oldest become mere counts.
func (h *history) add(p plan.Play) {
	h.plays = append(h.plays, p)
	h.boot, h.mono = p.Boot, p.MonoMS
	if len(h.plays) < h.full {
		return
	}
	shown := time.Duration(p.ShownMS) * time.Millisecond
	now := scheduler.Moment{Mono: time.Duration(p.MonoMS)*time.Millisecond + shown, Civil: p.StartedAt.Add(shown), Clock: p.Clock}
	n := len(h.plays)
	old := max(min(n-h.recent, scheduler.Forgettable(h.plays, now, p.Boot)), n-h.most)
	h.count(h.older, h.plays[:old], 1)
	h.plays = h.plays[old:]
	h.full = len(h.plays) + h.recent/4
}

// snapshot is the history as it is now, for another goroutine.
func (h *history) snapshot() history {
	s := *h
	s.plays, s.older, s.unsure = slices.Clip(h.plays), maps.Clone(h.older), maps.Clone(h.unsure)
	return s
}

// delivered is what the scheduler cannot count from the plays themselves. Of a booking
// that is not sure it is more than any goal.
func (h *history) delivered() []plan.Delivery {
	all := deliveries(h.older)
	for i := range all {
		if h.unsure[booking{all[i].Feed, all[i].Campaign}] {
			all[i].Plays = math.MaxInt32
		}
	}
	return all
}

// memory is what to keep of the history; what is not sure is counted anew after the
// next start. It takes its time.
func (h *history) memory() plan.Memory {
	total := maps.Clone(h.older)
	maps.DeleteFunc(total, func(b booking, _ plan.Delivery) bool { return h.unsure[b] })
	h.count(total, h.plays, 1)
	m := plan.Memory{Delivered: deliveries(total), Boot: h.boot, MonoMS: h.mono}
	var after plan.Play
	for _, p := range h.plays {
		if !p.IsRestart() {
			after = p
			continue
		}
		m.Restarts = append(m.Restarts, plan.Restarted{Play: p, AfterBoot: after.Boot, AfterMonoMS: after.MonoMS})
	}
	return m
}

// deliveries lists a table in an order of its own, so that what is kept anew
// without a change is the same bytes.
func deliveries(of map[booking]plan.Delivery) []plan.Delivery {
	return slices.SortedFunc(maps.Values(of), func(a, b plan.Delivery) int {
		return cmp.Or(strings.Compare(a.Feed, b.Feed), strings.Compare(a.Campaign, b.Campaign))
	})
}

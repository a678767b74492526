package report

import (
	"errors"
	"io/fs"
	"iter"
	"time"

	"entracte/scheduler/plan"
)

// A Page is what the page for people is made of besides the rows.
type Page struct {
	// Venue says whose page it is, in which language ("fr", else English) and time
	// zone, and when the shop is open.
	Venue plan.Venue
	// Plan has the campaigns whose goals the page compares with; what is not in it
	// has none.
	Plan plan.Plan
	// From and To are venue dates; To is exclusive. A zero one leaves that end open.
	From, To plan.Date
	// Made is the time on the page; zero where no clock can be trusted to say it.
	Made time.Time
	// Key is the device's public key, "" if it is not known.
	Key string
	// Notes are sentences in the venue's language about what the page lacks.
	Notes []string
}

func (p *Page) zone() *time.Location {
	if p.Venue.Timezone == nil {
		return time.UTC
	}
	return p.Venue.Timezone
}

// A tally counts showings.
type tally struct{ completed, interrupted, failed, shown int64 }

func (t *tally) add(r *Row) {
	t.completed += r.Completed
	t.interrupted += r.Interrupted
	t.failed += r.Failed
	t.shown += r.Shown
}

func (t *tally) records() int64 { return t.completed + t.interrupted + t.failed }

// A dayTally is a day's plays, and how many of them are on a clock that only knows
// that it is at least that late.
type dayTally struct{ plays, unsure int64 }

type campaignRef struct{ feed, campaign string }

type booking struct {
	campaignRef
	advertiser string
}

// A summary is rows added up. It holds one entry a day, hour and campaign, however
// many rows there are.
type summary struct {
	page      *Page
	total     tally
	clocks    [plan.ClockTrusted + 1]tally
	days      map[plan.Date]*dayTally
	hours     [24]int64
	campaigns map[booking]*tally
	// promised are the plays of campaigns with a goal, by date, over their flights
	// whatever the page's dates are.
	promised map[campaignRef]map[plan.Date]int64
	// first and last are the first and last date with a record; until is that of all
	// records, those that the page leaves out included.
	first, last, until plan.Date
	// from and to are the records on the page, missing those in between that are in
	// no row. forgotten are those before the first one that is kept at all.
	from, to           uint64
	missing, forgotten int64
	hour               hourTally
	// screen and venue are those of the last record.
	screen, venue string
	// undated are plays that no date can be given to, and the page leaves out.
	undated int64
	unread  int
	err     error
	// lost is the end of the records that is gone; nil if it is there, as far as is known.
	lost *Lost
}

// An hourTally is the block that is being read.
type hourTally struct {
	from, to uint64
	records  int64
	// gap is how many records are missing before it.
	gap int64
	// counted says that the page has some of it.
	counted bool
}

func summarise(rows iter.Seq2[Row, error], p *Page) (*summary, error) {
	s := &summary{
		page: p, days: map[plan.Date]*dayTally{}, campaigns: map[booking]*tally{},
		promised: map[campaignRef]map[plan.Date]int64{},
	}
	for _, f := range p.Plan.Feeds {
		for _, c := range f.Campaigns {
			if c.Goal > 0 {
				s.promised[campaignRef{f.Name, c.ID}] = map[plan.Date]int64{}
			}
		}
	}
	for r, err := range rows {
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
			return nil, err
		case errors.As(err, &s.lost):
		case err != nil:
			if s.unread++; s.err == nil {
				s.err = err
			}
		default:
			s.add(&r)
		}
	}
	s.endHour()
	if s.lost != nil && p.To.IsZero() {
		if s.from == 0 {
			s.from = s.lost.From
		}
		s.missing += int64(s.lost.To - s.lost.From + 1)
		s.to = s.lost.To
	}
	return s, nil
}

func (s *summary) add(r *Row) {
	date := plan.DateOf(r.Hour.In(s.page.zone()))
	known := r.Clock != plan.ClockUnknown
	if known {
		if s.until.Before(date) {
			s.until = date
		}
		if days := s.promised[campaignRef{r.Feed, r.Campaign}]; days != nil {
			days[date] += r.Completed
		}
	}
	period := plan.Flight{From: s.page.From, To: s.page.To}
	if period.Dated() && !known {
		s.undated += r.Completed
	}
	counted := !period.Dated() || known && period.Active(date)
	s.follow(r, counted)
	if !counted {
		return
	}
	s.screen, s.venue = r.Screen, r.Venue
	s.total.add(r)
	s.clocks[min(r.Clock, plan.ClockTrusted)].add(r)
	b := booking{campaignRef{r.Feed, r.Campaign}, r.Advertiser}
	if s.campaigns[b] == nil {
		s.campaigns[b] = &tally{}
	}
	s.campaigns[b].add(r)
	if known {
		s.day(r, date)
	}
}

// follow keeps account of the numbers of the records.
func (s *summary) follow(r *Row, counted bool) {
	if h := &s.hour; r.From > h.to {
		if h.to == 0 {
			s.forgotten = int64(r.From - 1)
		}
		gap := int64(r.From - h.to - 1)
		s.endHour()
		*h = hourTally{from: r.From, to: r.To, gap: gap}
	}
	s.hour.records += r.Records()
	s.hour.counted = s.hour.counted || counted
}

func (s *summary) endHour() {
	h := s.hour
	if !h.counted {
		return
	}
	if s.from == 0 {
		s.from = h.from
	} else {
		s.missing += h.gap
	}
	s.missing += int64(h.to-h.from+1) - h.records
	s.to = h.to
}

func (s *summary) day(r *Row, date plan.Date) {
	if s.first.IsZero() || date.Before(s.first) {
		s.first = date
	}
	if s.last.Before(date) {
		s.last = date
	}
	d := s.days[date]
	if d == nil {
		d = &dayTally{}
		s.days[date] = d
	}
	d.plays += r.Completed
	if r.Clock == plan.ClockTrusted {
		s.hours[r.Hour.In(s.page.zone()).Hour()] += r.Completed
	} else {
		d.unsure += r.Completed
	}
}

// silent lists the dates between the first and the last one on which the shop was
// open and nothing was recorded, and counts them all.
func (s *summary) silent(most int) (dates []plan.Date, n int) {
	if s.first.IsZero() {
		return nil, 0
	}
	for d := s.first; d.Before(s.last); d = d.AddDays(1) {
		if s.days[d] != nil || !s.openOn(d) {
			continue
		}
		if n++; len(dates) < most {
			dates = append(dates, d)
		}
	}
	return dates, n
}

// openOn reports whether the venue has hours on a date. The small hours that spill
// into it from the day before do not count.
func (s *summary) openOn(d plan.Date) bool {
	for _, closed := range s.page.Venue.ClosedOn {
		if closed == d {
			return false
		}
	}
	windows := s.page.Venue.Hours[d.Weekday()]
	return windows == nil || len(windows) > 0
}

package scheduler

import "entracte/scheduler/plan"

// A Filter is one of the reasons a campaign may not play, in the order they are
// asked. The zero value refuses nothing.
type Filter uint8

// The filters. House content of the venue itself meets only InactiveFlight,
// OutsideDaypart and WrongFormat, and ClockUntrusted for its own dates.
const (
	passed Filter = iota
	// InactiveFlight: the flight has not begun or is over.
	InactiveFlight
	// OutsideDaypart: not at this time of the week.
	OutsideDaypart
	// WrongFormat: no creative has media that can be shown here.
	WrongFormat
	// RegulatedFamily: a family the owner has not turned on.
	RegulatedFamily
	// RefusedByOwner: the owner refuses the advertiser or the category.
	RefusedByOwner
	// NoCategory: no category we know, so nobody can tell whether it competes.
	NoCategory
	// Competitor: it sells what the venue sells, or nobody knows what the venue sells.
	Competitor
	// OutsideArea: the venue is not surely within the distance it asks for.
	OutsideArea
	// OtherLanguage: it does not speak the venue's language.
	OtherLanguage
	// HeldByOther: an earlier booking holds the rivals group.
	HeldByOther
	// Capped: its plays of the hour or the day are used up.
	Capped
	// NextToRival: a rival was on the glass just before.
	NextToRival
	// ClockUntrusted: its dates or dayparts need a better clock.
	ClockUntrusted
)

var filterCodes = [...]string{"", "inactive_flight", "daypart", "format", "regulated", "refused", "no_category",
	"competitor", "area", "language", "sole", "cap", "rivals", "clock"}

// String returns the filter's stable code, such as "inactive_flight".
func (f Filter) String() string {
	if int(f) < len(filterCodes) {
		return filterCodes[f]
	}
	return ""
}

// early is the first filter up to language that refuses.
func (s *Scheduler) early(a *ad, at instant) Filter {
	switch c := a.campaign; {
	case flightOver(c, at):
		return InactiveFlight
	case at.trusted() && !inDaypart(c, at):
		return OutsideDaypart
	case s.creativeFrom(a, 0) < 0:
		return WrongFormat
	}
	return a.fixed
}

// verdict is the first filter that refuses the ad now: what is kept, and the
// rivals, which change with every showing.
func (s *Scheduler) verdict(st *state, a *ad) Filter {
	v := st.entry(a).verdict
	if v == passed || v == ClockUntrusted {
		if _, found := st.rival(a, st.at); found {
			return NextToRival
		}
	}
	return v
}

// flightOver reports whether the flight is surely not active. Under a floor only
// its end is sure: the beginning may have come unnoticed, which clockTooPoor
// answers.
func flightOver(c *plan.Campaign, at instant) bool {
	switch at.clock {
	case plan.ClockTrusted:
		return !c.Flight.Active(at.date)
	case plan.ClockFloor:
		return !c.Flight.To.IsZero() && !at.date.Before(c.Flight.To)
	}
	return false
}

func inDaypart(c *plan.Campaign, at instant) bool {
	if len(c.Dayparts) == 0 {
		return true
	}
	for _, d := range c.Dayparts {
		if d.Contains(at.civil) {
			return true
		}
	}
	return false
}

// clockTooPoor reports whether the campaign's dates or dayparts cannot be
// checked with this clock and must be.
func clockTooPoor(c *plan.Campaign, at instant) bool {
	switch at.clock {
	case plan.ClockTrusted:
		return false
	case plan.ClockFloor:
		begun := c.Flight.From.IsZero() || !at.date.Before(c.Flight.From)
		return !begun || len(c.Dayparts) > 0 && c.UntrustedClock != plan.UntrustedPlay
	}
	return c.Flight.Dated() || len(c.Dayparts) > 0
}

package scheduler

import (
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// A calendar lists the ads that may begin or end at each of a row of minutes of
// the week, or days.
type calendar struct {
	first int     // what the first place stands for
	until []int32 // by place, where its ads end in ads
	ads   []int32
}

// newCalendar sorts the marks by counting them.
func newCalendar(marks []mark) calendar {
	if len(marks) == 0 {
		return calendar{}
	}
	first, last := marks[0].at, marks[0].at
	for _, m := range marks {
		first, last = min(first, m.at), max(last, m.at)
	}
	c := calendar{first: int(first), until: make([]int32, last-first+2), ads: make([]int32, len(marks))}
	for _, m := range marks {
		c.until[m.at-first+1]++
	}
	for i := 1; i < len(c.until); i++ {
		c.until[i] += c.until[i-1]
	}
	next := slices.Clone(c.until)
	for _, m := range marks {
		c.ads[next[m.at-first]] = m.ad
		next[m.at-first]++
	}
	return c
}

// between returns the ads of a stretch, both ends included.
func (c *calendar) between(from, to int) []int32 {
	from, to = max(from-c.first, 0), min(to-c.first, len(c.until)-2)
	if to < from {
		return nil
	}
	return c.ads[c.until[from]:c.until[to+1]]
}

// A mark is a minute of the week or a day at which an ad may begin or end.
type mark struct{ at, ad int32 }

// markCalendars notes when ads may begin or end.
func (s *Scheduler) markCalendars() {
	var minutes, dates []mark
	for i := range s.ads {
		c := s.ads[i].campaign
		for _, d := range c.Dayparts {
			for day := range 7 {
				if d.Days.Has(time.Weekday(day)) {
					end := day*minutesOfDay + int(d.To)
					if d.To <= d.From {
						end += minutesOfDay
					}
					minutes = append(minutes, mark{int32(day*minutesOfDay + int(d.From)), int32(i)}, mark{int32(end % weekMinutes), int32(i)})
				}
			}
		}
		for _, d := range []plan.Date{c.Flight.From, c.Flight.To} {
			// A date nobody will live to see would make the row long for nothing.
			if n := dayNumber(d); !d.IsZero() && n > 0 && n < lastDay {
				dates = append(dates, mark{int32(n), int32(i)})
			}
		}
	}
	s.minutes, s.dates = newCalendar(minutes), newCalendar(dates)
}

// lastDay is the last of the days that a calendar minds, in the year 2243.
const lastDay = 100_000

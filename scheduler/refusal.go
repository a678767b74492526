package scheduler

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// A Refusal is why one campaign may not play now: the first filter that refuses
// it. Campaign points into the plan and must not be changed.
type Refusal struct {
	Feed     string
	Campaign *plan.Campaign
	Filter   Filter
	fr, en   string
}

// Code returns the stable code of the filter, such as "competitor".
func (r Refusal) Code() string { return r.Filter.String() }

// Sentence says why in French ("fr") or English (anything else).
func (r Refusal) Sentence(lang string) string {
	if phrasesOf(lang) == &french {
		return r.fr
	}
	return r.en
}

// WhyNot returns, for every campaign that may not play now, the first filter
// that refuses it, ordered by feed and id.
func (s *Scheduler) WhyNot(now Moment) []Refusal {
	at := s.at(now)
	s.advance(&s.state, at)
	var refusals []Refusal
	for i := range s.ads {
		a := &s.ads[i]
		if v := s.verdict(&s.state, a); v != passed {
			refusals = append(refusals, Refusal{s.feeds[a.feed], a.campaign, v, s.refusal(i, v, at, "fr"), s.refusal(i, v, at, "en")})
		}
	}
	return refusals
}

// refusal is the sentence for one ad, one filter, one language.
func (s *Scheduler) refusal(i int, v Filter, at instant, lang string) string {
	a, p, o := &s.ads[i], phrasesOf(lang), s.options
	c := a.campaign
	category := func(id int) string { return categoryLabel(id, lang, o.Vocabulary) }
	switch v {
	case InactiveFlight:
		return flightSentence(p, c, at)
	case OutsideDaypart:
		return speak(p.daypart, p.nameOf(c), daypartsOf(p, c.Dayparts))
	case WrongFormat:
		if why := s.brokenWhy(a); why != "" {
			return speak(p.formatWhy, p.nameOf(c), why)
		}
		return speak(p.format, p.nameOf(c))
	case RegulatedFamily:
		return speak(p.regulated, c.Advertiser, category(regulatedFamily(c.Category, &o)))
	case RefusedByOwner:
		if refusesAdvertiser(c, &o.Venue) {
			return speak(p.refused, c.Advertiser)
		}
		return speak(p.refusedCategory, c.Advertiser, category(under(c.Category, o.Venue.RefuseCategories, o.Vocabulary)))
	case NoCategory:
		return speak(p.noCategory, c.Advertiser)
	case Competitor:
		if !activityKnown(&o) {
			return speak(p.unknownActivity, c.Advertiser)
		}
		return speak(p.competitor, c.Advertiser, category(c.Category), shopIs(p, lang, o))
	case OutsideArea:
		return areaSentence(p, c, &o.Venue)
	case OtherLanguage:
		return speak(p.language, c.Advertiser, strings.Join(c.Language, ", "))
	}
	return s.laterRefusal(i, v, at, p)
}

// laterRefusal is the sentence for the filters that depend on what played.
func (s *Scheduler) laterRefusal(i int, v Filter, at instant, p *phrases) string {
	a := &s.ads[i]
	advertiser := p.nameOf(a.campaign)
	switch v {
	case HeldByOther:
		if holder := s.holder(&s.state, i); holder != nil {
			return speak(p.sole, advertiser, holder.campaign.Advertiser)
		}
	case Capped:
		c, _ := s.state.full(a)
		if int(c.Per) < len(p.cap) {
			return speak(p.cap[c.Per], advertiser, c.Plays)
		}
	case NextToRival:
		rival, _ := s.state.rival(a, at)
		return speak(p.rivals, advertiser, rival.name)
	case ClockUntrusted:
		if len(a.campaign.Dayparts) > 0 {
			return speak(p.clockDaypart, advertiser)
		}
		return speak(p.clockDates, advertiser)
	}
	return advertiser
}

// brokenWhy is why the last of the ad's creatives that failed here did.
func (s *Scheduler) brokenWhy(a *ad) string {
	why := ""
	for i := range a.campaign.Creatives {
		ref := plan.Ref{Feed: s.feeds[a.feed], Campaign: a.campaign.ID, Creative: a.campaign.Creatives[i].ID}
		if w, ok := s.broken[ref]; ok {
			why = w
		}
	}
	return why
}

func flightSentence(p *phrases, c *plan.Campaign, at instant) string {
	if to := c.Flight.To; !to.IsZero() && !at.date.Before(to) {
		return speak(p.over, p.nameOf(c), p.dateOf(to.AddDays(-1)))
	}
	return speak(p.notBegun, p.nameOf(c), p.dateOf(c.Flight.From))
}

// nameOf is who a refusal is about.
func (p *phrases) nameOf(c *plan.Campaign) string {
	if c.Advertiser == plan.VenueAdvertiser {
		return p.venue
	}
	return c.Advertiser
}

func (p *phrases) dateOf(d plan.Date) string {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format(p.date)
}

// daypartsOf is "samedi, dimanche 10:00-24:00; 18:00-20:00".
func daypartsOf(p *phrases, dayparts []plan.Daypart) string {
	var parts []string
	for _, d := range dayparts {
		window := plan.Window{From: d.From, To: d.To}.String()
		var days []string
		for k := range 7 {
			day := time.Weekday((k + 1) % 7) // from Monday
			if d.Days != 0 && d.Days.Has(day) {
				days = append(days, p.days[day])
			}
		}
		if len(days) > 0 {
			window = strings.Join(days, ", ") + " " + window
		}
		parts = append(parts, window)
	}
	return strings.Join(parts, "; ")
}

func areaSentence(p *phrases, c *plan.Campaign, v *plan.Venue) string {
	place := c.Place.Commune
	if place == "" {
		place = fmt.Sprintf("%.3f, %.3f", c.Place.Latitude, c.Place.Longitude)
	}
	limit := strconv.FormatFloat(c.Place.WithinKM, 'f', -1, 64)
	if !c.Place.Located || !v.Located {
		return speak(p.areaUnknown, c.Advertiser, place, limit)
	}
	return speak(p.area, c.Advertiser, place, limit, strconv.Itoa(int(math.Ceil(kilometres(c.Place, v)))))
}

package plan

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Validate reports everything that keeps the campaign from being scheduled, or
// from being read back as it was written, joined into one error.
func (c *Campaign) Validate() error {
	f := faults{id: c.ID}
	f.booking(c)
	f.dates(c)
	f.limits(c)
	if c.Place != nil {
		f.place(c.Place)
	}
	f.creatives(c.Creatives)
	return errors.Join(f.errs...)
}

// faults are what is wrong with the campaign of that id.
type faults struct {
	id   string
	errs []error
}

// check notes a fault unless ok.
func (f *faults) check(ok bool, format string, args ...any) {
	if !ok {
		f.errs = append(f.errs, fmt.Errorf("campaign %q: "+format, append([]any{f.id}, args...)...))
	}
}

// booking checks who books what, in which tier.
func (f *faults) booking(c *Campaign) {
	f.check(c.ID != "", "it needs an id")
	f.check(strings.TrimSpace(c.Advertiser) != "", "it has no advertiser")
	venue := c.Advertiser == VenueAdvertiser
	f.check(venue || !strings.HasPrefix(c.Advertiser, "@"), "advertiser %q is not known: only %s begins with @", c.Advertiser, VenueAdvertiser)
	f.check(!venue || c.Tier == TierHouse, "the venue itself may only book the house tier")
	f.check(int(c.Tier) < len(tierNames), "tier %d has no name", c.Tier)
	f.check(c.Category > 0 || c.Category == 0 && c.Tier == TierHouse, "category %d says nothing of what it competes with", c.Category)
	f.check(c.Weight >= MinWeight && c.Weight <= MaxWeight, "weight %d is outside %d to %d", c.Weight, MinWeight, MaxWeight)
	if c.Tier == TierGuaranteed {
		f.check(c.Goal > 0 && !c.Flight.From.IsZero() && !c.Flight.To.IsZero(), "it is guaranteed, and needs a goal and both flight dates")
	} else {
		f.check(c.Goal == 0, "it has a goal but is not guaranteed")
	}
}

func (f *faults) dates(c *Campaign) {
	from, to := c.Flight.From, c.Flight.To
	for _, d := range []Date{from, to, c.Booked} {
		f.check(d.exists(), "%s is not a day of the calendar", d)
	}
	f.check(from.IsZero() || to.IsZero() || from.Before(to), "the flight ends on or before the day it begins")
}

// limits checks the caps and dayparts.
func (f *faults) limits(c *Campaign) {
	for _, l := range c.Caps {
		f.check(l.Plays > 0, "a cap of %d plays never lets it play", l.Plays)
		f.check(int(l.Per) < len(capNames), "cap period %d has no name", l.Per)
	}
	for _, d := range c.Dayparts {
		f.check(d.From != d.To, "a daypart from and to the same time never plays")
		f.check(d.From.exists() && d.To.exists(), "a daypart has a time that is not of the day")
		f.check(d.From != endOfDay, "a daypart begins at 24:00, which is the next day")
		f.check(d.Days < 1<<7, "a daypart has a day that is not of the week")
	}
	f.check(int(c.UntrustedClock) < len(untrustedNames), "untrusted_clock %d has no name", c.UntrustedClock)
}

func (f *faults) place(p *Place) {
	// Written so that what is not a number fails too.
	f.check(math.Abs(p.Latitude) <= 90 && math.Abs(p.Longitude) <= 180, "the place %g, %g is not on the globe", p.Latitude, p.Longitude)
	f.check(p.WithinKM >= 0 && p.WithinKM <= math.MaxFloat64, "%g km is not a distance", p.WithinKM)
}

func (f *faults) creatives(list []Creative) {
	f.check(len(list) > 0, "it has no creative")
	seen := make(map[string]bool, len(list))
	for _, c := range list {
		f.check(c.ID != "", "a creative needs an id")
		f.check(!seen[c.ID], "creative %q is there twice", c.ID)
		seen[c.ID] = true
		f.check(c.Length >= 0, "creative %q shows for less than no time", c.ID)
		f.check(c.SHA256 == "" || c.Card == nil, "creative %q is both a card and a file", c.ID)
		f.check(c.SHA256 == "" || digest(c.SHA256), "creative %q: %q is not a SHA-256 digest", c.ID, c.SHA256)
		if c.Card != nil {
			f.check(c.Card.PictureSHA256 == "" || digest(c.Card.PictureSHA256), "creative %q: %q is not a SHA-256 digest", c.ID, c.Card.PictureSHA256)
		}
	}
}

// digest reports whether s is 64 lower-case hex digits.
func digest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

package report

import (
	"iter"
	"slices"

	"entracte/scheduler/plan"
)

// Figures are what a page says, for a machine. From and To are venue dates, To
// exclusive, "" where no date is known.
type Figures struct {
	Screen string `json:"screen"`
	Venue  string `json:"venue"`
	From   string `json:"from"`
	To     string `json:"to"`
	Tally
	// Days are how many days have plays, Missing how many numbered records are damaged or
	// lost on the card, Unread in how many places what is there cannot be read, so that
	// nobody knows how many records it has, and Undated how many plays are left out because no date can be given to them.
	Days      int              `json:"days"`
	Missing   int64            `json:"missing_records"`
	Unread    int              `json:"unreadable_places"`
	Undated   int64            `json:"undated_plays"`
	Campaigns []CampaignFigure `json:"campaigns"`
}

// A Tally counts showings. Shown is in milliseconds, those that were interrupted
// included.
type Tally struct {
	Plays       int64 `json:"plays"`
	Interrupted int64 `json:"interrupted"`
	Failed      int64 `json:"failed"`
	Shown       int64 `json:"shown_ms"`
}

// A CampaignFigure is what one campaign got. Promised are its plays over its whole
// flight, whatever the page's dates are, against Goal; both are 0 without a goal.
type CampaignFigure struct {
	Feed       string `json:"feed"`
	Campaign   string `json:"campaign"`
	Advertiser string `json:"advertiser"`
	Tally
	Goal     int   `json:"goal,omitempty"`
	Promised int64 `json:"plays_in_flight,omitempty"`
}

// Sum adds up the rows of a page. Its errors are those of [WritePage].
func Sum(rows iter.Seq2[Row, error], p Page) (Figures, error) {
	s, err := summarise(rows, &p)
	if err != nil {
		return Figures{}, err
	}
	f := Figures{
		Screen: s.screen, Venue: s.venue, Tally: s.total.figures(), Days: len(s.days),
		Missing: s.missing, Unread: s.unread, Undated: s.undated, Campaigns: []CampaignFigure{},
	}
	if first, last := s.bounds(); !first.IsZero() && !last.IsZero() {
		f.From, f.To = first.String(), last.AddDays(1).String()
	}
	for _, b := range s.booked() {
		c := CampaignFigure{Feed: b.feed, Campaign: b.campaign, Advertiser: b.advertiser, Tally: s.campaigns[b].figures(), Goal: goalOf(p.Plan, b.campaignRef)}
		for _, n := range s.promised[b.campaignRef] {
			c.Promised += n
		}
		f.Campaigns = append(f.Campaigns, c)
	}
	return f, nil
}

func (t *tally) figures() Tally { return Tally{t.completed, t.interrupted, t.failed, t.shown} }

func goalOf(p plan.Plan, of campaignRef) int {
	for _, f := range p.Feeds {
		if i := slices.IndexFunc(f.Campaigns, func(c plan.Campaign) bool { return f.Name == of.feed && c.ID == of.campaign }); i >= 0 {
			return f.Campaigns[i].Goal
		}
	}
	return 0
}

package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"entracte/scheduler"
	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
)

// A tally sums a simulation up.
type tally struct {
	campaigns []*campaignTally // in the order of the plan
	of        map[string]*campaignTally
	waits     uint64
	waited    time.Duration
	idle      time.Duration
	counted   int
	broken    int
	// last is when the last step began.
	last time.Time
}

type campaignTally struct {
	campaign        *plan.Campaign
	counted, broken int
	shown           time.Duration
	// today counts the plays of the date, full the days on which a day cap was
	// used up.
	date        plan.Date
	today, full int
	refused     map[scheduler.Filter]int
}

func newTally(p plan.Plan) *tally {
	t := &tally{of: map[string]*campaignTally{}}
	for f := range p.Feeds {
		for c := range p.Feeds[f].Campaigns {
			one := &campaignTally{campaign: &p.Feeds[f].Campaigns[c], refused: map[scheduler.Filter]int{}}
			t.campaigns = append(t.campaigns, one)
			t.of[one.campaign.ID] = one
		}
	}
	return t
}

func (t *tally) count(s *simulation.Step) {
	t.waits, t.last = s.Wait, s.Civil
	t.waited += s.Lasted
	for _, r := range s.Refused {
		t.of[r.Campaign.ID].refused[r.Filter]++
	}
	if s.Idle() {
		t.idle += s.Lasted
		return
	}
	c := t.of[s.Play.Campaign]
	c.shown += s.Lasted
	if !s.Play.Counted {
		t.broken++
		c.broken++
		return
	}
	t.counted++
	c.counted++
	c.countDay(plan.DateOf(s.Civil))
}

func (c *campaignTally) countDay(d plan.Date) {
	if d != c.date {
		c.date, c.today = d, 0
	}
	c.today++
	for _, limit := range c.campaign.Caps {
		if limit.Per == plan.PerDay && limit.Plays == c.today {
			c.full++
		}
	}
}

func (t *tally) print(out io.Writer, of *table) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "waits\t%d, %s in all\n", t.waits, exact(t.waited))
	fmt.Fprintf(w, "plays\t%d, and %d interrupted\n", t.counted, t.broken)
	fmt.Fprintf(w, "idle\t%s (%s of the waits)\n", exact(t.idle), percent(int(t.idle.Milliseconds()), int(t.waited.Milliseconds())))
	fmt.Fprintln(w)
	fmt.Fprintln(w, "CAMPAIGN\tTIER\tPLAYS\tSHARE\tINTERRUPTED\tSHOWN\tNOTES")
	for _, c := range t.campaigns {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%d\t%s%s\n", c.campaign.ID, c.campaign.Tier, c.counted, percent(c.counted, t.counted), c.broken, exact(c.shown), c.notes())
	}
	title := "\nCATEGORY\tPLAYS\tSHARE\n"
	for _, c := range t.categories() {
		fmt.Fprint(w, title)
		title = ""
		fmt.Fprintf(w, "%s\t%d\t%s\n", t.category(c.id, of), c.plays, percent(c.plays, t.counted))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return t.printNever(out, of)
}

// notes is the last cell of a row: what held the campaign back, as far as it is
// known.
func (c *campaignTally) notes() string {
	var notes []string
	if c.full > 0 {
		notes = append(notes, fmt.Sprintf("day cap used up on %d days", c.full))
	}
	for f := scheduler.InactiveFlight; f <= scheduler.ClockUntrusted; f++ {
		if n := c.refused[f]; n > 0 {
			notes = append(notes, fmt.Sprintf("%s %d×", f, n))
		}
	}
	if notes == nil {
		return ""
	}
	return "\t" + strings.Join(notes, ", ")
}

type categoryTally struct{ id, plays int }

// categories are those that played, the most played first.
func (t *tally) categories() []categoryTally {
	plays := map[int]int{}
	for _, c := range t.campaigns {
		if c.counted > 0 {
			plays[c.campaign.Category] += c.counted
		}
	}
	var all []categoryTally
	for id, n := range plays {
		all = append(all, categoryTally{id, n})
	}
	slices.SortFunc(all, func(a, b categoryTally) int { return cmp.Or(b.plays-a.plays, a.id-b.id) })
	return all
}

func (t *tally) category(id int, of *table) string {
	if id == 0 {
		return "none (house content)"
	}
	return fmt.Sprintf("%d %s", id, of.r.options.Vocabulary.CategoryLabel(id, of.r.options.Venue.Language))
}

// printNever says of each campaign that never showed which filter refuses it at
// the end, caps and rivals apart: those only hold back what has played.
func (t *tally) printNever(w io.Writer, of *table) error {
	at := t.last
	if at.IsZero() {
		at = of.sim.From
	}
	why := map[string]string{}
	for _, r := range of.r.refusals(at) {
		why[r.Campaign.ID] = fmt.Sprintf("%s: %s", r.Code(), r.Sentence(of.r.options.Venue.Language))
	}
	title := "\nNEVER SHOWN\n"
	for _, c := range t.campaigns {
		if c.counted+c.broken > 0 {
			continue
		}
		reason := why[c.campaign.ID]
		if reason == "" {
			reason = "its turn never came"
		}
		if _, err := fmt.Fprintf(w, "%s%s  %s\n", title, c.campaign.ID, reason); err != nil {
			return err
		}
		title = ""
	}
	return nil
}

func percent(part, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(of))
}

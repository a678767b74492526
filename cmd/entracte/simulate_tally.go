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
	// asked are times of steps, spread over the whole, at which the filters are
	// asked again about what never showed; one step of every so many.
	asked []time.Time
	steps int
	every int
}

// mostAsked bounds how often filters are asked again.
const mostAsked = 64

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
	t := &tally{every: 1, of: map[string]*campaignTally{}}
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
	t.waits = s.Wait
	t.waited += s.Lasted
	t.remember(s.Civil)
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

// remember keeps some of the times of steps, evenly spread.
func (t *tally) remember(at time.Time) {
	if t.steps%t.every == 0 {
		if len(t.asked) == mostAsked {
			for i := range mostAsked / 2 {
				t.asked[i] = t.asked[2*i]
			}
			t.asked = t.asked[:mostAsked/2]
			t.every *= 2
		}
		if t.steps%t.every == 0 {
			t.asked = append(t.asked, at)
		}
	}
	t.steps++
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

// printNever says of each campaign that never showed which filter refused it all
// along, caps and rivals apart: those only hold back what has played.
func (t *tally) printNever(w io.Writer, of *table) error {
	never := slices.DeleteFunc(slices.Clone(t.campaigns), func(c *campaignTally) bool { return c.counted+c.broken > 0 })
	if len(never) == 0 {
		return nil
	}
	if t.asked == nil {
		t.asked = []time.Time{of.sim.From}
	}
	refused, why := map[string]int{}, map[string]scheduler.Refusal{}
	for _, at := range t.asked {
		for _, r := range of.r.refusals(at, "en") {
			refused[r.Campaign.ID]++
			// The filter asked last is the one that was left when the hours allowed it.
			if r.Filter >= why[r.Campaign.ID].Filter {
				why[r.Campaign.ID] = r
			}
		}
	}
	fmt.Fprintln(w, "\nNEVER SHOWN")
	for _, c := range never {
		reason := "its turn never came"
		if refused[c.campaign.ID] == len(t.asked) {
			r := why[c.campaign.ID]
			reason = r.Code() + ": " + r.Sentence(of.r.options.Venue.Language)
		}
		if _, err := fmt.Fprintf(w, "%s  %s\n", c.campaign.ID, reason); err != nil {
			return err
		}
	}
	return nil
}

func percent(part, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(of))
}

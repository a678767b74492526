package main

import (
	"bufio"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"entracte/scheduler"
	"entracte/scheduler/simulation"
)

// table writes the steps for a person, and a summary behind them.
type table struct {
	w     *bufio.Writer
	r     *rehearsal
	sim   *simulation.Simulation
	tally *tally
	// width is that of the longest name.
	width int
	// sentences are those already made: few plays differ in their reasons.
	sentences map[string]string
}

func newTable(w *bufio.Writer, r *rehearsal, sim *simulation.Simulation) *table {
	t := &table{w: w, r: r, sim: sim, tally: newTally(r.plan), width: len("(idle)"), sentences: map[string]string{}}
	for _, f := range r.plan.Feeds {
		for _, c := range f.Campaigns {
			for _, cr := range c.Creatives {
				t.width = max(t.width, utf8.RuneCountInString(c.ID+"/"+cr.ID))
			}
		}
	}
	return t
}

func (t *table) step(s *simulation.Step) error {
	t.tally.count(s)
	name, outcome, why := "(idle)", "", "nothing may play"
	if !s.Idle() {
		name, outcome, why = s.Play.Campaign+"/"+s.Play.Creative, s.Play.Outcome.String(), t.why(s)
	}
	_, err := fmt.Fprintf(t.w, "%s  %-*s  %6s  %-11s  %s\n", s.Civil.Format(time.RFC3339), t.width, name, exact(s.Lasted), outcome, why)
	if err == nil && len(s.Refused) > 0 {
		_, err = fmt.Fprintf(t.w, "%27snot: %s\n", "", byFilter(s.Refused))
	}
	return err
}

// why is the sentence of a showing, in the venue's language.
func (t *table) why(s *simulation.Step) string {
	key := s.Play.Campaign + "|" + strings.Join(s.Play.Reasons, "|")
	sentence, known := t.sentences[key]
	if !known {
		sentence = scheduler.Sentence(s.Choice, t.r.options.Venue.Language, t.r.options)
		t.sentences[key] = sentence
	}
	return sentence
}

// byFilter is "cap dress, castle; competitor rings", in the order the filters are
// asked.
func byFilter(list []scheduler.Refusal) string {
	names := map[scheduler.Filter][]string{}
	var filters []scheduler.Filter
	for _, r := range list {
		if names[r.Filter] == nil {
			filters = append(filters, r.Filter)
		}
		names[r.Filter] = append(names[r.Filter], r.Campaign.ID)
	}
	slices.Sort(filters)
	var parts []string
	for _, f := range filters {
		parts = append(parts, f.String()+" "+some(names[f]))
	}
	return strings.Join(parts, "; ")
}

// some lists a few names and counts the rest.
func some(names []string) string {
	const most = 8
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// exact is a duration to the millisecond.
func exact(d time.Duration) string { return d.Round(time.Millisecond).String() }

func (t *table) end() error {
	fmt.Fprintf(t.w, "\nfrom %s, %s, seed %d\n", t.sim.From.In(t.r.options.Venue.Timezone).Format(time.RFC3339), days(t.sim.For), t.sim.Options.Seed)
	return t.tally.print(t.w, t)
}

// days is a duration in whole days where it is one.
func days(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == day:
		return "1 day"
	case d > day && d%day == 0:
		return fmt.Sprintf("%d days", d/day)
	}
	return exact(d)
}

package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"entracte/scheduler/plan"
)

// deliveries are the campaigns with a goal against their goals.
type deliveries struct {
	Title  string
	Legend []string
	Each   []delivery
}

// A delivery is how one campaign's plays grew over its flight.
type delivery struct {
	Title, Said   string
	Width, Height int
	Lines         []rule
	// Path is what was played, Pace the same goal evenly spread.
	Path, Pace string
	Labels     []label
}

func (s *summary) deliveries(l speech) *deliveries {
	d := &deliveries{
		Title:  l.say("Passages promis", "Promised plays"),
		Legend: []string{l.say("passages", "plays"), l.say("promesse étalée à parts égales", "the promise, evenly spread")},
	}
	for _, f := range s.page.Plan.Feeds {
		for i := range f.Campaigns {
			if c := &f.Campaigns[i]; c.Goal > 0 && !c.Flight.From.IsZero() && c.Flight.From.Before(c.Flight.To) {
				d.Each = append(d.Each, s.delivery(l, f.Name, c))
			}
		}
	}
	if d.Each == nil {
		return nil
	}
	slices.SortStableFunc(d.Each, func(a, b delivery) int { return cmp.Compare(a.Title, b.Title) })
	return d
}

// The geometry of a delivery.
const (
	deliveryWidth  = 340
	deliveryHeight = 130
)

func (s *summary) delivery(l speech, feed string, c *plan.Campaign) delivery {
	plays := s.promised[campaignRef{feed, c.ID}]
	var steps []int64 // plays up to the end of each day of the flight that is known
	days, sum := 0, int64(0)
	for d := c.Flight.From; d.Before(c.Flight.To); d = d.AddDays(1) {
		days++
		if sum += plays[d]; !s.until.Before(d) {
			steps = append(steps, sum)
		}
	}
	v := delivery{
		Title: l.advertiser(c.Advertiser) + " · " + feed + "/" + c.ID, Width: deliveryWidth, Height: deliveryHeight,
		Said: l.say("%s sur %s promis (%s), du %s au %s ; jours connus : %d sur %d.", "%s of %s promised (%s), %s to %s; days known: %d of %d.",
			l.plays(sum), l.count(int64(c.Goal)), l.share(sum, int64(c.Goal)), l.brief(c.Flight.From), l.brief(c.Flight.To.AddDays(-1)), len(steps), days),
	}
	scale := ticks(max(sum, int64(c.Goal)))
	floor, top := float64(deliveryHeight-chartFoot), float64(scale[len(scale)-1])
	x := func(day int) float64 {
		return tenth(chartMargin + float64(day)/float64(days)*(deliveryWidth-chartMargin-8))
	}
	y := func(n int64) float64 { return tenth(floor - float64(n)/top*(floor-chartTop)) }
	for _, n := range scale {
		v.Lines = append(v.Lines, rule{chartMargin, y(n), deliveryWidth})
		v.Labels = append(v.Labels, label{chartMargin - 6, y(n) + 4, "end", l.count(n)})
	}
	v.Labels = append(v.Labels, label{x(0), floor + 15, "start", l.brief(c.Flight.From)}, label{x(days), floor + 15, "end", l.brief(c.Flight.To.AddDays(-1))})
	v.Pace = linePath([]point{{x(0), y(0)}, {x(days), y(int64(c.Goal))}})
	line := []point{{x(0), y(0)}}
	for i, n := range steps {
		line = append(line, point{x(i + 1), y(n)})
	}
	v.Path = linePath(line)
	return v
}

type point struct{ x, y float64 }

// linePath draws a line through points, as an SVG path.
func linePath(points []point) string {
	var b strings.Builder
	for i, p := range points {
		b.WriteByte("ML"[min(i, 1)])
		b.WriteString(strconv.FormatFloat(p.x, 'f', -1, 64) + " " + strconv.FormatFloat(p.y, 'f', -1, 64))
	}
	return b.String()
}

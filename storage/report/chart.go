package report

import (
	"fmt"
	"math"
	"strings"

	"entracte/scheduler/plan"
)

// A barChart is bars on a scale, in the units of an SVG's view box.
type barChart struct {
	Width, Height int
	// Said is the chart in one sentence, for who cannot see it.
	Said   string
	Lines  []rule
	Floor  *rule
	Bars   []bar
	Labels []label
}

// A rule is a line from X to To at height Y.
type rule struct{ X, Y, To float64 }

type bar struct {
	X, Y, W, H   float64
	Class, Title string
}

type label struct {
	X, Y         float64
	Anchor, Text string
}

// The geometry of all charts: a margin for the scale, a foot for the names.
const (
	chartWidth  = 720
	chartMargin = 44
	chartTop    = 10
	chartFoot   = 20
	// widestBar keeps a page about one day or two from being a wall.
	widestBar = 48
)

// A column is one place of a bar chart: a total of which a part is unsure.
type column struct {
	total, unsure int64
	title         string
	// name stands under the column; "" for none.
	name string
}

// newBarChart draws columns over a floor at 0.
func newBarChart(l speech, height int, columns []column) barChart {
	c := barChart{Width: chartWidth, Height: height}
	most := int64(0)
	for _, k := range columns {
		most = max(most, k.total)
	}
	scale, floor := ticks(most), float64(height-chartFoot)
	top := float64(scale[len(scale)-1])
	y := func(n float64) float64 { return tenth(floor - n/top*(floor-chartTop)) }
	for _, n := range scale {
		at := y(float64(n))
		if n > 0 {
			c.Lines = append(c.Lines, rule{chartMargin, at, chartWidth})
		}
		c.Labels = append(c.Labels, label{chartMargin - 6, at + 4, "end", l.count(n)})
	}
	c.Floor = &rule{chartMargin, floor, chartWidth}
	step := float64(chartWidth-chartMargin) / float64(len(columns))
	wide := min(max(step*.78, min(step, 1)), widestBar)
	for i, k := range columns {
		x := chartMargin + step*float64(i)
		if k.name != "" {
			c.Labels = append(c.Labels, label{tenth(x + step/2), floor + 15, "middle", k.name})
		}
		sure, all := y(float64(k.total-k.unsure)), y(float64(k.total))
		for _, b := range []bar{{Y: sure, H: floor - sure, Class: "sure"}, {Y: all, H: sure - all, Class: "unsure"}} {
			if b.H = tenth(b.H); b.H > 0 {
				b.X, b.W, b.Title = tenth(x+(step-wide)/2), tenth(wide), k.title
				c.Bars = append(c.Bars, b)
			}
		}
	}
	return c
}

func tenth(x float64) float64 { return math.Round(x*10) / 10 }

// ticks is a scale from 0 to at least most, in two to four equal and round steps.
func ticks(most int64) []int64 {
	step := int64(1)
	for i := 0; 4*step < most; i++ {
		step = []int64{2, 5, 10}[i%3] * pow10(i/3)
	}
	scale := []int64{0, step, 2 * step}
	for scale[len(scale)-1] < most {
		scale = append(scale, scale[len(scale)-1]+step)
	}
	return scale
}

func pow10(n int) int64 { return int64(math.Pow10(n)) }

// manyDays is when days are too thin and weeks are drawn in their place.
const manyDays = 100

func (s *summary) dayChart(l speech) chartView {
	first, last := s.bounds()
	days := 1
	for d := first; d.Before(last); d = d.AddDays(1) {
		days++
	}
	span, title := 1, l.say("Par jour", "By day")
	v := chartView{Details: l.say("Les chiffres par jour", "The figures by day")}
	v.Table.Head = columns(1, l.say("Jour", "Day"), l.say("Passages", "Plays"))
	if days > manyDays {
		span, title = 7, l.say("Par semaine", "By week")
		first = first.AddDays(-(int(first.Weekday()) + 6) % 7) // Monday
		v.Details = l.say("Les chiffres par semaine", "The figures by week")
		v.Table.Head[0].Text = l.say("Semaine du lundi", "Week from Monday")
	}
	var cols []column
	var most column
	unsure := int64(0)
	for d := first; !last.Before(d); d = d.AddDays(span) {
		k := column{}
		for i := range span {
			if t := s.days[d.AddDays(i)]; t != nil {
				k.total += t.plays
				k.unsure += t.unsure
			}
		}
		day := l.date(d)
		if span == 1 {
			day = l.weekday(d) + " " + day
		}
		k.title = day + l.say(" : ", ": ") + l.plays(k.total)
		unsure += k.unsure
		if k.total > most.total {
			most = k
		}
		cols = append(cols, k)
		v.Table.Rows = append(v.Table.Rows, []cell{{Text: day, Head: true}, {Text: l.count(k.total), Number: true}})
	}
	nameDates(l, cols, first, span)
	v.barChart = newBarChart(l, 190, cols)
	v.Title = title
	v.Said = strings.TrimSpace(fmt.Sprintf("%s. %s %s", title, l.plays(s.total.completed)+".", l.say("Le plus : %s.", "The most: %s.", most.title)))
	if unsure > 0 {
		v.Legend = []string{l.say("heure sûre", "clock that was right"), l.say("heure approchée", "clock that may be late")}
	}
	return v
}

// nameDates puts names under some columns of dates: all of a week or two, else
// every Monday's or every month's first.
func nameDates(l speech, cols []column, first plan.Date, span int) {
	const apart = 60. * chartWidth / (chartWidth - chartMargin) // units a name needs
	every := math.Ceil(apart * float64(len(cols)) / chartWidth)
	last := math.Inf(-1)
	for i := range cols {
		d := first.AddDays(i * span)
		name, begins := l.brief(d), float64(i) >= last+every
		if span > 1 {
			name, begins = l.month(d), begins && d.Day <= 7
		} else if len(cols) > 16 {
			begins = begins && (d.Weekday() == 1 || i == 0 && d.Weekday() != 0)
		}
		if begins {
			cols[i].name, last = name, float64(i)
		}
	}
}

func (s *summary) hourChart(l speech) chartView {
	v := chartView{Title: l.say("Par heure du jour", "By hour of the day"), Details: l.say("Les chiffres par heure", "The figures by hour")}
	v.Table.Head = columns(1, l.say("Heure", "Hour"), l.say("Passages", "Plays"))
	cols := make([]column, 24)
	var most column
	sum := int64(0)
	for h, n := range s.hours {
		hour := fmt.Sprintf("%02d:00–%02d:00", h, h+1)
		cols[h] = column{total: n, title: hour + l.say(" : ", ": ") + l.plays(n)}
		if h%3 == 0 {
			cols[h].name = fmt.Sprintf("%02d:00", h)
		}
		if sum += n; n > most.total {
			most = cols[h]
		}
		v.Table.Rows = append(v.Table.Rows, []cell{{Text: hour, Head: true}, {Text: l.count(n), Number: true}})
	}
	v.barChart = newBarChart(l, 150, cols)
	v.Said = l.say("%s. Le plus : %s.", "%s. The most: %s.", v.Title, most.title)
	if left := s.total.completed - sum; left > 0 {
		v.Note = l.say("Sans %s dont l'heure n'est pas sûre.", "Without %s on a clock that could not be trusted.", l.plays(left))
	}
	return v
}

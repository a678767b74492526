package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// A speech is a language that the page is written in: "fr", and English for
// everything else.
type speech struct{ french bool }

// say chooses one of two sentences, and puts arguments into it as fmt does.
func (l speech) say(fr, en string, args ...any) string {
	return fmt.Sprintf(l.pick(fr, en), args...)
}

// pick chooses one of two texts.
func (l speech) pick(fr, en string) string {
	if !l.french {
		return en
	}
	// A colon or a semicolon never begins a line in French.
	return strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;").Replace(fr)
}

// count writes a number with its thousands apart.
func (l speech) count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	apart := ","
	if l.french {
		apart = "\u202f" // narrow, and no line ends there
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + apart + digits[i:]
	}
	return digits
}

// counted is a number with its noun, "1 play", "2 plays". In French nothing is
// singular too.
func (l speech) counted(n int64, one, many string) string {
	if n == 1 || l.french && n == 0 {
		return l.count(n) + "\u00a0" + one
	}
	return l.count(n) + "\u00a0" + many
}

func (l speech) plays(n int64) string {
	return l.counted(n, l.say("passage", "play"), l.say("passages", "plays"))
}

// share is part of all in percent.
func (l speech) share(part, all int64) string {
	if all == 0 {
		return "–"
	}
	s := strconv.FormatFloat(100*float64(part)/float64(all), 'f', 1, 64)
	if l.french {
		return strings.Replace(s, ".", ",", 1) + "\u00a0%"
	}
	return s + "\u00a0%"
}

// lasted is a time on the screen: "3 h 05 min", "4 min 10 s".
func (l speech) lasted(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	h, m, s := int64(d.Hours()), int64(d.Minutes())%60, int64(d.Seconds())%60
	if h > 0 {
		return fmt.Sprintf("%s\u00a0h\u00a0%02d\u00a0min", l.count(h), m)
	}
	if m > 0 {
		return fmt.Sprintf("%d\u00a0min\u00a0%02d\u00a0s", m, s)
	}
	return fmt.Sprintf("%d\u00a0s", s)
}

var (
	monthsFR = strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
	shortFR  = strings.Fields("janv. févr. mars avr. mai juin juill. août sept. oct. nov. déc.")
	daysFR   = strings.Fields("dimanche lundi mardi mercredi jeudi vendredi samedi")
)

// date is "22 November 2026"; in French the first of a month is "1er".
func (l speech) date(d plan.Date) string {
	return fmt.Sprintf("%s %d", l.dayMonth(d), d.Year)
}

func (l speech) dayMonth(d plan.Date) string {
	switch {
	case !l.french:
		return fmt.Sprintf("%d\u00a0%s", d.Day, d.Month)
	case d.Day == 1:
		return "1er\u00a0" + monthsFR[d.Month-1]
	}
	return fmt.Sprintf("%d\u00a0%s", d.Day, monthsFR[d.Month-1])
}

// brief is "22 Nov".
func (l speech) brief(d plan.Date) string {
	if l.french {
		return fmt.Sprintf("%d\u00a0%s", d.Day, shortFR[d.Month-1])
	}
	return fmt.Sprintf("%d\u00a0%s", d.Day, d.Month.String()[:3])
}

// month is "Nov 2026".
func (l speech) month(d plan.Date) string {
	if l.french {
		return fmt.Sprintf("%s %d", shortFR[d.Month-1], d.Year)
	}
	return fmt.Sprintf("%s %d", d.Month.String()[:3], d.Year)
}

func (l speech) weekday(d plan.Date) string {
	if l.french {
		return daysFR[d.Weekday()]
	}
	return d.Weekday().String()
}

// advertiser is a name as people know it.
func (l speech) advertiser(name string) string {
	if name == plan.VenueAdvertiser {
		return l.say("Le commerce lui-même", "The shop itself")
	}
	return name
}

// times is how often something was.
func (l speech) times(n int) string {
	if n == 1 {
		return l.say("une fois", "once")
	}
	return l.say("%d fois", "%d times", n)
}

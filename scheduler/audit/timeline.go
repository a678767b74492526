package audit

import (
	"fmt"
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// An instant is when something began, with the civil time read at the venue.
type instant struct {
	// elapsed is on one axis through all boots: two instants are at least as far
	// apart as it says. powered is the same, counting no time switched off.
	elapsed, powered time.Duration
	civil            time.Time
	date             plan.Date
	clock            plan.Clock
	// waitBegan is on the axis of elapsed; waiting tells whether it is known.
	waitBegan time.Duration
	waiting   bool
}

func (i instant) trusted() bool { return i.clock == plan.ClockTrusted }

// A span of records that share a boot.
type bootSpan struct {
	boot string
	// elapsed and powered are where its monotonic zero lies on each axis.
	elapsed, powered time.Duration
}

// A timeline lays the records of all boots on one axis.
type timeline struct {
	b     *book
	spans []bootSpan
	of    []int // the span of each play
}

func (b *book) newTimeline(plays []plan.Play) *timeline {
	l := &timeline{b: b, of: make([]int, len(plays))}
	for k := range plays {
		p := &plays[k]
		switch n := len(l.spans); {
		case n == 0:
			l.spans = append(l.spans, bootSpan{boot: p.Boot})
		case l.spans[n-1].boot != p.Boot:
			l.spans = append(l.spans, l.after(plays, k))
		}
		l.of[k] = len(l.spans) - 1
	}
	return l
}

// after is the span that begins with play k: its zero is no earlier than the end
// of the play before, and as much later as trusted clocks on both sides tell.
func (l *timeline) after(plays []plan.Play, k int) bootSpan {
	old, end := l.spans[len(l.spans)-1], endMS(&plays[k-1])
	s := bootSpan{boot: plays[k].Boot, elapsed: old.elapsed + end, powered: old.powered + end}
	before, ok := zeroOf(plays, k-1, -1)
	later, ok2 := zeroOf(plays, k, +1)
	if ok && ok2 {
		s.elapsed = max(s.elapsed, old.elapsed+later.Sub(before))
	}
	return s
}

// zeroOf returns the civil time of a boot's monotonic zero, by its first trusted
// record from play k on in direction step.
func zeroOf(plays []plan.Play, k, step int) (time.Time, bool) {
	boot := plays[k].Boot
	for ; k >= 0 && k < len(plays) && plays[k].Boot == boot; k += step {
		if plays[k].Clock == plan.ClockTrusted {
			return plays[k].StartedAt.Add(-milliseconds(plays[k].MonoMS)), true
		}
	}
	return time.Time{}, false
}

// at returns when play k began.
func (l *timeline) at(plays []plan.Play, k int) instant {
	p := &plays[k]
	return l.instant(l.spans[l.of[k]], p.MonoMS, p.StartedAt, p.Clock)
}

func (l *timeline) instant(s bootSpan, monoMS int64, civil time.Time, clock plan.Clock) instant {
	mono, civil := milliseconds(monoMS), civil.In(l.b.zone)
	i := instant{elapsed: s.elapsed + mono, powered: s.powered + mono, civil: civil, date: plan.DateOf(civil), clock: clock}
	began := l.b.waits[s.boot]
	if n, _ := slices.BinarySearch(began, monoMS+1); n > 0 {
		i.waitBegan, i.waiting = s.elapsed+milliseconds(began[n-1]), true
	}
	return i
}

func milliseconds(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

func endMS(p *plan.Play) time.Duration { return milliseconds(p.MonoMS + p.ShownMS) }

func completed(p *plan.Play) bool { return p.Outcome == plan.Completed }

// Records reports records that contradict themselves, each other or the plan:
// counts, order, overlaps, campaigns and creatives that are not in the plan.
func Records(s Shop, plays []plan.Play) []Fault {
	b := newBook(s)
	var faults []Fault
	for k := range plays {
		p := &plays[k]
		check := func(ok bool, format string, args ...any) {
			if !ok {
				faults = append(faults, Fault{k, RuleRecord, adName(p), fmt.Sprintf(format, args...)})
			}
		}
		check(p.Counted == completed(p), "counted is %t and it was %s", p.Counted, p.Outcome)
		check(p.ShownMS >= 0 && (!completed(p) || p.ShownMS >= p.PlannedMS), "it was %s after %d of %d ms", p.Outcome, p.ShownMS, p.PlannedMS)
		if k > 0 {
			q := &plays[k-1]
			check(p.Seq == q.Seq+1, "its number is %d after %d", p.Seq, q.Seq)
			check(p.Boot != q.Boot || milliseconds(p.MonoMS) >= endMS(q), "it began before the one before it ended")
		}
		i := b.of(p)
		check(i >= 0, "the plan has no such campaign")
		if i < 0 {
			continue
		}
		c := b.ads[i].campaign
		check(p.Advertiser == c.Advertiser && p.Category == c.Category, "it is recorded as category %d of %q, booked as %d of %q",
			p.Category, p.Advertiser, c.Category, c.Advertiser)
		cr := creativeOf(c, p.Creative)
		check(cr != nil, "the campaign has no creative %q", p.Creative)
		check(cr == nil || cr.SHA256 == "" || p.SHA256 == "" || p.SHA256 == cr.SHA256, "it showed %s, the creative is %s", p.SHA256, digestOf(cr))
	}
	return faults
}

func digestOf(c *plan.Creative) string {
	if c == nil {
		return ""
	}
	return c.SHA256
}

func creativeOf(c *plan.Campaign, id string) *plan.Creative {
	for i := range c.Creatives {
		if c.Creatives[i].ID == id {
			return &c.Creatives[i]
		}
	}
	return nil
}

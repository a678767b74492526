package report

import (
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// A block is the rows of one hour: of the records From to To, which are all that
// the log has of them. It is the smallest thing that is ever reported or
// acknowledged.
type block struct {
	rows []Row
	// boots are those of each organisation's last record; nil where only a day file has
	// them.
	boots map[string]string
}

func (b *block) hour() time.Time { return b.rows[0].Hour }
func (b *block) from() uint64    { return b.rows[0].From }
func (b *block) to() uint64      { return b.rows[0].To }

// missing is how many of its records are in no row.
func (b *block) missing() uint64 {
	n := b.to() - b.from() + 1
	for i := range b.rows {
		n -= uint64(b.rows[i].Records())
	}
	return n
}

// A builder counts records into blocks.
type builder struct {
	// cuts are the numbers of records that end a block: the last ones of receipts
	// that were given, so that an acknowledgement never falls inside one, though
	// the hours may be dated anew meanwhile.
	cuts     []uint64
	hour     time.Time
	from, to uint64
	boots    map[string]string
	rows     map[key]*Row
}

// key is what tells the rows of a block apart.
type key struct {
	screen, venue, feed, campaign, creative, advertiser, plan string
	clock                                                     plan.Clock
}

// add counts a record, and returns the block before it if it begins another one.
func (b *builder) add(p *plan.Play) (done *block) {
	hour := hourOf(p.StartedAt)
	if len(b.rows) > 0 && (!hour.Equal(b.hour) || p.Seq-b.from >= maxHour || b.cut(p.Seq)) {
		done = b.take()
	}
	if len(b.rows) == 0 {
		b.hour, b.from, b.rows, b.boots = hour, p.Seq, map[key]*Row{}, map[string]string{}
	}
	b.to, b.boots[orgOf(p.Feed)] = p.Seq, p.Boot
	k := key{name(p.Screen), name(p.Venue), name(p.Feed), name(p.Campaign), name(p.Creative), name(p.Advertiser), name(p.Plan), min(p.Clock, plan.ClockTrusted)}
	r := b.rows[k]
	if r == nil {
		r = &Row{
			Screen: k.screen, Venue: k.venue, Feed: k.feed, Campaign: k.campaign, Creative: k.creative,
			Advertiser: k.advertiser, Plan: k.plan, Clock: k.clock,
		}
		b.rows[k] = r
	}
	r.count(p)
	return done
}

// cut reports whether a receipt ends between the last record and record seq.
func (b *builder) cut(seq uint64) bool {
	return slices.ContainsFunc(b.cuts, func(c uint64) bool { return b.to <= c && c < seq })
}

// take ends the block; nil if there is none.
func (b *builder) take() *block {
	if len(b.rows) == 0 {
		return nil
	}
	done := &block{boots: b.boots}
	for _, r := range b.rows {
		r.Hour, r.From, r.To = b.hour, b.from, b.to
		done.rows = append(done.rows, *r)
	}
	slices.SortFunc(done.rows, func(x, y Row) int { return x.compare(&y) })
	b.rows = nil
	return done
}

// name is a name as rows keep it.
func name(s string) string {
	if len(s) > maxName {
		if r := []rune(s); len(r) > maxName {
			s = string(r[:maxName])
		}
	}
	return oneLine(s)
}

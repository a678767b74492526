package player

import (
	"context"

	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// recounts is the counting of promised plays on the card, where nobody remembers them:
// a campaign that is new or is booked anew, or a memory that was lost.
type recounts struct {
	counts   chan plan.Memory
	counting bool
}

// doubt says that the plays of a booking are to be counted on the card.
func (h *history) doubt(b booking) {
	if h.unsure != nil {
		h.unsure[b] = true
	}
}

// uncounted are the bookings that the card is to be asked for.
func (h *history) uncounted() []plan.Delivery {
	all := deliveries(h.older)
	n := 0
	for _, d := range all {
		if h.unsure[booking{d.Feed, d.Campaign}] {
			d.Plays = 0
			all[n] = d
			n++
		}
	}
	return all[:n]
}

// settle takes what was counted on the card up to a play. What was remembered has
// played at least, whatever the card has lost since.
func (h *history) settle(m plan.Memory) {
	counted := make(map[booking]plan.Delivery, len(m.Delivered))
	for _, d := range m.Delivered {
		b := booking{d.Feed, d.Campaign}
		if known, ok := h.older[b]; ok && known.From == d.From && h.unsure[b] {
			counted[b] = d
		}
	}
	h.count(counted, h.plays[:h.upTo(m)], -1)
	for b, d := range counted {
		d.Plays = max(d.Plays, h.older[b].Plays)
		h.older[b] = d
		delete(h.unsure, b)
	}
}

// recount asks the card for what is not sure, if anything is. That takes seconds where
// there are years of plays.
func (p *Player) recount(ctx context.Context) {
	of := p.history.uncounted()
	if p.counting || len(of) == 0 {
		return
	}
	p.counting = true
	counts := p.counts
	go func() {
		m := p.cfg.Recount(ctx, of)
		select {
		case counts <- m:
		case <-ctx.Done():
		}
	}()
}

func (p *Player) onCounts(ctx context.Context, m plan.Memory) {
	p.counting = false
	p.history.settle(m)
	p.reschedule()
	p.recount(ctx) // for a plan that came meanwhile
}

// last reads the recent plays: more of them where caps look back further.
func (h *history) last(read func(most int) []plan.Play, now scheduler.Moment, boot string) []plan.Play {
	plays := read(h.recent)
	if len(plays) >= h.recent && scheduler.Forgettable(plays, now, boot) == 0 {
		plays = read(h.most)
	}
	return plays
}

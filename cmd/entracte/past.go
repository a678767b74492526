package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

// lastPlays reads what caps and turns go on from. A damaged record is left
// out: caps then err by one play, and the log's own tools will say so.
func lastPlays(data string, most int) []plan.Play {
	var past []plan.Play
	for p, err := range playlog.Last(disk.OS, data, uint64(most)) {
		if err == nil {
			past = append(past, p)
		}
	}
	return past
}

// recount returns what counts promised plays on the card, where nobody remembers them.
func recount(data string, zone *time.Location, log *slog.Logger) func(context.Context, []plan.Delivery) plan.Memory {
	return func(ctx context.Context, of []plan.Delivery) plan.Memory {
		m, err := countPlays(ctx, disk.OS, data, zone, of)
		if err != nil {
			log.Error("promised plays are counted without those that cannot be read", "err", err)
		}
		return m
	}
}

// countPlays counts the plays of campaigns up to the last play of the log: in the hours
// of the days that the log forgot, and in the log. What cannot be read is an error, and
// the rest is counted. A zone that is not whole hours off may have the last minutes of
// an earlier flight counted, if that ended at midnight under the same name.
func countPlays(ctx context.Context, d disk.Disk, data string, zone *time.Location, of []plan.Delivery) (plan.Memory, error) {
	m := plan.Memory{Delivered: of}
	type name struct{ feed, campaign string }
	count := make(map[name]*plan.Delivery, len(of))
	for i := range of {
		count[name{of[i].Feed, of[i].Campaign}] = &of[i]
	}
	log := func(yield func(plan.Play, error) bool) {
		for p, err := range playlog.Read(d, data) {
			if err == nil {
				m.Boot, m.MonoMS = p.Boot, p.MonoMS
			}
			if !yield(p, err) {
				return
			}
		}
	}
	if zone == nil {
		zone = time.UTC
	}
	var unread error
	for r, err := range report.Hours(d, data, log) {
		switch {
		case ctx.Err() != nil:
			return m, ctx.Err()
		case err != nil:
			if !errors.Is(err, fs.ErrNotExist) {
				unread = errors.Join(unread, err)
			}
			continue
		}
		ends := r.Hour.Add(time.Hour - time.Millisecond).In(zone)
		if c := count[name{r.Feed, r.Campaign}]; c != nil && c.Has(ends, r.Clock) {
			c.Plays += int(r.Completed)
		}
	}
	return m, unread
}

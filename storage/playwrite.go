package storage

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// playColumns are the columns of the CSV form, in order.
var playColumns = []string{
	"seq", "boot", "venue", "screen", "feed", "campaign", "creative", "advertiser", "category", "sha256",
	"started_at", "mono_ms", "planned_ms", "shown_ms", "outcome", "counted", "reasons", "plan", "clock",
}

// WritePlays writes plays as "csv" or "jsonl". Errors of the sequence do not end
// it: everything readable is written, and the errors are summed up in the end.
//
// CSV has a header, the columns seq, boot, venue, screen, feed, campaign,
// creative, advertiser, category, sha256, started_at, mono_ms, planned_ms,
// shown_ms, outcome, counted, reasons, plan, clock, and lines that end in "\n".
// started_at is RFC 3339 in UTC with milliseconds, counted is true or false, and
// reasons are joined by "|".
//
// A spreadsheet takes a cell that begins with = + - or @ for a formula, and names
// come with packs. Text that begins with one of these, with a tab, a line end or
// an apostrophe therefore gets an apostrophe before it: a leading apostrophe is
// never part of the value, and taking one off gives the value back. The one
// exception is [plan.VenueAdvertiser], which is ours and harmless. Numbers,
// times, digests and our own words need none.
func WritePlays(w io.Writer, format string, plays iter.Seq2[plan.Play, error]) error {
	var write func(plan.Play) error
	var flush = func() error { return nil }
	switch format {
	case "csv":
		c := csv.NewWriter(w)
		// Buffered: a log that is not there leaves no header behind.
		if err := c.Write(playColumns); err != nil {
			return err
		}
		write = func(p plan.Play) error { return c.Write(playRow(p)) }
		flush = func() error { c.Flush(); return c.Error() }
	case "jsonl":
		write = func(p plan.Play) error {
			b, err := encodePlay(p)
			if err == nil {
				_, err = w.Write(b)
			}
			return err
		}
	default:
		return &disk.Fault{Fact: fmt.Sprintf("%q is not a format plays are written in", format), Hint: "csv or jsonl"}
	}
	unread, first := 0, error(nil)
	for p, err := range plays {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if unread++; first == nil {
				first = err
			}
			continue
		}
		if err := write(p); err != nil {
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if unread > 0 {
		return fmt.Errorf("%d lines of the play log were left out because they cannot be read, first: %w", unread, first)
	}
	return nil
}

func playRow(p plan.Play) []string {
	n := func(i int64) string { return strconv.FormatInt(i, 10) }
	return []string{
		strconv.FormatUint(p.Seq, 10), text(p.Boot), text(p.Venue), text(p.Screen),
		text(p.Feed), text(p.Campaign), text(p.Creative), text(p.Advertiser),
		strconv.Itoa(p.Category), text(p.SHA256),
		p.StartedAt.UTC().Format("2006-01-02T15:04:05.000Z"), n(p.MonoMS), n(p.PlannedMS), n(p.ShownMS),
		p.Outcome.String(), strconv.FormatBool(p.Counted), text(strings.Join(p.Reasons, "|")), text(p.Plan), p.Clock.String(),
	}
}

// formulaStarts are what makes spreadsheets calculate (OWASP, "CSV Injection"),
// the full-width forms included, and the apostrophe, so that text can be undone.
const formulaStarts = "=+-@\t\r\n'＝＋－＠"

// text makes a cell of words that may come from anyone.
func text(s string) string {
	if s == "" || s == plan.VenueAdvertiser {
		return s
	}
	if r, _ := utf8.DecodeRuneInString(s); strings.ContainsRune(formulaStarts, r) {
		return "'" + s
	}
	return s
}

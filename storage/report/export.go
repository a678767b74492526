package report

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// Formats are what [WritePlays] writes.
var Formats = []string{"csv", "jsonl"}

// playColumns are the columns of the CSV form, in order.
var playColumns = []string{
	"seq", "boot", "venue", "screen", "feed", "campaign", "creative", "advertiser", "category", "sha256",
	"started_at", "mono_ms", "planned_ms", "shown_ms", "outcome", "counted", "reasons", "plan", "clock",
}

// WritePlays writes plays as "csv" or "jsonl". Errors of the sequence do not end
// it: everything readable is written, and the errors are summed up in the end. A
// log that is not there, or that this user may not read, leaves no header behind, and
// its error is returned as it is.
func WritePlays(w io.Writer, format string, plays iter.Seq2[plan.Play, error]) error {
	switch format {
	case "csv":
		c := csv.NewWriter(w)
		if err := c.Write(playColumns); err != nil {
			return err
		}
		return drain(plays, "the play log", func(p plan.Play) error { return c.Write(playCells(p)) },
			func() error { c.Flush(); return c.Error() })
	case "jsonl":
		return drain(plays, "the play log", func(p plan.Play) error {
			b, err := encodePlay(p)
			if err == nil {
				_, err = w.Write(b)
			}
			return err
		}, func() error { return nil })
	}
	return &disk.Fault{
		Fact: fmt.Sprintf("%q is not a format plays are written in", format),
		Hint: strings.Join(Formats, " or "),
	}
}

// WriteHours writes rows as CSV: the table of the package comment without its last
// line. Errors of the sequence are treated as by [WritePlays].
func WriteHours(w io.Writer, rows iter.Seq2[Row, error]) error {
	out := bufio.NewWriter(w)
	if _, err := out.WriteString(csvHead); err != nil {
		return err
	}
	return drain(rows, "the plays", func(r Row) error {
		_, err := out.WriteString(csvRow(r))
		return err
	}, out.Flush)
}

// drain gives every item to write, then flushes, and says in how many places what
// could not be read.
func drain[T any](items iter.Seq2[T, error], what string, write func(T) error, flush func() error) error {
	var unread Unread
	for item, err := range unreadIn(&unread, items) {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return err
		}
		if err != nil {
			continue
		}
		if err := write(item); err != nil {
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return unread.Err(what)
}

// An Unread counts what could not be read of a sequence.
type Unread struct {
	places int
	first  error
}

// In is a walk over rows that counts the errors among them.
func (u *Unread) In(rows iter.Seq2[Row, error]) iter.Seq2[Row, error] { return unreadIn(u, rows) }

func unreadIn[T any](u *Unread, items iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for item, err := range items {
			if err != nil {
				if u.places++; u.first == nil {
					u.first = err
				}
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

// Err says in how many places something ("the play log") could not be read; nil if all of
// it was. How many records were there nobody knows.
func (u *Unread) Err(what string) error {
	switch u.places {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s is not whole, and what is missing is left out: %w", what, u.first)
	}
	return fmt.Errorf("%s is not whole in %d places, and what is missing there is left out; first: %w", what, u.places, u.first)
}

func playCells(p plan.Play) []string {
	return []string{
		strconv.FormatUint(p.Seq, 10), text(p.Boot), text(p.Venue), text(p.Screen),
		text(p.Feed), text(p.Campaign), text(p.Creative), text(p.Advertiser),
		strconv.Itoa(p.Category), text(p.SHA256),
		stamp(p.StartedAt).Format("2006-01-02T15:04:05.000Z"),
		number(p.MonoMS), number(p.PlannedMS), number(p.ShownMS),
		p.Outcome.String(), strconv.FormatBool(p.Counted), text(strings.Join(p.Reasons, "|")), text(p.Plan), p.Clock.String(),
	}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// stamp is the precision that plays are kept with.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// encodePlay returns the JSON line of a play, with its end.
func encodePlay(p plan.Play) ([]byte, error) {
	p.StartedAt = stamp(p.StartedAt)
	if p.Reasons == nil {
		p.Reasons = []string{} // [] to readers, not null
	}
	return jsonLine(p)
}

func jsonLine(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

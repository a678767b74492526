package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"entracte/scheduler/plan"
)

// A Row is what one creative showed in one hour: counts only, so that nobody can
// tell from it when a customer was served.
type Row struct {
	// Hour is the begin of the hour, UTC, by the clock that Clock tells of.
	Hour time.Time `json:"hour"`
	// From and To are the numbers of the first and the last record of the hour, all
	// creatives together, and the same in every row of it. A record that neither is
	// counted in one of these rows nor stands outside is missing. In a receipt they are
	// the organisation's own numbers.
	From uint64 `json:"from_seq"`
	To   uint64 `json:"to_seq"`
	// Screen is the device's id, Venue the shop's name.
	Screen     string `json:"screen"`
	Venue      string `json:"venue"`
	Feed       string `json:"feed"`
	Campaign   string `json:"campaign"`
	Creative   string `json:"creative"`
	Advertiser string `json:"advertiser"`
	// Plan is the revision of the feed.
	Plan string `json:"plan"`
	// Clock is how far the hour can be trusted.
	Clock plan.Clock `json:"clock"`
	// Completed are the plays. Interrupted and Failed showings are no plays and are
	// never charged.
	Completed   int64 `json:"completed"`
	Interrupted int64 `json:"interrupted"`
	Failed      int64 `json:"failed"`
	// Shown and Planned are milliseconds on the glass, as it was and as it should
	// have been, of all showings together.
	Shown   int64 `json:"shown_ms"`
	Planned int64 `json:"planned_ms"`
}

// rowColumns are the columns of the CSV form, in order.
var rowColumns = []string{
	"hour", "from_seq", "to_seq", "screen", "venue", "feed", "campaign", "creative", "advertiser", "plan", "clock",
	"completed", "interrupted", "failed", "shown_ms", "planned_ms",
}

const (
	hourLayout = "2006-01-02T15:00:00Z"
	// maxHour is the most records that share a From and a To; what is more begins
	// another.
	maxHour = 1 << 22
	// maxSeq is what every JSON reader can hold.
	maxSeq = 1 << 53
	// maxShown is the most that one showing counts for, in milliseconds.
	maxShown = int64(24 * time.Hour / time.Millisecond)
	// maxName is the longest name kept, in runes.
	maxName = 2000
	maxLine = 128 << 10
)

// Records is how many showings the row counts, plays and others.
func (r *Row) Records() int64 { return r.Completed + r.Interrupted + r.Failed }

// count adds one record.
func (r *Row) count(p *plan.Play) {
	switch p.Outcome {
	case plan.Completed:
		r.Completed++
	case plan.Interrupted:
		r.Interrupted++
	default:
		r.Failed++
	}
	r.Shown += min(max(p.ShownMS, 0), maxShown)
	r.Planned += min(max(p.PlannedMS, 0), maxShown)
}

// sameHour reports whether two rows are of one hour of one log.
func (r *Row) sameHour(s *Row) bool {
	return r.From == s.From && r.To == s.To && r.Hour.Equal(s.Hour)
}

// compare orders rows: by their records, then by what was shown.
func (r *Row) compare(s *Row) int {
	return cmp.Or(cmp.Compare(r.From, s.From), cmp.Compare(r.Screen, s.Screen), cmp.Compare(r.Venue, s.Venue),
		cmp.Compare(r.Feed, s.Feed), cmp.Compare(r.Campaign, s.Campaign), cmp.Compare(r.Creative, s.Creative),
		cmp.Compare(r.Advertiser, s.Advertiser), cmp.Compare(r.Plan, s.Plan), cmp.Compare(r.Clock, s.Clock))
}

// valid reports what cannot be meant.
func (r *Row) valid() error {
	n := r.Records()
	switch {
	case r.From == 0 || r.To < r.From || r.To > maxSeq || r.To-r.From >= maxHour:
		return errors.New("its record numbers cannot be")
	case min(r.Completed, r.Interrupted, r.Failed, r.Shown, r.Planned) < 0:
		return errors.New("it counts less than nothing")
	case max(r.Completed, r.Interrupted, r.Failed) > maxHour || n == 0 || uint64(n) > r.To-r.From+1:
		return errors.New("it counts more than its records, or none")
	case max(r.Shown, r.Planned) > n*maxShown:
		return errors.New("it shows longer than its records can")
	}
	for _, s := range []string{r.Screen, r.Venue, r.Feed, r.Campaign, r.Creative, r.Advertiser, r.Plan} {
		if name(s) != s {
			return errors.New("it has a name that is too long, or with invisible characters")
		}
	}
	return nil
}

// csvRow and jsonRow are the two forms of a row; each line ends in "\n".
func csvRow(r Row) string {
	return joinCells([]string{
		r.Hour.UTC().Format(hourLayout), strconv.FormatUint(r.From, 10), strconv.FormatUint(r.To, 10),
		text(r.Screen), text(r.Venue), text(r.Feed), text(r.Campaign), text(r.Creative), text(r.Advertiser), text(r.Plan), r.Clock.String(),
		number(r.Completed), number(r.Interrupted), number(r.Failed), number(r.Shown), number(r.Planned),
	})
}

func jsonRow(r Row) string {
	r.Hour = r.Hour.UTC()
	b, _ := jsonLine(r) // nothing in it can fail: valid clocks, years of four digits
	return string(b)
}

// parseCSVRow reads what csvRow writes, and nothing else.
func parseCSVRow(line string) (Row, error) {
	cells, err := splitCells(line)
	if err != nil {
		return Row{}, err
	}
	if len(cells) != len(rowColumns) {
		return Row{}, fmt.Errorf("it has %d cells, not %d", len(cells), len(rowColumns))
	}
	var r Row
	if r.Hour, err = time.Parse(hourLayout, cells[0]); err != nil {
		return Row{}, fmt.Errorf("%q is not an hour like 2026-11-22T09:00:00Z", cells[0])
	}
	for i, to := range []*string{&r.Screen, &r.Venue, &r.Feed, &r.Campaign, &r.Creative, &r.Advertiser, &r.Plan} {
		*to = plain(cells[3+i])
	}
	err = r.Clock.UnmarshalText([]byte(cells[10]))
	for i, to := range []*int64{&r.Completed, &r.Interrupted, &r.Failed, &r.Shown, &r.Planned} {
		var bad error
		*to, bad = strconv.ParseInt(cells[11+i], 10, 64)
		err = errors.Join(err, bad)
	}
	for i, to := range []*uint64{&r.From, &r.To} {
		var bad error
		*to, bad = strconv.ParseUint(cells[1+i], 10, 64)
		err = errors.Join(err, bad)
	}
	return canonical(r, err, csvRow, line)
}

// parseJSONRow reads what jsonRow writes, and nothing else.
func parseJSONRow(line string) (Row, error) {
	var r Row
	d := json.NewDecoder(bytes.NewReader([]byte(line)))
	d.DisallowUnknownFields()
	err := d.Decode(&r)
	if err == nil {
		_, err = d.Token()
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	r.Hour = r.Hour.UTC()
	return canonical(r, err, jsonRow, line)
}

// canonical accepts a row only if it is written in the one way it is written, so
// that two files with the same rows have the same bytes.
func canonical(r Row, err error, write func(Row) string, line string) (Row, error) {
	if err == nil {
		err = r.valid()
	}
	if err == nil && !r.Hour.Equal(hourOf(r.Hour)) {
		err = errors.New("its hour is no whole hour")
	}
	if err == nil && write(r) != line+"\n" {
		err = errors.New("it is not written the way it is written here")
	}
	if err != nil {
		return Row{}, err
	}
	return r, nil
}

// hourOf is the UTC hour of a time that can be written with four digits of year;
// of another one, the hour in which computers began to count.
func hourOf(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Hour)
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Unix(0, 0).UTC()
	}
	return t
}

package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
)

var started = time.Date(2026, 11, 22, 9, 30, 0, 123_456_789, time.FixedZone("CET", 3600))

func somePlay() plan.Play {
	return plan.Play{
		Boot: "b-1", Venue: "Bijouterie Martin", Screen: "s-1", Feed: "acme/shop-17", Campaign: "lens-2026",
		Creative: "lens-couple", Advertiser: "Studio Lens", Category: 1021, SHA256: strings.Repeat("ab", 32),
		StartedAt: started, MonoMS: 12_345, PlannedMS: 10_000, ShownMS: 10_000, Outcome: plan.Completed, Counted: true,
		Reasons: []string{"occasion:165", "near"}, Plan: "r-1", Clock: plan.ClockTrusted,
	}
}

func sequence(plays []plan.Play, after ...error) iter.Seq2[plan.Play, error] {
	return func(yield func(plan.Play, error) bool) {
		for _, p := range plays {
			if !yield(p, nil) {
				return
			}
		}
		for _, err := range after {
			if !yield(plan.Play{}, err) {
				return
			}
		}
	}
}

func somePlays() []plan.Play {
	a, b, c := somePlay(), somePlay(), somePlay()
	a.Seq, b.Seq, c.Seq = 1, 2, 3
	b.Advertiser, b.Category, b.Reasons, b.Feed, b.Campaign = plan.VenueAdvertiser, 0, nil, "own", "own"
	b.Outcome, b.Counted, b.Clock, b.ShownMS = plan.Interrupted, false, plan.ClockFloor, 812
	b.StartedAt = time.Date(2026, 11, 22, 8, 31, 0, 0, time.UTC)
	c.Advertiser, c.Venue, c.Creative, c.Plan = "=HYPERLINK(\"http://x\")", "Chez \"Anne\", Lyon", "-1", "'quoted"
	c.Outcome, c.Counted, c.Clock, c.SHA256 = plan.Failed, false, plan.ClockUnknown, ""
	return []plan.Play{a, b, c}
}

// golden compares with a file of testdata; UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}

func TestWritePlaysGolden(t *testing.T) {
	t.Parallel()
	for _, format := range Formats {
		var got bytes.Buffer
		if err := WritePlays(&got, format, sequence(somePlays())); err != nil {
			t.Fatal(err)
		}
		golden(t, "plays."+format, got.Bytes())
	}
}

// members are the JSON names of a struct's fields, in order.
func members[T any]() (names []string) {
	for i := range reflect.TypeFor[T]().NumField() {
		names = append(names, reflect.TypeFor[T]().Field(i).Tag.Get("json"))
	}
	return names
}

// TestColumnsAreTheRecord: CSV has the members of the JSON form, in order.
func TestColumnsAreTheRecord(t *testing.T) {
	t.Parallel()
	if names := members[plan.Play](); !slices.Equal(names, playColumns) {
		t.Errorf("the record has %q\nthe CSV has    %q", names, playColumns)
	}
	if got := len(playCells(somePlay())); got != len(playColumns) {
		t.Errorf("%d cells for %d columns", got, len(playColumns))
	}
	if names := members[Row](); !slices.Equal(names, rowColumns) {
		t.Errorf("the row has %q\nthe CSV has %q", names, rowColumns)
	}
}

// TestCSVText: no cell calculates, and every text can be had back.
func TestCSVText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := somePlay()
		prefix := rapid.SampledFrom([]string{"", "=", "+", "-", "@", "\t", "\r", "\n", "'", "''", "＝", "@venue", "|"}).Draw(t, "prefix")
		p.Advertiser = prefix + rapid.String().Draw(t, "advertiser")
		p.Campaign = rapid.StringMatching(`[-=+@'a-z0-9]{0,4}`).Draw(t, "campaign")
		var b bytes.Buffer
		if err := WritePlays(&b, "csv", sequence([]plan.Play{p})); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatal(rows, err)
		}
		for column, want := range map[string]string{"advertiser": p.Advertiser, "campaign": p.Campaign} {
			cell := rows[1][slices.Index(playColumns, column)]
			if cell != plan.VenueAdvertiser && cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
				t.Fatalf("%s calculates: %q", column, cell)
			}
			// encoding/csv reads \r\n in a quoted cell as \n.
			want = strings.ReplaceAll(want, "\r\n", "\n")
			if got := strings.TrimPrefix(cell, "'"); got != want {
				t.Fatalf("%s %q came back as %q", column, want, got)
			}
		}
	})
}

func TestJSONLinesComeBack(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := WritePlays(&b, "jsonl", sequence(somePlays())); err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(&b)
	for _, want := range somePlays() {
		var got plan.Play
		if err := d.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.StartedAt != stamp(want.StartedAt) {
			t.Errorf("started at %v, want %v", got.StartedAt, want.StartedAt)
		}
		got.StartedAt, want.StartedAt = time.Time{}, time.Time{}
		if want.Reasons == nil {
			want.Reasons = []string{}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

func TestWritePlaysErrors(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := WritePlays(&b, "xlsx", sequence(nil))
	if err == nil || !strings.Contains(err.Error(), "\nhint: csv or jsonl") || b.Len() != 0 {
		t.Errorf("unknown format: %v, %q", err, &b)
	}
	first, second := errors.New("line 7"), errors.New("line 9")
	for _, format := range Formats {
		b.Reset()
		err = WritePlays(&b, format, sequence(somePlays(), first, second))
		if !errors.Is(err, first) || !strings.HasPrefix(err.Error(), "the play log is not whole in 2 places") {
			t.Errorf("%s of a damaged log: %v", format, err)
		}
		if !strings.Contains(b.String(), "HYPERLINK") {
			t.Errorf("%s of a damaged log is cut short", format)
		}
		full := errors.New("pipe closed")
		many := slices.Repeat(somePlays(), 100)
		if err := WritePlays(failingWriter{full}, format, sequence(many)); !errors.Is(err, full) {
			t.Errorf("%s into a closed pipe: %v", format, err)
		}
		if err := WritePlays(iotest.TruncateWriter(&b, 0), format, sequence(nil)); err != nil {
			t.Errorf("%s of no plays: %v", format, err)
		}
		b.Reset()
		if err := WritePlays(&b, format, sequence(nil, fs.ErrNotExist)); !errors.Is(err, fs.ErrNotExist) || b.Len() != 0 {
			t.Errorf("%s of no log: %v, %q", format, err, &b)
		}
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

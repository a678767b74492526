package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
)

// words are texts as plans and people write them, and worse.
var words = rapid.OneOf(
	rapid.SampledFrom([]string{"", "a", "acme/shop-17", "@venue", "=1+1", "'x", "''", "-", `Chez "Anne", Lyon`, " lead", "END ab", "|", "é", "\u2028"}),
	rapid.String(),
)

func someRow() Row {
	return Row{
		Hour: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), From: 118, To: 141, Screen: "9f3a", Venue: "Martin",
		Feed: "acme/shop-17", Campaign: "lens-2026", Creative: "lens-couple", Advertiser: "Studio Lens", Plan: "0001-00000042",
		Clock: plan.ClockTrusted, Completed: 14, Interrupted: 3, Shown: 155_210, Planned: 170_000,
	}
}

func anyRow(t *rapid.T) Row {
	r := Row{
		Hour: time.Unix(int64(rapid.Int64Range(-17_000_000, 70_000_000).Draw(t, "hour"))*3600, 0).UTC(),
		From: rapid.Uint64Range(1, 1<<40).Draw(t, "from"), Clock: plan.Clock(rapid.IntRange(0, 2).Draw(t, "clock")),
		Completed: rapid.Int64Range(0, 1000).Draw(t, "completed"), Interrupted: rapid.Int64Range(0, 1000).Draw(t, "interrupted"),
		Failed: rapid.Int64Range(0, 1000).Draw(t, "failed"),
	}
	if r.Records() == 0 {
		r.Failed = 1
	}
	r.To = r.From + uint64(r.Records()) + rapid.Uint64Range(0, 100).Draw(t, "missing") - 1
	r.Shown = rapid.Int64Range(0, r.Records()*maxShown).Draw(t, "shown")
	r.Planned = rapid.Int64Range(0, r.Records()*maxShown).Draw(t, "planned")
	for _, s := range []*string{&r.Screen, &r.Venue, &r.Feed, &r.Campaign, &r.Creative, &r.Advertiser, &r.Plan} {
		*s = name(words.Draw(t, "name"))
	}
	return r
}

// Every row comes back from both forms, and the common readers agree.
func TestRowsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := anyRow(t)
		if err := want.valid(); err != nil {
			t.Fatal(err)
		}
		for form, line := range map[string]string{"csv": csvRow(want), "json": jsonRow(want)} {
			parse := map[string]func(string) (Row, error){"csv": parseCSVRow, "json": parseJSONRow}[form]
			if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
				t.Fatalf("%q is not one line", line)
			}
			got, err := parse(line[:len(line)-1])
			if err != nil || got != want {
				t.Fatalf("%s: %v\ngot  %+v\nwant %+v\nfrom %q", form, err, got, want, line)
			}
		}
		cells, err := csv.NewReader(strings.NewReader(csvRow(want))).Read()
		if err != nil || len(cells) != len(rowColumns) || plain(cells[4]) != want.Venue {
			t.Fatalf("%q, %v", cells, err)
		}
		var got Row
		if err := json.Unmarshal([]byte(jsonRow(want)), &got); err != nil || got != want {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

func TestCells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Map(words, oneLine), 1, 5).Draw(t, "cells")
		line := joinCells(want)
		got, err := splitCells(strings.TrimSuffix(line, "\n"))
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%q came back as %q, %v", want, got, err)
		}
		if len(want) > 1 {
			got, err = csv.NewReader(strings.NewReader(line)).Read()
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("encoding/csv reads %q as %q, %v", line, got, err)
			}
		}
	})
	for _, bad := range []string{`"`, `"a`, `"a"b`, `a"b`, `"a"",b`, `a,"b" ,c`} {
		if cells, err := splitCells(bad); err == nil {
			t.Errorf("%q is taken for %q", bad, cells)
		}
	}
}

// A row is refused unless it is written in the one way that rows are written.
func TestRowsAreStrict(t *testing.T) {
	t.Parallel()
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	for what, change := range map[string]func(string) string{
		"no whole hour":        replace("T09:00", "T09:30"),
		"another zone":         replace(":00Z", ":00+00:00"),
		"a day that is none":   replace("11-22", "11-31"),
		"numbers backwards":    replace("141", "117"),
		"number 0":             replace("118", "0"),
		"a leading zero":       replace("118", "0118"),
		"a sign":               replace("14,", "+14,"),
		"less than nothing":    replace(",3,0,", ",-3,0,"),
		"more than records":    replace(",14,", ",99,"),
		"nothing at all":       replace(",14,3,", ",0,0,"),
		"longer than records":  replace("155210", "999999999999"),
		"a clock of no name":   replace("trusted", "sure"),
		"a cell more":          func(s string) string { return s + "," },
		"a needless quote":     replace("Martin", `"Martin"`),
		"a formula":            replace("Martin", "=Martin"),
		"a carriage return":    func(s string) string { return s + "\r" },
		"a control character":  replace("Martin", "Mar\x01tin"),
		"an overflow":          replace(",14,", ",99999999999999999999,"),
		"numbers too far":      replace("141", "9007199254740993"),
		"an hour of many":      replace("141", "99999999"),
		"an invalid character": replace("Martin", "M\xff"),
	} {
		line := strings.TrimSuffix(csvRow(someRow()), "\n")
		if bad := change(line); bad == line {
			t.Errorf("%s: nothing changed", what)
		} else if r, err := parseCSVRow(bad); err == nil {
			t.Errorf("%s: %q is taken for %+v", what, bad, r)
		}
	}
	line := strings.TrimSuffix(jsonRow(someRow()), "\n")
	for what, bad := range map[string]string{
		"an unknown member": strings.Replace(line, "}", `,"who":1}`, 1),
		"a member twice":    strings.Replace(line, "}", `,"failed":0}`, 1),
		"another case":      strings.Replace(line, "failed", "Failed", 1),
		"a space":           strings.Replace(line, ":", ": ", 1),
		"something behind":  line + "{}",
		"an escape":         strings.Replace(line, "Martin", `M\u0061rtin`, 1),
		"a member less":     strings.Replace(line, `"failed":0,`, "", 1),
		"no object":         "[]",
		"nothing":           "",
	} {
		if r, err := parseJSONRow(bad); err == nil {
			t.Errorf("%s: %q is taken for %+v", what, bad, r)
		}
	}
}

// readAll returns the rows of a table, and why it is refused.
func readAll(f form, head string, b []byte) (rows []Row, err error) {
	for r, err := range f.read(bytes.NewReader(b), head) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func writeAll(t testing.TB, f form, head string, rows []Row) []byte {
	t.Helper()
	var b bytes.Buffer
	err := f.write(&b, head, func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// someRows are two hours, the first one with three creatives.
func someRows() []Row {
	a, b, c, d := someRow(), someRow(), someRow(), someRow()
	a.Completed, a.Interrupted = 4, 0
	b.Creative, c.Creative = "lens-offer", "lens-party"
	b.Completed, b.Interrupted, c.Completed, c.Interrupted, c.Failed = 5, 0, 3, 1, 1
	d.Hour, d.From, d.To = d.Hour.Add(time.Hour), 142, 160
	return []Row{a, b, c, d}
}

func TestTableGolden(t *testing.T) {
	t.Parallel()
	golden(t, "hours.csv", writeAll(t, csvForm, csvHead, someRows()))
	golden(t, "hours.jsonl", writeAll(t, jsonForm, "{}\n", someRows()))
}

// Whatever is missing or changed of a table, it is not taken for whole.
func TestTablesAreWhole(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]form{"csv": csvForm, "json": jsonForm} {
		head := map[string]string{"csv": csvHead, "json": "{}\n"}[name]
		whole := writeAll(t, f, head, someRows())
		if rows, err := readAll(f, head, whole); err != nil || !slices.Equal(rows, someRows()) {
			t.Fatalf("%v, %v", rows, err)
		}
		for i := range whole {
			if _, err := readAll(f, head, whole[:i]); err == nil {
				t.Fatalf("%s: its first %d bytes are taken for whole", name, i)
			}
			changed := bytes.Clone(whole)
			changed[i] ^= 4
			if _, err := readAll(f, head, changed); err == nil {
				t.Fatalf("%s: with byte %d changed it is taken for whole", name, i)
			}
		}
		if _, err := readAll(f, head, append(bytes.Clone(whole), '\n')); !errors.Is(err, errTail) {
			t.Errorf("%s: with a line more: %v", name, err)
		}
		rows := someRows()
		for what, bad := range map[string][]Row{
			"backwards":     {rows[3], rows[0]},
			"twice":         {rows[0], rows[0]},
			"out of order":  {rows[1], rows[0]},
			"an hour split": {rows[0], {Hour: rows[0].Hour, From: 120, To: 141, Failed: 1}},
			"too many":      {rows[0], rows[1], rows[2], func() Row { r := rows[2]; r.Creative = "x"; r.Completed = 20; return r }()},
		} {
			if _, err := readAll(f, head, writeAll(t, f, head, bad)); err == nil {
				t.Errorf("%s: rows %s are taken", name, what)
			}
		}
		long := append([]byte(head), strings.Repeat("x", maxLine+1)...)
		if _, err := readAll(f, head, long); !errors.Is(err, errOverlong) {
			t.Errorf("%s: an endless line: %v", name, err)
		}
	}
}

// What is accepted is written again with the same bytes.
func FuzzTable(f *testing.F) {
	f.Add(writeAll(f, csvForm, csvHead, someRows()))
	f.Add(writeAll(f, jsonForm, "{}\n", someRows()))
	f.Add(writeAll(f, csvForm, csvHead, nil))
	f.Add([]byte(csvHead + "END \n"))
	f.Add([]byte("{}\n{\"end\":\"\"}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, one := range []struct {
			form
			head string
		}{{csvForm, csvHead}, {jsonForm, "{}\n"}} {
			rows, err := readAll(one.form, one.head, b)
			if err == nil && !bytes.Equal(writeAll(t, one.form, one.head, rows), b) {
				t.Errorf("%q was accepted and is written another way", b)
			}
		}
		// The digest keeps chance from the rows: look at them alone too.
		for line := range strings.Lines(string(b)) {
			line = strings.TrimSuffix(line, "\n")
			if r, err := parseCSVRow(line); err == nil && csvRow(r) != line+"\n" {
				t.Errorf("row %q", line)
			}
			if r, err := parseJSONRow(line); err == nil && jsonRow(r) != line+"\n" {
				t.Errorf("row %q", line)
			}
		}
		if m, err := parseMarks(b); err == nil && !bytes.Equal(m.encode(), b) {
			t.Errorf("marks %q", b)
		}
		if r, sum, err := parseComment(string(b)); err == nil && r.comment(sum) != string(b) {
			t.Errorf("comment %q", b)
		}
	})
}

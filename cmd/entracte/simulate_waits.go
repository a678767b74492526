package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/simulation"
)

// waits are the waits of a file, in order and apart from each other.
type waits struct {
	list  []simulation.Wait
	notes []string
}

const (
	waitsHeader = "start,seconds"
	// mostWaitFaults are enough to see what is wrong with a column.
	mostWaitFaults = 10
	// longestWait is far more than anybody's patience, and far from overflow.
	longestWait = 366 * 24 * time.Hour
)

// readWaits reads "start,seconds" in RFC 3339 and seconds with a decimal point.
// Every line that is wrong is named, up to ten of them; name stands for the file.
// Waits that overlap or touch are one, for somebody waits all the while.
func readWaits(name string, r io.Reader) (waits, error) {
	in := bufio.NewReader(r)
	if bom, err := in.Peek(3); err == nil && bytes.Equal(bom, []byte("\xEF\xBB\xBF")) {
		_, _ = in.Discard(3)
	}
	table := csv.NewReader(in)
	table.FieldsPerRecord, table.ReuseRecord = -1, true
	if err := readHeader(table); err != nil {
		return waits{}, fmt.Errorf("%s:%w", name, err)
	}
	var all []simulation.Wait
	var faults []error
	for len(faults) < mostWaitFaults {
		row, err := table.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%w", name, unreadable(err)))
			break
		}
		wait, err := readWait(row)
		if err != nil {
			line, _ := table.FieldPos(0)
			faults = append(faults, fmt.Errorf("%s:%d: %w", name, line, err))
			continue
		}
		all = append(all, wait)
	}
	if faults != nil {
		return waits{}, errors.Join(faults...)
	}
	return joined(name, all), nil
}

// readHeader wants the first line to be the header.
func readHeader(table *csv.Reader) error {
	row, err := table.Read()
	if err != nil && err != io.EOF {
		return unreadable(err)
	}
	if err := checkHeader(row); err != nil {
		return fmt.Errorf("1: %w", err)
	}
	return nil
}

// unreadable says at which line reading ended, and why.
func unreadable(err error) error {
	if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
		return fmt.Errorf("%d: %w\nhint: a cell takes no quotation marks", broken.Line, broken.Err)
	}
	return fmt.Errorf(" it cannot be read to its end: %w\nhint: check the file, and the stick or card it is on", err)
}

func checkHeader(row []string) error {
	got := strings.Join(row, ",")
	if strings.ReplaceAll(got, " ", "") == waitsHeader {
		return nil
	}
	hint := "write the line " + waitsHeader + " above the waits"
	if strings.Contains(got, ";") {
		hint = "separate the cells with a comma: in a spreadsheet, export CSV with the separator ,"
	}
	return fmt.Errorf("the first line is %q, not %q\nhint: %s", shortened(got), waitsHeader, hint)
}

func readWait(row []string) (simulation.Wait, error) {
	if len(row) != 2 {
		return simulation.Wait{}, fmt.Errorf("the line has %d cells, not 2\nhint: write start,seconds, such as 2026-11-02T09:41:00+01:00,95.5 with a decimal point", len(row))
	}
	start, err := time.Parse(time.RFC3339, strings.TrimSpace(row[0]))
	if err != nil {
		return simulation.Wait{}, fmt.Errorf("start %q is not a time\nhint: write it like 2026-11-02T09:41:00+01:00, with the offset to UTC, or Z for UTC", shortened(row[0]))
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(row[1]), 64)
	length := time.Duration(0)
	if err == nil && seconds > 0 && seconds <= longestWait.Seconds() {
		length = time.Duration(math.Round(seconds * float64(time.Second)))
	}
	if length <= 0 {
		return simulation.Wait{}, fmt.Errorf("seconds %q is not a length of time\nhint: write a number above 0 and below a year, such as 95.5", shortened(row[1]))
	}
	return simulation.Wait{Start: start, Length: length}, nil
}

// shortened keeps a wrong cell from filling the screen.
func shortened(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// joined puts the waits in order and makes one of those that overlap or touch.
func joined(name string, all []simulation.Wait) waits {
	slices.SortStableFunc(all, func(a, b simulation.Wait) int { return a.Start.Compare(b.Start) })
	var w waits
	for _, next := range all {
		if n := len(w.list); n > 0 {
			last := &w.list[n-1]
			if behind := next.Start.Sub(last.Start); behind <= last.Length {
				last.Length = max(last.Length, behind+next.Length)
				continue
			}
		}
		w.list = append(w.list, next)
	}
	if n := len(all) - len(w.list); n > 0 {
		w.notes = append(w.notes, fmt.Sprintf("%s: %d of %d waits overlap or touch one before them and count as one with it", name, n, len(all)))
	}
	return w
}

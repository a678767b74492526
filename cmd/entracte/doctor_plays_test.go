package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

// The doctor walks the chain: whole, broken, not there, and not read to its end.
func TestDoctorReadsTheChain(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if f := playChain(t.Context(), data); f.State != fine || f.Fact != "no plays are recorded yet" {
		t.Errorf("%+v", f)
	}
	log, err := playlog.Open(disk.OS, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		p := plan.Play{Feed: "acme/shop", Campaign: "lens", Creative: "couple", Advertiser: "Studio Lens", StartedAt: time.Date(2026, 11, 20, 9, i, 0, 0, time.UTC)}
		if _, err := log.Append(p); err != nil {
			t.Fatal(err)
		}
		if err := log.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if f := playChain(t.Context(), data); f.State != fine || f.Fact != "the play log is whole, its chain unbroken: 3 showings in 1 segment" {
		t.Errorf("%+v", f)
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if f := playChain(late, data); f.State != fine || !strings.HasPrefix(f.Fact, "the play log was not read to its end in time; whole so far: 0 showings in 0 segments") || f.Hint == "" {
		t.Errorf("%+v", f)
	}
	segments, err := filepath.Glob(filepath.Join(data, "plays", "*"))
	if err != nil {
		t.Fatal(err)
	}
	changed := false
	for _, path := range segments {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // a folder
		}
		if at := bytes.Index(b, []byte("Studio Lens")); at > 0 {
			b[at] = 's'
			changed = true
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if f := playChain(t.Context(), data); !changed || f.State != attention || !strings.Contains(f.Fact, "block 1") || f.Hint == "" {
		t.Errorf("changed %v: %+v", changed, f)
	}
}

// A log that ends before what is known elsewhere, is cut short, or gone from its folder is
// never called whole.
func TestDoctorMissesRecords(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "plays"), 0o755); err != nil {
		t.Fatal(err)
	}
	if f := playChain(t.Context(), data); f.State != attention || !strings.Contains(f.Fact, "has none in it") {
		t.Errorf("%+v", f)
	}
	var plays []plan.Play
	for i := range 12 {
		plays = append(plays, plan.Play{Seq: uint64(i + 1), Feed: "acme/shop", Campaign: "lens", Creative: "couple", Advertiser: "Studio Lens",
			StartedAt: time.Date(2026, 11, 20, 9, i, 0, 0, time.UTC), Clock: plan.ClockTrusted, Counted: true})
	}
	err := report.Roll(disk.OS, data)(plays[0].StartedAt, func(yield func(plan.Play, error) bool) {
		for _, p := range plays {
			if !yield(p, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if f := playChain(t.Context(), data); f.State != attention || !strings.Contains(f.Fact, "is gone: receipts or hours know of records up to number 12") || f.Hint == "" {
		t.Errorf("%+v", f)
	}
	log, err := playlog.Open(disk.OS, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plays[:3] {
		if _, err := log.Append(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if f := playChain(t.Context(), data); f.State != attention || f.Fact != "records of the play log are missing: 9 at least" {
		t.Errorf("%+v", f)
	}
	if err := os.Truncate(filepath.Join(data, "plays", "000001.seg"), 5000); err != nil {
		t.Fatal(err)
	}
	if f := playChain(t.Context(), data); f.State != attention || !strings.Contains(f.Fact, "cut off") {
		t.Errorf("%+v", f)
	}
}

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

package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

// A slowServer answers nothing until whoever asks has had enough.
type slowServer struct{ asked atomic.Int32 }

func (s *slowServer) Open(ctx context.Context, _ string, _ int64) (io.ReadCloser, error) {
	s.asked.Add(1)
	<-ctx.Done()
	return nil, ctx.Err()
}

func (s *slowServer) List(context.Context, string) ([]string, error) {
	return nil, errors.ErrUnsupported
}

// A stick does not wait for a web server, which goes on once the stick is done with.
func TestStickBeforeServer(t *testing.T) {
	cache, err := storage.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	synctest.Test(t, func(t *testing.T) {
		s := &supply{cache: cache, log: slog.New(slog.DiscardHandler), changed: func() {}, said: map[string]string{}}
		var lit []bool
		light := s.sticksLight(func(on bool) { lit = append(lit, on) })
		server := &slowServer{}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ended := make(chan error, 1)
		fetch := func() {
			go func() { ended <- s.fetch(ctx, server, pack.Name{Org: "acme", Feed: "shop-17"}) }()
			synctest.Wait()
		}
		fetch()
		light(true)
		if err := <-ended; !errors.Is(err, errStick) {
			t.Errorf("a stick came: %v", err)
		}
		fetch()
		if err := <-ended; !errors.Is(err, errStick) {
			t.Errorf("while there is a stick: %v", err)
		}
		light(false)
		before := server.asked.Load()
		fetch()
		if server.asked.Load() == before {
			t.Error("it does not go on after the stick")
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("at the end: %v", err)
		}
		if len(lit) != 2 || !lit[0] || lit[1] {
			t.Errorf("the screen was lit %v", lit)
		}
	})
}

// The plays of the log leave with the stick, signed; what the operator acknowledges in
// a later pack is not told again, and an older pack takes nothing of that back.
func TestReceiptLeavesWithStick(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cache, err := storage.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	plays, err := playlog.Open(disk.OS, data, report.Roll(disk.OS, data))
	if err != nil {
		t.Fatal(err)
	}
	defer plays.Close()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	play := func() {
		t.Helper()
		if _, err := plays.Append(plan.Play{
			Boot: "b", Venue: "Martin", Screen: "screen", Feed: "acme/shop-17", Campaign: "lens", Creative: "lens-1", Advertiser: "Studio Lens", Category: 1021,
			StartedAt: now, MonoMS: now.UnixMilli() % 1e9, PlannedMS: 10_000, ShownMS: 10_000, Outcome: plan.Completed, Counted: true, Clock: plan.ClockTrusted,
		}); err != nil {
			t.Fatal(err)
		}
	}
	feed := pack.Name{Org: "acme", Feed: "shop-17"}
	s := &supply{
		cache: cache, plays: plays, data: data, venue: plan.Venue{ID: "screen", Name: "Martin"}, feeds: []pack.Name{feed},
		clock: func() (time.Time, plan.Clock) { return now, plan.ClockTrusted }, log: slog.New(slog.DiscardHandler), acks: map[string]report.Mark{},
	}
	// receipt is what a fresh stick has then.
	receipt := func() report.Receipt {
		t.Helper()
		stick := t.TempDir()
		wrote, err := s.give(stick)
		if err != nil {
			t.Fatal(err)
		}
		found, err := filepath.Glob(filepath.Join(stick, "ENTRACTE/reports/screen/*.csv"))
		if err != nil || wrote != (len(found) == 1) {
			t.Fatalf("it says %v, and there are %v, %v", wrote, found, err)
		}
		if !wrote {
			return report.Receipt{}
		}
		key, err := report.PublicKey(disk.OS, data)
		if err != nil {
			t.Fatal(err)
		}
		r, err := report.Verify(disk.OS, found[0], key)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	play()
	if r := receipt(); r.To != 0 {
		t.Errorf("the hour is not over: %+v", r)
	}
	now = now.Add(2 * time.Hour)
	first := receipt()
	if first.From != 1 || first.To != 1 || first.Completed != 1 {
		t.Errorf("%+v", first)
	}
	if again := receipt(); again.To != first.To {
		t.Errorf("nobody has acknowledged it: %+v", again)
	}
	s.acknowledged(&pack.Pack{Name: feed, Acks: map[string]pack.Ack{"screen": {Boot: first.Boot, Seq: first.To}}})
	if r := receipt(); r.To != 0 {
		t.Errorf("it was acknowledged: %+v", r)
	}
	s.acknowledged(&pack.Pack{Name: feed, Acks: map[string]pack.Ack{"screen": {Boot: first.Boot}, "other": {Boot: "b", Seq: 99}}})
	play()
	now = now.Add(2 * time.Hour)
	if r := receipt(); r.From != 2 || r.To != 2 {
		t.Errorf("after an older pack: %+v", r)
	}
}

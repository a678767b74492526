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

// A counter is a shop's supply with a log that the test writes.
type counter struct {
	*testing.T
	*supply
	now time.Time
}

func newCounter(t *testing.T, feeds ...string) *counter {
	t.Helper()
	data := t.TempDir()
	cache, err := storage.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	plays, err := playlog.Open(disk.OS, data, report.Roll(disk.OS, data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plays.Close() })
	c := &counter{T: t, now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	c.supply = &supply{
		cache: cache, plays: &recording{log: plays}, data: data, venue: plan.Venue{ID: "screen", Name: "Martin"},
		clock: func() (time.Time, plan.Clock) { return c.now, plan.ClockTrusted }, log: slog.New(slog.DiscardHandler), acks: map[string]report.Mark{},
	}
	for _, f := range feeds {
		n, err := pack.ParseName(f)
		if err != nil {
			t.Fatal(err)
		}
		c.feeds = append(c.feeds, n)
	}
	return c
}

// plays one ad of a feed now.
func (c *counter) play(feed string) {
	c.Helper()
	if _, err := c.plays.Append(plan.Play{
		Boot: "b", Venue: "Martin", Screen: "screen", Feed: feed, Campaign: "lens", Creative: "lens-1", Advertiser: "The " + feed, Category: 1021,
		StartedAt: c.now, MonoMS: c.now.UnixMilli() % 1e9, PlannedMS: 10_000, ShownMS: 10_000, Outcome: plan.Completed, Counted: true, Clock: plan.ClockTrusted,
	}); err != nil {
		c.Fatal(err)
	}
}

// receipts are what a fresh stick of these organisations has then, by organisation.
func (c *counter) receipts(orgs ...string) map[string]report.Receipt {
	c.Helper()
	stick := c.TempDir()
	wrote, err := c.give(stick, orgs)
	if err != nil {
		c.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(stick, "ENTRACTE/reports/screen/*.csv"))
	if err != nil || wrote != (len(found) > 0) {
		c.Fatalf("it says %v, and there are %v, %v", wrote, found, err)
	}
	key, err := report.PublicKey(disk.OS, c.data)
	if err != nil {
		c.Fatal(err)
	}
	all := map[string]report.Receipt{}
	for _, path := range found {
		r, err := report.Verify(disk.OS, path, key)
		if err != nil {
			c.Fatal(err)
		}
		all[r.Org] = r
	}
	return all
}

// acknowledges reads a pack of a feed that acknowledges a receipt.
func (c *counter) acknowledges(feed string, boot string, seq uint64) {
	c.Helper()
	n, err := pack.ParseName(feed)
	if err != nil {
		c.Fatal(err)
	}
	c.acknowledged(&pack.Pack{Name: n, Acks: map[string]pack.Ack{"screen": {Boot: boot, Seq: seq}, "other": {Boot: "b", Seq: 99}}})
}

// The plays of the log leave with the stick, signed; what the operator acknowledges in
// a later pack is not told again, and an older pack takes nothing of that back.
func TestReceiptLeavesWithStick(t *testing.T) {
	t.Parallel()
	c := newCounter(t, "acme/shop-17")
	c.play("acme/shop-17")
	if r := c.receipts("acme"); len(r) > 0 {
		t.Errorf("the hour is not over: %+v", r)
	}
	c.now = c.now.Add(2 * time.Hour)
	first := c.receipts("acme")["acme"]
	if first.From != 1 || first.To != 1 || first.Completed != 1 {
		t.Errorf("%+v", first)
	}
	if again := c.receipts("acme")["acme"]; again != first {
		t.Errorf("nobody has acknowledged it: %+v", again)
	}
	c.acknowledges("acme/shop-17", first.Boot, first.To)
	if r := c.receipts("acme"); len(r) > 0 {
		t.Errorf("it was acknowledged: %+v", r)
	}
	c.acknowledges("acme/shop-17", first.Boot, 0)
	c.play("acme/shop-17")
	c.now = c.now.Add(2 * time.Hour)
	if r := c.receipts("acme")["acme"]; r.From != 2 || r.To != 2 {
		t.Errorf("after an older pack: %+v", r)
	}
}

// Two operators in one shop: each gets its own plays, in its own numbers, and what one
// acknowledges, with whichever of its feeds, is nothing to the other.
func TestReceiptsOfTwoOperators(t *testing.T) {
	t.Parallel()
	c := newCounter(t, "acme/shop-17", "acme/corner", "rival/window")
	hour := func(feeds ...string) {
		t.Helper()
		for _, f := range feeds {
			c.play(f)
		}
		c.now = c.now.Add(time.Hour)
	}
	check := func(org string, r report.Receipt, from, to uint64) {
		t.Helper()
		if r.Org != org || r.From != from || r.To != to || r.Completed != int64(to-from+1) || r.Missing != 0 {
			t.Errorf("%s is told %d to %d: %+v", org, from, to, r)
		}
	}
	hour("acme/shop-17", "own", "rival/window", "rival/window", "acme/corner")
	first := c.receipts("acme", "rival")
	check("acme", first["acme"], 1, 2)
	check("rival", first["rival"], 1, 2)
	if r := c.receipts("rival"); len(r) != 1 {
		t.Errorf("a stick of rival has %+v", r)
	}
	c.acknowledges("acme/corner", "b", first["acme"].To)
	hour("rival/window", "acme/shop-17", "own", "acme/shop-17")
	second := c.receipts("acme", "rival")
	check("acme", second["acme"], 3, 4)
	check("rival", second["rival"], 1, 3)
	// The other feed says no more than the first one did then, and takes nothing back.
	c.acknowledges("acme/shop-17", "b", second["acme"].To)
	c.acknowledges("acme/corner", "b", first["acme"].To)
	if r := c.receipts("acme", "rival"); len(r) != 1 {
		t.Errorf("acme has acknowledged all: %+v", r)
	}
	// What another has acknowledged is no acknowledgement of rival's.
	hour("rival/window")
	check("rival", c.receipts("rival")["rival"], 1, 4)
}

package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"entracte/storage"
	"entracte/storage/pack"
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

package storage

import (
	"context"
	"errors"
	"testing"
	"time"
)

// A player that stops while a medium is being asked about puts nothing in force that
// nobody answered for.
func TestReceiveEndsWhileItAsks(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	p, src := packOf(1, "a", "bad b", "c")
	ctx, cancel := context.WithCancel(t.Context())
	got, err := c.Receive(ctx, src, p, Receiving{Probe: func(within context.Context, path string) (time.Duration, error) {
		cancel()
		<-within.Done()
		return 0, within.Err()
	}})
	if !errors.Is(err, context.Canceled) || got.InForce {
		t.Errorf("%+v, %v", got, err)
	}
	if f, there, err := c.Feed(p.Name.String()); there || err != nil {
		t.Errorf("in force is %+v, %v", f, err)
	}
	if got := mustReceive(t, c, src, p); len(got.Skips) == 0 {
		t.Errorf("afterwards: %+v", got)
	}
}

package storage

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
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

// tooSlow is what a probe says that was ended while it waited.
type tooSlow struct{}

func (tooSlow) Error() string { return "it was too slow" }
func (tooSlow) Timeout() bool { return true }

// A medium is not refused because the machine was busy with the copy: it is asked about
// once more when that is over.
func TestReceiveAsksAgainWhoWasSlow(t *testing.T) {
	t.Parallel()
	for _, times := range []int{1, 2} {
		c := open(t, t.TempDir())
		p, src := packOf(1, "a", "b", "c")
		var mu sync.Mutex
		asked := map[string]int{}
		got, err := c.Receive(t.Context(), src, p, Receiving{Probe: func(_ context.Context, path string) (time.Duration, error) {
			mu.Lock()
			defer mu.Unlock()
			if asked[path]++; filepath.Base(path) == digest([]byte("b")) && asked[path] <= times {
				return 0, fmt.Errorf("%s: %w", path, tooSlow{})
			}
			return 0, nil
		}})
		if err != nil || !got.InForce {
			t.Fatalf("%+v, %v", got, err)
		}
		if refused := len(got.Skips) > 0; refused != (times == 2) {
			t.Errorf("slow %d times: %+v", times, got.Skips)
		}
		for path, n := range asked {
			want := 1
			if filepath.Base(path) == digest([]byte("b")) {
				want = 2
			}
			if n != want {
				t.Errorf("asked %d times about %s", n, path)
			}
		}
	}
}

// Two media are looked at at once, and no more.
func TestReceiveAsksAboutTwoAtOnce(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	p, src := packOf(1, "a", "b", "c", "d", "e", "f")
	var mu sync.Mutex
	now, most := 0, 0
	two := make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got, err := c.Receive(ctx, src, p, Receiving{Probe: func(ctx context.Context, _ string) (time.Duration, error) {
		mu.Lock()
		if now++; now > most {
			if most = now; most == 2 {
				close(two)
			}
		}
		mu.Unlock()
		select { // nobody is answered before two were asked about
		case <-two:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		mu.Lock()
		defer mu.Unlock()
		now--
		return 0, nil
	}})
	if err != nil || !got.InForce || most != asking {
		t.Errorf("%d at once; %+v, %v", most, got, err)
	}
}

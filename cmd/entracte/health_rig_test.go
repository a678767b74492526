//go:build linux

package main

import (
	"context"
	"fmt"
	"image"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"entracte/hw/board"
	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler/plan"
	"entracte/scripts/rig/guest"
)

// A serviceManager is what systemd does with a unit that has WatchdogSec=, except
// that it gives the unit's time to the machine's own watchdog: that is fed when,
// and only when, the player says WATCHDOG=1.
type serviceManager struct {
	conn  *net.UnixConn
	dog   *os.File
	ready chan struct{}
	fed   atomic.Int64
	mu    sync.Mutex
	says  string // its status
}

func newServiceManager(t *testing.T) *serviceManager {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", fmt.Sprint(board.ShortestWatchdog.Microseconds()))
	return &serviceManager{conn: conn, ready: make(chan struct{})}
}

// listen opens the watchdog when the player is ready, and feeds it.
func (m *serviceManager) listen(t *testing.T) {
	b := make([]byte, 4096)
	for {
		n, err := m.conn.Read(b)
		if err != nil {
			return // closed
		}
		for word := range strings.SplitSeq(string(b[:n]), "\n") {
			switch name, value, _ := strings.Cut(word, "="); name {
			case "READY":
				if m.dog, err = os.OpenFile("/dev/watchdog", os.O_WRONLY, 0); err != nil {
					t.Error(err)
					return
				}
				close(m.ready)
			case "WATCHDOG":
				if _, err := m.dog.WriteString("feed"); err != nil {
					t.Error(err)
				}
				m.fed.Add(1)
			case "STATUS":
				t.Logf("the player says it is %s", value)
				m.mu.Lock()
				m.says = value
				m.mu.Unlock()
			}
		}
	}
}

func (m *serviceManager) status() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.says
}

// The real player, its real sensor on a real line and its supervisor, with a
// render loop that can be made to hang: while frames come the machine runs, and
// when they stop it is reset by its kernel, although the sensor goes on.
func TestRigHangingGlass(t *testing.T) {
	guest.Need(t)
	guest.NeedReset(t)
	chip := guest.Header(t, "pinctrl-bcm2711", 58)
	dog := guest.Softdog(t, board.ShortestWatchdog)
	c := shopWith(t, "[[sensor]]\nname = \"till\"\nrole = \"service\"\nkind = \"gpio\"\npin = \"GPIO17\"\nactive = \"high\"\n")
	s := &show{config: c, log: slog.New(slog.DiscardHandler)}
	in := newInputs(c, s.log)
	in.hours = func() (open, trusted bool) { return true, true }
	glass := instantGlass{events: make(chan player.GlassEvent, 1024)}
	glass.events <- player.GlassEvent{Kind: player.Resized, Size: image.Pt(640, 360)}
	p := player.New(player.Config{
		Glass: glass, Preparer: instantly{}, Looks: instantly{}, Plays: &plays{},
		Civil: func() (time.Time, plan.Clock) { return time.Now(), plan.ClockTrusted },
		Venue: c.Venue(), Begun: in.begun, Log: s.log,
	}, nil)
	manager := newServiceManager(t)
	ctx, cancel := context.WithCancel(t.Context())
	var parts sync.WaitGroup
	defer parts.Wait()
	defer manager.conn.Close()
	defer cancel()
	parts.Go(func() { manager.listen(t) })
	parts.Go(func() { in.run(ctx, p) })
	parts.Go(func() {
		if err := p.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	var hangs atomic.Bool
	parts.Go(func() {
		for ctx.Err() == nil && !hangs.Load() {
			in.rounds.glass.Add(1)
			time.Sleep(time.Second / 30)
		}
	})
	s.supervise(ctx, &parts, p, in, &health{log: s.log})
	select {
	case <-manager.ready:
	case <-time.After(time.Minute):
		t.Fatal("the player is never ready")
	}

	// Not fed, it would have bitten in this time.
	time.Sleep(board.ShortestWatchdog * 3 / 2)
	if n := manager.fed.Load(); n < 2 || manager.status() != "running" {
		t.Fatalf("while frames come the watchdog is fed %d times, and the player says it is %s", n, manager.status())
	}
	hangs.Store(true)
	t.Logf("fed %d times; now the glass stands still", manager.fed.Load())
	chip.Set(t, 17, true)
	guest.Eventually(t, time.Minute, "the sensor goes on", func() bool { return in.sensors().State == presence.Serving })
	dog.Bites(t, time.Minute)
}

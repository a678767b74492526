//go:build linux

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"entracte/player"
	"entracte/scheduler/plan"
	"entracte/scripts/rig/guest"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/usb"
)

// yanks is how many times each stick is pulled out in the middle of a copy.
func yanks(t *testing.T) int {
	t.Helper()
	text := os.Getenv("ENTRACTE_YANKS")
	if text == "" {
		return 2
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A stick is pulled out in the middle of the copy, at random points, again and again, and
// put back: the glass says so each time, the ads in force stay, the copy goes on, and
// in the end what the stick brought is in force.
func TestRigStickYanked(t *testing.T) {
	guest.Need(t)
	for _, fs := range []string{"vfat", "exfat"} {
		t.Run(fs, func(t *testing.T) {
			n := yanks(t)
			yankedStick(t, fs, n)
			t.Logf("%d yanks of a stick with %s in the middle of a copy: what was in force stayed, and the copy went on", n, fs)
		})
	}
}

func yankedStick(t *testing.T, fs string, yanks int) {
	key, err := pack.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := newShop(t, key)
	stick := guest.Plug(t, "stick1")
	fill := func(serial int, files map[string]int) {
		stick.Format(t, fs, "ADS")
		dir := s.mount(t, stick, fs, 0)
		buildPack(t, key, dir, serial, files)
		s.release()
	}
	// Ads that were there before, from the same stick.
	fill(1, map[string]int{"before.png": 1 << 10})
	stop := s.follow()
	s.mount(t, stick, fs, unix.MS_RDONLY)
	s.wait(t, "in place")
	s.inForce(t, "before")
	s.release()
	s.wait(t, "")
	stop()

	whole := "before"
	for serial, pulled := 2, 0; pulled < yanks; serial++ {
		// Each yank leaves less to copy, so now and then there are new ads.
		next := fmt.Sprintf("long-%d short-%d", serial, serial)
		fill(serial, map[string]int{fmt.Sprintf("long-%d.png", serial): 64 << 20, fmt.Sprintf("short-%d.png", serial): 1 << 20})
		stop := s.follow()
		for arrived := false; !arrived && pulled < yanks; {
			s.forget()
			s.mount(t, stick, fs, unix.MS_RDONLY)
			guest.Eventually(t, 2*time.Minute, "something is copied", func() bool { return s.saidAny("Copying", "You can remove") })
			time.Sleep(mathrand.N(500 * time.Millisecond)) // where in the copy is for chance to say
			stick.Yank(t)
			guest.Eventually(t, 2*time.Minute, "the visit is over", func() bool { return s.saidAny("You can remove", "too soon") })
			if arrived = s.saidAny("You can remove"); !arrived { // else it was quicker than we
				pulled++
				if want := "The stick was removed too soon / What was playing goes on. / Put it back to finish: the copy goes on where it was."; !s.saidAny(want) {
					t.Errorf("the glass does not say %q, but in the end %q", want, s.last())
				}
				s.inForce(t, whole)
			}
			s.release()
			stick = guest.Plug(t, "stick1")
		}
		s.forget()
		s.mount(t, stick, fs, unix.MS_RDONLY)
		s.wait(t, "You can remove the stick")
		s.inForce(t, next)
		s.release()
		s.wait(t, "")
		stop()
		whole = next
	}
}

// A shop is a player's sticks without its glass.
type rigShop struct {
	cache  *storage.Cache
	sticks *sticks
	mounts []string

	mu   sync.Mutex
	said []string
}

func newShop(t *testing.T, key pack.Key) *rigShop {
	t.Helper()
	keys, err := pack.ParseKeys([]string{key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	cache, err := storage.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	s := &rigShop{cache: cache}
	t.Cleanup(s.release)
	s.sticks = &sticks{
		visitor: &usb.Visitor{
			Cache: cache, Keys: keys, Feeds: []pack.Name{{Org: "acme", Feed: "shop-17"}}, Receiving: storage.Receiving{Device: "screen"},
		},
		words: newStickSpeaker("en", "4F7K2M"), log: slog.New(slog.DiscardHandler),
		tell: s.tell, light: func(bool) {},
		watch: func(ctx context.Context, changed func([]usb.Stick)) error { return usb.Watch(ctx, usb.Here, changed) },
	}
	return s
}

// follow reads sticks until stop is called.
func (s *rigShop) follow() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.sticks.run(ctx) })
	return func() { cancel(); running.Wait() }
}

func (s *rigShop) tell(m player.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, strings.Join(append([]string{m.Title}, m.Lines...), " / "))
}

func (s *rigShop) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = nil
}

// last is what the glass says.
func (s *rigShop) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.said) == 0 {
		return "nothing"
	}
	return s.said[len(s.said)-1]
}

// wait waits until the glass says something; "" is a message that was taken away.
func (s *rigShop) wait(t *testing.T, what string) {
	t.Helper()
	guest.Eventually(t, 2*time.Minute, "the glass says "+what, func() bool {
		if what == "" {
			return s.last() == ""
		}
		return strings.Contains(s.last(), what)
	})
}

// saidAny reports whether the glass said any of that since forget.
func (s *rigShop) saidAny(any ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.said, func(text string) bool {
		return slices.ContainsFunc(any, func(what string) bool { return strings.Contains(text, what) })
	})
}

// inForce checks which campaigns are.
func (s *rigShop) inForce(t *testing.T, want string) {
	t.Helper()
	p, err := s.cache.Plan()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range p.Feeds {
		for i := range f.Campaigns {
			ids = append(ids, f.Campaigns[i].ID)
		}
	}
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("in force is %q, want %q", got, want)
	}
}

// mount mounts a stick as the machine would.
func (s *rigShop) mount(t *testing.T, stick *guest.Stick, fs string, flags uintptr) string {
	t.Helper()
	dir := t.TempDir()
	const nosymfollow = 256
	if err := unix.Mount(stick.Device, dir, fs, flags|unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC|nosymfollow, ""); err != nil {
		t.Fatalf("%s on %s: %v", fs, stick.Device, err)
	}
	s.mounts = append(s.mounts, dir)
	return dir
}

// release lets go of what is mounted, dead or alive.
func (s *rigShop) release() {
	for _, dir := range s.mounts {
		_ = unix.Unmount(dir, unix.MNT_DETACH)
	}
	s.mounts = nil
}

// buildPack writes a pack whose ads are files of so many bytes.
func buildPack(t *testing.T, key pack.Key, dir string, serial int, files map[string]int) {
	t.Helper()
	o := &pack.Order{
		Name: pack.Name{Org: "acme", Feed: "shop-17"}, Key: key, Serial: serial,
		IssuedAt: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Files: fstest.MapFS{},
		Probe: func(context.Context, string) (pack.Facts, error) {
			return pack.Facts{Media: "image/png", Width: 16, Height: 9}, nil
		},
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		b := make([]byte, files[name])
		rand.Read(b)
		o.Files.(fstest.MapFS)[name] = &fstest.MapFile{Data: b}
		id := strings.TrimSuffix(name, ".png")
		o.Campaigns = append(o.Campaigns, plan.Campaign{
			ID: id, Advertiser: "The " + id, Category: 1021, Weight: 1,
			Creatives: []plan.Creative{{ID: id + "-1", File: name, Length: 10 * time.Second}},
		})
	}
	if _, err := pack.Build(t.Context(), disk.OS, dir, o); err != nil {
		t.Fatal(err)
	}
}

package storage

import (
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// A card of a size: what is stored takes room.
func card(t testing.TB, c *Cache, size int64) {
	t.Helper()
	c.room = func(dir string) (int64, int64, error) {
		free := size
		for _, part := range []string{"media", "incoming"} {
			must(t, filepath.WalkDir(filepath.Join(c.dir, part), func(_ string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				i, err := e.Info()
				if err == nil {
					free -= i.Size()
				}
				return err
			}))
		}
		return free, size, nil
	}
}

func TestReceiveNeedsRoom(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	p, s := packOf(1, "one")
	was := mustReceive(t, c, s, p)
	card(t, c, 5<<20)
	p, s = packOf(2, strings.Repeat("film", 1<<20+1<<18)) // what is free, without the reserve
	_, err := receive(c, s, p)
	wantHint(t, err, ErrNoSpace)
	if !strings.Contains(err.Error(), "needs 5 MB more; 5 MB are free, of which 262 kB stay free") {
		t.Error(err)
	}
	if len(s.asked) > 0 || len(left(t, c, "incoming")) > 0 {
		t.Error("it began all the same")
	}
	if w, err := c.Waiting(); len(w) > 0 || err != nil {
		t.Errorf("it waits: %+v, %v", w, err)
	}
	if f, _, err := c.Feed(shop.String()); err != nil || !reflect.DeepEqual(f, was.Feed) {
		t.Errorf("in force: %+v, %v", f, err)
	}
	// A part that is there needs no room twice.
	card(t, c, 6<<20)
	s.left, s.err = 4<<20, errors.New("pulled")
	if got, err := receive(c, s, p); err != nil || got.Gone == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	card(t, c, 4<<20)
	if _, err := receive(c, s, p); !errors.Is(err, ErrNoSpace) {
		t.Error(err)
	}
	if w, err := c.Waiting(); len(w) != 1 || err != nil {
		t.Errorf("what was found is forgotten: %+v, %v", w, err)
	}
	card(t, c, 6<<20)
	_, s = packOf(2, strings.Repeat("film", 1<<20+1<<18))
	mustReceive(t, c, s, p)
}

// The packs of an operator the shop has left go last, and only when there is no other
// room.
func TestReceiveForgetsOtherFeeds(t *testing.T) {
	t.Parallel()
	for _, listens := range []bool{false, true} {
		c := open(t, t.TempDir())
		old, s := packOf(1, strings.Repeat("a", 3<<20))
		mustReceive(t, c, s, old)
		card(t, c, 5<<20)
		p, s := packOf(1, strings.Repeat("b", 3<<20))
		p.Name = pack.Name{Org: "other", Feed: "shop-17"}
		p.Feed.Name = p.Name.String()
		how := Receiving{Device: "screen", Feeds: []string{p.Name.String()}}
		if listens {
			how.Feeds = append(how.Feeds, shop.String())
		}
		_, err := c.Receive(t.Context(), s, p, how)
		if listens != errors.Is(err, ErrNoSpace) || !listens && err != nil {
			t.Errorf("it listens to the old feed: %v; %v", listens, err)
		}
		if _, there, err := c.Feed(shop.String()); there != listens || err != nil {
			t.Errorf("the old feed is in force: %v, %v", there, err)
		}
	}
}

// What nobody needs goes first, then the pack before the one in force; what is in force
// and what is on the glass stays.
func TestReceiveMakesRoom(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	medium := func(letter string) string { return strings.Repeat(letter, 1<<20) }
	for serial, letter := range []string{"a", "b", "c"} {
		p, s := packOf(serial+1, medium(letter))
		mustReceive(t, c, s, p)
	}
	// a belongs to no pack any more, b to the one before, c to the one in force.
	card(t, c, 4<<20)
	p, s := packOf(4, medium("d"))
	mustReceive(t, c, s, p)
	if got := letters(t, c); got != "bcd" {
		t.Errorf("stored: %s", got)
	}
	p, s = packOf(5, medium("e"), medium("f"))
	got, err := c.Receive(t.Context(), s, p, Receiving{Keep: []string{digest([]byte(medium("c")))}})
	if !errors.Is(err, ErrNoSpace) || got.InForce {
		t.Fatalf("%+v, %v", got, err)
	}
	if got := letters(t, c); got != "cd" {
		t.Errorf("stored: %s", got)
	}
	p, s = packOf(6, medium("g"))
	mustReceive(t, c, s, p)
	if got := letters(t, c); got != "cdg" { // there was room
		t.Errorf("stored: %s", got)
	}
}

// letters are the first letters of the media that are stored.
func letters(t testing.TB, c *Cache) string {
	var all []string
	for _, sha := range left(t, c, "media") {
		all = append(all, read(t, c, sha)[:1])
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

func TestReserve(t *testing.T) {
	t.Parallel()
	for total, want := range map[int64]int64{1 << 30: 1 << 30 / 20, 8 << 30: 8 << 30 / 20, 32 << 30: 512 << 20, 0: 0} {
		if got := Reserve(total); got != want {
			t.Errorf("%d: %d, want %d", total, got, want)
		}
	}
}

func TestRoomIsMeasured(t *testing.T) {
	t.Parallel()
	free, total, err := disk.Room(t.TempDir())
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("this system does not say how much is free")
	}
	if err != nil || free <= 0 || total < free {
		t.Error(free, total, err)
	}
}

func TestMegabytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1 kB", 312_900_000: "312 MB", 1_440_000_000: "1.4 GB"} {
		if got := Megabytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

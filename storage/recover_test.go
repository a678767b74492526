package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/pack"
)

// operator signs with a key that is the same in every run.
func operator(t testing.TB) (pack.Key, pack.Keys) {
	t.Helper()
	key, err := pack.NewKey(bytes.NewReader(bytes.Repeat([]byte("entracte"), 16)))
	must(t, err)
	keys, err := pack.ParseKeys([]string{key.Public()})
	must(t, err)
	return key, keys
}

// signed builds a pack of media as an operator does, and returns it with its source.
func signed(t testing.TB, dir string, serial int, media ...string) (*pack.Pack, pack.Source) {
	t.Helper()
	key, keys := operator(t)
	o := &pack.Order{
		Name: shop, Key: key, Serial: serial, IssuedAt: time.Unix(1_800_000_000, 0),
		Probe: func(context.Context, string) (pack.Facts, error) {
			return pack.Facts{Media: "image/jpeg", Width: 16, Height: 9}, nil
		},
	}
	files := fstest.MapFS{}
	for i, m := range media {
		name := fmt.Sprintf("%d.jpg", i)
		files[name] = &fstest.MapFile{Data: []byte(m)}
		o.Campaigns = append(o.Campaigns, plan.Campaign{
			ID: fmt.Sprint("c", i), Advertiser: "A", Category: 1021, Weight: 1, Creatives: []plan.Creative{{ID: fmt.Sprint("cr", i), File: name, Length: 10 * time.Second}},
		})
	}
	o.Files = files
	built, err := pack.Build(context.Background(), disk.OS, dir, o)
	must(t, err)
	root, err := pack.OpenDir(dir)
	must(t, err)
	t.Cleanup(func() { root.Close() })
	p, err := pack.Read(context.Background(), pack.Dir(root), shop, built.Version, keys)
	must(t, err)
	return p, pack.Dir(root)
}

func mustRecover(t testing.TB, dir string, check func(context.Context, string) error) (*Cache, Recovered) {
	t.Helper()
	_, keys := operator(t)
	c, found, err := Recover(context.Background(), dir, Recovery{Check: check, Trust: keys})
	must(t, err)
	t.Cleanup(func() { c.Close() })
	return c, found
}

// ruin makes a cache unreadable.
func ruin(t testing.TB, dir string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, indexFile), []byte(strings.Repeat("ruined ", 5000)), 0o600))
}

func TestRecover(t *testing.T) {
	t.Parallel()
	stick, dir := t.TempDir(), t.TempDir()
	c := open(t, dir)
	for serial := 1; serial <= 2; serial++ {
		p, src := signed(t, stick, serial, "one", fmt.Sprint("two ", serial), "bad")
		mustReceive(t, c, src, p)
	}
	was, _, err := c.Feed(shop.String())
	must(t, err)
	c.Close()

	c, found := mustRecover(t, dir, nil)
	if !reflect.DeepEqual(found, Recovered{}) {
		t.Errorf("nothing was wrong: %+v", found)
	}
	c.Close()

	for n := 1; n <= 4; n++ {
		ruin(t, dir)
		c, found = mustRecover(t, dir, nil)
		aside := filepath.Join(dir, fmt.Sprint("cache.db.bad-", n))
		if found.Aside != aside || !errors.Is(found.Damage, ErrDamaged) || !slices.Equal(found.Feeds, []string{"acme/shop-17"}) || len(found.Lost) > 0 {
			t.Fatalf("%+v", found)
		}
		if b, err := os.ReadFile(aside); err != nil || !strings.HasPrefix(string(b), "ruined") {
			t.Errorf("set aside: %.10q, %v", b, err)
		}
		got, _, err := c.Feed(shop.String())
		if err != nil || len(got.Campaigns) != 3 || got.Revision != was.Revision {
			t.Fatalf("restored: %+v, %v", got, err)
		}
		changed, err := c.Reexamine(context.Background(), pretty)
		if !changed || err != nil {
			t.Error(changed, err)
		}
		if got, _, err = c.Feed(shop.String()); err != nil || !reflect.DeepEqual(got, was) {
			t.Errorf("examined again: %+v, %v", got, err)
		}
		if skips, err := c.LeftOut(); len(skips) != 2 || err != nil {
			t.Errorf("left out: %v, %v", skips, err)
		}
		if changed, err := c.Reexamine(context.Background(), pretty); changed || err != nil {
			t.Error("asked about twice", err)
		}
		c.receiving <- struct{}{} // a slow reception
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.Reexamine(over, pretty); err != nil {
			t.Error("it waits, with nothing to ask about:", err)
		}
		<-c.receiving
		c.Close()
	}
	if kept, _ := filepath.Glob(filepath.Join(dir, "cache.db.bad-*")); len(kept) != 2 || !strings.HasSuffix(kept[1], "-4") {
		t.Errorf("kept aside: %v", kept)
	}
}

// What the newest pack lacks is not shown; the one before is, and nothing older than
// the newest is taken.
func TestRecoverWithoutMedia(t *testing.T) {
	t.Parallel()
	stick, dir := t.TempDir(), t.TempDir()
	c := open(t, dir)
	one, srcOne := signed(t, stick, 1, "one")
	mustReceive(t, c, srcOne, one)
	two, srcTwo := signed(t, stick, 2, "two")
	mustReceive(t, c, srcTwo, two)
	must(t, os.Remove(c.mediaPath(digest([]byte("two")))))
	c.Close()
	ruin(t, dir)
	c, found := mustRecover(t, dir, nil)
	if len(found.Feeds) != 1 || len(found.Lost) != 1 {
		t.Errorf("%+v", found)
	}
	if f, _, err := c.Feed(shop.String()); err != nil || f.Revision != "0001-00000001" {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := receive(c, srcOne, one); !errors.Is(err, pack.ErrOlder) {
		t.Errorf("an older pack: %v", err)
	}
	if got := mustReceive(t, c, srcTwo, two); got.Files != 1 {
		t.Errorf("%+v", got)
	}

	c.Close()
	must(t, os.Remove(c.mediaPath(digest([]byte("one")))))
	must(t, os.Remove(c.mediaPath(digest([]byte("two")))))
	ruin(t, dir)
	c, found = mustRecover(t, dir, nil)
	if len(found.Feeds) != 0 || len(found.Lost) != 2 {
		t.Errorf("%+v", found)
	}
	if _, err := receive(c, srcOne, one); !errors.Is(err, pack.ErrOlder) {
		t.Errorf("an older pack: %v", err)
	}
	mustReceive(t, c, srcTwo, two)
}

// A manifest that was changed on the card, or is no longer trusted, is not restored.
func TestRecoverVerifies(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, dir string) pack.Keys{
		"another key": func(t *testing.T, _ string) pack.Keys { return pack.Keys{} },
		"changed": func(t *testing.T, dir string) pack.Keys {
			_, keys := operator(t)
			path := filepath.Join(dir, "packs/acme/shop-17/0001-00000001.json")
			b, err := os.ReadFile(path)
			must(t, err)
			must(t, os.WriteFile(path, bytes.Replace(b, []byte("c0"), []byte("c9"), 1), 0o644))
			return keys
		},
		"renamed": func(t *testing.T, dir string) pack.Keys {
			_, keys := operator(t)
			must(t, os.Rename(filepath.Join(dir, "packs/acme/shop-17"), filepath.Join(dir, "packs/acme/shop-18")))
			return keys
		},
	} {
		stick, dir := t.TempDir(), t.TempDir()
		c := open(t, dir)
		p, src := signed(t, stick, 1, "one")
		mustReceive(t, c, src, p)
		c.Close()
		keys := spoil(t, dir)
		ruin(t, dir)
		c, found, err := Recover(context.Background(), dir, Recovery{Trust: keys})
		must(t, err)
		if len(found.Feeds) > 0 || len(found.Lost) != 1 || !errors.Is(found.Lost[0], pack.ErrUntrusted) {
			t.Errorf("%s: %+v", name, found)
		}
		if p, err := c.Plan(); err != nil || len(p.Feeds) != 0 {
			t.Errorf("%s: in force: %+v, %v", name, p, err)
		}
		c.Close()
	}
}

// The child is asked after an unclean stop only, and believed.
func TestRecoverAsks(t *testing.T) {
	t.Parallel()
	stick, dir := t.TempDir(), t.TempDir()
	asked := 0
	var answer error
	check := func(_ context.Context, asks string) error {
		if asked++; asks != dir {
			t.Errorf("asked about %s", asks)
		}
		return answer
	}
	c, _ := mustRecover(t, dir, check)
	p, src := signed(t, stick, 1, "one")
	mustReceive(t, c, src, p)
	c.Close()
	c, _ = mustRecover(t, dir, check)
	if asked != 0 {
		t.Error("asked without need")
	}
	// The process dies.
	must(t, c.index.close())
	c, found := mustRecover(t, dir, check)
	if asked != 1 || found.Aside != "" {
		t.Errorf("asked %d times, %+v", asked, found)
	}
	must(t, c.index.close())
	answer = errors.New("signal: killed")
	c, found = mustRecover(t, dir, check)
	if asked != 2 || found.Aside == "" || !errors.Is(found.Damage, ErrDamaged) || len(found.Feeds) != 1 {
		t.Errorf("asked %d times, %+v", asked, found)
	}
	// Another player runs.
	answer = ErrInUse
	if _, found, err := Recover(context.Background(), dir, Recovery{Check: check}); !errors.Is(err, ErrInUse) || found.Aside != "" {
		t.Errorf("%+v, %v", found, err)
	}
	c.Close()
}

// A power cut between the loss of the file and the end of the repair.
func TestRecoverIsTakenUp(t *testing.T) {
	t.Parallel()
	stick, dir := t.TempDir(), t.TempDir()
	c := open(t, dir)
	p, src := signed(t, stick, 1, "one")
	mustReceive(t, c, src, p)
	c.Close()
	must(t, os.Remove(filepath.Join(dir, indexFile)))
	open(t, dir).Close() // a new, empty one
	c, found := mustRecover(t, dir, nil)
	if len(found.Feeds) != 1 {
		t.Errorf("%+v", found)
	}
	must(t, c.RemoveFeed(shop.String()))
	c.Close()
	if _, found := mustRecover(t, dir, nil); len(found.Feeds) != 0 {
		t.Errorf("a feed that was removed is back: %+v", found)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	dir, db, _ := sound(t)
	must(t, Check(dir))
	c := open(t, dir)
	if err := Check(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("in use: %v", err)
	}
	c.Close()
	must(t, os.WriteFile(filepath.Join(dir, indexFile), db[:len(db)/2], 0o600))
	wantHint(t, Check(dir), ErrDamaged)
}

// What was being saved when the process died does not stay for ever.
func TestRecoverTidiesUp(t *testing.T) {
	t.Parallel()
	stick, dir := t.TempDir(), t.TempDir()
	c := open(t, dir)
	p, src := signed(t, stick, 1, "one")
	mustReceive(t, c, src, p)
	must(t, c.KeepKeys(&pack.Keyset{Org: "other", Gen: 2}))
	must(t, c.Close())
	whole := left(t, c, "")
	for _, at := range []string{"packs/acme/shop-17", "keys/other"} {
		must(t, os.WriteFile(filepath.Join(dir, at, disk.TempPrefix+"7-1"), []byte("half"), 0o600))
	}
	c, _ = mustRecover(t, dir, nil)
	defer c.Close()
	if got := left(t, c, ""); !slices.Equal(slices.DeleteFunc(got, func(n string) bool { return n == openMark }), whole) {
		t.Errorf("left are %v, want %v", got, whole)
	}
}

// Whatever happened to the file, the player starts, and shows the pack.
func TestRecoverFromAnyDamage(t *testing.T) {
	t.Parallel()
	stick, sound := t.TempDir(), t.TempDir()
	c := open(t, sound)
	p, src := signed(t, stick, 1, "one", "two")
	was := mustReceive(t, c, src, p)
	must(t, c.Put("last", strings.Repeat("w", 9000)))
	must(t, c.Close())
	db, err := os.ReadFile(filepath.Join(sound, indexFile))
	must(t, err)
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(sound)))
	aside, late := 0, 0
	try := func(name string, b []byte) {
		must(t, os.WriteFile(filepath.Join(dir, indexFile), b, 0o600))
		c, found := mustRecover(t, dir, nil)
		if found.Aside != "" {
			aside++
		}
		// The transaction before is as good: bbolt goes back to it.
		if f, ok, err := c.Feed(shop.String()); err != nil || !ok || !reflect.DeepEqual(f, was.Feed) {
			t.Errorf("%s: in force: %+v, %v", name, f, err)
		}
		err := c.Put("next", 1)
		must(t, c.Close())
		if err == nil {
			return
		}
		// Found out too late: the next start checks, whatever else was in order.
		late++
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		c, found = mustRecover(t, dir, func(context.Context, string) error { return err })
		if found.Aside == "" || len(found.Feeds) != 1 {
			t.Errorf("%s: found at the first write, then %+v", name, found)
		}
		must(t, c.Close())
	}
	for page := range len(db) / pageSize {
		at := page * pageSize
		b := bytes.Clone(db)
		clear(b[at : at+pageSize])
		try(fmt.Sprintf("page %d zeroed", page), b)
		try(fmt.Sprintf("cut off before page %d", page), bytes.Clone(db[:at]))
		try(fmt.Sprintf("cut off in page %d", page), bytes.Clone(db[:at+100]))
		for bit := range 8 {
			b := bytes.Clone(db)
			b[at+bit*509] ^= 1 << bit
			try(fmt.Sprintf("bit %d of byte %d flipped", bit, at+bit*509), b)
		}
	}
	t.Logf("%d of %d damaged files were set aside, %d at the second start", aside, 11*len(db)/pageSize, late)
	if aside == 0 {
		t.Error("no damage was found")
	}
}

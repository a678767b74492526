package usb

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
)

// A desk is an operator's, with a key.
type desk struct{ key pack.Key }

func newDesk(t testing.TB) desk {
	t.Helper()
	key, err := pack.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return desk{key}
}

// build writes a pack of the feed to a stick; each of the files is an ad.
func (d desk) build(t testing.TB, stick, feed string, serial int, files map[string]string) {
	t.Helper()
	name, err := pack.ParseName(feed)
	if err != nil {
		t.Fatal(err)
	}
	o := &pack.Order{
		Name: name, Key: d.key, Serial: serial, IssuedAt: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		Files: fstest.MapFS{},
		Probe: func(context.Context, string) (pack.Facts, error) {
			return pack.Facts{Media: "image/png", Width: 16, Height: 9}, nil
		},
	}
	for file, text := range files {
		o.Files.(fstest.MapFS)[file] = &fstest.MapFile{Data: []byte(text)}
		o.Campaigns = append(o.Campaigns, plan.Campaign{
			ID: strings.TrimSuffix(file, ".png"), Advertiser: "The " + file, Category: 1021, Weight: 1,
			Creatives: []plan.Creative{{ID: "c-" + strings.TrimSuffix(file, ".png"), File: file, Length: 10 * time.Second}},
		})
	}
	if _, err := pack.Build(t.Context(), disk.OS, stick, o); err != nil {
		t.Fatal(err)
	}
}

// plugged is a stick that is there, in a machine of the test's, and where it is.
func plugged(t testing.TB) (s Stick, pull func()) {
	t.Helper()
	dir := t.TempDir()
	m := machine(t, "36 25 8:1 / "+dir+" rw - vfat /dev/sda1 rw\n")
	all, err := m.Sticks()
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0], func() {
		if err := os.Remove(filepath.Join(m.Sys, "class/block/sda1/dev")); err != nil {
			t.Error(err)
		}
	}
}

// visitor listens to acme/shop-17 and other/shop-17.
func (d desk) visitor(t testing.TB) *Visitor {
	t.Helper()
	cache, err := storage.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	keys, err := pack.ParseKeys([]string{d.key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	return &Visitor{
		Cache: cache, Keys: keys, Feeds: []pack.Name{{Org: "acme", Feed: "shop-17"}},
		Receiving: storage.Receiving{Device: "screen"},
		Own:       Own{Disk: disk.OS, Folder: t.TempDir(), Code: "4F7K2M"},
	}
}

// visit returns all news, the last one last.
func visit(t testing.TB, v *Visitor, s Stick) []News {
	t.Helper()
	var all []News
	v.Visit(t.Context(), s, func(n News) { all = append(all, n) })
	return all
}

func last(t testing.TB, v *Visitor, s Stick) News {
	t.Helper()
	all := visit(t, v, s)
	return all[len(all)-1]
}

// A stick brings ads; the same one brings nothing new, an older one is refused, a
// newer one takes its place, and the first one then is older.
func TestVisit(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.visitor(t)
	s, _ := plugged(t)
	var changed []string
	v.Changed = func(r storage.Received) { changed = append(changed, r.Feed.Revision) }
	d.build(t, s.Path, "acme/shop-17", 41, map[string]string{"lens.png": "lens"})
	old, _ := plugged(t)
	d.build(t, old.Path, "acme/shop-17", 40, map[string]string{"past.png": "past"})

	news := visit(t, v, s)
	end := news[len(news)-1]
	if news[0].Stage != Reading || end.Stage != Done || len(end.Feeds) != 1 || !end.Feeds[0].Received.InForce {
		t.Fatalf("%+v", news)
	}
	if n := last(t, v, s); !errors.Is(n.Feeds[0].Err, pack.ErrSame) {
		t.Errorf("the same again: %v", n.Feeds[0].Err)
	}
	if n := last(t, v, old); !errors.Is(n.Feeds[0].Err, pack.ErrOlder) {
		t.Errorf("an older one: %v", n.Feeds[0].Err)
	}
	d.build(t, s.Path, "acme/shop-17", 42, map[string]string{"lens.png": "lens", "castle.png": "castle"})
	n := last(t, v, s)
	if f := n.Feeds[0]; f.Err != nil || f.Received.Files != 1 || len(f.Before.Campaigns) != 1 || len(f.Received.Feed.Campaigns) != 2 {
		t.Errorf("a newer one: %+v", f)
	}
	if got := strings.Join(changed, " "); got != "0001-00000041 0001-00000042" {
		t.Error(got)
	}
}

// When the newest pack of a stick is damaged, the one before it is taken.
func TestNewestThatVerifies(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.visitor(t)
	s, _ := plugged(t)
	d.build(t, s.Path, "acme/shop-17", 1, map[string]string{"lens.png": "lens"})
	d.build(t, s.Path, "acme/shop-17", 2, map[string]string{"castle.png": "castle"})
	if err := os.WriteFile(filepath.Join(s.Path, "ENTRACTE/feeds/shop-17/0001-00000002.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if n := last(t, v, s); n.Feeds[0].Err != nil || n.Feeds[0].Pack.Version.Serial != 1 {
		t.Errorf("%+v", n.Feeds[0])
	}
}

// Two sticks complete each other.
func TestTwoSticks(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.visitor(t)
	a, _ := plugged(t)
	d.build(t, a.Path, "acme/shop-17", 1, map[string]string{"lens.png": "lens", "castle.png": "castle"})
	b, _ := plugged(t)
	blobs := func(path string) []string {
		found, err := filepath.Glob(filepath.Join(path, "ENTRACTE/blobs/*/*"))
		if err != nil || len(found) != 2 {
			t.Fatal(found, err)
		}
		return found
	}
	if err := os.CopyFS(b.Path, os.DirFS(a.Path)); err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{blobs(a.Path)[0], blobs(b.Path)[1]} {
		if err := os.Remove(path); err != nil {
			t.Fatal(i, err)
		}
	}
	if n := last(t, v, a); n.Feeds[0].Err != nil || n.Feeds[0].Received.InForce || len(n.Feeds[0].Received.Missing) != 1 {
		t.Fatalf("the first: %+v", n.Feeds[0])
	}
	if n := last(t, v, b); n.Feeds[0].Err != nil || !n.Feeds[0].Received.InForce || n.Feeds[0].Received.Files != 1 {
		t.Errorf("the second: %+v", n.Feeds[0])
	}
}

func TestForeignStick(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.visitor(t)
	s, _ := plugged(t)
	if err := os.WriteFile(filepath.Join(s.Path, "holiday.jpg"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if n := last(t, v, s); n.Stage != Done || !n.Foreign || len(n.Feeds) != 0 {
		t.Errorf("%+v", n)
	}
	d.build(t, s.Path, "acme/shop-12", 1, map[string]string{"lens.png": "lens"})
	if n := last(t, v, s); n.Foreign || !errors.Is(n.Feeds[0].Err, pack.ErrOtherVenue) {
		t.Errorf("%+v", n)
	}
	stranger, _ := plugged(t)
	newDesk(t).build(t, stranger.Path, "acme/shop-17", 1, map[string]string{"lens.png": "lens"})
	if n := last(t, v, stranger); !errors.Is(n.Feeds[0].Err, pack.ErrUntrusted) {
		t.Errorf("%+v", n)
	}
}

// A stick that is pulled out lists as empty: nothing is concluded from that.
func TestPulled(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.visitor(t)
	s, pull := plugged(t)
	d.build(t, s.Path, "acme/shop-17", 1, map[string]string{"lens.png": "lens"})
	v.Give = func(string, []string) (bool, error) {
		t.Error("a receipt is written to a stick that is gone")
		return false, nil
	}
	if err := os.RemoveAll(filepath.Join(s.Path, "ENTRACTE/blobs")); err != nil {
		t.Fatal(err)
	}
	pull()
	if n := last(t, v, s); n.Stage != Pulled {
		t.Errorf("%+v", n)
	}
}

// Once all of it is in force the stick was not pulled out too soon, though the media were
// still being looked at.
func TestPulledLateEnough(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.visitor(t)
	s, pull := plugged(t)
	d.build(t, s.Path, "acme/shop-17", 1, map[string]string{"lens.png": "lens"})
	v.Receiving.Probe = func(context.Context, string) (time.Duration, error) { pull(); return 0, nil }
	if n := last(t, v, s); n.Stage != Done || !n.Feeds[0].Received.InForce {
		t.Errorf("%+v", n)
	}
}

func TestReceiptOnStick(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	v := d.visitor(t)
	s, _ := plugged(t)
	d.build(t, s.Path, "acme/shop-17", 1, map[string]string{"lens.png": "lens"})
	full := errors.New("the stick is full")
	for _, c := range []struct {
		wrote bool
		err   error
	}{{true, nil}, {false, nil}, {false, full}} {
		v.Give = func(root string, orgs []string) (bool, error) {
			if root != s.Path || !slices.Equal(orgs, []string{"acme"}) {
				t.Error(root, orgs)
			}
			return c.wrote, c.err
		}
		news := visit(t, v, s)
		n := news[len(news)-1]
		if n.Stage != Done || n.Receipt != c.wrote || !errors.Is(n.ReceiptErr, c.err) || news[len(news)-2].Stage != Giving {
			t.Errorf("%+v: %+v", c, n)
		}
	}
}

// A receipt is for who signed a pack on the stick, and for nobody else: neither who has
// the name of another's feed, nor who has only a folder.
func TestWhoGetsReceipts(t *testing.T) {
	t.Parallel()
	d, stranger := newDesk(t), newDesk(t)
	v := d.visitor(t)
	v.Feeds = []pack.Name{{Org: "acme", Feed: "shop-17"}, {Org: "rival", Feed: "shop-17"}, {Org: "rival", Feed: "window"}, {Org: "third", Feed: "door"}}
	ad := map[string]string{"lens.png": "lens"}
	for _, c := range []struct {
		name string
		make func(stick string)
		want []string
	}{
		{"one operator's", func(stick string) { d.build(t, stick, "acme/shop-17", 1, ad) }, []string{"acme"}},
		{"the other's, with a feed of the same name", func(stick string) { d.build(t, stick, "rival/shop-17", 1, ad) }, []string{"rival"}},
		{"both, one with two feeds", func(stick string) {
			d.build(t, stick, "acme/shop-17", 1, ad)
			d.build(t, stick, "rival/window", 1, ad)
		}, []string{"acme", "rival"}},
		{"nothing new", func(stick string) { d.build(t, stick, "acme/shop-17", 1, ad) }, []string{"acme"}},
		{"only to collect: a manifest without its media", func(stick string) {
			d.build(t, stick, "third/door", 1, ad)
			if err := os.RemoveAll(filepath.Join(stick, "ENTRACTE/blobs")); err != nil {
				t.Fatal(err)
			}
		}, []string{"third"}},
		{"a feed nobody listens to", func(stick string) { d.build(t, stick, "fourth/door", 1, ad) }, nil},
		{"a stranger's key", func(stick string) { stranger.build(t, stick, "rival/window", 2, ad) }, nil},
		{"folders only", func(stick string) {
			if err := os.MkdirAll(filepath.Join(stick, "ENTRACTE/feeds/shop-17"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, nil},
		{"empty", func(string) {}, nil},
		{"the owner's own pictures", func(stick string) {
			if err := os.MkdirAll(filepath.Join(stick, OwnFolder), 0o755); err != nil {
				t.Fatal(err)
			}
		}, nil},
	} {
		s, _ := plugged(t)
		c.make(s.Path)
		var got []string
		v.Give = func(_ string, orgs []string) (bool, error) { got = append(got, orgs...); return true, nil }
		if n := last(t, v, s); n.Receipt != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: receipts for %q, not %q; %+v", c.name, got, c.want, n)
		}
	}
}

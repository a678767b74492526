package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/pack"
)

// named is a key that is the same in every run.
func named(t testing.TB, name string) pack.Key {
	t.Helper()
	key, err := pack.NewKey(bytes.NewReader(bytes.Repeat([]byte(name), 128)))
	must(t, err)
	return key
}

func naming(t testing.TB, keys ...pack.Key) pack.Keys {
	t.Helper()
	var texts []string
	for _, k := range keys {
		texts = append(texts, k.Public())
	}
	trust, err := pack.ParseKeys(texts)
	must(t, err)
	return trust
}

// by builds a pack of one medium into a folder, as the owner of a key does, and returns
// its source.
func by(t testing.TB, key pack.Key, dir string, serial int, medium string) pack.Source {
	t.Helper()
	_, err := pack.Build(t.Context(), disk.OS, dir, &pack.Order{
		Name: shop, Key: key, Serial: serial, IssuedAt: time.Unix(1_800_000_000, 0),
		Probe: func(context.Context, string) (pack.Facts, error) {
			return pack.Facts{Media: "image/jpeg", Width: 16, Height: 9}, nil
		},
		Files: fstest.MapFS{"a.jpg": {Data: []byte(medium)}},
		Campaigns: []plan.Campaign{{ID: "c", Advertiser: "A", Category: 1021, Weight: 1,
			Creatives: []plan.Creative{{ID: "cr", File: "a.jpg", Length: 10 * time.Second}}}},
	})
	must(t, err)
	root, err := pack.OpenDir(dir)
	must(t, err)
	t.Cleanup(func() { root.Close() })
	return pack.Dir(root)
}

// trusting opens a data folder as a player whose config names these keys, for as long
// as do runs.
func trusting(t testing.TB, dir string, do func(*Cache, pack.Keys), keys ...pack.Key) {
	t.Helper()
	trust := naming(t, keys...)
	c, _, err := Recover(t.Context(), dir, Recovery{Trust: trust})
	must(t, err)
	defer c.Close()
	do(c, trust)
}

// take installs the newest pack of a source.
func take(c *Cache, src pack.Source, trust pack.Keys) error {
	p, _, err := c.Newest(context.Background(), src, shop, trust)
	if err == nil {
		_, err = c.Receive(context.Background(), src, p, Receiving{})
	}
	return err
}

// wantShown wants a version of the shop's feed in force, and another one distrusted; ""
// is none.
func wantShown(t testing.TB, c *Cache, shown, distrusted string) {
	t.Helper()
	p, err := c.Plan()
	must(t, err)
	got := ""
	for _, f := range p.Feeds {
		got += f.Revision
	}
	one, ok, err := c.Feed(shop.String())
	must(t, err)
	if got != shown || one.Revision != shown || ok != (shown != "") {
		t.Errorf("%q is shown, and as a feed %q, want %q", got, one.Revision, shown)
	}
	for what, k := range map[string]struct {
		list func() ([]InForce, error)
		want string
	}{"in force": {c.Packs, shown}, "distrusted": {c.Distrusted, distrusted}} {
		all, err := k.list()
		must(t, err)
		got := ""
		for _, p := range all {
			got += p.Version
		}
		if got != k.want {
			t.Errorf("%s is %q, want %q", what, got, k.want)
		}
	}
}

// A key that was taken out of the config rules nothing any more: what it signed is not
// shown, and its numbers hold nobody back.
func TestKeyTakenOut(t *testing.T) {
	t.Parallel()
	dir, lost, right := t.TempDir(), named(t, "lost"), named(t, "right")
	burnt := by(t, lost, t.TempDir(), pack.MaxSerial, "lost")
	stick := t.TempDir()
	first := by(t, right, stick, 1, "right")
	const burntText, firstText = "0001-99999999", "0001-00000001"
	trusting(t, dir, func(c *Cache, trust pack.Keys) {
		must(t, take(c, burnt, trust))
		if err := take(c, first, trust); !errors.Is(err, pack.ErrOlder) {
			t.Errorf("while both are trusted: %v", err)
		}
		wantShown(t, c, burntText, "")
	}, lost, right)
	trusting(t, dir, func(c *Cache, _ pack.Keys) { wantShown(t, c, "", burntText) }, right)
	trusting(t, dir, func(c *Cache, _ pack.Keys) { wantShown(t, c, "", burntText) })
	trusting(t, dir, func(c *Cache, _ pack.Keys) { wantShown(t, c, burntText, "") }, lost)
	trusting(t, dir, func(c *Cache, trust pack.Keys) {
		if err := take(c, burnt, trust); !errors.Is(err, pack.ErrUntrusted) {
			t.Errorf("of the key that was taken out: %v", err)
		}
		must(t, take(c, first, trust))
		wantShown(t, c, firstText, "")
		if got := left(t, c, "packs"); !slices.Equal(got, []string{firstText + ".blobs", firstText + ".json", firstText + ".json.minisig"}) {
			t.Errorf("kept are %q", got)
		}
		if w, err := c.Waiting(); len(w) > 0 || err != nil {
			t.Errorf("waiting: %v, %v", w, err)
		}
		// What is trusted still rules.
		must(t, take(c, by(t, right, stick, 2, "right"), trust))
		if err := take(c, by(t, right, t.TempDir(), 1, "right"), trust); !errors.Is(err, pack.ErrOlder) {
			t.Errorf("an older one: %v", err)
		}
		if err := take(c, by(t, right, t.TempDir(), 2, "twice"), trust); !errors.Is(err, pack.ErrTwice) {
			t.Errorf("another one of that number: %v", err)
		}
	}, right)
	// A database that is lost does not bring the old pack back.
	ruin(t, dir)
	trusting(t, dir, func(c *Cache, _ pack.Keys) { wantShown(t, c, "0001-00000002", "") }, lost, right)
}

// Two operators may have used the same number.
func TestKeyTakenOutSameNumber(t *testing.T) {
	t.Parallel()
	dir, lost, right := t.TempDir(), named(t, "lost"), named(t, "right")
	trusting(t, dir, func(c *Cache, trust pack.Keys) { must(t, take(c, by(t, lost, t.TempDir(), 1, "lost"), trust)) }, lost)
	trusting(t, dir, func(c *Cache, trust pack.Keys) {
		stick := t.TempDir()
		src := by(t, right, stick, 1, "right")
		blob := filepath.Join(stick, pack.Folder, filepath.FromSlash(pack.BlobPath(digest([]byte("right")))))
		must(t, os.Rename(blob, blob+".away"))
		must(t, take(c, src, trust))
		wantShown(t, c, "", "0001-00000001")
		if w, err := c.Waiting(); len(w) != 1 || err != nil {
			t.Errorf("waiting: %v, %v", w, err)
		}
		must(t, os.Rename(blob+".away", blob))
		must(t, take(c, src, trust))
		wantShown(t, c, "0001-00000001", "")
		if f, _, err := c.Feed(shop.String()); err != nil || f.Campaigns[0].Creatives[0].SHA256 != digest([]byte("right")) {
			t.Errorf("%+v, %v", f, err)
		}
	}, right)
}

// A pack that waits for its media waits in vain once its key is taken out.
func TestKeyTakenOutWhileWaiting(t *testing.T) {
	t.Parallel()
	dir, lost, right := t.TempDir(), named(t, "lost"), named(t, "right")
	stick := t.TempDir()
	half := by(t, lost, stick, 50, "lost")
	must(t, os.RemoveAll(filepath.Join(stick, pack.Folder, "blobs")))
	trusting(t, dir, func(c *Cache, trust pack.Keys) {
		must(t, take(c, by(t, right, t.TempDir(), 1, "one"), trust))
		must(t, take(c, half, trust))
		if w, err := c.Waiting(); len(w) != 1 || w[0].Version != "0001-00000050" || err != nil {
			t.Errorf("waiting: %v, %v", w, err)
		}
	}, lost, right)
	trusting(t, dir, func(c *Cache, trust pack.Keys) {
		wantShown(t, c, "0001-00000001", "")
		if w, err := c.Waiting(); len(w) > 0 || err != nil {
			t.Errorf("waiting: %v, %v", w, err)
		}
		must(t, take(c, by(t, right, t.TempDir(), 2, "two"), trust))
		if got := left(t, c, "packs"); slices.Contains(got, "0001-00000050.blobs") || !slices.Contains(got, "0001-00000001.json") {
			t.Errorf("kept are %q", got)
		}
	}, right)
}

// The key of the config is what counts, not whether the generations of keys that go
// back to it can still be read.
func TestTrustGoesBackToTheConfig(t *testing.T) {
	t.Parallel()
	root, signer, another := named(t, "root"), named(t, "signer"), named(t, "another")
	t.Run("keys that rotted", func(t *testing.T) {
		t.Parallel()
		dir, stick := t.TempDir(), t.TempDir()
		generation(t, stick, root, signer)
		trusting(t, dir, func(c *Cache, trust pack.Keys) {
			must(t, take(c, by(t, signer, stick, 7, "one"), trust))
			must(t, os.Truncate(filepath.Join(dir, "keys/acme/00000001.json"), 10))
			wantShown(t, c, "0001-00000007", "")
		}, root)
		trusting(t, dir, func(c *Cache, trust pack.Keys) {
			wantShown(t, c, "0001-00000007", "")
			if err := take(c, by(t, root, t.TempDir(), 1, "rolled back"), trust); !errors.Is(err, pack.ErrOlder) {
				t.Errorf("an older one: %v", err)
			}
		}, root)
		trusting(t, dir, func(c *Cache, _ pack.Keys) { wantShown(t, c, "", "0001-00000007") }, another)
	})
	t.Run("a generation of another key names the signer too", func(t *testing.T) {
		t.Parallel()
		dir, stick := t.TempDir(), t.TempDir()
		src := by(t, signer, stick, 7, "one")
		trusting(t, dir, func(c *Cache, trust pack.Keys) { must(t, take(c, src, trust)) }, root, signer)
		trusting(t, dir, func(c *Cache, trust pack.Keys) {
			wantShown(t, c, "", "0001-00000007")
			generation(t, stick, root, signer)
			if err := take(c, src, trust); !errors.Is(err, pack.ErrSame) {
				t.Errorf("the same pack: %v", err)
			}
			wantShown(t, c, "0001-00000007", "")
		}, root)
	})
}

// New keys end what is delivered, not what is on the screen: neither a record of an
// earlier build nor a lost cache.db makes ads of before vanish.
func TestNewKeysTakeNoAdsAway(t *testing.T) {
	t.Parallel()
	root, first, second := named(t, "root"), named(t, "first"), named(t, "second")
	for name, spoil := range map[string]func(c *Cache) error{
		"a record without its key": func(c *Cache) error {
			r, err := c.record(shop.String())
			must(t, err)
			r.Pack.Anchor = ""
			return c.put(r)
		},
		"cache.db is lost": func(c *Cache) error { return os.Remove(filepath.Join(c.dir, indexFile)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, keys := t.TempDir(), t.TempDir()
			trusting(t, dir, func(c *Cache, trust pack.Keys) {
				must(t, take(c, by(t, first, t.TempDir(), 9, "one"), trust))
				generation(t, keys, root, second)
				src := by(t, second, keys, 10, "not all there")
				// The stick is pulled when its keys were read.
				_, _, err := c.Newest(t.Context(), src, shop, trust)
				must(t, err)
				if now, err := c.Keys(trust, shop.Org); err != nil || now.Generation(shop.Org) != 1 {
					t.Fatalf("generation %d, %v", now.Generation(shop.Org), err)
				}
				must(t, spoil(c))
			}, root, first)
			trusting(t, dir, func(c *Cache, trust pack.Keys) {
				wantShown(t, c, "0001-00000009", "")
				if err := take(c, by(t, first, t.TempDir(), 11, "too late"), trust); !errors.Is(err, pack.ErrUntrusted) {
					t.Errorf("a new one of the old key: %v", err)
				}
			}, root, first)
		})
	}
}

// A record of an earlier build does not say which key its pack goes back to: the pack
// that is stored does.
func TestTrustOfOldRecords(t *testing.T) {
	t.Parallel()
	lost, right := named(t, "lost"), named(t, "right")
	for name, k := range map[string]struct {
		spoil func(dir string) error
		trust pack.Key
		shown bool
	}{
		"its key":                 {nil, lost, true},
		"another key":             {nil, right, false},
		"its key, rotted":         {func(f string) error { return os.Truncate(f+".json", 10) }, lost, true},
		"its key, nothing stored": {func(f string) error { return os.Remove(f + ".json.minisig") }, lost, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			trusting(t, dir, func(c *Cache, trust pack.Keys) {
				must(t, take(c, by(t, lost, t.TempDir(), 9, "one"), trust))
				r, err := c.record(shop.String())
				must(t, err)
				if r.Pack.Anchor != lost.Public() {
					t.Errorf("it goes back to %q", r.Pack.Anchor)
				}
				r.Pack.Anchor = ""
				must(t, c.put(r))
				list := fmt.Appendf(nil, "%s 3\n", digest([]byte("one")))
				must(t, c.shelf(shop).save(r.Pack.version(), blobsSuffix, list))
			}, lost)
			if k.spoil != nil {
				must(t, k.spoil(filepath.Join(dir, "packs/acme/shop-17/0001-00000009")))
			}
			trusting(t, dir, func(c *Cache, trust pack.Keys) {
				if k.shown {
					wantShown(t, c, "0001-00000009", "")
					return
				}
				wantShown(t, c, "", "0001-00000009")
				must(t, take(c, by(t, right, t.TempDir(), 1, "right"), trust))
				wantShown(t, c, "0001-00000001", "")
				if got := left(t, c, "packs"); len(got) != 3 {
					t.Errorf("kept are %q", got)
				}
			}, k.trust)
		})
	}
}

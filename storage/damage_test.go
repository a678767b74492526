package storage

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"entracte/scheduler/plan"
)

// sound makes a data folder with a cache that holds two feeds and a value.
func sound(t *testing.T) (dir string, db []byte, p plan.Plan) {
	t.Helper()
	dir = t.TempDir()
	c := open(t, dir)
	for _, name := range []string{"local", "org/shop"} {
		feed, fsys := plan.Feed{Name: name, Revision: "1"}, fstest.MapFS{}
		for _, n := range []string{"a", "b", "c", "d"} {
			file := name[:3] + n + ".jpg"
			fsys[file] = &fstest.MapFile{Data: []byte(file), ModTime: time.Unix(1, 0)}
			feed.Campaigns = append(feed.Campaigns, plan.Campaign{
				ID: n, Advertiser: strings.Repeat(n, 600), Weight: 1, Creatives: []plan.Creative{{ID: n, File: file}},
			})
		}
		if _, _, err := c.Install(context.Background(), feed, fsys, nil); err != nil {
			t.Fatal(err)
		}
	}
	// The last transaction is of no account: without its meta page bbolt opens the
	// file as it was before.
	for _, key := range []string{"device", "last"} {
		if err := c.Put(key, "d-1"); err != nil {
			t.Fatal(err)
		}
	}
	p, err := c.Plan()
	if err != nil || len(p.Feeds) != 2 {
		t.Fatal(p, err)
	}
	c.Close()
	db, err = os.ReadFile(filepath.Join(dir, "cache.db"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, db, p
}

// use opens a damaged cache and uses all of it: every step ends in the truth or in
// an error, never in a panic, a wait without end or a wrong value.
func use(t *testing.T, dir string, want plan.Plan) error {
	t.Helper()
	c, err := Open(dir)
	if err != nil {
		return err
	}
	defer c.Close()
	got, err := c.Plan()
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("a wrong plan was read: %.200v", got)
	}
	var device string
	if ok, err := c.Get("device", &device); err != nil {
		return err
	} else if !ok || device != "d-1" {
		t.Errorf("a wrong value was read: %q", device)
	}
	for i := range 3 {
		if err := c.Put("waits", strings.Repeat("w", 5000*i)); err != nil {
			return err
		}
	}
	if err := c.RemoveFeed("local"); err != nil {
		return err
	}
	_, _, err = c.Sweep()
	return err
}

// inspectLock fails if something still holds the lock of a cache.
func inspectLock(dir string) error {
	c, err := Open(dir)
	if err == nil {
		return c.Close()
	}
	if errors.Is(err, ErrInUse) {
		return err
	}
	return nil
}

func TestDamagedCache(t *testing.T) {
	t.Parallel()
	_, db, want := sound(t)
	pages := len(db) / pageSize
	cases := map[string]func([]byte) []byte{
		"empty":     func([]byte) []byte { return nil },
		"one byte":  func(b []byte) []byte { return b[:1] },
		"a page":    func(b []byte) []byte { return b[:pageSize] },
		"two pages": func(b []byte) []byte { return b[:2*pageSize] },
		"half":      func(b []byte) []byte { return b[:len(b)/2] },
		"text":      func([]byte) []byte { return []byte(strings.Repeat("this is no cache\n", 5000)) },
		"zeros":     func(b []byte) []byte { return make([]byte, len(b)) },
		"no metas":  func(b []byte) []byte { clear(b[:2*pageSize]); return b },
	}
	for name, damage := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "cache.db")
			if err := os.WriteFile(path, damage(append([]byte(nil), db...)), 0o600); err != nil {
				t.Fatal(err)
			}
			err := use(t, dir, want)
			wantHint(t, err, ErrDamaged)
			if !strings.Contains(err.Error(), path) {
				t.Errorf("the error does not name the file: %q", err)
			}
			if _, err := Open(dir); errors.Is(err, ErrInUse) {
				t.Error("a damaged cache stays locked")
			}
		})
	}
	t.Run("pages", func(t *testing.T) {
		t.Parallel()
		found := 0
		for page := range pages {
			for kind, damage := range map[string]func(page []byte){
				"zeros":      func(page []byte) { clear(page) },
				"ones":       func(page []byte) { copy(page, bytes.Repeat([]byte{0xff}, pageSize)) },
				"no keys":    func(page []byte) { page[10], page[11] = 0, 0 }, // the count in the page header
				"a key few":  func(page []byte) { page[10]-- },
				"many keys":  func(page []byte) { page[10], page[11] = 0xff, 0x7f },
				"a far key":  func(page []byte) { page[16+7] = 0x7f }, // the first key's position
				"a vast key": func(page []byte) { page[16+11] = 0x7f },
			} {
				b := append([]byte(nil), db...)
				damage(b[page*pageSize : (page+1)*pageSize])
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "cache.db"), b, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := use(t, dir, want); errors.Is(err, ErrDamaged) {
					found++
				} else if err != nil {
					t.Errorf("page %d, %s: %v", page, kind, err)
				}
				if err := inspectLock(dir); err != nil {
					t.Fatalf("page %d, %s: stays locked: %v", page, kind, err)
				}
			}
		}
		t.Logf("%d of %d damaged files were refused", found, 7*pages)
		if found == 0 {
			t.Error("no damaged page was found")
		}
	})
	t.Run("bits", func(t *testing.T) {
		t.Parallel()
		rng := rand.New(rand.NewPCG(1, 2))
		found := 0
		for range 100 {
			b := append([]byte(nil), db...)
			at := rng.IntN(len(b))
			b[at] ^= 1 << rng.IntN(8)
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "cache.db"), b, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := use(t, dir, want); errors.Is(err, ErrDamaged) {
				found++
			} else if err != nil {
				t.Errorf("a bit in byte %d: %v", at, err)
			}
		}
		t.Logf("%d of 100 files with a flipped bit were refused", found)
		if found == 0 {
			t.Error("no flipped bit was found")
		}
	})
}

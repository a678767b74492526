package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// stored lists the files of the media folder, unfinished ones included.
func stored(t testing.TB, c *Cache) (names []string) {
	t.Helper()
	err := filepath.WalkDir(c.mediaDir(), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAddMedia(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	want := make(map[string]bool)
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "content")
		sum := sha256.Sum256(b)
		sha, size, err := c.addMedia(context.Background(), iotest.HalfReader(bytes.NewReader(b)), int64(len(b)))
		if err != nil || size != int64(len(b)) || sha != hex.EncodeToString(sum[:]) {
			t.Fatal(sha, size, err)
		}
		want[sha] = true
		path, err := c.MediaPath(sha)
		if err != nil || path != filepath.Join(c.dir, "media", sha[:2], sha) {
			t.Fatal(path, err)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, b) {
			t.Fatalf("stored %d bytes of %d, %v", len(got), len(b), err)
		}
	})
	sha, size, err := c.addMedia(context.Background(), strings.NewReader("no limit of its own"), math.MaxInt64)
	if want[sha] = true; err != nil || size != 19 {
		t.Error(sha, size, err)
	}
	if got := stored(t, c); len(got) != len(want) {
		t.Errorf("%d files for %d media", len(got), len(want))
	}
}

func TestAddMediaFails(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	broken := errors.New("stick pulled")
	cases := map[string]struct {
		ctx  context.Context
		r    io.Reader
		want error
	}{
		"too big":  {context.Background(), strings.NewReader("12345678901"), ErrTooBig},
		"endless":  {context.Background(), io.LimitReader(zeros{}, 1<<40), ErrTooBig},
		"broken":   {context.Background(), io.MultiReader(strings.NewReader("123"), iotest.ErrReader(broken)), broken},
		"full USB": {context.Background(), iotest.ErrReader(syscall.ENOSPC), syscall.ENOSPC},
		"ended":    {ended, strings.NewReader("123"), context.Canceled},
	}
	for name, k := range cases {
		if sha, _, err := c.addMedia(k.ctx, k.r, 10); !errors.Is(err, k.want) || sha != "" || errors.Is(err, ErrNoSpace) {
			t.Errorf("%s: %q, %v", name, sha, err)
		}
	}
	if got := stored(t, c); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestAddMediaMendsShortFile(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	sha, _, err := c.addMedia(context.Background(), strings.NewReader("whole"), 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(c.mediaPath(sha), 2); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.addMedia(context.Background(), strings.NewReader("whole"), 10); err != nil {
		t.Fatal(err)
	}
	if got := read(t, c, sha); got != "whole" {
		t.Errorf("still %q", got)
	}
}

func TestMediaPathRefuses(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	hexes := strings.Repeat("ab", 32)
	for _, sha := range []string{
		"", "ab", "../../etc/passwd", hexes[:63], hexes + "a", strings.ToUpper(hexes),
		hexes[:62] + "/.", hexes[:63] + "g", hexes[:63] + "\x00", strings.Repeat("../", 21) + "a",
	} {
		if path, err := c.MediaPath(sha); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %q, %v", sha, path, err)
		}
	}
	if _, err := c.MediaPath(hexes); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a medium that is not stored: %v", err)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	feed := feedOf("1", "a", "b")
	feed.Campaigns[1].Creatives = []plan.Creative{{ID: "card", Card: &plan.Card{Picture: "b"}}}
	fsys := fstest.MapFS{"a": {Data: []byte("a")}, "b": {Data: []byte("b")}, "bad": {Data: []byte("bad!")}}
	mustInstall(t, c, feed, fsys, pretty)
	feed.Name = "other"
	feed.Campaigns = append(feed.Campaigns, feedOf("1", "bad").Campaigns...)
	mustInstall(t, c, feed, fsys, pretty)
	showing, _, err := c.addMedia(context.Background(), strings.NewReader("on the glass"), 99)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.mediaDir(), disk.TempPrefix+"123"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.mediaDir(), "note.txt"), []byte("somebody's"), 0o644); err != nil {
		t.Fatal(err)
	}
	sweep := func(files int, bytes int64, left int, keep ...string) {
		t.Helper()
		n, size, err := c.Sweep(keep...)
		if err != nil || n != files || size != bytes {
			t.Errorf("removed %d files of %d bytes, %v; want %d of %d", n, size, err, files, bytes)
		}
		if got := stored(t, c); len(got) != left {
			t.Errorf("left are %q, want %d", got, left)
		}
	}
	sweep(2, 8, 4, showing) // the bad one and the half one
	sweep(1, int64(len("on the glass")), 3)
	if err := c.RemoveFeed("local"); err != nil {
		t.Fatal(err)
	}
	sweep(0, 0, 3) // the other feed still refers to both
	if err := c.RemoveFeed("other"); err != nil {
		t.Fatal(err)
	}
	sweep(2, 2, 1)
}

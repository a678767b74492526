package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"entracte/storage/disk"
)

// A feed that was never stored plays from where it lies while there is no room for it;
// one that was stays as it is.
func TestLend(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	old, _ := mustInstall(t, c, feedOf("0", "old"), fstest.MapFS{"old": {Data: []byte("old")}}, nil)
	from := folder(t, map[string]string{"a": "aa", "b": "bb"})
	root, err := os.OpenRoot(from)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var probed []string
	probe := func(_ context.Context, path string) (time.Duration, error) {
		probed = append(probed, path)
		return 0, nil
	}
	full := disk.Explain("cannot write", c.dir, syscall.ENOSPC)
	c.disk = unwritten{disk.OS, full}
	if _, _, err := c.Install(t.Context(), feedOf("1", "a", "b"), root.FS(), probe); !errors.Is(err, ErrNoSpace) || c.Lent("local") != nil {
		t.Errorf("a new version: %v; lent: %v", err, c.Lent("local"))
	}
	own := feedOf("1", "a", "b")
	own.Name = "own"
	if _, _, err := c.Install(t.Context(), own, fstest.MapFS{"a": {Data: []byte("aa")}}, probe); !errors.Is(err, ErrNoSpace) {
		t.Errorf("files that lie nowhere: %v", err)
	}
	got, skips := mustInstall(t, c, own, root.FS(), probe)
	if len(got.Campaigns) != 2 || len(skips) > 0 || !errors.Is(c.Lent("own"), ErrNoSpace) {
		t.Errorf("%+v, %v; lent: %v", got, skips, c.Lent("own"))
	}
	if want := []string{filepath.Join(from, "a"), filepath.Join(from, "b")}; !slices.Equal(probed, want) {
		t.Errorf("probed: %v", probed)
	}
	p, err := c.Plan()
	if err != nil || len(p.Feeds) != 2 || !reflect.DeepEqual(p.Feeds[0], old) || !reflect.DeepEqual(p.Feeds[1], got) {
		t.Errorf("in force: %+v, %v", p, err)
	}
	sha := got.Campaigns[0].Creatives[0].SHA256
	if sum := sha256.Sum256([]byte("aa")); sha != hex.EncodeToString(sum[:]) || read(t, c, sha) != "aa" {
		t.Errorf("%s: %s", sha, read(t, c, sha))
	}
	// What its digest is not the digest of is not shown.
	if err := os.WriteFile(filepath.Join(from, "a"), []byte("another"), 0o644); err != nil {
		t.Fatal(err)
	}
	if path, err := c.MediaPath(sha); err == nil {
		t.Errorf("a changed file is shown: %s", path)
	}

	c.disk = disk.OS
	got, _ = mustInstall(t, c, own, root.FS(), probe)
	if c.Lent("own") != nil || read(t, c, got.Campaigns[0].Creatives[0].SHA256) != "another" {
		t.Errorf("with room again: %v", c.Lent("own"))
	}
	if names := stored(t, c); len(names) != 3 {
		t.Errorf("stored: %v", names)
	}
}

// What is in force plays on from a folder that cannot be written, and nothing in it
// changes, although it could be.
func TestOpenUnkept(t *testing.T) {
	t.Parallel()
	stick, dir := t.TempDir(), t.TempDir()
	c := open(t, dir)
	p, src := signed(t, stick, 1, "one", "two")
	mustReceive(t, c, src, p)
	mustInstall(t, c, feedOf("1", "a"), fstest.MapFS{"a": {Data: []byte("a")}}, nil)
	must(t, c.Put("device-id", "d-1"))
	was, err := c.Plan()
	must(t, err)
	if _, err := Look(dir, nil); !errors.Is(err, ErrInUse) {
		t.Errorf("beside a player: %v", err)
	}
	c.Close()
	before := files(t, dir)
	_, keys := operator(t)
	why := disk.Explain("cannot open", dir, syscall.EROFS)

	c, found := OpenUnkept(dir, why, Recovered{}, Recovery{Trust: keys})
	now, err := c.Plan()
	if err != nil || !reflect.DeepEqual(now, was) || !reflect.DeepEqual(found, Recovered{}) {
		t.Errorf("%+v, %v; found %+v", now, err, found)
	}
	id := ""
	if ok, err := c.Get("device-id", &id); !ok || err != nil || id != "d-1" {
		t.Errorf("device %q, %v", id, err)
	}
	must(t, c.Put("acks", 7))
	n := 0
	if ok, err := c.Get("acks", &n); !ok || err != nil || n != 7 {
		t.Errorf("acks %d, %v", n, err)
	}
	next, src := signed(t, stick, 2, "one", "three")
	if got, err := c.Receive(t.Context(), src, next, Receiving{}); !errors.Is(err, disk.ErrReadOnly) || got.InForce {
		t.Errorf("a stick: %+v, %v", got, err)
	}
	if _, _, err := c.Sweep(); err != nil {
		t.Errorf("there is nothing to sweep: %v", err)
	}
	must(t, c.Close())
	if after := files(t, dir); !reflect.DeepEqual(before, after) {
		t.Errorf("it had %v, and has %v", before, after)
	}

	// Where cache.db is no help, the packs are.
	ruin(t, dir)
	c, found = OpenUnkept(dir, why, Recovered{}, Recovery{Trust: keys})
	if got, ok, err := c.Feed(shop.String()); !ok || err != nil || len(got.Campaigns) != 2 || len(found.Feeds) != 1 || !errors.Is(errors.Join(found.Lost...), ErrDamaged) {
		t.Errorf("%+v, %v; found %+v", got, err, found)
	}
	for _, dir := range []string{filepath.Join(dir, "new"), filepath.Join(dir, "cache.db", "below a file")} {
		c, found = OpenUnkept(dir, why, Recovered{}, Recovery{Trust: keys})
		if now, err := c.Plan(); err != nil || len(now.Feeds) != 0 || len(found.Feeds) > 0 {
			t.Errorf("%s: %+v, %v; found %+v", dir, now, err, found)
		}
		// A name that is taken is no reason to try another one for ever.
		c, _ = OpenUnkept(dir, &os.PathError{Op: "mkdir", Path: dir, Err: syscall.EEXIST}, Recovered{}, Recovery{Trust: keys})
		if _, _, err := c.Install(t.Context(), feedOf("1", "a"), fstest.MapFS{"a": {Data: []byte("a")}}, nil); err == nil {
			t.Error("a file that lies nowhere is lent")
		}
	}
	if c, err := Look(filepath.Join(dir, "new"), nil); err != nil {
		t.Error(err)
	} else if all, err := c.Packs(); len(all) > 0 || err != nil {
		t.Error(all, err)
	}
}

// files are the files of a folder, with their bytes.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all[path] = string(b)
		return err
	}))
	return all
}

// Nothing is written where there is no room for it, however often it is tried, and what
// has not changed is not looked at again.
func TestLendLeavesTheReserve(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	const total = 1000
	free := int64(total/20 + 1)
	c.room = func(string) (int64, int64, error) { return free, total, nil }
	c.disk = unwritten{disk.OS, errors.New("it was written to")}
	root, err := os.OpenRoot(folder(t, map[string]string{"a": "aa"}))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	probed := 0
	probe := func(context.Context, string) (time.Duration, error) {
		probed++
		return 0, nil
	}
	for range 3 {
		mustInstall(t, c, feedOf("1", "a"), root.FS(), probe)
		if err := c.Lent("local"); !errors.Is(err, ErrNoSpace) || probed != 1 {
			t.Fatalf("lent: %v; probed %d times", err, probed)
		}
	}
	free++
	c.disk = disk.OS
	got, _ := mustInstall(t, c, feedOf("1", "a"), root.FS(), probe)
	if c.Lent("local") != nil || !c.has(got.Campaigns[0].Creatives[0].SHA256, 2) {
		t.Errorf("with room: %v", c.Lent("local"))
	}
}

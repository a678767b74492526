package pack

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

func succession(t testing.TB, by string, signers ...string) *Succession {
	o := &Succession{Org: "acme", Key: testKey(t, by), IssuedAt: order(t).IssuedAt}
	for _, s := range signers {
		o.Signers = append(o.Signers, testKey(t, s).Public())
	}
	return o
}

// What is written is what a player applies, one generation after the other; a pack is
// built for the newest, and what a lost key signs is refused.
func TestBuildKeys(t *testing.T) {
	t.Parallel()
	ctx, dir, n := context.Background(), t.TempDir(), Name{"acme", "shop-17"}
	first, err := BuildKeys(disk.OS, dir, succession(t, "root", "acme", "acme"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{testKey(t, "root").Public()}
	if first.Gen != 1 || first.Before != nil || len(first.Signers) != 1 || !reflect.DeepEqual(first.Roots, want) || len(first.Ended) > 0 {
		t.Errorf("%+v", first)
	}
	old := built(t, dir, order(t))
	if old.Version != (Version{1, 1}) {
		t.Errorf("the pack is %s", old.Version)
	}
	second, err := BuildKeys(disk.OS, dir, succession(t, "root", "second"))
	if err != nil {
		t.Fatal(err)
	}
	if second.Gen != 2 || second.Before.Gen != 1 || !reflect.DeepEqual(second.Roots, want) || !reflect.DeepEqual(second.Ended, []Name{n}) {
		t.Errorf("%+v", second)
	}
	if filepath.Base(second.Path) != "00000002.json" {
		t.Errorf("%s", second.Path)
	}
	if _, err := Build(ctx, disk.OS, dir, order(t)); !errors.Is(err, ErrUntrusted) {
		t.Errorf("the key before builds: %v", err)
	}
	if tree, err := Examine(ctx, opened(t, dir), Keys{}); err != nil || !errors.Is(tree.Err(), ErrUntrusted) || len(tree.Keysets) != 2 {
		t.Errorf("%+v, %v", tree, err)
	}
	o := order(t)
	o.Key = testKey(t, "second")
	if p := built(t, dir, o); p.Version != (Version{2, 1}) {
		t.Errorf("the pack is %s", p.Version)
	}
	src := opened(t, dir)
	if tree, err := Examine(ctx, src, trust(t, testKey(t, "root"))); err != nil || tree.Err() != nil {
		t.Errorf("%+v, %v", tree, err)
	}
	keys, sets, err := Advance(ctx, src, "acme", trust(t, testKey(t, "root")))
	if err != nil || len(sets) != 2 {
		t.Fatal(sets, err)
	}
	p, err := Read(ctx, src, n, Version{2, 1}, keys)
	if err != nil || p.Key != testKey(t, "second").Public() || p.Anchor != want[0] {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := Read(ctx, src, n, Version{1, 1}, keys); !errors.Is(err, ErrUntrusted) {
		t.Errorf("of the lost key: %v", err)
	}
}

// An operator who began with one key names a spare as root while that key is there, and
// may then name another signer for the same generation's packs.
func TestBuildKeysAfterPacks(t *testing.T) {
	t.Parallel()
	dir, n := t.TempDir(), Name{"acme", "shop-17"}
	built(t, dir, order(t))
	o := order(t)
	o.Key = testKey(t, "second")
	if _, err := Build(context.Background(), disk.OS, dir, o); !errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), "is signed with another key, "+testKey(t, "acme").Public()) {
		t.Errorf("another key builds: %v", err)
	}
	next := succession(t, "acme", "second")
	next.Roots = []string{testKey(t, "spare").Public()}
	g, err := BuildKeys(disk.OS, dir, next)
	if err != nil || !reflect.DeepEqual(g.Ended, []Name{n}) || !reflect.DeepEqual(g.Roots, next.Roots) {
		t.Fatalf("%+v, %v", g, err)
	}
	if p := built(t, dir, o); p.Version != (Version{1, 2}) {
		t.Errorf("the pack is %s", p.Version)
	}
}

func TestBuildKeysRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one := succession(t, "acme", "acme")
	one.Roots = []string{testKey(t, "spare").Public()}
	if _, err := BuildKeys(disk.OS, dir, one); err != nil {
		t.Fatal(err)
	}
	other := order(t)
	other.Name.Org = "rival"
	held := t.TempDir()
	built(t, held, other)
	many := succession(t, "spare", "acme")
	for range 9 {
		many.Roots = append(many.Roots, testKey(t, strings.Repeat("r", len(many.Roots)+1)).Public())
	}
	org := succession(t, "spare", "acme")
	org.Org = "rival"
	bad := succession(t, "spare", "acme")
	bad.Signers = append(bad.Signers, "RWnonsense")
	shape := succession(t, "root", "acme")
	shape.Org = "Acme"
	for _, c := range []struct {
		what, dir, want string
		o               *Succession
		kind            error
	}{
		{"signed by what is no root", dir, "may not sign generation 2", succession(t, "acme", "acme"), ErrUntrusted},
		{"no signers", dir, "nobody could sign", succession(t, "spare"), nil},
		{"a signer that is no key", dir, "not a minisign public key", bad, nil},
		{"too many roots", dir, "roots has more than 8", many, ErrNotPack},
		{"another organisation's keys", dir, `holds the keys of "acme", not of "rival"`, org, ErrOtherVenue},
		{"another organisation's packs", held, "holds packs of rival/shop-17", succession(t, "root", "acme"), ErrOtherVenue},
		{"no organisation", t.TempDir(), `org is "Acme"`, shape, nil},
		{"no folder", filepath.Join(dir, "gone"), "is not there", succession(t, "spare", "acme"), nil},
	} {
		_, err := BuildKeys(disk.OS, c.dir, c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) || c.kind != nil && !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", c.what, err)
		}
		if _, err := os.Stat(filepath.Join(c.dir, Folder, "keys", "00000002.json")); err == nil {
			t.Errorf("%s: it was written", c.what)
		}
	}
}

// Whenever the power goes, a reader finds the generations that were made, each whole.
func TestBuildKeysSurvivesPowerCuts(t *testing.T) {
	t.Parallel()
	o := succession(t, "root", "acme")
	keys := trust(t, o.Key)
	crash.Check(t, crash.Trial[int]{
		States: 500,
		Run: func(d *crash.Disk, _ *rand.Rand, tell func(int)) error {
			if err := errors.Join(d.Mkdir("/stick"), d.SyncDir("/")); err != nil {
				return err
			}
			for range 2 {
				g, err := BuildKeys(d, "/stick", o)
				if err != nil {
					return err
				}
				tell(g.Gen)
			}
			return nil
		},
		Check: func(d *crash.Disk, told []int) error {
			_, sets, err := Advance(context.Background(), modelled{d}, "acme", keys)
			if err == nil && len(sets) < len(told) {
				err = fmt.Errorf("%d generations are there of %d", len(sets), len(told))
			}
			return err
		},
	})
}

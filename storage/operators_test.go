package storage

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"entracte/storage/pack"
)

// owned are the keys of a config that says whose each is: pairs of an operator and a key.
func owned(t testing.TB, pairs ...any) pack.Keys {
	t.Helper()
	var texts []string
	for i := 0; i < len(pairs); i += 2 {
		texts = append(texts, pairs[i].(string)+" "+pairs[i+1].(pack.Key).Public())
	}
	trust, err := pack.ParseKeys(texts)
	must(t, err)
	return trust
}

// as opens a data folder as a player with these keys.
func as(t testing.TB, dir string, trust pack.Keys, do func(*Cache)) {
	t.Helper()
	c, _, err := Recover(t.Context(), dir, Recovery{Trust: trust})
	must(t, err)
	defer c.Close()
	do(c)
}

// generation puts the first generation of the keys of acme onto a stick.
func generation(t testing.TB, stick string, root, signer pack.Key) {
	t.Helper()
	document, signature := keysetOf(root, signer)
	keys := filepath.Join(stick, pack.Folder, "keys")
	must(t, os.MkdirAll(keys, 0o755))
	must(t, os.WriteFile(filepath.Join(keys, "00000001.json"), document, 0o644))
	must(t, os.WriteFile(filepath.Join(keys, "00000001.json.minisig"), signature, 0o644))
}

// Two operators deliver to one shop. Neither can sign for the other: no pack, and so no
// acknowledgement and no claim to a receipt, and no generation of keys.
func TestOperatorsDoNotTrustEachOther(t *testing.T) {
	t.Parallel()
	acme, zoe := named(t, "acme"), named(t, "zoe")
	trust := owned(t, "acme", acme, "zoe", zoe)
	as(t, t.TempDir(), trust, func(c *Cache) {
		must(t, take(c, by(t, acme, t.TempDir(), 1, "acme's"), trust))
		if p, _, err := c.Newest(t.Context(), by(t, zoe, t.TempDir(), 9, "zoe's"), shop, trust); p != nil || !errors.Is(err, pack.ErrUntrusted) {
			t.Errorf("zoe signs for acme: %v, %v", p, err)
		}
		stick := t.TempDir()
		src := by(t, zoe, stick, 9, "zoe's")
		generation(t, stick, zoe, zoe)
		if err := take(c, src, trust); !errors.Is(err, pack.ErrUntrusted) {
			t.Errorf("zoe makes a generation of acme's keys: %v", err)
		}
		if keys, err := c.Keys(trust, "acme"); err != nil || keys.Generation("acme") != 0 {
			t.Errorf("generation %d is kept, %v", keys.Generation("acme"), err)
		}
		must(t, take(c, by(t, acme, t.TempDir(), 2, "acme's next"), trust))
		wantShown(t, c, "0001-00000002", "")
	})
}

// A key that is named for another operator from now on vouches no more for what it
// signed before, nor for the generations of keys that go back to it. An agency's key may
// be named for both.
func TestKeyBoundToAnotherOperator(t *testing.T) {
	t.Parallel()
	key, signer := named(t, "key"), named(t, "signer")
	for name, k := range map[string]struct{ generation bool }{"a pack": {false}, "a generation": {true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, stick := t.TempDir(), t.TempDir()
			signs := key
			if k.generation {
				generation(t, stick, key, signer)
				signs = signer
			}
			src := by(t, signs, stick, 7, "one")
			anyone, theirs, both := naming(t, key), owned(t, "zoe", key), owned(t, "zoe", key, "acme", key)
			as(t, dir, anyone, func(c *Cache) { must(t, take(c, src, anyone)) })
			as(t, dir, theirs, func(c *Cache) {
				wantShown(t, c, "", "0001-00000007")
				if err := take(c, src, theirs); !errors.Is(err, pack.ErrUntrusted) {
					t.Errorf("it is taken again: %v", err)
				}
			})
			as(t, dir, both, func(c *Cache) { wantShown(t, c, "0001-00000007", "") })
		})
	}
}

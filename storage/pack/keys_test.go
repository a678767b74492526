package pack

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// keysetText is a keyset as its owner writes it.
func keysetText(t testing.TB, org string, gen int, roots []Key, signers ...Signer) string {
	t.Helper()
	w := keyset{Format: KeysetFormat, Org: org, Gen: gen, IssuedAt: "2026-11-22T10:00:00Z", Signers: signers}
	for _, k := range roots {
		w.Roots = append(w.Roots, k.Public())
	}
	b, err := marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func keysetSignature(text string, org string, gen int, by Key) string {
	return string(by.Sign([]byte(text), fmt.Sprintf("entracte-keys/1 org=%s gen=%d", org, gen)))
}

// all may sign every feed.
func all(k Key) Signer { return Signer{k.Public(), []string{"*"}} }

// A generation of keys ends the one before: a lost key is worth nothing, and numbers
// count anew.
func TestGenerations(t *testing.T) {
	t.Parallel()
	ctx, n := context.Background(), Name{"acme", "shop-17"}
	pinned, lost, spare, fresh := testKey(t, "pinned"), testKey(t, "lost"), testKey(t, "spare"), testKey(t, "fresh")
	one := keysetText(t, "acme", 1, []Key{pinned, spare}, all(lost))
	two := keysetText(t, "acme", 2, []Key{spare}, all(fresh))
	old := signed(t, small(99_999_999), lost)
	next := small(1)
	next.Version.Gen = 2
	text, err := encode(next)
	if err != nil {
		t.Fatal(err)
	}
	_, src := tree(t, map[string]string{
		"keys/00000001.json": one, "keys/00000001.json.minisig": keysetSignature(one, "acme", 1, pinned),
		"keys/00000002.json": two, "keys/00000002.json.minisig": keysetSignature(two, "acme", 2, spare),
		"feeds/shop-17/0001-99999999.json": string(old.Manifest), "feeds/shop-17/0001-99999999.json.minisig": string(old.Signature),
		"feeds/shop-17/0002-00000001.json": string(text), "feeds/shop-17/0002-00000001.json.minisig": string(fresh.Sign(text, comment(n, next.Version, sums(next.Blobs)))),
	})
	keys := trust(t, pinned)
	if _, err := Read(ctx, src, n, old.Version, keys); !errors.Is(err, ErrUntrusted) {
		t.Errorf("without keysets, only pinned keys sign: %v", err)
	}
	learnt, sets, err := Advance(ctx, src, "acme", keys)
	if err != nil || len(sets) != 2 || learnt.Generation("acme") != 2 || keys.Generation("acme") != 0 {
		t.Fatalf("%+v, %v", sets, err)
	}
	if _, err := Read(ctx, src, n, Version{2, 1}, learnt); err != nil {
		t.Error(err)
	}
	if _, err := Read(ctx, src, n, old.Version, learnt); !errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), "generation 2 has ended") {
		t.Errorf("a pack of the lost key: %v", err)
	}
	// What was accepted before can be read again from the device's own copy.
	if _, err := Parse(old.Manifest, old.Signature, n, old.Version, learnt); err != nil {
		t.Errorf("%v", err)
	}
	if found, err := Find(ctx, src, n); err != nil || !reflect.DeepEqual(found, []Version{{2, 1}, {1, 99_999_999}}) {
		t.Errorf("%v, %v", found, err)
	}
	// After a restart the kept bytes give the same keys.
	again := trust(t, pinned)
	for _, s := range sets {
		if again, _, err = again.Apply(s.Document, s.Signature); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(again, learnt) {
		t.Error("the keys differ after a restart")
	}
	if more, sets, err := Advance(ctx, src, "acme", again); err != nil || len(sets) != 0 || more.Generation("acme") != 2 {
		t.Errorf("%v, %v", sets, err)
	}
	// Another organisation is not touched by them.
	if none, sets, err := Advance(ctx, src, "other", trust(t, pinned)); err != nil || len(sets) != 0 || none.Generation("other") != 0 {
		t.Errorf("%v, %v", sets, err)
	}
}

func TestKeysetsThatAreRefused(t *testing.T) {
	t.Parallel()
	pinned, spare, stranger := testKey(t, "pinned"), testKey(t, "spare"), testKey(t, "stranger")
	one := keysetText(t, "acme", 1, []Key{spare}, all(pinned))
	after, _, err := trust(t, pinned).Apply([]byte(one), []byte(keysetSignature(one, "acme", 1, pinned)))
	if err != nil {
		t.Fatal(err)
	}
	two := keysetText(t, "acme", 2, []Key{spare}, all(pinned))
	three := keysetText(t, "acme", 3, []Key{spare}, all(pinned))
	none := strings.Replace(two, `"roots": [`, `"later": [`, 1)
	for _, c := range []struct {
		what, text, sig string
		kind            error
	}{
		{"signed by a stranger", two, keysetSignature(two, "acme", 2, stranger), ErrUntrusted},
		{"signed by a signer that is no root any more", two, keysetSignature(two, "acme", 2, pinned), ErrUntrusted},
		{"one generation left out", three, keysetSignature(three, "acme", 3, spare), ErrUntrusted},
		{"the same generation again", one, keysetSignature(one, "acme", 1, pinned), ErrUntrusted},
		{"a comment for another generation", two, keysetSignature(two, "acme", 3, spare), ErrUntrusted},
		{"a comment for another organisation", two, keysetSignature(two, "other", 2, spare), ErrUntrusted},
		{"changed", strings.Replace(two, "10:00:00", "11:00:00", 1), keysetSignature(two, "acme", 2, spare), ErrUntrusted},
		{"no roots", none, keysetSignature(none, "acme", 2, spare), ErrNotPack},
		{"no JSON", "{", keysetSignature("{", "acme", 2, spare), ErrNotPack},
		{"too large", two + strings.Repeat(" ", MaxKeyset), keysetSignature(two, "acme", 2, spare), ErrNotPack},
		{"a signature that is none", two, "x", ErrUntrusted},
	} {
		got, _, err := after.Apply([]byte(c.text), []byte(c.sig))
		if !errors.Is(err, c.kind) || !strings.Contains(fmt.Sprint(err), "\nhint: ") {
			t.Errorf("%s: %v", c.what, err)
		}
		if got.Generation("acme") != 1 {
			t.Errorf("%s: generation %d", c.what, got.Generation("acme"))
		}
	}
	for what, text := range map[string]string{
		"format":  strings.Replace(two, "entracte-keys/1", "entracte-pack/1", 1),
		"org":     strings.Replace(two, `"acme"`, `"../x"`, 1),
		"gen":     strings.Replace(two, `"gen": 2`, `"gen": 0`, 1),
		"time":    strings.Replace(two, "2026", "1926", 1),
		"root":    strings.Replace(two, spare.Public(), "RWx", 1),
		"signer":  strings.Replace(two, pinned.Public(), "RWx", 1),
		"feed":    strings.Replace(two, `"*"`, `"../x"`, 1),
		"no feed": strings.Replace(two, `"*"`, ``, 1),
		"unknown": strings.Replace(two, `"gen": 2`, `"gen": 2, "critical": ["threshold"]`, 1),
	} {
		if _, _, err := parseKeyset([]byte(text), []byte(keysetSignature(text, "acme", 2, spare))); !errors.Is(err, ErrNotPack) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A signer signs its feeds and no other.
func TestSignersOfFeeds(t *testing.T) {
	t.Parallel()
	root, mine, others := testKey(t, "root"), testKey(t, "mine"), testKey(t, "others")
	text := keysetText(t, "acme", 1, []Key{root}, Signer{mine.Public(), []string{"shop-16", "shop-17"}}, Signer{others.Public(), []string{"shop-18"}})
	keys, set, err := trust(t, root).Apply([]byte(text), []byte(keysetSignature(text, "acme", 1, root)))
	if err != nil || len(set.Signers) != 2 {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key Key
		ok  bool
	}{{mine, true}, {others, false}, {root, false}} {
		p := signed(t, small(1), c.key)
		if _, err := Parse(p.Manifest, p.Signature, p.Name, p.Version, keys); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrUntrusted) {
			t.Errorf("%v", err)
		}
	}
}

// A key that the config names for one organisation is worth nothing for another: it signs
// no pack of theirs, no generation of their keys, and vouches for nothing.
func TestKeysOfOperators(t *testing.T) {
	t.Parallel()
	acme, zoe, agency := testKey(t, "acme"), testKey(t, "zoe"), testKey(t, "agency")
	keys, err := ParseKeys([]string{"acme " + acme.Public(), "zoe " + zoe.Public(), "acme " + agency.Public(), "zoe " + agency.Public()})
	if err != nil {
		t.Fatal(err)
	}
	first := keysetText(t, "acme", 1, []Key{zoe}, all(zoe))
	for _, c := range []struct {
		key Key
		ok  bool
	}{{acme, true}, {agency, true}, {zoe, false}} {
		p := signed(t, small(1), c.key)
		_, err := Parse(p.Manifest, p.Signature, p.Name, p.Version, keys)
		if (err == nil) != c.ok || err != nil && (!errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), "which is trusted here for zoe only\nhint: ")) {
			t.Errorf("pack: %v", err)
		}
		_, _, err = keys.Apply([]byte(first), []byte(keysetSignature(first, "acme", 1, c.key)))
		if (err == nil) != c.ok || err != nil && (!errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), "which is trusted here for zoe only\nhint: ")) {
			t.Errorf("keys: %v", err)
		}
		if keys.Pins("acme", c.key.Public()) != c.ok || keys.Pins("other", c.key.Public()) || !trust(t, c.key).Pins("other", c.key.Public()) {
			t.Error("a key is pinned for another organisation")
		}
	}
}

// The writer works in the newest generation that the tree has, and refuses a key that no
// player would take.
func TestBuildInGenerations(t *testing.T) {
	t.Parallel()
	dir, o := t.TempDir(), order(t)
	built(t, dir, o)
	fresh := testKey(t, "fresh")
	one := keysetText(t, "acme", 1, []Key{o.Key}, all(o.Key))
	two := keysetText(t, "acme", 2, []Key{o.Key}, all(fresh))
	w := treeWriterOf(dir)
	for name, text := range map[string]string{
		"keys/00000001.json": one, "keys/00000001.json.minisig": keysetSignature(one, "acme", 1, o.Key),
		"keys/00000002.json": two, "keys/00000002.json.minisig": keysetSignature(two, "acme", 2, o.Key),
	} {
		if err := w.write(name, text); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := buildErr(dir, o); !errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), "no player would take them") {
		t.Errorf("the old key: %v", err)
	}
	pinned := o.Key
	o.Key = fresh
	if b := built(t, dir, o); b.Version != (Version{2, 1}) {
		t.Errorf("%v", b.Version)
	}
	if b := built(t, dir, o); b.Version != (Version{2, 2}) {
		t.Errorf("%v", b.Version)
	}
	faultless(t, opened(t, dir), trust(t, pinned))
	o.Name.Org = "other"
	if _, err := buildErr(dir, o); !errors.Is(err, ErrOtherVenue) {
		t.Errorf("another organisation's keys: %v", err)
	}
}

package pack

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// seed adds the files of all test vectors that end in one of ends, each content once.
func seed(f *testing.F, add func([]byte), ends ...string) {
	f.Helper()
	seen := map[string]bool{}
	err := filepath.WalkDir(vectorsDir, func(at string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		for _, end := range ends {
			if strings.HasSuffix(filepath.ToSlash(at), end) {
				b, err := os.ReadFile(at)
				if err != nil {
					return err
				}
				if !seen[string(b)] {
					add(b)
				}
				seen[string(b)] = true
			}
		}
		return nil
	})
	if err != nil || len(seen) == 0 {
		f.Fatalf("%d seeds, %v", len(seen), err)
	}
}

// What is read as a manifest is within the limits, and is the same when it is written
// and read again.
func FuzzManifest(f *testing.F) {
	seed(f, func(b []byte) { f.Add(b) }, "/feeds/shop-17/0001-00000042.json")
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decodeManifest(b)
		if err != nil {
			if strings.Contains(err.Error(), "\n") && !strings.Contains(err.Error(), "\nhint: ") && !strings.Contains(err.Error(), "campaign") {
				t.Errorf("it says %q", err)
			}
			return
		}
		if p.Name.check() != nil || !p.Version.valid() || p.Size() > MaxSize || len(p.Blobs) > maxBlobs {
			t.Errorf("beyond the limits: %+v", p)
		}
		for i := range p.Feed.Campaigns {
			if err := p.Feed.Campaigns[i].Validate(); err != nil {
				t.Error(err)
			}
		}
		text, err := encode(p)
		if err != nil {
			t.Fatalf("it was read and cannot be written: %v", err)
		}
		again, err := decodeManifest(text)
		if err != nil {
			t.Fatalf("it was written as %s\nand cannot be read: %v", text, err)
		}
		again.Manifest, again.Digest = p.Manifest, p.Digest
		if !reflect.DeepEqual(again, p) {
			t.Errorf("%+v\nis read again as\n%+v", p, again)
		}
	})
}

// A signature file that is taken is the only way to write that signature.
func FuzzSignature(f *testing.F) {
	seed(f, func(b []byte) { f.Add(b) }, ".minisig")
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parseSignature(b)
		if err != nil {
			if _, _, err := Claim(b); !errors.Is(err, ErrUntrusted) {
				t.Errorf("it claims something: %v", err)
			}
			return
		}
		lines := strings.Split(string(b), "\n")
		if want := untrustedPrefix + s.untrusted + "\n" + lines[1] + "\n" + trustedPrefix + s.trusted + "\n" + lines[3] + "\n"; want != string(b) {
			t.Errorf("%q is read as %q", b, want)
		}
		if n, v, err := Claim(b); err == nil && (n.check() != nil || !v.valid()) {
			t.Errorf("it claims %v %v", n, v)
		}
	})
}

// A keyset is within the limits, and nobody trusts one that is not signed.
func FuzzKeyset(f *testing.F) {
	key := testKey(f, "acme")
	seed(f, func(b []byte) { f.Add(b) }, "keys/00000001.json", "keys/00000002.json")
	f.Fuzz(func(t *testing.T, b []byte) {
		var w keyset
		if err := decode(b, &w); err != nil || w.check() != nil {
			return
		}
		if len(w.Roots) > 8 || len(w.Signers) > 100 || w.Gen < 1 || w.Gen > MaxGen {
			t.Errorf("beyond the limits: %+v", w)
		}
		sig := []byte(keysetSignature(string(b), w.Org, w.Gen, key))
		if _, _, err := trust(t, testKey(t, "other")).Apply(b, sig); err == nil {
			t.Error("a stranger's keyset was applied")
		}
		if _, set, err := trust(t, key).Apply(b, sig); (err == nil) != (w.Gen == 1 && len(b) <= MaxKeyset && validTime(w.IssuedAt)) {
			t.Errorf("%+v: %v", set, err)
		}
	})
}

func validTime(s string) bool {
	_, err := instant("", s)
	return err == nil
}

// There is one way to write what latest says.
func FuzzLatest(f *testing.F) {
	seed(f, func(b []byte) { f.Add(b) }, "/latest")
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := parseLatest(b); err == nil && (v.String()+"\n" != string(b) || !v.valid()) {
			t.Errorf("%q is read as %v", b, v)
		}
	})
}

// The list of blobs is made, never read: any list that is not the one that the manifest
// makes is told to be wrong, and no list changes what a player reads.
func FuzzSums(f *testing.F) {
	p := signed(f, small(42), testKey(f, "acme"))
	seed(f, func(b []byte) { f.Add(b) }, ".sums")
	f.Fuzz(func(t *testing.T, b []byte) {
		_, src := tree(t, map[string]string{
			"feeds/shop-17/latest": "0001-00000042\n", "feeds/shop-17/0001-00000042.json": string(p.Manifest),
			"feeds/shop-17/0001-00000042.json.minisig": string(p.Signature), "feeds/shop-17/0001-00000042.sums": string(b),
		})
		found, err := Examine(t.Context(), src, Keys{})
		if err != nil {
			t.Fatal(err)
		}
		if err := found.Err(); (err == nil) != bytes.Equal(b, p.Sums) || err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", b, err)
		}
		if found.Packs[0].Err != nil {
			t.Error(found.Packs[0].Err)
		}
	})
}

// The files of keys that people hand around are refused or are keys.
func FuzzKeyFiles(f *testing.F) {
	key := testKey(f, "acme")
	secret, err := key.SecretFile("")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(secret)
	f.Add(key.PublicFile())
	f.Fuzz(func(t *testing.T, b []byte) {
		if keys, err := ParseKeys([]string{string(b)}); err == nil && len(keys.pinned) != 1 {
			t.Errorf("%d keys", len(keys.pinned))
		}
		if NeedsPassword(b) {
			return // a gigabyte and a second each
		}
		if k, err := ParseKey(b, ""); err == nil {
			sig := k.Sign([]byte("x"), "y")
			if _, err := parseSignature(sig); err != nil {
				t.Error(err)
			}
		}
	})
}

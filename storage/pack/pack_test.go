package pack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

// testKey is a key made of a word: for tests, and the same in every run.
func testKey(t testing.TB, word string) Key {
	t.Helper()
	seed := sha256.Sum256([]byte("entracte test key: " + word))
	k, err := NewKey(bytes.NewReader(bytes.Repeat(seed[:], 4)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func trust(t testing.TB, keys ...Key) Keys {
	t.Helper()
	var texts []string
	for _, k := range keys {
		texts = append(texts, k.Public())
	}
	all, err := ParseKeys(texts)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sumOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// small is the least pack with a picture and a card.
func small(serial int) *Pack {
	picture := sumOf("picture")
	return &Pack{
		Name: Name{"acme", "shop-17"}, Version: Version{1, serial}, IssuedAt: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		Blobs: []Blob{{SHA256: picture, Size: 7, Media: "image/jpeg", Width: 1920, Height: 1080}},
		Feed: plan.Feed{Campaigns: []plan.Campaign{{
			ID: "lens-2026", Advertiser: "Studio Lens", Category: 1021, Weight: 2,
			Creatives: []plan.Creative{
				{ID: "lens-couple", File: "couple.jpg", SHA256: picture, Length: 10 * time.Second},
				{ID: "lens-offer", Length: 10 * time.Second, Card: &plan.Card{Title: "Vos photos de mariage", QR: "https://example.org"}},
			},
		}}},
	}
}

func signed(t testing.TB, p *Pack, k Key) *Pack {
	t.Helper()
	out, err := sign(p, k)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tree writes files under a folder and returns it as a source.
func tree(t testing.TB, files map[string]string) (string, Source) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return dir, Dir(root)
}

func TestSignedPackReadsBack(t *testing.T) {
	t.Parallel()
	key := testKey(t, "acme")
	want := small(42)
	p := signed(t, want, key)
	name := p.Name
	_, src := tree(t, map[string]string{
		"feeds/shop-17/latest":                     "0001-00000042\n",
		"feeds/shop-17/0001-00000042.json":         string(p.Manifest),
		"feeds/shop-17/0001-00000042.json.minisig": string(p.Signature),
	})
	found, err := Find(context.Background(), src, name)
	if err != nil || !reflect.DeepEqual(found, []Version{{1, 42}}) {
		t.Fatalf("%v, %v", found, err)
	}
	got, err := Read(context.Background(), src, name, found[0], trust(t, testKey(t, "other"), key))
	if err != nil {
		t.Fatal(err)
	}
	if got.Feed.Name != "acme/shop-17" || got.Feed.Revision != "0001-00000042" || !reflect.DeepEqual(got.Feed.Campaigns, want.Feed.Campaigns) {
		t.Errorf("%+v", got.Feed)
	}
	if got.Key != key.Public() || got.Digest != sumOf(string(p.Manifest)) || !reflect.DeepEqual(got.Blobs, want.Blobs) {
		t.Errorf("%+v", got)
	}
	if _, err := Read(context.Background(), src, name, found[0], trust(t, testKey(t, "other"))); !errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("a stranger's: %v", err)
	}
	if _, err := src.Open(context.Background(), "feeds/none", 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

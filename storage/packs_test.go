package storage

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"entracte/storage/pack"
)

// FuzzState: bytes that are no state are refused, and never panic.
func FuzzState(f *testing.F) {
	p := part{}
	p.reset()
	good, err := state(17, p.hash)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p part
		p.reset()
		if p.restore(b) {
			if again, err := state(p.offset, p.hash); err != nil || !reflect.DeepEqual(again, b) {
				t.Errorf("%x is read as %x", b, again)
			}
		}
	})
}

// FuzzBlobs: whatever a list of blobs has become on the card, only digests come of it.
func FuzzBlobs(f *testing.F) {
	f.Add(strings.Repeat("a", 64) + " 17\n" + strings.Repeat("b", 64) + " 4294967295\n")
	f.Add(strings.Repeat("A", 64) + " 17\n../../etc/passwd 4\n\n\x00 \xff")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		c := &Cache{dir: dir, disk: newCache(dir).disk}
		s := c.shelf(shop)
		v := pack.Version{Gen: 1, Serial: 1}
		must(t, errors.Join(s.make(), s.save(v, blobsSuffix, []byte(text))))
		blobs, err := s.blobs(v)
		if err != nil && len(text) <= maxStored {
			t.Error(err)
		}
		for _, b := range blobs {
			if !validSHA(b.SHA256) || !strings.Contains(text, b.SHA256) {
				t.Errorf("%q is no digest of it", b.SHA256)
			}
		}
	})
}

func TestPrune(t *testing.T) {
	t.Parallel()
	v := func(serial int) pack.Version { return pack.Version{Gen: 1, Serial: serial} }
	for name, k := range map[string]struct {
		accepted, expected, keep []int
		before                   bool
		want                     []int
	}{
		"the one before":     {[]int{1, 2, 3}, []int{1, 2, 3}, []int{3}, true, []int{2, 3}},
		"not the one before": {[]int{1, 2, 3}, []int{1, 2, 3}, []int{3}, false, []int{3}},
		"one waits":          {[]int{1, 2}, []int{1, 2, 3, 5}, []int{2}, true, []int{1, 2, 5}},
		"another is coming":  {[]int{1, 2}, []int{1, 2, 3, 5}, []int{2, 3}, true, []int{1, 2, 3, 5}},
		"one never came":     {[]int{1, 4}, []int{1, 2, 3, 4}, []int{4}, true, []int{1, 4}},
		"the first":          {nil, []int{1}, []int{1}, true, []int{1}},
	} {
		c := open(t, t.TempDir())
		s := c.shelf(shop)
		must(t, s.make())
		for _, n := range k.expected {
			must(t, s.save(v(n), blobsSuffix, nil))
		}
		for _, n := range k.accepted {
			must(t, errors.Join(s.save(v(n), signatureSuffix, nil), s.save(v(n), manifestSuffix, nil)))
		}
		var keep []pack.Version
		for _, n := range k.keep {
			keep = append(keep, v(n))
		}
		must(t, s.prune(k.before, keep...))
		var got []int
		for _, suffix := range []string{blobsSuffix, manifestSuffix} {
			all, err := s.versions(suffix)
			must(t, err)
			for _, v := range all {
				got = append(got, v.Serial)
			}
		}
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, k.want) {
			t.Errorf("%s: %v are kept, want %v", name, got, k.want)
		}
	}
}

// What could not be shown when a pack came is tried again with the same pack.
func TestReceiveTriesAgain(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	p, s := packOf(1, "one", "bad")
	decoder := false
	probe := func(ctx context.Context, path string) (time.Duration, error) {
		if decoder {
			return 0, nil
		}
		return pretty(ctx, path)
	}
	for i, want := range []struct {
		err       error
		campaigns int
	}{{nil, 1}, {pack.ErrSame, 1}, {nil, 2}, {pack.ErrSame, 0}} {
		decoder = i >= 2
		got, err := c.Receive(t.Context(), s, p, Receiving{Probe: probe})
		if !errors.Is(err, want.err) || len(got.Feed.Campaigns) != want.campaigns {
			t.Errorf("time %d: %+v, %v", i, got, err)
		}
	}
	if f, _, err := c.Feed(shop.String()); err != nil || len(f.Campaigns) != 2 {
		t.Errorf("%+v, %v", f, err)
	}
}

// What has passed the probe is not asked about again as long as it stays in force.
func TestReceiveProbesWhatIsNew(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	for serial, k := range []struct {
		media []string
		asked int
	}{{[]string{"one", "two", "bad"}, 3}, {[]string{"two", "three", "bad"}, 2}, {[]string{"one", "two"}, 1}} {
		p, s := packOf(serial+1, k.media...)
		var asked atomic.Int32
		got, err := c.Receive(t.Context(), s, p, Receiving{Probe: func(ctx context.Context, path string) (time.Duration, error) {
			asked.Add(1)
			return pretty(ctx, path)
		}})
		if err != nil || !got.InForce || int(asked.Load()) != k.asked {
			t.Errorf("pack %d: asked %d times, want %d; %+v, %v", serial+1, asked.Load(), k.asked, got, err)
		}
	}
}

// A file that says that it has another size is not read.
func TestReceiveTrustsNoSize(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	p, s := packOf(1, "one")
	got, err := receive(c, boasting{s}, p)
	if err != nil || got.InForce || len(got.Wrong) != 1 || got.Bytes != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A boasting source says that its files are larger than they are.
type boasting struct{ *stick }

type boast struct{ io.ReadCloser }

func (boast) Size() int64 { return 1 << 40 }

func (b boasting) Open(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	r, err := b.stick.Open(ctx, name, from)
	return boast{r}, err
}

// Two sticks and a sweep at once.
func TestReceiveAtOnce(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	var all sync.WaitGroup
	for serial := 1; serial <= 6; serial++ {
		p, s := packOf(serial, "always", strings.Repeat("film", 1000*serial))
		all.Go(func() {
			if _, err := receive(c, s, p); err != nil && !errors.Is(err, pack.ErrOlder) {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, _, err := c.Sweep(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f, _, err := c.Feed(shop.String())
	if err != nil || f.Revision != "0001-00000006" {
		t.Fatalf("%+v, %v", f, err)
	}
	for _, campaign := range f.Campaigns {
		sha := campaign.Creatives[0].SHA256
		if digest([]byte(read(t, c, sha))) != sha {
			t.Errorf("%s is another", sha)
		}
	}
}

// A new generation of keys that a stick brings is kept, and what the old keys sign is
// not trusted any more.
func TestNewestKeepsKeys(t *testing.T) {
	t.Parallel()
	stick, dir := t.TempDir(), t.TempDir()
	old, trust := operator(t)
	c := open(t, dir)
	p, src := signed(t, stick, 1, "one")
	if got, passed, err := c.Newest(t.Context(), src, shop, trust); err != nil || len(passed) > 0 || got.Version != p.Version {
		t.Fatalf("%+v, %v, %v", got, passed, err)
	}
	if _, _, err := c.Newest(t.Context(), src, shop, pack.Keys{}); !errors.Is(err, pack.ErrUntrusted) {
		t.Errorf("trusting nobody: %v", err)
	}
	fresh, err := pack.NewKey(nil)
	must(t, err)
	document, signature := keysetOf(old, fresh)
	keys := filepath.Join(stick, pack.Folder, "keys")
	must(t, os.MkdirAll(keys, 0o755))
	must(t, os.WriteFile(filepath.Join(keys, "00000001.json"), document, 0o644))
	must(t, os.WriteFile(filepath.Join(keys, "00000001.json.minisig"), signature, 0o644))
	if _, _, err := c.Newest(t.Context(), src, shop, trust); !errors.Is(err, pack.ErrUntrusted) {
		t.Errorf("signed by the key before: %v", err)
	}
	must(t, os.RemoveAll(keys))
	c.Close()
	c = open(t, dir)
	if now, err := c.Keys(trust, "acme"); err != nil || now.Generation("acme") != 1 {
		t.Errorf("kept are keys of generation %d, %v", now.Generation("acme"), err)
	}
	if _, _, err := c.Newest(t.Context(), src, shop, trust); !errors.Is(err, pack.ErrUntrusted) {
		t.Errorf("without the keys on the stick: %v", err)
	}
	must(t, os.Truncate(filepath.Join(dir, "keys/acme/00000001.json"), 10))
	if _, err := c.Keys(trust, "acme"); err == nil {
		t.Error("keys that were cut off are read")
	}
}

// keysetOf is a generation of keys, signed by a root of the one before.
func keysetOf(root, signer pack.Key) (document, signature []byte) {
	document = []byte(`{"format":"entracte-keys/1","org":"acme","gen":1,"issued_at":"2026-11-22T10:00:00Z","roots":["` +
		signer.Public() + `"],"signers":[{"key":"` + signer.Public() + `","feeds":["*"]}]}`)
	return document, root.Sign(document, "entracte-keys/1 org=acme gen=1")
}

package pack

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"entracte/scheduler/plan"
)

func TestNamesAndVersions(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"acme/shop-17", "0/0", strings.Repeat("a", 32) + "/b"} {
		if n, err := ParseName(s); err != nil || n.String() != s {
			t.Errorf("%q: %v, %v", s, n, err)
		}
	}
	for _, s := range []string{"", "acme", "acme/", "/shop", "Acme/shop", "acme/shop/17", "acme/../x", "-a/b", "a/b\n", "é/b", strings.Repeat("a", 33) + "/b"} {
		if n, err := ParseName(s); err == nil || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%q is taken for %v, %v", s, n, err)
		}
	}
	for s, want := range map[string]Version{"0001-00000042": {1, 42}, "9999-99999999": {9999, 99999999}} {
		if v, err := ParseVersion(s); err != nil || v != want || v.String() != s {
			t.Errorf("%q: %v, %v", s, v, err)
		}
	}
	for _, s := range []string{"", "1-42", "0000-00000001", "0001-00000000", "0001-0000004a", "0001_00000042", "0001-00000042\n", "+001-00000042", "０００１-00000042"} {
		if v, err := ParseVersion(s); err == nil {
			t.Errorf("%q is taken for %v", s, v)
		}
	}
	if (Version{2, 1}).Compare(Version{1, 99}) != 1 || (Version{1, 2}).Compare(Version{1, 10}) != -1 || (Version{1, 1}).Compare(Version{1, 1}) != 0 {
		t.Error("versions are out of order")
	}
	if _, err := parseLatest([]byte("0001-00000042\n")); err != nil {
		t.Error(err)
	}
	for _, s := range []string{"", "\n", "0001-00000042", "0001-00000042\r\n", "0001-00000042\n\n", " 0001-00000042\n"} {
		if v, err := parseLatest([]byte(s)); err == nil {
			t.Errorf("%q is taken for %v", s, v)
		}
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		devices, tags []string
		ok            bool
	}{
		{nil, nil, true},
		{[]string{"dev-1"}, nil, true},
		{[]string{"dev-2"}, nil, false},
		{nil, []string{"window"}, true},
		{nil, []string{"counter"}, false},
		{[]string{"dev-2"}, []string{"window"}, true},
		{[]string{"dev-1"}, []string{"counter"}, true},
		{[]string{"a", "b", "c", "d", "e", "f", "g"}, []string{"counter"}, false},
	} {
		p := small(1)
		p.Devices, p.Tags = c.devices, c.tags
		err := p.For("dev-1", []string{"lit", "window"})
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrOtherVenue) {
			t.Errorf("%+v: %v", c, err)
		}
		if len(c.devices) > 5 && !strings.Contains(err.Error(), "a, b, c, d, e and 2 more and screens tagged counter; this screen is \"dev-1\"") {
			t.Errorf("it says %v", err)
		}
	}
}

func TestFollows(t *testing.T) {
	t.Parallel()
	p := signed(t, small(42), testKey(t, "acme"))
	for _, c := range []struct {
		inForce Version
		digest  string
		want    error
	}{
		{Version{}, "", nil},
		{Version{1, 41}, "x", nil},
		{Version{1, 43}, "x", ErrOlder},
		{Version{2, 1}, "x", ErrOlder},
		{Version{1, 42}, p.Digest, ErrSame},
		{Version{1, 42}, sumOf("another"), ErrUntrusted},
	} {
		if err := p.Follows(c.inForce, c.digest); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.inForce, err, c.want)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	ctx, n := context.Background(), Name{"acme", "shop-17"}
	for _, c := range []struct {
		what  string
		files []string
		want  []Version
		err   error
	}{
		{"latest alone", []string{"feeds/shop-17/latest=0001-00000042\n"}, []Version{{1, 42}}, nil},
		{"the listing alone", []string{"feeds/shop-17/0001-00000007.json.minisig=", "feeds/shop-17/0002-00000001.json.minisig="}, []Version{{2, 1}, {1, 7}}, nil},
		{"both", []string{"feeds/shop-17/latest=0001-00000042\n", "feeds/shop-17/0001-00000042.json.minisig=", "feeds/shop-17/0001-00000043.json.minisig="}, []Version{{1, 43}, {1, 42}}, nil},
		{"a latest that is nonsense", []string{"feeds/shop-17/latest=../../x", "feeds/shop-17/0001-00000042.json.minisig="}, []Version{{1, 42}}, nil},
		{"a latest that never ends", []string{"feeds/shop-17/latest=" + strings.Repeat("1", 100), "feeds/shop-17/0001-00000042.json.minisig="}, []Version{{1, 42}}, nil},
		{"names that are none", []string{"feeds/shop-17/..minisig=", "feeds/shop-17/x.json.minisig=", "feeds/shop-17/0001-00000042.json="}, nil, ErrNotPack},
		{"another shop's", []string{"feeds/shop-12/latest=0001-00000042\n"}, nil, ErrOtherVenue},
		{"nothing", []string{"README.txt=x"}, nil, ErrNotPack},
	} {
		files := map[string]string{}
		for _, f := range c.files {
			name, text, _ := strings.Cut(f, "=")
			files[name] = text
		}
		_, src := tree(t, files)
		found, err := Find(ctx, src, n)
		if !errors.Is(err, c.err) || !reflect.DeepEqual(found, c.want) {
			t.Errorf("%s: %v, %v", c.what, found, err)
		}
		if c.err == ErrOtherVenue && !strings.Contains(err.Error(), "this is for shop-12; there is nothing for acme/shop-17") {
			t.Errorf("it says %v", err)
		}
	}
	web := func(files ...string) Source {
		all := map[string]string{}
		for _, f := range files {
			all[f] = "0001-00000042\n"
		}
		_, src := tree(t, all)
		return unlisted{src}
	}
	if found, err := Find(ctx, web("feeds/shop-17/latest"), n); err != nil || len(found) != 1 {
		t.Errorf("without a listing: %v, %v", found, err)
	}
	if _, err := Find(ctx, web(), n); !errors.Is(err, ErrNotPack) {
		t.Errorf("without a listing and without latest: %v", err)
	}
	// A stick that is pulled is no stick without packs.
	if _, err := Find(ctx, pulled{}, n); !errors.Is(err, errPulled) {
		t.Errorf("a stick that was pulled: %v", err)
	}
	if _, err := Read(ctx, pulled{}, n, Version{1, 1}, trust(t, testKey(t, "acme"))); !errors.Is(err, errPulled) {
		t.Errorf("a stick that was pulled: %v", err)
	}
}

// unlisted is a source without listings.
type unlisted struct{ Source }

func (unlisted) List(context.Context, string) ([]string, error) { return nil, errors.ErrUnsupported }

// pulled is a stick that is not in any more.
type pulled struct{}

var errPulled = errors.New("input/output error")

func (pulled) Open(context.Context, string, int64) (io.ReadCloser, error) { return nil, errPulled }
func (pulled) List(context.Context, string) ([]string, error)             { return nil, errPulled }

func TestDirReads(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	_, src := tree(t, map[string]string{"blobs/ab/x": "0123456789"})
	for from, want := range map[int64]string{0: "0123456789", 4: "456789", 10: ""} {
		r, err := src.Open(ctx, "blobs/ab/x", from)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if size := r.(interface{ Size() int64 }).Size(); err != nil || string(b) != want || size != 10 {
			t.Errorf("from %d: %q of %d, %v", from, b, size, err)
		}
		r.Close()
	}
	for _, from := range []int64{-1, 11} {
		if _, err := src.Open(ctx, "blobs/ab/x", from); !errors.Is(err, ErrDamaged) {
			t.Errorf("from %d: %v", from, err)
		}
	}
	for _, name := range []string{"../x", "/etc/passwd", "blobs/ab/x/y", ""} {
		if r, err := src.Open(ctx, name, 0); err == nil {
			r.Close()
			t.Errorf("%q was opened", name)
		}
	}
	if _, err := src.Open(ctx, "blobs/ab", 0); !errors.Is(err, ErrNotPack) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := src.List(ctx, "blobs/ab/x"); !errors.Is(err, ErrNotPack) {
		t.Errorf("a listing of a file: %v", err)
	}
	if _, err := src.List(ctx, "gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestOpenDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	built(t, dir, order(t))
	for _, at := range []string{dir, filepath.Join(dir, Folder)} {
		root, err := OpenDir(at)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		if found, err := Find(context.Background(), Dir(root), Name{"acme", "shop-17"}); err != nil || len(found) != 1 {
			t.Errorf("%v, %v", found, err)
		}
	}
	if _, err := OpenDir(t.TempDir()); !errors.Is(err, ErrNotPack) || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("%v", err)
	}
	if _, err := OpenDir(filepath.Join(dir, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// One byte of any file of a tree changed, or cut off: Examine says so, but for what is
// not signed and not needed.
func TestExamineFindsEveryChange(t *testing.T) {
	t.Parallel()
	dir, o := t.TempDir(), order(t)
	built(t, dir, o)
	keys, src := trust(t, o.Key), opened(t, dir)
	want := func(name string) error {
		switch {
		case strings.HasSuffix(name, ".json"), strings.HasSuffix(name, ".minisig"):
			return ErrUntrusted
		case name == "README.txt":
			return nil
		}
		return ErrDamaged
	}
	err := filepath.WalkDir(filepath.Join(dir, Folder), func(at string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(filepath.Join(dir, Folder), at)
		whole, err := os.ReadFile(at)
		if err != nil {
			return err
		}
		flipped := bytes.Clone(whole)
		flipped[len(whole)/3] ^= 1
		for what, b := range map[string][]byte{"flipped": flipped, "cut": whole[:len(whole)-1], "longer": append(bytes.Clone(whole), 'x')} {
			if err := os.WriteFile(at, b, 0o644); err != nil {
				return err
			}
			for _, k := range []Keys{keys, {}} {
				tree, err := Examine(context.Background(), src, k)
				if err == nil {
					err = errors.Join(tree.CheckBlobs(context.Background(), nil), tree.Err())
				}
				if !errors.Is(err, want(filepath.ToSlash(name))) {
					t.Errorf("%s %s: %v", name, what, err)
				}
			}
		}
		return os.WriteFile(at, whole, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	faultless(t, src, keys)
	film := filepath.Join(dir, Folder, filepath.FromSlash(BlobPath(sumOf(strings.Repeat("film", 1000)))))
	if err := os.Remove(film); err != nil {
		t.Fatal(err)
	}
	tree, err := Examine(context.Background(), src, keys)
	if err == nil {
		err = errors.Join(tree.CheckBlobs(context.Background(), nil), tree.Err())
	}
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "lacks 1 of its 2 files, 4000 bytes: films/ring.mp4") || len(tree.Packs[0].Missing) != 1 {
		t.Errorf("%v", err)
	}
}

// A blob that only an old pack refers to may have been taken away.
func TestExamineForgivesOldPacks(t *testing.T) {
	t.Parallel()
	dir, o := t.TempDir(), order(t)
	built(t, dir, o)
	o.Campaigns[0].Creatives = []plan.Creative{{ID: "new", File: "unused.jpg"}}
	built(t, dir, o)
	if err := os.Remove(filepath.Join(dir, Folder, filepath.FromSlash(BlobPath(sumOf("a picture of a couple"))))); err != nil {
		t.Fatal(err)
	}
	faultless(t, opened(t, dir), trust(t, o.Key))
}

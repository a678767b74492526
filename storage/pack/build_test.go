package pack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

// order is a pack of a picture, a film, a card with the same picture, and a card
// without one.
func order(t testing.TB) *Order {
	return &Order{
		Name: Name{"acme", "shop-17"}, Key: testKey(t, "acme"), IssuedAt: time.Date(2026, 11, 22, 10, 0, 0, 5, time.FixedZone("", 3600)),
		Campaigns: []plan.Campaign{{
			ID: "lens", Advertiser: "Studio Lens", Category: 1021, Weight: 1,
			Creatives: []plan.Creative{
				{ID: "a", File: "couple.jpg"}, {ID: "b", File: "films/ring.mp4", Length: time.Minute}, {ID: "c", File: "films/ring.mp4", Length: time.Second},
				{ID: "d", Card: &plan.Card{Title: "Offer", Picture: "couple.jpg"}}, {ID: "e", Card: &plan.Card{Title: "Words"}},
			},
		}},
		Files: fstest.MapFS{
			"couple.jpg":     {Data: []byte("a picture of a couple")},
			"films/ring.mp4": {Data: bytes.Repeat([]byte("film"), 1000)},
			"unused.jpg":     {Data: []byte("nobody books this")},
		},
		Probe: func(_ context.Context, name string) (Facts, error) {
			if strings.HasSuffix(name, ".mp4") {
				return Facts{"video/mp4", 1280, 720, 8033*time.Millisecond + 400*time.Microsecond}, nil
			}
			return Facts{"image/jpeg", 640, 480, 0}, nil
		},
	}
}

func built(t testing.TB, dir string, o *Order) *Built {
	t.Helper()
	b, err := Build(context.Background(), disk.OS, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func opened(t testing.TB, dir string) Source {
	t.Helper()
	root, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return Dir(root)
}

func TestBuild(t *testing.T) {
	t.Parallel()
	dir, o := t.TempDir(), order(t)
	var steps []string
	o.Tell = func(p Progress) {
		if p.Done > p.Total {
			t.Errorf("%+v", p)
		}
		if s := p.Step + " " + p.File; !slices.Contains(steps, s) {
			steps = append(steps, s)
		}
	}
	first := built(t, dir, o)
	if first.Version != (Version{1, 1}) || !first.First || len(first.Copied) != 2 || len(first.Blobs) != 2 {
		t.Errorf("%+v", first)
	}
	if want := []string{"read couple.jpg", "read films/ring.mp4"}; len(steps) != 4 || !reflect.DeepEqual(steps[:2], want) {
		t.Errorf("it tells %q", steps)
	}
	src := opened(t, dir)
	p, err := Read(context.Background(), src, o.Name, Version{1, 1}, trust(t, o.Key))
	if err != nil {
		t.Fatal(err)
	}
	picture, film := sumOf("a picture of a couple"), sumOf(strings.Repeat("film", 1000))
	want := []plan.Creative{
		{ID: "a", File: "couple.jpg", SHA256: picture, Length: plan.DefaultStill},
		{ID: "b", File: "films/ring.mp4", SHA256: film, Length: 8033 * time.Millisecond},
		{ID: "c", File: "films/ring.mp4", SHA256: film, Length: time.Second},
		{ID: "d", Length: plan.DefaultStill, Card: &plan.Card{Title: "Offer", Picture: "couple.jpg", PictureSHA256: picture}},
		{ID: "e", Length: plan.DefaultStill, Card: &plan.Card{Title: "Words"}},
	}
	if got := p.Feed.Campaigns[0].Creatives; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if o.Campaigns[0].Creatives[3].Card.PictureSHA256 != "" || !p.IssuedAt.Equal(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)) {
		t.Error("the order was changed, or the time is another")
	}
	faultless(t, src, trust(t, o.Key))

	// Again, with one more file: only that is copied, and the first pack stays.
	before, err := os.ReadFile(filepath.Join(dir, Folder, "feeds/shop-17/0001-00000001.json"))
	if err != nil {
		t.Fatal(err)
	}
	o.Campaigns[0].Creatives[4] = plan.Creative{ID: "e", File: "unused.jpg"}
	steps = nil
	again := built(t, dir, o)
	if !slices.Contains(steps, "check couple.jpg") || !slices.Contains(steps, "copy unused.jpg") || slices.Contains(steps, "copy couple.jpg") {
		t.Errorf("it tells %q", steps)
	}
	if again.Version != (Version{1, 2}) || again.First || len(again.Copied) != 1 || again.Copied[0].SHA256 != sumOf("nobody books this") {
		t.Errorf("%+v", again)
	}
	after, err := os.ReadFile(filepath.Join(dir, Folder, "feeds/shop-17/0001-00000001.json"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the first manifest was changed: %v", err)
	}
	faultless(t, src, trust(t, o.Key))
}

// faultless wants everything in a tree to be as it should.
func faultless(t *testing.T, src Source, keys Keys) {
	t.Helper()
	for _, k := range []Keys{keys, {}} {
		tree, err := Examine(context.Background(), src, k)
		if err == nil {
			err = errors.Join(tree.CheckBlobs(context.Background(), nil), tree.Err())
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// A blob that was damaged where it lies is written again, and one that is whole is not.
func TestBuildMendsBlobs(t *testing.T) {
	t.Parallel()
	dir, o := t.TempDir(), order(t)
	first := built(t, dir, o)
	for i, damage := range []string{"a picture of a coupla", "a picture", ""} {
		at := filepath.Join(dir, Folder, filepath.FromSlash(BlobPath(sumOf("a picture of a couple"))))
		if err := os.WriteFile(at, []byte(damage), 0o644); err != nil {
			t.Fatal(err)
		}
		if again := built(t, dir, o); len(again.Copied) != 1 || again.Version.Serial != i+2 || !reflect.DeepEqual(again.Blobs, first.Blobs) {
			t.Errorf("%q: %+v", damage, again)
		}
	}
	faultless(t, opened(t, dir), trust(t, o.Key))
}

// What a run that was cut short left unfinished is cleared away by the next.
func TestBuildClearsUp(t *testing.T) {
	t.Parallel()
	dir, o := t.TempDir(), order(t)
	built(t, dir, o)
	var left []string
	for _, in := range []string{"", "feeds/shop-17", "blobs/" + sumOf("a picture of a couple")[:2]} {
		at := filepath.Join(dir, Folder, filepath.FromSlash(in), disk.TempPrefix+"1-1")
		if err := os.WriteFile(at, []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
		left = append(left, at)
	}
	built(t, dir, o)
	for _, at := range left {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", at, err)
		}
	}
}

// What cannot be shown is refused, all of it at once, and nothing is written.
func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		change func(*Order)
		says   []string
	}{
		"two files that no probe likes": {func(o *Order) {
			o.Probe = func(_ context.Context, name string) (Facts, error) {
				return Facts{}, fmt.Errorf("%s is bad\nhint: ffmpeg", name)
			}
		}, []string{"couple.jpg is bad\nhint: ffmpeg", "films/ring.mp4 is bad"}},
		"two files that are not there": {func(o *Order) { o.Files = fstest.MapFS{} }, []string{"couple.jpg cannot be read", "films/ring.mp4 cannot be read"}},
		"a folder":                     {func(o *Order) { o.Campaigns[0].Creatives[0].File = "films" }, []string{"films has"}},
		"a name that is none":          {func(o *Order) { o.Name.Feed = "../x" }, []string{"not the name of a feed"}},
		"a campaign that is none":      {func(o *Order) { o.Campaigns[0].Weight = 11 }, []string{"weight 11"}},
		"a campaign twice":             {func(o *Order) { o.Campaigns = append(o.Campaigns, o.Campaigns[0]) }, []string{"there twice"}},
		"a medium that is none": {func(o *Order) {
			o.Probe = func(context.Context, string) (Facts, error) { return Facts{"text/html", 1, 1, 0}, nil }
		}, []string{"no medium of this format"}},
		"a serial beyond the last": {func(o *Order) { o.Serial = MaxSerial + 1 }, []string{"outside 1 to"}},
		"a time that is none":      {func(o *Order) { o.IssuedAt = time.Time{} }, []string{"issued_at"}},
	} {
		dir, o := t.TempDir(), order(t)
		c.change(o)
		_, err := Build(context.Background(), disk.OS, dir, o)
		for _, says := range c.says {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: %v was written", what, left)
		}
	}
	if _, err := Build(context.Background(), disk.OS, filepath.Join(t.TempDir(), "gone"), order(t)); err == nil || !strings.Contains(err.Error(), "plug in the stick") {
		t.Errorf("a stick that is not in: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Build(ctx, disk.OS, t.TempDir(), order(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestSerials(t *testing.T) {
	t.Parallel()
	dir, o := t.TempDir(), order(t)
	for _, c := range []struct {
		serial, want int
		err          error
	}{{0, 1, nil}, {7, 7, nil}, {0, 8, nil}, {8, 0, ErrOlder}, {3, 0, ErrOlder}, {9, 9, nil}} {
		o.Serial = c.serial
		b, err := Build(context.Background(), disk.OS, dir, o)
		if !errors.Is(err, c.err) || err == nil && b.Version.Serial != c.want {
			t.Errorf("--serial %d: %+v, %v", c.serial, b, err)
		}
	}
	// One that was cut short has taken its number: its manifest may be somewhere.
	if err := os.WriteFile(filepath.Join(dir, Folder, "feeds/shop-17/0001-00000012.json"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	o.Serial = 0
	if b := built(t, dir, o); b.Version.Serial != 13 {
		t.Errorf("%v", b.Version)
	}
	o.Name.Org = "other"
	if _, err := Build(context.Background(), disk.OS, dir, o); !errors.Is(err, ErrOtherVenue) {
		t.Errorf("another operator's feed: %v", err)
	}
}

func TestSha256sumAgrees(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("sha256sum is not installed: apt-get install coreutils")
	}
	dir := t.TempDir()
	built(t, dir, order(t))
	cmd := exec.Command(program, "-c", "../feeds/shop-17/0001-00000001.sums")
	cmd.Dir = filepath.Join(dir, Folder, "blobs")
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != 2 {
		t.Errorf("%v: %s", err, out)
	}
}

// modelled is a tree on the model of a card.
type modelled struct{ d disk.Disk }

func (m modelled) Open(_ context.Context, name string, from int64) (io.ReadCloser, error) {
	f, err := m.d.Open("/stick/" + Folder + "/" + name)
	if err == nil {
		_, err = f.Seek(from, io.SeekStart)
	}
	return f, err
}

func (m modelled) List(_ context.Context, dir string) ([]string, error) {
	entries, err := m.d.ReadDir("/stick/" + Folder + "/" + dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// Whenever the power goes or the stick is pulled, the newest pack that Build had
// finished is there whole, every pack that a signature shows is whole, and so is the
// one that latest names. Each sync and each rename of the writer is needed for that.
func TestBuildSurvivesPowerCuts(t *testing.T) {
	t.Parallel()
	o := order(t)
	keys := trust(t, o.Key)
	ctx := context.Background()
	crash.Check(t, crash.Trial[Version]{
		States: 500,
		Run: func(d *crash.Disk, _ *rand.Rand, tell func(Version)) error {
			if err := errors.Join(d.Mkdir("/stick"), d.SyncDir("/")); err != nil {
				return err
			}
			for i := range 2 {
				o := *o
				o.Campaigns = []plan.Campaign{{
					ID: "lens", Advertiser: "Studio Lens", Category: 1021, Weight: 1,
					Creatives: []plan.Creative{{ID: "a", File: []string{"couple.jpg", "unused.jpg"}[i]}},
				}}
				b, err := Build(ctx, d, "/stick", &o)
				if err != nil {
					return err
				}
				tell(b.Version)
			}
			return nil
		},
		Check: func(d *crash.Disk, told []Version) error { return intact(ctx, modelled{d}, keys, o.Name, told) },
	})
}

// intact checks a tree after a power cut.
func intact(ctx context.Context, src modelled, keys Keys, n Name, told []Version) error {
	found, err := Find(ctx, src, n)
	if err != nil && (len(told) > 0 || !errors.Is(err, ErrNotPack) && !errors.Is(err, fs.ErrNotExist)) {
		return err
	}
	whole := 0
	for _, v := range found {
		p, err := Read(ctx, src, n, v, keys)
		if err != nil {
			return fmt.Errorf("%s seems to be there: %w", v, err)
		}
		list, err := read(ctx, src, sumsPath(n, v), MaxManifest)
		if err != nil || !bytes.Equal(list, p.Sums) {
			return fmt.Errorf("the sums of %s: %q, %v", v, list, err)
		}
		for _, b := range p.Blobs {
			if err := (&Tree{src: src}).checkBlob(ctx, b, func(int64) {}); err != nil {
				return fmt.Errorf("%s: %w", v, err)
			}
		}
		whole++
	}
	if len(told) == 0 {
		return nil
	}
	last := told[len(told)-1]
	if found[0].Compare(last) < 0 {
		return fmt.Errorf("%s was written, and %s is the newest", last, found[0])
	}
	text, err := read(ctx, src, latestPath(n), MaxLatest)
	if err != nil {
		return err
	}
	if v, err := parseLatest(text); err != nil || v.Compare(last) < 0 {
		return fmt.Errorf("%s was written, and latest says %q", last, text)
	}
	if text, err := read(ctx, src, "README.txt", 1000); err != nil || string(text) != readme {
		return fmt.Errorf("README.txt: %q, %v", text, err)
	}
	return nil
}

func treeWriterOf(dir string) treeWriter { return treeWriter{disk.OS, filepath.Join(dir, Folder)} }

func buildErr(dir string, o *Order) (*Built, error) {
	return Build(context.Background(), disk.OS, dir, o)
}

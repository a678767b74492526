package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"entracte/scheduler/plan"
)

var errUgly = errors.New("it is no picture")

// pretty is a probe that refuses what begins with "bad".
func pretty(_ context.Context, path string) (time.Duration, error) {
	b, err := os.ReadFile(path)
	if err == nil && strings.HasPrefix(string(b), "bad") {
		err = errUgly
	}
	return filmOf(b), err
}

// filmOf is how long a file runs that begins with "film".
func filmOf(b []byte) time.Duration {
	if strings.HasPrefix(string(b), "film") {
		return 30 * time.Second
	}
	return 0
}

// feedOf makes a feed with a campaign for every file.
func feedOf(revision string, files ...string) plan.Feed {
	f := plan.Feed{Name: "local", Revision: revision}
	for _, name := range files {
		f.Campaigns = append(f.Campaigns, plan.Campaign{
			ID: "c-" + name, Advertiser: "A", Weight: 1, Creatives: []plan.Creative{{ID: "cr-" + name, File: name}},
		})
	}
	return f
}

func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func rootFS(t testing.TB, dir string) fs.FS {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root.FS()
}

func mustInstall(t testing.TB, c *Cache, f plan.Feed, fsys fs.FS, probe Probe) (plan.Feed, []Skip) {
	t.Helper()
	got, skips, err := c.Install(context.Background(), f, fsys, probe)
	if err != nil {
		t.Fatal(err)
	}
	return got, skips
}

func read(t testing.TB, c *Cache, sha string) string {
	t.Helper()
	path, err := c.MediaPath(sha)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestInstallPlaysOnWithoutItsSource(t *testing.T) {
	t.Parallel()
	source := folder(t, map[string]string{"couple.jpg": "couple", "clips/ring.mp4": "ring", "studio.jpg": "studio"})
	data := t.TempDir()
	c := open(t, data)
	feed := feedOf("1", "couple.jpg", "clips/ring.mp4")
	feed.Campaigns[0].Creatives = append(feed.Campaigns[0].Creatives,
		plan.Creative{ID: "card", Card: &plan.Card{Title: "Vos photos", Picture: "studio.jpg"}},
		plan.Creative{ID: "words", Card: &plan.Card{Title: "Sans image"}})
	feed.Campaigns[1].Flight = plan.Flight{From: plan.Date{Year: 2026, Month: 11, Day: 1}}
	feed.Campaigns[1].Tier = plan.TierGuaranteed
	given := feed.Campaigns[0].Creatives[1].Card

	installed, skips := mustInstall(t, c, feed, rootFS(t, source), pretty)
	if len(skips) != 0 {
		t.Fatal(skips)
	}
	if given.PictureSHA256 != "" || feed.Campaigns[0].Creatives[0].SHA256 != "" {
		t.Error("Install wrote into the caller's feed")
	}
	other := plan.Feed{Name: "acme/shop", Revision: "9"}
	mustInstall(t, c, other, fstest.MapFS{}, nil)
	c.Close()
	if err := os.RemoveAll(source); err != nil {
		t.Fatal(err)
	}

	c = open(t, data)
	p, err := c.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if want := (plan.Plan{Feeds: []plan.Feed{other, installed}}); !reflect.DeepEqual(p, want) {
		t.Fatalf("got  %+v\nwant %+v", p, want)
	}
	creatives := p.Feeds[1].Campaigns[0].Creatives
	if got := read(t, c, creatives[0].SHA256) + read(t, c, creatives[1].Card.PictureSHA256); got != "couplestudio" {
		t.Errorf("the media hold %q", got)
	}
	f, ok, err := c.Feed("local")
	if !ok || err != nil || !reflect.DeepEqual(f, installed) {
		t.Errorf("Feed: %v %v %v", f, ok, err)
	}
	for range 2 {
		if err := c.RemoveFeed("local"); err != nil {
			t.Fatal(err)
		}
	}
	if f, ok, err := c.Feed("local"); ok || err != nil {
		t.Errorf("a removed feed is there: %v %v", f, err)
	}
}

func TestInstallSkips(t *testing.T) {
	t.Parallel()
	outside := folder(t, map[string]string{"secret": "secret"})
	dir := folder(t, map[string]string{
		"good.jpg": "good", "bad.jpg": "bad", "empty.jpg": "", "folder/x": "x",
	})
	for link, to := range map[string]string{
		"link.jpg": "good.jpg", "escape.jpg": filepath.Join(outside, "secret"), "out": outside,
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here: " + err.Error())
		}
	}
	huge, err := os.Create(filepath.Join(dir, "huge.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(huge.Truncate(MaxMedia+1), huge.Close()); err != nil {
		t.Skip("no sparse files here: " + err.Error())
	}
	cases := []struct{ file, reason string }{
		{"bad.jpg", errUgly.Error()},
		{"missing.jpg", "it is missing"},
		{"empty.jpg", "it is empty"},
		{"folder", "it is a folder, not a file"},
		{"link.jpg", "it is a link; put the file itself there"},
		{"escape.jpg", "it is a link; put the file itself there"},
		{"out/secret", "escapes"},
		{"../secret", "its name is not a path inside the folder"},
		{"/etc/passwd", "its name is not a path inside the folder"},
		{"huge.mp4", "more than the 4294967295 allowed"},
		{"", "it names neither a file nor a card"},
	}
	if fifo := makeFIFO(t, dir); fifo != "" {
		cases = append(cases, struct{ file, reason string }{fifo, "it is not a regular file"})
	}
	c := open(t, t.TempDir())
	for _, card := range []bool{false, true} {
		var feed plan.Feed
		for _, k := range cases {
			f := feedOf("1", k.file)
			if card && k.file != "" {
				f.Campaigns[0].Creatives[0] = plan.Creative{ID: "card", Card: &plan.Card{Title: "T", Picture: k.file}}
			}
			feed = plan.Feed{Name: "local", Campaigns: append(feed.Campaigns, f.Campaigns...)}
		}
		feed.Campaigns[0].Creatives = append(feed.Campaigns[0].Creatives, plan.Creative{ID: "ok", File: "good.jpg"})
		got, skips := mustInstall(t, c, feed, rootFS(t, dir), pretty)
		if len(got.Campaigns) != 1 || len(got.Campaigns[0].Creatives) != 1 || got.Campaigns[0].Creatives[0].ID != "ok" {
			t.Fatalf("in force: %+v", got)
		}
		reasons := make(map[string]string)
		dropped := make(map[string]bool)
		for _, s := range skips {
			if s.Feed != "local" || s.Campaign == "" {
				t.Errorf("a skip that does not say what: %+v", s)
			}
			if s.Creative == "" {
				dropped[s.Campaign] = true
				continue
			}
			reasons[s.File] = s.Reason
		}
		for i, k := range cases {
			if !strings.Contains(reasons[k.file], k.reason) {
				t.Errorf("%q was skipped because %q, want %q", k.file, reasons[k.file], k.reason)
			}
			if dropped["c-"+k.file] != (i > 0) {
				t.Errorf("campaign of %q dropped: %v", k.file, dropped["c-"+k.file])
			}
		}
	}
}

// A countingFS counts how often each file is opened.
type countingFS struct {
	fstest.MapFS
	opened map[string]int
}

func (f countingFS) Open(name string) (fs.File, error) {
	f.opened[name]++
	return f.MapFS.Open(name)
}

func TestInstallReadsWhatChanged(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	probed := 0
	probe := func(ctx context.Context, path string) (time.Duration, error) { probed++; return pretty(ctx, path) }
	fsys := countingFS{fstest.MapFS{
		"a": {Data: []byte("a1"), ModTime: at}, "b": {Data: []byte("b1"), ModTime: at},
		"bad": {Data: []byte("bad"), ModTime: at}, "undated": {Data: []byte("u")},
	}, make(map[string]int)}
	c := open(t, t.TempDir())
	feed := feedOf("1", "a", "b", "b", "bad", "undated")
	feed.Campaigns[2].ID = "c-b-again"
	steps := []struct {
		name   string
		change func(f plan.Feed) // before installing
		reads  string
		probes int
	}{
		{"first", func(plan.Feed) {}, "a b bad undated", 4},
		{"unchanged", func(plan.Feed) {}, "bad undated", 2},
		{"newer", func(plan.Feed) { fsys.MapFS["a"] = &fstest.MapFile{Data: []byte("a2"), ModTime: at.Add(1)} }, "a bad undated", 3},
		{"longer", func(plan.Feed) { fsys.MapFS["a"] = &fstest.MapFile{Data: []byte("a22"), ModTime: at.Add(1)} }, "a bad undated", 3},
		{"lost", func(f plan.Feed) {
			path, err := c.MediaPath(f.Campaigns[1].Creatives[0].SHA256)
			if err == nil {
				err = os.Remove(path)
			}
			if err != nil {
				t.Fatal(err)
			}
		}, "b bad undated", 3},
	}
	var last plan.Feed
	for _, s := range steps {
		s.change(last)
		clear(fsys.opened)
		probed = 0
		var skips []Skip
		last, skips = mustInstall(t, c, feed, fsys, probe)
		var reads []string
		for _, name := range []string{"a", "b", "bad", "undated"} {
			for range fsys.opened[name] {
				reads = append(reads, name)
			}
		}
		if got := strings.Join(reads, " "); got != s.reads || probed != s.probes {
			t.Errorf("%s: read %q and probed %d, want %q and %d", s.name, got, probed, s.reads, s.probes)
		}
		if len(last.Campaigns) != 4 || len(skips) != 2 {
			t.Fatalf("%s: %+v, %v", s.name, last, skips)
		}
		for i, want := range []string{string(fsys.MapFS["a"].Data), "b1", "b1", "u"} {
			if got := read(t, c, last.Campaigns[i].Creatives[0].SHA256); got != want {
				t.Errorf("%s: %q in force, want %q", s.name, got, want)
			}
		}
	}
}

func TestInstallKeepsTheOldFeed(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a": "a"})
	c := open(t, t.TempDir())
	old, _ := mustInstall(t, c, feedOf("1", "a"), rootFS(t, dir), pretty)
	ctx, cancel := context.WithCancel(context.Background())
	for name, try := range map[string]func() error{
		"source gone": func() error {
			_, _, err := c.Install(context.Background(), feedOf("2", "b"), os.DirFS(filepath.Join(dir, "gone")), pretty)
			return err
		},
		"cancelled by the probe": func() error {
			fsys := fstest.MapFS{"b": {Data: []byte("b")}}
			_, _, err := c.Install(ctx, feedOf("2", "b"), fsys, func(context.Context, string) (time.Duration, error) { cancel(); return 0, errUgly })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("after the context ended: %v", err)
			}
			return err
		},
		"no name": func() error {
			_, _, err := c.Install(context.Background(), plan.Feed{}, fstest.MapFS{}, pretty)
			return err
		},
	} {
		if try() == nil {
			t.Errorf("%s: no error", name)
		}
		if f, _, err := c.Feed("local"); err != nil || !reflect.DeepEqual(f, old) {
			t.Errorf("%s: in force is %+v, %v", name, f, err)
		}
	}
}

// A growingFS changes a file while it is read.
type growingFS struct{ fstest.MapFS }

func (f growingFS) Open(name string) (fs.File, error) {
	file, err := f.MapFS.Open(name)
	if name == "clip" {
		f.MapFS[name] = &fstest.MapFile{Data: []byte("longer"), ModTime: time.Unix(9, 0)}
	}
	return file, err
}

func TestInstallSkipsWhatIsBeingWritten(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	fsys := growingFS{fstest.MapFS{"clip": {Data: []byte("half"), ModTime: time.Unix(8, 0)}}}
	_, skips := mustInstall(t, c, feedOf("1", "clip"), fsys, nil)
	if len(skips) != 2 || skips[0].Reason != "it was changed while it was copied" {
		t.Errorf("got %v", skips)
	}
}

// A film's creative learns how long it runs, also when its copy is already there;
// one that is to stop earlier does.
func TestInstallLearnsHowLongFilmsRun(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	fsys := os.DirFS(folder(t, map[string]string{"film.mp4": "film", "still.jpg": "still"}))
	for _, revision := range []string{"1", "2"} {
		f := feedOf(revision, "film.mp4", "film.mp4", "film.mp4", "still.jpg")
		f.Campaigns[1].Creatives[0].Length, f.Campaigns[2].Creatives[0].Length = 5*time.Second, time.Minute
		for i := range f.Campaigns {
			f.Campaigns[i].ID += string(rune('a' + i))
		}
		got, skips := mustInstall(t, c, f, fsys, pretty)
		for i, want := range []time.Duration{30 * time.Second, 5 * time.Second, 30 * time.Second, 0} {
			if l := got.Campaigns[i].Creatives[0].Length; l != want || len(skips) > 0 {
				t.Errorf("revision %s, campaign %d: %s, want %s; skipped %v", revision, i, l, want, skips)
			}
		}
	}
}

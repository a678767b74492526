package own

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
)

var day = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func file(content string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(content), ModTime: day}
}

func TestScan(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"vitrine.jpg": file("v"), "Été 2026.mp4": file("e"), "sans-extension": file("s"), "bague.PNG": file("b"),
		".DS_Store": file("x"), "._vitrine.jpg": file("x"), "Thumbs.db": file("x"), "DESKTOP.INI": file("x"),
		"clip.mp4.part": file("x"), "Clip.CRDOWNLOAD": file("x"), "~$note.pptx": file("x"), "bague.PNG~": file("x"), "a.tmp": file("x"),
		"System Volume Information/IndexerVolumeGuid": file("x"),
		"noël/sapin.jpg": file("x"), "vide.jpg": file(""),
		"lien.jpg": {Data: []byte("vitrine.jpg"), Mode: fs.ModeSymlink}, "tube": {Data: []byte("x"), Mode: fs.ModeNamedPipe},
	}
	feed, skips, err := Scan(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if feed.Name != "own" || len(feed.Campaigns) != 1 {
		t.Fatalf("%+v", feed)
	}
	c := feed.Campaigns[0]
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if !c.House() || c.ID != "own" || c.Advertiser != plan.VenueAdvertiser {
		t.Errorf("%+v", c)
	}
	var files []string
	for _, cr := range c.Creatives {
		files = append(files, cr.File)
	}
	if want := []string{"bague.PNG", "sans-extension", "vitrine.jpg", "Été 2026.mp4"}; !slices.Equal(files, want) {
		t.Errorf("took %q, want %q", files, want)
	}
	want := []Skip{
		{"lien.jpg", "it is a link: put the file itself here"},
		{"noël", "it is a folder: only files directly in this one are shown"},
		{"tube", "it is not a file"},
		{"vide.jpg", "it is empty"},
	}
	if !slices.Equal(skips, want) {
		t.Errorf("skipped %q, want %q", skips, want)
	}
}

func TestScanFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	feed, skips, err := Scan(os.DirFS(dir))
	if err != nil || len(skips) != 0 || len(feed.Campaigns) != 0 || feed.Name != FeedName || feed.Revision == "" {
		t.Errorf("an empty folder: %+v %v %v", feed, skips, err)
	}
	if _, _, err := Scan(os.DirFS(filepath.Join(dir, "gone"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestRevision(t *testing.T) {
	t.Parallel()
	base := func() fstest.MapFS { return fstest.MapFS{"a.jpg": file("a"), "b.jpg": file("b")} }
	revision := func(fsys fstest.MapFS) string {
		feed, _, err := Scan(fsys)
		if err != nil {
			t.Fatal(err)
		}
		return feed.Revision
	}
	first := revision(base())
	for name, k := range map[string]struct {
		change func(fstest.MapFS)
		same   bool
	}{
		"nothing":        {func(fstest.MapFS) {}, true},
		"hidden file":    {func(f fstest.MapFS) { f[".x"] = file("x") }, true},
		"unfinished":     {func(f fstest.MapFS) { f["c.jpg.part"] = file("x") }, true},
		"added":          {func(f fstest.MapFS) { f["c.jpg"] = file("c") }, false},
		"removed":        {func(f fstest.MapFS) { delete(f, "b.jpg") }, false},
		"renamed":        {func(f fstest.MapFS) { f["c.jpg"] = f["b.jpg"]; delete(f, "b.jpg") }, false},
		"grown":          {func(f fstest.MapFS) { f["a.jpg"] = file("aa") }, false},
		"touched":        {func(f fstest.MapFS) { f["a.jpg"].ModTime = day.Add(time.Second) }, false},
		"became skipped": {func(f fstest.MapFS) { f["a.jpg"] = file("") }, false},
	} {
		fsys := base()
		k.change(fsys)
		if (revision(fsys) == first) != k.same {
			t.Errorf("%s: same revision is %v", name, !k.same)
		}
	}
}

func TestCreativeID(t *testing.T) {
	t.Parallel()
	for name, prefix := range map[string]string{
		"vitrine.jpg": "vitrine-", "Soldes d'été 2026.mp4": "soldes-d-t-2026-", "éé.jpg": "", "IMG_0001.JPG": "img-0001-",
		strings.Repeat("long ", 40) + ".png": "long-long-long-long-long-", "-=+.jpg": "",
	} {
		id := creativeID(name)
		if id != creativeID(name) || !strings.HasPrefix(id, prefix) || len(id) != len(prefix)+8 {
			t.Errorf("%q became %q, want %q and 8 digits", name, id, prefix)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if a != b && creativeID(a) == creativeID(b) {
			t.Errorf("%q and %q are both %q", a, b, creativeID(a))
		}
		if id := creativeID(a); strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.HasPrefix(id, "-") {
			t.Errorf("%q became %q", a, id)
		}
	})
}

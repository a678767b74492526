package assets

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The demo pack: three shops in two languages. demo/SHOP holds the pictures,
// demo/SHOP/LANGUAGE the words (ads.toml) and the config (entracte.toml).
//
//go:embed demo
var demoFiles embed.FS

// DemoShops lists the shops of the demo, in the order to offer them; each name
// is the venue's activity too.
func DemoShops() []string { return []string{"jeweller", "bakery", "veterinary"} }

// DemoLanguages lists the languages every demo shop speaks.
func DemoLanguages() []string { return []string{"fr", "en"} }

// Demo returns the ads folder of a demo shop in a language: "ads.toml" and,
// beside it, every file it names, ready for whatever reads an ads folder. The
// folder is flat and read-only. It fails for a shop or a language that is not
// in [DemoShops] or [DemoLanguages].
func Demo(shop, language string) (fs.FS, error) {
	if err := knownDemo(shop, language); err != nil {
		return nil, err
	}
	words, err := fs.Sub(demoFiles, path.Join("demo", shop, language))
	if err != nil {
		return nil, err
	}
	media, err := fs.Sub(demoFiles, path.Join("demo", shop))
	if err != nil {
		return nil, err
	}
	return demoFolder{words, media}, nil
}

// DemoConfig returns the entracte.toml of a demo shop, and nil where [Demo]
// fails. The venue is always open; the keys W (somebody waits) and S (service)
// of the keyboard are its sensors.
func DemoConfig(shop, language string) []byte {
	if knownDemo(shop, language) != nil {
		return nil
	}
	config, err := demoFiles.ReadFile(path.Join("demo", shop, language, "entracte.toml"))
	if err != nil {
		return nil
	}
	return config
}

func knownDemo(shop, language string) error {
	if !slices.Contains(DemoShops(), shop) {
		return fmt.Errorf("there is no demo of the shop %q\nhint: choose one of %s", shop, strings.Join(DemoShops(), ", "))
	}
	if !slices.Contains(DemoLanguages(), language) {
		return fmt.Errorf("the demo does not speak %q\nhint: choose one of %s", language, strings.Join(DemoLanguages(), ", "))
	}
	return nil
}

// A demoFolder shows the words of one language and the media all languages
// share as one folder.
type demoFolder struct{ words, media fs.FS }

// Open opens a file of either part, or the folder itself as ".".
func (d demoFolder) Open(name string) (fs.File, error) {
	switch {
	case !fs.ValidPath(name):
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	case name == ".":
		list, err := d.ReadDir(name)
		return &demoListing{folder: d, left: list}, err
	case name == "ads.toml":
		return d.words.Open(name)
	case strings.Contains(name, "/") || path.Ext(name) == "":
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return d.media.Open(name)
}

// ReadDir lists the folder, sorted by name.
func (d demoFolder) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var list []fs.DirEntry
	media, err := fs.ReadDir(d.media, ".")
	words, wordsErr := fs.ReadDir(d.words, ".")
	for _, e := range media {
		if !e.IsDir() {
			list = append(list, e)
		}
	}
	for _, e := range words {
		if e.Name() == "ads.toml" {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, errors.Join(err, wordsErr)
}

// A demoListing is the open folder.
type demoListing struct {
	folder demoFolder
	left   []fs.DirEntry
}

func (l *demoListing) Stat() (fs.FileInfo, error) { return fs.Stat(l.folder.words, ".") }
func (l *demoListing) Close() error               { return nil }
func (l *demoListing) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: ".", Err: errors.New("is a directory")}
}

// ReadDir follows [fs.ReadDirFile].
func (l *demoListing) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(l.left)
	} else if len(l.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(l.left))
	list := l.left[:n]
	l.left = l.left[n:]
	return list, nil
}

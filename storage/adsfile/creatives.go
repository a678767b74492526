package adsfile

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/strict"
)

func (r *reader) place(at string, t *place) *plan.Place {
	if t == nil {
		return nil
	}
	p := &plan.Place{Commune: t.Commune, Postcode: t.Postcode, Latitude: t.Latitude, Longitude: t.Longitude, WithinKM: t.WithinKM}
	lat, long := r.Has(at+".latitude"), r.Has(at+".longitude")
	p.Located = lat && long
	if lat != long && !r.Broken() {
		r.Fault(at, "place has one of latitude and longitude", "give both, or neither")
	}
	if r.Has(at+".within_km") && !lat && !long && !r.Broken() {
		r.Fault(at+".within_km", "within_km has no point to measure from", "add latitude and longitude")
	}
	if *p == (plan.Place{}) && !r.Broken() {
		r.Fault(at, "place is empty", "say where the advertiser is, or remove it")
	}
	return p
}

// tags checks words against a closed list of the vocabulary.
func (r *reader) tags(at, kind string, tags []string) {
	closed := r.words.Tags(kind)
	for i, tag := range tags {
		path := fmt.Sprintf("%s.%s[%d]", at, kind, i)
		if slices.Contains(tags[:i], tag) {
			r.Fault(path, fmt.Sprintf("%s has %q twice", kind, tag), "remove one of them")
			continue
		}
		if slices.Contains(closed, tag) {
			continue
		}
		hint := "`entracte activities --tags` lists them"
		if s := strict.Suggest(tag, closed); s != "" {
			hint = fmt.Sprintf("did you mean %q? %s", s, hint)
		}
		r.Fault(path, fmt.Sprintf("%s %q is not known", kind, tag), hint)
	}
}

// language is the shape of an ISO 639-1 code.
var language = regexp.MustCompile(`^[a-z]{2}$`)

func (r *reader) languages(at string, list []string) {
	for i, l := range list {
		if !language.MatchString(l) {
			r.Fault(fmt.Sprintf("%s.language[%d]", at, i), fmt.Sprintf("language %q is not a language", l), `write two small letters, such as "fr" or "en"`)
		}
	}
}

func (r *reader) creative(at string, t *creative) plan.Creative {
	c := plan.Creative{ID: t.ID, File: t.File, Length: time.Duration(t.Seconds * float64(time.Second)).Round(time.Millisecond)}
	r.id(at, "creative", t.ID, r.creatives)
	file, card := r.Has(at+".file"), r.Has(at+".card")
	switch {
	case file && card:
		r.Fault(at, "the creative has both a file and a card", "keep one of the two")
	case !file && !card && !r.Broken():
		r.Fault(at, "the creative has neither a file nor a card", `add file = "picture.jpg", or card = { title = "…" }`)
	}
	if file {
		r.local(at+".file", "file", t.File)
	}
	if t.Card != nil {
		c.Card = r.card(at+".card", t.Card)
		if c.Length == 0 {
			c.Length = plan.DefaultStill
		}
	}
	return c
}

func (r *reader) card(at string, t *card) *plan.Card {
	if strings.TrimSpace(t.Title+t.Text) == "" && t.Picture == "" && t.QR == "" && !r.Broken() {
		r.Fault(at, "the card is empty", "give it a title, a text, a picture or a qr")
	}
	if r.Has(at + ".picture") {
		r.local(at+".picture", "picture", t.Picture)
	}
	return &plan.Card{Title: t.Title, Text: t.Text, Picture: t.Picture, QR: t.QR}
}

// local refuses names that are no plain path inside the folder, on any system
// the folder may be carried to.
func (r *reader) local(at, key, name string) {
	const hint = `write the name of a file beside ads.toml, such as "couple.jpg" or "videos/ring.mp4"`
	switch {
	case strings.Contains(name, `\`):
		r.Fault(at, fmt.Sprintf(`%s "%s" has a \ in it`, key, name), `write / between folder and file: "videos/ring.mp4"`)
	case strings.Contains(name, ":"), !fs.ValidPath(name), name == ".":
		r.Fault(at, fmt.Sprintf("%s %q is not inside this folder", key, name), hint)
	case name == Name:
		r.Fault(at, fmt.Sprintf("%s %q is not a picture", key, name), hint)
	}
}

// unusable returns the file of a creative that cannot be shown, with the reason;
// an empty reason if it can, as far as can be told from outside.
func unusable(fsys fs.FS, c plan.Creative) (file, reason string) {
	file = c.File
	if c.Card != nil {
		if file = c.Card.Picture; file == "" {
			return "", ""
		}
	}
	stat, err := fs.Stat(fsys, file)
	switch {
	case err != nil:
		if other := otherCase(fsys, file); other != "" {
			return file, fmt.Sprintf("there is no file %q, but there is %q", file, other)
		}
		if link, err := fs.Lstat(fsys, file); err == nil && link.Mode()&fs.ModeSymlink != 0 {
			return file, fmt.Sprintf("%q is a link to nothing in this folder: put the file itself there", file)
		}
		return file, fmt.Sprintf("there is no file %q", file)
	case stat.IsDir():
		return file, fmt.Sprintf("%q is a folder", file)
	case !stat.Mode().IsRegular():
		return file, fmt.Sprintf("%q is not a regular file", file)
	case stat.Size() == 0:
		return file, fmt.Sprintf("the file %q is empty", file)
	}
	return file, ""
}

// otherCase returns the file that differs from name only in capital letters,
// which Windows and FAT do not tell apart, or "".
func otherCase(fsys fs.FS, name string) string {
	dir, base := path.Split(name)
	entries, err := fs.ReadDir(fsys, path.Clean(dir))
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), base) && e.Name() != base {
			return dir + e.Name()
		}
	}
	return ""
}

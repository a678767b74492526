package adsfile

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// extensions are what the player shows, as its makers name it.
var extensions = map[string]bool{
	".jpg": true, ".jpeg": true, ".png": true, ".webp": true, ".gif": true,
	".mp4": true, ".m4v": true, ".webm": true, ".mkv": true,
}

// media lists the media files at the root of the folder, in the order of their
// names, as far as they can be named in an ads.toml.
func media(fsys fs.FS) []string {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		plain := !strings.HasPrefix(name, ".") && !strings.ContainsAny(name, `\:"`) && strings.ToValidUTF8(name, "") == name && fmt.Sprintf("%q", name) == `"`+name+`"`
		if e.Type().IsRegular() && extensions[strings.ToLower(path.Ext(name))] && plain && len(name) <= 250 {
			names = append(names, name)
		}
	}
	return names
}

// Sketch returns a starter ads.toml for a folder of media: each file as house
// content, which needs no category, with a note on how to book it for an
// advertiser. It is "" when there are no media.
func Sketch(fsys fs.FS) string {
	files := media(fsys)
	if len(files) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`# ads.toml: who books which file. Every file below is the shop's own content so
# far. To book one for an advertiser, write the name of who pays, remove the line
# tier, and add category, an id of the IAB Ad Product Taxonomy 2.0:
#   advertiser = "Studio Lens"
#   category = 1021
# Further keys: weight, flight, caps, dayparts, place.
`)
	used := map[string]bool{}
	for _, name := range files {
		id := freeID(name, used)
		fmt.Fprintf(&b, "\n[[campaign]]\nid = %q\nadvertiser = \"@venue\"\ntier = \"house\"\n[[campaign.creative]]\nid = %q\nfile = %q\n", id, id, name)
	}
	return b.String()
}

// freeID makes an id of a file name that no other file has.
func freeID(name string, used map[string]bool) string {
	base := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(strings.TrimSuffix(name, path.Ext(name))))
	if base = strings.Trim(base, "-"); base == "" {
		base = "file"
	}
	base = base[:min(len(base), 50)]
	id := base
	for n := 2; used[id]; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	used[id] = true
	return id
}

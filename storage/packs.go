package storage

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// What is kept of a pack beside its media, in packs/<org>/<feed>/. The list of
// blobs comes first: it is what keeps a pack's media from being swept while others
// are still missing. A pack with a manifest has been accepted.
const (
	blobsSuffix     = ".blobs"
	manifestSuffix  = ".json"
	signatureSuffix = ".json.minisig"
	// maxStored is more than any of these files may have, in bytes.
	maxStored = 8 << 20
)

// suffixes are in the order in which the files are removed: without its manifest a pack
// is no longer accepted.
var suffixes = []string{manifestSuffix, signatureSuffix, blobsSuffix}

// A shelf is what is kept of the packs of one feed.
type shelf struct {
	disk disk.Disk
	dir  string
}

func (c *Cache) packsDir() string { return filepath.Join(c.dir, "packs") }

// shelf returns the shelf of a feed. Its name was checked by [pack.ParseName], or
// comes from a signed manifest: both parts are safe as file names.
func (c *Cache) shelf(n pack.Name) shelf {
	return shelf{c.disk, filepath.Join(c.packsDir(), n.Org, n.Feed)}
}

// org is whose packs these are.
func (s shelf) org() string { return filepath.Base(filepath.Dir(s.dir)) }

// shelves returns all shelves by the name of their feed.
func (c *Cache) shelves() (map[pack.Name]shelf, error) {
	all := make(map[pack.Name]shelf)
	orgs, err := folders(c.disk, c.packsDir())
	if err != nil {
		return nil, err
	}
	for _, org := range orgs {
		feeds, err := folders(c.disk, filepath.Join(c.packsDir(), org))
		if err != nil {
			return nil, err
		}
		for _, feed := range feeds {
			if n, err := pack.ParseName(org + "/" + feed); err == nil {
				all[n] = c.shelf(n)
			}
		}
	}
	return all, nil
}

// folders lists the folders in dir; none if there is no dir.
func folders(d disk.Disk, dir string) (names []string, err error) {
	entries, err := d.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// make makes the folders of a shelf, durably.
func (s shelf) make() error {
	org := filepath.Dir(s.dir)
	for _, dir := range []string{filepath.Dir(org), org, s.dir} {
		if err := mkdir(s.disk, dir); err != nil {
			return err
		}
	}
	return nil
}

// versions lists which packs have a file of a kind, newest first.
func (s shelf) versions(suffix string) (all []pack.Version, err error) {
	entries, err := s.disk.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		text, ok := strings.CutSuffix(e.Name(), suffix)
		if v, err := pack.ParseVersion(text); ok && err == nil {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b pack.Version) int { return b.Compare(a) })
	return all, err
}

func (s shelf) path(v pack.Version, suffix string) string {
	return filepath.Join(s.dir, v.String()+suffix)
}

func (s shelf) save(v pack.Version, suffix string, content []byte) error {
	return disk.Save(s.disk, s.dir, func(w io.Writer) (string, error) {
		_, err := w.Write(content)
		return v.String() + suffix, err
	})
}

func (s shelf) read(v pack.Version, suffix string) ([]byte, error) {
	return disk.ReadFile(s.disk, s.path(v, suffix), maxStored)
}

// expect notes which blobs a pack needs, so that no sweep takes them.
func (s shelf) expect(p *pack.Pack) error {
	if err := s.make(); err != nil {
		return err
	}
	var b strings.Builder
	if p.Anchor != "" {
		fmt.Fprintln(&b, anchorLine+p.Anchor)
	}
	for _, blob := range p.Blobs {
		fmt.Fprintf(&b, "%s %d\n", blob.SHA256, blob.Size)
	}
	return s.save(p.Version, blobsSuffix, []byte(b.String()))
}

// accept keeps the manifest of a pack, the signature before it.
func (s shelf) accept(p *pack.Pack) error {
	if err := s.save(p.Version, signatureSuffix, p.Signature); err != nil {
		return err
	}
	return s.save(p.Version, manifestSuffix, p.Manifest)
}

// blobs are the blobs a pack needs. Lines that cannot be read are left out: what
// is in force is known from the index too.
func (s shelf) blobs(v pack.Version) (all []pack.Blob, err error) {
	b, err := s.read(v, blobsSuffix)
	if err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(strings.NewReader(string(b))); lines.Scan(); {
		var blob pack.Blob
		if _, err := fmt.Sscanf(lines.Text(), "%64s %d", &blob.SHA256, &blob.Size); err == nil && validSHA(blob.SHA256) {
			all = append(all, blob)
		}
	}
	return all, nil
}

// remove removes all files of a pack.
func (s shelf) remove(v pack.Version) error {
	for _, suffix := range suffixes {
		if err := s.disk.Remove(s.path(v, suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// prune keeps the packs named, the first of them in force, beside it the accepted one
// before unless that is to go too, and the newest that waits for its media.
func (s shelf) prune(before bool, keep ...pack.Version) error {
	accepted, err := s.versions(manifestSuffix)
	if err != nil {
		return err
	}
	expected, err := s.versions(blobsSuffix)
	if err != nil {
		return err
	}
	inForce := keep[0]
	if i := slices.IndexFunc(accepted, func(v pack.Version) bool { return v.Compare(inForce) < 0 }); i >= 0 && before {
		keep = append(keep, accepted[i])
	}
	if len(expected) > 0 && expected[0].Compare(inForce) > 0 {
		keep = append(keep, expected[0])
	}
	for _, suffix := range suffixes {
		all, err := s.versions(suffix)
		if err != nil {
			return err
		}
		for _, v := range all {
			if slices.Contains(keep, v) {
				continue
			}
			if err := s.disk.Remove(s.path(v, suffix)); err != nil {
				return err
			}
		}
	}
	return nil
}

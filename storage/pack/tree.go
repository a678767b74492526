package pack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"entracte/storage/disk"
)

// A treeWriter writes a folder that is named [Folder]. Names are those of a
// [Source].
type treeWriter struct {
	disk disk.Disk
	root string
}

// readme is for whoever finds the stick.
const readme = `FR: Cette clé contient les annonces d'un écran Entracte. Branchez-la sur
    l'écran du magasin ; il dit quand vous pouvez la retirer. Ne renommez rien.
EN: This stick holds the ads of an Entracte screen. Plug it into the screen of
    the shop; it says when you can remove it. Rename nothing.
`

func (t treeWriter) path(name string) string { return filepath.Join(t.root, filepath.FromSlash(name)) }

// save writes a file and the folders it is in, all durable when it returns.
func (t treeWriter) save(name string, fill func(io.Writer) error) error {
	if err := t.mkdir(path.Dir(name)); err != nil {
		return err
	}
	err := disk.Save(t.disk, filepath.Dir(t.path(name)), func(w io.Writer) (string, error) {
		return path.Base(name), fill(w)
	})
	return disk.Explain("cannot write", t.path(name), err)
}

func (t treeWriter) write(name, text string) error {
	return t.save(name, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// mkdir makes a folder and those above it, down from the one that must be there.
func (t treeWriter) mkdir(name string) error {
	at := t.path(name)
	if stat, err := t.disk.Stat(at); err == nil && stat.IsDir() {
		return nil
	}
	if name != "." {
		if err := t.mkdir(path.Dir(name)); err != nil {
			return err
		}
	}
	err := t.disk.Mkdir(at)
	if err == nil {
		err = t.disk.SyncDir(filepath.Dir(at))
	}
	return disk.Explain("cannot make the folder", at, err)
}

// publish writes everything of a pack but its blobs, latest last.
func (t treeWriter) publish(p *Pack) error {
	for _, f := range []struct{ name, text string }{
		{manifestPath(p.Name, p.Version), string(p.Manifest)},
		{sumsPath(p.Name, p.Version), string(p.Sums)},
		{signaturePath(p.Name, p.Version), string(p.Signature)},
		{"README.txt", readme},
		{latestPath(p.Name), p.Version.String() + "\n"},
	} {
		if err := t.write(f.name, f.text); err != nil {
			return err
		}
	}
	return nil
}

// clear removes the unfinished files of a run that was cut short. That one could not be
// removed is no reason not to go on.
func (t treeWriter) clear(n Name) {
	folders := []string{".", feedPath(n)}
	entries, _ := t.disk.ReadDir(t.path("blobs"))
	for _, e := range entries {
		folders = append(folders, "blobs/"+e.Name())
	}
	for _, folder := range folders {
		entries, _ := t.disk.ReadDir(t.path(folder))
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), disk.TempPrefix) {
				_ = t.disk.Remove(t.path(folder + "/" + e.Name()))
			}
		}
	}
}

// next is the version that the next pack of a feed gets, and whether it is the first.
func (t treeWriter) next(n Name, key Key, serial int) (v Version, first bool, err error) {
	there, err := t.versions(n)
	if err != nil {
		return v, false, err
	}
	if v.Gen, err = t.generation(n, key); err != nil {
		return v, false, err
	}
	highest := Version{Gen: v.Gen}
	if len(there) > 0 {
		highest = slices.MaxFunc(there, Version.Compare)
		if err := t.sameOrg(n, highest); err != nil {
			return v, false, err
		}
		if err := t.sameKey(n, highest, key); err != nil {
			return v, false, err
		}
	}
	if highest.Gen > v.Gen {
		return v, false, refuse(ErrOlder, "keep the keys of that generation in "+t.path("keys"), "there is a pack %s of %s already, of newer keys than this one's", highest, n)
	}
	if highest.Gen < v.Gen {
		highest = Version{Gen: v.Gen} // a new generation counts anew
	}
	if v.Serial = serial; serial == 0 {
		v.Serial = highest.Serial + 1
	}
	if !v.valid() {
		return v, false, fmt.Errorf("serial %d is outside 1 to %d\nhint: after the last one, make a new generation of keys", v.Serial, MaxSerial)
	}
	if v.Compare(highest) <= 0 {
		return v, false, refuse(ErrOlder, "leave --serial out for one above the highest", "there is a pack %s of %s already: players that have it would refuse serial %d", highest, n, v.Serial)
	}
	return v, len(there) == 0, nil
}

// versions are those that any file in a feed's folder is named for, finished or not.
func (t treeWriter) versions(n Name) ([]Version, error) {
	entries, err := t.disk.ReadDir(t.path(feedPath(n)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var all []Version
	for _, e := range entries {
		text, _, _ := strings.Cut(e.Name(), ".")
		if v, err := ParseVersion(text); err == nil {
			all = append(all, v)
		}
	}
	return all, nil
}

// sameOrg refuses a feed folder in which another organisation's pack lies.
func (t treeWriter) sameOrg(n Name, v Version) error {
	sig, err := disk.ReadFile(t.disk, t.path(signaturePath(n, v)), MaxSignature)
	if err != nil {
		return nil // unfinished: it says nothing
	}
	if claimed, _, err := Claim(sig); err == nil && claimed != n {
		return refuse(ErrOtherVenue, "choose another --out, or --org "+claimed.Org, "%s holds packs of %s, not of %s", t.path(feedPath(n)), claimed, n)
	}
	return nil
}

// generation is the generation of keys that a key signs packs of a feed for: the newest
// in the tree, 1 if there is none. That the key may not sign in it is said here.
func (t treeWriter) generation(n Name, key Key) (int, error) {
	set, err := t.keyset(n.Org)
	if set == nil {
		return 1, err
	}
	if !set.signs(n.Feed, key.Public()) {
		return 0, refuse(ErrUntrusted, "sign with one of the keys that "+keysetPath(set.Gen)+" names, or name this one in the next generation: `entracte pack keys`",
			"key %s may not sign packs of %s in generation %d: no player would take them", key.Public(), n, set.Gen)
	}
	return set.Gen, nil
}

// sameKey refuses another key than the one that signed a pack, where no generation of
// keys names both: shops that know the one only would refuse the other.
func (t treeWriter) sameKey(n Name, v Version, key Key) error {
	if t.exists(keysetPath(1)) {
		return nil
	}
	s, err := t.signature(n, v)
	if err != nil || s.key == key.secret.ID() {
		return nil // or unfinished: it says nothing
	}
	was := fmt.Sprintf("%016X", s.key)
	if declared, ok := s.declared(); ok {
		was = declared.String()
	}
	return refuse(ErrUntrusted, "sign with that key; if it is lost or retired, `entracte pack keys --help` says how another one follows it",
		"pack %s of %s is signed with another key, %s: shops that know that one only would refuse what %s signs", v, n, was, key.Public())
}

// seems reports whether a blob of the right size is there.
func (t treeWriter) seems(b Blob) bool {
	stat, err := t.disk.Stat(t.path(BlobPath(b.SHA256)))
	return err == nil && stat.Size() == b.Size
}

// copySum copies r to w, tells of each piece, and returns the digest and the size.
func copySum(ctx context.Context, w io.Writer, r io.Reader, tell func(n int64)) (string, int64, error) {
	sum, buffer := sha256.New(), make([]byte, 1<<18)
	var size int64
	for {
		if err := ctx.Err(); err != nil {
			return "", size, err
		}
		n, err := r.Read(buffer)
		if n > 0 {
			sum.Write(buffer[:n])
			if _, err := w.Write(buffer[:n]); err != nil {
				return "", size, err
			}
			size += int64(n)
			tell(int64(n))
		}
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(sum.Sum(nil)), size, nil
		}
		if err != nil {
			return "", size, err
		}
	}
}

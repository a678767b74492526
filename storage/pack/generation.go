package pack

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"entracte/storage/disk"
)

// A Succession is what to make the next generation of an organisation's keys of.
type Succession struct {
	Org string
	// Key signs it. It is a root of the generation before; for the first one, a key that
	// the config of every shop names.
	Key Key
	// Signers are the public keys that may sign packs of all feeds, at least one.
	Signers []string
	// Roots are those that may sign the generation after it. They may be left out: they
	// are then those of the generation before, and Key for the first one.
	Roots []string
	// IssuedAt is now, on the operator's clock.
	IssuedAt time.Time
}

// A Generation is what [BuildKeys] made.
type Generation struct {
	*Keyset
	// Before is the generation before; nil for the first one.
	Before *Keyset
	// Path is the file that was written.
	Path string
	// Ended are the feeds in the tree whose newest pack no player takes any more.
	Ended []Name
}

// BuildKeys writes the next generation of keys into dir/ENTRACTE, beside what is there
// already, and nothing but what a player that knows the generation before would take.
// One BuildKeys or Build at a time may run on a folder.
func BuildKeys(d disk.Disk, dir string, o *Succession) (*Generation, error) {
	if err := writableTree(d, dir); err != nil {
		return nil, err
	}
	t := treeWriter{d, filepath.Join(dir, Folder)}
	feeds, err := t.feeds(o.Org)
	if err != nil {
		return nil, err
	}
	before, err := t.keyset(o.Org)
	if err != nil {
		return nil, err
	}
	set, err := o.sign(before)
	if err != nil {
		return nil, err
	}
	g := &Generation{Keyset: set, Before: before, Path: t.path(keysetPath(set.Gen))}
	// Without the document a reader does not look for the signature.
	if err := t.write(keysetPath(set.Gen)+signatureEnd, string(set.Signature)); err != nil {
		return nil, err
	}
	if err := t.write(keysetPath(set.Gen), string(set.Document)); err != nil {
		return nil, err
	}
	for _, n := range feeds {
		if t.ended(n, set) {
			g.Ended = append(g.Ended, n)
		}
	}
	return g, nil
}

// sign makes the keyset after another, nil for the first, and applies it as a player
// would.
func (o *Succession) sign(before *Keyset) (*Keyset, error) {
	w := keyset{Format: KeysetFormat, Org: o.Org, Gen: 1, IssuedAt: stamp(o.IssuedAt), Roots: unique(o.Roots)}
	keys, _ := ParseKeys([]string{o.Key.Public()})
	roots := []string{o.Key.Public()}
	if before != nil {
		if roots = before.Roots; !slices.Contains(roots, o.Key.Public()) {
			return nil, refuse(ErrUntrusted, "sign with the secret key of "+listed(roots),
				"key %s may not sign generation %d of the keys of %q: generation %d names others as its roots", o.Key.Public(), before.Gen+1, o.Org, before.Gen)
		}
		w.Gen = before.Gen + 1
		keys.sets = map[string][]*Keyset{o.Org: make([]*Keyset, before.Gen)}
		keys.sets[o.Org][before.Gen-1] = before
	}
	if len(w.Roots) == 0 {
		w.Roots = roots
	}
	for _, key := range unique(o.Signers) {
		w.Signers = append(w.Signers, Signer{key, []string{"*"}})
	}
	if err := w.check(); err != nil {
		return nil, fmt.Errorf("these keys make no generation: %w", err)
	}
	document, err := marshal(w)
	if err != nil {
		return nil, err
	}
	_, set, err := keys.Apply(document, o.Key.Sign(document, fmt.Sprintf("%s org=%s gen=%d", KeysetFormat, w.Org, w.Gen)))
	return set, err
}

// unique is a list without doubles, in its order.
func unique(list []string) (out []string) {
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// feeds are the feeds of an organisation in the tree. One of another organisation is
// refused: a tree has one folder of keys.
func (t treeWriter) feeds(org string) (all []Name, err error) {
	entries, _ := t.disk.ReadDir(t.path("feeds")) // none yet
	for _, e := range entries {
		n := Name{org, e.Name()}
		if !e.IsDir() || !slug.MatchString(n.Feed) {
			continue
		}
		there, err := t.versions(n)
		if err != nil {
			return nil, err
		}
		if len(there) == 0 {
			continue
		}
		if err := t.sameOrg(n, slices.MaxFunc(there, Version.Compare)); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// ended reports whether players that have a keyset refuse the newest pack of a feed.
func (t treeWriter) ended(n Name, set *Keyset) bool {
	there, err := t.versions(n)
	if err != nil || len(there) == 0 {
		return false
	}
	v := slices.MaxFunc(there, Version.Compare)
	s, err := t.signature(n, v)
	if err != nil || v.Gen != set.Gen {
		return err == nil && v.Gen < set.Gen
	}
	return !slices.ContainsFunc(set.Signers, func(signer Signer) bool {
		key, err := parsePublic(signer.Key)
		return err == nil && key.ID() == s.key
	})
}

// signature reads the signature of a pack in the tree, without verifying it.
func (t treeWriter) signature(n Name, v Version) (*signature, error) {
	text, err := disk.ReadFile(t.disk, t.path(signaturePath(n, v)), MaxSignature)
	if err != nil {
		return nil, err
	}
	return parseSignature(text)
}

// keyset is the newest generation of keys in the tree, nil if there is none. Whether it
// is genuine is for players to say.
func (t treeWriter) keyset(org string) (*Keyset, error) {
	gen := 0
	for t.exists(keysetPath(gen + 1)) {
		gen++
	}
	if gen == 0 {
		return nil, nil
	}
	document, err := disk.ReadFile(t.disk, t.path(keysetPath(gen)), MaxKeyset)
	if err != nil {
		return nil, err
	}
	sig, err := disk.ReadFile(t.disk, t.path(keysetPath(gen)+signatureEnd), MaxSignature)
	if err != nil {
		return nil, err
	}
	set, _, err := parseKeyset(document, sig)
	if err != nil {
		return nil, err
	}
	if set.Org != org {
		return nil, refuse(ErrOtherVenue, "choose another --out, or --org "+set.Org, "%s holds the keys of %q, not of %q", t.path("keys"), set.Org, org)
	}
	if set.Gen != gen {
		return nil, refuse(ErrUntrusted, "put the right file there, or remove it", "%s holds generation %d", t.path(keysetPath(gen)), set.Gen)
	}
	return set, nil
}

func (t treeWriter) exists(name string) bool {
	_, err := t.disk.Stat(t.path(name))
	return err == nil
}

// writableTree refuses what can be no folder for a tree, before anything is made.
func writableTree(d disk.Disk, dir string) error {
	stat, err := d.Stat(dir)
	if err != nil {
		return &disk.Fault{Fact: fmt.Sprintf("the folder %s is not there", dir), Hint: "make it, or plug in the stick"}
	}
	if !stat.IsDir() {
		return &disk.Fault{Fact: dir + " is not a folder", Hint: "give the folder that is to hold " + Folder}
	}
	tree := filepath.Join(dir, Folder)
	if stat, err := d.Stat(tree); err == nil && !stat.IsDir() {
		return &disk.Fault{Fact: tree + " is not a folder", Hint: "move it away: the packs go into a folder of that name; or choose another --out"}
	}
	return nil
}

package pack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// A Tree is what [Examine] found in a source. It is for people: a player asks for one
// feed with [Find] and [Read].
type Tree struct {
	// Packs are all packs of all feeds, the newest of each feed first.
	Packs []Found
	// Keysets are those that could be applied.
	Keysets []*Keyset
	// Faults are what is wrong with the files around the packs.
	Faults []error

	src  Source
	keys Keys
	// selfish is true if no keys were given.
	selfish bool
}

// A Found is one pack of a [Tree].
type Found struct {
	Name    Name
	Version Version
	// Newest is true for the highest version of its feed.
	Newest bool
	// Pack is nil if it cannot be read at all.
	Pack *Pack
	// Err is what is wrong with it; nil if nothing is.
	Err error
	// Ended says that a newer generation of keys ended those that signed it: no player
	// that has seen that one takes it any more. Of the newest pack it is an error.
	Ended bool
	// Missing are the blobs that are not there, once [Tree.CheckBlobs] looked. Of the
	// newest pack they are an error.
	Missing []Blob

	manifest, sig []byte
}

// Examine reads every manifest of a source that can list its folders. With the zero
// Keys, each signature is held against the public key it names itself: that finds what
// was changed on the way, and does not say who signed it.
func Examine(ctx context.Context, src Source, keys Keys) (*Tree, error) {
	t := &Tree{src: src, keys: keys, selfish: len(keys.pinned) == 0}
	feeds, err := src.List(ctx, "feeds")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	slices.Sort(feeds)
	for _, feed := range feeds {
		if slug.MatchString(feed) {
			if err := t.open(ctx, feed); err != nil {
				return nil, err
			}
		}
	}
	t.learn(ctx)
	if len(t.Packs) == 0 && len(t.Keysets) == 0 && len(t.Faults) == 0 {
		return nil, refuse(ErrNotPack, "choose the folder that holds "+Folder+", as `entracte pack build` writes it", "there is no pack here")
	}
	for i := range t.Packs {
		t.judge(ctx, &t.Packs[i])
	}
	for i := range t.Packs {
		if t.Packs[i].Newest {
			t.pointed(ctx, &t.Packs[i])
		}
	}
	return t, ctx.Err()
}

// open reads the manifests and signatures of a feed, which are judged later: the keys
// may be of any of them.
func (t *Tree) open(ctx context.Context, feed string) error {
	names, err := t.src.List(ctx, "feeds/"+feed)
	if err != nil {
		return err
	}
	versions := map[Version]bool{}
	for _, name := range names {
		text, _, _ := strings.Cut(name, ".")
		if v, err := ParseVersion(text); err == nil {
			versions[v] = true
		}
	}
	for i, v := range slices.SortedFunc(maps.Keys(versions), func(v, w Version) int { return w.Compare(v) }) {
		f := Found{Name: Name{Feed: feed}, Version: v, Newest: i == 0}
		f.sig, f.Err = read(ctx, t.src, signaturePath(f.Name, v), MaxSignature)
		if f.Err == nil {
			f.manifest, f.Err = read(ctx, t.src, manifestPath(f.Name, v), MaxManifest)
		}
		if f.Err == nil {
			var claimed Name
			if claimed, _, f.Err = Claim(f.sig); f.Err == nil {
				f.Name.Org = claimed.Org
			}
		} else {
			f.Err = missing(f.Err, v, f.Name, "manifest or signature")
		}
		t.Packs = append(t.Packs, f)
	}
	return nil
}

// learn applies the keysets; without keys, the ones that signatures name are pinned
// first.
func (t *Tree) learn(ctx context.Context) {
	orgs := map[string]bool{}
	for _, f := range t.Packs {
		if orgs[f.Name.Org] = true; t.selfish && f.Version.Gen == 1 {
			t.pin(f.sig)
		}
	}
	if sig, err := read(ctx, t.src, keysetPath(1)+signatureEnd, MaxSignature); err == nil {
		if t.selfish {
			t.pin(sig)
		}
		// There may be no pack yet, or none any more.
		if document, err := read(ctx, t.src, keysetPath(1), MaxKeyset); err == nil {
			if set, _, err := parseKeyset(document, sig); err == nil {
				orgs[set.Org] = true
			}
		}
	}
	delete(orgs, "")
	for _, org := range slices.Sorted(maps.Keys(orgs)) {
		keys, sets, err := Advance(ctx, t.src, org, t.keys)
		t.keys, t.Keysets = keys, append(t.Keysets, sets...)
		if err != nil {
			t.Faults = append(t.Faults, err)
		}
	}
}

// pin trusts the public key that a signature file names.
func (t *Tree) pin(sig []byte) {
	if s, err := parseSignature(sig); err == nil {
		if key, ok := s.declared(); ok && !slices.ContainsFunc(t.keys.pinned, func(p pin) bool { return p.key.Equal(key) }) {
			t.keys.pinned = append(t.keys.pinned, pin{key: key})
		}
	}
}

// judge verifies a pack, and the list of its blobs.
func (t *Tree) judge(ctx context.Context, f *Found) {
	if f.Err != nil {
		return
	}
	f.Pack, f.Err = Parse(f.manifest, f.sig, f.Name, f.Version, t.keys)
	if s, err := parseSignature(f.sig); err == nil && t.selfish {
		if _, ok := s.declared(); !ok {
			f.Err = refuse(ErrUntrusted, "give the operator's public key: --trust NAME.pub", "pack %s of %s is signed with key %016X, and does not say which that is", f.Version, f.Name, s.key)
			f.Pack, _ = decodeManifest(f.manifest) // to be shown, not to be played
		}
	}
	now := t.keys.Generation(f.Name.Org)
	if f.Ended = f.Err == nil && f.Version.Gen < now; f.Ended && f.Newest {
		f.Err = endedBy(f.Name, f.Version, now)
	}
	if f.Err != nil {
		return
	}
	list, err := read(ctx, t.src, sumsPath(f.Name, f.Version), int64(len(f.Pack.Sums)))
	if err != nil || !bytes.Equal(list, f.Pack.Sums) {
		t.fault(hintAgain, "the list %s is missing, or is not the one that was signed; players do not need it", sumsPath(f.Name, f.Version))
	}
}

func (t *Tree) fault(hint, format string, a ...any) {
	t.Faults = append(t.Faults, refuse(ErrDamaged, hint, format, a...))
}

// pointed checks that latest names the newest pack.
func (t *Tree) pointed(ctx context.Context, f *Found) {
	text, err := read(ctx, t.src, latestPath(f.Name), MaxLatest)
	if err == nil {
		var v Version
		if v, err = parseLatest(text); err == nil && v != f.Version {
			err = fmt.Errorf("it names %s", v)
		}
	}
	if err != nil {
		t.fault("build again, or copy it again", "%s does not name the newest pack, %s: players would not find it on a web server (%v)", latestPath(f.Name), f.Version, err)
	}
}

// Err is everything that is wrong, in one error.
func (t *Tree) Err() error {
	var all []error
	for _, f := range t.Packs {
		all = append(all, f.Err)
	}
	return errors.Join(append(all, t.Faults...)...)
}

// CheckBlobs reads every blob there is and adds what is wrong with them to the packs
// that refer to them. Of an old pack that is not the newest any more, blobs may be
// missing: it is kept for its number only, and [Found.Missing] says so.
func (t *Tree) CheckBlobs(ctx context.Context, tell func(Progress)) error {
	all, total := map[string]Blob{}, int64(0)
	for _, f := range t.Packs {
		for _, b := range f.blobs() {
			if _, seen := all[b.SHA256]; !seen {
				total += b.Size
			}
			all[b.SHA256] = b
		}
	}
	wrong, done := map[string]error{}, int64(0)
	for _, sha := range slices.Sorted(maps.Keys(all)) {
		before := done
		wrong[sha] = t.checkBlob(ctx, all[sha], func(n int64) {
			done += n
			if tell != nil {
				tell(Progress{"read", BlobPath(sha), done, total})
			}
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		done = before + all[sha].Size
	}
	for i := range t.Packs {
		t.Packs[i].blame(wrong)
	}
	return nil
}

func (f *Found) blobs() []Blob {
	if f.Pack == nil {
		return nil
	}
	return f.Pack.Blobs
}

// blame adds to a pack what is wrong with its blobs.
func (f *Found) blame(wrong map[string]error) {
	if f.Pack == nil {
		return
	}
	var missing []string
	var size int64
	f.Missing = nil
	labels := f.labels()
	for _, b := range f.blobs() {
		err := wrong[b.SHA256]
		switch {
		case err == nil:
		case !errors.Is(err, fs.ErrNotExist):
			f.Err = errors.Join(f.Err, refuse(ErrDamaged, hintAgain, "%s of pack %s of %s is damaged: %s %v", labels[b.SHA256], f.Version, f.Name, BlobPath(b.SHA256), err))
		default:
			f.Missing, missing, size = append(f.Missing, b), append(missing, labels[b.SHA256]), size+b.Size
		}
	}
	if len(missing) > 0 && f.Newest {
		f.Err = errors.Join(f.Err, refuse(ErrDamaged, "copy the whole folder again; a player that has not got them waits for another stick that has",
			"pack %s of %s lacks %d of its %d files, %d bytes: %s", f.Version, f.Name, len(missing), len(f.Pack.Blobs), size, listed(missing)))
	}
}

// labels are what people call the blobs: the names of the files they were made of.
func (f *Found) labels() map[string]string {
	names := map[string]string{}
	for _, b := range f.blobs() {
		names[b.SHA256] = "a " + b.Media
	}
	for _, c := range f.Pack.Feed.Campaigns {
		for _, cr := range c.Creatives {
			switch {
			case cr.Card != nil && cr.Card.Picture != "":
				names[cr.Card.PictureSHA256] = cr.Card.Picture
			case cr.File != "":
				names[cr.SHA256] = cr.File
			}
		}
	}
	return names
}

// checkBlob compares size and digest, and reads no more than one byte too many.
func (t *Tree) checkBlob(ctx context.Context, b Blob, tell func(int64)) error {
	r, err := t.src.Open(ctx, BlobPath(b.SHA256), 0)
	if err != nil {
		return err
	}
	defer r.Close()
	sha, size, err := copySum(ctx, io.Discard, io.LimitReader(r, b.Size+1), tell)
	switch {
	case err != nil:
		return err
	case size < b.Size:
		return fmt.Errorf("has %d bytes of %d", size, b.Size)
	case size > b.Size:
		return fmt.Errorf("has more than its %d bytes", b.Size)
	case sha != b.SHA256:
		return errors.New("has other content than its name says")
	}
	return nil
}

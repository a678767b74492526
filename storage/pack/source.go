package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"aead.dev/minisign"
)

// Folder is the name of the folder that is a pack's tree, on a stick or below a web
// server's address.
const Folder = "ENTRACTE"

// A Source is a tree of packs, wherever it is. Nothing it returns is believed: not its
// names, not its sizes, not that the same bytes come twice. Its methods may be called
// from any goroutine.
type Source interface {
	// Open opens a file for reading from an offset. name is relative to [Folder]
	// and made by this package, such as "feeds/shop-17/latest"; a file that is not
	// there is [fs.ErrNotExist]. The reader may have a method Size() int64 that
	// tells how long the whole file claims to be, negative where nobody says.
	Open(ctx context.Context, name string, from int64) (io.ReadCloser, error)
	// List returns the names in a folder such as "feeds/shop-17", in any order;
	// [errors.ErrUnsupported] where there are no listings, as on a web server.
	List(ctx context.Context, dir string) ([]string, error)
}

// The names in a tree.
func feedPath(n Name) string                 { return "feeds/" + n.Feed }
func latestPath(n Name) string               { return feedPath(n) + "/latest" }
func manifestPath(n Name, v Version) string  { return feedPath(n) + "/" + v.String() + ".json" }
func signaturePath(n Name, v Version) string { return manifestPath(n, v) + signatureEnd }
func sumsPath(n Name, v Version) string      { return feedPath(n) + "/" + v.String() + ".sums" }
func keysetPath(gen int) string              { return fmt.Sprintf("keys/%08d.json", gen) }

const signatureEnd = ".minisig"

// Find returns the versions of a feed that a source seems to have, highest first: what
// the file latest says, and what the listing shows where there is one. None has been
// verified; a caller tries one after the other. [ErrOtherVenue] if the source has other
// feeds only, [ErrNone] if it has none, and [ErrNotPack] if it has no pack of this one
// though there is something in its place.
func Find(ctx context.Context, src Source, n Name) ([]Version, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	var found []Version
	hint, err := read(ctx, src, latestPath(n), MaxLatest)
	if err == nil {
		if v, err := parseLatest(hint); err == nil {
			found = append(found, v)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	names, listErr := src.List(ctx, feedPath(n))
	for _, name := range names {
		if text, ok := strings.CutSuffix(name, ".json"+signatureEnd); ok {
			if v, err := ParseVersion(text); err == nil {
				found = append(found, v)
			}
		}
	}
	slices.SortFunc(found, func(v, w Version) int { return w.Compare(v) })
	found = slices.Compact(found)
	if len(found) > 0 {
		return found, nil
	}
	return nil, absent(ctx, src, n, err, listErr)
}

// absent says why a feed was not found: latest could not be read, nor the listing.
func absent(ctx context.Context, src Source, n Name, latest, listing error) error {
	for _, err := range []error{ctx.Err(), listing, latest} {
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, ErrNotPack) {
			return err
		}
	}
	others, _ := src.List(ctx, "feeds")
	others = slices.DeleteFunc(others, func(s string) bool { return !slug.MatchString(s) || s == n.Feed })
	if len(others) > 0 {
		slices.Sort(others)
		return elsewhere(others, hintElsewhere, "this is for %s; there is nothing for %s", listed(others), n)
	}
	kind := ErrNotPack // begun to be copied, or damaged
	if errors.Is(listing, fs.ErrNotExist) || errors.Is(listing, errors.ErrUnsupported) {
		kind = ErrNone
	}
	return refuse(kind, "choose the folder that holds "+Folder+", as `entracte pack build` writes it", "there is no pack of the feed %s here", n)
}

// parseLatest reads the file latest: a version and a line feed.
func parseLatest(b []byte) (Version, error) {
	text, ok := strings.CutSuffix(string(b), "\n")
	if !ok {
		return Version{}, fmt.Errorf("latest does not end with a line feed")
	}
	return ParseVersion(text)
}

// Read reads the pack of that name and version from a source, each byte once, and
// verifies it as [Parse] does. A pack of a generation of keys that a newer one has
// ended is [ErrUntrusted]. What the source itself says is wrong keeps its own error.
func Read(ctx context.Context, src Source, n Name, v Version, keys Keys) (*Pack, error) {
	if now := keys.Generation(n.Org); v.Gen < now {
		return nil, endedBy(n, v, now)
	}
	sig, err := read(ctx, src, signaturePath(n, v), MaxSignature)
	if err != nil {
		return nil, missing(err, v, n, "signature")
	}
	text, err := read(ctx, src, manifestPath(n, v), MaxManifest)
	if err != nil {
		return nil, missing(err, v, n, "manifest")
	}
	return Parse(text, sig, n, v, keys)
}

func endedBy(n Name, v Version, now int) error {
	return refuse(ErrEnded, hintNew, "pack %s of %s is signed with keys of generation %d, which generation %d has ended", v, n, v.Gen, now)
}

// hintElsewhere is what to do about a pack of somebody else.
const hintElsewhere = "bring the stick of this shop, or compare content.feeds in entracte.toml"

// hintNew is what to do about a pack that no one may have signed any more.
const hintNew = "ask the operator for a new pack"

func missing(err error, v Version, n Name, what string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return refuse(ErrNotPack, hintAgain, "pack %s of %s has no %s", v, n, what)
	}
	return err
}

// Parse verifies that manifest and signature are the pack of that name and version,
// signed by one of keys, and only then reads the manifest, strictly. It keeps both
// slices. The error is [ErrUntrusted], [ErrNotPack], or [ErrOtherVenue] for a feed of
// another organisation with the same name.
func Parse(manifest, sig []byte, n Name, v Version, keys Keys) (*Pack, error) {
	s, err := parseSignature(sig)
	if err != nil {
		return nil, refuse(ErrChanged, hintAgain, "the signature of pack %s of %s cannot be read: %v", v, n, err)
	}
	if len(manifest) > MaxManifest {
		return nil, refuse(ErrNotPack, hintAgain, "the manifest of pack %s of %s has more than %d bytes", v, n, MaxManifest)
	}
	allowed, err := keys.signers(n, v.Gen)
	if err != nil {
		return nil, err
	}
	key, ok := s.by(manifest, allowed)
	if !ok {
		return nil, keys.stranger(s, n, v)
	}
	p, err := agreed(manifest, s, n, v, key)
	if err == nil {
		p.Anchor = keys.anchor(n.Org, p.Key)
	}
	return p, err
}

// agreed reads a manifest that a key has signed, and wants the name it has, its
// signature and itself to say the same.
func agreed(manifest []byte, s *signature, n Name, v Version, key minisign.PublicKey) (*Pack, error) {
	p, err := decodeManifest(manifest)
	if err != nil {
		kind := ErrNotPack
		if errors.Is(err, ErrTooNew) {
			kind = ErrTooNew
		}
		return nil, refuse(kind, "ask the operator for a new pack, or update the player", "the manifest of pack %s of %s is signed, but cannot be used: %v", v, n, err)
	}
	if want := comment(p.Name, p.Version, p.Sums); s.trusted != want {
		return nil, refuse(ErrChanged, hintAgain, "the signature of pack %s of %s was made for %q", v, n, clipped(s.trusted))
	}
	if p.Name.Feed != n.Feed || p.Version != v {
		return nil, refuse(ErrChanged, hintAgain, "the file of pack %s of %s holds pack %s of %s", v, n, p.Version, p.Name)
	}
	if p.Name != n {
		return nil, elsewhere([]string{p.Name.String()}, hintElsewhere, "this is for %s, not for %s", p.Name, n)
	}
	p.Signature, p.Key = s.text, key.String()
	return p, nil
}

// stranger says why a signature does not count.
func (k Keys) stranger(s *signature, n Name, v Version) error {
	all := k.of(n.Org)
	for _, set := range k.sets[n.Org] {
		for _, signer := range set.Signers {
			all = appendKey(all, signer.Key)
		}
	}
	allowed, _ := k.signers(n, v.Gen)
	for _, key := range allowed {
		if key.ID() == s.key {
			return refuse(ErrChanged, hintAgain, "pack %s of %s is not what key %016X signed: it was changed", v, n, s.key)
		}
	}
	// Two operators may name a feed alike, and each has a stick of their own: whoever
	// signed it, it says itself that it is not for this one.
	if claimed, _, err := Claim(s.text); err == nil && claimed.Org != n.Org {
		return elsewhere([]string{claimed.String()}, hintElsewhere, "this is for %s, not for %s", claimed, n)
	}
	for _, key := range all {
		if key.ID() == s.key {
			if sets := k.sets[n.Org]; len(sets) > 0 && !sets[len(sets)-1].names(key.String()) {
				return refuse(ErrEnded, hintNew, "pack %s of %s is signed with key %016X, which generation %d of the keys of %s has ended", v, n, s.key, len(sets), n.Org)
			}
			return refuse(ErrUntrusted, "ask the operator for a pack signed with the key of this feed", "pack %s of %s is signed with key %016X, which may not sign it", v, n, s.key)
		}
	}
	if others := k.others(s.key); len(others) > 0 {
		return refuse(ErrUntrusted, hintTheirs(n.Org), "pack %s of %s is signed with key %016X, which is trusted here for %s only", v, n, s.key, listed(others))
	}
	return refuse(ErrUntrusted, "if it is your operator's, add the operator's public key to content.trust in entracte.toml", "pack %s of %s is signed with key %016X, which is not trusted here", v, n, s.key)
}

// read reads a whole file of at most limit bytes.
func read(ctx context.Context, src Source, name string, limit int64) ([]byte, error) {
	r, err := src.Open(ctx, name, 0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = refuse(ErrNotPack, hintAgain, "%s has more than %d bytes", path.Base(name), limit)
	}
	return b, err
}

// Advance applies the generations of keys that a source has and the keys have not, one
// after the other, and returns the new keys and what was applied. A generation that
// cannot be applied ends it: the keys up to there, and the error.
func Advance(ctx context.Context, src Source, org string, keys Keys) (Keys, []*Keyset, error) {
	var applied []*Keyset
	for gen := keys.Generation(org) + 1; gen <= MaxGen; gen++ {
		document, err := read(ctx, src, keysetPath(gen), MaxKeyset)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return keys, applied, err
		}
		sig, err := read(ctx, src, keysetPath(gen)+signatureEnd, MaxSignature)
		if err != nil {
			return keys, applied, err
		}
		if set, _, err := parseKeyset(document, sig); err == nil && set.Org != org {
			break // another operator's
		}
		next, set, err := keys.Apply(document, sig)
		if err != nil {
			return keys, applied, err
		}
		keys, applied = next, append(applied, set)
	}
	return keys, applied, nil
}

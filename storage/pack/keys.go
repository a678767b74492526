package pack

import (
	"bufio"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aead.dev/minisign"
)

// KeysetFormat is the first field of every keyset.
const KeysetFormat = "entracte-keys/1"

// MaxKeyset is the largest keyset, in bytes.
const MaxKeyset = 64 << 10

// Keys are the keys a device trusts: those its config names, each for one organisation
// or for any, and the generations of keys that operators made of them. The zero value
// trusts nobody. Keys never change; [Keys.Apply] returns new ones.
type Keys struct {
	pinned []pin
	// sets are the keysets of an organisation, generation 1 first, without gaps.
	sets map[string][]*Keyset
}

// A pin is a key that the config names.
type pin struct {
	key minisign.PublicKey
	// org is whose key it is; "" is good for any organisation.
	org string
}

// A Keyset is one generation of an organisation's keys.
type Keyset struct {
	Org string
	// Gen counts from 1.
	Gen      int
	IssuedAt time.Time
	// Roots are the keys that may sign the next generation, "RW…".
	Roots []string
	// Signers are the keys that may sign packs of this generation.
	Signers []Signer
	// Document and Signature are the exact bytes that were verified, to be kept
	// and applied again after a restart.
	Document, Signature []byte
	// by is the key that signed it, once it was applied.
	by string
}

// A Signer is a key that may sign packs.
type Signer struct {
	// Key is "RW…".
	Key string `json:"key"`
	// Feeds are the feeds it may sign; "*" is all.
	Feeds []string `json:"feeds" most:"1000" long:"32"`
}

type keyset struct {
	Format   string   `json:"format"`
	Org      string   `json:"org"`
	Gen      int      `json:"gen"`
	IssuedAt string   `json:"issued_at"`
	Critical []string `json:"critical,omitempty" most:"100"`
	Roots    []string `json:"roots" most:"8"`
	Signers  []Signer `json:"signers" most:"100"`
}

// ParseKeys reads minisign public keys, each the line that begins with RW or the whole
// of a .pub file. "acme RW…" is a key for the packs of acme only; one without a name is
// for those of any organisation.
func ParseKeys(texts []string) (Keys, error) {
	var keys Keys
	for _, text := range texts {
		line := ""
		for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
			if t := strings.TrimSpace(s.Text()); t != "" && !strings.HasPrefix(t, untrustedPrefix) {
				line = t
				break
			}
		}
		org, key, named := strings.Cut(line, " ")
		if !named {
			org, key = "", line
		} else if !slug.MatchString(org) {
			return Keys{}, fmt.Errorf("%s is no name of an operator\nhint: write the operator before the key, \"acme RW…\", or the key alone", clipped(fmt.Sprintf("%q", org)))
		}
		k, err := parsePublic(key)
		if err != nil {
			return Keys{}, err
		}
		keys.pinned = append(keys.pinned, pin{k, org})
	}
	return keys, nil
}

// Generation is the newest generation of keys known of an organisation; 0 if only the
// config's keys are.
func (k Keys) Generation(org string) int { return len(k.sets[org]) }

// Pinned are the keys that the config names, "RW…", whosever they are.
func (k Keys) Pinned() []string {
	var all []string
	for _, p := range k.pinned {
		all = append(all, p.key.String())
	}
	return all
}

// Pins reports whether the config names a key, "RW…", for an organisation.
func (k Keys) Pins(org, key string) bool {
	return slices.ContainsFunc(k.of(org), func(p minisign.PublicKey) bool { return p.String() == key })
}

// of are the keys that the config names for an organisation.
func (k Keys) of(org string) (keys []minisign.PublicKey) {
	for _, p := range k.pinned {
		if p.org == "" || p.org == org {
			keys = append(keys, p.key)
		}
	}
	return keys
}

// others are the organisations that the config names a key for, by its number.
func (k Keys) others(id uint64) (orgs []string) {
	for _, p := range k.pinned {
		if p.key.ID() == id && p.org != "" {
			orgs = append(orgs, p.org)
		}
	}
	return orgs
}

// anchor is the key of the config that the trust in a signer goes back to: the one that
// signed the first generation of an organisation's keys; the signer itself if there is
// none.
func (k Keys) anchor(org, signer string) string {
	if sets := k.sets[org]; len(sets) > 0 {
		return sets[0].by
	}
	return signer
}

// Apply returns the keys with one more generation of an organisation's keys in force.
// It must be the one after the newest, signed by one of that one's roots; the first is
// signed by a key of the config. The error is [ErrNotPack] or [ErrUntrusted].
func (k Keys) Apply(document, sig []byte) (Keys, *Keyset, error) {
	set, s, err := parseKeyset(document, sig)
	if err != nil {
		return k, nil, err
	}
	if now := k.Generation(set.Org); set.Gen != now+1 {
		return k, nil, refuse(ErrUntrusted, "give the generations one after the other", "keys of generation %d of %q cannot follow generation %d", set.Gen, set.Org, now)
	}
	by, ok := s.by(document, k.roots(set.Org))
	if !ok {
		return k, nil, k.rootless(set, s)
	}
	set.by = by.String()
	out := Keys{pinned: k.pinned, sets: maps.Clone(k.sets)}
	if out.sets == nil {
		out.sets = map[string][]*Keyset{}
	}
	out.sets[set.Org] = append(slices.Clone(out.sets[set.Org]), set)
	return out, set, nil
}

// rootless says why a generation of keys does not count.
func (k Keys) rootless(set *Keyset, s *signature) error {
	if set.Gen > 1 {
		return refuse(ErrUntrusted, "ask the operator which key signs it",
			"the keys of generation %d of %q are not signed by a root key of the generation before", set.Gen, set.Org)
	}
	by := fmt.Sprintf("key %016X", s.key)
	if key, ok := s.declared(); ok {
		by = key.String()
	}
	if others := k.others(s.key); len(others) > 0 {
		return refuse(ErrUntrusted, hintTheirs(set.Org),
			"the keys of generation 1 of %q are signed by %s, which is trusted here for %s only", set.Org, by, listed(others))
	}
	return refuse(ErrUntrusted, "if that is your operator's, which only they can tell, write it into content.trust in entracte.toml",
		"the keys of generation 1 of %q are signed by %s, which is not trusted here", set.Org, by)
}

// hintTheirs is what to do about a key that is trusted for another organisation.
func hintTheirs(org string) string {
	return fmt.Sprintf("if it is a key of %s too, write \"%s RW…\" into content.trust in entracte.toml", org, org)
}

// parseKeyset reads a keyset and its signature, without verifying it.
func parseKeyset(document, sig []byte) (*Keyset, *signature, error) {
	s, err := parseSignature(sig)
	if err != nil {
		return nil, nil, refuse(ErrUntrusted, hintAgain, "the signature of the keys cannot be read: %v", err)
	}
	if len(document) > MaxKeyset {
		return nil, nil, refuse(ErrNotPack, hintAgain, "the keys have more than %d bytes", MaxKeyset)
	}
	var w keyset
	if err := decode(document, &w); err != nil {
		return nil, nil, refuse(ErrNotPack, hintAgain, "the keys cannot be read: %v", err)
	}
	set := &Keyset{Org: w.Org, Gen: w.Gen, Roots: w.Roots, Signers: w.Signers, Document: document, Signature: sig}
	if set.IssuedAt, err = instant("issued_at", w.IssuedAt); err == nil {
		err = w.check()
	}
	if err != nil {
		return nil, nil, refuse(ErrNotPack, hintAgain, "the keys cannot be used: %v", err)
	}
	if want := fmt.Sprintf("%s org=%s gen=%d", KeysetFormat, w.Org, w.Gen); s.trusted != want {
		return nil, nil, refuse(ErrUntrusted, hintAgain, "the signature of the keys is for %q, not for %q", s.trusted, want)
	}
	return set, s, nil
}

func (w *keyset) check() error {
	switch {
	case w.Format != KeysetFormat:
		return fmt.Errorf("its format is %q, not %q", w.Format, KeysetFormat)
	case !slug.MatchString(w.Org):
		return fmt.Errorf("org is %q", w.Org)
	case w.Gen < 1 || w.Gen > MaxGen:
		return fmt.Errorf("gen is %d, outside 1 to %d", w.Gen, MaxGen)
	case len(w.Roots) == 0 || len(w.Signers) == 0:
		return fmt.Errorf("without roots or signers nobody could sign")
	}
	for _, root := range w.Roots {
		if _, err := parsePublic(root); err != nil {
			return err
		}
	}
	for _, s := range w.Signers {
		if _, err := parsePublic(s.Key); err != nil {
			return err
		}
		if len(s.Feeds) == 0 {
			return fmt.Errorf("a signer has no feeds")
		}
		for _, f := range s.Feeds {
			if f != "*" && !slug.MatchString(f) {
				return fmt.Errorf("a signer has the feed %q", f)
			}
		}
	}
	return nil
}

// roots are the keys that may sign the next generation.
func (k Keys) roots(org string) []minisign.PublicKey {
	sets := k.sets[org]
	if len(sets) == 0 {
		return k.of(org)
	}
	var keys []minisign.PublicKey
	for _, text := range sets[len(sets)-1].Roots {
		keys = appendKey(keys, text)
	}
	return keys
}

// signers are the keys that may sign a feed's packs of a generation. Without any
// keyset, those of the config are generation 1.
func (k Keys) signers(n Name, gen int) ([]minisign.PublicKey, error) {
	sets := k.sets[n.Org]
	if gen == 1 && len(sets) == 0 {
		return k.of(n.Org), nil
	}
	if gen > len(sets) {
		return nil, refuse(ErrUntrusted, "bring the whole stick: its folder keys says which keys these are, if a key that is trusted here signed it",
			"the pack is of generation %d of the keys of %q, which this device has not seen", gen, n.Org)
	}
	var keys []minisign.PublicKey
	for _, s := range sets[gen-1].Signers {
		if s.of(n.Feed) {
			keys = appendKey(keys, s.Key)
		}
	}
	return keys, nil
}

// of reports whether the signer may sign a feed.
func (s Signer) of(feed string) bool {
	return slices.Contains(s.Feeds, "*") || slices.Contains(s.Feeds, feed)
}

// signs reports whether a key may sign a feed.
func (set *Keyset) signs(feed, key string) bool {
	return slices.ContainsFunc(set.Signers, func(s Signer) bool { return s.Key == key && s.of(feed) })
}

// names reports whether a key may sign any feed.
func (set *Keyset) names(key string) bool {
	return slices.ContainsFunc(set.Signers, func(s Signer) bool { return s.Key == key })
}

// appendKey appends a key of a keyset, which was checked to be one.
func appendKey(keys []minisign.PublicKey, text string) []minisign.PublicKey {
	if key, err := parsePublic(text); err == nil {
		keys = append(keys, key)
	}
	return keys
}

// hintAgain is what to do about a file that arrived broken.
const hintAgain = "copy the pack again; if that does not help, ask the operator for a new one"

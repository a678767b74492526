package storage

import (
	"bufio"
	"errors"
	"slices"
	"strings"

	"entracte/storage/pack"
)

// trusts reports whether the trust in a feed's pack goes back to a key that the config
// still names for that organisation. Whoever takes a key out of the config says that
// what it signed counts no more: such a pack is not shown, and its number holds back no
// other.
//
// That a generation of keys cannot be read any more is no such word: so it is the key of
// the config that is asked for, not the one that signed.
func (c *Cache) trusts(r *record) bool {
	n, err := pack.ParseName(r.Feed.Name)
	if r.Pack == nil || c.trust == nil || err != nil || r.Pack.Anchor != "" && c.trust.Pins(n.Org, r.Pack.Anchor) {
		return true
	}
	// A generation of keys that goes back to another key may name the same signer.
	all, kept := c.generations(*c.trust, n.Org)
	_, err = c.shelf(n).verify(n, r.Pack.version(), all)
	if r.Pack.Anchor != "" {
		return err == nil
	}
	// A record of an earlier build names no key. It is given up for a signature of
	// somebody else, and for nothing else that may be wrong with what is stored.
	return kept != nil || !errors.Is(err, pack.ErrUntrusted) || errors.Is(err, pack.ErrChanged)
}

// anchors reports whether the config names a key for an organisation. Where nobody said
// what the config names, or which key it is, it does.
func (c *Cache) anchors(org, key string) bool {
	return c.trust == nil || key == "" || c.trust.Pins(org, key)
}

// trusted are the feeds whose packs are trusted, and those that came from folders.
func (c *Cache) trusted() ([]*record, error) {
	all, err := c.records()
	return slices.DeleteFunc(all, func(r *record) bool { return !c.trusts(r) }), err
}

// Distrusted are the packs that were in force when the key they go back to was taken
// out of the config, by feed. They are kept, and in force again once it is there again.
func (c *Cache) Distrusted() ([]InForce, error) {
	all, err := c.records()
	return packsOf(slices.DeleteFunc(all, c.trusts)), err
}

// anchorLine begins the line of a list of blobs that says which key a pack goes back to.
const anchorLine = "anchor "

// anchor is what the list of blobs says, "" if it says nothing.
func (s shelf) anchor(v pack.Version) (string, error) {
	b, err := s.read(v, blobsSuffix)
	if err != nil {
		return "", err
	}
	for lines := bufio.NewScanner(strings.NewReader(string(b))); lines.Scan(); {
		if key, ok := strings.CutPrefix(lines.Text(), anchorLine); ok {
			return key, nil
		}
	}
	return "", nil
}

// forsaken reports whether a pack on a shelf goes back to a key that the config does not
// name any more. r is what is in force, or was.
func (c *Cache) forsaken(s shelf, v pack.Version, r *record) bool {
	if key, err := s.anchor(v); key != "" || err != nil {
		return err == nil && !c.anchors(s.org(), key)
	}
	return r != nil && r.Pack != nil && r.Pack.version() == v && !c.trusts(r)
}

// clear removes what is forsaken from a shelf, but for the pack in force. before is what
// was in force.
func (c *Cache) clear(s shelf, before *record, inForce pack.Version) error {
	all, err := s.versions(blobsSuffix)
	for _, v := range all {
		if err == nil && v != inForce && c.forsaken(s, v, before) {
			err = s.remove(v)
		}
	}
	return err
}
